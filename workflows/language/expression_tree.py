"""The syntax tree of a checked CEL expression.

The CEL library hands its checked tree out only in its wire form (protocol buffers, message
`cel.expr.CheckedExpr` of the CEL specification). The few messages that are needed are read here; unknown
fields are passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | float | bool | bytes | None
    offset: int
    """Where it stands in the expression, in characters from 0."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    """An operator (`_==_`, `_&&_`, `@in`, …), a function, or `{}` for the making of a map.

    The target of a method is its first argument.
    """

    function: str
    arguments: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Comprehension:
    """What the macros `exists`, `all`, `exists_one`, `filter` and `map` unfold to."""

    variables: tuple[str, ...]
    over: Tree
    accumulator: str
    body: tuple[Tree, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Other:
    """A selection of a part."""

    parts: tuple[Tree, ...]
    offset: int


Tree: TypeAlias = Literal | Name | Call | Items | Comprehension | Other

_Field: TypeAlias = tuple[int, int | bytes]


def tree(serialized: bytes) -> Tree:
    """Read the tree from what `Expression.serialize()` returns."""
    checked = _message(serialized, 2)
    source = _message(checked, 5)
    positions: dict[int, int] = {}
    for number, entry in _fields(source):
        if number == 4 and isinstance(entry, bytes):
            pair = dict(_fields(entry))
            positions[_int(pair.get(1))] = _int(pair.get(2))
    return _tree(_message(checked, 4), positions)


def _tree(message: bytes, positions: Mapping[int, int]) -> Tree:
    parts = list(_fields(message))
    offset = positions.get(_int(dict(parts).get(2)), 0)
    for number, value in parts:
        if not isinstance(value, bytes):
            continue
        match number:
            case 3:
                return Literal(_constant(value), offset)
            case 4:
                return Name(_text(value, 1), offset)
            case 6:
                arguments = [v for n, v in _fields(value) if n in (1, 3) and isinstance(v, bytes)]
                return Call(_text(value, 2), tuple(_tree(a, positions) for a in arguments), offset)
            case 7:
                return Items(tuple(_tree(v, positions) for v in _all(value, 1)), offset)
            case 9:
                variables = tuple(name for name in (_text(value, 1), _text(value, 8)) if name)
                body = tuple(_tree(_message(value, n), positions) for n in (4, 5, 6, 7))
                over = _tree(_message(value, 2), positions)
                return Comprehension(variables, over, _text(value, 3), body, offset)
            case 5:
                return Other(tuple(_tree(v, positions) for v in _all(value, 1)), offset)
            case 8:
                entries = (v for entry in _all(value, 2) for n in (3, 4) for v in _all(entry, n))
                return Call("{}", tuple(_tree(v, positions) for v in entries), offset)
    return Literal(None, offset)


def _constant(message: bytes) -> str | int | float | bool | bytes | None:
    for number, value in _fields(message):
        match number, value:
            case 2, int():
                return bool(value)
            case 3, int():
                return value - (1 << 64) if value >> 63 else value
            case 4, int():
                return value
            case 5, bytes():
                return struct.unpack("<d", value)[0]
            case 6, bytes():
                return value.decode()
            case 7, bytes():
                return value
    return None


def _fields(message: bytes) -> Iterator[_Field]:
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 1:
                yield tag >> 3, message[at : at + 8]
                at += 8
            case 2:
                size, at = _varint(message, at)
                yield tag >> 3, message[at : at + size]
                at += size
            case 5:
                yield tag >> 3, message[at : at + 4]
                at += 4
            case kind:
                raise ValueError(f"wire type {kind} in a CEL tree")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _all(message: bytes, number: int) -> list[bytes]:
    return [v for n, v in _fields(message) if n == number and isinstance(v, bytes)]


def _message(message: bytes, number: int) -> bytes:
    return next(iter(_all(message, number)), b"")


def _text(message: bytes, number: int) -> str:
    return _message(message, number).decode()


def _int(value: int | bytes | None) -> int:
    return value if isinstance(value, int) else 0
