"""The shell around the pure core: commands in, decided one after another, written in one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from jianban.engine.asked import (
    Answer,
    Asked,
    CaseExists,
    Crossing,
    Delivery,
    Erasing,
    Event,
    Handing,
    KeyReused,
    Start,
    UnknownCase,
    Wake,
)
from jianban.engine.codec import microseconds, state_of
from jianban.engine.effects.port import Queue
from jianban.engine.library import Library
from jianban.engine.planning import plan_of
from jianban.engine.recent import Recent
from jianban.engine.refusals import Refusal
from jianban.engine.running import Done, Follower, Known, Running, next_due
from jianban.engine.seals import SALT
from jianban.engine.state import CaseState
from jianban.engine.store.store import Stored, StoreError, Work
from jianban.engine.tasks import standing
from jianban.engine.transaction import Transaction
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

__all__ = [
    "Answer", "Asked", "CaseExists", "Crossing", "Delivery", "Done", "Erasing", "Event", "Follower",
    "Handing", "KeyReused", "Running", "Shell", "Start", "Transaction", "UnknownCase", "Wake", "next_due",
]  # fmt: skip

LATER = timedelta(hours=1)
"""When to try again to wake a case that could not be."""


def new_salt() -> bytes:
    """Random bytes from this machine."""
    return os.urandom(SALT)


class Shell:
    """Decides commands on what a store has, and writes what follows."""

    def __init__(
        self,
        library: Library,
        calendar: WorkCalendar,
        cached: int,
        ids: Callable[[datetime], str],
        queue: Queue | None = None,
        salt: Callable[[], bytes] = new_salt,
    ) -> None:
        """
        Args:
            cached: how many decoded cases are kept.
            ids: gives the id of a case that another opens.
            queue: gets effects in the transaction they arise in; None leaves that to workers.
            salt: gives what seals personal data; nobody may be able to guess it.
        """
        self.salt = salt
        self.ids = ids
        self.library = library
        self.calendar = calendar
        self.queue = queue
        self.calendars: Callable[[str], WorkCalendar | None] = lambda revision: (
            self.calendar if revision == self.calendar.revision else None
        )
        """Gives the calendar of a revision."""
        self.followers: list[Follower] = []
        self._known: Recent[str, Known] = Recent(cached)

    def carry_out(self, work: Work, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        """Do commands in one transaction, each on what those before it did.

        Returns:
            For each its answer, what refuses it, or what is wrong with it; only answers change anything.

        Raises:
            Conflict: somebody else changed one of the cases meanwhile, and nothing may be kept.
        """
        shell: Any = self
        return Transaction(shell, work).carry_out(asked)

    def wake(self, work: Work, now: datetime, limit: int) -> list[Answer | Refusal | JianbanError]:
        """Let happen what is due by now, in the cases longest overdue first; a failing one is due later."""
        ids = work.due(microseconds(now), limit)
        answers = self.carry_out(work, [Wake(case=id, now=now) for id in ids])
        late = [id for id, answer in zip(ids, answers, strict=True) if not isinstance(answer, Answer)]
        if late:
            work.postpone(late, microseconds(now + LATER))
        return answers

    def state(self, case: Stored) -> tuple[Flow, CaseState]:
        """A case decoded, from those kept if it is among them.

        Raises:
            StoreError: its state or its definition cannot be read.
        """
        known = self.known(case)
        return known.flow, known.state

    def known(self, case: Stored) -> Known:
        known = self._known.get(case.id)
        if known is None or known.case.head != case.head:
            flow = self.library.by_hash(case.definition)
            plan = plan_of(flow)
            try:
                state = state_of(plan, case.state)
            except ValueError as error:
                raise StoreError(UNREADABLE.format(case=case.id, why=error)) from None
            calendar = self.calendars(state.memory.calendar) or self.calendar
            known = Known(case, flow, plan, state, standing(plan, calendar, state), None)
            self._known.put(case.id, known)
        return known

    def recent(self, id: str) -> Known | None:
        """A case as it was when it was last seen here."""
        return self._known.get(id)

    def keep(self, known: Known) -> None:
        self._known.put(known.case.id, known)


UNREADABLE = Text(
    "办件 {case} 的状态无法读取（{why}）。请使用写入它的或更新的程序版本",
    "the state of case {case} cannot be read ({why}). Use the version of this program that wrote it, or a"
    " later one",
)
