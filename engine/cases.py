"""Cases by what they are and where they stand, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select, union

from jianban.engine.codec import instant
from jianban.engine.deadlines import Light
from jianban.engine.pages import Page, check_limit, cursor, read_cursor, roles_of, versions
from jianban.engine.plan import plan_of
from jianban.engine.shell import Shell
from jianban.engine.standing import WATCHING
from jianban.engine.store.store import Status, Store, Stored
from jianban.engine.store.tables import cases, tasks
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

LIST = "cases"
COLUMNS = ("status", "process", "end", "subject", "business_key")
STANDING = ("step", "role", "agency")
GROUPS = (*COLUMNS, "light", *STANDING)
"""What cases can be counted by."""


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
    opened_at: datetime
    at: datetime
    """When something last happened."""
    deadline: date | None
    """The nearest of its days, the end of a waiting period too."""
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    by: Mapping[str, str | None]
    """The value of each thing counted by."""
    count: int


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
            for condition in self._ranges(connection, wanted):
                part = select(cases.c.id).where(condition, *self._rest(connection, wanted, today))
                part = part.order_by(cases.c.id).limit(limit + 1)
                if read is not None:
                    part = part.where(cases.c.id > read[0])
                parts.append(select(part.subquery()))
            if not parts:
                return Page((), None)
            both = union(*parts).subquery()
            ids = connection.execute(select(both).order_by(both.c.id).limit(limit + 1)).scalars().all()
            items = self._items(connection, ids[:limit], today)
        return Page(items, cursor(LIST, [ids[limit - 1]]) if len(ids) > limit else None)

    def count(self, now: datetime, wanted: Filter, by: Sequence[str] = ()) -> list[Count]:
        """How many cases there are, for each value of what is counted by.

        A case that stands at several steps counts at each.

        Args:
            by: any of `GROUPS`; an empty sequence counts all together.

        Raises:
            JianbanError: there is nothing of that name to count by.
        """
        for name in by:
            if name not in GROUPS:
                raise JianbanError(NO_GROUP.format(name=name, known=", ".join(GROUPS)))
        today = now.date()
        standing = [name for name in by if name in STANDING]
        columns = [_group(name, today).label(f"by_{name}") for name in by if name not in STANDING]
        if standing:
            columns += [cases.c.definition, cases.c.steps]
        with self.store.reading() as connection:
            ranges = self._ranges(connection, wanted)
            if not ranges:
                return [] if by else [Count(by={}, count=0)]
            where = [or_(*ranges), *self._rest(connection, wanted, today)]
            query: Any = select(*columns, func.count()).select_from(cases).where(*where)
            if columns:
                query = query.group_by(*columns)
            found: Counter[tuple[str | None, ...]] = Counter()
            for *values, number in connection.execute(query):
                if not standing:
                    found[tuple(values)] += number
                    continue
                *others, definition, steps = values
                for each in self._standing_at(definition, steps, standing):
                    rest = iter(others)
                    found[tuple(each[n] if n in each else next(rest) for n in by)] += number
        counted = sorted(found.items(), key=lambda i: [(value is not None, value or "") for value in i[0]])
        return [Count(by=dict(zip(by, values, strict=True)), count=n) for values, n in counted]

    def _standing_at(
        self, definition: str, steps: str, names: Sequence[str]
    ) -> Iterable[Mapping[str, str | None]]:
        """The step, the role and its agency that cases at these steps count for, each once."""
        plan = plan_of(self.shell.library.by_hash(definition))
        found: dict[tuple[str | None, ...], Mapping[str, str | None]] = {}
        for step in steps.split():
            for role in dict.fromkeys(r.removeprefix(WATCHING) for r in plan.nodes[step].waiting):
                known = plan.roles.get(role)
                its = {"step": step, "role": role, "agency": known.agency.id if known is not None else None}
                found[tuple(its[name] for name in names)] = {name: its[name] for name in names}
        return found.values()

    def _ranges(self, connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
        """Conditions that an index answers in the order of ids; of every case wanted, one of them holds."""
        statuses = [wanted.status] if wanted.status is not None else list(Status)
        if wanted.process is not None:
            return [
                and_(cases.c.process == process, cases.c.status == status)
                for process in versions(connection, wanted.process)
                for status in statuses
            ]
        return [cases.c.status == wanted.status] if wanted.status is not None else [cases.c.id > ""]

    def _rest(self, connection: Connection, wanted: Filter, today: date) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if wanted.subject is not None:
            found.append(cases.c.subject == wanted.subject)
        if wanted.business_key is not None:
            found.append(cases.c.business_key == wanted.business_key)
        if wanted.light is not None:
            found.append(_lit(wanted.light, today))
        if wanted.step is not None:
            found.append((literal(" ") + cases.c.steps + " ").contains(f" {wanted.step} ", autoescape=True))
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

    def _items(self, connection: Connection, ids: Sequence[str], today: date) -> tuple[CaseItem, ...]:
        rows = {row.id: row for row in connection.execute(select(cases).where(cases.c.id.in_(ids)))}
        return tuple(self._item(rows[id], today) for id in ids if id in rows)

    def _item(self, row: Any, today: date) -> CaseItem:
        known = self.shell.known(Stored._make(getattr(row, name) for name in Stored._fields))
        flow, nodes = known.flow, known.plan.nodes
        standing = sorted((t.since, t.place) for t in known.state.tokens if nodes[t.node].waiting)
        return CaseItem(
            id=row.id,
            process=row.process,
            process_title=flow.process.title,
            business_key=row.business_key,
            subject=row.subject,
            status=Status(row.status),
            end=row.end,
            end_title=flow.nodes[row.end].title if row.end is not None else None,
            places=tuple(place for _since, place in standing),
            opened_at=instant(row.opened_at),
            at=instant(row.at),
            deadline=row.deadline,
            light=_light(row.yellow, row.red, today),
        )


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


def _group(name: str, today: date) -> ColumnElement[Any]:
    match name:
        case "light":
            return case(
                (cases.c.red < today, Light.RED.value),
                (cases.c.yellow < today, Light.YELLOW.value),
                else_=Light.GREEN.value,
            )
        case _:
            return cases.c[name]


NO_GROUP = Text(
    "不能按“{name}”统计。可用的有：{known}", "there is no counting by “{name}”. There is: {known}"
)
