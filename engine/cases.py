"""Cases by what they are and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, union

from jianban.engine.codec import instant
from jianban.engine.deadlines import Light, deadlines
from jianban.engine.pages import Page, check_limit, cursor, read_cursor, roles_of, versions
from jianban.engine.shell import Shell
from jianban.engine.standing import WATCHING
from jianban.engine.store.store import Status, Store, Stored
from jianban.engine.store.tables import cases, tasks
from jianban.workflows.texts import Text

LIST = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases; None asks for nothing."""

    status: Status | None = None
    process: str | None = None
    """`id`, or `id@version`."""
    subject: str | None = None
    business_key: str | None = None
    step: str | None = None
    """The node that it stands at."""
    role: str | None = None
    """It waits for somebody of this role, or one of their periods runs."""
    agency: str | None = None
    """So for a role of this agency."""
    light: Light | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """A case in a list."""

    id: str
    process: str
    """`id@version`."""
    process_title: Text
    business_key: str | None
    subject: str | None
    status: Status
    end: str | None
    end_title: Text | None
    places: tuple[str, ...]
    """Where it stands."""
    standing: tuple[Text, ...]
    """What these places are called."""
    opened_at: datetime
    at: datetime
    """When something last happened."""
    deadline: date | None
    """The nearest of its days, the end of a waiting period too; while its clock stands still, as if it ran on
    from now."""
    light: Light


class Cases:
    def __init__(self, store: Store, shell: Shell) -> None:
        self.store = store
        self.shell = shell

    def cases(
        self, now: datetime, wanted: Filter, *, limit: int = 50, after: str | None = None
    ) -> Page[CaseItem]:
        """Cases by their ids: in the order they were opened, unless the host chose the ids.

        Raises:
            JianbanError: the page is not one of this list.
        """
        check_limit(limit)
        read = read_cursor(LIST, after, (str,))
        today = now.date()
        with self.store.reading() as connection:
            parts: list[Any] = []
            for condition in self.ranges(connection, wanted):
                part = select(cases.c.id).where(condition, *self.rest(connection, wanted, today))
                part = part.order_by(cases.c.id).limit(limit + 1)
                if read is not None:
                    part = part.where(cases.c.id > read[0])
                parts.append(select(part.subquery()))
            if not parts:
                return Page((), None)
            both = union(*parts).subquery()
            ids = connection.execute(select(both).order_by(both.c.id).limit(limit + 1)).scalars().all()
            items = self._items(connection, ids[:limit], now)
        return Page(items, cursor(LIST, [ids[limit - 1]]) if len(ids) > limit else None)

    def ranges(self, connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
        """Conditions that an index answers in the order of ids; of every case wanted, one of them holds."""
        statuses = [wanted.status] if wanted.status is not None else list(Status)
        if wanted.process is not None:
            return [
                and_(cases.c.process == process, cases.c.status == status)
                for process in versions(connection, wanted.process)
                for status in statuses
            ]
        return [cases.c.status == wanted.status] if wanted.status is not None else [cases.c.id > ""]

    def rest(self, connection: Connection, wanted: Filter, today: date) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if wanted.subject is not None:
            found.append(cases.c.subject == wanted.subject)
        if wanted.business_key is not None:
            found.append(cases.c.business_key == wanted.business_key)
        if wanted.light is not None:
            found.append(_lit(wanted.light, today))
        if wanted.step is not None:
            steps = literal(" ") + cases.c.steps + " "  # LIKE tells a from A in one database only
            found.append(func.replace(steps, f" {wanted.step} ", "") != steps)
        if wanted.role is not None or wanted.agency is not None:
            found.append(cases.c.id.in_(self._waiting(connection, wanted)))
        return found

    def _waiting(self, connection: Connection, wanted: Filter) -> Any:
        """The cases with a task of that role and agency."""
        roles: set[str] | None = None
        if wanted.role is not None:
            roles = {wanted.role, WATCHING + wanted.role}
        if wanted.agency is not None:
            of = set(roles_of(connection, self.shell, wanted.agency))
            roles = of if roles is None else roles & of
        return select(tasks.c.case_id).where(tasks.c.role.in_(sorted(roles or ())))

    def _items(self, connection: Connection, ids: Sequence[str], now: datetime) -> tuple[CaseItem, ...]:
        rows = {row.id: row for row in connection.execute(select(cases).where(cases.c.id.in_(ids)))}
        return tuple(self._item(rows[id], now) for id in ids if id in rows)

    def _item(self, row: Any, now: datetime) -> CaseItem:
        known = self.shell.known(Stored._make(getattr(row, name) for name in Stored._fields))
        flow, nodes = known.flow, known.plan.nodes
        tokens = sorted((t for t in known.state.tokens if nodes[t.node].waiting), key=lambda t: t.since)
        dates = deadlines(known.plan, self.shell.calendar, known.state, now)
        return CaseItem(
            id=row.id,
            process=row.process,
            process_title=flow.process.title,
            business_key=row.business_key,
            subject=row.subject,
            status=Status(row.status),
            end=row.end,
            end_title=flow.nodes[row.end].title if row.end is not None else None,
            places=tuple(t.place for t in tokens),
            standing=tuple(placed(flow.nodes[t.node].title, t.place, t.node) for t in tokens),
            opened_at=instant(row.opened_at),
            at=instant(row.at),
            deadline=min((d.last for d in dates), default=None),
            light=_light(row.yellow, row.red, now.date()),
        )


def placed(title: Text, place: str, step: str) -> Text:
    """The title of a step with the items that its place names."""
    items = place.removeprefix(step)
    return Text(f"{title.zh} {items}", f"{title.en} {items}") if items else title


def _light(yellow: date | None, red: date | None, today: date) -> Light:
    if red is not None and red < today:
        return Light.RED
    return Light.YELLOW if yellow is not None and yellow < today else Light.GREEN


def _lit(light: Light, today: date) -> ColumnElement[bool]:
    # only open cases have such days; naming the status lets the index be used
    warned = and_(cases.c.status.in_([Status.OPEN, Status.SUSPENDED]), cases.c.yellow < today)
    match light:
        case Light.RED:
            return and_(warned, cases.c.red < today)
        case Light.YELLOW:
            return and_(warned, or_(cases.c.red.is_(None), cases.c.red >= today))
        case Light.GREEN:
            return or_(cases.c.yellow.is_(None), cases.c.yellow >= today)
