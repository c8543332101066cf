"""Effects as they are kept: one row each, with what has become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from jianban.engine.effects.values import Effect
from jianban.engine.entries import Row
from jianban.engine.seals import ERASED
from jianban.workflows.language.terms import SendKind
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

LEASE = timedelta(minutes=15)
"""How long a call may take, from when a queue has it; then it is taken for lost and made again."""


class EffectStatus(StrEnum):
    """What has become of an effect."""

    PENDING = "pending"
    """It waits for a worker, or for its next attempt."""
    QUEUED = "queued"
    """A queue has it."""
    RUNNING = "running"
    """A handler has it, or had it when its process died."""
    DONE = "done"
    FAILED = "failed"
    """It was given up: every attempt was used, or it can never succeed. `retry` tries again."""


class EffectRow(NamedTuple):
    """A new effect as the store keeps it."""

    case_id: str
    seq: int
    """The number of the entry it follows from."""
    n: int
    """From 1, in the order of the effects of that entry."""
    kind: str
    to: str
    body: bytes
    status: str
    due: int | None
    """When to hand it to a queue; once a queue has it, when to take it for lost. Microseconds; None when
    it is done already."""
    runs: int
    """How often it was handed to a queue."""
    at: int
    """Of its entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An effect on its way out. Handlers get it, and may get it more than once, under the same `key`."""

    key: str
    """`case:seq:n`: of idempotency, the same at every attempt."""
    case: str
    process: str
    """`id@version` of the case."""
    business_key: str | None
    """Of the case, as the next."""
    subject: str | None
    effect: Effect
    at: datetime
    """When it arose."""
    status: EffectStatus
    attempts: int
    """Those begun, with this one."""
    error: str | None
    """Of the last attempt that failed."""
    done_at: datetime | None


def effect_key(case: str, seq: int, n: int) -> str:
    return f"{case}:{seq}:{n}"


def effect_rows(entry: Row, effects: Sequence[Effect], queued: bool) -> list[EffectRow]:
    """The effects of an entry as they are kept.

    Args:
        queued: whether a queue gets them in the same transaction.

    Raises:
        ValueError: a text cannot be written.
    """
    case, seq, at = entry.case_id, entry.seq, entry.at
    status, due = EffectStatus.PENDING, at
    if queued:
        status, due = EffectStatus.QUEUED, at + LEASE // timedelta(microseconds=1)
    return [
        EffectRow(
            case,
            seq,
            n,
            effect.kind.value,
            effect.to,
            effect_body(effect),
            status.value,
            due,
            int(queued),
            at,
        )
        for n, effect in enumerate(effects, 1)
    ]


def effect_of(kind: str, to: str, body: bytes) -> Effect:
    """The effect of a row."""
    plain = json.loads(body)
    return Effect(
        kind=SendKind(kind),
        to=to,
        persons=tuple(plain["persons"]),
        title=Text(**plain["title"]),
        text=Text(**plain["text"]),
        node=plain["node"],
        place=plain["place"],
        payload=plain["payload"],
    )


def plain_effect(effect: Effect) -> Mapping[str, Any]:
    """An effect as plain JSON values, without its kind and whom it is for."""
    return {
        "persons": list(effect.persons),
        "title": {"zh": effect.title.zh, "en": effect.title.en},
        "text": {"zh": effect.text.zh, "en": effect.text.en},
        "node": effect.node,
        "place": effect.place,
        "payload": effect.payload,
    }


def effect_body(effect: Effect) -> bytes:
    """An effect as its row keeps it."""
    return canonical(plain_effect(effect))


def erased_body(effect: Effect) -> bytes:
    """What is left of it when personal data was erased, which texts and data may hold."""
    return effect_body(replace(effect, text=ERASED, payload={}))
