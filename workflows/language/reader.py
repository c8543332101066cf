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
from jianban.workflows.language.model import Position
from jianban.workflows.texts import Text

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
            raise OSError("not a regular file")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise DefinitionError([_unreadable(shown, start, missing)]) from None
    if len(raw) > MAX_BYTES:
        raise DefinitionError([_too_large(start)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8", "replace")
        raise DefinitionError([_not_text(_place(shown, good))]) from None
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
        raise DefinitionError([_not_text(_place(name, text[: error.start]))]) from None
    if size > MAX_BYTES:
        raise DefinitionError([_too_large(start)])
    if "\0" in text:
        raise DefinitionError([_not_text(_place(name, text[: text.index("\0")]))])
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
            self.problems.append(_not_text(_place(self.name, self.text[: error.position])))
        except yaml.MarkedYAMLError as error:
            self.problems.append(_syntax(self.name, error))
        except yaml.YAMLError:
            self.problems.append(_problem("J107", start, _SYNTAX_OTHER, _SYNTAX_REMEDY))
        else:
            if self.root is None or (isinstance(self.root, Scalar) and self.root.value is None):
                self.problems.append(_problem("J108", start, _EMPTY, _EMPTY_REMEDY))
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
            raise _Refused(_problem("J108", self._at(event), _SEVERAL, _SEVERAL_REMEDY))

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
        if event.anchor:
            self.anchors[event.anchor] = node
        self._count(1, event)
        self._put(node, event)

    def _start(self, event: Any) -> None:
        if event.tag is not None:
            self._tagged(event)
        if len(self.open) >= MAX_DEPTH:
            raise _Refused(_too_deep(self._at(event)))
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
            message = _NO_ANCHOR.format(name=event.anchor)
            raise _Refused(_problem("J105", self._at(event), message, _NO_ANCHOR_REMEDY))
        node = self.anchors[event.anchor]
        if node is None:
            message = _CYCLE.format(name=event.anchor)
            raise _Refused(_problem("J105", self._at(event), message, _CYCLE_REMEDY))
        if len(self.open) + node.height > MAX_DEPTH:
            raise _Refused(_too_deep(self._at(event)))
        self._count(node.size, event)
        self._put(node, event)

    def _count(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MAX_NODES:
            alias = type(event) is yaml.AliasEvent
            code, message = ("J104", _EXPANDS) if alias else ("J102", _TOO_MANY)
            remedy = _EXPANDS_REMEDY if alias else _TOO_LARGE_REMEDY
            raise _Refused(_problem(code, self._at(event), message, remedy))

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
                raise _Refused(_problem("J109", self._at(event), _COMPLEX_KEY, _COMPLEX_KEY_REMEDY))
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
        self.problems.append(_problem("J109", self._at(event), _TAG.format(tag=event.tag), _TAG_REMEDY))

    def _enter(self, parent: Mapping, key: Scalar, node: Node) -> None:
        name = str(key.value)
        if name == "<<":
            self.problems.append(_problem("J109", key.position, _MERGE, _MERGE_REMEDY))
        elif name in parent.entries:
            first = parent.keys[name].line
            message = _DUPLICATE.format(key=name, line=first)
            self.problems.append(_problem("J106", key.position, message, _DUPLICATE_REMEDY))
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
                self.problems.append(_problem("J117", self._at(event), _LONG_NUMBER, _LONG_NUMBER_REMEDY))
                return 0
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        if _FLOAT.match(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self.problems.append(_problem("J117", self._at(event), _LONG_NUMBER, _LONG_NUMBER_REMEDY))
                return 0.0
            return number
        if _SPECIAL.match(text):
            self.problems.append(_problem("J117", self._at(event), _INFINITE, _LONG_NUMBER_REMEDY))
            return 0.0
        return text


def _place(name: str, before: str) -> Position:
    """The position right after `before`."""
    return Position(file=name, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def _problem(code: str, position: Position, message: Text, remedy: Text) -> Problem:
    return Problem(code=code, message=message, remedy=remedy, position=position)


def _unreadable(name: str, position: Position, missing: bool) -> Problem:
    message = _MISSING if missing else _UNREADABLE
    return _problem("J100", position, message.format(name=name), _UNREADABLE_REMEDY)


def _not_text(position: Position) -> Problem:
    return _problem("J101", position, _NOT_TEXT, _NOT_TEXT_REMEDY)


def _too_large(position: Position) -> Problem:
    return _problem("J102", position, _TOO_LARGE.format(limit=f"{MAX_BYTES:,}"), _TOO_LARGE_REMEDY)


def _too_deep(position: Position) -> Problem:
    return _problem("J103", position, _TOO_DEEP.format(limit=MAX_DEPTH), _TOO_DEEP_REMEDY)


def _syntax(name: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    known = next((text for words, text in _SYNTAX if words in (error.problem or "")), _SYNTAX_OTHER)
    return _problem("J107", Position(file=name, line=line, column=column), known, _SYNTAX_REMEDY)


_MISSING = Text("找不到文件“{name}”", "There is no file “{name}”")
_UNREADABLE = Text("文件“{name}”无法读取", "The file “{name}” cannot be read")
_UNREADABLE_REMEDY = Text("请核对路径和权限", "Check the path and its permissions")
_NOT_TEXT = Text("文件不是 UTF-8 文本", "The file is not UTF-8 text")
_NOT_TEXT_REMEDY = Text("请以 UTF-8 编码另存为文本文件", "Save it as a text file in UTF-8")
_TOO_LARGE = Text("文件超过 {limit} 字节", "The file is larger than {limit} bytes")
_TOO_MANY = Text(f"文件内容超过 {MAX_NODES:,} 项", f"The file holds more than {MAX_NODES:,} values")
_TOO_LARGE_REMEDY = Text("请拆分为多个流程，用 call 调用", "Split it into several processes and `call` them")
_TOO_DEEP = Text("嵌套超过 {limit} 层", "Nested more than {limit} levels deep")
_TOO_DEEP_REMEDY = Text(
    "请把内层拆为另一个流程，用 call 调用", "Move the inner part to a process of its own and `call` it"
)
_EXPANDS = Text(
    f"别名展开后超过 {MAX_NODES:,} 项", f"With its aliases the file holds more than {MAX_NODES:,} values"
)
_EXPANDS_REMEDY = Text("请少用别名，直接写出内容", "Use fewer aliases and write the content out")
_NO_ANCHOR = Text("别名“*{name}”没有对应的锚点", "The alias “*{name}” has no anchor")
_NO_ANCHOR_REMEDY = Text(
    "请先用“&名称”定义锚点；若本意是文字，请加引号", "Define “&name” first, or quote it if it is text"
)
_CYCLE = Text("锚点“&{name}”包含了自己", "The anchor “&{name}” contains itself")
_CYCLE_REMEDY = Text("请去掉这处别名", "Remove this alias")
_DUPLICATE = Text("键“{key}”在第 {line} 行已经写过", "The key “{key}” is already given on line {line}")
_DUPLICATE_REMEDY = Text("请只保留一处", "Keep only one of them")
_SEVERAL = Text("文件中有不止一个文档（“---”）", "The file holds more than one document (“---”)")
_SEVERAL_REMEDY = Text("请一个文件只写一个流程", "Write one process in each file")
_EMPTY = Text("文件没有内容", "The file is empty")
_EMPTY_REMEDY = Text("请以“process: 编号”开头写流程定义", "Begin a definition with “process: id”")
_TAG = Text("不使用标签“{tag}”", "The tag “{tag}” is not used in definitions")
_TAG_REMEDY = Text("请去掉标签；若本意是文字，请加引号", "Remove the tag, or quote it if it is text")
_COMPLEX_KEY = Text("键应为一个词", "A key must be one word")
_COMPLEX_KEY_REMEDY = Text("请改用普通的键", "Use a plain key")
_MERGE = Text("不使用合并键“<<”", "The merge key “<<” is not used in definitions")
_MERGE_REMEDY = Text("请写出内容，或用 extends 继承", "Write the content out, or use `extends`")
_LONG_NUMBER = Text("数字过长", "The number is too long")
_INFINITE = Text("不是有限的数", "Not a finite number")
_LONG_NUMBER_REMEDY = Text("若本意是文字，请加引号", "Quote it if it is text")
_SYNTAX_REMEDY = Text("请改正此处的写法", "Correct it here")
_SYNTAX_OTHER = Text("此处不合 YAML 语法", "This is not YAML")
_SYNTAX = (
    ("tab character", Text("缩进用了制表符，应使用空格", "Indented with a tab; use spaces")),
    (
        "cannot start any token",
        Text(
            "此处的字符不能作为开头（可能是制表符，或文字需要加引号）",
            "This character cannot start a value (a tab, or text that needs quotes)",
        ),
    ),
    ("expected ',' or ']'", Text("方括号没有闭合，或缺少逗号", "A “[” is not closed, or a comma is missing")),
    ("expected ',' or '}'", Text("花括号没有闭合，或缺少逗号", "A “{” is not closed, or a comma is missing")),
    ("unexpected end of stream", Text("引号没有闭合", "A quotation mark is not closed")),
    (
        "mapping values are not allowed",
        Text(
            "此处不应出现冒号（缩进可能不对，或文字需要加引号）",
            "No “:” may stand here (check the indentation, or quote the text)",
        ),
    ),
    (
        "expected '-' indicator",
        Text("列表的各项没有对齐，或缺少“-”", "List items are not aligned, or a “-” is missing"),
    ),
    ("expected <block end>", Text("缩进不一致", "The indentation is inconsistent")),
    ("could not find expected ':'", Text("缺少冒号", "A “:” is missing")),
    ("expected node content", Text("此处缺少内容", "Something is missing here")),
    ("escape", Text("双引号中的转义写法不对", "A faulty escape in a quoted text")),
    ("directive", Text("不使用 YAML 指令“%”", "YAML directives (“%”) are not used in definitions")),
)
"""What libyaml's problems mean, by words of its message."""
