"""Working days (工作日) and the last day of a period, as Chinese law counts them.

Holidays and adjusted working weekends (调休) come from the `holidays` library, which follows the yearly
notices of the General Office of the State Council, and from an optional file of overrides:

```yaml
2027:                          # the year of the notice
  notice: 国办发明电〔2026〕6号
  off: [2027-01-01]
  working: [2027-02-14]        # may name days of the December before, as notices do
```

With a `notice`, the two lists are the year's whole plan and the year is no longer provisional; without, only
the days listed change.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Duration, Unit
from jianban.workflows.overrides import YearPlan, read_overrides
from jianban.workflows.texts import Text

FIRST_YEAR = 2001
"""The library is checked against the official notices from this year on."""
LAST_YEAR = 2099
"""The last year of the library's lunar tables, on which the holidays depend."""

OUT_OF_RANGE = Text(
    "{year} 年不在工作日历的范围（{first}—{last} 年）内，请改用范围内的日期",
    "the year {year} lies outside the working calendar ({first}–{last}); use a date within it",
)
NEGATIVE = Text("期间不能为负数（{amount}）", "a period can't be negative ({amount})")

PROVISIONAL = Text(
    "{years} 年的调休安排尚未公布，涉及的天数为暂定。",
    "The adjusted days of {years} are not announced yet: figures that depend on them are provisional.",
)

Exceptions = Callable[[int, int], tuple[Collection[date], Collection[date]]]
"""For the years `first`…`last`: weekdays that are off, and weekend days that are worked."""


class CalendarError(JianbanError):
    """A date outside the years the calendar knows, or a negative period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The days of the years `first`…`last`, as ordinals."""

    first: int
    last: int
    base: int
    """The ordinal of the first day."""
    before: tuple[int, ...]
    """`before[i]` working days lie before day `base + i`; one entry more than days."""
    working: tuple[int, ...]
    """The working days."""


