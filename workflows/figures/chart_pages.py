"""Charts and strips in parts, for paper that is too small for the whole: what can stand on a page by itself,
coarse parts first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil
from typing import Any, TypeAlias

from jianban.workflows.figures.guide import Advice, AdviceKind, GuideFigure
from jianban.workflows.figures.layout_guide import BETWEEN
from jianban.workflows.figures.model import (
    Group,
    IndicatorsFigure,
    Panel,
    ParallelFigure,
    Phase,
    Task,
    Timeline,
    Work,
)
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.services import ServicesFigure
from jianban.workflows.figures.strips import OverviewFigure
from jianban.workflows.figures.tasks import tasks_in

Size: TypeAlias = tuple[float, float]
ROWS = 4
"""Of a stage in one column, on paper that is too low for all."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A figure that can be parted: how many pieces, and the figure of those from one to before another."""

    count: int
    make: Callable[[int, int], Any]
    clean: Callable[[int], bool] = lambda cut: True
    """Whether it is good to cut before a piece."""
    even: bool = False
    """Pages are filled alike, rather than all but the last as far as may be."""
    follows: Callable[[int], bool] = lambda cut: False
    """Whether a piece tells what comes of the one before it, and had better stand on its page."""


GUIDES = ((1, 0.0), (1, 460.0), (1, 400.0), (2, 0.0), (2, 380.0), (2, 330.0), (3, 284.0))
"""Columns of a guide, and their widths."""
NARROW, BROAD = 280.0, 560.0
"""How wide a column of a guide may be where it takes several pages."""
LARGER = (1.0, 1.08, 1.16, 1.24, 1.32, 1.4)
"""How much larger than designed its type may be there."""
OVERVIEWS = (0.0, 960.0, 720.0, 620.0, 540.0, 480.0)
"""Widths of an overview."""


def shapes(figure: Any) -> Sequence[Any]:
    """A guide or an overview in several widths, of which one fills the paper best; other figures as they
    are."""
    match figure:
        case GuideFigure():
            return [replace(figure, columns=columns, room=room) for columns, room in GUIDES]
        case OverviewFigure():
            return [replace(figure, room=room) for room in OVERVIEWS]
        case _:
            return [figure]


def paged_shapes(figure: Any, sheets: Sequence[Size]) -> Iterator[tuple[Any, Sequence[Size], float]]:
    """The same where it takes several pages, each with the sheets it may stand on, and how much larger than
    designed: those of a guide are all turned one way."""
    if not isinstance(figure, GuideFigure):
        yield figure, sheets, 1
        return
    for sheet in sheets:
        free = sheet[0] - 2 * MARGIN + BETWEEN
        for columns in range(ceil(free / (BROAD + BETWEEN)), int(free / (NARROW + BETWEEN)) + 1):
            for larger in LARGER:
                room = (sheet[0] / larger - 2 * MARGIN + BETWEEN) / columns - BETWEEN
                if room >= NARROW:
                    yield replace(figure, columns=columns, room=room), [sheet], larger


def guide_parts(figure: GuideFigure) -> Iterator[Parts]:
    """Step by step, then fact by fact."""
    for pieces in (list(figure.advice), [p for a in figure.advice for p in _pieces(a)]):
        yield Parts(
            len(pieces),
            lambda a, b, pieces=pieces: replace(
                figure,
                summary=figure.summary if a == 0 else None,
                indicators=figure.indicators if a == 0 else (),
                advice=_joined(pieces[a:b]),
                end=figure.end if b == len(pieces) else None,
                more=b < len(pieces),
                notes=figure.notes if b == len(pieces) else (),
            ),
            even=True,
            follows=lambda cut, pieces=pieces: cut < len(pieces) and pieces[cut].kind is AdviceKind.OFFICES,
        )


def _pieces(advice: Advice) -> Iterator[Advice]:
    """One for each value of each fact; the last has the basis."""
    facts = [
        replace(fact, values=(value,), start=fact.start + i)
        for fact in advice.facts
        for i, value in enumerate(fact.values)
    ]
    for fact in facts[:-1]:
        yield replace(advice, facts=(fact,), basis=None)
    yield replace(advice, facts=tuple(facts[-1:]))


def _joined(pieces: Sequence[Advice]) -> tuple[Advice, ...]:
    found: list[Advice] = []
    for piece in pieces:
        if found and found[-1].id == piece.id:
            facts = list(found[-1].facts)
            for fact in piece.facts:
                if facts and facts[-1].label == fact.label:
                    facts[-1] = replace(facts[-1], values=(*facts[-1].values, *fact.values))
                else:
                    facts.append(fact)
            found[-1] = replace(piece, facts=tuple(facts))
        else:
            found.append(piece)
    return tuple(found)


def overview_parts(figure: OverviewFigure) -> Parts:
    count = len(figure.stops)
    return Parts(
        count,
        lambda a, b: replace(
            figure,
            indicators=figure.indicators if a == 0 else (),
            stops=figure.stops[a:b],
            end=figure.end if b == count else None,
            notes=figure.notes if b == count else (),
        ),
        even=True,
    )


def services_parts(figure: ServicesFigure) -> Parts:
    """Subject by subject, then item by item, on a page of their own where not all fits one."""
    rows, count = len(figure.strips), len(figure.strips) + len(figure.offenders)
    return Parts(
        count,
        lambda a, b: replace(
            figure,
            summary=figure.summary if a == 0 else None,
            indicators=figure.indicators if a == 0 else (),
            strips=figure.strips[a:b],
            offenders=figure.offenders[max(a - rows, 0) : max(b - rows, 0)],
            notes=figure.notes if b == count else (),
        ),
        lambda cut: cut == rows,
    )


