"""The outbox: effects that were written with the events they follow from, and what becomes of them.

An event writes its effects in its own transaction. A worker hands those that are due to a queue, in bulk
(`hand_over`); whoever performs a call begins it here and settles it here. What was begun and never settled
is handed over again when its lease has run out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, tuple_, update

from jianban.engine.codec import instant, microseconds
from jianban.engine.effects.port import Call, Queue, Retries, both
from jianban.engine.effects.rows import LEASE, EffectStatus, Outgoing, effect_key, effect_of
from jianban.engine.naming import SHOWN
from jianban.engine.store.store import Store
from jianban.engine.store.tables import cases, effects
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

WAITING = 200
"""Calls that a queue has and nobody has begun, for each worker: no more are handed over. What it has had for
too long, as when whoever had it died, is no longer counted."""
LONGEST_ERROR = 2000

_KEY = re.compile(r"(.+):([0-9]{1,9}):([0-9]{1,9})")
_ID = (effects.c.case_id, effects.c.seq, effects.c.n)


class UnknownEffect(JianbanError):
    """No effect of that key."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(UNKNOWN.format(key=key))


class Outbox:
    """The effects in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def hand_over(
        self, queue: Queue, wanted: Collection[str], now: datetime, limit: int, workers: int = 1
    ) -> int:
        """Give a queue what is due, the longest due first, but no more than it can begin before long.

        Args:
            wanted: kinds, or `kind:name`, that can be performed; others stay.
            workers: how many take calls from the queue: one of them takes many at a time, and the others
                must not stand idle meanwhile.

        Returns:
            How many effects that were.
        """
        at = microseconds(now)
        if not self._anything(wanted, at):
            return 0
        with self.store.transaction() as connection:
            waiting = connection.scalar(_WAITING.where(effects.c.due > at)) or 0
            room = min(limit, WAITING * workers - waiting)
            if room <= 0:
                return 0
            found = [
                row
                for due in _due(wanted, at)
                for row in connection.execute(
                    select(*_ID, effects.c.runs, effects.c.due)
                    .where(due)
                    .order_by(effects.c.due, *_ID)
                    .limit(room)
                    .with_for_update(skip_locked=True)
                )
            ]
            if not found:
                return 0
            rows = sorted(found, key=lambda row: (row.due, *row[:3]))[:room]
            connection.execute(
                update(effects)
                .where(tuple_(*_ID).in_([tuple(row[:3]) for row in rows]))
                .values(status=EffectStatus.QUEUED, runs=effects.c.runs + 1, due=microseconds(now + LEASE))
            )
            queue.put(connection, [Call(effect_key(*row[:3]), row.runs + 1) for row in rows])
            return len(rows)

    def begin(self, call: Call, now: datetime, retries: Retries) -> tuple[Outgoing, int] | None:
        """Count an attempt, before it is made: so one that kills its process is counted too.

        When the process of the last one ended in its midst, the effect waits like one that failed; otherwise
        processes that end again and again would soon use up the attempts of all they had begun.

        Returns:
            The effect, and how many attempts were begun since somebody last asked to retry it; None for a
            call that is void, or is not to be made now.
        """
        with self.store.transaction() as connection:
            row = connection.execute(
                _OUTGOING.where(
                    _is(call.key),
                    effects.c.runs == call.run,
                    effects.c.status.in_([EffectStatus.QUEUED, EffectStatus.RUNNING]),
                ).with_for_update(of=effects)
            ).one_or_none()
            if row is None:
                return None
            begun = row.attempts - row.forgiven
            begins = begun < retries.attempts and row.status == EffectStatus.QUEUED
            if begins:
                values = {
                    "status": EffectStatus.RUNNING,
                    "attempts": row.attempts + 1,
                    "due": microseconds(now + LEASE),
                }
            elif begun < retries.attempts:
                values = _later(now + retries.wait(begun), both(DIED))
            else:
                values = _given_up(now, row.error or both(DIED))
            connection.execute(update(effects).where(_is(call.key)).values(**values))
        return (_outgoing(row, begun=1), begun + 1) if begins else None

    def done(self, call: Call, now: datetime) -> None:
        """It was carried out, by a process that was perhaps taken for dead meanwhile."""
        self._settle(
            call,
            effects.c.status != EffectStatus.DONE,
            {"status": EffectStatus.DONE, "due": None, "error": None, "done_at": microseconds(now)},
        )

    def postpone(self, call: Call, due: datetime, error: str, counted: bool = True) -> None:
        """It is to be tried again.

        Args:
            counted: False when the attempt was none.
        """
        forgiven = effects.c.forgiven + (0 if counted else 1)
        self._settle(call, _RUNNING, {**_later(due, error), "forgiven": forgiven})

    def give_up(self, call: Call, now: datetime, error: str) -> None:
        """It is not tried again of itself."""
        self._settle(call, _RUNNING, _given_up(now, error))

    def retry(self, key: str, now: datetime) -> bool:
        """Try an effect again that was given up, as if for the first time.

        Returns:
            False when it was not given up, and nothing changed.

        Raises:
            UnknownEffect: there is none of that key.
        """
        with self.store.transaction() as connection:
            changed = connection.execute(
                update(effects)
                .where(_is(key), effects.c.status == EffectStatus.FAILED)
                .values(
                    status=EffectStatus.PENDING,
                    due=microseconds(now),
                    forgiven=effects.c.attempts,
                    done_at=None,
                )
            )
            if changed.rowcount == 0 and connection.execute(select(_ID[0]).where(_is(key))).first() is None:
                raise UnknownEffect(key)
            return changed.rowcount == 1

    def effect(self, key: str) -> Outgoing:
        """
        Raises:
            UnknownEffect: there is none of that key.
        """
        with self.store.reading() as connection:
            row = connection.execute(_OUTGOING.where(_is(key))).one_or_none()
        if row is None:
            raise UnknownEffect(key)
        return _outgoing(row)

    def effects(
        self, *, status: EffectStatus | None, case: str | None, after: str | None, limit: int
    ) -> list[Outgoing]:
        """Effects in the order of their cases, entries and numbers: a page of those after a key."""
        statement = _OUTGOING.order_by(*_ID).limit(limit)
        if status is not None:
            statement = statement.where(_literally(status))
        if case is not None:
            statement = statement.where(effects.c.case_id == case)
        if after is not None:
            statement = statement.where(tuple_(*_ID) > _parts(after))
        with self.store.reading() as connection:
            return [_outgoing(row) for row in connection.execute(statement)]

    def _anything(self, wanted: Collection[str], at: int) -> bool:
        """Whether anything is due: a glance that locks nothing."""
        any_due = or_(*(exists().where(due) for due in _due(wanted, at)))
        with self.store.reading() as connection:
            return bool(connection.scalar(select(any_due)))

    def _settle(self, call: Call, condition: ColumnElement[bool], values: Mapping[str, Any]) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                update(effects).where(_is(call.key), effects.c.runs == call.run, condition).values(**values)
            )


def _later(due: datetime, error: str) -> dict[str, Any]:
    return {"status": EffectStatus.PENDING, "due": microseconds(due), "error": error[:LONGEST_ERROR]}


def _given_up(now: datetime, error: str) -> dict[str, Any]:
    return {
        "status": EffectStatus.FAILED,
        "due": None,
        "error": error[:LONGEST_ERROR],
        "done_at": microseconds(now),
    }


def _due(wanted: Collection[str], at: int) -> list[ColumnElement[bool]]:
    """For each kind, what has waited long enough, and what a queue has had for too long."""
    conditions = []
    for kind in sorted({name.partition(":")[0] for name in wanted}):
        due = and_(effects.c.kind == kind, effects.c.due <= at)
        if kind not in wanted:
            names = sorted(name.partition(":")[2] for name in wanted if name.startswith(f"{kind}:"))
            due = and_(due, effects.c.to.in_(names))
        conditions.append(due)
    return conditions


def _literally(status: EffectStatus) -> ColumnElement[bool]:
    """A status written out, so that its partial index is used."""
    return effects.c.status == bindparam("status", status.value, literal_execute=True)


_RUNNING = effects.c.status == EffectStatus.RUNNING
_WAITING = select(func.count()).select_from(effects).where(_literally(EffectStatus.QUEUED))
_OUTGOING = select(
    *_ID,
    effects.c.kind,
    effects.c.to,
    effects.c.body,
    effects.c.status,
    effects.c.attempts,
    effects.c.forgiven,
    effects.c.error,
    effects.c.at,
    effects.c.done_at,
    cases.c.process,
    cases.c.business_key,
    cases.c.subject,
).join(cases, cases.c.id == effects.c.case_id)


def _outgoing(row: Any, begun: int = 0) -> Outgoing:
    return Outgoing(
        key=effect_key(row.case_id, row.seq, row.n),
        case=row.case_id,
        process=row.process,
        business_key=row.business_key,
        subject=row.subject,
        effect=effect_of(row.kind, row.to, row.body),
        at=instant(row.at),
        status=EffectStatus.RUNNING if begun else EffectStatus(row.status),
        attempts=row.attempts + begun,
        error=row.error,
        done_at=instant(row.done_at) if row.done_at is not None else None,
    )


def _is(key: str) -> ColumnElement[bool]:
    case, seq, n = _parts(key)
    return and_(effects.c.case_id == case, effects.c.seq == seq, effects.c.n == n)


def _parts(key: str) -> tuple[str, int, int]:
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if found is None or not found[1].isprintable():
        raise UnknownEffect(str(key)[:SHOWN])
    return found[1], int(found[2]), int(found[3])


DIED = Text("执行中途进程退出。", "The process ended in the middle of it.")
UNKNOWN = Text(
    "没有编号为“{key}”的发出事项。编号见发出事项的清单（jianban engine effects）",
    "there is no effect “{key}”. Their keys are listed by `jianban engine effects`",
)
