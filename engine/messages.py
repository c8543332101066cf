"""Messages between cases and from outside: what a case waits for, and what a message brings.

Who delivers a message finds the cases by `waits_of`: a wait with a key is for messages with that key, one
without for those with the case's business key; a message without a key is for all that wait for its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from jianban.engine import facts
from jianban.engine.admission import Asking, admit, time_refusal
from jianban.engine.anywhere import closed_refusal
from jianban.engine.clock import local
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import ArcPlan, Plan
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import CaseState, Decision, Record, RecordKind, Token, Value
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.texts import Text


class Wait(NamedTuple):
    """A message that a case waits for at a place."""

    message: str
    """Its name."""
    place: str
    """What `Deliver(at=…)` takes to mean this one."""
    by_field: bool = False
    """True when `key` is the value of a field of the case; else its business key counts."""
    key: str | None = None
    """None also when that field has no value: then only a message without a key is meant."""

    def meant(self, key: str | None, business_key: str | None) -> bool:
        """Whether a message with this key is for the case that waits, which has this business key."""
        return key is None or key == (self.key if self.by_field else business_key)


class Message(NamedTuple):
    id: str
    """Unique; the record keeps it."""
    name: str
    key: str | None = None
    data: Mapping[str, Any] = {}

    def brought(self, plan: Plan, arc: ArcPlan, data: tuple[Value, ...]) -> tuple[Value, ...] | Refusal:
        """What it brings over an arc, in the order of the plan's fields; or why it is not for the case."""
        awaited = arc.arc.message
        assert awaited is not None, "the arc is one that a message causes"
        if awaited.key is not None and self.key is not None:
            own = dict(zip(plan.fields, data, strict=True))[awaited.key]
            if key_of(own) != self.key:
                return refuse(Rule.MESSAGE, "other_key", arc.arc.id, message=self.name, key=self.key)
        given = facts.read({field: self.data.get(name) for field, name in awaited.brings}, plan.fields)
        if isinstance(given, Refusal):
            return given
        return tuple(given.get(name) for name in plan.fields) if given else ()


def key_of(value: Value) -> str | None:
    """A value as a key: text as it is, dates in ISO form; a list, or nothing, is no key."""
    if value is None or isinstance(value, tuple):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def waits_of(plan: Plan, state: CaseState) -> tuple[Wait, ...]:
    """The messages a case waits for, in the order of tokens and exits; also while it is suspended, when
    they are refused and must be delivered again.
    """
    found: dict[Wait, None] = {}
    for token in state.tokens:
        for name, arcs in plan.nodes[token.node].received.items():
            for arc in arcs:
                field = arc.arc.message.key if arc.arc.message is not None else None
                if field is None:
                    found[Wait(name, token.place)] = None
                else:
                    value = dict(zip(plan.fields, state.data, strict=True))[field]
                    found[Wait(name, token.place, True, key_of(value))] = None
    return tuple(found)


def deliver(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    message: Message,
    now: datetime,
    at: str | None,
) -> Decision | Refusal:
    """Decide what a message leads to, with nothing due before it: it reaches every place that waits for it.

    Args:
        at: the one place it is for.
    """
    now = local(now)
    refusal = time_refusal(state, now)
    if refusal is None:
        refusal = closed_refusal(plan, state, "")
    if refusal is not None:
        return refusal
    records: list[Record] = []
    for token in state.tokens:
        arcs = plan.nodes[token.node].received.get(message.name, ())
        if not arcs or at not in (None, token.node, token.place):
            continue
        standing = _standing(state, token)
        if standing is None:
            continue
        answer = _received(plan, calendar, state, standing, arcs, message, now)
        if isinstance(answer, Refusal):
            refusal = answer if refusal is None else refusal
        else:
            records += answer.records
            state = answer.state
    if records:
        return Decision(tuple(records), state)
    return refusal if refusal is not None else message_refusal(plan, state, message)


def _standing(state: CaseState, token: Token) -> Token | None:
    """The token as it stands there now; what happened at another place may have moved it, or its dates."""
    return next((t for t in state.tokens if t.node == token.node and t.instances == token.instances), None)


def _received(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    token: Token,
    arcs: Sequence[ArcPlan],
    message: Message,
    now: datetime,
) -> Decision | Refusal:
    """What a message does at one place: it takes the first of the arcs that may be taken."""
    first: Refusal | None = None
    for arc in arcs:
        answer = message.brought(plan, arc, state.data)
        if not isinstance(answer, Refusal):
            data = facts.merged(state.data, answer)
            asking = Asking(plan, calendar, now, None, data, answer, state.memory)
            admitted = admit(asking, token, [arc])
            if not isinstance(admitted, Refusal):
                moves = Moves(plan, calendar, state, now, None, message=message.id)
                moves.data = data
                try:
                    moves.follow(token, arc, RecordKind.RECEIVED, answer)
                except Refusing as refusing:
                    return refusing.refusal
                return moves.decision()
            answer = admitted
        first = answer if first is None else first
    assert first is not None, "a message that is waited for has at least one arc"
    return first


def message_refusal(plan: Plan, state: CaseState, message: Message) -> Refusal:
    """Why a message finds no place that waits for it."""
    names = dict.fromkeys(w.message for w in waits_of(plan, state))
    possible = Text("、".join(names) or "无", ", ".join(names) or "nothing")
    return refuse(Rule.MESSAGE, "not_awaited", message.name, message=message.name, possible=possible)
