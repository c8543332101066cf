"""What the definitions of two variants say stands for what: by `replaces`, by equal ids, and through calls.

`replaces` names ids of the variant a definition is a variant of. Two variants that are further apart are
linked along the chain of `variant_of`: through the variants between them, or through the one they have in
common.

Inside a call ids are those of the called process: they mean the same inside whatever call of the other
variant it stands for. A call that stands for steps instead takes all its steps with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.texts import Text


class How(StrEnum):
    """What a match rests on."""

    GIVEN = "given"
    REPLACES = "replaces"
    ID = "id"
    CHAIN = "chain"
    """Both stand for the same element of a variant between them."""
    TITLE = "title"
    OWNER = "owner"
    """Both stand off the main line, and the same event of matched steps leads to them, as to a correction."""
    CALL = "call"
    """A call goes where the last step to its decision goes, or a step where the call around it does."""


class Reference(NamedTuple):
    """A part of another variant, as a definition names it."""

    id: str
    call: str = ""
    """The call inside which it is named, empty for none: the id is one inside what that call stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A stage, a step, a block, an end or a condition, as far as matching looks at it."""

    id: str
    title: Text
    sort: str = ""
    """Elements match by title only within their sort, e.g. the kind of a step."""
    call: str = ""
    """The innermost call around it, whose id and a dot its own id begins with; empty for none."""
    parent: str | None = None
    """The stage of a step."""
    replaces: tuple[Reference, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    """For a step off the main line: the steps that lead to it, each with the event by which it does."""
    late: bool = False
    """It comes after the decision of the called process it stands in."""

    @property
    def depth(self) -> int:
        """How many calls stand around it."""
        return _depth(self.call)


Links = dict[tuple[str, str], How]
"""Pairs of an id of the base and an id of the other variant."""

Pairs = Iterable[tuple[str, str]]
"""Calls of the base with the calls of the other variant that stand for them."""

Elements = Callable[[Flow], tuple[Element, ...]]

_SAID = (How.GIVEN, How.REPLACES)


def links_between(base: Flow, other: Flow, elements: Elements, chain: Sequence[Flow], calls: Pairs) -> Links:
    """What the definitions say of the elements of two variants.

    Args:
        chain: further variants to look up `variant_of` in.
        calls: calls that are known to stand for each other, where the elements hold none themselves.
    """
    flows = (base, other, *chain)
    line, line_of_base = _ancestry(other, flows), _ancestry(base, flows)
    ours, theirs = elements(base), elements(other)
    if base.process.key in [f.process.key for f in line[1:]]:
        return _with_ids(_climb(line, base, elements, calls), ours, theirs, calls)
    if other.process.key in [f.process.key for f in line_of_base[1:]]:
        links = _flipped(_climb(line_of_base, other, elements, _turned(calls)))
        return _with_ids(links, ours, theirs, calls)
    common = next((f for f in line[1:] if f in line_of_base[1:]), None)
    if common is not None:
        ups, downs = _climb(line, common, elements, ()), _climb(line_of_base, common, elements, ())
    elif (named := _base_id(base)) is not None and named == _base_id(other):
        ups, downs = _literal(theirs), _literal(ours)
    else:
        return _stated(ours, theirs, calls, mutual=True)
    links = _with_ids({}, ours, theirs, calls)
    bases, others = _ends(links)
    shared = ((b, o) for up, o in ups for down, b in downs if up == down)
    return links | {(b, o): How.CHAIN for b, o in shared if b not in bases and o not in others}


def inside_calls(links: Links, base: Sequence[Element], other: Sequence[Element]) -> Links:
    """Link also what is still free and of equal id inside calls that stand for each other."""
    for depth in range(1, _depths(base, other)):
        bases, others = _ends(links)
        pairs = _call_pairs(links, base, other, ())
        equal = _equal_ids(base, other, depth, pairs)
        links = links | {(b, o): How.ID for b, o in equal if b not in bases and o not in others}
    return links


def with_calls(links: Links, base: Sequence[Element], other: Sequence[Element]) -> Links:
    """Link also what is still free inside a call that stands for steps, and calls of which only steps are
    linked."""
    links = links | _along(links, base, other, tuple(How))
    flipped = _flipped(links)
    return links | _by_last(links, base, other) | _flipped(_by_last(flipped, other, base))


def taken_along(links: Links, base: Sequence[Element], other: Sequence[Element]) -> Links:
    """Link also what is still free inside a call that is said to stand for steps: it goes along."""
    return links | _along(links, base, other, _SAID)


def _base_id(flow: Flow) -> str | None:
    """The id of what a variant is a variant of, in whatever version: ids of steps outlive versions."""
    named = flow.process.variant_of
    return None if named is None else named.split("@")[0]


def _ancestry(flow: Flow, known: Iterable[Flow]) -> list[Flow]:
    """The variant, the one it is a variant of, and so on, as far as they are known."""
    line = [flow]
    while (wanted := line[-1].process.variant_of) is not None:
        found = next((f for f in known if wanted in (f.process.id, f.process.key)), None)
        if found is None or found in line:
            break
        line.append(found)
    return line


def _climb(line: Sequence[Flow], top: Flow, elements: Elements, calls: Pairs) -> Links:
    """The links between `top` and the first of a line of variants, composed pair by pair."""
    links: Links = {(e.id, e.id): How.ID for e in elements(line[0])}
    for lower, upper in pairwise(line):
        step = _stated(elements(upper), elements(lower), calls)
        if lower is line[0]:
            links = step
        else:
            links = {(b, o): How.CHAIN for b, middle in step for again, o in links if middle == again}
        if upper.process.key == top.process.key:
            break
    return links


def _stated(
    base: Sequence[Element], other: Sequence[Element], calls: Pairs, *, mutual: bool = False
) -> Links:
    """What `replaces` says, and equal ids: from the outermost calls inwards.

    Args:
        mutual: whether the base's `replaces` speaks of the other variant too.
    """
    links: Links = {}
    for depth in range(_depths(base, other)):
        pairs = _call_pairs(links, base, other, calls)
        links |= _replaced(base, other, depth, pairs)
        if mutual:
            links |= _flipped(_replaced(other, base, depth, _turned(pairs)))
        links |= _new_ids(links, base, other, depth, pairs)
    return taken_along(links, base, other)


def _with_ids(links: Links, base: Sequence[Element], other: Sequence[Element], calls: Pairs) -> Links:
    for depth in range(_depths(base, other)):
        links = links | _new_ids(links, base, other, depth, _call_pairs(links, base, other, calls))
    return links


def _new_ids(
    links: Links, base: Sequence[Element], other: Sequence[Element], depth: int, pairs: Pairs
) -> Links:
    """The links of equal ids, unless both sides have found a partner already.

    So a step that keeps its id and also `replaces` others merges them into itself.
    """
    bases, others = _ends(links)
    equal = _equal_ids(base, other, depth, pairs)
    return {(b, o): How.ID for b, o in equal if not (b in bases and o in others)}


def _equal_ids(
    base: Sequence[Element], other: Sequence[Element], depth: int, pairs: Pairs
) -> list[tuple[str, str]]:
    known = {e.id for e in base}
    return [
        (b, o.id)
        for o in other
        if o.depth == depth
        for ours, theirs in pairs
        if theirs == o.call and (b := _within(ours, o.id.removeprefix(f"{o.call}."))) in known
    ]


def _replaced(base: Sequence[Element], other: Sequence[Element], depth: int, pairs: Pairs) -> Links:
    """Each element with what it replaces, where that is named inside `depth` calls."""
    known = {e.id for e in base}
    return {
        (b, o.id): How.REPLACES
        for o in other
        for id_, call in o.replaces
        if _depth(call) == depth
        for ours, theirs in pairs
        if theirs == call and (b := _within(ours, id_)) in known
    }


def _literal(elements: Sequence[Element]) -> Links:
    """Each element with what it replaces in a base that is not at hand."""
    found: Links = {}
    named: dict[str, list[str]] = {"": [""]}
    for element in sorted(elements, key=lambda e: e.depth):
        of_base = [_within(call, id_) for id_, around in element.replaces for call in named[around]]
        found |= {(b, element.id): How.REPLACES for b in of_base}
        if element.sort == NodeKind.CALL:
            named[element.id] = of_base or [element.id]
    return found


def _along(links: Links, base: Sequence[Element], other: Sequence[Element], hows: Sequence[How]) -> Links:
    """What goes along with the call around it, on either side."""
    found = _swallowed(links, base, other, hows)
    return found | _flipped(_swallowed(_flipped(links), other, base, hows))


def _swallowed(
    links: Links, ours: Sequence[Element], theirs: Sequence[Element], hows: Sequence[How]
) -> Links:
    """Our free elements inside calls, with the steps that the nearest linked call around them stands for."""
    calls = _calls(theirs)
    partners = _partners(links)
    found: Links = {}
    for element in ours:
        if element.id in partners:
            continue
        call = element.call
        while call and call not in partners:
            call = _around(call)
        into = partners.get(call, [])
        if not any(p in calls for p in into):
            found |= {(element.id, p): how for p in into if (how := links[call, p]) in hows}
    return found


def _by_last(links: Links, ours: Sequence[Element], theirs: Sequence[Element]) -> Links:
    """Our free calls, each with what its last linked step stands for, or with the free call around that."""
    partners, taken = _partners(links), _ends(links)[1]
    free = {e.id for e in theirs if e.sort == NodeKind.CALL and e.id not in taken}
    found: Links = {}
    for call in ours:
        if call.sort != NodeKind.CALL or call.id in partners:
            continue
        inner = [e for e in ours if e.id.startswith(f"{call.id}.") and e.id in partners]
        # a process comes to its decision: a correction or what follows the decision is not meant
        for last in [e for e in inner if not (e.owners or e.late)][-1:] or inner[-1:]:
            for partner in partners[last.id]:
                for _ in range(last.depth - call.depth):
                    if _around(partner) in free:
                        partner = _around(partner)
                found[call.id, partner] = How.CALL
    return found


def _call_pairs(
    links: Links, base: Sequence[Element], other: Sequence[Element], calls: Pairs
) -> list[tuple[str, str]]:
    """The calls that stand for each other; outside of all calls (``""``) is the same place on both sides."""
    ours, theirs = _calls(base), _calls(other)
    return [("", ""), *calls, *(pair for pair in links if pair[0] in ours and pair[1] in theirs)]


def _calls(elements: Iterable[Element]) -> set[str]:
    return {e.id for e in elements if e.sort == NodeKind.CALL}


def _partners(links: Links) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, two in links:
        found.setdefault(one, []).append(two)
    return found


def _ends(links: Links) -> tuple[set[str], set[str]]:
    return {b for b, _ in links}, {o for _, o in links}


def _flipped(links: Links) -> Links:
    return {(o, b): how for (b, o), how in links.items()}


def _turned(pairs: Pairs) -> Pairs:
    return [(two, one) for one, two in pairs]


def _depths(base: Sequence[Element], other: Sequence[Element]) -> int:
    return 1 + max((e.depth for e in (*base, *other)), default=0)


def _depth(call: str) -> int:
    return call.count(".") + 1 if call else 0


def _within(call: str, id_: str) -> str:
    return f"{call}.{id_}" if call else id_


def _around(id_: str) -> str:
    """The call around an id; empty for none."""
    return id_.rpartition(".")[0]
