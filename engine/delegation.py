"""Acting for another person: delegation (授权委托) and substitution (替班) within an agency.

A delegation is a value that the host or the store keeps; here is what it allows. Who receives one acts with
the giver's own roles, never with what the giver holds from another delegation: there are no chains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

OPEN = "open"
"""The event under which a delegation covers the opening of a case."""


class NotHolding(JianbanError, ValueError):
    """A delegation that could not hold."""


class DelegationKind(StrEnum):
    DELEGATION = "delegation"
    """The giver empowers somebody, e.g. by an electronic licence (电子营业执照)."""
    SUBSTITUTION = "substitution"
    """A stand-in for somebody who is absent, within one agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Who may act for whom, in what, and until when. An empty scope limits nothing."""

    id: str
    giver: str
    receiver: str
    start: datetime
    end: datetime
    """From then on it is over; every delegation ends."""
    kind: DelegationKind = DelegationKind.DELEGATION
    agency: str | None = None
    """For a substitution, the id of the agency in whose roles the receiver stands in."""
    roles: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    """Ids of processes, in any version."""
    cases: frozenset[str] = frozenset()
    """Ids of cases; checked by whoever knows them, with `covers_case`."""
    steps: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    revoked: datetime | None = None
    """From when on it no longer holds."""

    def __post_init__(self) -> None:
        """
        Raises:
            NotHolding: it is to oneself, ends before it starts, or is a stand-in's without agency.
        """
        if self.giver == self.receiver:
            raise NotHolding(TO_ONESELF)
        if self.end <= self.start:
            raise NotHolding(ENDS_FIRST)
        if (self.kind is DelegationKind.SUBSTITUTION) != (self.agency is not None):
            raise NotHolding(AGENCY)

    def covers_case(self, case: str) -> bool:
        return not self.cases or case in self.cases

    def passes(self, role: Role) -> bool:
        """Whether it lets the receiver act in a role of the giver."""
        return (not self.roles or role.id in self.roles) and self.agency in (None, role.agency.id)


def delegation_refusal(
    delegation: Delegation,
    process: str,
    step: str | None,
    event: str,
    now: datetime,
    by: Sequence[Role],
    title: Text,
) -> Refusal | None:
    """Why a delegation does not let its receiver do something now.

    Args:
        process: the id of the process.
        step: None for what concerns the whole case.
        by: who may do it; when there are roles, the delegation must pass one of them on.
    """
    which: str | None = None
    if delegation.revoked is not None and delegation.revoked <= now:
        which = "revoked"
    elif now < delegation.start:
        which = "early"
    elif delegation.end <= now:
        which = "expired"
    elif delegation.processes and process not in delegation.processes:
        which = "process"
    elif delegation.steps and step not in delegation.steps:
        which = "step"
    elif delegation.events and event not in delegation.events:
        which = "event"
    elif by and not any(delegation.passes(role) for role in by):
        which = "agency" if delegation.agency is not None else "roles"
    if which is None:
        return None
    return refuse(
        Rule.DELEGATION,
        f"delegation_{which}",
        delegation.id,
        title=title,
        giver=delegation.giver,
        start=delegation.start.date(),
        end=delegation.end.date(),
    )


TO_ONESELF = Text(
    "授权不成立：委托人和受托人是同一人。请另写受托人",
    "the delegation could not hold: nobody acts for themselves. Name another receiver",
)
ENDS_FIRST = Text(
    "授权不成立：终止时间不晚于开始时间。请更正 end",
    "the delegation could not hold: it must end after it starts. Correct `end`",
)
AGENCY = Text(
    "授权不成立：替班（substitution）须写明部门，其他授权不写。请核对 agency",
    "the delegation could not hold: a substitution names its agency, and only a substitution does."
    " See to `agency`",
)
