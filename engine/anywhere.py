"""What may happen in any state: withdrawal, suspension and resumption, and the extension of a limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.engine.access import role_refusal
from jianban.engine.admission import Asking, condition_refusal, place_refusal
from jianban.engine.clock import over
from jianban.engine.limits import WholePlan
from jianban.engine.moves import Moves
from jianban.engine.plan import AnywherePlan, Plan
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import CaseState, Mark, RecordKind, Stop, Suspension, Token, Value
from jianban.engine.timers import limit_end, marked, place_of
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

EXTEND = "extend"
"""The event that extends a limit once, where the law allows it."""
EXTENDING = Text("延长“{title}”的期限", "Extend the limit of “{title}”")


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


def extend(
    moves: Moves, token: Token, whole: WholePlan | None, brought: tuple[Value, ...], reason: str
) -> None:
    """Extend the limit of the step that a token stands at, or of a stage or process around it."""
    target = token.node if whole is None else whole.key
    moves.record(RecordKind.EXTENDED, token.node, EXTEND, target, token.instances, brought, reason)
    moves.extend(token, whole)


def extendable(plan: Plan, tokens: Sequence[Token]) -> Iterator[tuple[Token, WholePlan | None]]:
    """The limits that the law allows to extend: of steps, and each stage and process once."""
    seen: set[object] = set()
    for token in tokens:
        node = plan.nodes[token.node]
        if node.limit is not None and node.limit.extension is not None:
            yield token, None
        for whole in node.wholes:
            place = place_of(token, whole)
            if whole.limit.extension is not None and place not in seen:
                seen.add(place)
                yield token, whole


def extenders(plan: Plan, tokens: Sequence[Token], token: Token, whole: WholePlan | None) -> tuple[Role, ...]:
    """Who may extend a limit: whom it names, else those who do the step, or the steps that it binds now."""
    limit = plan.nodes[token.node].limit if whole is None else whole.limit
    if limit is not None and limit.extension_by:
        return limit.extension_by
    bound = [token]
    if whole is not None:
        place = place_of(token, whole)
        bound = [t for t in tokens if whole in plan.nodes[t.node].wholes and place_of(t, whole) == place]
    steps = (plan.nodes[t.node].node.step for t in bound)
    return tuple(dict.fromkeys(role for step in steps if step is not None for role in step.by))


def anywhere_refusal(
    asking: Asking, state: CaseState, plan: AnywherePlan, reason: str | None = None
) -> Refusal | None:
    """Why the case may not be withdrawn or suspended.

    Args:
        reason: None to leave open what reason is given.
    """
    anywhere = plan.anywhere
    if asking.actor is not None:
        event = anywhere.event
        refusal = role_refusal(asking, plan.roles, anywhere.by, event, anywhere.title, event)
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
    return condition_refusal(asking, plan.condition, (), anywhere.event, anywhere.title)


def resume_refusal(asking: Asking, plan: AnywherePlan) -> Refusal | None:
    anywhere = plan.anywhere
    if asking.actor is None:
        return None
    title = Text(f"恢复（{anywhere.title.zh}）", f"Resume ({anywhere.title.en})")
    by = anywhere.resume_by or anywhere.by
    event = anywhere.resume or anywhere.event
    return role_refusal(asking, plan.resume_roles, by, anywhere.event, title, event)


def extension_refusal(
    asking: Asking,
    token: Token,
    whole: WholePlan | None,
    by: tuple[Role, ...],
    reason: str | None = None,
) -> Refusal | None:
    """Why the limit of the step that a token stands at, or of a stage or process around it, is not extended.

    Args:
        by: who may extend it.
        reason: None to leave open what reason is given.
    """
    node = asking.plan.nodes[token.node]
    limit = node.limit if whole is None else whole.limit
    rule, title = (token.node, node.node.title) if whole is None else (whole.key, whole.title)
    if limit is None or limit.extension is None:
        return refuse(Rule.EXTENSION, "extension", rule, title=title)
    if asking.actor is not None:
        roles = frozenset(r.id for r in by)
        extending = EXTENDING.format(title=title)
        refusal = role_refusal(asking, roles, by, rule, extending, EXTEND, rule if whole is None else None)
        if refusal is not None:
            return refusal
    if marked(asking.memory, token, Mark.EXTENDED, whole):
        return refuse(Rule.EXTENSION, "extended", rule, basis=limit.basis, title=title)
    length = limit.legal or limit.promised
    if length is not None:
        last = limit_end(asking.calendar, node, token, asking.memory, length, whole, asking.now)
        if asking.now > over(last, token.since):
            return refuse(Rule.EXTENSION, "late", rule, basis=limit.basis, title=title, until=last)
    if reason is not None and not reason.strip():
        return refuse(Rule.REASON, "reason", rule, basis=limit.basis, title=title)
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


def other_refusal(plan: Plan, state: CaseState, event: str, at: str | None) -> Refusal:
    """Why an event that is neither an exit here nor allowed anywhere cannot happen."""
    if event in plan.resuming:
        return refuse(Rule.SUSPENDED, "not_suspended", event)
    return place_refusal(plan, state, event, at)
