"""States and records as plain JSON: what the store keeps of a case.

A state is one array, with the version of the form first. A record is an object of what it has, its data by
name, so that a reader needs no plan to understand it. Instants are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, get_type_hints

from jianban.engine.clock import BEIJING
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState, Instance, Memory, Record, RecordKind, Token, Value
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.language.wire import Form, form, json_of, quoted
from jianban.workflows.texts import Text

VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).astimezone(BEIJING)
_MICROSECOND = timedelta(microseconds=1)
_MEMORY = form(Memory)
_NO_TOKENS: Mapping[int, tuple[Token, str]] = {}


def microseconds(at: datetime) -> int:
    """Since 1970 in UTC; a time without a zone is one of Beijing."""
    passed = (at if at.tzinfo is not None else at.replace(tzinfo=BEIJING)) - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def instant(at: int) -> datetime:
    """The moment, in the zone of Beijing."""
    return EPOCH + at * _MICROSECOND


class Written(NamedTuple):
    """What a state was written as, to write again only what has changed."""

    data: tuple[Value, ...]
    data_json: str
    memory: Memory
    memory_json: str
    tokens: Mapping[int, tuple[Token, str]]
    """By what tells tokens apart while they are held here."""


def state_bytes(state: CaseState, before: Written | None = None) -> tuple[bytes, Written]:
    """
    Args:
        before: how the state before it was written.

    Raises:
        ValueError: a text of its data cannot be written.
    """
    tokens, data, now, memory = state
    were, data_json, memory_json = _NO_TOKENS, "", ""
    if before is not None:
        were = before.tokens
        if before.data is data:
            data_json = before.data_json
        if before.memory is memory:
            memory_json = before.memory_json
    data_json = data_json or json_of([_plain(v) for v in data])
    memory_json = memory_json or json_of(_MEMORY.freeze(memory))
    at = microseconds(now)
    are: dict[int, tuple[Token, str]] = {}
    for token in tokens:
        written = were.get(id(token))
        if written is None:
            since = at if token.since is now else microseconds(token.since)
            due = "null" if token.due is None else microseconds(token.due)
            instances = json_of(token.instances) if token.instances else "[]"
            written = token, f"[{quoted(token.node)},{since},{instances},{due}]"
        are[id(token)] = written
    listed = ",".join([text for _token, text in are.values()])
    text = f"[{VERSION},{at},[{listed}],{data_json},{memory_json}]"
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
    kind, when, actor, node, event, target, instances, data, *rest = record
    if when is not at or instances or tuple(rest) != _UNUSUAL:
        return json_of(record_plain(plan, record, at))
    by = "" if actor is None else f'"actor":{quoted(actor)},'
    if data:
        brought = {n: _plain(v) for n, v in zip(plan.fields, data, strict=True) if v is not None}
        by = f'{by}"data":{json_of(brought)},'
    return f"{{{by}{_happened(kind, event, node, target)}"


@lru_cache(maxsize=10_000)
def _happened(kind: RecordKind, event: str, node: str, target: str) -> str:
    """The members that all records of an arc have in common, the last of an object."""
    said = {"event": event, "kind": kind.value, "node": node, "target": target}
    return json_of({name: value for name, value in said.items() if value})[1:]


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
_UNUSUAL = tuple(Record._field_defaults[name] for name in Record._fields[Record._fields.index("reason") :])


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
