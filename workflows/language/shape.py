"""What every model of the file format shares: strictness, positions, and types with errors of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, ClassVar, LiteralString, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    StringConstraints,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from jianban.workflows.language.durations import (
    DURATION,
    EFFORT,
    LIMIT,
    parse_duration,
    parse_limit,
    parse_minutes,
)
from jianban.workflows.language.reader import Mapping, Node, Scalar, Sequence
from jianban.workflows.language.terms import Duration, Position

ID = r"^[a-z][a-z0-9_]*$"
STEP_REF = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
PROCESS_ID = r"^[a-z][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$"
PROCESS_REF = r"^[a-z][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*(@[A-Za-z0-9][A-Za-z0-9._-]*)?$"
VERSION = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
SOURCE = r"^[a-z][a-z0-9_]*(:[^\s“”\"「」][^“”\"「」\n]*)?(\s*“[^“”]*[^\s“”][^“”]*”)?$"
MESSAGE = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$"
FILLED = r"\S"
DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class MappingData(dict[str, Any]):
    """Plain data of a mapping that remembers the node it came from."""

    __slots__ = ("node",)

    def __init__(self, entries: dict[str, Any], node: Mapping) -> None:
        super().__init__(entries)
        self.node = node


def plain(node: Node) -> Any:
    """The data of a node as pydantic takes it."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(n) for n in node.items]
    return MappingData({k: plain(n) for k, n in node.entries.items()}, node)


@dataclass(slots=True)
class Findings:
    """What the models notice beside pydantic's own errors, passed as the validation context."""

    unknown: list[tuple[Mapping, str, frozenset[str]]] = field(default_factory=list)
    """A mapping, a key it should not have, and the keys it may have."""


class Shape(BaseModel):
    """A mapping of the file format: strict, no unknown keys, and it knows where it was written."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    _node: ClassVar[Mapping | None] = None
    """Where it was written; set on the instance, past pydantic, whose private attributes are slow to read."""

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if not isinstance(data, MappingData):
            return handler(data)
        known = keys_of(cls)
        if not known.issuperset(data):
            _findings(info).unknown += [(data.node, k, known) for k in data if k not in known]
            data = MappingData({k: v for k, v in data.items() if k in known}, data.node)
        made = handler(data)
        object.__setattr__(made, "_node", data.node)
        return made

    def at(self, *path: str | int) -> Position:
        """Where the value under the keys stands, or the nearest thing around it that was written."""
        assert self._node is not None
        return position_at(self._node, path)

    def key_at(self, key: str) -> Position:
        """Where the key itself stands."""
        assert self._node is not None
        return self._node.key_position(key)


def _findings(info: ValidationInfo) -> Findings:
    assert isinstance(info.context, Findings)
    return info.context


@cache
def keys_of(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(f.alias or name for name, f in model.model_fields.items())


def position_at(node: Node, path: Iterable[str | int]) -> Position:
    """Where the value at the path stands. Parts in `<>` name a form of a union and are passed over."""
    for part in path:
        if isinstance(part, str) and part.startswith("<"):
            continue
        if isinstance(node, Mapping) and part in node.entries:
            node = node.entries[str(part)]
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            break
    return node.position


def places(key: str, values: str | list[str]) -> list[tuple[str, tuple[str | int, ...]]]:
    """Each value with its path, for a key that takes one value or a list."""
    if isinstance(values, str):
        return [(values, (key,))]
    return [(v, (key, i)) for i, v in enumerate(values)]


def key(zh: str, en: str, default: Any = ..., *, alias: str | None = None, **constraints: Any) -> Any:
    """A key of the format with its description in both languages."""
    return Field(default, alias=alias, description=f"{zh} / {en}", **constraints)


def text(pattern: str) -> Any:
    return StringConstraints(pattern=pattern)


Id: TypeAlias = Annotated[str, text(ID)]
StepRef: TypeAlias = Annotated[str, text(STEP_REF)]
"""The id of a step, or `call.step` for one of a called process."""
ProcessId: TypeAlias = Annotated[str, text(PROCESS_ID)]
ProcessRef: TypeAlias = Annotated[str, text(PROCESS_REF)]
Version: TypeAlias = Annotated[str, text(VERSION)]
Source: TypeAlias = Annotated[str, text(SOURCE)]
MessageName: TypeAlias = Annotated[str, text(MESSAGE)]
Filled: TypeAlias = Annotated[str, text(FILLED)]


def _parsed(parse: Callable[[Any], Any], error: LiteralString, schema: dict[str, Any]) -> tuple[Any, Any]:
    def read(value: Any) -> Any:
        try:
            return parse(value)
        except (ValueError, InvalidOperation):
            raise PydanticCustomError(error, "malformed", {"given": str(value)[:60]}) from None

    return PlainValidator(read), WithJsonSchema(schema)


def _duration(value: Any) -> Duration:
    return parse_duration(_string(value))


def _minutes(value: Any) -> int:
    return parse_minutes(_string(value))


def _date(value: Any) -> date:
    if not re.fullmatch(DATE, _string(value)):
        raise ValueError(value)
    return date.fromisoformat(value)


def _fen(value: Any) -> int:
    """Yuan as written (`12.5`, `"12.50"`, `300`) → fen."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(value)
    if isinstance(value, str) and not re.match(r"^[0-9]{1,12}(\.[0-9]{1,2})?\Z", value):
        raise ValueError(value)
    fen = Decimal(str(value)) * 100
    if fen != int(fen) or not 0 <= fen < 10**15:
        raise ValueError(value)
    return int(fen)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


_DURATION = _parsed(_duration, "duration", {"type": "string", "pattern": DURATION})
_LIMIT = _parsed(
    lambda value: parse_limit("0" if type(value) is int and not value else _string(value)),
    "limit",
    {"anyOf": [{"type": "integer", "enum": [0]}, {"type": "string", "pattern": LIMIT}]},
)
_MINUTES = _parsed(_minutes, "effort", {"type": "string", "pattern": EFFORT})
_DATE = _parsed(_date, "date", {"type": "string", "format": "date", "pattern": DATE})
_FEN = _parsed(
    _fen,
    "money",
    {
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
        ]
    },
)
Period: TypeAlias = Annotated[Duration, *_DURATION]
LimitPeriod: TypeAlias = Annotated[Duration, *_LIMIT]
Minutes: TypeAlias = Annotated[int, *_MINUTES]
Day: TypeAlias = Annotated[date, *_DATE]
Yuan: TypeAlias = Annotated[int, *_FEN]
"""Written in yuan, kept in fen."""

TEXT, LIST, MAP, NULL = Tag("<text>"), Tag("<list>"), Tag("<map>"), Tag("<null>")
"""The forms between which `either` chooses."""


def _form(value: Any) -> str:
    if isinstance(value, dict | BaseModel):
        return "<map>"
    if isinstance(value, list | tuple):
        return "<list>"
    return "<null>" if value is None else "<text>"


def either(expected: str) -> Any:
    """Choose a union's member by the form of the value; `expected` names the message when none fits."""
    return Discriminator(_form, custom_error_type=f"form_{expected}", custom_error_message="form")
