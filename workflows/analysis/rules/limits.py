"""The time limits of a process, of its stages and steps."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Duration, Limit, Position, Unit
from jianban.workflows.texts import Text

_CALENDAR_DAYS = {
    Unit.HOUR: (0.0, 1.0),
    Unit.DAY: (1.0, 1.0),
    Unit.WORKING_DAY: (1.0, 1.4),
    Unit.MONTH: (28.0, 31.0),
    Unit.YEAR: (365.0, 366.0),
}
"""The calendar days of one unit: at least, and at most in the long run (five working days a week)."""


def limits(facts: Facts) -> Iterator[tuple[Text, Limit, Position]]:
    for whole in (facts.process, *facts.process.stages):
        if whole.limit is not None:
            yield whole.title, whole.limit, whole.position
    for item in facts.items:
        if isinstance(item, Step) and item.limit is not None:
            yield item.title, item.limit, item.position


def surely_longer(a: Duration, b: Duration) -> bool:
    """True when `a` is longer than `b` whatever the dates; different units are compared by their bounds."""
    if a.unit is b.unit:
        return a.amount > b.amount
    return a.amount * _CALENDAR_DAYS[a.unit][0] > b.amount * _CALENDAR_DAYS[b.unit][1]
