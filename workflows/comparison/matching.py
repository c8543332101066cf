"""Which stages, steps and ends of two variants stand for each other.

A pair is matched, in this order, by the caller's word, by `replaces`, by id, and by its title in Chinese. A
title counts only where it is unmistakable: what fits nothing is left unmatched and listed, never matched by
likeness.

What the definitions say is read in `links`; here it is completed by the caller's word and by titles, and
grouped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jianban.workflows.comparison.links import (
    Element,
    Elements,
    How,
    Links,
    Pairs,
    inside_calls,
    links_between,
    taken_along,
    with_calls,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

UNKNOWN_ID = Text("{variant} 没有编号为“{id}”的{level}", "{variant} has no {level} “{id}”")


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


def match(
    base: Flow,
    other: Flow,
    elements: Elements,
    *,
    given: Mapping[str, tuple[str, ...]] | None = None,
    parents: Mapping[str, frozenset[str]] | None = None,
    chain: Sequence[Flow] = (),
    calls: Pairs = (),
) -> tuple[Group, ...]:
    """Group the elements of two variants; every element is in exactly one group.

    Args:
        given: matches stated by the caller, from ids of `other` to ids of `base`.
        parents: for each stage of `other` the stages of `base` it stands for; decides between equal titles.
        chain: further variants to look up `variant_of` in.
        calls: calls that stand for each other, where the elements are none.

    Returns:
        The groups in the order of the base; what only the other variant has stands after its predecessor
        there.
    """
    ours, theirs = elements(base), elements(other)
    links = links_between(base, other, elements, chain, calls)
    fixed = set(given or ())
    free = [e for e in theirs if e.id not in fixed]
    if given:
        claimed = {b for bases in given.values() for b in bases}
        links = {(b, o): how for (b, o), how in links.items() if b not in claimed and o not in given}
        links |= {(b, o): How.GIVEN for o, bases in given.items() for b in bases}
        links = taken_along(inside_calls(links, ours, theirs), ours, theirs)
    links = _by_title(links, ours, free, parents or {})
    links = _by_owner(inside_calls(links, ours, theirs), ours, free)
    links = with_calls(links, ours, theirs)
    # what the caller says is new stays so
    links = {(b, o): how for (b, o), how in links.items() if how is How.GIVEN or o not in fixed}
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
    """Link what is free and stands off the main line with what matched steps lead to by the same event.

    So where the steps that lead to them are merged, their corrections are too.
    """
    bases, others = {b for b, _ in links}, {o for _, o in links}
    owned: dict[tuple[str, str], list[str]] = {}
    for element in base:
        for owner in element.owners:
            owned.setdefault(owner, []).append(element.id)
    return links | {
        (b, o.id): How.OWNER
        for o in other
        for owner, event in o.owners
        for (matched, known) in links
        if known == owner
        for b in owned.get((matched, event), ())
        if b not in bases or o.id not in others
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
