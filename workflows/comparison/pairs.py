"""One variant against the base: what matches, and every difference."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.comparison import differences as kinds
from jianban.workflows.comparison.aspects import (
    LIMITS,
    ROUTING_ASPECTS,
    STEP_ASPECTS,
    VISITS,
    material_item,
    stage_changes,
)
from jianban.workflows.comparison.changes import Aspect, Change, Item, Side, changes, differ
from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import ELEMENTS, LEVELS, Level, acting, step_nodes, uses
from jianban.workflows.comparison.matching import Given, Group, check_given, match
from jianban.workflows.comparison.order import Order, Relation
from jianban.workflows.flow import Flow, Node, NodeKind
from jianban.workflows.language.model import Stage
from jianban.workflows.texts import Text
from jianban.workflows.wording import OUTCOMES

TITLE = Text("名称", "title")
OUTCOME = Text("性质", "outcome")
FOLLOWS = Text("后续程序", "what follows")
ASKED = Text("收取方式", "how it is asked")
TIMES_ASKED = Text("收取次数", "times asked")
AGENCY = Text("部门", "agency")
CONDITION = Text("条件", "condition")
BY = Text("可由", "by")
LEADS = Text("转到", "leads to")

Facts = tuple[tuple[str, Text, tuple[Item, ...]], ...]
"""What can be said of one thing: aspect, its title, its values."""


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What stands for what, by level; every element of a level is in one group."""

    groups: Mapping[Level, tuple[Group, ...]]

    def unmatched(self, level: Level) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids that stand alone: of the base, and of the other variant."""
        alone = [g for g in self.groups[level] if g.how is None]
        return tuple(i for g in alone for i in g.base), tuple(i for g in alone for i in g.other)


def match_variants(
    base: Flow, other: Flow, *, given: Given | None = None, chain: Sequence[Flow] = ()
) -> Matches:
    """Match two variants on every level.

    Raises:
        JianbanError: a given match names an unknown id.
    """
    given = given or Given()
    groups: dict[Level, tuple[Group, ...]] = {}
    for level, stated in ((Level.STAGE, given.stages), (Level.STEP, given.steps)):
        check_given(stated, base, other, ELEMENTS[level], LEVELS[level])
        parents = {o: frozenset(g.base) for g in groups.get(Level.STAGE, ()) for o in g.other}
        groups[level] = match(base, other, ELEMENTS[level], given=stated, parents=parents, chain=chain)
    for level in VALUES:
        groups[level] = match(base, other, ELEMENTS[level])
    calls = [
        (b, o)
        for g in groups[Level.STEP]
        for b in g.base
        for o in g.other
        if base.nodes[b].kind is other.nodes[o].kind is NodeKind.CALL
    ]
    groups[Level.ROUTING] = match(base, other, ELEMENTS[Level.ROUTING], calls=calls)
    return Matches(groups=groups)


def differences(base: Flow, other: Flow, matches: Matches) -> tuple[Difference, ...]:
    """Every difference, level by level, in the order of the base."""
    pair = _Pair(base, other, matches)
    return (
        *pair.stages(),
        *pair.steps(),
        *pair.routing(),
        *pair.parts(Level.LIMIT, LIMITS, lambda n: bool(n.step and (n.step.limit or n.step.wait))),
        *pair.parts(Level.VISIT, (VISITS,), lambda n: bool(n.step and n.step.visits)),
        *(d for level, facts in VALUES.items() for d in pair.values(level, facts)),
    )


class _Pair:
    def __init__(self, base: Flow, other: Flow, matches: Matches) -> None:
        self.matches = matches
        matched = [(g, "+".join(g.other)) for groups in matches.groups.values() for g in groups if g.how]
        self.base = Side(base, {b: name for g, name in matched for b in g.base})
        self.other = Side(other, {o: name for g, name in matched for o in g.other})
        self._titles = {
            (at, level): {e.id: e.title for e in elements(flow)}
            for level, elements in ELEMENTS.items()
            for at, flow in enumerate((base, other))
        }

    def stages(self) -> list[Difference]:
        groups = self.matches.groups[Level.STAGE]
        moved = _out_of_line([s.id for s in self.other.flow.process.stages], groups)
        found = []
        for group in groups:
            changed = (
                stage_changes(_content(self.base, group.base), _content(self.other, group.other))
                if group.how
                else ()
            )
            kind = kinds.Moved if group.other[:1] and group.other[0] in moved else None
            found.append(self._difference(Level.STAGE, group, changed, kind))
        return found

    def steps(self) -> list[Difference]:
        groups = self.matches.groups[Level.STEP]
        orders = Order(self.base.flow), Order(self.other.flow)
        joined, parted = _rewired(groups, *orders)
        late = _out_of_line(list(self.other.flow.nodes), groups)
        moved = {o for o in late if _inverted(o, groups, *orders)}
        found = []
        for group in groups:
            changed = self._step_changes(STEP_ASPECTS, group) if group.how else ()
            kind: type[Difference] | None = None
            partners: tuple[str, ...] = ()
            if with_ := joined.get(group):
                kind, partners = kinds.MadeParallel, with_
            elif with_ := parted.get(group):
                kind, partners = kinds.MadeSequential, with_
            elif group.other[:1] and group.other[0] in moved:
                kind = kinds.Moved
            found.append(self._difference(Level.STEP, group, changed, kind, partners))
        return found

    def routing(self) -> list[Difference]:
        return [
            self._difference(Level.ROUTING, g, self._step_changes(ROUTING_ASPECTS, g) if g.how else ())
            for g in self.matches.groups[Level.ROUTING]
        ]

    def parts(self, level: Level, aspects: Sequence[Aspect], has: Callable[[Node], bool]) -> list[Difference]:
        """What becomes of one part of the steps, e.g. their limits, wherever either side has it."""
        found = []
        for group in self.matches.groups[Level.STEP]:
            ours = tuple(i for i in group.base if has(self.base.flow.nodes[i]))
            theirs = tuple(i for i in group.other if has(self.other.flow.nodes[i]))
            if ours or theirs:
                part = Group(base=ours, other=theirs, how=group.how if ours and theirs else None)
                found.append(self._difference(level, part, self._step_changes(aspects, group)))
        return found

    def values(self, level: Level, facts: Callable[[Side, str], Facts]) -> list[Difference]:
        found = []
        for group in self.matches.groups[level]:
            changed: list[Change] = []
            if group.how:
                titles = (self.title(0, level, group.base[0]), self.title(1, level, group.other[0]))
                before, after = (Item(t.zh, t) for t in titles)
                said = facts(self.base, group.base[0]), facts(self.other, group.other[0])
                # a condition is what it says in CEL; how its refusal is worded is no difference
                pairs = [("title", TITLE, (before,), (after,))] if level is not Level.CONDITION else []
                pairs += [(aspect, title, b, a) for (aspect, title, b), (_, _, a) in zip(*said, strict=True)]
                changed = [
                    Change(aspect=aspect, title=title, before=b, after=a)
                    for aspect, title, b, a in pairs
                    if differ(b, a)
                ]
            found.append(self._difference(level, group, changed))
        return found

    def title(self, side: int, level: Level, name: str) -> Text:
        return self._titles[side, level][name]

    def _step_changes(self, aspects: Sequence[Aspect], group: Group) -> tuple[Change, ...]:
        nodes = [
            [side.flow.nodes[i] for i in ids]
            for side, ids in ((self.base, group.base), (self.other, group.other))
        ]
        return changes(aspects, (self.base, nodes[0]), (self.other, nodes[1]))

    def _difference(
        self,
        level: Level,
        group: Group,
        changed: Iterable[Change],
        kind: type[Difference] | None = None,
        partners: tuple[str, ...] = (),
    ) -> Difference:
        changed = tuple(changed)
        return (_shape(group) or kind or (kinds.Changed if changed else kinds.Kept))(
            level=level,
            base=group.base,
            other=group.other,
            base_titles=tuple(self.title(0, level, i) for i in group.base),
            other_titles=tuple(self.title(1, level, i) for i in group.other),
            changes=changed,
            how=group.how,
            partners=partners,
            partner_titles=tuple(self.title(1, level, i) for i in partners),
        )


def _shape(group: Group) -> type[Difference] | None:
    """What the numbers on both sides say; None when they are one and one."""
    match len(group.base), len(group.other):
        case 1, 1:
            return None
        case 0, _:
            return kinds.Added
        case _, 0:
            return kinds.Removed
        case _, 1:
            return kinds.Merged
        case 1, _:
            return kinds.Split
    return kinds.Regrouped


def _content(side: Side, ids: Sequence[str]) -> tuple[Side, list[Stage], list[Node]]:
    nodes = [n for n in step_nodes(side.flow) if n.stage in ids]
    return side, [side.flow.stage(i) for i in ids], nodes


def _out_of_line(places: Sequence[str], groups: Sequence[Group]) -> frozenset[str]:
    """The ids of the other variant that break the longest common order of what is matched one to one."""
    place = {name: i for i, name in enumerate(places)}
    line = [g.other[0] for g in groups if len(g.base) == len(g.other) == 1]
    tops: list[int] = []
    at: list[int] = []
    for name in line:
        at.append(bisect_left(tops, place[name]))
        tops[at[-1] : at[-1] + 1] = [place[name]]
    # the longest rising line, read backwards
    wanted, last = len(tops) - 1, len(places)
    kept: set[str] = set()
    for name, length in zip(reversed(line), reversed(at), strict=True):
        if length == wanted and place[name] < last:
            kept.add(name)
            wanted, last = wanted - 1, place[name]
    return frozenset(line) - kept


def _inverted(name: str, groups: Sequence[Group], base: Order, other: Order) -> bool:
    """Whether a step matched one to one comes before something in one variant and after it in the other."""
    group = next(g for g in groups if name in g.other)
    single = [g for g in groups if len(g.base) == len(g.other) == 1 and g is not group]
    opposite = {Relation.BEFORE: Relation.AFTER, Relation.AFTER: Relation.BEFORE}
    return any(
        opposite.get(base.relation(group.base[0], g.base[0])) is other.relation(name, g.other[0])
        for g in single
    )


def _rewired(
    groups: Sequence[Group], base: Order, other: Order
) -> tuple[Mapping[Group, tuple[str, ...]], Mapping[Group, tuple[str, ...]]]:
    """The matched groups made parallel, and those made sequential, each with the steps it is so with."""
    matched = [g for g in groups if g.how]
    places = (
        {b: at for at, g in enumerate(matched) for b in g.base},
        {o: at for at, g in enumerate(matched) for o in g.other},
    )
    near = {
        (min(ends), max(ends))
        for order, place in zip((base, other), places, strict=True)
        for pair in order.parallel()
        if len(ends := {place[i] for i in pair if i in place}) == 2
    }
    sequential = (Relation.BEFORE, Relation.AFTER)
    joined: dict[Group, tuple[str, ...]] = {}
    parted: dict[Group, tuple[str, ...]] = {}
    for one, two in ((matched[a], matched[b]) for a, b in sorted(near)):
        before = _relation(base, one.base, two.base)
        after = _relation(other, one.other, two.other)
        if before is after:
            continue
        found = joined if before in sequential else parted if after in sequential else {}
        for group, partner in ((one, two), (two, one)):
            found[group] = (*found.get(group, ()), *partner.other)
    return joined, parted


def _relation(order: Order, ones: Sequence[str], twos: Sequence[str]) -> Relation:
    """The relation of two groups: parallel when any two are, else the one they all agree on."""
    relations = {order.relation(a, b) for a in ones for b in twos}
    if Relation.PARALLEL in relations:
        return Relation.PARALLEL
    relations.discard(Relation.APART)
    return relations.pop() if len(relations) == 1 else Relation.APART


def _material(side: Side, name: str) -> Facts:
    asked = [u for u in uses(side.flow.steps) if u.material.id == name]
    items = tuple({i.key: i for i in map(material_item, asked)}.values())
    times = str(sum(not u.obtained_by_sharing for u in asked))
    return ("asked", ASKED, items), ("times_asked", TIMES_ASKED, (Item(times, Text(times, times)),))


def _role(side: Side, name: str) -> Facts:
    role = next(r for n in side.flow.steps for r in acting(n) if r.id == name)
    return (("agency", AGENCY, (Item(role.agency.id, role.agency.title),)),)


def _agency(side: Side, name: str) -> Facts:
    return ()


def _condition(side: Side, name: str) -> Facts:
    guard = next(g for g in side.flow.process.eligible if g.expression == name)
    return (("when", CONDITION, (Item(guard.expression, Text(guard.expression, guard.expression)),)),)


def _end(side: Side, name: str) -> Facts:
    end = next(e for e in side.flow.process.ends if e.id == name)
    follows = tuple(Item(key, Text(key, key)) for key in (end.offers, end.switch_to) if key)
    return ("outcome", OUTCOME, (Item(end.outcome, OUTCOMES[end.outcome]),)), ("follows", FOLLOWS, follows)


def _anywhere(side: Side, name: str) -> Facts:
    event = next(a for a in side.flow.anywhere if a.event == name)
    return (
        ("by", BY, tuple(Item(r.id, r.title) for r in event.by)),
        ("leads", LEADS, (side.item(event.to),) if event.to else ()),
    )


VALUES: Mapping[Level, Callable[[Side, str], Facts]] = {
    Level.MATERIAL: _material,
    Level.AGENCY: _agency,
    Level.ROLE: _role,
    Level.CONDITION: _condition,
    Level.END: _end,
    Level.ANYWHERE: _anywhere,
}
"""The levels whose things are matched one to one, each with what is said of a thing."""
