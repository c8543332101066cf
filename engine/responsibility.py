"""Roles bound in a case, the person responsible for it (首接负责制), and its handover (移交)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jianban.engine.access import Actor, entitling
from jianban.engine.admission import Asking, ended, time_refusal
from jianban.engine.anywhere import closed_refusal
from jianban.engine.clock import local
from jianban.engine.delegation import delegation_refusal
from jianban.engine.moves import Moves
from jianban.engine.plan import Plan
from jianban.engine.refusals import Refusal, Rule, listed, refuse
from jianban.engine.state import CaseState, Decision, Memory, RecordKind
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

HANDOVER = "handover"
"""The event by which another person becomes responsible."""
TITLE = Text("移交办件", "Hand the case over")
NOBODY = Text("无", "nobody")


def assignment_refusal(
    plan: Plan, assignments: Mapping[str, str | Sequence[str]]
) -> tuple[tuple[str, str], ...] | Refusal:
    """The roles and the persons they are bound to, in order; or which role there is not."""
    found: list[tuple[str, str]] = []
    for role, persons in assignments.items():
        if role not in plan.roles:
            known = Text("、".join(plan.roles), ", ".join(plan.roles))
            return refuse(Rule.ASSIGNED, "unknown_role", role, role=role, known=known)
        found += [(role, person) for person in ([persons] if isinstance(persons, str) else persons)]
    return tuple(found)


def assign(moves: Moves, role: str, person: str) -> None:
    """Bind a role to a person, besides those it is bound to already."""
    moves.record(RecordKind.ASSIGNED, "", role, person)
    moves.remember(assignments=(*moves.memory.assignments, (role, person)))


def handover(moves: Moves, person: str, reason: str) -> None:
    moves.record(RecordKind.HANDED_OVER, "", HANDOVER, person, reason=reason)
    moves.remember(responsible=person)


def hand_over(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    actor: Actor,
    to: Actor,
    now: datetime,
    reason: str,
) -> Decision | Refusal:
    """Decide who is responsible from now on, also of a suspended case, with nothing due before it."""
    now = local(now)
    asking = Asking(plan, calendar, now, actor, state.data, None, state.memory)
    refusal = time_refusal(state, now)
    if refusal is None:
        refusal = closed_refusal(plan, state, "") if ended(plan, state) else None
    if refusal is None:
        refusal = handover_refusal(asking, actor, to, reason)
    if refusal is not None:
        return refusal
    moves = Moves(plan, calendar, state, now, actor.id, actor.acting)
    handover(moves, to.id, reason)
    return moves.decision()


def handover_refusal(
    asking: Asking, actor: Actor, to: Actor | None = None, reason: str | None = None
) -> Refusal | None:
    """Why the actor may not hand the case over.

    Args:
        to: None to leave open to whom.
        reason: None to leave open what reason is given.
    """
    plan, memory = asking.plan, asking.memory
    responsible = memory.responsible
    if responsible is None:
        return refuse(Rule.RESPONSIBLE, "no_responsible", HANDOVER)
    if actor.principal != responsible or actor.under is not None:
        by = plan.handover_by
        roles = listed((r.title for r in by), NOBODY)
        if not entitling(actor, frozenset(r.id for r in by), memory) and actor.principal != responsible:
            return refuse(Rule.RESPONSIBLE, "handover", HANDOVER, person=responsible, roles=roles)
        if actor.under is not None:
            acted = by if actor.principal != responsible else _kept(plan)
            refusal = delegation_refusal(
                actor.under, asking.process, None, HANDOVER, asking.now, acted, TITLE
            )
            if refusal is not None:
                return refusal
    if reason is not None and not reason.strip():
        return refuse(Rule.REASON, "reason", HANDOVER, title=TITLE)
    if to is None:
        return None
    if to.id == responsible:
        return refuse(Rule.RESPONSIBLE, "same_receiver", HANDOVER, person=responsible)
    if to.under is not None or not entitling(to, plan.kept, memory):
        kept = _kept(plan)
        roles, ids = listed(r.title for r in kept), tuple(r.id for r in kept)
        return refuse(Rule.ROLE, "receiver_role", HANDOVER, person=to.id, roles=roles, by=ids)
    return None


def responsible_for(plan: Plan, memory: Memory, roles: frozenset[str]) -> str | None:
    """Who alone does the work of these roles in this case; None when anyone who has one may."""
    return memory.responsible if roles and roles <= plan.kept else None


def _kept(plan: Plan) -> tuple[Role, ...]:
    return tuple(role for role in plan.roles.values() if role.id in plan.kept)
