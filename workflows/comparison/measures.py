"""Measures of several variants side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jianban.workflows.analysis.measures import Options, Reading, measure
from jianban.workflows.flow import Flow
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text
from jianban.workflows.wording import rounded, summed


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

    @property
    def stated(self) -> tuple[tuple[Duration, ...], ...]:
        """Times as the law states them, added up unit by unit; empty for what is no time."""
        if not self.id.startswith("days_"):
            return ((),) * len(self.readings)
        return tuple(summed(p.period for p in r.detail if p.period is not None) for r in self.readings)

    @property
    def amounts(self) -> tuple[int | float | None, ...]:
        """What changes are reckoned from: the values, but of times that all variants state in one and the
        same unit the amounts stated, so that from 45 days to 20 is −55.6 % whatever the holidays.

        Of times in several units those that are stated alike count as the same; None where no limit is set.
        """
        stated, values = self.stated, [r.known for r in self.readings]
        if len({d.unit for sum_ in stated for d in sum_}) == 1:
            return tuple(
                None if v is None else sum(d.amount for d in s) for v, s in zip(values, stated, strict=True)
            )
        if not any(stated):
            return tuple(values)
        return tuple(values[stated.index(s)] for s in stated)

    def change(self, variant: int) -> int | float | None:
        """The amount of a variant less that of the base; None where either has none."""
        base, other = self.amounts[0], self.amounts[variant]
        return None if base is None or other is None else round(other - base, 6)

    def percent(self, variant: int) -> float | None:
        """The change in per cent of the base; None where the base is zero or has no value."""
        change, base = self.change(variant), self.amounts[0]
        return None if change is None or not base else rounded(100 * change / base)

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
