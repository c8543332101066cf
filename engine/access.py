"""Who may act: actors, roles and separation of duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import Done, Instance
from jianban.workflows.language.model import Role
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, init=False)
class Actor:
    """A person who acts in cases."""

    id: str
    roles: frozenset[str]
    """Role ids."""

    def __init__(self, id: str, roles: Iterable[str] = ()) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "roles", frozenset((roles,) if isinstance(roles, str) else roles))


def role_refusal(
    actor: Actor, roles: frozenset[str], by: Sequence[Role], rule: str, title: Text
) -> Refusal | None:
    """Why the actor may not do what is for these roles; no role means that anyone may."""
    if not roles or not roles.isdisjoint(actor.roles):
        return None
    listed = Text("、".join(r.title.zh for r in by), ", ".join(r.title.en for r in by))
    return refuse(Rule.ROLE, "role", rule, title=title, roles=listed)


def done_by(
    actor: Actor, instances: tuple[Instance, ...], nodes: frozenset[str], done: Sequence[Done]
) -> str | None:
    """The node, among these, that the actor was the last to do; None when there is none.

    Inside a list block, the steps of the same item count, and those outside the block.
    """
    for d in done:
        shared = min(len(d.instances), len(instances))
        if d.node in nodes and d.actor == actor.id and d.instances[:shared] == instances[:shared]:
            return d.node
    return None
