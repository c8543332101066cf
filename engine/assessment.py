"""Supervision and assessment (督查考核): how offices kept their limits, from the record, and a score.

What is counted follows from the record, and the lights of now from the rows of open cases. Cases are read one
after another, so that memory does not grow with them. Numbers are exact fractions until they are shown: both
stores give the same, whatever the order they read in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby

from sqlalchemy import ColumnElement, and_, select

from jianban.engine.cases import Cases, Filter
from jianban.engine.clock import BEIJING
from jianban.engine.codec import microseconds
from jianban.engine.counts import Counts
from jianban.engine.deadlines import Light, deadlines
from jianban.engine.entries import Row, entry_of, records_of
from jianban.engine.pages import stored
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.replays import retrace
from jianban.engine.scoring import FULL, Scoring
from jianban.engine.seals import Personal, values_of
from jianban.engine.shell import Shell
from jianban.engine.state import RecordKind
from jianban.engine.store.store import Status, Store
from jianban.engine.store.tables import cases, entries, personal
from jianban.engine.tallies import WHOSE, Happened, Tally, Whose, tally_of
from jianban.engine.tracing import definition_of, traced
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

DAY = timedelta(days=1) // timedelta(microseconds=1)
"""Microseconds."""
BATCH = 100
"""Cases read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How one office stands."""

    id: str
    tally: Tally
    deductions: Mapping[str, Fraction]
    """Points taken off, by what for."""

    @property
    def score(self) -> Fraction:
        """Of 100, never below 0."""
        return max(Fraction(0), FULL - sum(self.deductions.values(), Fraction(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    since: date
    until: date
    by: str
    policy: Text
    assessed: tuple[Assessed, ...]
    """By id."""
    partly: tuple[str, ...]
    """Cases that could not be read whole: what was decided on data that is erased cannot be decided again, so
    that only what followed is counted."""


class Assessing:
    def __init__(
        self,
        store: Store,
        shell: Shell,
        calendar: WorkCalendar,
        calendars: Callable[[str], WorkCalendar | None],
    ) -> None:
        self.store = store
        self.shell = shell
        self.calendar = calendar
        self.calendars = calendars

    def assessment(self, now: datetime, since: date, until: date, by: str, scoring: Scoring) -> Assessment:
        """
        Args:
            now: for the lights.
            since, until: what happened on these days and between, of Beijing.
            by: one of `WHOSE`.

        Raises:
            JianbanError: the period ends before it begins, or nothing is assessed by that.
        """
        if by not in tuple(WHOSE):
            raise JianbanError(NO_GROUP.format(by=by, known=Text("、".join(WHOSE), ", ".join(WHOSE))))
        if until < since:
            raise JianbanError(PERIOD.format(since=since, until=until))
        whose = WHOSE[by]
        tallies: dict[str, Tally] = {}
        partly: list[str] = []
        within = and_(cases.c.at >= _start(since), cases.c.opened_at < _start(until) + DAY)
        for ids in self._batches(within):
            for id, rows, brought in self._records(ids):
                if not self._case(rows, brought, Happened(tallies, whose, since, until)):
                    partly.append(id)
        self._lights(now, whose, tallies)
        self._open(now, by, tallies)
        return Assessment(
            since=since,
            until=until,
            by=by,
            policy=scoring.title,
            assessed=tuple(
                Assessed(id=id, tally=tally, deductions=scoring.deductions(tally.rates()))
                for id, tally in sorted(tallies.items())
            ),
            partly=tuple(sorted(partly)),
        )

    def _batches(self, where: ColumnElement[bool]) -> Iterator[Sequence[str]]:
        """The ids of the cases of which that holds."""
        query = select(cases.c.id).where(where).order_by(cases.c.id).limit(BATCH)
        after = ""
        while True:
            with self.store.reading() as connection:
                ids = connection.execute(query.where(cases.c.id > after)).scalars().all()
            if ids:
                yield ids
            if len(ids) < BATCH:
                return
            after = ids[-1]

    def _records(self, ids: Sequence[str]) -> Iterator[tuple[str, Sequence[Row], Sequence[Personal]]]:
        """The entries and the personal data of cases, read together: to read them costs more than to replay
        them."""
        columns = [entries.c[name] for name in Row._fields]
        its = select(*columns).where(entries.c.case_id.in_(ids)).order_by(entries.c.case_id, entries.c.seq)
        fields = [personal.c[name] for name in Personal._fields]
        brought = select(*fields).where(personal.c.case_id.in_(ids))
        with self.store.reading() as connection:
            rows = [Row._make(row) for row in connection.execute(its)]
            values: dict[str, list[Personal]] = {}
            for row in connection.execute(brought):
                values.setdefault(row.case_id, []).append(Personal._make(row))
        for id, found in groupby(rows, key=lambda row: row.case_id):
            yield id, list(found), values.get(id, [])

    def _case(self, rows: Sequence[Row], brought: Sequence[Personal], case: Happened) -> bool:
        """Read what happened in a case; False where only a part of it could be.

        All of it: what time brought about in the period may stand in an entry made much later.
        """
        values, library = values_of(brought), self.shell.library
        found = [entry_of(plan_of(library.by_hash(definition_of(row))), row, values) for row in rows]

        def plans(hash: str) -> Plan:
            return plan_of(library.by_hash(hash))

        history = tuple(r for r in records_of(found) if r.kind is not RecordKind.ERASED)
        if not history:
            return True
        try:
            retrace(plans(found[0].definition), self.calendars, history, plans=plans, seen=case.seen)
            whole = True
        except ValueError:
            whole = False
            case.forget()
            try:
                traced(plans, found, self.calendars, case.seen)
            except ValueError:
                case.forget()
        case.add()
        return whole

    def _lights(self, now: datetime, whose: Whose, tallies: dict[str, Tally]) -> None:
        """The yellow and red lights of open cases, each with whom its limit binds."""
        lit = and_(cases.c.status.in_([Status.OPEN, Status.SUSPENDED]), cases.c.yellow < now.date())
        for ids in self._batches(lit):
            with self.store.reading() as connection:
                found = stored(connection, ids)
            for case in found.values():
                flow, state = self.shell.state(case)
                plan = plan_of(flow)
                worst: dict[str, Light] = {}
                for deadline in deadlines(plan, self.calendar, state, now):
                    owner = whose(plan, deadline.roles, deadline.agency)
                    if owner is None or deadline.light is Light.GREEN:
                        continue
                    tally_of(tallies, owner)
                    if worst.get(owner[0]) is not Light.RED:
                        worst[owner[0]] = deadline.light
                for id, light in worst.items():
                    tallies[id].red += light is Light.RED
                    tallies[id].yellow += light is Light.YELLOW

    def _open(self, now: datetime, by: str, tallies: dict[str, Tally]) -> None:
        counts = Counts(Cases(self.store, self.shell))
        for status in (Status.OPEN, Status.SUSPENDED):
            for count in counts.count(now, Filter(status=status), (by,)):
                id = count.by[by]
                tally = tallies.get(id.partition("@")[0] if id is not None else "")
                if tally is not None:
                    tally.open += count.count


def _start(day: date) -> int:
    """When a day begins, in microseconds."""
    return microseconds(datetime.combine(day, time.min, BEIJING))


NO_GROUP = Text("不能按“{by}”考核。可用的有：{known}", "there is no assessment by “{by}”. There is: {known}")
PERIOD = Text("考核期间 {since} 至 {until} 倒置", "the period from {since} to {until} ends before it begins")
