"""Which stages, steps and ends of two variants stand for each other.

A pair is matched, in this order, by the caller's word, by `replaces`, by id, and by its title in Chinese. A
title counts only where it is unmistakable: what fits nothing is left unmatched and listed, never matched by
likeness.

`replaces` names ids of the variant a definition is a variant of. Two variants that are further apart are
matched along the chain of `variant_of`: through the variants between them, or through the one they have in
common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

UNKNOWN_ID = Text("{variant} 没有编号为“{id}”的{level}", "{variant} has no {level} “{id}”")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A stage, a step, a block, an end or a condition, as far as matching looks at it."""

    id: str
    title: Text
    sort: str = ""
    """Elements match by title only within their sort, e.g. the kind of a step."""
    parent: str | None = None
    """The stage of a step."""
    replaces: tuple[str, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    """For a step off the main line: the steps that lead to it, each with the event by which it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What stands for each other: one to one, many to one (merged), one to many (split), or alone."""

    base: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    how: How | None = None
    """None for what is alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Matches the caller states: ids of the other variant, each with the ids of the base it stands for.

    An empty tuple says that the element is new.
    """

    stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Links = dict[tuple[str, str], How]
"""Pairs of an id of the base and an id of the other variant."""

Elements = Callable[[Flow], tuple[Element, ...]]


def match(
    base: Flow,
    other: Flow,
    elements: Elements,
    *,
    given: Mapping[str, tuple[str, ...]] | None = None,
    parents: Mapping[str, frozenset[str]] | None = None,
    chain: Sequence[Flow] = (),
) -> tuple[Group, ...]:
    """Group the elements of two variants; every element is in exactly one group.

    Args:
        given: matches stated by the caller, from ids of `other` to ids of `base`.
        parents: for each stage of `other` the stages of `base` it stands for; decides between equal titles.
        chain: further variants to look up `variant_of` in.

    Returns:
        The groups in the order of the base; what only the other variant has stands after its predecessor
        there.
    """
    ours, theirs = elements(base), elements(other)
    links = _links(base, other, elements, chain)
    if given:
        claimed = {b for bases in given.values() for b in bases}
        links = {(b, o): how for (b, o), how in links.items() if b not in claimed and o not in given}
        links |= {(b, o): How.GIVEN for o, bases in given.items() for b in bases}
    fixed = set(given or ())
    free = [e for e in theirs if e.id not in fixed]
    links = _by_title(links, ours, free, parents or {})
    links = _by_owner(links, ours, free)
    return _groups(ours, theirs, links)


def check_given(
    given: Mapping[str, tuple[str, ...]], base: Flow, other: Flow, elements: Elements, level: Text
) -> None:
    """Refuse stated matches of elements that aren't there.

    Raises:
        JianbanError: an id is unknown.
    """
    wanted = [(other, tuple(given)), (base, tuple(b for bases in given.values() for b in bases))]
    for flow, ids in wanted:
        known = {e.id for e in elements(flow)}
        for unknown in (i for i in ids if i not in known):
            raise JianbanError(UNKNOWN_ID.format(variant=flow.process.key, id=unknown, level=level))


def _links(base: Flow, other: Flow, elements: Elements, chain: Sequence[Flow]) -> Links:
    flows = (base, other, *chain)
    line, line_of_base = _ancestry(other, flows), _ancestry(base, flows)
    if base.process.key in [f.process.key for f in line[1:]]:
        return _with_ids(_climb(line, base, elements), elements(base), elements(other))
    if other.process.key in [f.process.key for f in line_of_base[1:]]:
        links = {(b, o): how for (o, b), how in _climb(line_of_base, other, elements).items()}
        return _with_ids(links, elements(base), elements(other))
    ours, theirs = elements(base), elements(other)
    common = next((f for f in line[1:] if f in line_of_base[1:]), None)
    if common is not None:
        ups, downs = _climb(line, common, elements), _climb(line_of_base, common, elements)
    elif (named := _base_id(base)) is not None and named == _base_id(other):
        ups, downs = _replaced(theirs), _replaced(ours)
    else:
        links = {(b, o): how for (b, o), how in _replaced(theirs, ours).items()}
        links |= {(b, o): how for (o, b), how in _replaced(ours, theirs).items()}
        return _with_ids(links, ours, theirs)
    links = _with_ids({}, ours, theirs)
    bases, others = {b for b, _ in links}, {o for _, o in links}
    shared = ((b, o) for up, o in ups for down, b in downs if up == down)
    return links | {(b, o): How.CHAIN for b, o in shared if b not in bases and o not in others}


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


def _climb(line: Sequence[Flow], top: Flow, elements: Elements) -> Links:
    """The links between `top` and the first of a line of variants, composed pair by pair."""
    links: Links = {(e.id, e.id): How.ID for e in elements(line[0])}
    for lower, upper in pairwise(line):
        here, there = elements(upper), elements(lower)
        step = _with_ids(_replaced(there, here), here, there)
        if lower is line[0]:
            links = step
        else:
            links = {(b, o): How.CHAIN for b, middle in step for again, o in links if middle == again}
        if upper.process.key == top.process.key:
            break
    return links


def _replaced(elements: Sequence[Element], base: Sequence[Element] | None = None) -> Links:
    """Each element with what it replaces, as far as the base has it."""
    known = None if base is None else {e.id for e in base}
    return {(r, e.id): How.REPLACES for e in elements for r in e.replaces if known is None or r in known}


def _with_ids(links: Links, base: Sequence[Element], other: Sequence[Element]) -> Links:
    """Link equal ids too, unless both sides have found a partner already.

    So a step that keeps its id and also `replaces` others merges them into itself.
    """
    bases, others = {b for b, _ in links}, {o for _, o in links}
    equal = {e.id for e in base} & {e.id for e in other}
    return links | {
        (e.id, e.id): How.ID for e in other if e.id in equal and not (e.id in bases and e.id in others)
    }


def _by_title(
    links: Links, base: Sequence[Element], other: Sequence[Element], parents: Mapping[str, frozenset[str]]
) -> Links:
    """Link equal titles of a sort: in matched stages first, then anywhere."""

    def equal(b: Element, o: Element) -> bool:
        return (b.title.zh, b.sort) == (o.title.zh, o.sort)

    def near(b: Element, o: Element) -> bool:
        return b.parent in parents.get(o.parent or "", ()) and equal(b, o)

    links = _unmistakable(links, How.TITLE, base, other, near)
    return _unmistakable(links, How.TITLE, base, other, equal)


def _by_owner(links: Links, base: Sequence[Element], other: Sequence[Element]) -> Links:
    """Link what is still free and stands off the main line, where the steps it belongs to are matched."""
    bases, others = {b for b, _ in links}, {o for _, o in links}
    owned: dict[tuple[str, str], list[str]] = {}
    for element in base:
        if element.id not in bases:
            for owner in element.owners:
                owned.setdefault(owner, []).append(element.id)
    return links | {
        (b, o.id): How.OWNER
        for o in other
        if o.id not in others
        for owner, event in o.owners
        for (matched, known) in links
        if known == owner
        for b in owned.get((matched, event), ())
    }


def _unmistakable(
    links: Links,
    how: How,
    base: Sequence[Element],
    other: Sequence[Element],
    alike: Callable[[Element, Element], bool],
) -> Links:
    """Link what is still free and alike to nothing else."""
    bases, others = {b for b, _ in links}, {o for _, o in links}
    ours, theirs = [b for b in base if b.id not in bases], [o for o in other if o.id not in others]
    pairs = [(b.id, o.id) for b in ours for o in theirs if alike(b, o)]
    times_base, times_other = Counter(b for b, _ in pairs), Counter(o for _, o in pairs)
    return links | {(b, o): how for b, o in pairs if times_base[b] == times_other[o] == 1}


def _groups(base: Sequence[Element], other: Sequence[Element], links: Links) -> tuple[Group, ...]:
    """The connected components of the links."""
    graph: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for b, o in links:
        graph.setdefault(("base", b), []).append(("other", o))
        graph.setdefault(("other", o), []).append(("base", b))
    found: dict[tuple[str, str], int] = {}
    for number, element in enumerate(base):
        todo = [("base", element.id)]
        while todo:
            node = todo.pop()
            if node not in found:
                found[node] = number
                todo += graph.get(node, ())
    ours: dict[int, list[str]] = {}
    for element in base:
        ours.setdefault(found["base", element.id], []).append(element.id)
    theirs: dict[int, list[str]] = {}
    alone: dict[int, list[str]] = {}
    latest = -1
    for element in other:
        number = found.get(("other", element.id))
        if number is None:
            alone.setdefault(latest, []).append(element.id)
        else:
            latest = number
            theirs.setdefault(number, []).append(element.id)
    strength = list(How)
    hows: dict[int, How] = {}
    for (b, _), how in links.items():
        number = found["base", b]
        hows[number] = min(how, hows.get(number, how), key=strength.index)
    groups = [Group(other=(o,)) for o in alone.get(-1, ())]
    for number, bases in ours.items():
        others = tuple(theirs.get(number, ()))
        groups.append(Group(base=tuple(bases), other=others, how=hows.get(number)))
        groups += [Group(other=(o,)) for o in alone.get(number, ())]
    return tuple(groups)
