"""Whether something may happen now: conditions, roles, separation of duties, waits, counts, data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from jianban.engine.access import Actor, done_by, freely, role_refusal
from jianban.engine.clock import over
from jianban.engine.plan import ArcPlan, Condition, NodePlan, Plan
from jianban.engine.refusals import (
    Refusal,
    Rule,
    count_refusal,
    fault_refusal,
    field_titles,
    guard_refusal,
    listed,
    refuse,
)
from jianban.engine.state import CaseState, Instance, Memory, Token, Value
from jianban.engine.timers import period_end
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.expressions import EvaluationFault, missing_data
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import NO_BASIS
from jianban.workflows.texts import Text


class Asking(NamedTuple):
    """What an event is asked with."""

    plan: Plan
    calendar: WorkCalendar
    now: datetime
    actor: Actor | None
    """None when time fires it, or when who would act is left open."""
    data: tuple[Value, ...]
    """With what the event brings."""
    brought: tuple[Value, ...] | None
    """What it brings, in the order of the plan's fields, or `()`; None to leave that open."""
    memory: Memory

    @property
    def process(self) -> str:
        return self.plan.flow.process.id

    @property
    def kept(self) -> frozenset[str]:
        return self.plan.kept


def eligibility(plan: Plan, data: tuple[Value, ...]) -> Refusal | None:
    """Which of the conditions for applying are not met; the first carries the others.

    What is missing is told once, whatever number of them need it.
    """
    found: list[Refusal] = []
    missing: list[EvaluationFault] = []
    process = plan.flow.process
    for condition in plan.eligible:
        guard = condition.guard
        result = condition(data, ())
        if isinstance(result, EvaluationFault) and result.missing:
            missing.append(result)
        elif isinstance(result, EvaluationFault):
            found.append(fault_refusal(result, process.id, process.title, guard.basis))
        elif not result:
            said = guard.refusal or Text(guard.expression, guard.expression)
            found.append(
                refuse(Rule.ELIGIBILITY, "eligibility", process.id, basis=guard.basis, condition=said)
            )
    if missing:
        names = {name: None for fault in missing for name in fault.missing}
        fault = replace(missing[0], missing=tuple(name for name in plan.fields if name in names))
        found.append(fault_refusal(fault, process.id, process.title, NO_BASIS, plan.fields))
    return replace(found[0], others=tuple(found[1:])) if found else None


def admit(asking: Asking, token: Token, arcs: Sequence[ArcPlan]) -> ArcPlan | Refusal:
    """The first arc, of those of one event at a token, that may be taken; else what refuses the first."""
    first: Refusal | None = None
    for arc in arcs:
        refusal = _refusal(asking, token, arc)
        if refusal is None:
            return arc
        if first is None:
            first = refusal
    assert first is not None, "an event has at least one arc"
    return first


def _refusal(asking: Asking, token: Token, plan: ArcPlan) -> Refusal | None:
    arc, actor = plan.arc, asking.actor
    node = asking.plan.nodes[token.node]
    if actor is not None:
        apart = bool(node.apart) and plan.own
        if apart or not freely(actor, plan.roles, asking.memory):
            excused = apart and _set_apart(asking, node, token)
            refusal = role_refusal(
                asking, plan.roles, arc.by, arc.id, arc.title, arc.event, node.node.id, excused
            )
            if refusal is None and apart:
                refusal = separation_refusal(asking, node, token, actor)
            if refusal is not None:
                return refusal
    if arc.max is not None:
        refusal = count_refusal(arc, token.instances[: plan.depth], asking.memory)
        if refusal is not None:
            return refusal
    if arc.main:
        refusal = _main_refusal(asking, node, token)
        if refusal is not None:
            return refusal
    if plan.condition is None:
        return None
    return condition_refusal(asking, plan.condition, token.instances, arc.id, arc.title)


def condition_refusal(
    asking: Asking, condition: Condition, instances: tuple[Instance, ...], rule: str, title: Text
) -> Refusal | None:
    """Why a condition does not let `title` happen, naming every part of it that does not hold."""
    data = asking.data
    result = condition(data, instances)
    if isinstance(result, EvaluationFault):
        return fault_refusal(result, rule, title, condition.guard.basis, asking.plan.fields)
    if result:
        return None
    failing = tuple(part.guard for part in condition.parts if part(data, instances) is not True)
    return guard_refusal(condition.guard, rule, title, failing)


