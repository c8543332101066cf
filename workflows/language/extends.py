"""`extends`: a definition that starts from another and states only what changes.

The edits work on YAML nodes, before anything is checked, so that whatever is wrong afterwards is reported
where it was written, in the base or in the variant. Edits come one after another; each sees what those
before it left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from jianban.workflows.language.edits import (
    InsertEdit,
    MergeEdit,
    MoveEdit,
    ParallelEdit,
    PlacedEdit,
    RemoveEdit,
    UpdateEdit,
    VariantShape,
)
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.reader import Mapping, Node, Scalar, Sequence
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import Position
from jianban.workflows.language.validation import in_order, suggestion, validate
from jianban.workflows.texts import Text

NAMED = ("stage", "step", "choice", "parallel", "each", "call", "branch", "condition")
"""The keys that give an item, or a condition of the process, its id."""
NESTED = ("steps", "branches")
"""The keys that hold further items."""
BY_KEY = ("data", "ends", "anywhere")
"""The top-level keys that merge by key instead of being replaced."""
OWN = ("extends", "changes")
"""The keys by which a definition is known to be a variant."""
NOT_INHERITED = ("process", "version", "in_force", "extends")


class Bases(Protocol):
    """Where the base of a variant is found."""

    def merged(self, reference: str, position: Position, chain: tuple[str, ...]) -> Node:
        """The base's nodes with its own `extends` carried out."""
        ...


