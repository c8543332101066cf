"""Lengths of time as definitions write them: `20 days`, `3 working days`, `2 months`, `1 year`, `4 hours`."""

from __future__ import annotations

import re

from jianban.workflows.language.terms import Duration, Unit

DURATION = r"^[1-9][0-9]{0,4} (hour|day|working day|month|year)s?$"
LIMIT = rf"^0$|{DURATION}"
"""A limit: a duration, or `0` for on the spot (即办)."""
EFFORT = r"^[0-9]{1,6} (minute|hour)s?$"

_UNITS = {
    "hour": Unit.HOUR,
    "day": Unit.DAY,
    "working day": Unit.WORKING_DAY,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
}
ON_THE_SPOT = Duration(0, Unit.WORKING_DAY)
"""当场: on the working day itself."""


def parse_duration(text: str) -> Duration:
    """`3 working days` → `Duration(3, Unit.WORKING_DAY)`. Raises ValueError for any other form."""
    if not re.match(DURATION, text) or text.endswith("\n"):
        raise ValueError(text)
    amount, unit = text.split(" ", 1)
    return Duration(int(amount), _UNITS[unit.removesuffix("s")])


def parse_limit(text: str) -> Duration:
    """As `parse_duration`, and `0` → on the spot. Raises ValueError for any other form."""
    return ON_THE_SPOT if text == "0" else parse_duration(text)


def write_duration(duration: Duration) -> str:
    """The inverse of `parse_limit`, with the plural where English has it."""
    if not duration.amount:
        return "0"
    unit = duration.unit.value.replace("_", " ")
    return f"{duration.amount} {unit}{'' if duration.amount == 1 else 's'}"


def parse_minutes(text: str) -> int:
    """`2 hours` → 120, `90 minutes` → 90. Raises ValueError when the text is not of that form."""
    if not re.match(EFFORT, text) or text.endswith("\n"):
        raise ValueError(text)
    amount, unit = text.split(" ")
    return int(amount) * (60 if unit.startswith("hour") else 1)