def parallel_parts(figure: ParallelFigure) -> Iterator[Parts]:
    """Panel by panel, then stage by stage, at last work by work; the time bars always come last."""
    for pieces in (_panels(figure), _phases(figure), _short(figure), _works(figure)):
        yield Parts(len(pieces) + 1, lambda a, b, pieces=pieces: _parallel(figure, pieces, a, b))


Piece = tuple[Panel, tuple[Phase, ...]]
"""Stages of a panel, whole or in part."""


def _panels(figure: ParallelFigure) -> list[Piece]:
    return [(panel, panel.phases) for panel in figure.panels]


def _phases(figure: ParallelFigure) -> list[Piece]:
    return [(panel, (phase,)) for panel in figure.panels for phase in panel.phases]


def _short(figure: ParallelFigure) -> list[Piece]:
    """Long stages go on in the next column."""
    found: list[Piece] = []
    for panel in figure.panels:
        parts = [part for phase in panel.phases for part in _columns(phase)]
        found += [(panel, (replace(p, first=at, last=at),)) for at, p in enumerate(parts)]
    return found


def _columns(phase: Phase) -> Iterator[Phase]:
    """The stage with at most `ROWS` rows in each column, where no branches stand in the way."""
    chunks: list[list[Work]] = [[]]
    for work in phase.works:
        rows = [t.row for t in tasks_in([*chunks[-1], work])]
        if chunks[-1] and len(set(rows)) > ROWS:
            chunks.append([])
        chunks[-1].append(work)
    for at, works in enumerate(chunks):
        if at == len(chunks) - 1:
            part = replace(phase, works=tuple(works))
        else:
            part = replace(phase, works=tuple(works), gate=None, gone=(), later=None, total=None)
        if at:
            part = replace(part, id=f"{phase.id}-{at + 1}", begun=True)
        yield part


def _works(figure: ParallelFigure) -> list[Piece]:
    """Each work by itself, and of branches side by side each branch."""
    found: list[Piece] = []
    for panel in figure.panels:
        for phase in panel.phases:
            works = [w for work in phase.works for w in _branches(work)]
            last = len(works) - 1
            for at, work in enumerate(works):
                part = replace(phase, works=(work,), begun=at > 0)
                if at < last:
                    part = replace(part, gate=None, gone=(), later=None, total=None)
                found.append((panel, (part,)))
            if not works:
                found.append((panel, (phase,)))
    return found


def _branches(work: Work) -> Iterator[Work]:
    if isinstance(work, Task):
        yield work
    else:
        yield from (replace(work, branches=(branch,)) for branch in work.branches)


def _together(works: Sequence[Work]) -> tuple[Work, ...]:
    """Works with the branches of a group in one again."""
    found: list[Work] = []
    for work in works:
        last = found[-1] if found else None
        if isinstance(work, Group) and isinstance(last, Group) and last.id == work.id:
            found[-1] = replace(last, branches=(*last.branches, *work.branches))
        else:
            found.append(work)
    return tuple(found)


def _parallel(figure: ParallelFigure, pieces: list[Piece], begin: int, end: int) -> ParallelFigure:
    panels: dict[int, Panel] = {}
    for panel, phases in pieces[begin:end]:
        known = panels[panel.order].phases if panel.order in panels else ()
        for phase in phases:
            if known and known[-1].id == phase.id:
                works = _together((*known[-1].works, *phase.works))
                phase = replace(phase, works=works, begun=known[-1].begun)
                known = known[:-1]
            known = (*known, phase)
        panels[panel.order] = replace(panel, phases=known)
    last = end > len(pieces)
    shown = {tuple(p.id for p in panel.phases) for panel in panels.values()}
    return replace(
        figure,
        panels=tuple(panels.values()),
        shared=figure.shared and len(shown) == 1,
        bars=figure.bars if last else (),
        notes=figure.notes if last else (),
    )


def indicators_parts(figure: IndicatorsFigure) -> Iterator[Parts]:
    """The changes and where the time goes; then each variant's time by itself; then each row."""
    rows = len(figure.indicators)
    legs = [len(t.legs) for t in figure.timelines]
    for sizes in ([sum(legs)], legs, [1] * sum(legs)):
        changes = [rows] if len(sizes) < sum(legs) or len(sizes) == 1 else [1] * rows
        ends = list(accumulate(n for n in (*changes, *sizes) if n))
        whole = set(accumulate((rows, *legs)))
        yield Parts(
            len(ends),
            lambda a, b, ends=ends: _indicators(figure, ends[a - 1] if a else 0, ends[b - 1]),
            lambda cut, ends=ends, whole=whole: ends[cut - 1] in whole,
        )


def _indicators(figure: IndicatorsFigure, begin: int, end: int) -> IndicatorsFigure:
    """The rows from one to before another: first those of the changes, then those of the periods."""
    rows = len(figure.indicators)
    timelines: list[Timeline] = []
    at = rows
    for timeline in figure.timelines:
        count = len(timeline.legs)
        first, last = max(begin - at, 0), min(end - at, count)
        empty = not count and (begin < at <= end or at == begin == 0)
        if first < last or empty:
            done = last == count
            timelines.append(replace(timeline, legs=timeline.legs[first:last], ended=done))
        at += count
    return replace(
        figure,
        indicators=figure.indicators[begin:end],
        timelines=tuple(timelines),
        notes=figure.notes if end == at else (),
    )
