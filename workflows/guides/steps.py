"""The steps of a process for a guide: who does each, how, within what time, and in which cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.flow import Flow
from jianban.workflows.guides.model import Lines
from jianban.workflows.guides.words import NOTHING, both, citing, lasting
from jianban.workflows.language.model import (
    Call,
    Choice,
    Each,
    Item,
    JoinKind,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import Basis, Channel, Limit, PartyKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import CHANNELS, counted

NUMBERED = Text("{number} {title}", "{number} {title}")
LEAD = Text("牵头：{agency}", "led by: {agency}")
STAGE_LIMIT = Text("本环节{limit}", "whole stage, {limit}")
LEGAL = Text("法定：{time}", "statutory: {time}")
READ_AS = Text("按 {time}掌握", "read as {time}")
PROMISED = Text("承诺：{time}", "promised: {time}")
EXTENDED = Text("可延长：{time}", "extendable by: {time}")
EXTENDED_BY = Text("经{by}批准可延长：{time}", "extendable, as {by} approves, by: {time}")
WAITING = Text("须满：{time}", "must run: {time}")
SINCE = Text("自“{step}”完成起算", "from the end of: {step}")
SINCE_DAY = Text("自“{day}”起算", "from the date: {day}")
UNTIL = Text("至“{day}”当日为止", "until the date: {day}")
IN_CASE = Text("限于：{choice}（{branch}）", "only if: {choice} ({branch})")
IN_PARALLEL = Text("并联：{block}", "in parallel: {block}")
ONLY_BRANCH = Text("并联：{block}（{branch}）", "in parallel: {block} ({branch})")
JOINED = {
    JoinKind.ANY: Text("并联各项办完一项即可", "one of the branches is enough"),
    JoinKind.COUNT: Text("并联各项办完 {count} 项即可", "{count} of the branches are enough"),
}
FOR_EACH = Text("逐项办理：{block}", "for each: {block}")
WITHIN_CALL = Text("属于：{call}", "part of: {call}")
ASIDE = Text("需要时办理", "only where needed")
NOT_COUNTED = Text("所用时间不计入时限", "its time does not count")
VISITS = Text("申请人到现场 {count} 次", "{count} visit{s} by the applicant")
AT_MOST = Text("{event}：最多 {count} 次", "{event}: at most {count}")
SUPPOSED = Text("{event}：最多 {count} 次（假设）", "{event}: at most {count} (assumed)")
DELIVER = "deliver"
"""The kind of a step by which the result is handed over."""
LATER = Text("决定之后", "after the decision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step and in which cases it is done."""

    id: str
    """Of its node in the flow."""
    stage: Stage
    number: str
    step: Step
    cases: Lines


def told_steps(process: Process) -> tuple[Told, ...]:
    """All steps in order of declaration, those of called processes where they are called."""
    return tuple(
        Told(id=name, stage=stage, number=f"{at}.{n}", step=step, cases=tuple(cases))
        for at, stage in enumerate(process.stages, 1)
        for n, (name, step, cases) in enumerate(_walk(stage.items, "", ()), 1)
    )


def _walk(items: Iterable[Item], prefix: str, cases: Lines) -> Iterator[tuple[str, Step, Lines]]:
    for item in items:
        match item:
            case Step():
                yield prefix + item.id, item, cases
            case Choice():
                for branch in item.branches:
                    case = IN_CASE.format(choice=item.title, branch=branch.title)
                    yield from _walk(branch.items, prefix, (*cases, case))
            case Parallel():
                joined = JOINED.get(item.join.kind)
                rule = (joined.format(count=item.join.count),) if joined else ()
                for branch in item.branches:
                    words = ONLY_BRANCH if branch.guard else IN_PARALLEL
                    case = words.format(block=item.title, branch=branch.title)
                    yield from _walk(branch.items, prefix, (*cases, case, *rule))
            case Each():
                yield from _walk(item.items, prefix, (*cases, FOR_EACH.format(block=item.title)))
            case Call():
                inside = (*cases, WITHIN_CALL.format(call=item.title))
                for stage in item.process.stages:
                    yield from _walk(stage.items, f"{prefix}{item.id}.", inside)


