"""What may happen next: for whom, by when, and what refuses it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
from jianban.engine.timers import limit_end, timers_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import AnywhereKind, Role
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
    """The last day of the legal limit of the step (of the promised one when the law sets none)."""
    promised: date | None = None
    """The last day of the promised limit."""
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
                    deadline=legal,
                    promised=promised,
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
                deadline=legal,
                promised=promised,
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


def _deadlines(asking: Asking, token: Token, node: NodePlan) -> tuple[date | None, date | None]:
    limit = node.limit
    if limit is None:
        return None, None
    ends = [
        limit_end(asking.calendar, node, token, asking.memory, length, asking.now) if length else None
        for length in (limit.legal, limit.promised)
    ]
    return ends[0] or ends[1], ends[1]
