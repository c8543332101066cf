"""What the overview (stages only) and the service guide (the public's steps) show, from a flow and its
readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianban.workflows.figures.indicators import process_indicators
from jianban.workflows.figures.model import FigureLang, Indicator
from jianban.workflows.figures.process import bases, shown
from jianban.workflows.figures.words import (
    burdens,
    joined,
    lane_title,
    limits,
    sources,
    times,
)
from jianban.workflows.flow import Flow, Node
from jianban.workflows.language.model import Agency, Channel, MaterialUse, PartyKind, Process, Step
from jianban.workflows.texts import Text
from jianban.workflows.wording import CHANNELS, FORMS, format_yuan

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading

MATERIAL = Text("{title}（{form}{copies}）", "{title} ({form}{copies})")
COPIES = Text("，{count} 份", ", {count} copies")
OPTIONAL = Text("{title}，可选", "{title}, optional")
NEEDED = Text("带什么", "Bring")
WHERE = Text("怎么办", "How")
WHEN = Text("多久", "Time")
COST = Text("费用", "Fee")
WHO = Text("谁来办", "Who")
VISITS = Text("{channel}，到现场 {count} 次", "{channel}, visits: {count}")
OWN = Text("自行办理，不必找机关", "on your own, without an office")
FREE = Text("不收费", "free")
OFFICES_DO = Text("{agencies}办理：{steps}", "{agencies}: {steps}")
STEPS = Text("{count} 个步骤", "{count} steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stage of the overview."""

    id: str
    number: int
    title: Text
    who: Text
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of advice, e.g. which documents to bring."""

    label: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the applicant does next; or, without a number, what offices do meanwhile."""

    id: str
    number: int | None
    title: Text
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFigure:
    """The steps of the public, one below the other."""

    title: Text
    summary: Text | None
    lang: FigureLang
    indicators: tuple[Indicator, ...]
    advice: tuple[Advice, ...]
    end: Text | None
    """None on a page that others follow, or where no end is a success."""
    notes: tuple[Text, ...] = ()


def overview_figure(
    flow: Flow, readings: Mapping[str, Reading] | None = None, lang: FigureLang = "both"
) -> OverviewFigure:
    """The stages of a process; `readings` are those of its measures."""
    process = flow.process
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
                chips=(
                    STEPS.format(count=sum(shown(flow, n) for n in nodes)),
                    *limits(stage.limit),
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


def guide_figure(
    flow: Flow, readings: Mapping[str, Reading] | None = None, lang: FigureLang = "both"
) -> GuideFigure:
    """What the applicant does in a typical case, and what offices do between; `readings` are those of its
    measures."""
    from jianban.workflows.analysis.measures import Options
    from jianban.workflows.analysis.measures.context import Context

    run = Context(flow, Options()).run
    process = flow.process
    return GuideFigure(
        title=process.title,
        summary=process.summary,
        lang=lang,
        indicators=process_indicators(flow, readings or {}, most=5),
        advice=tuple(_advice(run.steps if run else flow.steps)),
        end=_granted(process),
        notes=sources(process.documents, bases(flow)),
    )


def _granted(process: Process) -> Text | None:
    return next((e.title for e in process.ends if e.success), None)


def _advice(nodes: Iterable[Node]) -> Iterator[Advice]:
    number = 0
    waiting: list[Step] = []
    for node in nodes:
        step = node.step
        if step is None:
            continue
        if step.role.agency.kind is not PartyKind.APPLICANT:
            waiting.append(step)
            continue
        if waiting:
            yield _meanwhile(waiting)
            waiting = []
        number += 1
        yield Advice(id=node.id, number=number, title=step.title, facts=tuple(_facts(step)))
    if waiting:
        yield _meanwhile(waiting)


def _facts(step: Step) -> Iterator[Fact]:
    asked = tuple(_material(u) for u in step.materials if not u.obtained_by_sharing)
    if asked:
        yield Fact(label=NEEDED, values=asked)
    channel = OWN if step.channel is Channel.INTERNAL else CHANNELS[step.channel]
    yield Fact(
        label=WHERE,
        values=(VISITS.format(channel=channel, count=step.visits) if step.visits else channel,),
    )
    if said := times(step):
        yield Fact(label=WHEN, values=(joined(said),))
    if step.fee:
        cost = Text(format_yuan(step.fee.fen, "zh"), format_yuan(step.fee.fen, "en"))
        yield Fact(label=COST, values=(cost if step.fee.fen else FREE,))
    if step.note:
        yield Fact(label=Text("提示", "Note"), values=(step.note,))


def _material(use: MaterialUse) -> Text:
    copies = COPIES.format(count=use.copies) if use.copies > 1 else Text("", "")
    said = MATERIAL.format(title=use.material.title, form=FORMS[use.form], copies=copies)
    return OPTIONAL.format(title=said) if use.optional else said


def _meanwhile(steps: list[Step]) -> Advice:
    """What offices do, agency by agency, with the times they have."""
    by_agency: dict[Agency, list[Step]] = {}
    for step in steps:
        by_agency.setdefault(step.role.agency, []).append(step)
    told = [
        OFFICES_DO.format(agencies=lane_title(a), steps=joined([_timed(s) for s in own]))
        for a, own in by_agency.items()
    ]
    return Advice(
        id=f"{steps[0].id}-offices",
        number=None,
        title=Text("；".join(t.zh for t in told), "; ".join(t.en for t in told)),
        facts=(),
    )


def _timed(step: Step) -> Text:
    said = times(step)
    if not said:
        return step.title
    time = joined(said)
    return Text(f"{step.title.zh}（{time.zh}）", f"{step.title.en} ({time.en})")
