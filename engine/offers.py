"""What may happen next: for whom, by when, and what refuses it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from jianban.engine.access import Actor
from jianban.engine.admission import Asking, admit, ended
from jianban.engine.anywhere import (
    EXTEND,
    EXTENDING,
    anywhere_refusal,
    closed_refusal,
    extendable,
    extenders,
    extension_refusal,
    resume_refusal,
)
from jianban.engine.clock import local
from jianban.engine.limits import WholePlan
from jianban.engine.plan import ArcPlan, NodePlan, Plan
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.responsibility import HANDOVER, TITLE, handover_refusal, responsible_for
from jianban.engine.state import CaseState, Instance, RecordKind, Token
from jianban.engine.timers import began, calendar_of, limit_end, timers_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.language.terms import NO_BASIS, Basis, Duration, Limit, Role
from jianban.workflows.texts import Text


class OfferKind(StrEnum):
    EXIT = "exit"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    HANDOVER = "handover"
    """Another person becomes responsible: the command `Handover`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One event that somebody may fire, or could but for a refusal."""

    kind: OfferKind
    event: str
    title: Text
    roles: tuple[Role, ...]
    """Who may fire it; empty for anyone."""
    step: str | None = None
    """The node id of the step; None for what concerns the whole case."""
    step_title: Text | None = None
    instances: tuple[Instance, ...] = ()
    place: str | None = None
    """What `fire(at=…)` takes to mean this one."""
    main: bool = False
    collects: tuple[str, ...] = ()
    """The data fields it must bring."""
    reason_required: bool = False
    deadline: date | None = None
    """The last day by law: the earliest that the limits of the step, its stage and the process end on; where
    the law sets none, the last day by promise."""
    deadline_of: Text | None = None
    """The step, stage or process whose limit that is."""
    deadline_basis: Basis = NO_BASIS
    deadline_provisional: bool = False
    """True while a notice of holidays still to come may move the deadline."""
    promised: date | None = None
    """The last day by promise."""
    responsible: str | None = None
    """The person with whom this work stays in this case (首接负责制); None for anyone of the roles."""
    refusal: Refusal | None = None
    """What refuses it now; None when it may happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that will happen by itself."""

    step: str
    instances: tuple[Instance, ...]
    event: str | None
    """The exit that fires; None when somebody is only told of a limit."""
    tells: RecordKind | None
    """How that is told; None when an exit fires."""
    whole: str | None
    """The key of the stage or process whose limit it is; None for the step's own."""
    due: datetime


def offers(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    now: datetime,
    actor: Actor | None,
    others: bool = False,
) -> Iterator[Offer]:
    """The offers at each token in order, then those that concern the whole case.

    Args:
        actor: only what this actor's roles allow; None for everyone's.
        others: what the actor's roles do not allow too, refused for that reason.
    """
    if ended(plan, state):
        return
    asking = Asking(plan, calendar, local(now), actor, state.data, None, state.memory)
    for offer in _every(asking, state):
        if others or _concerns(offer, asking):
            yield offer


def _every(asking: Asking, state: CaseState) -> Iterator[Offer]:
    plan = asking.plan
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is NodeKind.STEP:
            yield from _step_offers(asking, state, token, node)
    yield from _extensions(asking, state)
    yield from _handover(asking)
    suspension = state.memory.suspension
    for event, anywhere in plan.anywhere.items():
        a = anywhere.anywhere
        kind = OfferKind.WITHDRAW if a.kind is AnywhereKind.WITHDRAW else OfferKind.SUSPEND
        refusal = closed_refusal(plan, state, event)
        if refusal is None:
            refusal = anywhere_refusal(asking, state, anywhere)
        yield Offer(
            kind=kind,
            event=event,
            title=a.title,
            roles=a.by,
            reason_required=a.reason_required,
            refusal=refusal,
        )
        if suspension is not None and suspension.by.event == event and a.resume is not None:
            yield Offer(
                kind=OfferKind.RESUME,
                event=a.resume,
                title=Text("恢复办理", "Resume"),
                roles=a.resume_by or a.by,
                refusal=resume_refusal(asking, anywhere),
            )


def timers(plan: Plan, calendar: WorkCalendar, state: CaseState) -> Iterator[Timer]:
    """What will happen by itself, in the order of tokens; nothing while the case is suspended."""
    if state.memory.suspension is not None:
        return
    for token in state.tokens:
        for due, timer in timers_of(plan, calendar, token, state.memory, state.data):
            yield Timer(
                step=token.node,
                instances=token.instances,
                event=timer.event,
                tells=timer.record if timer.event is None else None,
                whole=timer.whole.key if timer.whole is not None else None,
                due=due,
            )


