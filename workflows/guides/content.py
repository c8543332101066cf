"""A service guide from a flow: every field is computed from the definition, and nothing is added to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from jianban.workflows.analysis.decided import until_decided
from jianban.workflows.analysis.measures import Options, measure
from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.services.choice import why_not
from jianban.workflows.analysis.services.quantities import WorkingDays, quantities
from jianban.workflows.calendar import CalendarError
from jianban.workflows.flow import Flow
from jianban.workflows.guides import fields
from jianban.workflows.guides.model import (
    Fact,
    Facts,
    Field,
    Guide,
    Lines,
    Note,
    Picture,
    Records,
    Section,
    Sheet,
)
from jianban.workflows.guides.steps import DELIVER, step_rows
from jianban.workflows.guides.tables import (
    any_time_rows,
    assumption_rows,
    condition_rows,
    decision_rows,
    document_rows,
    expiry_rows,
    fee_rows,
    material_rows,
    refusal_rows,
)
from jianban.workflows.guides.words import both, citing, joined, lasting
from jianban.workflows.language.guidance import ITEM_TYPES, TIERS, Guidance
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Channel, PartyKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import CHANNELS

TITLE = Text("{title}办事指南", "Service guide: {title}")
BASIC = Text("基本信息", "Basic information")
RESULT = Text("结果和送达", "Result and delivery")
GUIDE_FIGURE = Text("{title}：申请人办理步骤图", "{title}: what the applicant does")
OFFICES_FIGURE = Text("{title}：办理步骤图", "{title}: what is done")
PROCESS_FIGURE = Text("{title}：流程图", "{title}: the whole process")
RIGHTS = Text("咨询、投诉和救济", "Enquiries, complaints and remedies")
ELSE = Text("其他", "Else")
FIGURES = Text("附图", "Figures")
ABOUT = Text("版本和依据文件", "Version and documents")
INSTANT = Text("即办件", "done at once")
PROMISED = Text("承诺件", "done within the time stated")
TIMES = Text("{count} 次", "{count}")
FREE = Text("不收费", "No")
CHARGED = Text("收费，标准见收费一节", "Yes, see the fees")
DELIVERED = Text("{step}（{channel}）", "{step} ({channel})")
WITHIN = Text("{delivery}，{time}内", "{delivery}, within {time}")
AT_ONCE = Text("{delivery}，{time}", "{delivery}, {time}")
FROM = Text("{start}起", "from {start}")
UNTIL = Text("至{end}", "until {end}")
FROM_UNTIL = Text("{start}至{end}", "{start} to {end}")
UNSTATED = Text("本定义未载：{fields}。", "The definition does not state: {fields}.")
ASSUMING = Text(
    "下列内容没有法律依据，是为推算而作的假设，公布前应当由实施机关确认。",
    "What follows rests on no law: it is assumed, and the authority is to confirm it before publication.",
)
APPLICANTS = (PartyKind.APPLICANT,)
OFFICES = (PartyKind.GOVERNMENT,)
OTHERS = (PartyKind.COURT, PartyKind.SERVICE)
EITHER: Mapping[Channel, tuple[Channel, ...]] = {
    Channel.EITHER: (Channel.ONLINE, Channel.COUNTER),
    Channel.INTERNAL: (),
}
"""Ways to apply that are not one way."""
PAY = "pay"
"""The kind of a step that is no application."""
OPTIONAL = (fields.SERVICES, fields.SPECIAL, fields.SUMMARY, fields.HANDLING)
"""What a process may well not have."""
PICTURES = {"guide": GUIDE_FIGURE, "process": PROCESS_FIGURE}
"""The figures of a guide by kind, in order."""


def guide(flow: Flow, titles: Mapping[str, Text] | None = None) -> Guide:
    """The guide of a process.

    Args:
        titles: what other processes of the catalogue are called, by `id` and `id@version`; those that the
            definition names and that are not there are told by their ids.
    """
    process = flow.process
    facts = {f.field.id: f for f in _facts(flow)}
    tables = {
        sheet.id: Records(sheet=sheet, rows=rows)
        for sheet, rows in (
            (fields.CONDITIONS, condition_rows(flow)),
            (fields.DECISIONS, decision_rows(flow)),
            (fields.MATERIALS, material_rows(flow)),
            (fields.STEPS, step_rows(flow)),
            (fields.FEES, fee_rows(flow)),
            (fields.REFUSALS, refusal_rows(flow, titles or {})),
            (fields.EXPIRIES, expiry_rows(flow)),
            (fields.ANY_TIME, any_time_rows(flow)),
            (fields.DOCUMENTS, document_rows(process)),
            (fields.ASSUMED, assumption_rows(flow)),
        )
        if rows
    }
    unstated = tuple(f for f in (*fields.FACTS, *fields.LOCAL) if f.id not in facts and f not in OPTIONAL)
    named = PICTURES if fields.APPLICANTS.id in facts else PICTURES | {"guide": OFFICES_FIGURE}
    pictures = (Picture(id=kind, title=title.format(title=process.title)) for kind, title in named.items())
    return Guide(
        title=TITLE.format(title=process.title),
        process=process.key,
        sections=(
            *_sections(facts, tables),
            Section(
                id="unstated",
                title=ELSE,
                parts=(Note(text=UNSTATED.format(fields=joined(f.title for f in unstated))),),
            ),
            Section(id="figures", title=FIGURES, parts=tuple(pictures)),
        ),
        unstated=unstated,
    )


def _sections(facts: Mapping[str, Fact], tables: Mapping[str, Records]) -> Iterator[Section]:
    """The facts and tables there are, in the order of a guide."""

    def stated(name: str, title: Text, wanted: Iterable[Field], *more: Records) -> Iterator[Section]:
        found = tuple(facts[f.id] for f in wanted if f.id in facts)
        if parts := ((Facts(facts=found),) if found else ()) + more:
            yield Section(id=name, title=title, parts=parts)

    def listed(*sheets: Sheet, before: tuple[Note, ...] = ()) -> Iterator[Section]:
        for sheet in sheets:
            if sheet.id in tables:
                yield Section(id=sheet.id, title=sheet.title, parts=(*before, tables[sheet.id]))

    told = (fields.RESULT, fields.DELIVERY)
    rights = (fields.ENQUIRIES, fields.COMPLAINTS, fields.REMEDIES)
    about = (fields.CODE, fields.VERSION, fields.IN_FORCE)
    documents = [tables[s.id] for s in (fields.DOCUMENTS,) if s.id in tables]
    yield from stated("basic", BASIC, [f for f in fields.FACTS if f not in (*told, *rights, *about)])
    yield from listed(fields.CONDITIONS, fields.DECISIONS, fields.MATERIALS, fields.STEPS, fields.FEES)
    yield from stated("result", RESULT, told)
    yield from listed(fields.REFUSALS, fields.EXPIRIES, fields.ANY_TIME)
    yield from stated("rights", RIGHTS, rights)
    yield from stated("about", ABOUT, about, *documents)
    yield from listed(fields.ASSUMED, before=(Note(text=ASSUMING),))


def _facts(flow: Flow) -> Iterator[Fact]:
    process = flow.process
    steps = [n.step for n in flow.steps if n.step]
    yield Fact(field=fields.NAME, lines=(process.title,))
    if process.summary:
        yield Fact(field=fields.SUMMARY, lines=(process.summary,))
    if process.basis.known:
        yield Fact(field=fields.LEGAL_BASIS, lines=citing(process.basis))
    for field, kinds in ((fields.AUTHORITY, OFFICES), (fields.SERVICES, OTHERS)):
        if parties := _parties(steps, kinds):
            yield Fact(field=field, lines=parties)
    if applicants := _parties(steps, APPLICANTS):
        yield Fact(field=fields.APPLICANTS, lines=applicants)
    own = [s for s in steps if s.role.agency.kind in APPLICANTS]
    applying = [s for s in own if not s.aside and s.kind.id != PAY]
    if channels := _distinct(CHANNELS[w] for s in applying for w in EITHER.get(s.channel, (s.channel,))):
        yield Fact(field=fields.CHANNELS, lines=channels)
    yield from _counted(flow, steps)
    if special := _distinct(s.title for s in steps if s.stops_clock and s not in own):
        yield Fact(field=fields.SPECIAL, lines=special)
    if fees := [s.fee.fen for s in steps if s.fee]:
        yield Fact(field=fields.CHARGED, lines=(CHARGED if any(fees) else FREE,))
    if results := _distinct(e.title for e in process.ends if e.success):
        yield Fact(field=fields.RESULT, lines=results)
    if delivery := _distinct(_delivery(s) for s in steps if s.kind.id == DELIVER):
        yield Fact(field=fields.DELIVERY, lines=delivery)
    if process.guidance is not None:
        yield from _given(process.guidance)
    yield Fact(field=fields.CODE, lines=(both(process.id),))
    yield Fact(field=fields.VERSION, lines=(both(process.version),))
    start, end = process.in_force_from, process.in_force_to
    if start or end:
        words = UNTIL if start is None else FROM if end is None else FROM_UNTIL
        yield Fact(field=fields.IN_FORCE, lines=(words.format(start=start, end=end),))


def _given(guidance: Guidance) -> Iterator[Fact]:
    """What does not follow from the process, with what it rests on."""
    if guidance.item_type is not None:
        yield Fact(field=fields.ITEM_TYPE, lines=(ITEM_TYPES[guidance.item_type],))
    if guidance.tiers:
        yield Fact(field=fields.LEVEL, lines=tuple(TIERS[tier] for tier in guidance.tiers))
    for field, said in (
        (fields.ENQUIRIES, guidance.enquiries),
        (fields.COMPLAINTS, guidance.complaints),
        (fields.REMEDIES, guidance.remedies),
    ):
        if said is not None:
            basis = citing(said.basis) if said.basis.known else ()
            yield Fact(field=field, lines=(said.text, *basis))


def _counted(flow: Flow, steps: list[Step]) -> Iterator[Fact]:
    """What the typical run takes: whether it is done at once, visits, and the periods on its critical path
    in the law's own units."""
    context = Context(until_decided(flow), Options())
    with suppress(CalendarError):
        if why_not(context) is None:
            instant = quantities(context, WorkingDays(context.options.calendar, context.starts))["instant"]
            yield Fact(field=fields.HANDLING, lines=(INSTANT if instant.value else PROMISED,))
    readings = measure(flow)
    if (visits := readings["visits"].value) is not None:
        yield Fact(field=fields.VISITS, lines=(TIMES.format(count=visits),))
    limits = [w.limit for w in (flow.process, *flow.process.stages, *steps)]
    promised = any(limit and limit.promised for limit in limits)
    for field, name in ((fields.STATUTORY, "days_statutory"), (fields.PROMISED, "days_promised")):
        reading = readings[name]
        if reading.note and reading.detail and (promised or field is fields.STATUTORY):
            zh, en = reading.note.zh.split("；")[0], reading.note.en.split("; ")[0]
            yield Fact(field=field, lines=(Text(zh, en),))


def _parties(steps: Iterable[Step], kinds: tuple[PartyKind, ...]) -> Lines:
    return _distinct(r.agency.title for s in steps for r in s.by if r.agency.kind in kinds)


def _distinct(texts: Iterable[Text]) -> Lines:
    return tuple(dict.fromkeys(texts))


def _delivery(step: Step) -> Text:
    told = step.title
    if step.channel is not Channel.INTERNAL:
        told = DELIVERED.format(step=told, channel=CHANNELS[step.channel])
    if step.limit and step.limit.legal:
        words = WITHIN if step.limit.legal.amount else AT_ONCE
        return words.format(delivery=told, time=lasting(step.limit.legal))
    return told
