"""What the overview shows, the stages only, from a flow and its readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianban.workflows.figures.indicators import periods, process_indicators, quantity, written
from jianban.workflows.figures.model import FigureLang, Indicator
from jianban.workflows.figures.process import bases, in_force, typical_steps
from jianban.workflows.figures.words import (
    burdens,
    joined,
    lane_title,
    materials,
    of_stage,
    sources,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading

STEPS = Text("步骤 {count}", "{count} step{s}")
SOMETIMES = Text("视情况办理", "in some cases only")
TYPICAL = Text("各环节按典型情形统计", "Stages are counted as in a typical case")
AGAIN = Text(
    "几个环节都要提交的材料，总数中只计一次", "a material that several ask for counts once in the total"
)
AFTERWARDS = Text("事后的环节不计入总数", "the total leaves out what is after the decision")
WHOLE = Text("办结时限为全流程的时限，不分到各环节", "the time is a limit of the whole, not of single stages")
NOTE = Text("{parts}。", "{parts}.")


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
    in_force: Text | None = None
    room: float = 0
    """The width of the paper; 0: that of a slide."""


def overview_figure(
    flow: Flow, readings: Mapping[str, Reading] | None = None, lang: FigureLang = "both"
) -> OverviewFigure:
    """The stages of a process; `readings` are those of its measures."""
    process = flow.process
    time = (readings or {}).get("days_statutory")
    run = typical_steps(flow)
    stops: list[Stop] = []
    for number, stage in enumerate(process.stages, 1):
        steps = [n.step for n in run if n.step and n.stage == stage.id]
        told = counted(STEPS, len(steps)) if steps else SOMETIMES
        steps = steps or [n.step for n in flow.steps if n.step and n.stage == stage.id]
        agencies = dict.fromkeys(s.role.agency for s in steps)
        stops.append(
            Stop(
                id=stage.id,
                number=number,
                title=stage.title,
                who=joined([lane_title(a) for a in agencies]),
                time=_time(flow, stage.id, time.detail if time else ()),
                chips=(told, *of_stage(stage), *burdens(steps)),
            )
        )
    decided = [s.id for s in process.stages if not s.after_decision]
    asked = [materials([n.step for n in run if n.step and n.stage == name]) for name in decided]
    said = [TYPICAL]
    if sum(map(len, asked)) > len(frozenset().union(*asked)):
        said.append(AGAIN)
    if len(decided) < len(process.stages):
        said.append(AFTERWARDS)
    if time and any(p.id == process.id for p in time.detail):
        said.append(WHOLE)
    note = NOTE.format(parts=Text("；".join(t.zh for t in said), "; ".join(t.en for t in said)))
    return OverviewFigure(
        title=process.title,
        lang=lang,
        indicators=process_indicators(flow, readings or {}),
        stops=tuple(stops),
        end=_granted(process),
        notes=(note, *sources(process.documents, bases(flow))),
        in_force=in_force(process),
    )


def _time(flow: Flow, stage: str, parts: Iterable[Part]) -> Text | None:
    own = [p for p in parts if (flow.nodes[p.id].stage if p.id in flow.nodes else p.id) == stage]
    total = quantity(periods(own))
    return written(total) if total else None


def _granted(process: Process) -> Text | None:
    return next((e.title for e in process.ends if e.success), None)
