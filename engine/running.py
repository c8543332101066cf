"""A case in the course of one transaction: what is known of it, and what is new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from jianban.engine.codec import Written, microseconds
from jianban.engine.effects.rows import EffectRow
from jianban.engine.entries import Entry, Row
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.post import Awaited, awaited
from jianban.engine.seals import Personal
from jianban.engine.standing import Standing, rows_of
from jianban.engine.state import CaseState
from jianban.engine.store.store import Change, Stored, Work
from jianban.workflows.flow import Flow


class Known(NamedTuple):
    """A case decoded, as it was after an entry."""

    case: Stored
    """Its head stands for all that happened before, so that the same head means the same case."""
    flow: Flow
    plan: Plan
    state: CaseState
    standing: Standing
    written: Written | None


class Done(NamedTuple):
    """What followers are told of each entry."""

    plan: Plan
    before: CaseState | None
    state: CaseState
    case: Stored
    """As it is with the entry."""
    entry: Entry


Follower: TypeAlias = Callable[[Work, Sequence[Done]], None]
"""What else is written in the same transaction: effects, messages; called once for all its entries."""


class Running:
    """A case in the course of one transaction."""

    __slots__ = (
        "case",
        "effects",
        "entries",
        "erased",
        "first",
        "known",
        "personal",
        "standing",
        "state",
        "waits",
        "written",
    )

    def __init__(self, known: Known, state: CaseState | None) -> None:
        self.known = known
        self.first = known.case.seq
        self.case = known.case
        self.state = state
        self.standing = known.standing
        self.written = known.written
        self.entries: list[Row] = []
        self.personal: list[Personal] = []
        self.erased: list[str] = []
        self.effects: list[EffectRow] = []
        plan, waits = known.plan, frozenset()
        if state is not None and plan.talks:
            waits = awaited(plan, state, known.case.business_key)
        self.waits: frozenset[Awaited] = waits
        """The messages it is known to wait for."""

    def cross(self, flow: Flow) -> None:
        """Go on under another definition; what follows is written wholly."""
        self.case = self.case._replace(definition=flow.hash, process=flow.process.key)
        self.known = self.known._replace(flow=flow, plan=plan_of(flow))
        self.state = self.written = None

    def change(self) -> Change | None:
        """What is to be written of it; None when nothing is."""
        was, case = self.known.case, self.case
        if not self.entries and case.due == was.due:
            return None
        gone: Sequence[tuple[str, str, str]] = ()
        new: Sequence[tuple[str, str, str]] = ()
        if case.waiting != was.waiting:
            were, are = rows_of(was.waiting), rows_of(case.waiting)
            gone, new = [r for r in were if r not in are], [r for r in are if r not in were]
        dates = self.standing.nearest
        return Change(
            case,
            was if self.first else None,
            self.entries,
            self.effects,
            self.personal,
            self.erased,
            gone,
            new,
            dates if not self.first or dates != self.known.standing.nearest else None,
        )


def next_due(state: CaseState, at: datetime | None) -> int | None:
    """When the case must be woken next.

    Args:
        at: time has passed until then, and what is still due waits for an event, as a rule refuses it; None:
            what is due may happen now, since the case is no longer suspended, or has new data.
    """
    if state.memory.suspension is not None:
        return None
    due: datetime | None = None
    for token in state.tokens:
        if token.due is not None and (at is None or token.due > at) and (due is None or token.due < due):
            due = token.due
    return microseconds(due) if due is not None else None
