"""Values as plain JSON and back; a process in its canonical form, whose sha256 is its content hash.

A frozen value is what its type says and no more: a dataclass is an object of the fields that differ from
their defaults, a named tuple or tuple an array, a date or time its ISO form, an enumeration its value. Where
a field may hold one of several dataclasses, `is` names which. So a field that a later version adds, with a
default, changes neither the form nor the hash of what was frozen before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from jianban.workflows.language.model import Process

T = TypeVar("T")
IS = "is"
_SAME = frozenset({str, int, float, bool, NoneType})
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def freeze(process: Process) -> bytes:
    """The canonical form of a process: UTF-8 JSON with sorted keys and no spaces, without positions."""
    return canonical(form(Process).freeze(process))


def thaw(body: bytes) -> Process:
    """The process that was frozen, equal to what it was.

    Raises:
        ValueError: the bytes are no frozen process, or one of a later version of this program.
    """
    return form(Process).thaw(json.loads(body))


def canonical(plain: object) -> bytes:
    """Plain values as bytes, the same for the same values.

    Raises:
        ValueError: a text holds what is no character, or a number is none.
    """
    return json_of(plain).encode()


def _writer() -> Callable[[object], str]:
    """What `_ENCODER.encode` does, by one encoder for all values instead of one for each."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _ENCODER.encode
    markers, indent, skip, nan = None, None, False, False
    write = make(markers, _ENCODER.default, quoted, indent, ":", ",", True, skip, nan)
    return lambda plain: "".join(write(plain, 0))


quoted: Callable[[str], str] = json.encoder.encode_basestring
"""A text as JSON."""
json_of = _writer()
"""Plain values as text, the same for the same values."""


class Form(Generic[T]):
    """How values of one type are frozen and thawed."""

    def freeze(self, value: T) -> Any:
        return value

    def thaw(self, plain: Any) -> T:
        """
        Raises:
            ValueError: the plain value is none of this type.
        """
        return plain


@cache
def form(type_: Any) -> Form[Any]:
    """The form of a type.

    Raises:
        TypeError: values of this type cannot be frozen.
    """
    origin = get_origin(type_)
    if type_ in _SAME:
        return Form()
    if origin is tuple:
        return _Tuple(get_args(type_))
    if origin in (Union, UnionType):
        return _OneOf(get_args(type_))
    if isinstance(type_, type):
        if is_dataclass(type_):
            return _Dataclass(type_)
        if issubclass(type_, tuple) and hasattr(type_, "_fields"):
            return _Named(type_)
        if issubclass(type_, Enum):
            return _Through(lambda value: value.value, type_)
        if issubclass(type_, date):
            return _Through(type_.isoformat, type_.fromisoformat)
    raise TypeError(f"no form for {type_}")


class _Through(Form[T]):
    def __init__(self, freeze: Callable[[T], Any], thaw: Callable[[Any], T]) -> None:
        self._freeze = freeze
        self._thaw = thaw

    def freeze(self, value: T) -> Any:
        return self._freeze(value)

    def thaw(self, plain: Any) -> T:
        try:
            return self._thaw(plain)
        except TypeError as error:
            raise ValueError(str(error)) from None


class _Tuple(Form[tuple[Any, ...]]):
    def __init__(self, items: tuple[Any, ...]) -> None:
        self.every = items[0] if items[-1] is Ellipsis else None
        self.items = items

    def _forms(self, count: int) -> list[Form[Any]]:
        if self.every is not None:
            return [form(self.every)] * count
        if count != len(self.items):
            raise ValueError(f"{len(self.items)} values are needed, not {count}")
        return [form(item) for item in self.items]

    def freeze(self, value: tuple[Any, ...]) -> list[Any]:
        return [f.freeze(v) for f, v in zip(self._forms(len(value)), value, strict=True)]

    def thaw(self, plain: Any) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise ValueError("an array is needed")
        return tuple(f.thaw(v) for f, v in zip(self._forms(len(plain)), plain, strict=True))


class _OneOf(Form[Any]):
    """One of several types: told apart by what JSON tells apart, dataclasses by their name."""

    def __init__(self, options: tuple[Any, ...]) -> None:
        classes: list[Any] = [o for o in options if is_dataclass(o)]
        self.named: dict[str, Any] = {o.__name__: o for o in classes} if len(classes) > 1 else {}
        self.classes = classes
        self.options = [o for o in options if o not in classes and o is not NoneType]
        self.tuples = [o for o in self.options if get_origin(o) is tuple]

    def freeze(self, value: Any) -> Any:
        if value is None:
            return None
        if is_dataclass(value):
            plain = form(type(value)).freeze(value)
            return {IS: type(value).__name__, **plain} if self.named else plain
        if isinstance(value, tuple):
            return form(self.tuples[0]).freeze(value)
        return value if type(value) in _SAME else form(type(value)).freeze(value)

    def thaw(self, plain: Any) -> Any:
        if plain is None:
            return None
        if isinstance(plain, dict):
            if not self.named:
                return form(self.classes[0]).thaw(plain)
            rest = dict(plain)
            name = rest.pop(IS, None)
            if name not in self.named:
                raise ValueError(f"unknown kind of value: {name}")
            return form(self.named[name]).thaw(rest)
        if isinstance(plain, list):
            return form(self.tuples[0]).thaw(plain)
        if type(plain) in self.options:
            return plain
        return form(self.options[0]).thaw(plain)


class _Named(Form[Any]):
    """A named tuple; values left off at its end are the defaults."""

    def __init__(self, type_: Any) -> None:
        self.type = type_

    def _forms(self) -> list[Form[Any]]:
        return _hints(self.type)

    def freeze(self, value: Any) -> list[Any]:
        return [f.freeze(v) for f, v in zip(self._forms(), value, strict=True)]

    def thaw(self, plain: Any) -> Any:
        forms = self._forms()
        if not isinstance(plain, list) or len(plain) > len(forms):
            raise ValueError(f"no {self.type.__name__}")
        try:
            return self.type(*(f.thaw(v) for f, v in zip(forms, plain, strict=False)))
        except TypeError as error:
            raise ValueError(str(error)) from None


@cache
def _hints(type_: Any) -> list[Form[Any]]:
    hints = get_type_hints(type_)
    return [form(hints[name]) for name in type_._fields]


class _Dataclass(Form[Any]):
    def __init__(self, type_: Any) -> None:
        self.type = type_

    def freeze(self, value: Any) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for name, (default, f) in _fields(self.type).items():
            own = getattr(value, name)
            if own is default or (type(own) is type(default) and own == default):
                continue
            plain[name] = f.freeze(own)
        return plain

    def thaw(self, plain: Any) -> Any:
        known = _fields(self.type)
        if not isinstance(plain, dict) or not plain.keys() <= known.keys():
            raise ValueError(f"no {self.type.__name__} of this version")
        try:
            return self.type(**{name: known[name][1].thaw(value) for name, value in plain.items()})
        except TypeError as error:
            raise ValueError(str(error)) from None


@cache
def _fields(type_: Any) -> dict[str, tuple[Any, Form[Any]]]:
    """Default and form of each field that takes part in equality."""
    hints = get_type_hints(type_)
    found: dict[str, tuple[Any, Form[Any]]] = {}
    for f in fields(type_):
        if f.compare:
            default = f.default_factory() if f.default_factory is not MISSING else f.default
            found[f.name] = (default, form(hints[f.name]))
    return found
