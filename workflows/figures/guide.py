"""What the service guide shows: what the applicant does, brings and waits for, and what offices do between,
from a flow and its readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jianban.workflows.analysis.timing import OFFICES
from jianban.workflows.figures.indicators import SHOWN, process_indicators
from jianban.workflows.figures.model import FigureLang, Indicator
from jianban.workflows.figures.process import bases, in_force, shown, typical_steps
from jianban.workflows.figures.words import duration, joined, lane_title, sources, times
from jianban.workflows.flow import ROOT, Arc, Flow, Node
from jianban.workflows.language.model import Choice, Process, Step
from jianban.workflows.language.tables import table_rows
from jianban.workflows.language.terms import Agency, Channel, Citation, Guard, MaterialUse, PartyKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import CHANNELS, FORMS, counted, format_yuan

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading

MATERIAL = Text("{title}（{form}{copies}）", "{title} ({form}{copies})")
COPIES = Text("，{count} 份", ", {count} copies")
OPTIONAL = Text("{title}，视情况提供", "{title}, where it applies")
CHECK = Text("办理前先看能不能办", "First: can you use this procedure?")
WHICH = Text("看属于哪种情形：{choice}", "Which case is yours: {choice}")
REFUSED = Text("不能办", "Ruled out")
ANY_TIME = Text("随时可以", "Any time")
WHO = Text("谁来办", "Who")
WHERE = Text("在哪办", "Where")
BRING = Text("带什么", "Bring")
NOT_NEEDED = Text("不用带", "No need")
SHARED = Text("由机关共享获取：{titles}", "fetched from shared data: {titles}")
NOTHING = Text("不用交材料", "nothing to hand in")
WHEN = Text("何时办", "When")
COST = Text("费用", "Fee")
TIP = Text("提示", "Note")
MIND = Text("留意", "Mind")
CONDITIONS = Text("不通过", "Refused if")
CORRECTION = Text("要补正", "Corrections")
BESIDES = Text("也可能", "Possibly")
OUTCOME = Text("未办成", "Otherwise")
ON_SITE = Text("到现场 {count} 次", "{count} visit{s}")
IN_PERSON = Text("{where}，{visits}", "{where}, {visits}")
WITH = Text("{channel}（{agency}）", "{channel} ({agency})")
OWN = Text("自行办理，不必找机关", "on your own, without an office")
FREE = Text("不收费", "free of charge")
OTHER_MONEY = Text("另付第三方约 {yuan}", "about {yuan} to third parties")
WITHIN = Text("{time}内", "within {time}")
SINCE = Text("自“{step}”起 {time}内", "within {time}, from: {step}")
LATE = Text("{time}，否则：{end}", "{time}, or else: {end}")
WAITING = Text("须等待 {time}", "a wait of {time}")
AT_WORK = Text("机关办理：{agencies}", "Handled by: {agencies}")
OTHERS_AT_WORK = Text("有关单位办理：{agencies}", "Handled by: {agencies}")
"""Where not all of them are authorities."""
LATER = Text("决定作出之后：{agencies}", "After the decision: {agencies}")
TIMED = Text("{title}（{time}）", "{title} ({time})")
AT_MOST = Text("{title}（最多 {count} 次）", "{title} ({count} at most)")
THEN = Text("{what}：{then}", "{what}: {then}")
BASIS = Text("依据：{documents}", "Basis: {documents}")
TYPICAL = Text(
    "按典型情形列出；本人情形不同的，以办理机关的告知为准。",
    "For a typical case; where yours differs, go by what the office tells you.",
)
CORRECT = "correct"
"""The kind of a step that mends an application."""
AUTHORITIES = frozenset({PartyKind.GOVERNMENT, PartyKind.COURT})
MEASURES = ("days_statutory", "days_promised", "materials", "visits", "agencies")
"""What an applicant asks first."""


class AdviceKind(StrEnum):
    CHECK = "check"
    """Whether this is the right procedure."""
    STEP = "step"
    """What the applicant does."""
    OFFICES = "offices"
    """What offices do meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Advice under one heading, e.g. which materials to bring."""

    label: Text
    values: tuple[Text, ...]
    start: int = 1
    """The number of the first value, where there are several."""
    many: bool = False
    """Numbered, even where only one value stands on this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    id: str
    kind: AdviceKind
    title: Text
    facts: tuple[Fact, ...]
    number: int | None = None
    """Of a step."""
    basis: Text | None = None


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
    more: bool = False
    """Others follow on the next page."""
    columns: int = 1
    room: float = 0
    """The width of each column; 0: as wide as is comfortable."""
    notes: tuple[Text, ...] = ()
    in_force: Text | None = None