def carry_out(node: Node, bases: Bases, chain: tuple[str, ...] = ()) -> Node:
    """The definition as a whole: itself when it extends nothing, or its base with what it changes.

    Raises:
        DefinitionError: the base does not exist or extends itself, or an edit is faulty.
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
        if name == "changes":
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
    if (subject := _subject(base)) is not None and subject != _subject(whole):
        # what it inherits stands for parts of another base; comparison goes through that one
        for place in _places(whole.entries.get("stages")):
            place.item.entries.pop("replaces", None)
            place.item.keys.pop("replaces", None)
    return whole


def _subject(node: Node) -> str | None:
    """What a definition is a variant of, in whatever version: ids of steps outlive versions."""
    named = node.entries.get("variant_of") if isinstance(node, Mapping) else None
    return str(named.value).split("@")[0] if isinstance(named, Scalar) else None


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
    detour: bool = False
    """True for a step in between (`via`): it belongs to its exit and cannot be moved by itself."""

    @property
    def index(self) -> int:
        return next(i for i, one in enumerate(self.siblings.items) if one is self.item)

    @property
    def level(self) -> str:
        return _level(self.item)


def _level(item: Node) -> str:
    """What lists an item may stand in: of stages, of branches, of conditions, or of steps and blocks."""
    keys = item.entries if isinstance(item, Mapping) else {}
    found = next((k for k in ("stage", "branch") if k in keys), "item")
    return "condition" if found == "item" and "when" in keys else found


class _Edits:
    def __init__(self, whole: Mapping) -> None:
        self.whole = whole
        self.problems: list[Problem] = []

    def apply(self, edit: Shape) -> None:
        match edit:
            case RemoveEdit():
                self._remove(self._taken([edit.remove], edit, "remove"))
            case UpdateEdit():
                place = self._find(edit.update, edit.at("update"))
                changes = _child(edit, "set")
                if place is not None and isinstance(changes, Mapping):
                    _merge(place.item, changes)
            case InsertEdit():
                new = _child(edit, "insert")
                if isinstance(new, Sequence):
                    self._put([copied(n) for n in new.items], edit, [], None)
            case MoveEdit():
                if taken := self._taken([edit.move], edit, "move"):
                    self._put([taken[0].item], edit, taken, None)
            case ParallelEdit():
                self._parallel(edit)
            case MergeEdit():
                self._unite(edit)

    def _put(self, new: list[Node], edit: PlacedEdit, taken: list[_Place], home: _Place | None) -> None:
        """Put items where the edit says, or where `home` stands, and take others away."""
        given = [k for k in ("after", "before", "into") if getattr(edit, k) is not None]
        if len(given) > 1 or (not given and home is None):
            self._report("J142", _WHERE, _WHERE_REMEDY, edit.at())
            return
        target = self._target(new, edit, given[0], taken) if given else home and (home.siblings, home.index)
        if target is None:
            return
        siblings, at = target
        # what is taken leaves a hole for now, so that the place to put things does not shift
        hole = Scalar(None, "", 0, 0)
        for place in taken:
            place.siblings.items[place.index] = hole
        siblings.items[at:at] = new
        for place in taken:
            place.siblings.items[:] = [n for n in place.siblings.items if n is not hole]

    def _target(
        self, new: list[Node], edit: PlacedEdit, key: str, taken: list[_Place]
    ) -> tuple[Sequence, int] | None:
        id_: str = getattr(edit, key)
        place = self._find(id_, edit.at(key), listed=key != "into")
        if place is None:
            return None
        if any(n is place.item for t in taken for n in _mappings(t.item)):
            self._report("J142", _INTO_ITSELF.format(id=id_), _INTO_ITSELF_REMEDY, edit.at(key))
            return None
        levels = {_level(n) for n in new}
        if key == "into":
            fits = {"branch"} if place.kind in ("choice", "parallel") else {"item"}
            holder = "branches" if place.kind in ("choice", "parallel") else "steps"
            empty = Sequence(place.item.file, place.item.line, place.item.column)
            held = (
                place.item.entries.setdefault(holder, empty)
                if place.kind not in ("step", "call", "condition")
                else None
            )
            siblings = held if isinstance(held, Sequence) else None
            at = len(siblings.items) if siblings else 0
        else:
            fits = {place.level}
            siblings, at = place.siblings, place.index + (key == "after")
        if siblings is None or levels != fits:
            self._report("J142", _MISFIT.format(id=id_), _MISFIT_REMEDY, edit.at(key))
            return None
        return siblings, at

    def _remove(self, taken: list[_Place]) -> None:
        for place in taken:
            del place.siblings.items[place.index]

    def _taken(self, ids: list[str], edit: Shape, *path: str | int) -> list[_Place]:
        """The places of all ids, or none when one of them is not there."""
        found = [self._find(id_, edit.at(*path, i), listed=True) for i, id_ in enumerate(ids)]
        places = [p for p in found if p is not None]
        return places if len(places) == len(ids) else []

    def _parallel(self, edit: ParallelEdit) -> None:
        groups = [
            self._taken([ids] if isinstance(ids, str) else ids, edit, "of", at)
            for at, ids in enumerate(edit.of)
        ]
        taken = [p for group in groups for p in group]
        if not all(groups) or not self._apart(taken, edit.at("of"), {"item"}):
            return
        block = self._written(edit, ("parallel", "title", "join", "source", "assumed"))
        at = edit.at("of")
        branches = Sequence(at.file, at.line, at.column)
        for group in groups:
            first = group[0].item
            kind = group[0].kind
            steps = Sequence(first.file, first.line, first.column, [p.item for p in group])
            entries: dict[str, Node] = {"branch": first.entries[kind], "steps": steps}
            keys = dict.fromkeys(entries, first.keys[kind])
            branches.items.append(Mapping(first.file, first.line, first.column, entries, keys))
        block.entries["branches"] = branches
        block.keys["branches"] = block.keys["parallel"]
        self._put([block], edit, taken, taken[0])

    def _unite(self, edit: MergeEdit) -> None:
        taken = self._taken(edit.merge, edit, "merge")
        item = _child(edit, "as")
        if not taken or not isinstance(item, Mapping) or edit._node is None:
            return
        if not self._apart(taken, edit.at("merge"), {_level(item)} - {"branch", "condition"}):
            return
        new = copied(item)
        assert isinstance(new, Mapping)
        if "replaces" not in new.entries:
            at = edit.at("merge")
            ids = [n for p in taken for n in (p.item.entries[p.kind], *_replaced(p.item))]
            new.entries["replaces"] = Sequence(at.file, at.line, at.column, ids)
            new.keys["replaces"] = edit._node.keys["merge"]
        self._put([new], edit, taken, taken[0])

    def _apart(self, taken: list[_Place], position: Position, levels: set[str]) -> bool:
        """Whether the items all belong to these levels, and none is given twice or lies inside another."""
        inside = [id(n) for p in taken for n in _mappings(p.item)]
        apart = all(p.level in levels for p in taken) and all(inside.count(id(p.item)) == 1 for p in taken)
        if not apart:
            self._report("J142", _OVERLAP, _OVERLAP_REMEDY, position)
        return apart

    @staticmethod
    def _written(edit: Shape, keys: tuple[str, ...]) -> Mapping:
        node = edit._node
        assert node is not None
        entries = {k: copied(n) for k, n in node.entries.items() if k in keys}
        return Mapping(node.file, node.line, node.column, entries, {k: node.keys[k] for k in entries})

    def _find(self, id_: str, position: Position, *, listed: bool = False) -> _Place | None:
        """The place of an id; with `listed`, it must stand in a list of its own right."""
        known: dict[str, _Place] = {}
        entries = self.whole.entries
        for place in (*_places(entries.get("stages")), *_places(entries.get("eligible"))):
            name = place.item.entries[place.kind]
            # a branch may bear the id of its first step: the step is meant
            id_here = str(name.value) if isinstance(name, Scalar) else ""
            if id_here not in known or known[id_here].kind == "branch":
                known[id_here] = place
        found = known.get(id_)
        if found is None:
            remedy = suggestion(nearest(id_, known), known)
            self._report("J141", _NOT_THERE.format(id=id_), remedy, position)
        elif listed and found.detour:
            self._report("J142", _DETOUR.format(id=id_), _DETOUR_REMEDY, position)
            return None
        return found

    def _report(self, code: str, message: Text, remedy: Text, position: Position) -> None:
        self.problems.append(Problem(code=code, message=message, remedy=remedy, position=position))


def _places(node: Node | None, *, detour: bool = False) -> Iterator[_Place]:
    if not isinstance(node, Sequence):
        return
    for item in node.items:
        if not isinstance(item, Mapping):
            continue
        kind = next((k for k in NAMED if isinstance(item.entries.get(k), Scalar)), None)
        if kind is not None:
            yield _Place(item, node, kind, detour)
        for key in NESTED:
            yield from _places(item.entries.get(key))
        exits = item.entries.get("on")
        for exit_ in exits.entries.values() if isinstance(exits, Mapping) else ():
            via = exit_.entries.get("via") if isinstance(exit_, Mapping) else None
            if via is not None:
                yield from _places(Sequence(via.file, via.line, via.column, [via]), detour=True)


def _replaced(item: Mapping) -> list[Node]:
    """What an item that is merged already stands for."""
    replaced = item.entries.get("replaces")
    lists = replaced.entries.values() if isinstance(replaced, Mapping) else [replaced]
    return [id_ for ids in lists if isinstance(ids, Sequence) for id_ in ids.items]


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
_MISFIT = Text("“{id}”处不能放这些内容", "these cannot stand at “{id}”")
_MISFIT_REMEDY = Text(
    "环节与环节并列，条件与条件并列，分支放在判断或并联中，步骤放在环节、分支或 each 中",
    "Stages stand beside stages, conditions beside conditions, branches in choices and parallel blocks, "
    "steps in stages, branches and each",
)
_INTO_ITSELF = Text("“{id}”正要移走，不能以它为位置", "“{id}” is itself being moved and cannot be the place")
_INTO_ITSELF_REMEDY = Text("请换一个位置", "Name another place")
_OVERLAP = Text("这些内容不能放在一起", "these cannot be taken together")
_OVERLAP_REMEDY = Text(
    "各项须不同、互不包含；环节只能并为环节，步骤只能并为步骤",
    "Name different ones, none inside another; stages merge into a stage, steps into a step",
)
_DETOUR = Text(
    "“{id}”写在出口的 via 中，不能单独移动", "“{id}” is written in `via` of an exit and cannot be moved"
)
_DETOUR_REMEDY = Text("请用 update 修改它，或修改那个出口", "Update it, or the exit that leads to it")