def _step_offers(asking: Asking, state: CaseState, token: Token, node: NodePlan) -> Iterator[Offer]:
    step = node.node.step
    assert step is not None
    legal, promised = _deadlines(asking, token, node)
    last = legal or promised
    deadline = last.day if last is not None else None
    deadline_of = last.title if last is not None else None
    deadline_basis = last.basis if last is not None else NO_BASIS
    promised_day = promised.day if promised is not None else None
    for event, arcs in node.exits.items():
        for arc in _offered(arcs, asking.actor):
            main = arc.arc.main
            collects = step.collects if main else ()
            refusal = closed_refusal(asking.plan, state, event)
            if refusal is None:
                answer = admit(asking, token, [a for a in arcs if a.roles == arc.roles])
                refusal = answer if isinstance(answer, Refusal) else None
            if refusal is not None and refusal.code is Rule.DATA and set(refusal.missing) <= set(collects):
                refusal = None  # the event brings what is missing
            yield Offer(
                kind=OfferKind.EXIT,
                event=event,
                title=arc.arc.title,
                roles=arc.arc.by,
                step=token.node,
                step_title=node.node.title,
                instances=token.instances,
                place=token.place,
                main=main,
                responsible=responsible_for(asking.plan, asking.memory, arc.roles),
                collects=collects,
                deadline=deadline,
                deadline_of=deadline_of,
                deadline_basis=deadline_basis,
                deadline_provisional=last is not None and last.provisional,
                promised=promised_day,
                refusal=refusal,
            )


def _extensions(asking: Asking, state: CaseState) -> Iterator[Offer]:
    """The limits that may be extended, each with its own last day."""
    plan = asking.plan
    for token, whole in extendable(plan, state.tokens):
        node = plan.nodes[token.node]
        if EXTEND in node.exits:
            continue
        limit, title = (node.limit, node.node.title) if whole is None else (whole.limit, whole.title)
        by = extenders(plan, state.tokens, token, whole)
        refusal = closed_refusal(plan, state, EXTEND)
        if refusal is None:
            refusal = extension_refusal(asking, token, whole, by)
        assert limit is not None, "only a limit is extended"
        legal, promised = _own(asking, token, node, limit, title, whole)
        last = legal or promised
        yield Offer(
            kind=OfferKind.EXTEND,
            event=EXTEND,
            title=EXTENDING.format(title=title),
            roles=by,
            step=token.node,
            step_title=node.node.title,
            instances=token.instances,
            place=token.place if whole is None else whole.key,
            reason_required=True,
            deadline=last.day if last is not None else None,
            deadline_of=title,
            deadline_basis=last.basis if last is not None else NO_BASIS,
            deadline_provisional=last is not None and last.provisional,
            promised=promised.day if promised is not None else None,
            refusal=refusal,
        )


def _offered(arcs: tuple[ArcPlan, ...], actor: Actor | None) -> list[ArcPlan]:
    """One arc for each group of people among the guarded arcs of an event."""
    groups = {arc.roles: arc for arc in reversed(arcs)}
    return [arc for arc in arcs if groups[arc.roles] is arc]


def _concerns(offer: Offer, asking: Asking) -> bool:
    actor = asking.actor
    if actor is None:
        return True
    if offer.kind is OfferKind.HANDOVER:
        return actor.principal == offer.responsible or any(r.id in actor.roles for r in offer.roles)
    if not offer.roles:
        return True
    bound = {role for role, person in asking.memory.assignments if person == actor.principal}
    return any(role.id in actor.roles or role.id in bound for role in offer.roles)


def _handover(asking: Asking) -> Iterator[Offer]:
    """That the person responsible, or who may besides, hands the case over."""
    actor, memory = asking.actor, asking.memory
    if memory.responsible is not None:
        yield Offer(
            kind=OfferKind.HANDOVER,
            event=HANDOVER,
            title=TITLE,
            roles=asking.plan.handover_by,
            reason_required=True,
            responsible=memory.responsible,
            refusal=handover_refusal(asking, actor) if actor is not None else None,
        )


class _Last(NamedTuple):
    """The last day of a limit."""

    day: date
    title: Text
    basis: Basis
    provisional: bool


def _deadlines(asking: Asking, token: Token, node: NodePlan) -> tuple[_Last | None, _Last | None]:
    """The last day by law and the last by promise: the earliest of the step, its stages and processes."""
    found = [_own(asking, token, node, w.limit, w.title, w) for w in node.wholes]
    if node.limit is not None:
        found.insert(0, _own(asking, token, node, node.limit, node.node.title, None))
    first, second = (
        min((last for last in lasts if last is not None), key=lambda last: last.day, default=None)
        for lasts in (zip(*found, strict=True) if found else ((), ()))
    )
    return first, second


def _own(
    asking: Asking, token: Token, node: NodePlan, limit: Limit, title: Text, whole: WholePlan | None
) -> tuple[_Last | None, _Last | None]:
    """The last day of one limit by law, and by promise."""
    own = calendar_of(asking.calendar, node, whole)
    start = began(node, token, asking.memory, whole).date()

    def last(length: Duration | None, basis: Basis) -> _Last | None:
        if length is None:
            return None
        day = limit_end(asking.calendar, node, token, asking.memory, length, whole, asking.now)
        return _Last(day, title, basis, not own.settled(start, day))

    return last(limit.legal, limit.basis), last(limit.promised, limit.promised_basis)
