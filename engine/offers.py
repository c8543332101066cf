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
    anywhere_refusal,
    closed_refusal,
    extension_refusal,
    resume_refusal,
)
from jianban.engine.clock import local
from jianban.engine.plan import ArcPlan, NodePlan, Plan
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.state import CaseState, Instance, Token
from jianban.engine.timers import limit_end, timers_of, whole_end
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import NO_BASIS, AnywhereKind, Basis, Role
from jianban.workflows.texts import Text


class OfferKind(StrEnum):
    EXIT = "exit"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"


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
    promised: date | None = None
    """The last day by promise."""
    refusal: Refusal | None = None
    """What refuses it now; None when it may happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that will happen by itself."""

    step: str
    instances: tuple[Instance, ...]
    event: str | None
    """The exit that fires; None when somebody is only told that a limit expired."""
    due: datetime


def offers(
    plan: Plan, calendar: WorkCalendar, state: CaseState, now: datetime, actor: Actor | None
) -> Iterator[Offer]:
    """The offers at each token in order, then those that concern the whole case.

    Args:
        actor: only what this actor's roles allow; None for everyone's.
    """
    if ended(plan, state):
        return
    asking = Asking(plan, calendar, local(now), actor, state.data, None, state.memory)
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is NodeKind.STEP:
            yield from _step_offers(asking, state, token, node)
    suspension = state.memory.suspension
    for event, anywhere in plan.anywhere.items():
        a = anywhere.anywhere
        kind = OfferKind.WITHDRAW if a.kind is AnywhereKind.WITHDRAW else OfferKind.SUSPEND
        refusal = closed_refusal(plan, state, event)
        if refusal is None:
            refusal = anywhere_refusal(asking, state, anywhere)
        offer = Offer(
            kind=kind,
            event=event,
            title=a.title,
            roles=a.by,
            reason_required=a.reason_required,
            refusal=refusal,
        )
        if _concerns(offer, actor):
            yield offer
        if suspension is not None and suspension.by.event == event and a.resume is not None:
            offer = Offer(
                kind=OfferKind.RESUME,
                event=a.resume,
                title=Text("恢复办理", "Resume"),
                roles=a.resume_by or a.by,
                refusal=resume_refusal(asking, anywhere),
            )
            if _concerns(offer, actor):
                yield offer


def timers(plan: Plan, calendar: WorkCalendar, state: CaseState) -> Iterator[Timer]:
    """What will happen by itself, in the order of tokens; nothing while the case is suspended."""
    if state.memory.suspension is not None:
        return
    for token in state.tokens:
        for due, timer in timers_of(plan, calendar, token, state.memory):
            yield Timer(step=token.node, instances=token.instances, event=timer.event, due=due)


def _step_offers(asking: Asking, state: CaseState, token: Token, node: NodePlan) -> Iterator[Offer]:
    step = node.node.step
    assert step is not None
    legal, promised = _deadlines(asking, token, node)
    last = legal or promised
    deadline = last.day if last is not None else None
    deadline_of = last.title if last is not None else None
    deadline_basis = last.basis if last is not None else NO_BASIS
    promised_day = promised.day if promised is not None else None
    found: list[Offer] = []
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
            found.append(
                Offer(
                    kind=OfferKind.EXIT,
                    event=event,
                    title=arc.arc.title,
                    roles=arc.arc.by,
                    step=token.node,
                    step_title=node.node.title,
                    instances=token.instances,
                    place=token.place,
                    main=main,
                    collects=collects,
                    deadline=deadline,
                    deadline_of=deadline_of,
                    deadline_basis=deadline_basis,
                    promised=promised_day,
                    refusal=refusal,
                )
            )
    if step.limit is not None and step.limit.extension is not None and EXTEND not in node.exits:
        found.append(
            Offer(
                kind=OfferKind.EXTEND,
                event=EXTEND,
                title=Text(f"延长“{step.title.zh}”的期限", f"Extend the limit of “{step.title.en}”"),
                roles=step.by,
                step=token.node,
                step_title=node.node.title,
                instances=token.instances,
                place=token.place,
                reason_required=True,
                deadline=deadline,
                deadline_of=deadline_of,
                deadline_basis=deadline_basis,
                promised=promised_day,
                refusal=extension_refusal(asking, token),
            )
        )
    yield from (offer for offer in found if _concerns(offer, asking.actor))


def _offered(arcs: tuple[ArcPlan, ...], actor: Actor | None) -> list[ArcPlan]:
    """One arc for each group of people among the guarded arcs of an event."""
    groups = {arc.roles: arc for arc in reversed(arcs)}
    return [arc for arc in arcs if groups[arc.roles] is arc]


def _concerns(offer: Offer, actor: Actor | None) -> bool:
    return actor is None or not offer.roles or any(r.id in actor.roles for r in offer.roles)


class _Last(NamedTuple):
    """The last day of a limit."""

    day: date
    title: Text
    basis: Basis


def _deadlines(asking: Asking, token: Token, node: NodePlan) -> tuple[_Last | None, _Last | None]:
    """The last day by law and the last by promise."""
    legal: list[_Last] = []
    promised: list[_Last] = []
    calendar, memory, now = asking.calendar, asking.memory, asking.now
    wholes = ((whole.limit, whole.title, whole) for whole in node.wholes)
    for limit, title, whole in ((node.limit, node.node.title, None), *wholes):
        if limit is None:
            continue
        for length, basis, found in (
            (limit.legal, limit.basis, legal),
            (limit.promised, limit.promised_basis, promised),
        ):
            if length is None:
                continue
            if whole is None:
                day = limit_end(calendar, node, token, memory, length, now)
            else:
                day = whole_end(calendar, node, whole, token, memory, length, now)
            found.append(_Last(day, title, basis))
    first, second = (min(found, key=lambda last: last.day, default=None) for found in (legal, promised))
    return first, second