class WorkCalendar:
    """A calendar of working days; it may be shared between threads.

    The table of days grows by whole years as dates are asked for; a question about years already seen takes
    about 1 µs.
    """

    def __init__(self, exceptions: Exceptions, announced: Callable[[int], bool]) -> None:
        self._exceptions = exceptions
        self._announced = announced
        self._table = _Table(first=LAST_YEAR, last=FIRST_YEAR, base=0, before=(), working=())
        self._growing = Lock()

    @classmethod
    def china(cls, overrides: str | Path | None = None) -> WorkCalendar:
        """The calendar of mainland China, with a file of overrides as the module describes it.

        Raises:
            DefinitionError: the overrides can't be read or are malformed; all problems at once.
        """
        source = _China(read_overrides(Path(overrides)) if overrides is not None else {})
        return cls(source.exceptions, source.announced)

    def is_working(self, day: date) -> bool:
        """True on working days, adjusted weekends included."""
        table = self._covering(day.year, day.year)
        at = day.toordinal() - table.base
        return table.before[at + 1] > table.before[at]

    def provisional(self, year: int) -> bool:
        """True while the adjusted days of the year are not announced, so that dates in it may still move."""
        return not self._announced(year)

    def on_or_after(self, day: date) -> date:
        """The day itself when it is a working day, else the next working day (Civil Code 民法典 art. 203)."""
        table = self._covering(day.year, day.year)
        index = table.before[day.toordinal() - table.base]
        if index == len(table.working):
            return self.on_or_after(date(day.year + 1, 1, 1))
        return date.fromordinal(table.working[index])

    def working_days(self, after: date, until: date) -> int:
        """The working days from `after` (not counted) to `until` (counted); negative backwards."""
        table = self._covering(min(after.year, until.year), max(after.year, until.year))
        first, last = (day.toordinal() + 1 - table.base for day in (after, until))
        return table.before[last] - table.before[first]

    def end(self, start: date, duration: Duration) -> date:
        """The last day of a period that begins the day after `start` (Civil Code 民法典 arts. 200–203).

        Working days are counted one by one. Days, months and years follow the calendar: a month without the
        corresponding day gives its last day (art. 202), and a last day that isn't a working day gives way to
        the next one that is (art. 203). Hours run from `start` itself (art. 201): less than 24 end on the
        same working day.

        Raises:
            CalendarError: the period is negative, or leaves the years of the calendar.
        """
        amount, unit = duration.amount, duration.unit
        if amount < 0:
            raise CalendarError(NEGATIVE.format(amount=amount))
        if unit is Unit.WORKING_DAY and amount:
            return self._nth_working(start, amount)
        match unit:
            case Unit.WORKING_DAY:
                last = start
            case Unit.DAY:
                last = _days_later(start, amount)
            case Unit.HOUR:
                last = _days_later(start, amount // 24)
            case Unit.MONTH:
                last = _months_later(start, amount)
            case Unit.YEAR:
                last = _months_later(start, 12 * amount)
        return self.on_or_after(last)

    def _nth_working(self, start: date, amount: int) -> date:
        year, day = start.year, start.toordinal()
        table = self._covering(year, year)
        while (index := table.before[day + 1 - table.base] + amount - 1) >= len(table.working):
            table = self._covering(year, table.last + 1)
        return date.fromordinal(table.working[index])

    def _covering(self, first: int, last: int) -> _Table:
        """A table that holds the years asked for; callers use it alone, as a later one may begin earlier."""
        table = self._table
        if table.first <= first and last <= table.last:
            return table
        for year in (first, last):
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise _out_of_range(year)
        with self._growing:
            table = self._table
            self._table = self._build(min(first, table.first), max(last, table.last))
            return self._table

    def _build(self, first: int, last: int) -> _Table:
        off, working = self._exceptions(first, last)
        off_days = {d.toordinal() for d in off}
        working_days = {d.toordinal() for d in working}
        base = date(first, 1, 1).toordinal()
        days = range(base, date(last, 12, 31).toordinal() + 1)
        # ordinal 1 is a Monday
        flags = [day in working_days or ((day - 1) % 7 < 5 and day not in off_days) for day in days]
        return _Table(
            first=first,
            last=last,
            base=base,
            before=tuple(accumulate(flags, initial=0)),
            working=tuple(day for day, flag in zip(days, flags, strict=True) if flag),
        )


def provisional_text(years: Iterable[int]) -> Text | None:
    """What a reader must know of figures that depend on provisional years; None when there are none."""
    known = sorted(set(years))
    if not known:
        return None
    return PROVISIONAL.format(years=Text("、".join(map(str, known)), ", ".join(map(str, known))))


class _China:
    def __init__(self, plans: Mapping[int, YearPlan]) -> None:
        self.plans = plans

    def announced(self, year: int) -> bool:
        plan = self.plans.get(year)
        return year in _library().ChinaStaticHolidays.special_public_holidays or bool(plan and plan.notice)

    def exceptions(self, first: int, last: int) -> tuple[set[date], set[date]]:
        # the notice for a year may set working weekends in the December before
        library = _library().China(years=range(first, last + 2))
        replaced = {year for year, plan in self.plans.items() if plan.notice}
        off = {d for d in library if d.year not in replaced}
        working = {d for d in library.weekend_workdays if d.year not in replaced}
        for plan in self.plans.values():
            off = (off - plan.working) | plan.off
            working = (working - plan.off) | plan.working
        return off, working


@cache
def _library() -> Any:
    """The `holidays` library's module for China alone.

    Importing it by name would import the modules of all countries with it, which takes longer than comparing
    two processes does.
    """
    import holidays

    path = Path(holidays.__file__).parent / "countries" / "china.py"
    loader = SourceFileLoader("holidays_china", str(path))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module


def _out_of_range(year: int) -> CalendarError:
    return CalendarError(OUT_OF_RANGE.format(year=year, first=FIRST_YEAR, last=LAST_YEAR))


def _days_later(start: date, days: int) -> date:
    try:
        return date.fromordinal(start.toordinal() + days)
    except (ValueError, OverflowError):
        raise _out_of_range(start.year + days // 365) from None


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _out_of_range(year)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
