"""YAML text → nodes with positions, by the core schema of YAML 1.2.

PyYAML's own loaders follow YAML 1.1, which reads `no` as false, `on:` as true and `0123` as 83, and they let
the second of two equal keys win. So only its C parser is used, for events; what the events mean is decided
here. Reading is safe for hostile input: the size, the depth and what aliases expand to are bounded while the
text is read. (Events also take a quarter of the time of `yaml.compose`, which recurses in C.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yaml.cyaml import CParser  # pyright: ignore[reportAttributeAccessIssue]

from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.files import reason
from jianban.workflows.language.reader_faults import fault, syntax
from jianban.workflows.language.terms import Position

MAX_BYTES = 1_000_000
MAX_NODES = 100_000
"""Nodes of a file, with each alias counted as all that it stands for."""
MAX_DEPTH = 64
MAX_DIGITS = 18

ScalarValue: TypeAlias = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Scalar:
    value: ScalarValue
    file: str
    line: int
    column: int
    inset: int | None = 0
    """Characters before its text begins: 1 when quoted; None when it is written over several lines."""

    @property
    def size(self) -> int:
        return 1

    @property
    def height(self) -> int:
        return 1

    @property
    def position(self) -> Position:
        return Position(file=self.file, line=self.line, column=self.column)


@dataclass(slots=True, eq=False)
class Sequence:
    file: str
    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    size: int = 1
    """Nodes in it, itself included."""
    height: int = 1

    @property
    def position(self) -> Position:
        return Position(file=self.file, line=self.line, column=self.column)


@dataclass(slots=True, eq=False)
class Mapping:
    file: str
    line: int
    column: int
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    """Where each key stands."""
    size: int = 1
    height: int = 1

    @property
    def position(self) -> Position:
        return Position(file=self.file, line=self.line, column=self.column)

    def key_position(self, key: str) -> Position:
        """Where the key stands; the mapping's own place when it has no such key."""
        at = self.keys.get(key)
        return at.position if at else self.position


Node: TypeAlias = Scalar | Sequence | Mapping

