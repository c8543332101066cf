"""The record of a case: one entry for each command, chained by hashes.

The body of an entry is canonical JSON, UTF-8 with sorted keys and no spaces. Its hash is
sha256(hash of the entry before it ‖ body); before the first entry stands sha256 of the definition's hash in
hex. So no entry can be changed, left out or moved without breaking the chain at that place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from jianban.engine.codec import (
    instant,
    microseconds,
    record_json,
    record_of,
    record_plain,
    state_bytes,
    state_of,
    without,
)
from jianban.engine.plan import Plan
from jianban.engine.seals import Seal, open_records, seal_records
from jianban.engine.state import CaseState, Record, Value
from jianban.workflows.language.wire import canonical, json_of, quoted

VERSION = 1
NONE: Mapping[str, Any] = {}


class EntryKind(StrEnum):
    """Which command made an entry."""

    OPEN = "open"
    FIRE = "fire"
    DELIVER = "deliver"
    """A message came in."""
    HOLD = "hold"
    """A message that came in is held until the case is resumed, or one that was held is dropped."""
    HANDOVER = "handover"
    TICK = "tick"
    """Time passed."""
    MIGRATE = "migrate"
    """The case goes on under another definition, that of this entry."""
    ERASE = "erase"
    """Personal data was erased."""


class Row(NamedTuple):
    """An entry as the store keeps it."""

    case_id: str
    seq: int
    """From 1, without gaps."""
    key: str | None
    """The idempotency key of the command."""
    at: int
    actor: str | None
    kind: str
    body: bytes
    hash: bytes


class Entry(NamedTuple):
    """What one command did to a case."""

    case: str
    seq: int
    at: datetime
    kind: EntryKind
    definition: str
    """The hash of the definition the case was under."""
    actor: str | None = None
    event: str = ""
    """That was fired, or the name of the message."""
    place: str | None = None
    """The `at` the command named."""
    key: str | None = None
    business_key: str | None = None
    """Of the case, in its first entry."""
    subject: str | None = None
    """Of the case, in its first entry."""
    records: tuple[Record, ...] = ()
    hash: str = ""
    """In hex."""
    fields: tuple[str, ...] = ()
    """Of its definition, in the order of the data of its records."""
    withheld: tuple[str, ...] = ()
    """Refs of the personal data that its records brought and that are not shown: erased, or not asked for."""
    erased: tuple[str, ...] = ()
    """For ERASE: the refs of what was erased."""
    state: CaseState | None = None
    """For ERASE: the state that followed, without personal data: what was decided before on data that is
    gone cannot be decided again, so a replay begins here."""

    def brought(self, record: Record) -> dict[str, Value]:
        """The data that came with one of its records, by name."""
        return {n: v for n, v in zip(self.fields, record.data, strict=False) if v is not None}


def first_link(definition: str) -> bytes:
    """What stands before the first entry of a case."""
    return sha256(definition.encode()).digest()


def link(before: bytes, body: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(before + body).digest()


def entry_row(plan: Plan, entry: Entry, before: bytes, seal: Seal | None) -> Row:
    """The entry as it is kept, linked to the one before it.

    Args:
        seal: keeps personal data outside of it; None where the plan has none.

    Raises:
        ValueError: a text cannot be written.
    """
    at = microseconds(entry.at)
    if seal is None:
        moment = entry.at
        records = ",".join([record_json(plan, r, moment) for r in entry.records])
    else:
        plain = [record_plain(plan, r, entry.at) for r in entry.records]
        seal_records(plan, entry.seq, plain, seal)
        records = ",".join(map(json_of, plain))
    case, seq, _at, kind, definition, actor, event, place, key, business_key, subject, *_rest = entry
    kind = kind.value
    state = entry.state
    by = f'"actor":{quoted(actor)},' if actor is not None else ""
    about = f'"business_key":{quoted(business_key)},' if business_key is not None else ""
    what = f'"event":{quoted(event)},' if event else ""
    if state is not None:
        what = f'"erased":{json_of(entry.erased)},{what}'
    once = f'"key":{quoted(key)},' if key is not None else ""
    where = f'"place":{quoted(place)},' if place is not None else ""
    rest = f'"subject":{quoted(subject)},' if subject is not None else ""
    if state is not None:
        rest = f'"state":{state_bytes(without(plan, state))[0].decode()},{rest}'
    body = (
        f'{{{by}"at":{at},{about}"case":{quoted(case)},"definition":"{definition}",{what}{once}"kind":"{kind}",'
        f'{where}"records":[{records}],"seq":{seq},{rest}"v":{VERSION}}}'
    ).encode()
    return Row(case, seq, key, at, actor, kind, body, link(before, body))


def entry_of(plan: Plan, row: Row, personal: Mapping[str, Any] = NONE) -> Entry:
    """The entry of a row under the plan of its definition.

    Args:
        personal: the values of personal data by their refs.

    Raises:
        ValueError: the body is no entry of this plan's flow.
    """
    plain = json.loads(row.body)
    if not isinstance(plain, dict) or plain.get("v") != VERSION:
        raise ValueError("no entry of this version")
    try:
        at = instant(plain["at"])
        withheld = open_records(plain["seq"], plain["records"], personal) if plan.personal else ()
        return Entry(
            case=plain["case"],
            seq=plain["seq"],
            at=at,
            kind=EntryKind(plain["kind"]),
            definition=plain["definition"],
            actor=plain.get("actor"),
            event=plain.get("event", ""),
            place=plain.get("place"),
            key=plain.get("key"),
            business_key=plain.get("business_key"),
            subject=plain.get("subject"),
            records=tuple(record_of(plan, r, at) for r in plain["records"]),
            hash=row.hash.hex(),
            fields=tuple(plan.fields),
            withheld=withheld,
            erased=tuple(plain.get("erased", ())),
            state=state_of(plan, canonical(plain["state"])) if "state" in plain else None,
        )
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError(str(error)) from None


def records_of(entries: Sequence[Entry]) -> Iterator[Record]:
    """The history that entries hold."""
    for entry in entries:
        yield from entry.records
