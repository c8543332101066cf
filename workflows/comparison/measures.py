"""Measures of several variants side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jianban.workflows.analysis.measures import Options, Reading, measure
from jianban.workflows.flow import Flow
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure of every variant; the first is the base."""

    readings: tuple[Reading, ...]

    @property
    def id(self) -> str:
        return self.readings[0].id

    @property
    def title(self) -> Text:
        return self.readings[0].title

    @property
    def values(self) -> tuple[int | float | None, ...]:
        return tuple(r.value for r in self.readings)

    @property
    def provisional(self) -> tuple[int, ...]:
        """The years any of the values depends on whose adjusted days are not announced yet."""
        return tuple(sorted({year for r in self.readings for year in r.provisional}))

    def change(self, variant: int) -> int | float | None:
        """The value of a variant less that of the base; None where either has none.

        Times that the law states alike don't change, though holidays may part their means.
        """
        base, other = self.readings[0], self.readings[variant]
        if base.value is None or other.value is None:
            return None
        alike = self.id.startswith("days_") and base.note == other.note
        return 0 if alike else round(other.value - base.value, 6)

    def percent(self, variant: int) -> float | None:
        """The change in per cent of the base; None where the base is zero or has no value."""
        change, base = self.change(variant), self.readings[0].value
        return None if change is None or not base else round(100 * change / base, 1)

    def better(self, variant: int) -> bool | None:
        """Whether the change is for the better; None where there is none, or neither way is better."""
        change, way = self.change(variant), self.readings[0].better
        return None if not change or way is None else (change < 0) == (way == "less")


def rows(flows: Sequence[Flow], options: Options) -> tuple[Row, ...]:
    """Every measure of the variants, all over the start dates of one year.

    Without a year and start date the year is that in which the newest of the variants came into force.
    """
    if options.year is None and options.start is None:
        years = [f.process.in_force_from.year for f in flows if f.process.in_force_from is not None]
        options = replace(options, year=max(years, default=None))
    measured = [measure(flow, options) for flow in flows]
    return tuple(Row(readings=tuple(m[name] for m in measured)) for name in measured[0])
