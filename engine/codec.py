"""States and records as plain JSON: what the store keeps of a case.

A state is one array, with the version of the form first. A record is an object of what it has, its data by
name, so that a reader needs no plan to understand it. Instants are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from jianban.engine.clock import BEIJING
from jianban.engine.plan import Plan
from jianban.engine.state import BLANK, CaseState, Instance, Memory, Moved, Record, RecordKind, Token, Value
from jianban.workflows.language.model import DataField, DataKind
from jianban.workflows.language.wire import canonical, form
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


def state_bytes(state: CaseState) -> bytes:
    """
    Raises:
        ValueError: a text of its data cannot be written.
    """
    tokens = [
        [
            t.node,
            microseconds(t.since),
            [list(i) for i in t.instances],
            None if t.due is None else microseconds(t.due),
        ]
        for t in state.tokens
    ]
    memory = None if state.memory is BLANK else _MEMORY.freeze(state.memory)
    data = [_plain(v) for v in state.data]
    return canonical([VERSION, microseconds(state.at), tokens, data, memory])


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
            memory=BLANK if memory is None else _MEMORY.thaw(memory),
        )
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError(str(error)) from None


def record_plain(plan: Plan, record: Record, at: datetime) -> dict[str, Any]:
    """A record of an entry made at `at`; what is empty is left out."""
    plain: dict[str, Any] = {"kind": record.kind.value, "node": record.node}
    if record.at != at:
        plain["at"] = microseconds(record.at)
    if record.actor is not None:
        plain["actor"] = record.actor
    if record.event:
        plain["event"] = record.event
    if record.target:
        plain["target"] = record.target
    if record.instances:
        plain["instances"] = [list(i) for i in record.instances]
    if record.data:
        plain["data"] = {
            name: _plain(v) for name, v in zip(plan.fields, record.data, strict=True) if v is not None
        }
    if record.reason:
        plain["reason"] = record.reason
    if record.calendar:
        plain["calendar"] = record.calendar
    if record.moved:
        plain["moved"] = [_moved_plain(m) for m in record.moved]
    return plain


def record_of(plan: Plan, plain: Mapping[str, Any], at: datetime) -> Record:
    """
    Raises:
        ValueError: this is no record of the plan's flow.
    """
    try:
        data: tuple[Value, ...] = ()
        if "data" in plain:
            brought = plain["data"]
            data = tuple(_typed(f, brought.get(name)) for name, f in plan.fields.items())
        return Record(
            kind=RecordKind(plain["kind"]),
            at=instant(plain["at"]) if "at" in plain else at,
            actor=plain.get("actor"),
            node=plain["node"],
            event=plain.get("event", ""),
            target=plain.get("target", ""),
            instances=tuple(Instance(*i) for i in plain.get("instances", ())),
            data=data,
            reason=plain.get("reason", ""),
            calendar=plain.get("calendar", ""),
            moved=tuple(_moved_of(m) for m in plain.get("moved", ())),
        )
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _moved_plain(moved: Moved) -> list[Any]:
    kind, place, instances, before, after, days = moved
    dates = [before.isoformat(), after.isoformat(), [d.isoformat() for d in days]]
    return [kind, place, [list(i) for i in instances], *dates]


def _moved_of(plain: list[Any]) -> Moved:
    kind, place, instances, before, after, days = plain
    return Moved(
        kind=kind,
        place=place,
        instances=tuple(Instance(*i) for i in instances),
        before=date.fromisoformat(before),
        after=date.fromisoformat(after),
        days=tuple(map(date.fromisoformat, days)),
    )


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
