"""`extends`: a definition that starts from another and states only what changes.

The edits work on YAML nodes, before anything is checked, so that whatever is wrong afterwards is reported where it was
written, in the base or in the variant. Edits come one after another; each sees what those before it left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from jianban.workflows.language.edits import (
    InsertShape,
    MergeShape,
    MoveShape,
    ParallelShape,
    RemoveShape,
    UpdateShape,
    VariantShape,
)
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.model import Position
from jianban.workflows.language.reader import Mapping, Node, Scalar, Sequence
from jianban.workflows.language.shape import Shape, nearest
from jianban.workflows.language.validation import in_order, suggestion, validate
from jianban.workflows.texts import Text

NAMED = ("stage", "step", "choice", "parallel", "each", "call", "branch")
"""The keys that give an item its id."""
NESTED = ("steps", "branches")
"""The keys that hold further items."""
BY_KEY = ("data", "ends", "anywhere")
"""The top-level keys that merge by key instead of being replaced."""
OWN = ("extends", "changes")
NOT_INHERITED = ("process", "version", "in_force")


class Bases(Protocol):
    """Where the base of a variant is found."""

    def merged(self, reference: str, position: Position, chain: tuple[str, ...]) -> Node:
        """The base's nodes with its own `extends` carried out."""
        ...


def carry_out(node: Node, bases: Bases, chain: tuple[str, ...] = ()) -> Node:
    """The definition as a whole: itself when it extends nothing, or its base with what it changes.

    Raises:
        DefinitionError: the base does not exist or extends itself, or an edit is malformed or finds nothing to edit.
    """
    if not isinstance(node, Mapping) or not any(k in node.entries for k in OWN):
        return node
    own = Mapping(
        node.file, node.line, node.column, {k: n for k, n in node.entries.items() if k in OWN}, node.keys
    )
    shape, problems = validate(own, VariantShape)
    if shape is None:
        raise DefinitionError(problems)
    base = bases.merged(shape.extends, shape.at("extends"), chain)
    whole = _overridden(base, node)
    edits = _Edits(whole)
    for edit in shape.changes:
        edits.apply(edit)
    if edits.problems:
        raise DefinitionError(in_order(edits.problems))
    return whole


def copied(node: Node) -> Node:
    """A copy whose collections may be changed; scalars are shared."""
    if isinstance(node, Mapping):
        return Mapping(
            node.file,
            node.line,
            node.column,
            {k: copied(n) for k, n in node.entries.items()},
            dict(node.keys),
        )
    if isinstance(node, Sequence):
        return Sequence(node.file, node.line, node.column, [copied(n) for n in node.items])
    return node


def _overridden(base: Node, node: Mapping) -> Mapping:
    whole = Mapping(node.file, node.line, node.column)
    if isinstance(base, Mapping):
        for name, value in base.entries.items():
            if name not in NOT_INHERITED:
                whole.entries[name] = copied(value)
                whole.keys[name] = base.keys[name]
    for name, value in node.entries.items():
        if name in OWN:
            continue
        held = whole.entries.get(name)
        if name in BY_KEY and isinstance(held, Mapping) and isinstance(value, Mapping):
            _merge(held, value)
        elif name in whole.entries and isinstance(value, Scalar) and value.value is None:
            del whole.entries[name]
            continue
        else:
            whole.entries[name] = copied(value)
        whole.keys[name] = node.keys[name]
    return whole


def _merge(into: Mapping, changes: Mapping, *, exits: bool = False) -> None:
    """Merge deeply. Null removes a key, but among exits it stays: there it removes an exit of the kind."""
    for name, value in changes.entries.items():
        held = into.entries.get(name)
        if isinstance(value, Scalar) and value.value is None and not exits:
            into.entries.pop(name, None)
            into.keys.pop(name, None)
        elif isinstance(held, Mapping) and isinstance(value, Mapping):
            _merge(held, value, exits=name == "on")
        else:
            into.entries[name] = copied(value)
            into.keys[name] = changes.keys[name]


@dataclass(frozen=True, slots=True)
class _Place:
    """An item and the list it stands in."""

    item: Mapping
    siblings: Sequence
    kind: str

    @property
    def index(self) -> int:
        return next(i for i, one in enumerate(self.siblings.items) if one is self.item)