def _main_refusal(asking: Asking, node: NodePlan, token: Token) -> Refusal | None:
    """Why a step cannot be completed yet: its wait still runs, or data it collects is not brought."""
    step = node.node.step
    if step is None:
        return None
    if step.wait is not None and node.wait is not None:
        until = period_end(asking.calendar, node, token, asking.memory, node.wait, asking.data)
        if until is None:
            lacking = missing_data((list(asking.plan.fields)[node.wait.day or 0],))
            return fault_refusal(lacking, node.node.id, step.title, step.wait.basis, asking.plan.fields)
        if asking.now < over(until, token.since):
            return refuse(
                Rule.WAIT, "wait", node.node.id, basis=step.wait.basis, title=step.title, until=until
            )
    if asking.brought is not None and node.collects:
        brought = asking.brought
        missing = tuple(name for name, at in node.collects if not brought or brought[at] is None)
        if missing:
            names = field_titles(missing, asking.plan.fields)
            return refuse(
                Rule.DATA,
                "collects",
                node.node.id,
                basis=step.basis,
                title=step.title,
                names=names,
                missing=missing,
            )
    return None


def _set_apart(asking: Asking, node: NodePlan, token: Token) -> bool:
    """Whether the person responsible may not do a step, so that another has to."""
    memory = asking.memory
    return done_by((memory.responsible,), token.instances, node.apart, memory.done) is not None


def separation_refusal(asking: Asking, node: NodePlan, token: Token, actor: Actor) -> Refusal | None:
    persons = (actor.id, actor.behalf)
    other = done_by(persons, token.instances, node.apart, asking.memory.done)
    if other is None:
        return None
    basis = node.node.step.basis if node.node.step is not None else NO_BASIS
    other_title = asking.plan.nodes[other].node.title
    return refuse(
        Rule.SEPARATION, "separation", node.node.id, basis=basis, title=node.node.title, other=other_title
    )


def time_refusal(state: CaseState, now: datetime) -> Refusal | None:
    """Why a time cannot be the present of this case."""
    try:
        if state.at > now:
            return refuse(Rule.TIME, "time", "now", now=now.isoformat())
    except TypeError:
        return refuse(Rule.TIME, "zone", "now", now=str(now))
    return None


def place_refusal(
    plan: Plan, state: CaseState, event: str, at: str | None, places: Sequence[str] = ()
) -> Refusal:
    """Why an event finds no step to happen at: none at all, or not the one it is asked for.

    Args:
        places: where it may happen though it is no exit of a step.
    """
    events = {e: None for t in state.tokens for e in plan.nodes[t.node].exits}
    possible = Text("、".join(events) or "无", ", ".join(events) or "nothing")
    for token in state.tokens:
        if at not in (None, token.node, token.place):
            continue
        node = plan.nodes[token.node]
        if event in node.timed:
            arc = node.timed[event][0].arc
            return refuse(Rule.TIMER, "timer", arc.id, basis=arc.basis, title=arc.title)
        for message, arcs in node.received.items():
            arc = next((a.arc for a in arcs if a.arc.event == event), None)
            if arc is not None:
                return refuse(
                    Rule.MESSAGE, "by_message", arc.id, basis=arc.basis, title=arc.title, message=message
                )
    places = places or [t.place for t in state.tokens if event in plan.nodes[t.node].exits]
    if places:  # so that it was asked for at another
        there = listed(Text(place, place) for place in places)
        return refuse(Rule.PLACE, "elsewhere", event, event=event, at=at, places=there)
    if event in plan.events:
        return refuse(Rule.PLACE, "place", event, event=event, possible=possible)
    near = nearest(event, plan.events)
    if near is not None:
        return refuse(Rule.PLACE, "near_event", event, event=event, near=near)
    return refuse(Rule.PLACE, "unknown_event", event, event=event, possible=possible)


def step_refusal(plan: Plan, state: CaseState, at: str) -> Refusal | None:
    """Why a place is none of this process; None when it is one."""
    step = at.partition("[")[0]
    known = [node.id for node in plan.flow.steps]
    if step in known or at in plan.wholes:
        return None
    near = nearest(step, known)
    if near is not None:
        return refuse(Rule.PLACE, "near_step", step, step=step, near=near)
    places = listed(Text(t.place, t.place) for t in state.tokens if t.node in known)
    return refuse(Rule.PLACE, "no_step", step, step=step, places=places)


def ended(plan: Plan, state: CaseState) -> bool:
    return plan.nodes[state.tokens[0].node].kind is NodeKind.END
