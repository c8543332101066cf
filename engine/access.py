"""Who may act: actors and their roles, roles bound in a case, who is responsible, separation of duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jianban.engine.delegation import Delegation, delegation_refusal
from jianban.engine.refusals import Refusal, Rule, listed, refuse
from jianban.engine.state import Done, Instance, Memory
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

MISSPELT = 0.8
"""How much a role must be like another to be taken for it; `tax_officer` and `fire_officer` are less so."""


@dataclass(frozen=True, slots=True, init=False)
class Actor:
    """A person who acts in cases."""

    id: str
    roles: frozenset[str]
    """Role ids; of somebody who acts for another, that person's."""
    under: Delegation | None
    """The delegation under which they act for another."""

    def __init__(self, id: str, roles: Iterable[str] = (), under: Delegation | None = None) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "roles", frozenset((roles,) if isinstance(roles, str) else roles))
        object.__setattr__(self, "under", under)

    @property
    def principal(self) -> str:
        """In whose name they act: their own, or that of the person who delegated."""
        return self.under.giver if self.under is not None else self.id

    @property
    def behalf(self) -> str | None:
        """The person for whom they act, when that is another."""
        return self.under.giver if self.under is not None else None

    @property
    def acting(self) -> tuple[str, str] | None:
        """For whom they act, and the id of the delegation."""
        return (self.under.giver, self.under.id) if self.under is not None else None


def acting_for(giver: Actor, delegation: Delegation) -> Actor:
    """The receiver of a delegation, acting for the giver with the giver's roles.

    Raises:
        ValueError: the delegation is another person's, or the giver acts for somebody: there are no chains.
    """
    if giver.under is not None:
        raise ValueError(f"{giver.id} acts for {giver.principal} and cannot delegate that further")
    if giver.id != delegation.giver:
        raise ValueError(f"the delegation {delegation.id} is one of {delegation.giver}, not of {giver.id}")
    return Actor(delegation.receiver, giver.roles, delegation)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What a resolver may know of the case in which somebody wants to act."""

    process: str
    """The id of its process."""
    now: datetime
    case: str | None = None
    """The id of the case; None while it is being opened."""
    business_key: str | None = None
    subject: str | None = None


class Resolver(Protocol):
    """The host's knowledge of its people."""

    def roles(self, actor: str, case: CaseView) -> Iterable[str]:
        """The roles that a person holds at that time, perhaps for this case or its place only."""
        ...


def resolved(resolver: Resolver, actor: str, case: CaseView, delegation: Delegation | None = None) -> Actor:
    """The actor with the roles the host gives: their own, or those of the person they act for.

    Raises:
        ValueError: the delegation was given to somebody else.
    """
    if delegation is None:
        return Actor(actor, resolver.roles(actor, case))
    if delegation.receiver != actor:
        raise ValueError(f"the delegation {delegation.id} was not given to {actor}")
    return acting_for(Actor(delegation.giver, resolver.roles(delegation.giver, case)), delegation)


def entitling(actor: Actor, roles: frozenset[str], memory: Memory) -> frozenset[str]:
    """Which of these roles the actor has in this case: one bound in it belongs to those bound to it alone."""
    if not memory.assignments:
        return roles & actor.roles
    bound = {role for role, _person in memory.assignments}
    own = {role for role, person in memory.assignments if person == actor.principal}
    return roles & ((actor.roles - bound) | own)


def freely(actor: Actor, roles: frozenset[str], memory: Memory) -> bool:
    """Whether somebody who acts for themselves has one of the roles, where nothing is any person's alone."""
    return (
        actor.under is None
        and not memory.assignments
        and memory.responsible is None
        and (not roles or not roles.isdisjoint(actor.roles))
    )


class Act(Protocol):
    """What access is asked with: see `admission.Asking`."""

    @property
    def process(self) -> str: ...
    @property
    def actor(self) -> Actor | None: ...
    @property
    def now(self) -> datetime: ...
    @property
    def memory(self) -> Memory: ...
    @property
    def kept(self) -> frozenset[str]:
        """The roles whose work stays with the person responsible."""
        ...


def role_refusal(
    act: Act,
    roles: frozenset[str],
    by: Sequence[Role],
    rule: str,
    title: Text,
    event: str,
    step: str | None = None,
    excused: bool = False,
) -> Refusal | None:
    """Why the actor may not do what is for these roles; no role means that anyone may.

    Args:
        excused: the person responsible may not do it themselves, so that another may.
    """
    actor = act.actor
    if actor is None:
        return None
    under, memory = actor.under, act.memory
    if under is not None:
        refusal = delegation_refusal(under, act.process, step, event, act.now, by, title)
        if refusal is not None:
            return refusal
    if not roles:
        return None
    having = entitling(actor, roles, memory)
    if under is not None:
        having &= {role.id for role in by if under.passes(role)}
    if not having:
        if actor.roles.isdisjoint(roles):
            needed, ids = listed(r.title for r in by), tuple(r.id for r in by)
            for role in sorted(actor.roles):
                if near := nearest(role, ids, MISSPELT):
                    return refuse(
                        Rule.ROLE, "near_role", rule, title=title, roles=needed, role=role, near=near, by=ids
                    )
            return refuse(Rule.ROLE, "role", rule, title=title, roles=needed, by=ids)
        bound = "、".join(person for role, person in memory.assignments if role in roles)
        return refuse(Rule.ASSIGNED, "assigned", rule, title=title, persons=bound)
    if memory.responsible not in (None, actor.principal) and having <= act.kept and not excused:
        return refuse(Rule.RESPONSIBLE, "responsible", rule, title=title, person=memory.responsible)
    return None


def done_by(
    persons: Iterable[str | None],
    instances: tuple[Instance, ...],
    nodes: frozenset[str],
    done: Sequence[Done],
) -> str | None:
    """The node, among these, that one of the persons was the last to do, or for whom it was done.

    Inside a list block, the steps of the same item count, and those outside the block.
    """
    known = set(persons) - {None}
    for d in done:
        shared = min(len(d.instances), len(instances))
        same = d.instances[:shared] == instances[:shared]
        if same and d.node in nodes and not known.isdisjoint((d.actor, d.behalf)):
            return d.node
    return None
