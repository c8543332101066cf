"""What is due when, and for whom: the dates that open cases stand under, nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, tuple_

from jianban.engine.deadlines import Deadline, deadlines
from jianban.engine.pages import (
    Page,
    Row,
    check_limit,
    filled,
    read_cursor,
    roles_at,
    roles_of,
    stored,
    versions,
    waiting,
)
from jianban.engine.shell import Shell
from jianban.engine.standing import WATCHING, rows_of
from jianban.engine.store.store import Status, Store, Stored
from jianban.engine.store.tables import cases, tasks
from jianban.engine.worklist import binds, persons
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

LIST = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A date, and who must keep it."""

    deadline: Deadline
    persons: tuple[str, ...]
    """With whom alone the steps lie that it binds; empty for all of their roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCase:
    """A case with the dates asked for."""

    case: str
    process: str
    """`id@version`."""
    process_title: Text
    business_key: str | None
    subject: str | None
    status: Status
    dates: tuple[DueDate, ...]
    """Nearest first, at least one."""


class Due:
    def __init__(self, store: Store, shell: Shell, calendar: WorkCalendar) -> None:
        self.store = store
        self.shell = shell
        self.calendar = calendar

    def due(
        self,
        now: datetime,
        *,
        until: date | None = None,
        role: str | None = None,
        agency: str | None = None,
        process: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[DueCase]:
        """The open cases in the order of the nearest date asked for, each with all of them.

        Dates of a clock that stands still are told as if it ran on from now, so that they may follow later
        ones.

        Args:
            until: up to this day; None for all.
            role: only what those of a role must keep.
            agency: only what concerns an agency: its people, or a stage that it leads.
            process: `id`, or `id@version`.

        Raises:
            JianbanError: both a role and an agency are given, or the page is not one of this list.
        """
        if role is not None and agency is not None:
            raise JianbanError(BOTH)
        check_limit(limit)
        with self.store.reading() as connection:
            kept = versions(connection, process) if process is not None else None
            roles = roles_of(connection, self.shell, agency) if agency is not None else []
        if role is not None:
            roles = [role, WATCHING + role]
        until = until or date.max
        read = read_cursor(LIST, after, (date, str))
        start = Row._make(read) if read is not None else None
        wanted = _Wanted(self, now, until, role, agency, kept, start)
        if role is None and agency is None:
            return filled(
                lambda after, most: wanted.nearest(after or start, most), wanted.of_cases, LIST, limit
            )
        ranges = [(tasks.c.role == r) & (tasks.c.due <= until) & (tasks.c.due < date.max) for r in roles]
        if not ranges:
            return Page((), None)

        def found(after: Row | None, most: int) -> list[Row]:
            with self.store.reading() as connection:
                return waiting(connection, ranges, after or start, most)

        return filled(found, wanted.of_rows, LIST, limit)


class _Wanted:
    """The cases that a question is about."""

    def __init__(
        self,
        due: Due,
        now: datetime,
        until: date,
        role: str | None,
        agency: str | None,
        processes: Sequence[str] | None,
        start: Row | None,
    ) -> None:
        """
        Args:
            start: what the page begins after.
        """
        self.due = due
        self.now = now
        self.until = until
        self.role = role
        self.agency = agency
        self.processes = processes
        self.start = start

    def nearest(self, after: Row | None, most: int) -> list[Row]:
        key = (cases.c.deadline, cases.c.id)
        query = select(*key).where(cases.c.deadline <= self.until).order_by(*key).limit(most)
        if self.processes is not None:
            query = query.where(cases.c.process.in_(self.processes))
        if (after := after or self.start) is not None:
            query = query.where(tuple_(*key) > tuple_(*after))
        with self.due.store.reading() as connection:
            return [Row._make(row) for row in connection.execute(query)]

    def of_cases(self, found: Sequence[Row]) -> Iterator[tuple[Row, DueCase]]:
        with self.due.store.reading() as connection:
            kept = stored(connection, (key.case for key in found))
        for key in found:
            item = self._item(kept[key.case]) if key.case in kept else None
            if item is not None:
                yield key, item

    def of_rows(self, found: Sequence[Row]) -> Iterator[tuple[Row, DueCase]]:
        """A case stands at the first of its rows that are asked for, and nowhere else."""
        with self.due.store.reading() as connection:
            kept = stored(connection, (key.case for key in found))
        for key in found:
            case = kept.get(key.case)
            if case is None or (self.processes is not None and case.process not in self.processes):
                continue
            asked = (due for role, _person, due in rows_of(case.waiting) if self._asked(role, case))
            first = min(asked, default=None)
            if first == key.due.isoformat() and (item := self._item(case)) is not None:
                yield key, item

    def _asked(self, role: str, case: Stored) -> bool:
        if self.agency is not None:
            return role in roles_at(self.due.shell.known(case).plan, self.agency)
        return role.removeprefix(WATCHING) == self.role

    def _item(self, case: Stored) -> DueCase | None:
        known = self.due.shell.known(case)
        found = sorted(
            (
                d
                for d in deadlines(known.plan, self.due.calendar, known.state, self.now)
                if d.last <= self.until and self._concerns(d)
            ),
            key=lambda d: d.last,
        )
        if not found:
            return None
        nodes, tokens = known.plan.nodes, known.state.tokens
        dates = [
            DueDate(
                deadline=d,
                persons=persons(
                    t
                    for token in tokens
                    if binds(d, nodes[token.node], token)
                    for t in known.standing.tasks
                    if t.place == token.place
                ),
            )
            for d in found
        ]
        return DueCase(
            case=case.id,
            process=case.process,
            process_title=known.flow.process.title,
            business_key=case.business_key,
            subject=case.subject,
            status=Status(case.status),
            dates=tuple(dates),
        )

    def _concerns(self, deadline: Deadline) -> bool:
        if self.role is not None:
            return any(r.id == self.role for r in deadline.roles)
        if self.agency is not None:
            agencies = {r.agency.id for r in deadline.roles}
            if deadline.agency is not None:
                agencies.add(deadline.agency.id)
            return self.agency in agencies
        return True


BOTH = Text("角色和部门只能指明其一", "name a role or an agency, not both")
