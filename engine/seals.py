"""Personal data (个人信息) in the record: kept beside it, so that it can be erased, and sealed in it.

An entry holds, in place of the value, `{"sealed": sha256(salt ‖ value)}` in hex, where the value is canonical
JSON and the salt 16 random bytes. Both stand in a row of their own under the value's `ref`:
`entry/record/data/field`, `entry/record/reason` or `entry/record/moved` (numbers from 1). When the row is
deleted, nothing leads from the seal back to the value, and the chain of hashes stays what it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from jianban.engine.plan import Plan
from jianban.engine.state import RecordKind
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

SALT = 16
"""Bytes of a salt."""
SEALED = "sealed"
ERASED = Text("已删除", "erased")
"""What readers see in place of a value that is no longer there."""

Seal: TypeAlias = Callable[[str, str | None, Any], dict[str, str]]
"""Keeps a value under a ref for an owner, and gives what stands for it in the entry."""


class Personal(NamedTuple):
    """A value as the store keeps it."""

    case_id: str
    ref: str
    owner: str
    """The actor who brought it; empty when a message did."""
    salt: bytes
    value: bytes


def seal(salt: bytes, value: bytes) -> str:
    """What an entry holds of a value, in hex."""
    return sha256(salt + value).hexdigest()


def sealing(case: str, salt: Callable[[], bytes], kept: list[Personal]) -> Seal:
    """A seal that appends to `kept`."""

    def keep(ref: str, owner: str | None, value: Any) -> dict[str, str]:
        row = Personal(case, ref, owner or "", salt(), canonical(value))
        kept.append(row)
        return {SEALED: seal(row.salt, row.value)}

    return keep


def values_of(rows: Sequence[Personal]) -> dict[str, Any]:
    """The values by their refs."""
    return {row.ref: json.loads(row.value) for row in rows}


def seal_records(plan: Plan, seq: int, records: Sequence[dict[str, Any]], seal: Seal) -> None:
    """Put seals in place of what plain records of an entry say that is personal: fields, and reasons, which
    may speak of anything; and dates that a calendar moved, where they may run from a personal one."""
    dated = bool(plan.dates & plan.personal)
    for number, plain in enumerate(records, 1):
        owner = plain.get("actor")
        data = plain.get("data", {})
        for name in plan.personal & data.keys():
            data[name] = seal(f"{seq}/{number}/data/{name}", owner, data[name])
        if "reason" in plain and plain["kind"] != RecordKind.ERASED:
            plain["reason"] = seal(f"{seq}/{number}/reason", owner, plain["reason"])
        if dated and "moved" in plain:
            plain["moved"] = seal(f"{seq}/{number}/moved", owner, plain["moved"])


def open_records(seq: int, records: Sequence[dict[str, Any]], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Put values back in place of their seals, as far as they are known.

    Returns:
        The refs of the others: these values are as good as not brought.
    """
    withheld: list[str] = []
    for ref, holder, name, _seal in seals(seq, records):
        if ref in values:
            holder[name] = values[ref]
        else:
            del holder[name]
            withheld.append(ref)
    return tuple(withheld)


def seals(seq: int, records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """The seals in plain records of an entry: ref, the object that holds it and under which name, and the
    seal in hex."""
    for number, plain in enumerate(records, 1):
        data = plain.get("data", {})
        own = ["reason", "moved"]
        for holder, names, of in ((data, list(data), f"{number}/data/"), (plain, own, f"{number}/")):
            for name in names:
                value = holder.get(name)
                if isinstance(value, dict) and SEALED in value:
                    yield f"{seq}/{of}{name}", holder, name, value[SEALED]


def derived(ref: str) -> bool:
    """Whether it is of something that follows from other personal data, whoever brought that."""
    return ref.split("/", 2)[2] == "moved"


def current(refs: Sequence[str]) -> dict[str, str]:
    """For each field the ref that was sealed last."""
    found: dict[str, str] = {}
    for ref in sorted((r for r in refs if "/data/" in r), key=_place):
        found[ref.split("/", 3)[3]] = ref
    return found


def _place(ref: str) -> tuple[int, int]:
    seq, number, _what = ref.split("/", 2)
    return int(seq), int(number)
