"""What may happen in any state: withdrawal, suspension and resumption, and the extension of a limit."""

from __future__ import annotations

from jianban.engine.access import role_refusal
from jianban.engine.admission import Asking, condition_refusal, place_refusal
from jianban.engine.clock import over
from jianban.engine.moves import Moves
from jianban.engine.plan import AnywherePlan, Plan
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import CaseState, Mark, RecordKind, Stop, Suspension, Token, Value
from jianban.engine.timers import limit_end, marked
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.texts import Text

EXTEND = "extend"
"""The event that extends a step's limit once, where the law allows it."""


def withdraw(moves: Moves, plan: AnywherePlan, brought: tuple[Value, ...], reason: str) -> None:
    root = next(t for t in moves.tokens if t.node in moves.plan.flow.root.nodes)
    moved = Token(root.node, moves.now)
    assert plan.trigger is not None, "withdrawals have a transition in the root machine"
    plan.trigger(moved)
    moves.tokens[moves.tokens.index(root)] = moved
    event = plan.anywhere.event
    moves.record(RecordKind.WITHDRAWN, root.node, event, moved.node, brought=brought, reason=reason)
    moves.finish(moved)


def suspend(moves: Moves, plan: AnywherePlan, brought: tuple[Value, ...], reason: str) -> None:
    moves.remember(suspension=Suspension(by=plan.anywhere, since=moves.now))
    moves.record(RecordKind.SUSPENDED, "", plan.anywhere.event, "", brought=brought, reason=reason)


def resume(moves: Moves, event: str, brought: tuple[Value, ...], reason: str) -> None:
    """Resume a suspended case and let its clocks run on."""
    suspension = moves.memory.suspension
    assert suspension is not None, "only a suspended case is resumed"
    stops = moves.memory.stops
    if suspension.by.stops_clock:
        stops = (*stops, Stop(start=suspension.since, end=moves.now))
    moves.remember(suspension=None, stops=stops)
    moves.record(RecordKind.RESUMED, "", event, "", brought=brought, reason=reason)
    moves.retime(tuple(moves.tokens))


def extend(moves: Moves, token: Token, brought: tuple[Value, ...], reason: str) -> None:
    """Extend the limit of the step that a token stands at."""
    moves.record(RecordKind.EXTENDED, token.node, EXTEND, token.node, token.instances, brought, reason)
    moves.mark(token, Mark.EXTENDED)


def anywhere_refusal(
    asking: Asking, state: CaseState, plan: AnywherePlan, reason: str | None = None
) -> Refusal | None:
    """Why the case may not be withdrawn or suspended.

    Args:
        reason: None to leave open what reason is given.
    """
    anywhere = plan.anywhere
    if asking.actor is not None:
        refusal = role_refusal(asking.actor, plan.roles, anywhere.by, anywhere.event, anywhere.title)
        if refusal is not None:
            return refusal
    for token in state.tokens:
        if token.node in anywhere.except_at:
            step = asking.plan.nodes[token.node].node.title
            return refuse(
                Rule.EXCEPTED,
                "excepted",
                anywhere.event,
                basis=anywhere.basis,
                title=anywhere.title,
                step=step,
            )
    if anywhere.reason_required and reason is not None and not reason.strip():
        return refuse(Rule.REASON, "reason", anywhere.event, basis=anywhere.basis, title=anywhere.title)
    if plan.condition is None:
        return None
    return condition_refusal(plan.condition, asking.data, (), anywhere.event, anywhere.title)


def resume_refusal(asking: Asking, plan: AnywherePlan) -> Refusal | None:
    anywhere = plan.anywhere
    if asking.actor is None:
        return None
    title = Text(f"恢复（{anywhere.title.zh}）", f"Resume ({anywhere.title.en})")
    by = anywhere.resume_by or anywhere.by
    return role_refusal(asking.actor, plan.resume_roles, by, anywhere.event, title)


def extension_refusal(asking: Asking, token: Token, reason: str | None = None) -> Refusal | None:
    """Why the limit of the step that a token stands at may not be extended.

    Args:
        reason: None to leave open what reason is given.
    """
    node = asking.plan.nodes[token.node].node
    step = node.step
    limit = step.limit if step is not None else None
    if step is None or limit is None or limit.extension is None:
        return refuse(Rule.EXTENSION, "extension", node.id, title=node.title)
    if asking.actor is not None:
        roles = frozenset(r.id for r in step.by)
        refusal = role_refusal(asking.actor, roles, step.by, node.id, node.title)
        if refusal is not None:
            return refusal
    if marked(asking.memory, token, Mark.EXTENDED):
        return refuse(Rule.EXTENSION, "extended", node.id, basis=limit.basis, title=node.title)
    length = limit.legal or limit.promised
    if length is not None:
        last = limit_end(asking.calendar, asking.plan.nodes[token.node], token, asking.memory, length)
        if asking.now > over(last, token.since):
            return refuse(Rule.EXTENSION, "late", node.id, basis=limit.basis, title=node.title, until=last)
    if reason is not None and not reason.strip():
        return refuse(Rule.REASON, "reason", node.id, basis=limit.basis, title=node.title)
    return None


def closed_refusal(plan: Plan, state: CaseState, event: str) -> Refusal | None:
    """Why nothing but a resumption or withdrawal can happen in an ended or suspended case."""
    first = plan.nodes[state.tokens[0].node]
    if first.kind is NodeKind.END:
        return refuse(Rule.ENDED, "ended", first.node.id, end=first.node.title)
    suspension = state.memory.suspension
    if suspension is None or event == suspension.by.resume:
        return None
    withdrawal = plan.anywhere.get(event)
    if withdrawal is not None and withdrawal.anywhere.kind is AnywhereKind.WITHDRAW:
        return None
    return refuse(
        Rule.SUSPENDED, "suspended", suspension.by.event, basis=suspension.by.basis, title=suspension.by.title
    )


def other_refusal(plan: Plan, state: CaseState, event: str) -> Refusal:
    """Why an event that is neither an exit here nor allowed anywhere cannot happen."""
    if event in plan.resuming:
        return refuse(Rule.SUSPENDED, "not_suspended", event)
    return place_refusal(plan, state, event)
