"""A case's record read anew: the state its entries lead to, through erasures and migrations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from jianban.engine.entries import Entry, EntryKind, Row, records_of
from jianban.engine.matching import matching
from jianban.engine.migration import renamed
from jianban.engine.plan import Plan
from jianban.engine.replays import Reached, Retraced, Seen, retrace
from jianban.engine.state import CaseState, Record, RecordKind, Value
from jianban.workflows.calendar import WorkCalendar


def traced(
    plans: Mapping[str, Plan] | Callable[[str], Plan],
    entries: Sequence[Entry],
    calendar: Callable[[str], WorkCalendar | None],
    seen: Seen | None = None,
    reached: Reached | None = None,
) -> Retraced:
    """What the entries of a case lead to. What came before the last erasure is taken from that.

    Args:
        plans: by the hash of their definitions.
        seen: is told of each thing that happened since.
        reached: is told of each state since; records are counted from there.

    Raises:
        ValueError: the entries do not follow from one another.
    """
    plan_of = plans if callable(plans) else plans.__getitem__
    start = max((n for n, entry in enumerate(entries) if entry.state is not None), default=None)
    if start is None:
        first, history = plan_of(entries[0].definition), tuple(records_of(entries))
        return retrace(first, calendar, history, plans=plan_of, seen=seen, reached=reached)
    plan, state = plan_of(entries[start].definition), entries[start].state
    assert state is not None
    before = entries[: start + 1]
    known = _personal([plan_of(e.definition) for e in before], entries)
    data = zip(plan.fields, state.data, strict=True)
    state = state._replace(data=tuple(known.get(n) if n in plan.personal else v for n, v in data))
    after = tuple(records_of(entries[start + 1 :]))
    past = past_of(plan_of, before)
    return retrace(plan, calendar, after, state, plans=plan_of, past=past, seen=seen, reached=reached)


class After(NamedTuple):
    """What an entry led to."""

    plan: Plan
    state: CaseState


def after_each(
    plans: Sequence[Plan], entries: Sequence[Entry], calendar: Callable[[str], WorkCalendar | None]
) -> tuple[CaseState, list[After | None]]:
    """The state of a case, and what each entry led to; None where that cannot be told, as conditions need
    what was erased.

    Args:
        plans: of the entries.

    Raises:
        ValueError: the entries since the last erasure do not follow from one another.
    """
    by_hash = {entry.definition: plan for plan, entry in zip(plans, entries, strict=True)}
    start = max((n for n, entry in enumerate(entries, 1) if entry.state is not None), default=0)
    found: dict[int, After] = {}

    def keep(at: int, plan: Plan, state: CaseState) -> None:
        found[at] = After(plan, state)

    since, before = entries[start:], [e for e in entries[:start] if e.kind is not EntryKind.ERASE]
    if before:
        with suppress(ValueError):
            first = by_hash[before[0].definition]
            retrace(first, calendar, tuple(records_of(before)), plans=by_hash.__getitem__, reached=keep)
    led = list(_at_ends(entries[:start], found))
    found.clear()
    state = traced(by_hash, entries, calendar, reached=keep).state
    return state, [*led, *_at_ends(since, found)]


def _at_ends(entries: Sequence[Entry], found: Mapping[int, After]) -> Iterator[After | None]:
    at = 0
    for entry in entries:
        at += len(entry.records) if entry.kind is not EntryKind.ERASE else 0
        yield found.get(at)


def past_of(plan_of: Callable[[str], Plan], entries: Sequence[Entry]) -> list[Record]:
    """What has happened, in the ids of the definition of the last entry."""
    past: list[Record] = []
    for record in records_of(entries):
        if record.kind is RecordKind.MIGRATED:
            nodes = matching(plan_of(record.former), plan_of(record.target), record.mapping)
            past = list(renamed(past, nodes))
        past.append(record)
    return past


def _personal(plans: Sequence[Plan], entries: Sequence[Entry]) -> dict[str, Value]:
    """The personal data as it stands after the entries of these plans; None for what was erased."""
    known: dict[str, Value] = {}
    for plan, entry in zip(plans, entries, strict=False):
        for record in entry.records:
            for name, value in zip(plan.fields, record.data, strict=False):
                if value is not None:
                    known[name] = value
        for ref in entry.withheld:
            if "/data/" in ref:
                known[ref.rpartition("/")[2]] = None
    return known


def definition_of(row: Row) -> str:
    """The hash of the definition an entry was made under."""
    return json.loads(row.body)["definition"]
