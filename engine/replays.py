"""Replaying a history: the state it leads to.

Conditions on the way are evaluated again, roles are not: who was allowed was decided when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from jianban.engine import facts
from jianban.engine.anywhere import extend, resume, suspend, withdraw
from jianban.engine.fitting import UNDO, Former
from jianban.engine.matching import matching
from jianban.engine.migration import again, renamed
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import Plan
from jianban.engine.recollection import arc_of
from jianban.engine.responsibility import assign, handover
from jianban.engine.state import NOTED, CaseState, Decision, Record, RecordKind, Token, noted
from jianban.workflows.calendar import WorkCalendar

Seen: TypeAlias = Callable[[Plan, WorkCalendar, CaseState, Record], None]
"""Told of a record, the state before it, and the plan and calendar it happened under."""
Reached: TypeAlias = Callable[[int, Plan, CaseState], None]
"""Told of how many records have happened, and of the plan and state that they lead to."""


class Retraced(NamedTuple):
    """What a history leads to, and what of it a later migration must know."""

    plan: Plan
    state: CaseState
    past: list[Record]
    """What has happened, in the ids of the plan."""
    formers: tuple[Former, ...]
    """The migrations that are not undone, the last one last."""


def replay(
    plan: Plan,
    calendar: WorkCalendar | Callable[[str], WorkCalendar | None],
    history: Sequence[Record],
    state: CaseState | None = None,
    *,
    plans: Callable[[str], Plan] | None = None,
    past: Sequence[Record] = (),
) -> CaseState:
    """The state that a history leads to; see `retrace`."""
    return retrace(plan, calendar, history, state, plans=plans, past=past).state


def retrace(
    plan: Plan,
    calendar: WorkCalendar | Callable[[str], WorkCalendar | None],
    history: Sequence[Record],
    state: CaseState | None = None,
    *,
    plans: Callable[[str], Plan] | None = None,
    past: Sequence[Record] = (),
    seen: Seen | None = None,
    reached: Reached | None = None,
) -> Retraced:
    """Take a case through its history.

    Args:
        plan: the one under which the history begins.
        calendar: the one that has counted its days all along, or what gives that of a revision.
        state: where the history goes on from; None when it begins with the opening of the case.
        plans: gives that of the hash of a definition to which the case was migrated.
        past: what was before the history, in the ids of the plan.
        seen: is told of each thing that happened.
        reached: is told of each state on the way.

    Raises:
        ValueError: the history does not follow from its own events under this flow.
    """
    opening = [state is None and not at for at in range(len(history))]
    if [r.kind is RecordKind.OPENED for r in history] != opening or (state is None and not history):
        raise ValueError("record 0, and no other, is the opening of a case")
    counting = calendar if isinstance(calendar, WorkCalendar) else None
    if state is None:
        state = CaseState(tokens=(), data=(), at=history[0].at)
    elif not isinstance(calendar, WorkCalendar):
        counting = calendar(state.memory.calendar)
    past, formers = list(past), ()
    at = 0
    while at < len(history):
        revision = history[at].calendar
        if revision and not isinstance(calendar, WorkCalendar):
            counting = calendar(revision)
        if counting is None or revision not in ("", counting.revision):
            raise ValueError(f"record {at} counts its days by the calendar {revision}, which is not given")
        known = len(past)
        try:
            if history[at].kind is RecordKind.MIGRATED:
                traced = Retraced(plan, state, past, formers)
                plan, state, past, formers = _migrated(traced, counting, history[at], plans)
            else:
                decision = _again(plan, counting, state, history[at])
                if seen is not None:
                    seen(plan, counting, state, history[at])
                state = decision.state
                past += decision.records
        except (StopIteration, KeyError, Refusing):
            raise ValueError(f"record {at} cannot have happened here") from None
        following = at + len(past) - known
        if list(history[at:following]) != past[known:]:
            raise ValueError(f"what follows record {at} is not what it leads to")
        at = following
        if reached is not None:
            reached(at, plan, state)
    return Retraced(plan, state, past, formers)


def _migrated(
    traced: Retraced, calendar: WorkCalendar, record: Record, plans: Callable[[str], Plan] | None
) -> Retraced:
    """Under the definition that a record of a migration leads to."""
    old, state, past, formers = traced
    if record.former != old.flow.hash:
        raise ValueError("a migration from a definition that the case was not under")
    if record.event == UNDO:
        if not formers:
            raise ValueError("it undoes a migration that there was not")
        former, formers = formers[-1], formers[:-1]
        new = former.plan
        decision = again(old, new, calendar, state, record, past, former)
        since = renamed(past[len(former.past) :], matching(old, new, record.mapping))
        past = [*former.past, *since, *decision.records]
    else:
        found = plans(record.target) if plans is not None else None
        if found is None:
            raise ValueError(f"the definition {record.target} is not given")
        new = found
        decision = again(old, new, calendar, state, record, past, None)
        formers = (*formers, Former(old, state, decision.state, record.mapping, tuple(past)))
        past = [*renamed(past, matching(old, new, record.mapping)), *decision.records]
    if new.flow.hash != record.target:
        raise ValueError("it leads to another definition than it says")
    return Retraced(new, decision.state, past, formers)


def _again(plan: Plan, calendar: WorkCalendar, state: CaseState, record: Record) -> Decision:
    if record.kind in NOTED:
        return noted(state, record)
    under = (record.behalf, record.delegation) if record.behalf is not None else None
    moves = Moves(plan, calendar, state, record.at, record.actor, under, record.message)
    brought, reason = record.data, record.reason
    if record.kind is RecordKind.OPENED:
        moves.data = brought
        moves.open(reason, record.event)
        return moves.decision()
    moves.data = facts.merged(state.data, brought)
    match record.kind:
        case RecordKind.FIRED | RecordKind.TIMED | RecordKind.RECEIVED:
            arc = arc_of(plan, record)
            moves.follow(_token(state, record), arc, record.kind, brought, reason)
        case RecordKind.ASSIGNED:
            assign(moves, record.event, record.target)
        case RecordKind.HANDED_OVER:
            handover(moves, record.target, reason)
        case RecordKind.WITHDRAWN:
            withdraw(moves, plan.anywhere[record.event], brought, reason)
        case RecordKind.SUSPENDED:
            suspend(moves, plan.anywhere[record.event], brought, reason)
        case RecordKind.RESUMED:
            resume(moves, record.event, brought, reason)
        case RecordKind.EXTENDED:
            whole = plan.wholes[record.target] if record.target != record.node else None
            extend(moves, _token(state, record), whole, brought, reason)
        case RecordKind.WARNED | RecordKind.OVERDUE | RecordKind.ESCALATED:
            token = _token(state, record)
            whole = plan.wholes[record.event] if record.event else None
            timers = plan.nodes[token.node].timers
            timer = next(t for t in timers if t.mark and t.record is record.kind and t.whole == whole)
            moves.tell(token, timer)
        case RecordKind.RECALENDARED:
            moves.recalendar(record.calendar, record.moved)
        case _:
            raise KeyError(record.kind)
    return moves.decision()


def _token(state: CaseState, record: Record) -> Token:
    return next(t for t in state.tokens if t.node == record.node and t.instances == record.instances)
