"""Replaying a history: the state it leads to.

Conditions on the way are evaluated again, roles are not: who was allowed was decided when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jianban.engine import facts
from jianban.engine.anywhere import extend, resume, suspend, withdraw
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import ArcPlan, Plan
from jianban.engine.responsibility import assign, handover
from jianban.engine.state import CaseState, Record, RecordKind, Token
from jianban.workflows.calendar import WorkCalendar


def replay(
    plan: Plan,
    calendar: WorkCalendar | Callable[[str], WorkCalendar | None],
    history: Sequence[Record],
    state: CaseState | None = None,
) -> CaseState:
    """Take a case through its history.

    Args:
        calendar: the one that has counted its days all along, or what gives that of a revision.
        state: where the history goes on from; None when it begins with the opening of the case.

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
    at = 0
    while at < len(history):
        revision = history[at].calendar
        if revision and not isinstance(calendar, WorkCalendar):
            counting = calendar(revision)
        if counting is None or revision not in ("", counting.revision):
            raise ValueError(f"record {at} counts its days by the calendar {revision}, which is not given")
        try:
            decision = _again(plan, counting, state, history[at]).decision()
        except (StopIteration, KeyError, Refusing):
            raise ValueError(f"record {at} cannot have happened here") from None
        following = at + len(decision.records)
        if tuple(history[at:following]) != decision.records:
            raise ValueError(f"what follows record {at} is not what it leads to")
        state, at = decision.state, following
    return state


def _again(plan: Plan, calendar: WorkCalendar, state: CaseState, record: Record) -> Moves:
    under = (record.behalf, record.delegation) if record.behalf is not None else None
    moves = Moves(plan, calendar, state, record.at, record.actor, under, record.message)
    brought, reason = record.data, record.reason
    if record.kind is RecordKind.OPENED:
        moves.data = brought
        moves.open(reason, record.event)
        return moves
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
    return moves


def arc_of(plan: Plan, record: Record) -> ArcPlan:
    """The arc over which an event, a timer or a message moved a token.

    Raises:
        StopIteration: there is none.
    """
    node = plan.nodes[record.node]
    if record.kind is RecordKind.RECEIVED:
        arcs = [a for several in node.received.values() for a in several if a.arc.event == record.event]
    elif record.kind is RecordKind.FIRED:
        arcs = node.exits.get(record.event, ())
    else:
        arcs = (*node.timed.get(record.event, ()), *node.exits.get(record.event, ()))
    return next(a for a in arcs if a.arc.target == record.target)


def _token(state: CaseState, record: Record) -> Token:
    return next(t for t in state.tokens if t.node == record.node and t.instances == record.instances)
