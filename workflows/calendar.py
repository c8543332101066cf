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

An office with days of its own has such a file too, laid over the common calendar.
"""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Duration, Unit
from jianban.workflows.overrides import YearPlan, read_overrides
from jianban.workflows.texts import Text

FIRST_YEAR = 2001
"""The library is checked against the official notices from this year on."""
LAST_YEAR = 2099
"""The last year of the library's lunar tables, on which the holidays depend."""
WARN_BEFORE = Duration(1, Unit.WORKING_DAY)
"""How long before a last day is warned unless a limit or the calendar says otherwise."""
NEW_YEAR_SWAPS = (12, 25)
"""From this day of December on, days may be worked or off by the notice for the next year."""

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

    def __init__(
        self,
        exceptions: Exceptions,
        announced: Callable[[int], bool],
        *,
        offices: Mapping[str, WorkCalendar] | None = None,
        warn_before: Duration | None = WARN_BEFORE,
        source: str | None = None,
    ) -> None:
        """Make a calendar.

        Args:
            offices: the calendars of the agencies that have days of their own, by agency id.
            warn_before: how long before a last day is warned, in days or working days; None: not at all.
            source: stands for the exceptions in the revision, where hashing all of them takes too long.
        """
        self._exceptions = exceptions
        self._announced = announced
        self._offices = dict(offices or {})
        self._source = source
        self.warn_before = warn_before
        self._table = _Table(first=LAST_YEAR, last=FIRST_YEAR, base=0, before=(), working=())
        self._growing = Lock()

    @classmethod
    def china(
        cls,
        overrides: str | Path | None = None,
        *,
        offices: Mapping[str, str | Path] | None = None,
        warn_before: Duration | None = WARN_BEFORE,
    ) -> WorkCalendar:
        """The calendar of mainland China, with a file of overrides as the module describes it.

        Args:
            offices: by agency id, the files of those that have days of their own.

        Raises:
            DefinitionError: a file can't be read or is malformed; all problems at once.
        """
        common = [read_overrides(Path(overrides))] if overrides is not None else []

        def calendar(plans: list[dict[int, YearPlan]], of: Mapping[str, WorkCalendar]) -> WorkCalendar:
            china = _China(plans)
            return cls(
                china.exceptions,
                china.announced,
                offices=of,
                warn_before=warn_before,
                source=china.source,
            )

        own = {agency: [*common, read_overrides(Path(file))] for agency, file in (offices or {}).items()}
        return calendar(common, {agency: calendar(plans, {}) for agency, plans in own.items()})

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> WorkCalendar:
        """The calendar that `dump` wrote, with the revision it had."""
        off = frozenset(map(date.fromisoformat, dumped["off"]))
        working = frozenset(map(date.fromisoformat, dumped["working"]))
        warn = dumped["warn_before"]
        calendar = cls(
            lambda _first, _last: (off, working),
            frozenset(dumped["announced"]).__contains__,
            offices={agency: cls.load(one) for agency, one in dumped["offices"].items()},
            warn_before=Duration(warn[0], Unit(warn[1])) if warn is not None else None,
        )
        calendar.__dict__["revision"] = dumped["revision"]
        return calendar

    def dump(self) -> dict[str, Any]:
        """All that it says, as plain JSON values, to be kept by its revision."""
        warn = self.warn_before
        return {"revision": self.revision, "warn_before": warn and [warn.amount, warn.unit.value]} | {
            **self._days(),
            "offices": {agency: one.dump() for agency, one in sorted(self._offices.items())},
        }

    @cached_property
    def revision(self) -> str:
        """A hash of all that dates depend on: the days, what is announced, the offices', when is warned."""
        warn = self.warn_before
        said = {
            "days": self._source or self._days(),
            "warn_before": warn and [warn.amount, warn.unit.value],
            "offices": {agency: one.revision for agency, one in self._offices.items()},
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def _days(self) -> dict[str, Any]:
        off, working = self._exceptions(FIRST_YEAR, LAST_YEAR)
        return {
            "off": [d.isoformat() for d in sorted(off)],
            "working": [d.isoformat() for d in sorted(working)],
            "announced": [y for y in range(FIRST_YEAR, LAST_YEAR + 1) if self._announced(y)],
        }

    def of(self, agency: str) -> WorkCalendar:
        """The calendar of an agency: its own, or this one."""
        return self._offices.get(agency, self)

    def is_working(self, day: date) -> bool:
        """True on working days, adjusted weekends included."""
        table = self._covering(day.year, day.year)
        at = day.toordinal() - table.base
        return table.before[at + 1] > table.before[at]

    def provisional(self, year: int) -> bool:
        """True while the adjusted days of the year are not announced, so that dates in it may still move."""
        return not self._announced(year)

    def settled(self, start: date, last: date) -> bool:
        """True when no notice still to come can move a period from `start` to `last`."""
        until = last.year + ((last.month, last.day) >= NEW_YEAR_SWAPS)
        return all(self._announced(year) for year in range(start.year, until + 1))

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

    def before(self, last: date, duration: Duration) -> date:
        """The day that lies so many days, or working days, before `last`.

        Raises:
            CalendarError: it lies before the years of the calendar.
        """
        if duration.unit is not Unit.WORKING_DAY:
            return _days_later(last, -duration.amount)
        year = last.year
        table = self._covering(year, year)
        while (index := table.before[last.toordinal() - table.base] - duration.amount) < 0:
            table = self._covering(table.first - 1, year)
        return date.fromordinal(table.working[index])

    def changed(self, other: WorkCalendar, after: date, until: date) -> tuple[date, ...]:
        """The days, from `after` (not counted) to `until`, that work in one calendar and not in the other."""
        days = map(date.fromordinal, range(after.toordinal() + 1, until.toordinal() + 1))
        return tuple(d for d in days if self.is_working(d) != other.is_working(d))

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
    """The library's days, under files of overrides, the later over the earlier."""

    def __init__(self, files: Sequence[Mapping[int, YearPlan]]) -> None:
        self.plans = [(year, plan) for plans in files for year, plan in plans.items()]
        self.noticed = {year for year, plan in self.plans if plan.notice}

    @property
    def source(self) -> str:
        said = [(year, plan.notice, sorted(plan.off), sorted(plan.working)) for year, plan in self.plans]
        return f"{_library_file()[1]} {said}"

    def announced(self, year: int) -> bool:
        return year in _library().ChinaStaticHolidays.special_public_holidays or year in self.noticed

    def exceptions(self, first: int, last: int) -> tuple[set[date], set[date]]:
        # the notice for a year may set working weekends in the December before
        library = _library().China(years=range(first, last + 2))
        off = {d for d in library if d.year not in self.noticed}
        working = {d for d in library.weekend_workdays if d.year not in self.noticed}
        for _year, plan in self.plans:
            off = (off - plan.working) | plan.off
            working = (working - plan.off) | plan.working
        return off, working


@cache
def _library() -> Any:
    """The `holidays` library's module for China alone.

    Importing it by name would import the modules of all countries with it, which takes longer than comparing
    two processes does.
    """
    loader = SourceFileLoader("holidays_china", str(_library_file()[0]))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module


@cache
def _library_file() -> tuple[Path, str]:
    """Where the library has the days of China, and the hash of what stands there."""
    import holidays

    path = Path(holidays.__file__).parent / "countries" / "china.py"
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


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
