"""The pure core: (flow, state, command) → what happens, or which rule refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from jianban.engine import facts
from jianban.engine.access import Actor
from jianban.engine.admission import Asking, admit, eligibility, ended, place_refusal, time_refusal
from jianban.engine.anywhere import (
    EXTEND,
    anywhere_refusal,
    closed_refusal,
    extend,
    extendable,
    extenders,
    extension_refusal,
    other_refusal,
    resume,
    resume_refusal,
    suspend,
    withdraw,
)
from jianban.engine.clock import local
from jianban.engine.deadlines import recalendar
from jianban.engine.delegation import OPEN, delegation_refusal
from jianban.engine.limits import WholePlan
from jianban.engine.messages import Message, deliver
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import ArcPlan, Plan, TimerPlan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.responsibility import assign, assignment_refusal, hand_over
from jianban.engine.state import CaseState, Decision, Instance, Record, RecordKind, Token, Value
from jianban.engine.timers import timers_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.texts import Text

FIRED = RecordKind.FIRED
MAX_TIMERS = 10_000
"""Timers fired by one command; what is due beyond that fires with the next."""


class Open(NamedTuple):
    """Open a case; its state is None before."""

    actor: Actor
    now: datetime
    data: Mapping[str, Any] | None = None
    reason: str = ""
    assignments: Mapping[str, str | Sequence[str]] | None = None
    """Roles that belong to certain persons in this case. Without the applicant's among them, that role is
    bound to whoever opens the case as one: with that role, or with none at all."""


class Fire(NamedTuple):
    """Somebody's event."""

    event: str
    actor: Actor
    now: datetime
    data: Mapping[str, Any] | None = None
    at: str | None = None
    """The step, `opinion`, or `opinion[fire]` for an item of a list; needed when several could be meant."""
    reason: str = ""


class Deliver(NamedTuple):
    """A message that has come in; it reaches every place of the case that waits for it."""

    message: Message
    now: datetime
    at: str | None = None
    """The one place it is for, as with `Fire`."""


class Handover(NamedTuple):
    """Another person becomes responsible for the case (移交)."""

    to: Actor
    """With their roles: they need one of those whose work stays with the person responsible."""
    actor: Actor
    now: datetime
    reason: str


class Tick(NamedTuple):
    """Time has passed: let happen what is due, each at its own moment."""

    now: datetime


Command: TypeAlias = Open | Fire | Deliver | Handover | Tick


@cache
def china() -> WorkCalendar:
    """The calendar used unless another is given."""
    return WorkCalendar.china()


def decide(
    flow: Flow,
    state: CaseState | None,
    command: Command,
    calendar: WorkCalendar | None = None,
    former: Callable[[str], WorkCalendar | None] | None = None,
) -> Decision | Refusal:
    """What a command does to a case, or the rule that refuses it; a refused command changes nothing.

    What is due before an event happens before it: silence has accepted before a late refusal arrives. A case
    whose days another calendar has counted is counted by this one from here on, which is recorded first.

    Args:
        former: gives the calendar of a revision, to tell what moved.

    Raises:
        JianbanError: a condition of the flow cannot be understood, or a date leaves the years of the
        calendar.
        TypeError: the command needs an open case, or a case that is not open yet.
    """
    plan = plan_of(flow)
    calendar = calendar or china()
    if isinstance(command, Open) != (state is None):
        raise TypeError("a case is opened once, and then things happen in it")
    if isinstance(command, Open):
        return open_case(plan, calendar, command)
    assert state is not None
    return go_on(plan, state, command, calendar, former)


