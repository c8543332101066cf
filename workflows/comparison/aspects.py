"""What may differ between what stands for each other: one row per aspect.

An aspect reads a group of nodes, so that what merged five steps is compared with all five: limits as a list,
visits and fees as sums, materials and roles as sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from jianban.workflows.comparison.changes import Aspect, Change, Item, Reader, Side, changes, differ
from jianban.workflows.comparison.elements import acting, uses
from jianban.workflows.flow import Node
from jianban.workflows.language.model import NEXT, Call, Choice, Each, Exit, Parallel, Stage, Step
from jianban.workflows.language.terms import Duration, Limit, MaterialForm, MaterialUse
from jianban.workflows.texts import Text
from jianban.workflows.wording import (
    AFTER_DECISION,
    CHANNELS,
    EXPIRIES,
    FORMS,
    counted,
    format_duration,
    format_yuan,
)

ONWARD = Text("继续", "goes on")
EXIT = Text("“{event}”→{target}", "“{event}” → {target}")
TIMES = Text("{exit}（至多 {count} 次）", "{exit} (at most {count} time{s})")
GUARDED = Text("{exit}（须符合 {count} 项条件）", "{exit} (conditions: {count})")
SHARED = Text("{material}（共享获取）", "{material} (by data sharing)")
OPTIONAL = Text("{material}（选交）", "{material} (optional)")
COPIES = Text("{material}（{form} {copies} 份）", "{material} ({form}, {copies})")
FORM = Text("{material}（{form}）", "{material} ({form})")
EXPIRY = Text("逾期{what}", "on expiry: {what}")
EXPIRY_EVENT = Text("{what}（{event}）", "{what} ({event})")
STOPS = Text("不计入办理时限", "doesn't count towards the limit")
ALL, ANY, COUNT = Text("全部完成", "all"), Text("任一完成", "any"), Text("完成 {count} 个", "{count} of them")
TIMES_VISITED = Text("{count} 次", "{count}")
MINUTES = Text("{count} 分钟", "{count} min")


def _steps(nodes: Sequence[Node]) -> Iterator[Step]:
    return (n.step for n in nodes if n.step)


def _duration(duration: Duration | None) -> Iterator[Item]:
    if duration is not None:
        text = Text(format_duration(duration, "zh"), format_duration(duration, "en"))
        yield Item(f"{duration.amount} {duration.unit}", text)


def _limit(part: Callable[[Limit], Duration | None]) -> Reader:
    return lambda side, nodes: (i for s in _steps(nodes) if s.limit for i in _duration(part(s.limit)))


def _distinct(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple({i.key: i for i in items}.values())


def material_item(use: MaterialUse) -> Item:
    """A material as asked: its id, with what is special about it."""
    key, text = use.material.id, use.material.title
    if use.obtained_by_sharing:
        return Item(f"{key}:shared", SHARED.format(material=text))
    if use.copies != 1:
        key = f"{key}:{use.form}:{use.copies}"
        text = COPIES.format(material=text, form=FORMS[use.form], copies=use.copies)
    elif use.form is not MaterialForm.ORIGINAL:
        key, text = f"{key}:{use.form}", FORM.format(material=text, form=FORMS[use.form])
    if use.optional:
        key, text = f"{key}:optional", OPTIONAL.format(material=text)
    return Item(key, text)


def _sum(number: Callable[[Step], int], words: Text) -> Reader:
    def read(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
        total = sum(number(s) for s in _steps(nodes))
        yield Item(str(total), words.format(count=total))

    return read


def _fee(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    return _money(sum(s.fee.fen for s in _steps(nodes) if s.fee))


def _external(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    return _money(sum(s.effort.external_fen for s in _steps(nodes) if s.effort))


def _money(fen: int) -> Iterator[Item]:
    yield Item(str(fen), Text(format_yuan(fen, "zh"), format_yuan(fen, "en")))


def _expiry(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    for step in _steps(nodes):
        if step.limit and (expiry := step.limit.expiry):
            words, key = EXPIRIES[expiry.kind], f"{expiry.kind}"
            if expiry.event:
                title = next(
                    (e.title for e in step.exits if e.event == expiry.event), Text(*(expiry.event,) * 2)
                )
                words, key = EXPIRY_EVENT.format(what=words, event=title), f"{key}:{expiry.event}"
            yield Item(key, EXPIRY.format(what=words))


def _counted_from(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    for node in nodes:
        if node.step and node.step.limit and (start := node.step.limit.counted_from):
            yield side.item(_prefixed(node, start))


def _exits(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    for node in nodes:
        exits = node.step.exits if node.step else node.block.exits if isinstance(node.block, Call) else ()
        for exit_ in exits:
            yield _exit(side, node, exit_)


def _exit(side: Side, node: Node, exit_: Exit) -> Item:
    target = Item(NEXT, ONWARD) if exit_.to == NEXT else side.item(_prefixed(node, exit_.to))
    text = EXIT.format(event=exit_.title, target=target.text)
    if exit_.guard is not None:
        text = GUARDED.format(exit=text, count=max(1, len(exit_.guard.parts)))
    if exit_.max is not None:
        text = counted(TIMES, exit_.max, exit=text)
    others = node.step is not None and exit_.by not in ((), node.step.by)
    by = [r.id for r in exit_.by] if others else []
    parts = (
        exit_.event,
        target.key,
        exit_.guard.expression if exit_.guard else "",
        str(exit_.max or ""),
        *by,
    )
    return Item(" ".join(p for p in parts if p), text)


def _apart(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    return (side.item(_prefixed(n, i)) for n in nodes if n.step for i in n.step.different_person_from)


def _prefixed(node: Node, name: str) -> str:
    prefix, dot, _ = node.id.rpartition(".")
    return prefix + dot + name


def _branches(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    for node in nodes:
        match node.block:
            case Choice(branches=branches) | Parallel(branches=branches):
                for branch in branches:
                    guard = f": {branch.guard.expression}" if branch.guard else ""
                    yield Item(f"{branch.id}{guard}", branch.title)
            case Each(over=over):
                yield Item(over, Text(over, over))


def _join(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    for node in nodes:
        if node.join:
            words = {"all": ALL, "any": ANY}.get(node.join.kind, COUNT.format(count=node.join.count))
            yield Item(f"{node.join.kind} {node.join.count or ''}".strip(), words)


def _stage(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    return (side.item(n.stage) for n in nodes if n.stage)


def _title(side: Side, nodes: Sequence[Node]) -> Iterator[Item]:
    return (Item(n.title.zh, n.title) for n in nodes)


LIMITS: tuple[Aspect, ...] = (
    Aspect(id="statutory", title=Text("法定时限", "statutory limit"), read=_limit(lambda x: x.statutory)),
    Aspect(id="reading", title=Text("法定时限的读法", "limit as read"), read=_limit(lambda x: x.reading)),
    Aspect(id="promised", title=Text("承诺时限", "promised limit"), read=_limit(lambda x: x.promised)),
    Aspect(id="extension", title=Text("可延长", "extension"), read=_limit(lambda x: x.extension)),
    Aspect(
        id="counted_from",
        title=Text("起算", "counted from"),
        read=lambda side, nodes: _distinct(_counted_from(side, nodes)),
    ),
    Aspect(
        id="expiry",
        title=Text("逾期后果", "expiry"),
        read=lambda side, nodes: _distinct(_expiry(side, nodes)),
    ),
    Aspect(
        id="wait",
        title=Text("等待期", "waiting period"),
        read=lambda side, nodes: (i for s in _steps(nodes) if s.wait for i in _duration(s.wait.duration)),
    ),
    Aspect(
        id="wait_reading",
        title=Text("等待期的读法", "waiting period as read"),
        read=lambda side, nodes: (i for s in _steps(nodes) if s.wait for i in _duration(s.wait.reading)),
    ),
)

VISITS = Aspect(id="visits", title=Text("到现场次数", "visits"), read=_sum(lambda s: s.visits, TIMES_VISITED))

BURDEN: tuple[Aspect, ...] = (
    Aspect(
        id="materials",
        title=Text("材料", "materials"),
        read=lambda side, nodes: _distinct(map(material_item, uses(nodes))),
        as_set=True,
    ),
    Aspect(
        id="produces",
        title=Text("产生的证照文书", "documents issued"),
        read=lambda side, nodes: _distinct(Item(m.id, m.title) for s in _steps(nodes) for m in s.produces),
        as_set=True,
    ),
    VISITS,
    Aspect(
        id="channel",
        title=Text("办理形式", "channel"),
        read=lambda side, nodes: _distinct(Item(s.channel, CHANNELS[s.channel]) for s in _steps(nodes)),
        as_set=True,
    ),
    Aspect(id="fee", title=Text("收费", "fee"), read=_fee),
    Aspect(
        id="effort",
        title=Text("申请人用时", "applicant's effort"),
        read=_sum(lambda s: s.effort.minutes if s.effort else 0, MINUTES),
    ),
    Aspect(id="external", title=Text("第三方费用", "paid to third parties"), read=_external),
)

WHO: tuple[Aspect, ...] = (
    Aspect(
        id="roles",
        title=Text("办理人员", "roles"),
        read=lambda side, nodes: _distinct(Item(r.id, r.title) for n in nodes for r in acting(n)),
        ordered=True,
        as_set=True,
    ),
    Aspect(
        id="agencies",
        title=Text("部门", "agencies"),
        read=lambda side, nodes: _distinct(
            Item(r.agency.id, r.agency.title) for n in nodes for r in acting(n)
        ),
        as_set=True,
    ),
)

STEP_ASPECTS: tuple[Aspect, ...] = (
    Aspect(id="title", title=Text("名称", "title"), read=_title, one_to_one=True),
    Aspect(
        id="kind",
        title=Text("类型", "kind"),
        read=lambda side, nodes: (Item(s.kind.id, s.kind.title) for s in _steps(nodes)),
        one_to_one=True,
    ),
    Aspect(id="stage", title=Text("所属环节", "stage"), read=_stage, one_to_one=True),
    *WHO,
    *LIMITS,
    *BURDEN,
    Aspect(
        id="collects",
        title=Text("采集信息", "data collected"),
        read=lambda side, nodes: _distinct(
            Item(c, side.flow.process.fields[c].title if c in side.flow.process.fields else Text(c, c))
            for s in _steps(nodes)
            for c in s.collects
        ),
        as_set=True,
    ),
    Aspect(
        id="different_person",
        title=Text("不同人员办理", "separation of duties"),
        read=_apart,
        as_set=True,
    ),
    Aspect(
        id="stops_clock",
        title=Text("停止计时", "clock"),
        read=lambda side, nodes: (Item("stops", STOPS) for s in _steps(nodes) if s.stops_clock),
        one_to_one=True,
    ),
    Aspect(
        id="condition",
        title=Text("仅在", "only when"),
        read=lambda side, nodes: (Item(k, t) for n in nodes for k, t in side.context.get(n.id, ())),
        one_to_one=True,
        as_set=True,
    ),
    Aspect(id="exits", title=Text("去向", "exits"), read=_exits, one_to_one=True, as_set=True),
)

ROUTING_ASPECTS: tuple[Aspect, ...] = (
    Aspect(id="title", title=Text("名称", "title"), read=_title),
    Aspect(id="branches", title=Text("分支", "branches"), read=_branches, as_set=True),
    Aspect(id="join", title=Text("汇合", "join"), read=_join),
)


def stage_changes(
    base: tuple[Side, Sequence[Stage], Sequence[Node]], other: tuple[Side, Sequence[Stage], Sequence[Node]]
) -> tuple[Change, ...]:
    """What differs between two groups of stages: their own words and limits, and all that their steps ask."""
    found: list[Change] = []

    def own(aspect: str, title: Text, read: Callable[[Stage], Iterable[Item]]) -> None:
        before, after = (tuple(i for s in stages for i in read(s)) for stages in (base[1], other[1]))
        if differ(before, after):
            found.append(Change(aspect=aspect, title=title, before=before, after=after))

    if len(base[1]) == len(other[1]) == 1:
        own("title", Text("名称", "title"), lambda s: [Item(s.title.zh, s.title)])
        own(
            "lead",
            Text("牵头部门", "lead agency"),
            lambda s: [Item(s.lead.id, s.lead.title)] if s.lead else (),
        )
    own(
        "after_decision",
        Text("决定之后", "after the decision"),
        lambda s: [Item("true", AFTER_DECISION)] if s.after_decision else (),
    )
    own(
        "stage_limit",
        Text("环节时限", "limit of the stage"),
        lambda s: _duration(s.limit.legal) if s.limit else (),
    )
    own(
        "stage_promised",
        Text("环节承诺时限", "promised limit of the stage"),
        lambda s: _duration(s.limit.promised) if s.limit else (),
    )
    before, after = (tuple(side.item(n.id) for n in nodes) for side, _, nodes in (base, other))
    if differ(_distinct(before), _distinct(after)):
        found.append(
            Change(aspect="steps", title=Text("步骤", "steps"), before=before, after=after, as_set=True)
        )
    found += changes((*WHO, *LIMITS, *BURDEN), (base[0], base[2]), (other[0], other[2]))
    return tuple(found)