def guide_figure(
    flow: Flow, readings: Mapping[str, Reading] | None = None, lang: FigureLang = "both"
) -> GuideFigure:
    """What the applicant does in a typical case, and what offices do between; `readings` are those of its
    measures."""
    process = flow.process
    asked = {m: r for m, r in (readings or {}).items() if m in MEASURES}
    return GuideFigure(
        title=process.title,
        summary=process.summary,
        lang=lang,
        indicators=process_indicators(flow, asked, most=len(SHOWN)),
        advice=(*_first(process), *_tables(flow), *_advice(flow, typical_steps(flow))),
        end=_end(flow),
        notes=(TYPICAL, *sources(process.documents, bases(flow))),
        in_force=in_force(process),
    )


def _end(flow: Flow) -> Text | None:
    """Where the typical case ends; None where no end is a success."""
    # imported late: the measures bring all of the analysis
    from jianban.workflows.analysis.measures import Options
    from jianban.workflows.analysis.measures.context import Context

    run = Context(flow, Options()).run
    if run is None:
        return None
    passed = run.paths[ROOT]
    end = flow.nodes[run.edges[passed[-1]].target if passed else flow.regions[ROOT].initial].end
    return end.title if end else None


def _first(process: Process) -> Iterator[Advice]:
    facts: list[Fact] = []
    if refusals := tuple(r for g in process.eligible for r in _refusals(g)):
        facts.append(Fact(label=REFUSED, values=refusals, many=len(refusals) > 1))
    if events := tuple(dict.fromkeys(a.title for a in process.anywhere)):
        facts.append(Fact(label=ANY_TIME, values=(joined(events),)))
    if refusals:
        yield Advice(id="before", kind=AdviceKind.CHECK, title=CHECK, facts=tuple(facts))


def _tables(flow: Flow) -> Iterator[Advice]:
    """Which case is the applicant's, by each decision table."""
    for node in flow.nodes.values():
        if isinstance(node.block, Choice) and node.block.table and shown(flow, node):
            rows = table_rows(node.block, flow.process.fields)
            yield Advice(
                id=node.id,
                kind=AdviceKind.CHECK,
                title=WHICH.format(choice=node.title),
                facts=tuple(
                    Fact(label=then, values=tuple(w for w, t in rows if t == then))
                    for then in dict.fromkeys(t for _, t in rows)
                ),
                basis=_cited(list(dict.fromkeys(c for r in node.block.table for c in r.basis.citations))),
            )


def _refusals(guard: Guard | None) -> Iterator[Text]:
    """Why a case is refused, condition by condition."""
    if guard is None:
        return
    for part in guard.parts:
        yield from _refusals(part)
    if guard.refusal and not guard.parts:
        yield guard.refusal


