"""Procedures as the World Bank counts them, and the time each takes at least."""

from __future__ import annotations

from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Channel, PartyKind

ONLINE = frozenset({Channel.ONLINE, Channel.MOBILE, Channel.EITHER})
"""Channels by which everything can be done online."""


def is_procedure(step: Step) -> bool:
    """True for an interaction, and for a step of an intermediary or public service, which is an external
    party too."""
    return step.kind.interaction or step.role.agency.kind is PartyKind.SERVICE


def least_days(step: Step) -> float:
    """A procedure takes a day at least, or half a day when it can be completed online; other steps may take
    none."""
    if not is_procedure(step):
        return 0
    return 0.5 if step.channel in ONLINE else 1
