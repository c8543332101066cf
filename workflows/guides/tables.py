"""The other tables of a guide: conditions, materials, fees, refusals, expiries, documents, assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from jianban.workflows.comparison.sources import EFFORT, FEE, PROMISED, STATUTORY, WAIT
from jianban.workflows.flow import Arc, Flow
from jianban.workflows.guides.model import Lines
from jianban.workflows.guides.steps import merged, told_steps
from jianban.workflows.guides.words import NOTHING, both, citing, joined, lasting, money
from jianban.workflows.language.model import (
    AnywhereKind,
    Call,
    Choice,
    Each,
    End,
    Item,
    Outcome,
    Parallel,
    Process,
    Step,
)
from jianban.workflows.language.tables import table_rows
from jianban.workflows.language.terms import Basis, DataField, Expiry, Guard, Limit, MaterialUse
from jianban.workflows.sources.figures import bases
from jianban.workflows.texts import Text
from jianban.workflows.wording import EXPIRIES, FORMS, OUTCOMES

Rows: TypeAlias = tuple[tuple[Lines, ...], ...]

MUST_HOLD = Text("不符合条件：{condition}", "not so: {condition}")
NEEDED = Text("必要", "always")
SOMETIMES = Text("视情况", "where it applies")
SHARED = Text("数据共享获取，免于提交", "fetched from shared data, not asked for")
OWN = Text("申请人自备", "the applicant")
FETCHABLE = Text("{issuer}（可共享获取）", "{issuer} (could be shared)")
EXTERNAL = Text("约 {money}，付第三方", "about {money}, to others")
AT_STEP = Text("{step}：{event}", "{step}: {event}")
OUTCOME = Text("{title}（{outcome}）", "{title} ({outcome})")
STEP_LIMIT = Text("{step}：{time}", "{step}: {time}")
CONSEQUENCE = Text("{what}：{event}", "{what}: {event}")
TOLD_TO = Text("{what}（{role}）", "{what} ({role})")
ENDS_IN = Text("结果：{end}", "result: {end}")
RESUMED = Text("中止后由{roles}恢复办理", "resumed by: {roles}")
REASON = Text("须说明理由", "a reason is to be given")
CLOCK = Text("中止期间不计入时限", "the clock stands still")
CHECKED = Text("已核对原文", "against the text")
UNVERIFIED = Text("未核对原文", "not verified")
SINCE = Text("{start}起", "from {start}")
BETWEEN = Text("{start}至{end}", "{start} to {end}")
FOR = Text("{title}（{what}）", "{title} ({what})")
WHOLE = Text("全流程", "the whole process")


def condition_rows(flow: Flow) -> Rows:
    """Why a case is not taken in, condition by condition."""
    return tuple(
        ((guard.refusal or MUST_HOLD.format(condition=both(guard.expression)),), citing(guard.basis))
        for top in flow.process.eligible
        for guard in _single(top)
    )


def _single(guard: Guard) -> Iterator[Guard]:
    if not guard.parts:
        yield guard
    for part in guard.parts:
        yield from _single(part)


def decision_rows(flow: Flow) -> Rows:
    """The decision tables, row by row; the first row that fits decides."""
    return tuple(
        ((choice.title,), (words,), (then,), citing(row.basis))
        for choice, fields in _choices(flow.process)
        if choice.table
        for row, (words, then) in zip(choice.table, table_rows(choice, fields), strict=True)
    )


def _choices(process: Process) -> Iterator[tuple[Choice, Mapping[str, DataField]]]:
    """The choices of a process and of those it calls, each with the data it reads."""
    waiting: list[tuple[Item, Process]] = [(i, process) for s in process.stages for i in s.items]
    while waiting:
        item, owner = waiting.pop(0)
        match item:
            case Choice() | Parallel():
                if isinstance(item, Choice):
                    yield item, owner.fields
                waiting[:0] = [(inner, owner) for b in item.branches for inner in b.items]
            case Each():
                waiting[:0] = [(inner, owner) for inner in item.items]
            case Call():
                waiting[:0] = [(inner, item.process) for s in item.process.stages for inner in s.items]
            case _:
                pass


def material_rows(flow: Flow) -> Rows:
    """Each material once for every way in which it is asked, with the steps that ask it."""
    asked: dict[MaterialUse, list[Text]] = {}
    for told in told_steps(flow.process):
        for use in told.step.materials:
            asked.setdefault(use, []).append(told.step.title)
    return tuple(
        (
            (use.material.title,),
            (FORMS[use.form],),
            (both(use.copies),),
            (SOMETIMES if use.optional else NEEDED,),
            (_origin(use),),
            tuple(dict.fromkeys(steps)),
            merged([use.basis]),
        )
        for use, steps in asked.items()
    )


def _origin(use: MaterialUse) -> Text:
    if use.obtained_by_sharing:
        return SHARED
    issuer = use.material.issuer.title if use.material.issuer else OWN
    return FETCHABLE.format(issuer=issuer) if use.material.shared else issuer


def fee_rows(flow: Flow) -> Rows:
    rows: list[tuple[Lines, ...]] = []
    for told in told_steps(flow.process):
        step = told.step
        if step.fee:
            rows.append(((step.title,), (money(step.fee.fen),), citing(step.fee.basis)))
        if step.effort and step.effort.external_fen:
            amount = EXTERNAL.format(money=money(step.effort.external_fen))
            rows.append(((step.title,), (amount,), citing(step.effort.basis)))
    return tuple(rows)


def refusal_rows(flow: Flow, titles: Mapping[str, Text]) -> Rows:
    """The ends without success, each with what leads there."""
    return tuple(
        (
            (_outcome(end),),
            tuple(dict.fromkeys(_grounds(flow, node.id))) or NOTHING,
            _afterwards(end, titles),
            merged([end.basis, *(a.basis for a in flow.incoming[node.id])]),
        )
        for node in flow.ends
        if (end := node.end) is not None and not end.success and end.outcome is not Outcome.WITHDRAWN
    )


def _outcome(end: End) -> Text:
    """Its title, and its kind where the title leaves that open; what is refused says so by its title."""
    kind = OUTCOMES[end.outcome]
    told = end.outcome is Outcome.REFUSED or kind.zh in end.title.zh
    return end.title if told else OUTCOME.format(title=end.title, outcome=kind)


def _grounds(flow: Flow, end: str) -> Iterator[Text]:
    for arc in flow.incoming[end]:
        step = flow.nodes[arc.source].title
        yield AT_STEP.format(step=step, event=arc.title)
        yield from _reasons(flow, arc)


def _reasons(flow: Flow, arc: Arc) -> Iterator[Text]:
    """Why a step cannot go on as it normally does."""
    for other in flow.outgoing[arc.source]:
        if other.main and other.guard:
            yield from (g.refusal for g in _single(other.guard) if g.refusal)


def _afterwards(end: End, titles: Mapping[str, Text]) -> Lines:
    other = end.offers or end.switch_to
    return (titles.get(other, both(other)),) if other else NOTHING


def expiry_rows(flow: Flow) -> Rows:
    """What happens when a limit ends, for the whole process, its stages and its steps."""
    process = flow.process
    rows: list[tuple[Lines, ...]] = []
    for whole, title in ((process, WHOLE), *((s, s.title) for s in process.stages)):
        rows += _expiry(title, whole.limit, whole.limit.expiry if whole.limit else None, ())
    for told in told_steps(process):
        limit = told.step.limit
        if limit and limit.expiry:
            rows += _expiry(told.step.title, limit, limit.expiry, tuple(_lapse(flow, told.id, told.step)))
    return tuple(rows)


def _expiry(
    title: Text, limit: Limit | None, expiry: Expiry | None, then: Lines
) -> Iterator[tuple[Lines, ...]]:
    if limit is None or expiry is None:
        return
    what = EXPIRIES[expiry.kind]
    if expiry.role:
        what = TOLD_TO.format(what=what, role=expiry.role.title)
    time = limit.legal or limit.promised
    yield (
        (STEP_LIMIT.format(step=title, time=lasting(time)) if time else title,),
        (CONSEQUENCE.format(what=what, event=then[0]), *then[1:]) if then else (what,),
        merged([expiry.basis]),
    )


def _lapse(flow: Flow, node: str, step: Step) -> Iterator[Text]:
    """The event that fires by itself, and the end it leads to."""
    expiry = step.limit.expiry if step.limit else None
    for arc in flow.outgoing.get(node, ()):
        if expiry and arc.event == expiry.event:
            yield arc.title
            if end := flow.nodes[arc.target].end:
                yield ENDS_IN.format(end=end.title)
            return


def any_time_rows(flow: Flow) -> Rows:
    ends = {end.id: end.title for end in flow.process.ends}
    rows: list[tuple[Lines, ...]] = []
    for rule in flow.anywhere:
        then: list[Text] = []
        if rule.to in ends:
            then.append(ENDS_IN.format(end=ends[rule.to]))
        if rule.kind is AnywhereKind.SUSPEND:
            then.append(RESUMED.format(roles=joined(r.title for r in rule.resume_by or rule.by)))
            then += [CLOCK] if rule.stops_clock else []
        then += [REASON] if rule.reason_required else []
        rows.append(
            ((rule.title,), tuple(r.title for r in rule.by), tuple(then) or NOTHING, citing(rule.basis))
        )
    return tuple(rows)


def document_rows(process: Process) -> Rows:
    rows: list[tuple[Lines, ...]] = []
    for document in process.documents:
        start, end = document.in_force_from, document.in_force_to
        words = BETWEEN if end else SINCE
        rows.append(
            (
                (Text(f"《{document.title.zh}》", document.title.en),),
                (both(document.number),) if document.number else NOTHING,
                (words.format(start=start, end=end),) if start else NOTHING,
                (UNVERIFIED if document.unverified else CHECKED,),
            )
        )
    return tuple(rows)


def assumption_rows(flow: Flow) -> Rows:
    """What is assumed instead of cited, each once, with where it is used."""
    used: dict[Text, list[Text]] = {}
    for title, basis in _bases(flow):
        if basis.assumed is not None:
            used.setdefault(basis.assumed, []).append(title)
    for basis in bases(flow.process):  # of blocks, conditions and what the guide tells besides
        if basis.assumed is not None:
            used.setdefault(basis.assumed, [flow.process.title])
    return tuple(((what,), tuple(dict.fromkeys(where))) for what, where in used.items())


def _bases(flow: Flow) -> Iterator[tuple[Text, Basis]]:
    """Everything that rests on something, by what it is called."""
    process = flow.process
    yield process.title, process.basis
    for guard in process.eligible:
        yield from ((process.title, g.basis) for g in _single(guard))
    for whole in (process, *process.stages):
        yield from _limit_bases(whole.title, whole.limit)
    for stage in process.stages:
        yield stage.title, stage.basis
    for told in told_steps(process):
        step = told.step
        yield step.title, step.basis
        yield from _limit_bases(step.title, step.limit)
        for what, figure in ((WAIT, step.wait), (FEE, step.fee), (EFFORT, step.effort)):
            if figure:
                yield FOR.format(title=step.title, what=what), figure.basis
        for use in step.materials:
            yield FOR.format(title=step.title, what=use.material.title), use.basis
        for leave in step.exits:
            yield FOR.format(title=step.title, what=leave.title), leave.basis
    yield from ((end.title, end.basis) for end in process.ends)
    yield from ((rule.title, rule.basis) for rule in flow.anywhere)


def _limit_bases(title: Text, limit: Limit | None) -> Iterator[tuple[Text, Basis]]:
    if limit is not None:
        yield FOR.format(title=title, what=STATUTORY), limit.basis
        yield FOR.format(title=title, what=PROMISED), limit.promised_basis
        if limit.expiry:
            yield title, limit.expiry.basis
