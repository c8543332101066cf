"""Delegations as they are kept."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, select

from jianban.engine.access import Actor
from jianban.engine.codec import instant, microseconds
from jianban.engine.delegation import Delegation, DelegationKind
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.store.store import Work
from jianban.engine.store.tables import delegations

SCOPES = ("roles", "processes", "cases", "steps", "events")


class Given(NamedTuple):
    """A delegation with how it came about, and how it was revoked."""

    delegation: Delegation
    at: datetime
    by: str
    reason: str
    revoked_by: str | None
    revoked_reason: str | None


def in_force(work: Work, actor: Actor, case: str | None) -> Actor | Refusal:
    """Who acts for another, under the delegation as it is kept: it may have been revoked meanwhile. One that
    is not kept is the host's own, and holds as it is given.

    Args:
        case: None when one is being opened.
    """
    under = actor.under
    assert under is not None
    work.begin()
    known = find_delegation(work.connection, under.id)
    if known is not None:
        under = known.delegation
        if (under.receiver, under.giver) != (actor.id, actor.principal):
            return refuse(Rule.DELEGATION, "delegation_case", under.id, giver=under.giver)
    if under.cases and (case is None or case not in under.cases):
        return refuse(Rule.DELEGATION, "delegation_case", under.id, giver=under.giver)
    return Actor(actor.id, actor.roles, under)


def find_delegation(connection: Connection, id: str) -> Given | None:
    query = select(delegations).where(delegations.c.id == id)
    row = connection.execute(query).mappings().one_or_none()
    return given_of(row) if row is not None else None


def given_of(row: RowMapping) -> Given:
    plain: dict[str, Any] = json.loads(row["body"])
    delegation = Delegation(
        id=plain["id"],
        giver=plain["giver"],
        receiver=plain["receiver"],
        start=instant(plain["start"]),
        end=instant(plain["end"]),
        kind=DelegationKind(plain["kind"]),
        agency=plain["agency"],
        revoked=instant(row["revoked_at"]) if row["revoked_at"] is not None else None,
        **{scope: frozenset(plain[scope]) for scope in SCOPES},
    )
    revoked = (row["revoked_by"], row["revoked_reason"])
    return Given(delegation, instant(row["given_at"]), row["given_by"], row["reason"], *revoked)


def plain_delegation(delegation: Delegation) -> dict[str, Any]:
    """What is kept of it from the start; that it was revoked is added beside it."""
    return {
        "id": delegation.id,
        "giver": delegation.giver,
        "receiver": delegation.receiver,
        "start": microseconds(delegation.start),
        "end": microseconds(delegation.end),
        "kind": delegation.kind.value,
        "agency": delegation.agency,
        **{scope: sorted(getattr(delegation, scope)) for scope in SCOPES},
    }
