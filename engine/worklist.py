"""The work list: what waits for whom, nearest day first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_

from jianban.engine.access import Actor, done_by
from jianban.engine.deadlines import Deadline, Light, deadlines, light
from jianban.engine.pages import Page, Row, check_limit, filled, read_cursor, stored, waiting
from jianban.engine.plan import NodePlan
from jianban.engine.shell import Shell
from jianban.engine.standing import WATCHING, Task, listed
from jianban.engine.state import Token
from jianban.engine.store.store import Status, Store, Stored
from jianban.engine.store.tables import tasks
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

LIST = "tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """A step that waits for somebody."""

    case: str
    process: str
    """`id@version`."""
    process_title: Text
    business_key: str | None
    subject: str | None
    status: Status
    place: str
    """What `fire(at=…)` takes to mean it."""
    step: str
    title: Text
    roles: tuple[Role, ...]
    """Who may act; empty for anyone."""
    persons: tuple[str, ...]
    """With whom alone it lies: the role is bound to them, or they are responsible for the case (首接负责)."""
    since: datetime
    deadlines: tuple[Deadline, ...]
    """All that it stands under, those of its stage and process too, nearest first."""
    light: Light

    @property
    def due(self) -> date | None:
        """The nearest of its days."""
        return self.deadlines[0].last if self.deadlines else None


class Worklist:
    def __init__(self, store: Store, shell: Shell, calendar: WorkCalendar) -> None:
        self.store = store
        self.shell = shell
        self.calendar = calendar

    def tasks(
        self,
        now: datetime,
        *,
        actor: Actor | None = None,
        role: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[TaskItem]:
        """What somebody, or those of a role, may work on.

        Args:
            actor: steps of their roles that are not another's alone, and those that are theirs alone; for
                somebody who acts under a delegation, what it covers of the giver's.
            role: whoever has it.

        Raises:
            JianbanError: not exactly one of actor and role is given, or the page is not one of this list.
        """
        if (actor is None) == (role is None):
            raise JianbanError(WHOSE)
        check_limit(limit)
        ranges = _of_actor(actor) if actor is not None else [tasks.c.role == role]
        start = read_cursor(LIST, after, (date, str, str))
        begin = Row(*start[:2]) if start is not None else None

        def found(after: Row | None, most: int) -> list[Row]:
            with self.store.reading() as connection:
                return waiting(connection, ranges, after or begin, most, inclusive=after is None)

        def shown(found: Sequence[Row]) -> Iterator[tuple[tuple[date, str, str], TaskItem]]:
            with self.store.reading() as connection:
                kept = stored(connection, (row.case for row in found))
            for row in found:
                case = kept.get(row.case)
                if case is None:
                    continue
                its = self.shell.known(case).standing.tasks
                wanted = (t for t in its if _wanted(t, actor, role) and listed(t, case.waiting) == row.due)
                for place in sorted({t.place for t in wanted}):
                    key = (row.due, row.case, place)
                    item = self._item(case, place, now, actor) if start is None or key > start else None
                    if item is not None:
                        yield key, item

        return filled(found, shown, LIST, limit)

    def _item(self, case: Stored, place: str, now: datetime, actor: Actor | None) -> TaskItem | None:
        """None when the case has gone on meanwhile, or when the step is not the actor's after all."""
        known = self.shell.known(case)
        token = next((t for t in known.state.tokens if t.place == place), None)
        if token is None:
            return None
        node = known.plan.nodes[token.node]
        roles = tuple(dict.fromkeys(r for arcs in node.exits.values() for arc in arcs for r in arc.arc.by))
        if actor is not None and not _concerns(actor, case, known.plan.flow.process.id, node, token, roles):
            return None
        memory = known.state.memory
        if actor is not None and done_by(
            (actor.id, actor.principal), token.instances, node.apart, memory.done
        ):
            return None
        theirs = sorted(
            (d for d in deadlines(known.plan, self.calendar, known.state, now) if binds(d, node, token)),
            key=lambda d: d.last,
        )
        return TaskItem(
            case=case.id,
            process=case.process,
            process_title=known.flow.process.title,
            business_key=case.business_key,
            subject=case.subject,
            status=Status(case.status),
            place=place,
            step=token.node,
            title=node.node.title,
            roles=roles,
            persons=persons(
                t for t in known.standing.tasks if t.place == place and not t.role.startswith(WATCHING)
            ),
            since=token.since,
            deadlines=tuple(theirs),
            light=light(theirs),
        )


def binds(deadline: Deadline, node: NodePlan, token: Token) -> bool:
    """Whether a step stands under a deadline: its own, or that of its stage or process."""
    around = token.instances[: len(deadline.instances)] == deadline.instances
    if deadline.whole is None:
        return deadline.step == token.node and around
    return around and any(w.key == deadline.whole for w in node.wholes)


def persons(found: Iterable[Task]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.person for t in found if t.person))


def _of_actor(actor: Actor) -> list[ColumnElement[bool]]:
    own = and_(tasks.c.person == actor.principal, tasks.c.person != "", ~tasks.c.role.startswith(WATCHING))
    return [own, *(and_(tasks.c.role == r, tasks.c.person == "") for r in sorted({"", *actor.roles}))]


def _wanted(task: Task, actor: Actor | None, role: str | None) -> bool:
    """Whether it is in one of the ranges."""
    if actor is None:
        return task.role == role
    if task.person:
        return task.person == actor.principal and not task.role.startswith(WATCHING)
    return task.role == "" or task.role in actor.roles


def _concerns(
    actor: Actor, case: Stored, process: str, node: NodePlan, token: Token, roles: Sequence[Role]
) -> bool:
    """Whether a step is within the delegation that somebody acts under; who acts for themselves has none."""
    under = actor.under
    if under is None:
        return True
    return (
        under.covers_case(case.id)
        and (not under.processes or process in under.processes)
        and (not under.steps or token.node in under.steps)
        and (not roles or any(under.passes(role) for role in roles))
        and (not under.events or not under.events.isdisjoint(node.exits))
    )


WHOSE = Text("请指明办理人或角色之一", "name the person or the role, one of them")
