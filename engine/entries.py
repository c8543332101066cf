"""The record of a case: one entry for each command, chained by hashes.

The body of an entry is canonical JSON, UTF-8 with sorted keys and no spaces. Its hash is
sha256(hash of the entry before it ‖ body); before the first entry stands sha256 of the definition's hash in
hex. So no entry can be changed, left out or moved without breaking the chain at that place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from jianban.engine.codec import instant, microseconds, record_of, record_plain
from jianban.engine.plan import Plan
from jianban.engine.state import Record
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

VERSION = 1


class EntryKind(StrEnum):
    """Which command made an entry."""

    OPEN = "open"
    FIRE = "fire"
    DELIVER = "deliver"
    """A message came in."""
    HANDOVER = "handover"
    TICK = "tick"
    """Time passed."""


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


def first_link(definition: str) -> bytes:
    """What stands before the first entry of a case."""
    return sha256(definition.encode()).digest()


def link(before: bytes, body: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(before + body).digest()


def entry_row(plan: Plan, entry: Entry, before: bytes) -> Row:
    """The entry as it is kept, linked to the one before it.

    Raises:
        ValueError: a text cannot be written.
    """
    plain: dict[str, Any] = {
        "v": VERSION,
        "case": entry.case,
        "seq": entry.seq,
        "at": microseconds(entry.at),
        "kind": entry.kind.value,
        "definition": entry.definition,
        "records": [record_plain(plan, r, entry.at) for r in entry.records],
    }
    if entry.actor is not None:
        plain["actor"] = entry.actor
    if entry.event:
        plain["event"] = entry.event
    if entry.place is not None:
        plain["place"] = entry.place
    for name in ("key", "business_key", "subject"):
        if (value := getattr(entry, name)) is not None:
            plain[name] = value
    body = canonical(plain)
    return Row(
        entry.case,
        entry.seq,
        entry.key,
        plain["at"],
        entry.actor,
        entry.kind.value,
        body,
        link(before, body),
    )


def entry_of(plan: Plan, row: Row) -> Entry:
    """The entry of a row under the plan of its definition.

    Raises:
        ValueError: the body is no entry of this plan's flow.
    """
    plain = json.loads(row.body)
    if not isinstance(plain, dict) or plain.get("v") != VERSION:
        raise ValueError("no entry of this version")
    try:
        at = instant(plain["at"])
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
        )
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError(str(error)) from None


class Broken(NamedTuple):
    """The first place where a case's record is not what it was."""

    case: str
    seq: int
    text: Text


def broken_link(case: str, definition: str, rows: Iterable[Row], seq: int, head: bytes) -> Broken | None:
    """The first entry that does not follow from the one before it.

    Args:
        rows: all entries of the case in order of their numbers.
        seq, head: the number and hash of the last entry, as the case remembers them.
    """
    before = first_link(definition)
    expected = 1
    for row in rows:
        if row.seq != expected:
            return Broken(case, expected, MISSING.format(seq=expected))
        if link(before, row.body) != row.hash:
            return Broken(case, expected, CHANGED.format(seq=expected))
        if not _says_the_same(row):
            return Broken(case, expected, COLUMNS.format(seq=expected))
        before, expected = row.hash, expected + 1
    if expected - 1 < seq:
        return Broken(case, expected, MISSING.format(seq=expected))
    if expected - 1 > seq:
        return Broken(case, seq + 1, ADDED.format(seq=seq + 1))
    if before != head:
        return Broken(case, seq, CHANGED.format(seq=seq))
    return None


def _says_the_same(row: Row) -> bool:
    """Whether the columns of a row say what its body says."""
    try:
        plain = json.loads(row.body)
        said = (plain["case"], plain["seq"], plain.get("key"), plain["at"], plain.get("actor"), plain["kind"])
    except (ValueError, TypeError, KeyError):
        return False
    return said == row[:6]


def records_of(entries: Sequence[Entry]) -> Iterator[Record]:
    """The history that entries hold."""
    for entry in entries:
        yield from entry.records


MISSING = Text("第 {seq} 条记录缺失或次序被改动", "entry {seq} is missing or out of its place")
CHANGED = Text(
    "第 {seq} 条记录的内容与其校验值不符，已被改动", "entry {seq} does not match its hash: it was changed"
)
COLUMNS = Text(
    "第 {seq} 条记录的索引列与其正文不一致，已被改动",
    "the columns of entry {seq} do not say what its body says: they were changed",
)
ADDED = Text("第 {seq} 条记录是后来添加的", "entry {seq} was added from outside")