def step_rows(flow: Flow) -> tuple[tuple[Lines, ...], ...]:
    process = flow.process
    numbers = {stage.id: number for number, stage in enumerate(process.stages, 1)}
    titles = {t.id: t.step.title for t in told_steps(process)}
    called = (n.block.process for n in flow.nodes.values() if isinstance(n.block, Call))
    days = {field.id: field.title for p in (*called, process) for field in p.data}
    return tuple(
        (
            _stage(t.stage, numbers[t.stage.id]),
            (NUMBERED.format(number=t.number, title=t.step.title),),
            tuple(r.title for r in t.step.by),
            tuple(_times(t, titles, days)) or NOTHING,
            tuple(_remarks(t)) or NOTHING,
            _basis(t.step),
        )
        for t in told_steps(process)
    )


def _stage(stage: Stage, number: int) -> Lines:
    lines = [NUMBERED.format(number=number, title=stage.title)]
    if stage.lead:
        lines.append(LEAD.format(agency=stage.lead.title))
    lines += [STAGE_LIMIT.format(limit=said) for said in limit_lines(stage.limit)]
    return tuple(lines)


def limit_lines(limit: Limit | None) -> Iterator[Text]:
    """The statutory limit as stated, how it is read, what is promised, and the extension."""
    if limit is None:
        return
    for words, time in (
        (LEGAL, limit.statutory),
        (READ_AS, limit.reading),
        (PROMISED, limit.promised),
    ):
        if time:
            yield words.format(time=lasting(time))
    if limit.extension:
        by = Text(
            "、".join(r.title.zh for r in limit.extension_by),
            " or ".join(r.title.en for r in limit.extension_by),
        )
        words = EXTENDED_BY if limit.extension_by else EXTENDED
        yield words.format(time=lasting(limit.extension), by=by)


def _times(told: Told, titles: Mapping[str, Text], days: Mapping[str, Text]) -> Iterator[Text]:
    step = told.step
    prefix = told.id.removesuffix(step.id)
    if step.wait:
        origin = step.wait.origin
        if origin is None or not origin.exact:
            yield WAITING.format(time=lasting(step.wait.duration))
        if step.wait.reading:
            yield READ_AS.format(time=lasting(step.wait.reading))
        if origin is not None and origin.step is not None:
            yield SINCE.format(step=titles[prefix + origin.step])
        if origin is not None and origin.day is not None:
            yield (UNTIL if origin.exact else SINCE_DAY).format(day=days[origin.day])
    yield from limit_lines(step.limit)
    if step.limit and step.limit.counted_from:
        since = titles.get(prefix + step.limit.counted_from)
        yield SINCE.format(step=since or both(step.limit.counted_from))


def _remarks(told: Told) -> Iterator[Text]:
    step = told.step
    yield from told.cases
    # how the applicant deals with it; for what offices do among themselves it says nothing
    meets = step.role.agency.kind is PartyKind.APPLICANT or step.kind.id == DELIVER
    if meets and step.channel is not Channel.INTERNAL:
        yield CHANNELS[step.channel]
    if step.visits:
        yield counted(VISITS, step.visits)
    if step.aside:
        yield ASIDE
    if told.stage.after_decision:
        yield LATER
    if step.stops_clock:
        yield NOT_COUNTED
    for leave in step.exits:
        if leave.max:
            words = SUPPOSED if leave.basis.assumed else AT_MOST
            yield words.format(event=leave.title, count=leave.max)
    if step.note:
        yield step.note


def _basis(step: Step) -> Lines:
    """What the step and its times rest on."""
    found: list[Basis] = [step.basis]
    if step.wait:
        found.append(step.wait.basis)
    if step.limit:
        found += [step.limit.basis] if step.limit.statutory else []
        found += [step.limit.promised_basis] if step.limit.promised else []
    return merged(found)


def merged(bases: Sequence[Basis]) -> Lines:
    """Several bases as one cell: all their articles, then what is assumed, each once."""
    citations = tuple(dict.fromkeys(c for b in bases for c in b.citations))
    assumed = dict.fromkeys(b.assumed for b in bases if b.assumed is not None)
    return citing(Basis(citations=citations), *assumed)
