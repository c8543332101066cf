"""States and records as plain JSON: what the store keeps of a case.

A state is one array, with the version of the form first. A record is an object of what it has, its data by
name, so that a reader needs no plan to understand it. Instants are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, get_type_hints

from jianban.engine.clock import BEIJING
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState, Instance, Memory, Record, RecordKind, Token, Value
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.language.wire import Form, form, json_of, quoted
from jianban.workflows.texts import Text

VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = EPOCH.astimezone(BEIJING)
_MICROSECOND = timedelta(microseconds=1)
_MEMORY = form(Memory)


def microseconds(at: datetime) -> int:
    """Since 1970 in UTC; a time without a zone is one of Beijing."""
    passed = (at if at.tzinfo is not None else at.replace(tzinfo=BEIJING)) - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def instant(at: int) -> datetime:
    """The moment, in the zone of Beijing."""
    return _EPOCH + at * _MICROSECOND


class Written(NamedTuple):
    """What a state was written as, to write again only what has changed."""

    data: tuple[Value, ...]
    data_json: str
    memory: Memory
    memory_json: str
    tokens: dict[int, tuple[Token, str]]
    """By what tells tokens apart while they are held here."""


def state_bytes(state: CaseState, before: Written | None = None) -> tuple[bytes, Written]:
    """
    Args:
        before: how the state before it was written.

    Raises:
        ValueError: a text of its data cannot be written.
    """
    data, memory = state.data, state.memory
    if before is None or before.data is not data or before.memory is not memory:
        kept = before is not None and before.data is data
        data_json = before.data_json if before is not None and kept else json_of([_plain(v) for v in data])
        kept = before is not None and before.memory is memory
        memory_json = before.memory_json if before is not None and kept else json_of(_MEMORY.freeze(memory))
        tokens = before.tokens if before is not None else {}
    else:
        data_json, memory_json, tokens = before.data_json, before.memory_json, before.tokens
    at = microseconds(state.at)
    are: dict[int, tuple[Token, str]] = {}
    for token in state.tokens:
        written = tokens.get(id(token))
        if written is None:
            since = at if token.since is state.at else microseconds(token.since)
            due = "null" if token.due is None else microseconds(token.due)
            instances = json_of(token.instances) if token.instances else "[]"
            written = token, f"[{quoted(token.node)},{since},{instances},{due}]"
        are[id(token)] = written
    text = f"[{VERSION},{at},[{','.join([t for _, t in are.values()])}],{data_json},{memory_json}]"
    return text.encode(), Written(data, data_json, memory, memory_json, are)


def state_of(plan: Plan, body: bytes) -> CaseState:
    """
    Raises:
        ValueError: the bytes are no state, or one of a later version of this program.
    """
    try:
        version, at, tokens, data, memory = json.loads(body)
        if version != VERSION:
            raise ValueError(f"a state of version {version}")
        return CaseState(
            tokens=tuple(
                Token(
                    node,
                    instant(since),
                    tuple(Instance(*i) for i in instances),
                    None if due is None else instant(due),
                )
                for node, since, instances, due in tokens
            ),
            data=tuple(_typed(f, v) for f, v in zip(plan.fields.values(), data, strict=True)),
            at=instant(at),
            memory=_MEMORY.thaw(memory),
        )
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError(str(error)) from None


def without(plan: Plan, state: CaseState) -> CaseState:
    """A state without personal data."""
    data = tuple(None if n in plan.personal else v for n, v in zip(plan.fields, state.data, strict=True))
    return state._replace(data=data)


def record_plain(plan: Plan, record: Record, at: datetime) -> dict[str, Any]:
    """A record of an entry made at `at`; what is empty is left out."""
    plain: dict[str, Any] = {"kind": record.kind.value}
    if record.at is not at and record.at != at:
        plain["at"] = microseconds(record.at)
    if record.data:
        plain["data"] = {
            name: _plain(v) for name, v in zip(plan.fields, record.data, strict=True) if v is not None
        }
    for index, name, own in _REST:
        value = record[index]
        if value:
            plain[name] = value if own is None else own.freeze(value)
    return plain


def record_json(plan: Plan, record: Record, at: datetime) -> str:
    """What `record_plain` gives, as canonical JSON."""
    if record.at is not at or record[_USUAL:] != _UNUSUAL:
        return json_of(record_plain(plan, record, at))
    parts: list[str] = []
    if record.actor is not None:
        parts.append(f'"actor":{quoted(record.actor)}')
    if record.data:
        data = {n: _plain(v) for n, v in zip(plan.fields, record.data, strict=True) if v is not None}
        parts.append(f'"data":{json_of(data)}')
    if record.event:
        parts.append(f'"event":{quoted(record.event)}')
    if record.instances:
        parts.append(f'"instances":{json_of(record.instances)}')
    parts.append(f'"kind":"{record.kind.value}"')
    if record.node:
        parts.append(f'"node":{quoted(record.node)}')
    if record.reason:
        parts.append(f'"reason":{quoted(record.reason)}')
    if record.target:
        parts.append(f'"target":{quoted(record.target)}')
    return f"{{{','.join(parts)}}}"


def record_of(plan: Plan, plain: Mapping[str, Any], at: datetime) -> Record:
    """
    Raises:
        ValueError: this is no record of the plan's flow.
    """
    try:
        values: dict[str, Any] = {"actor": None, "node": "", "event": "", "target": ""}
        for _index, name, own in _REST:
            if name in plain:
                values[name] = plain[name] if own is None else own.thaw(plain[name])
        if "data" in plain:
            brought = plain["data"]
            values["data"] = tuple(_typed(f, brought.get(name)) for name, f in plan.fields.items())
        return Record(
            kind=RecordKind(plain["kind"]), at=instant(plain["at"]) if "at" in plain else at, **values
        )
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _rest() -> Iterator[tuple[int, str, Form[Any] | None]]:
    """The fields of a record that are written as their types say: place, name, and form unless it is text."""
    hints = get_type_hints(Record)
    for index, name in enumerate(Record._fields):
        if name not in ("kind", "at", "data"):
            yield index, name, None if hints[name] in (str, str | None) else form(hints[name])


_REST = tuple(_rest())
_USUAL = Record._fields.index("calendar")
_UNUSUAL = tuple(Record._field_defaults[name] for name in Record._fields[_USUAL:])


def _plain(value: Value) -> Any:
    """JSON of a value; dates in ISO form."""
    return value.isoformat() if isinstance(value, date) else value


def _typed(field: DataField, plain: Any) -> Value:
    if plain is None:
        return None
    match field.kind:
        case DataKind.DATE:
            return date.fromisoformat(plain)
        case DataKind.LIST:
            return tuple(plain)
        case DataKind.NUMBER:
            return float(plain)
        case _:
            return plain


UNWRITABLE = Text(
    "文字中含有不能保存的字符（不成对的代理码）。请删去后重试",
    "a text holds half a character (a lone surrogate), which cannot be kept. Remove it and try again",
)