class _Edits:
    def __init__(self, whole: Mapping) -> None:
        self.whole = whole
        self.problems: list[Problem] = []

    def apply(self, edit: Shape) -> None:
        match edit:
            case RemoveShape():
                if place := self._find(edit.remove, edit.at("remove")):
                    del place.siblings.items[place.index]
            case UpdateShape():
                if place := self._find(edit.update, edit.at("update")):
                    changes = _child(edit, "set")
                    if isinstance(changes, Mapping):
                        _merge(place.item, changes)
            case InsertShape():
                self._insert(edit)
            case MoveShape():
                self._move(edit)
            case ParallelShape():
                self._parallel(edit)
            case MergeShape():
                self._merge_items(edit)

    def _insert(self, edit: InsertShape) -> None:
        new = _child(edit, "insert")
        if isinstance(new, Sequence):
            self._put([copied(n) for n in new.items], edit)

    def _move(self, edit: MoveShape) -> None:
        place = self._find(edit.move, edit.at("move"))
        if place is None:
            return
        inside = {id(n) for n in _mappings(place.item)}
        for key in ("after", "before", "into"):
            target = getattr(edit, key)
            if (
                target is not None
                and (other := self._find(target, edit.at(key)))
                and id(other.item) in inside
            ):
                self._report("J142", _INTO_ITSELF.format(id=edit.move), _INTO_ITSELF_REMEDY, edit.at(key))
                return
        if self._put([place.item], edit, remove=place):
            return

    def _put(self, new: list[Node], edit: InsertShape | MoveShape, remove: _Place | None = None) -> bool:
        """Put items after, before or into something; `remove` is where they stand now."""
        given = [k for k in ("after", "before", "into") if getattr(edit, k) is not None]
        if len(given) != 1:
            self._report("J142", _WHERE, _WHERE_REMEDY, edit.at())
            return False
        key = given[0]
        place = self._find(getattr(edit, key), edit.at(key))
        if place is None:
            return False
        if key == "into":
            holder = "steps" if place.kind in ("stage", "branch", "each") else "branches"
            if place.kind in ("step", "call"):
                self._report(
                    "J142", _NO_CONTAINER.format(id=edit.into), _NO_CONTAINER_REMEDY, edit.at("into")
                )
                return False
            held = place.item.entries.setdefault(
                holder, Sequence(place.item.file, place.item.line, place.item.column)
            )
            siblings, at = (held, len(held.items)) if isinstance(held, Sequence) else (None, 0)
            if siblings is None:
                return False
        else:
            siblings, at = place.siblings, place.index + (key == "after")
        if remove is not None:
            if remove.siblings is siblings and remove.index < at:
                at -= 1
            del remove.siblings.items[remove.index]
        siblings.items[at:at] = new
        return True

    def _taken(self, ids: list[str], at: Callable[[int], Position]) -> list[_Place]:
        places = [self._find(id_, at(i)) for i, id_ in enumerate(ids)]
        return [p for p in places if p is not None]

    def _parallel(self, edit: ParallelShape) -> None:
        groups = [g if isinstance(g, list) else [g] for g in edit.of]
        found: list[list[_Place]] = []
        for at, group in enumerate(groups):
            listed = isinstance(edit.of[at], list)
            found.append(
                self._taken(
                    group, lambda i, at=at, listed=listed: edit.at("of", at, *([i] if listed else []))
                )
            )
        taken = [p for group in found for p in group]
        if len(taken) != sum(map(len, groups)):
            return
        if not self._apart(taken, edit.at("of"), ("step", "choice", "parallel", "each", "call")):
            return
        siblings, index = taken[0].siblings, taken[0].index
        block = self._written(edit, ("parallel", "title", "join", "source", "assumed"))
        branches = Sequence(edit.at("of").file, edit.at("of").line, edit.at("of").column)
        for group in found:
            first = group[0].item
            branch = Mapping(first.file, first.line, first.column)
            branch.entries["branch"] = first.entries[group[0].kind]
            branch.keys["branch"] = first.keys[group[0].kind]
            steps = Sequence(first.file, first.line, first.column, [p.item for p in group])
            branch.entries["steps"] = steps
            branches.items.append(branch)
        block.entries["branches"] = branches
        siblings.items.insert(index, block)
        self._drop(taken)

    def _merge_items(self, edit: MergeShape) -> None:
        taken = self._taken(edit.merge, lambda i: edit.at("merge", i))
        if len(taken) != len(edit.merge) or not self._apart(taken, edit.at("merge"), NAMED[:-1]):
            return
        stages = sum(p.kind == "stage" for p in taken)
        item = _child(edit, "as")
        if not isinstance(item, Mapping):
            return
        if stages not in (0, len(taken)) or (stages > 0) != ("stage" in item.entries):
            self._report("J142", _MIXED, _MIXED_REMEDY, edit.at("as"))
            return
        new = copied(item)
        assert isinstance(new, Mapping)
        if "replaces" not in new.entries:
            position = edit.at("merge")
            ids = [p.item.entries[p.kind] for p in taken]
            new.entries["replaces"] = Sequence(position.file, position.line, position.column, ids)
        taken[0].siblings.items.insert(taken[0].index, new)
        self._drop(taken)

    def _apart(self, taken: list[_Place], position: Position, kinds: tuple[str, ...]) -> bool:
        """Whether the items are all of these kinds, and none is given twice or lies inside another."""
        inside = [id(n) for p in taken for n in _mappings(p.item)]
        if any(p.kind not in kinds for p in taken) or any(inside.count(id(p.item)) > 1 for p in taken):
            self._report("J142", _OVERLAP, _OVERLAP_REMEDY, position)
            return False
        return True

    @staticmethod
    def _drop(taken: list[_Place]) -> None:
        for place in taken:
            del place.siblings.items[place.index]

    @staticmethod
    def _written(edit: Shape, keys: tuple[str, ...]) -> Mapping:
        node = edit._node
        assert node is not None
        entries = {k: copied(n) for k, n in node.entries.items() if k in keys}
        return Mapping(node.file, node.line, node.column, entries, {k: node.keys[k] for k in entries})

    def _find(self, id_: str, position: Position) -> _Place | None:
        known: dict[str, _Place] = {}
        for place in _places(self.whole.entries.get("stages")):
            name = place.item.entries[place.kind]
            assert isinstance(name, Scalar)
            # a branch may bear the id of its first step: the step is meant
            if isinstance(name.value, str) and (
                name.value not in known or known[name.value].kind == "branch"
            ):
                known[name.value] = place
        if id_ not in known:
            message = _NOT_THERE.format(id=id_)
            self._report("J141", message, suggestion(nearest(id_, known), known), position)
        return known.get(id_)

    def _report(self, code: str, message: Text, remedy: Text, position: Position) -> None:
        self.problems.append(Problem(code=code, message=message, remedy=remedy, position=position))