def _advice(flow: Flow, nodes: Sequence[Node]) -> Iterator[Advice]:
    number = 0
    waiting: list[Node] = []
    for i, node in enumerate(nodes):
        step = node.step
        if step is None:
            continue
        if waiting and _after_decision(flow, node) != _after_decision(flow, waiting[0]):
            yield _meanwhile(flow, waiting)
            waiting = []
        if step.role.agency.kind is not PartyKind.APPLICANT:
            waiting.append(node)
            continue
        if waiting:
            yield _meanwhile(flow, waiting)
            waiting = []
        number += 1
        yield Advice(
            id=node.id,
            kind=AdviceKind.STEP,
            number=number,
            title=step.title,
            facts=tuple(_facts(flow, node, step, nodes[i + 1] if i + 1 < len(nodes) else None)),
            basis=_basis([step]),
        )
    if waiting:
        yield _meanwhile(flow, waiting)


def _facts(flow: Flow, node: Node, step: Step, follower: Node | None) -> Iterator[Fact]:
    yield Fact(label=WHO, values=(joined([r.title for r in step.by]),))
    yield Fact(label=WHERE, values=(_where(step, follower),))
    asked = tuple(_material(u) for u in step.materials if not u.obtained_by_sharing)
    if asked:
        yield Fact(label=BRING, values=asked, many=len(asked) > 1)
    if shared := [u.material.title for u in step.materials if u.obtained_by_sharing]:
        yield Fact(label=NOT_NEEDED, values=(SHARED.format(titles=_listed(shared)),))
    if said := tuple(_when(flow, node, step)):
        yield Fact(label=WHEN, values=said)
    if cost := tuple(_cost(step)):
        yield Fact(label=COST, values=cost)
    if step.note:
        yield Fact(label=TIP, values=(step.note,))
    if refusals := _conditions(flow, [node]):
        yield Fact(label=MIND, values=refusals, many=len(refusals) > 1)


def _where(step: Step, follower: Node | None) -> Text:
    """How, and with the office whose step follows."""
    where = OWN if step.channel is Channel.INTERNAL else CHANNELS[step.channel]
    office = follower.step.role.agency if follower and follower.step else None
    if office and office.kind in OFFICES and step.channel is not Channel.INTERNAL:
        where = WITH.format(channel=where, agency=office.title)
    return IN_PERSON.format(where=where, visits=counted(ON_SITE, step.visits)) if step.visits else where


def _material(use: MaterialUse) -> Text:
    copies = COPIES.format(count=use.copies) if use.copies > 1 else Text("", "")
    said = MATERIAL.format(title=use.material.title, form=FORMS[use.form], copies=copies)
    return OPTIONAL.format(title=said) if use.optional else said


def _when(flow: Flow, node: Node, step: Step) -> Iterator[Text]:
    if step.wait:
        yield WAITING.format(time=duration(step.wait.effective))
    limit = step.limit
    if limit is None or limit.legal is None:
        return
    since = flow.nodes.get(node.id.removesuffix(step.id) + (limit.counted_from or ""))
    time = duration(limit.legal)
    within = WITHIN.format(time=time) if limit.legal.amount else time
    said = SINCE.format(step=since.title, time=time) if since else within
    event = limit.expiry.event if limit.expiry else None
    lapse = next((a for a in flow.outgoing[node.id] if a.event == event), None)
    end = flow.nodes[lapse.target].end if lapse else None
    yield LATE.format(time=said, end=end.title) if end else said


def _cost(step: Step) -> Iterator[Text]:
    if step.fee:
        yield _yuan(step.fee.fen) if step.fee.fen else FREE
    if step.effort and step.effort.external_fen:
        yield OTHER_MONEY.format(yuan=_yuan(step.effort.external_fen))


def _yuan(fen: int) -> Text:
    return Text(format_yuan(fen, "zh"), format_yuan(fen, "en"))


def _conditions(flow: Flow, nodes: Iterable[Node]) -> tuple[Text, ...]:
    """Why what normally comes next may not."""
    arcs = (a for n in nodes for a in flow.outgoing[n.id] if a.main)
    return tuple(dict.fromkeys(r for a in arcs for r in _refusals(a.guard)))


def _basis(steps: Iterable[Step]) -> Text | None:
    """The articles that steps rest on."""
    return _cited(list(dict.fromkeys(c for s in steps for c in s.basis.citations)))


