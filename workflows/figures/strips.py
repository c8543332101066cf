"""What the overview shows, the stages only, from a flow and its readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianban.workflows.figures.indicators import periods, process_indicators, quantity, written
from jianban.workflows.figures.model import FigureLang, Indicator
from jianban.workflows.figures.process import bases, shown
from jianban.workflows.figures.words import (
    burdens,
    joined,
    lane_title,
    of_stage,
    sources,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading

STEPS = Text("步骤 {count}", "steps {count}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stage of the overview."""

    id: str
    number: int
    title: Text
    who: Text
    time: Text | None
    """What it takes of the critical path."""
    chips: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewFigure:
    """The stages of one process in order, for a slide: no more words than it has room for."""

    title: Text
    lang: FigureLang
    indicators: tuple[Indicator, ...]
    stops: tuple[Stop, ...]
    end: Text | None
    """None on a page that others follow, or where no end is a success."""
    notes: tuple[Text, ...] = ()
    room: float = 0
    """The width of the paper; 0: that of a slide."""


def overview_figure(
    flow: Flow, readings: Mapping[str, Reading] | None = None, lang: FigureLang = "both"
) -> OverviewFigure:
    """The stages of a process; `readings` are those of its measures."""
    process = flow.process
    time = (readings or {}).get("days_statutory")
    stops: list[Stop] = []
    for number, stage in enumerate(process.stages, 1):
        nodes = [n for n in flow.steps if n.stage == stage.id]
        steps = [n.step for n in nodes if n.step]
        agencies = dict.fromkeys(s.role.agency for s in steps)
        stops.append(
            Stop(
                id=stage.id,
                number=number,
                title=stage.title,
                who=joined([lane_title(a) for a in agencies]),
                time=_time(flow, stage.id, time.detail if time else ()),
                chips=(
                    STEPS.format(count=sum(shown(flow, n) for n in nodes)),
                    *of_stage(stage),
                    *burdens(steps),
                ),
            )
        )
    return OverviewFigure(
        title=process.title,
        lang=lang,
        indicators=process_indicators(flow, readings or {}),
        stops=tuple(stops),
        end=_granted(process),
        notes=sources(process.documents, bases(flow)),
    )


def _time(flow: Flow, stage: str, parts: Iterable[Part]) -> Text | None:
    own = [p for p in parts if (flow.nodes[p.id].stage if p.id in flow.nodes else p.id) == stage]
    total = quantity(periods(own))
    return written(total) if total else None


def _granted(process: Process) -> Text | None:
    return next((e.title for e in process.ends if e.success), None)
