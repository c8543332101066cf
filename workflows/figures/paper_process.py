"""A process on paper: units of its stages flow over sheets; a block too large for one becomes a card there,
and its branches stand on sheets of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from jianban.workflows.figures.errors import TooLarge
from jianban.workflows.figures.model import (
    Band,
    Card,
    Fork,
    ProcessFigure,
)
from jianban.workflows.figures.scene import Scene
from jianban.workflows.figures.sheet_plan import PAGE_OF, STEPS, Lay, Planner, Size, fits
from jianban.workflows.figures.sheets import Pages, Sheet, inside
from jianban.workflows.figures.strips import OverviewFigure, Stop
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

ALONE = 3
"""More sheets than these begin with an overview of the stages."""
ON_PAGES = Text("第 {pages} 页", "page {pages}")
TOO_LARGE = Text(
    "有一个步骤的文字过长，一页放不下。请缩短其名称，或选用更大的纸张",
    "One step has more words than a page holds. Shorten its title, or choose larger paper",
)


def process_pages(figure: ProcessFigure, sheets: Sequence[Size], lay: Lay) -> list[tuple[Scene, Size]]:
    """The process on as few sheets as it takes, each with its size; all are of one of the sizes `sheets`,
    except the overview.

    Raises:
        TooLarge: one step alone is larger than a sheet.
    """
    if not any(band.blocks for band in figure.bands):
        return [(lay(figure), sheets[0])]
    sizes: dict[ProcessFigure, Size] = {}
    plans: list[tuple[int, int, Size, list[Sheet]]] = []
    for size in sheets:
        plan = _plan(figure, size, lay, sizes)
        if plan is not None:
            plans.append((len(plan), len(plan[0].series.folds), size, plan))
    if not plans:
        raise TooLarge(TOO_LARGE)
    _, _, size, plan = min(plans, key=lambda p: p[:2])
    cover = [] if plan[0].heading else _cover(figure, plan, sheets, lay)
    return cover + _drawn(plan, len(cover), size, lay)


def _plan(
    figure: ProcessFigure, size: Size, lay: Lay, sizes: dict[ProcessFigure, Size]
) -> list[Sheet] | None:
    """With everything on few sheets where that is possible, else with an overview before them."""
    bare = Planner(figure, size, lay, sizes, whole=False).plan()
    if bare is None or len(bare) > ALONE:
        return bare
    whole = Planner(figure, size, lay, sizes, whole=True).plan()
    return whole if whole is not None and len(whole) <= max(ALONE, len(bare)) else bare


def _drawn(plan: Sequence[Sheet], before: int, size: Size, lay: Lay) -> list[tuple[Scene, Size]]:
    pages = _pages(plan, before)
    total = before + len(plan)
    scenes: list[tuple[Scene, Size]] = []
    for page, sheet in enumerate(plan, before + 1):
        figure = sheet.figure(pages)
        title = PAGE_OF.format(title=figure.title, page=page, pages=total)
        scenes.append((lay(replace(figure, title=title, room=size[0])), size))
    return scenes


def _pages(plan: Sequence[Sheet], before: int) -> Pages:
    homes: dict[str, int] = {}
    cards: dict[str, int] = {}
    details: dict[str, tuple[int, int]] = {}
    for page, sheet in enumerate(plan, before + 1):
        own = sheet.series.fold
        if own:
            begin, _ = details.get(own.card.id, (page, page))
            details[own.card.id] = begin, page
        for name, shown in sheet.here.items():
            if shown != name:
                continue
            if name in sheet.series.folds and not (own and own.card.id == name):
                cards.setdefault(name, page)
            else:
                homes.setdefault(name, page)
    return Pages(homes, cards, details)


def _cover(
    figure: ProcessFigure, plan: Sequence[Sheet], sheets: Sequence[Size], lay: Lay
) -> list[tuple[Scene, Size]]:
    """The stages, and on which pages they are; where they flow over several, as few as it takes."""
    count = 1
    while True:
        on: dict[str, list[int]] = {}
        for page, sheet in enumerate(plan, count + 1):
            for band, _ in sheet.units:
                on.setdefault(band.id, []).append(page)
        stops = tuple(_stop(figure, band, on.get(band.id, [])) for band in figure.bands)
        scenes = _covers(figure, stops, len(plan), sheets, lay)
        if len(scenes) <= count:
            return scenes
        count = len(scenes)


def _covers(
    figure: ProcessFigure, stops: Sequence[Stop], rest: int, sheets: Sequence[Size], lay: Lay
) -> list[tuple[Scene, Size]]:
    def made(begin: int, end: int, page: str, total: str) -> OverviewFigure:
        last = end == len(stops)
        said = (*((figure.summary,) if figure.summary else ()), *figure.notes)
        return OverviewFigure(
            title=PAGE_OF.format(title=figure.title, page=page, pages=total),
            lang=figure.lang,
            indicators=figure.indicators if begin == 0 else (),
            stops=tuple(stops[begin:end]),
            end=next((e.title for e in figure.ends if e.success), None) if last else None,
            notes=said if last else (),
        )

    def fitting(scene: Scene) -> Size | None:
        return next((s for s in sheets if fits((scene.width, scene.height), s)), None)

    cuts = [0]
    while cuts[-1] < len(stops) or len(cuts) == 1:
        begin = cuts[-1]
        ends = range(len(stops), begin, -1)
        cuts.append(
            next((e for e in ends if fitting(lay(made(begin, e, "88", "88")))), min(begin + 1, len(stops)))
        )
    total = str(len(cuts) - 1 + rest)
    found: list[tuple[Scene, Size]] = []
    for page, (a, b) in enumerate(pairwise(cuts), 1):
        scene = lay(made(a, b, str(page), total))
        found.append((scene, fitting(scene) or sheets[-1]))
    return found


def _stop(figure: ProcessFigure, band: Band, pages: Sequence[int]) -> Stop:
    blocks = list(inside(band.blocks))
    lanes = {b.lane for b in blocks if not isinstance(b, Fork)}
    steps = sum(isinstance(b, Card) for b in blocks)
    on = f"{pages[0]}–{pages[-1]}" if len(set(pages)) > 1 else str(pages[0])
    return Stop(
        id=band.id,
        number=band.number,
        title=band.title,
        who=joined([lane.title for lane in figure.lanes if lane.id in lanes]),
        time=None,
        chips=(STEPS.format(count=steps), *band.chips, ON_PAGES.format(pages=on)),
    )