def go_on(
    plan: Plan,
    state: CaseState,
    command: Fire | Deliver | Handover | Tick,
    calendar: WorkCalendar,
    former: Callable[[str], WorkCalendar | None] | None = None,
) -> Decision | Refusal:
    """`decide` for a case that is open."""
    before: tuple[Record, ...] = ()
    if state.memory.calendar != calendar.revision and not ended(plan, state):
        old = former(state.memory.calendar) if former is not None else None
        counted = recalendar(plan, old, calendar, state, command.now)
        if isinstance(counted, Refusal):
            return counted
        before, state = counted
    if isinstance(command, Tick) or waits_for_time(state):
        ticked = tick(plan, calendar, state, command.now)
        if isinstance(ticked, Refusal):
            return ticked
        before += ticked.records
        state = ticked.state
    match command:
        case Fire():
            done = fire(plan, calendar, state, command)
        case Deliver():
            done = deliver(plan, calendar, state, command.message, command.now, command.at)
        case Handover():
            done = hand_over(plan, calendar, state, command.actor, command.to, command.now, command.reason)
        case Tick():
            return Decision(before, state)
    if isinstance(done, Refusal) or not before:
        return done
    return Decision(before + done.records, done.state)


def open_case(plan: Plan, calendar: WorkCalendar, command: Open) -> Decision | Refusal:
    now = local(command.now)
    given = facts.read(command.data or {}, plan.fields)
    if isinstance(given, Refusal):
        return given
    data = facts.initial(given, plan.fields)
    refusal = eligibility(plan, data)
    if refusal is not None:
        return refusal
    assigned = assignment_refusal(plan, command.assignments or {})
    if isinstance(assigned, Refusal):
        return assigned
    actor, role = command.actor, plan.applicant
    if actor.under is not None:
        start, title = plan.flow.root.initial, plan.flow.process.title
        by = (role,) if role is not None else ()
        refusal = delegation_refusal(actor.under, plan.flow.process.id, start, OPEN, now, by, title)
        if refusal is not None:
            return refusal
    applies = (
        role is not None and role.id not in dict(assigned) and (not actor.roles or role.id in actor.roles)
    )
    moves = Moves(plan, calendar, CaseState(tokens=(), data=data, at=now), now, actor.id, actor.acting)
    try:
        moves.open(command.reason, role.id if role is not None and applies else "")
    except Refusing as refusing:
        return refusing.refusal
    for id_, person in assigned:
        assign(moves, id_, person)
    return moves.decision()


def fire(plan: Plan, calendar: WorkCalendar, state: CaseState, command: Fire) -> Decision | Refusal:
    """Decide one event, with nothing due before it."""
    event, actor, now, at = command.event, command.actor, local(command.now), command.at
    nodes = plan.nodes
    refusal = time_refusal(state, now)
    if refusal is not None:
        return refusal
    candidates = [
        t
        for t in state.tokens
        if event in nodes[t.node].exits and (at is None or t.node == at or (t.instances and t.place == at))
    ]
    brought: tuple[Value, ...] = ()
    data = state.data
    if command.data:
        given = facts.read(command.data, plan.fields)
        if isinstance(given, Refusal):
            return given
        brought = tuple(given.get(name) for name in plan.fields)
        data = facts.merged(data, brought)
    asking = Asking(plan, calendar, now, actor, data, brought, state.memory)
    if not candidates or state.memory.suspension is not None:
        return _other(asking, state, command)
    admitted: list[tuple[Token, ArcPlan]] = []
    for token in candidates:
        answer = admit(asking, token, nodes[token.node].exits[event])
        if isinstance(answer, Refusal):
            if refusal is None:
                refusal = answer
        else:
            admitted.append((token, answer))
    if refusal is not None and not admitted:
        return refusal
    if len(admitted) > 1:
        return _ambiguous(event, [t.place for t, _arc in admitted])
    token, arc = admitted[0]
    moves = Moves(plan, calendar, state, now, actor.id, actor.acting)
    moves.data = data
    try:
        moves.follow(token, arc, FIRED, brought, command.reason)
    except Refusing as refusing:
        return refusing.refusal
    return moves.decision()


def waits_for_time(state: CaseState) -> bool:
    """Whether a timer runs."""
    return any(token.due is not None for token in state.tokens)


