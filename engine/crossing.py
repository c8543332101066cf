"""Deciding a migration on the record of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jianban.engine.access import Actor
from jianban.engine.entries import Entry
from jianban.engine.fitting import (
    NOTHING_BACK,
    NOTHING_BACK_REMEDY,
    Carried,
    Fit,
    Problem,
    Told,
    unfit,
)
from jianban.engine.library import Library
from jianban.engine.migration import checked_mapping, migrate, undo
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import Decision
from jianban.engine.store.store import StoreError
from jianban.engine.tracing import past_of, traced
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.texts import Text


class Asking(Protocol):
    """What is asked: see `shell.Crossing`."""

    @property
    def to(self) -> Flow | None: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def reason(self) -> str: ...
    @property
    def mapping(self) -> Mapping[str, str | None]: ...


def crossing(
    library: Library,
    calendars: Callable[[str], WorkCalendar | None],
    old: Plan,
    calendar: WorkCalendar,
    ticked: Decision,
    entries: Sequence[Entry],
    asked: Asking,
    now: datetime,
) -> tuple[Flow, Carried] | Refusal:
    """The definition a case goes on under and what it becomes there; or why it does not.

    Args:
        ticked: the case when all that is due has happened, and the records of that.
        entries: what had happened before.

    Raises:
        JianbanError: the mapping names what is not there.
        StoreError: to undo a migration, the record was read anew, and does not follow from itself.
    """
    if not asked.reason.strip():
        return refuse(Rule.REASON, "reason", "migrate", title=TITLE)

    def plan(hash: str) -> Plan:
        return plan_of(library.by_hash(hash))

    if asked.to is None:
        try:
            found = traced(plan, entries, calendars)
        except ValueError as error:
            raise StoreError(BROKEN.format(why=error)) from None
        if not found.formers:
            return unfit([Problem(Fit.CANNOT, "", NOTHING_BACK, NOTHING_BACK_REMEDY)])
        former = found.formers[-1]
        told = Told(asked.actor, now, asked.reason)
        carried = undo(old, calendar, ticked.state, told, [*found.past, *ticked.records], former)
        new = former.plan
    else:
        new = plan_of(asked.to)
        told = Told(asked.actor, now, asked.reason, checked_mapping(old, new, asked.mapping))
        past = [*past_of(plan, entries), *ticked.records]
        carried = migrate(old, new, calendar, ticked.state, told, past)
    return carried if isinstance(carried, Refusal) else (new.flow, carried)


BROKEN = Text(
    "办理记录不能重演（{why}）。请用 verify 核验",
    "the record can't be replayed ({why}). Verify it with `verify`",
)
TITLE = Text("迁移到另一版本", "Migrate to another version")
