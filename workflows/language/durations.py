"""Lengths of time as definitions write them: `20 days`, `3 working days`, `2 months`, `1 year`, `4 hours`."""

from __future__ import annotations

import re

from jianban.workflows.language.terms import Duration, Unit

DURATION = r"^[1-9][0-9]{0,4} (hour|day|working day|month|year)s?$"
EFFORT = r"^[0-9]{1,6} (minute|hour)s?$"

_UNITS = {
    "hour": Unit.HOUR,
    "day": Unit.DAY,
    "working day": Unit.WORKING_DAY,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
}


def parse_duration(text: str) -> Duration:
    """`3 working days` → `Duration(3, Unit.WORKING_DAY)`. Raises ValueError for any other form."""
    if not re.match(DURATION, text) or text.endswith("\n"):
        raise ValueError(text)
    amount, unit = text.split(" ", 1)
    return Duration(int(amount), _UNITS[unit.removesuffix("s")])


def write_duration(duration: Duration) -> str:
    """The inverse of `parse_duration`, with the plural where English has it."""
    unit = duration.unit.value.replace("_", " ")
    return f"{duration.amount} {unit}{'' if duration.amount == 1 else 's'}"


def parse_minutes(text: str) -> int:
    """`2 hours` → 120, `90 minutes` → 90. Raises ValueError when the text is not of that form."""
    if not re.match(EFFORT, text) or text.endswith("\n"):
        raise ValueError(text)
    amount, unit = text.split(" ")
    return int(amount) * (60 if unit.startswith("hour") else 1)
