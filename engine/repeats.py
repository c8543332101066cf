"""Whether a command is the one that was done before under its idempotency key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jianban.engine import facts
from jianban.engine.asked import Delivery, Event, Handing
from jianban.engine.entries import Entry
from jianban.engine.plan import Plan
from jianban.engine.refusals import Refusal
from jianban.engine.state import DONE_BY_ACTORS, RecordKind


def place(plan: Plan, asked: Event) -> tuple[str | None, str]:
    """Where an event is meant to happen, and its name alone."""
    if asked.at is not None or "." not in asked.event or asked.event in plan.events:
        return asked.at, asked.event
    place, _dot, event = asked.event.rpartition(".")
    return place, event


def repeats(plan: Plan, entry: Entry, asked: Event | Delivery | Handing) -> bool:
    """Whether an entry was made by this very command, as far as it is not compared yet."""
    match asked:
        case Event():
            own = (n for n, r in enumerate(entry.records) if r.kind in DONE_BY_ACTORS)
            return any(brought(plan, entry, n, asked.data, asked.reason) for n in own)
        case Delivery():
            return any(r.message == asked.message.id for r in entry.records)
        case Handing():
            record = entry.records[-1]
            erased = f"{entry.seq}/{len(entry.records)}/reason" in entry.withheld
            return record.target == asked.to.id and (erased or record.reason == asked.reason)


def brought(plan: Plan, entry: Entry, number: int, data: Mapping[str, Any] | None, reason: str) -> bool:
    """Whether a record was made with this data and reason, as far as they are still known."""
    given = facts.read(data or {}, plan.fields)
    if isinstance(given, Refusal):
        return False
    record = entry.records[number]
    here = f"{entry.seq}/{number + 1}/"
    erased = {ref.removeprefix(here) for ref in entry.withheld if ref.startswith(here)}
    if "reason" not in erased and record.reason != reason:
        return False
    if record.kind is RecordKind.OPENED:
        expected = facts.initial(given, plan.fields)
    else:
        expected = tuple(given.get(name) for name in plan.fields)
    kept = record.data or (None,) * len(plan.fields)
    opened = record.kind is RecordKind.OPENED  # when messages told of some fields, whatever was given
    return all(
        had == value or f"data/{field.id}" in erased or (opened and field.known is not None)
        for field, had, value in zip(plan.fields.values(), kept, expected, strict=True)
    )
