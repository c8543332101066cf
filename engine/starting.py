"""Who may open a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from jianban.engine.access import MISSPELT, Actor
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Rule, listed, refuse
from jianban.workflows.flow import Flow
from jianban.workflows.language.spelling import nearest

WhoMayStart: TypeAlias = Callable[[Actor, Flow], bool]
"""Whether somebody may open a case of a process."""


def anybody(actor: Actor, flow: Flow) -> bool:
    """As where the public applies by itself."""
    return True


def with_role(actor: Actor, flow: Flow) -> bool:
    """Whoever has one of the roles of the process, so that nobody becomes the applicant by opening a case."""
    return not actor.roles.isdisjoint(plan_of(flow).roles)


def start_refusal(flow: Flow, actor: Actor, who_may_start: WhoMayStart) -> Refusal | None:
    """Why somebody may not open a case: the host says so, or their role is misspelt, so that it would be
    nobody's."""
    process, roles = flow.process, plan_of(flow).roles
    if actor.roles.isdisjoint(roles):
        for role in sorted(actor.roles):
            if near := nearest(role, roles, MISSPELT):
                title, ids = process.title, tuple(roles)
                known = listed(r.title for r in roles.values())
                return refuse(
                    Rule.ROLE, "near_role", process.id, title=title, roles=known, role=role, near=near, by=ids
                )
    if who_may_start(actor, flow):
        return None
    return refuse(Rule.ROLE, "start", process.id, title=process.title, person=actor.id, by=tuple(roles))
