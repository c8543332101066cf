"""Many periods at once: the ends of one period for a list of start days.

Days are ordinals (`date.toordinal`), so that a period is the difference of two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Protocol

from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration, Unit

Days = Sequence[float]
"""Points in time, one per start date: ordinals on a real calendar, day counts on the even one."""


class Periods(Protocol):
    def ends(self, starts: Days, duration: Duration) -> list[float]:
        """The end of a period for each start."""
        ...

    def between(self, start: float, end: float, unit: Unit) -> int:
        """The days of a unit that a clock stopped from `start` to `end` has not counted."""
        ...


class RealPeriods:
    """Periods as the law counts them on the calendar of working days; what is done on the spot takes no time.

    Raises:
        CalendarError: a period leaves the years of the calendar.
    """

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self._known: dict[Duration, _Ends] = {}

    def ends(self, starts: Days, duration: Duration) -> list[float]:
        if not duration.amount:
            return list(starts)
        known = self._known.get(duration)
        if known is None:
            known = self._known[duration] = _Ends(self.calendar, duration)
        return list(map(known.__getitem__, starts))

    def between(self, start: float, end: float, unit: Unit) -> int:
        if unit is Unit.WORKING_DAY:
            return self.calendar.working_days(date.fromordinal(int(start)), date.fromordinal(int(end)))
        return int(end - start)


class _Ends(dict[float, float]):
    """Start → end of one period, found when it is first asked for."""

    def __init__(self, calendar: WorkCalendar, duration: Duration) -> None:
        self.calendar = calendar
        self.duration = duration

    def __missing__(self, start: float) -> float:
        end = self.calendar.end(date.fromordinal(int(start)), self.duration).toordinal()
        self[start] = end
        return end


class EvenPeriods:
    """Periods in which every day is like any other: each lasts its mean over all start dates of a year."""

    def __init__(self, periods: RealPeriods, year: int) -> None:
        self.periods = periods
        self.year = year
        self._means: dict[Duration, float] = {}

    def mean(self, duration: Duration) -> float:
        """The mean number of calendar days that a period takes."""
        if duration not in self._means:
            days = self.starts
            self._means[duration] = (sum(self.periods.ends(days, duration)) - sum(days)) / len(days)
        return self._means[duration]

    @cached_property
    def starts(self) -> list[int]:
        return days_of(self.year)

    def ends(self, starts: Days, duration: Duration) -> list[float]:
        return [s + self.mean(duration) for s in starts]

    def between(self, start: float, end: float, unit: Unit) -> int:
        return round((end - start) / self.mean(Duration(1, unit)))


def days_of(year: int) -> list[int]:
    """The days of a year as ordinals."""
    return list(range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
