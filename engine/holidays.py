"""Days counted anew: a notice of holidays has come out, or an office has changed its days.

Calendars are kept by their revision, so that a record can be replayed by those that counted it, and so that
what moved can be told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sqlalchemy import select, text, union

from jianban.engine.codec import microseconds
from jianban.engine.refusals import Refusal
from jianban.engine.shell import Answer, Asked, Shell, Wake
from jianban.engine.state import RecordKind
from jianban.engine.store.store import Status, Store
from jianban.engine.store.tables import calendars, cases
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

BATCH = 100
"""Cases in one transaction."""


class Calendars:
    """The calendars a store has kept. It may be used from any number of threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[str, WorkCalendar] = {}

    def __call__(self, revision: str) -> WorkCalendar | None:
        """The calendar of a revision; None when it is not kept."""
        known = self._known.get(revision)
        if known is None:
            query = select(calendars.c.body).where(calendars.c.revision == revision)
            with self.store.reading() as connection:
                body = connection.execute(query).scalar()
            if body is not None:
                known = self._known.setdefault(revision, WorkCalendar.load(json.loads(body)))
        return known

    def keep(self, calendar: WorkCalendar, now: datetime) -> None:
        """Keep a calendar, unless it is kept already."""
        if self(calendar.revision) is None:
            row = {
                "revision": calendar.revision,
                "body": _body(calendar),
                "added_at": microseconds(now),
            }
            with self.store.transaction() as connection:
                connection.execute(
                    text(
                        "INSERT INTO calendars (revision, body, added_at)"
                        " VALUES (:revision, :body, :added_at) ON CONFLICT DO NOTHING"
                    ),
                    row,
                )
        self._known[calendar.revision] = calendar


@lru_cache(8)
def _body(calendar: WorkCalendar) -> bytes:
    return json.dumps(calendar.dump(), ensure_ascii=False, sort_keys=True).encode()


class Recount(NamedTuple):
    """What a calendar has changed. Which date moved where, and why, stands in the record of each case."""

    revision: str
    """Of the calendar that counts from here on."""
    cases: int
    """Open cases that it counts from now on; those it counted before are not among them."""
    moved: int
    """Of these, cases in which a date moved."""
    dates: int
    """Dates that moved."""
    because: tuple[tuple[date, int], ...]
    """The days that are worked, or off, otherwise than before, and how many dates each moved."""
    failed: tuple[tuple[str, Text], ...]
    """Cases that could not be counted anew, and why; they are counted with their next event."""


def recount(
    store: Store,
    shell: Shell,
    do: Callable[[Sequence[Asked]], list[Answer | Refusal | JianbanError]],
    now: datetime,
) -> Recount:
    """Count the days of all open cases by the shell's calendar, a batch in one transaction.

    Interrupted, it goes on where it stopped when it is done again; done once more, it changes nothing. What
    is due by now happens too.

    Args:
        do: carries commands out in one transaction.
    """
    revision = shell.calendar.revision
    counted = moved = 0
    because: Counter[date] = Counter()
    dates = 0
    failed: list[tuple[str, Text]] = []
    for ids in _open(store):
        for id, answer in zip(ids, do([Wake(id, now) for id in ids]), strict=True):
            if not isinstance(answer, Answer):
                failed.append((id, answer.text))
                continue
            records = [r for r in answer.records if r.kind is RecordKind.RECALENDARED]
            found = list(chain.from_iterable(r.moved for r in records))
            counted += len(records)
            moved += bool(found)
            dates += len(found)
            because.update(chain.from_iterable(m.days for m in found))
    return Recount(revision, counted, moved, dates, tuple(sorted(because.items())), tuple(failed))


def _open(store: Store) -> Iterator[list[str]]:
    """The ids of the open cases, a batch at a time."""
    after = ""
    while True:
        parts = [
            select(
                select(cases.c.id)
                .where(cases.c.status == status, cases.c.id > after)
                .order_by(cases.c.id)
                .limit(BATCH)
                .subquery()
            )
            for status in (Status.OPEN, Status.SUSPENDED)
        ]
        both = union(*parts).subquery()
        with store.reading() as connection:
            query = select(both).order_by(both.c.id).limit(BATCH)
            ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]
