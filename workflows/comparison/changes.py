"""What an aspect of a variant is, and what it means that it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.comparison.elements import context
from jianban.workflows.flow import Flow, Node
from jianban.workflows.texts import Lang, Text

NOTHING = Text("无", "none")
GONE = Text("取消 {values}", "without {values}")
NEW = Text("新增 {values}", "new: {values}")


@dataclass(frozen=True, slots=True)
class Item:
    """One value of an aspect: what it is compared by, and how it reads."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs in one aspect."""

    aspect: str
    title: Text
    before: tuple[Item, ...]
    after: tuple[Item, ...]
    as_set: bool = False
    """True when the values are a set of things, told by what went and what came."""

    def tell(self, lang: Lang) -> str:
        """The change in words: “60 日 → 20 日”; of a set of things, what went and what came."""
        if self.as_set:
            parts = ((GONE, _without(self.before, self.after)), (NEW, _without(self.after, self.before)))
            told = [words.format(values=_joined(some, lang)).get(lang) for words, some in parts if some]
            if told:
                return ("；" if lang == "zh" else "; ").join(told)
        before, after = (_joined(i, lang) or NOTHING.get(lang) for i in (self.before, self.after))
        return f"{before} → {after}"


def _without(items: Sequence[Item], others: Sequence[Item]) -> tuple[Item, ...]:
    keys = {i.key for i in others}
    return tuple(i for i in items if i.key not in keys)


def _joined(items: Sequence[Item], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(i.text.get(lang) for i in items)


class Side:
    """One variant of a comparison, with its ids told in the names of the other variant where those match."""

    def __init__(self, flow: Flow, names: Mapping[str, str]) -> None:
        self.flow = flow
        self.names = names
        self.context = context(flow)

    def name(self, node: str) -> str:
        return self.names.get(node, node)

    def item(self, node: str) -> Item:
        """A node as a value: compared under its common name, read by its title.

        An end inside a call is compared like one outside.
        """
        stage = next((s for s in self.flow.process.stages if s.id == node), None)
        there = self.flow.nodes.get(node)
        found = there or stage
        name = there.end.id if there is not None and there.end is not None else node
        return Item(self.names.get(node, name), found.title if found else Text(node, node))


def differ(before: Sequence[Item], after: Sequence[Item], *, ordered: bool = False) -> bool:
    """Whether two lists of values hold different keys, or the same in another order where that matters."""
    keys = [[i.key for i in items] for items in (before, after)]
    return keys[0] != keys[1] if ordered else sorted(keys[0]) != sorted(keys[1])


Reader = Callable[[Side, Sequence[Node]], Iterable[Item]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    id: str
    title: Text
    read: Reader
    one_to_one: bool = False
    """True for what has no sense once steps are merged or split."""
    ordered: bool = False
    """True when the order of the values means something, as the first role is the responsible one."""
    as_set: bool = False
    """See `Change.as_set`."""


def changes(
    aspects: Sequence[Aspect], base: tuple[Side, Sequence[Node]], other: tuple[Side, Sequence[Node]]
) -> tuple[Change, ...]:
    """What differs between two groups of nodes, aspect by aspect."""
    single = len(base[1]) == len(other[1]) == 1
    found: list[Change] = []
    for aspect in aspects:
        if aspect.one_to_one and not single:
            continue
        before, after = tuple(aspect.read(*base)), tuple(aspect.read(*other))
        if differ(before, after, ordered=aspect.ordered):
            found.append(
                Change(aspect=aspect.id, title=aspect.title, before=before, after=after, as_set=aspect.as_set)
            )
    return tuple(found)
