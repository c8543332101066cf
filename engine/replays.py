"""Replaying a history: the state it leads to.

Conditions on the way are evaluated again, roles are not: who was allowed was decided when it happened.
"""

from __future__ import annotations

from collections.abc import Sequence

from jianban.engine import facts
from jianban.engine.anywhere import extend, resume, suspend, withdraw
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState, Record, RecordKind, Token
from jianban.workflows.calendar import WorkCalendar


def replay(plan: Plan, calendar: WorkCalendar, history: Sequence[Record]) -> CaseState:
    """Take a case through its history.

    Raises:
        ValueError: the history does not follow from its own events under this flow.
    """
    if [r.kind is RecordKind.OPENED for r in history] != [True] + [False] * (len(history) - 1):
        raise ValueError("record 0, and no other, is the opening of a case")
    state = CaseState(tokens=(), data=(), at=history[0].at)
    at = 0
    while at < len(history):
        try:
            decision = _again(plan, calendar, state, history[at]).decision()
        except (StopIteration, KeyError, Refusing):
            raise ValueError(f"record {at} cannot have happened here") from None
        following = at + len(decision.records)
        if tuple(history[at:following]) != decision.records:
            raise ValueError(f"what follows record {at} is not what it leads to")
        state, at = decision.state, following
    return state


def _again(plan: Plan, calendar: WorkCalendar, state: CaseState, record: Record) -> Moves:
    moves = Moves(plan, calendar, state, record.at, record.actor)
    brought, reason = record.data, record.reason
    if record.kind is RecordKind.OPENED:
        moves.data = brought
        moves.open(reason)
        return moves
    moves.data = facts.merged(state.data, brought)
    match record.kind:
        case RecordKind.FIRED | RecordKind.TIMED:
            node = plan.nodes[record.node]
            arcs = (*node.exits.get(record.event, ()), *node.timed.get(record.event, ()))
            arc = next(a for a in arcs if a.arc.target == record.target)
            moves.follow(_token(state, record), arc, record.kind, brought, reason)
        case RecordKind.WITHDRAWN:
            withdraw(moves, plan.anywhere[record.event], brought, reason)
        case RecordKind.SUSPENDED:
            suspend(moves, plan.anywhere[record.event], brought, reason)
        case RecordKind.RESUMED:
            resume(moves, record.event, brought, reason)
        case RecordKind.EXTENDED:
            extend(moves, _token(state, record), brought, reason)
        case RecordKind.WARNED | RecordKind.ESCALATED:
            token = _token(state, record)
            told = (t.told for t in plan.nodes[token.node].timers if t.event is None)
            moves.tell(token, next(told))
        case _:
            raise KeyError(record.kind)
    return moves


def _token(state: CaseState, record: Record) -> Token:
    return next(t for t in state.tokens if t.node == record.node and t.instances == record.instances)