def _cited(citations: Sequence[Citation]) -> Text | None:
    # imported late: the comparison brings all of the analysis
    from jianban.workflows.comparison.sources import cite

    if not citations:
        return None
    documents = Text("、".join(cite(citations, "zh")), "; ".join(cite(citations, "en")))
    return BASIS.format(documents=documents)


def _meanwhile(flow: Flow, nodes: Sequence[Node]) -> Advice:
    """What offices do, agency by agency, with the times they have, and what may come of it."""
    steps = [n.step for n in nodes if n.step]
    by_agency: dict[Agency, list[Step]] = {}
    for step in steps:
        by_agency.setdefault(step.role.agency, []).append(step)
    facts = [
        Fact(label=lane_title(agency), values=(_listed([_timed(s) for s in own]),))
        for agency, own in by_agency.items()
    ]
    heading = AT_WORK if all(a.kind in AUTHORITIES for a in by_agency) else OTHERS_AT_WORK
    if _after_decision(flow, nodes[0]):
        heading = LATER
    if cost := tuple(dict.fromkeys(c for s in steps for c in _cost(s))):
        facts.append(Fact(label=COST, values=cost))
    if refusals := _conditions(flow, nodes):
        facts.append(Fact(label=CONDITIONS, values=refusals, many=len(refusals) > 1))
    for label, kinds in ((CORRECTION, True), (BESIDES, False)):
        if more := tuple(dict.fromkeys(_aside(flow, nodes, corrections=kinds))):
            facts.append(Fact(label=label, values=more))
    if ends := _ends(flow, nodes):
        facts.append(Fact(label=OUTCOME, values=ends))
    return Advice(
        id=f"{nodes[0].id}-offices",
        kind=AdviceKind.OFFICES,
        title=heading.format(agencies=joined([a.title for a in by_agency])),
        facts=tuple(facts),
        basis=_basis(steps),
    )


def _after_decision(flow: Flow, node: Node) -> bool:
    return node.stage is not None and flow.stage(node.stage).after_decision


def _listed(texts: Sequence[Text]) -> Text:
    """Texts that may hold “、” and commas themselves."""
    return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def _timed(step: Step) -> Text:
    """A step of an office, with the time it has and how often the applicant must come for it."""
    said = (*times(step), *((counted(ON_SITE, step.visits),) if step.visits else ()))
    return TIMED.format(title=step.title, time=joined(said)) if said else step.title


def _side_ways(flow: Flow, nodes: Iterable[Node]) -> Iterator[tuple[Arc, Node]]:
    for node in nodes:
        for arc in flow.outgoing[node.id]:
            if not arc.main:
                yield arc, flow.nodes[arc.target]


def _aside(flow: Flow, nodes: Iterable[Node], *, corrections: bool) -> Iterator[Text]:
    """What the applicant may have to do besides, and how: to correct, or something else."""
    for arc, target in _side_ways(flow, nodes):
        step = target.step
        if not step or not step.aside or step.role.agency.kind is not PartyKind.APPLICANT:
            continue
        if (step.kind.id == CORRECT) is corrections:
            what = AT_MOST.format(title=arc.title, count=arc.max) if arc.max else arc.title
            where = [] if step.channel is Channel.INTERNAL else [_where(step, None)]
            yield THEN.format(what=what, then=joined([step.title, *where, *times(step)]))


def _ends(flow: Flow, nodes: Iterable[Node]) -> tuple[Text, ...]:
    """The ends without success that the offices' steps may lead to, and by what where they do not say it."""
    found: dict[Text, list[Text]] = {}
    for arc, target in _side_ways(flow, nodes):
        if target.end and not target.end.success:
            found.setdefault(target.end.title, []).append(arc.title)
    return tuple(
        end if any(arc.zh in end.zh for arc in arcs) else THEN.format(what=joined(arcs), then=end)
        for end, arcs in found.items()
    )
