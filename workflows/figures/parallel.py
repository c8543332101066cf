"""The figure of what takes time: stages as columns, one panel per variant, the longest branch marked, and
time bars on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jianban.workflows.analysis.timing import OFFICES
from jianban.workflows.figures.comparison import names_of, title_of
from jianban.workflows.figures.indicators import MEAN, number, periods, quantity
from jianban.workflows.figures.model import (
    FigureLang,
    Group,
    Panel,
    ParallelFigure,
    Phase,
    Quantity,
    Task,
    TimeBar,
    Work,
)
from jianban.workflows.figures.process import bases
from jianban.workflows.figures.words import sources, times
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Call, Choice, Item, Parallel, Step
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading

LONGEST = Text("同时办理，取最长：{time}", "side by side, the longest: {time}")
IN_TURN = Text("依次办理：{time}", "one after the other: {time}")
NO_TIME = Text("无时限", "No limit")
BESIDE = Text("不增加总时间", "adds nothing to the total")
ONLY_TIMED = Text(
    "仅列典型办理中机关有期限的事项和等候期。时间取关键路径上的法定期限；条形为其平均日历天数。",
    "Only offices' limits and waiting periods of a typical case are shown. Times are the legal limits on the "
    "critical path; bars are their mean in calendar days.",
)
MEASURE = "days_statutory"


def timed_figure(
    flows: Sequence[Flow], readings: Sequence[Mapping[str, Reading]], lang: FigureLang
) -> ParallelFigure:
    """One panel per flow; `readings` are those of its measures, all over the same year."""
    from jianban.workflows.analysis.measures import Options
    from jianban.workflows.analysis.measures.context import Context

    panels: list[Panel] = []
    names = names_of([f.process for f in flows])
    for name, flow, read in zip(names, flows, readings, strict=True):
        run = Context(flow, Options()).run
        steps = frozenset(n.id for n in run.steps) if run else frozenset(n.id for n in flow.steps)
        panels.append(_panel(name, flow, read.get(MEASURE), steps))
    documents = dict.fromkeys(d for f in flows for d in f.process.documents)
    return ParallelFigure(
        title=title_of([f.process for f in flows]),
        lang=lang,
        panels=tuple(panels),
        most=max(p.bar.total for p in panels),
        notes=(ONLY_TIMED, *sources(documents, [b for f in flows for b in bases(f)])),
    )


def _panel(name: Text, flow: Flow, reading: Reading | None, steps: frozenset[str]) -> Panel:
    parts = reading.detail if reading else ()
    critical = {p.id for p in parts}
    phases: list[Phase] = []
    for stage in flow.process.stages:
        works = tuple(_works(stage.items, "", steps, critical))
        own = [p for p in parts if _stage_of(flow, p) == stage.id]
        phases.append(
            Phase(
                id=stage.id,
                title=stage.title,
                works=works,
                total=_total(flow, own, works),
            )
        )
    value = reading.value if reading else None
    stages = reading.by_stage if reading else ()
    return Panel(
        title=name,
        phases=tuple(phases),
        total=_quantity(flow, parts),
        mean=MEAN.format(numbers=number(value)) if value else None,
        bar=TimeBar(parts=tuple(p.value or 0 for p in stages) or (value or 0,), total=value or 0),
    )


def _stage_of(flow: Flow, part: Part) -> str | None:
    node = flow.nodes.get(part.id)
    return node.stage if node else part.id


def _quantity(flow: Flow, parts: Iterable[Part]) -> Quantity:
    return quantity(periods(flow, parts) or [])


def _total(flow: Flow, parts: Sequence[Part], works: Sequence[Work]) -> Text:
    said = _quantity(flow, parts)
    if not said:
        return BESIDE if works else NO_TIME
    time = Text(
        " + ".join(f"{a.number} {a.unit.zh}" for a in said),
        " + ".join(f"{a.number} {a.unit.en}" for a in said),
    )
    side_by_side = any(isinstance(w, Group) for w in works)
    return (LONGEST if side_by_side else IN_TURN).format(time=time)


def _works(items: Iterable[Item], prefix: str, steps: frozenset[str], critical: set[str]) -> Iterator[Work]:
    """What takes time, in order; `prefix` is that of the called process the items are in."""
    for item in items:
        match item:
            case Step():
                name = prefix + item.id
                said = times(item)
                if name in steps and said and (item.wait or item.role.agency.kind in OFFICES):
                    yield Task(id=name, title=item.title, times=said, longest=name in critical)
            case Call():
                for stage in item.process.stages:
                    yield from _works(stage.items, f"{prefix}{item.id}.", steps, critical)
            case Choice():
                for branch in item.branches:
                    yield from _works(branch.items, prefix, steps, critical)
            case Parallel():
                branches = [tuple(_works(b.items, prefix, steps, critical)) for b in item.branches]
                branches = [b for b in branches if b]
                if len(branches) > 1:
                    yield Group(id=prefix + item.id, title=item.title, branches=tuple(branches))
                else:
                    yield from (w for b in branches for w in b)
            case _:
                yield from _works(item.items, prefix, steps, critical)