def _places(node: Node | None) -> Iterator[_Place]:
    if not isinstance(node, Sequence):
        return
    for item in node.items:
        if isinstance(item, Mapping):
            kind = next((k for k in NAMED if isinstance(item.entries.get(k), Scalar)), None)
            if kind is not None:
                yield _Place(item, node, kind)
            for key in NESTED:
                yield from _places(item.entries.get(key))


def _mappings(node: Node) -> Iterator[Mapping]:
    if isinstance(node, Mapping):
        yield node
        for one in node.entries.values():
            yield from _mappings(one)
    elif isinstance(node, Sequence):
        for one in node.items:
            yield from _mappings(one)


def _child(edit: Shape, key: str) -> Node | None:
    return edit._node.entries.get(key) if edit._node else None


_NOT_THERE = Text("要修改的“{id}”不存在", "there is no “{id}” to edit")
_WHERE = Text("没有写明放在哪里", "it does not say where")
_WHERE_REMEDY = Text("after、before、into 写且只写一个", "Give exactly one of after, before, into")
_NO_CONTAINER = Text("“{id}”里不能放步骤", "“{id}” cannot hold steps")
_NO_CONTAINER_REMEDY = Text(
    "into 写环节、分支或 each 的编号", "Let `into` name a stage, a branch, or an each"
)
_INTO_ITSELF = Text("“{id}”不能移到自己里面", "“{id}” cannot move into itself")
_INTO_ITSELF_REMEDY = Text("请换一个位置", "Name another place")
_OVERLAP = Text("这些内容不能放在一起", "these cannot be taken together")
_OVERLAP_REMEDY = Text(
    "各项须是不同的步骤或块，且互不包含", "Name different steps or blocks, none inside another"
)
_MIXED = Text("环节只能并为环节，步骤只能并为步骤", "stages merge into a stage, steps into a step")
_MIXED_REMEDY = Text("请使 merge 与 as 一致", "Let `merge` and `as` agree")