def tick(plan: Plan, calendar: WorkCalendar, state: CaseState, now: datetime) -> Decision | Refusal:
    """Fire the timers that are due, in order of their moments; one that a rule refuses stays due.

    What was held, by such a rule or by a suspension that stops no clock, happens when it no longer is.
    """
    now = local(now)
    refusal = time_refusal(state, now)
    if refusal is not None:
        return refusal
    records: list[Record] = []
    stuck: set[_Timer] = set()
    for _ in range(MAX_TIMERS):
        due = _due(plan, calendar, state, now, stuck)
        if due is None:
            break
        at, token, timer = due
        moves = Moves(plan, calendar, state, max(at, state.at), None)
        if timer.event is None:
            moves.tell(token, timer)
        elif not _expire(moves, token, timer.event):
            stuck.add((token.node, token.instances, timer))
            continue
        decision = moves.decision()
        records += decision.records
        state = decision.state
    return Decision(tuple(records), state)


_Timer: TypeAlias = tuple[str, tuple[Instance, ...], TimerPlan]


def _due(
    plan: Plan, calendar: WorkCalendar, state: CaseState, now: datetime, stuck: set[_Timer]
) -> tuple[datetime, Token, TimerPlan] | None:
    """The timer that is due first."""
    if state.memory.suspension is not None:
        return None
    due = [
        (at, token, timer)
        for token in state.tokens
        if token.due is not None and token.due <= now
        for at, timer in timers_of(plan, calendar, token, state.memory, state.data)
        if at <= now and (token.node, token.instances, timer) not in stuck
    ]
    return min(due, key=lambda d: d[0], default=None)


def _expire(moves: Moves, token: Token, event: str) -> bool:
    """Take the exit that time fires; False when a rule refuses it."""
    node = moves.plan.nodes[token.node]
    arcs = node.timed.get(event) or node.exits.get(event)
    if not arcs:
        return False
    asking = Asking(moves.plan, moves.calendar, moves.now, None, moves.data, None, moves.memory)
    arc = admit(asking, token, arcs)
    if isinstance(arc, Refusal):
        return False
    try:
        moves.follow(token, arc, RecordKind.TIMED)
    except Refusing:
        return False
    return True


def _other(asking: Asking, state: CaseState, command: Fire) -> Decision | Refusal:
    """An event that is no exit of a step here: withdrawal, suspension, resumption, extension, or none."""
    plan, event = asking.plan, command.event
    moves = Moves(plan, asking.calendar, state, asking.now, command.actor.id, command.actor.acting)
    moves.data = asking.data
    brought, reason = asking.brought or (), command.reason
    refusal = closed_refusal(plan, state, event)
    if refusal is not None:
        return refusal
    suspension = state.memory.suspension
    if event in plan.anywhere:
        anywhere = plan.anywhere[event]
        refusal = anywhere_refusal(asking, state, anywhere, reason)
        if refusal is None:
            withdrawn = anywhere.anywhere.kind is AnywhereKind.WITHDRAW
            (withdraw if withdrawn else suspend)(moves, anywhere, brought, reason)
    elif suspension is not None:
        refusal = resume_refusal(asking, plan.anywhere[suspension.by.event])
        if refusal is None:
            resume(moves, event, brought, reason)
    elif event == EXTEND:
        at = command.at
        every = list(extendable(plan, state.tokens))
        limits = [
            (token, whole)
            for token, whole in every
            if at is None or at in ((token.node, token.place) if whole is None else (whole.key,))
        ]
        if len(limits) > 1:
            return _ambiguous(event, _named(limits))
        if not limits:
            steps = (t for t in state.tokens if plan.nodes[t.node].kind is NodeKind.STEP)
            limits = [(t, None) for t in steps if at in (None, t.node, t.place)]
        if not limits:
            return place_refusal(plan, state, event, at, _named(every))
        token, whole = limits[0]
        by = extenders(plan, state.tokens, token, whole)
        refusal = extension_refusal(asking, token, whole, by, reason)
        if refusal is None:
            extend(moves, token, whole, brought, reason)
    else:
        return other_refusal(plan, state, event, command.at)
    return moves.decision() if refusal is None else refusal


def _named(limits: Iterable[tuple[Token, WholePlan | None]]) -> list[str]:
    return [token.place if whole is None else whole.key for token, whole in limits]


def _ambiguous(event: str, places: list[str]) -> Refusal:
    listed = Text("、".join(places), ", ".join(places))
    return refuse(Rule.AMBIGUOUS, "ambiguous", event, event=event, places=listed)