_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would steer a terminal or turn the order of a text around; tab and line feed may be written."""
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class _Refused(Exception):
    """Reading cannot go on; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_file(path: Path, name: str | None = None) -> Node:
    """The nodes of a file; `name` is what positions call it (default: the path as given).

    Raises:
        DefinitionError: the file is missing, no regular file, too large, not UTF-8, or not YAML as we use it.
    """
    shown = name if name is not None else str(path)
    start = Position(file=shown, line=1, column=1)
    try:
        if path.exists() and not path.is_file():
            what = "folder" if path.is_dir() else "special"
            raise DefinitionError([fault(what, start, name=shown)])
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        what = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise DefinitionError([fault(what, start, name=shown, reason=reason(error))]) from None
    if len(raw) > MAX_BYTES:
        raise DefinitionError([fault("too_large", start, limit=MAX_BYTES)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8", "replace")
        raise DefinitionError([fault("not_text", _place(shown, good))]) from None
    return read_text(text, shown)


def read_text(text: str, name: str = "-") -> Node:
    """The nodes of a text.

    Raises:
        DefinitionError: with every duplicate key and unused part of YAML, and what stopped the reading.
    """
    start = Position(file=name, line=1, column=1)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise DefinitionError([fault("not_text", _place(name, text[: error.start]))]) from None
    if size > MAX_BYTES:
        raise DefinitionError([fault("too_large", start, limit=MAX_BYTES)])
    if "\0" in text:
        raise DefinitionError([fault("not_text", _place(name, text[: text.index("\0")]))])
    return _Reader(text.removeprefix("\ufeff"), name).document()


@dataclass(slots=True, eq=False)
class _Open:
    """A collection whose end has not come yet."""

    node: Mapping | Sequence
    anchor: str | None
    key: Scalar | None = None
    """Of a mapping: the key that waits for its value."""


class _Reader:
    """Builds the tree from events, with a stack instead of recursion, so that the depth is bounded by us."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        """None while the anchored collection is open."""
        self.count = 0
        self.documents = 0

    def document(self) -> Node:
        start = Position(file=self.name, line=1, column=1)
        try:
            self._read()
        except _Refused as refused:
            self.problems.append(refused.problem)
        except yaml.reader.ReaderError as error:
            self.problems.append(fault("not_text", _place(self.name, self.text[: error.position])))
        except yaml.YAMLError as error:
            self.problems.append(syntax(self.name, error, self.text.splitlines()))
        else:
            if self.root is None or (isinstance(self.root, Scalar) and self.root.value is None):
                self.problems.append(fault("empty", start))
        if self.problems or self.root is None:
            raise DefinitionError(sorted(self.problems, key=lambda p: (p.position.line, p.position.column)))
        return self.root

    def _read(self) -> None:
        parser = CParser(self.text)
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while type(event := parser.get_event()) is not yaml.StreamEndEvent:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Refused(fault("several", self._at(event)))

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._tagged(event)
        mark = event.start_mark
        text: str = event.value
        top = self.open[-1] if self.open else None
        # a key is always the text as written: `on`, `no`, `2022` are names here
        key = top is not None and top.key is None and type(top.node) is Mapping
        value: ScalarValue = text if key or not event.implicit[0] else self._plain(text, event)
        inset = None if mark.line != event.end_mark.line else int(event.style is not None)
        node = Scalar(value, self.name, mark.line + 1, mark.column + 1, inset)
        if not text.isprintable() and CONTROL.search(text):
            self.problems.append(fault("control", self._at(event)))
        if event.anchor:
            self.anchors[event.anchor] = node
        self._count(1, event)
        self._put(node, event)

    def _start(self, event: Any) -> None:
        if event.tag is not None:
            self._tagged(event)
        if len(self.open) >= MAX_DEPTH:
            raise _Refused(fault("too_deep", self._at(event), limit=MAX_DEPTH))
        if event.anchor:
            self.anchors[event.anchor] = None
        mark = event.start_mark
        make = Mapping if type(event) is yaml.MappingStartEvent else Sequence
        self.open.append(_Open(make(self.name, mark.line + 1, mark.column + 1), event.anchor))
        self._count(1, event)

    def _end(self, event: Any) -> None:
        done = self.open.pop()
        if done.anchor:
            self.anchors[done.anchor] = done.node
        self._put(done.node, event)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise _Refused(fault("no_anchor", self._at(event), name=event.anchor))
        node = self.anchors[event.anchor]
        if node is None:
            raise _Refused(fault("cycle", self._at(event), name=event.anchor))
        if len(self.open) + node.height > MAX_DEPTH:
            raise _Refused(fault("too_deep", self._at(event), limit=MAX_DEPTH))
        self._count(node.size, event)
        self._put(node, event)

    def _count(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MAX_NODES:
            name = "expands" if type(event) is yaml.AliasEvent else "too_many"
            raise _Refused(fault(name, self._at(event), limit=MAX_NODES))

    def _put(self, node: Node, event: Any) -> None:
        """Give a finished node its place in the collection around it."""
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        parent = top.node
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif top.key is None:
            if not isinstance(node, Scalar):
                raise _Refused(fault("complex_key", self._at(event)))
            top.key = node
            return
        else:
            self._enter(parent, top.key, node)
            top.key = None
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)

    def _at(self, event: Any) -> Position:
        return Position(file=self.name, line=event.start_mark.line + 1, column=event.start_mark.column + 1)

    def _tagged(self, event: Any) -> None:
        self.problems.append(fault("tag", self._at(event), tag=event.tag))

    def _enter(self, parent: Mapping, key: Scalar, node: Node) -> None:
        name = str(key.value)
        if name == "<<":
            self.problems.append(fault("merge_key", key.position))
        elif name in parent.entries:
            first = parent.keys[name].line
            self.problems.append(fault("duplicate", key.position, key=name, line=first))
        else:
            parent.entries[name] = node
            parent.keys[name] = key

    def _plain(self, text: str, event: Any) -> ScalarValue:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "0123456789+-.":
            return text
        if _INT.match(text):
            if len(text) > MAX_DIGITS:
                self.problems.append(fault("long_number", self._at(event)))
                return 0
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        if _FLOAT.match(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self.problems.append(fault("long_number", self._at(event)))
                return 0.0
            return number
        if _SPECIAL.match(text):
            self.problems.append(fault("infinite", self._at(event)))
            return 0.0
        return text


def _place(name: str, before: str) -> Position:
    """The position right after `before`."""
    return Position(file=name, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))
