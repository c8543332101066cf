"""Deadlines with a clock that can stop.

A period is a budget. What ran before a stop is used up, and the rest runs on from the day the clock starts
again; so a suspension, or a newly announced holiday, moves a date by exactly the days it should. Days are
counted as in `WorkCalendar.end`: the day a period starts on is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone

from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration, Unit

BEIJING = timezone(timedelta(hours=8))
"""Whose days the law counts."""
HOURS = 24
"""The hours of a day."""


def system_clock() -> datetime:
    """The time of this machine; an engine is given another where time is not its own."""
    return datetime.now(BEIJING)


def local(now: datetime) -> datetime:
    """A time with a zone in that of Beijing; one without as it is."""
    zone = now.tzinfo
    return now if zone is None or zone is BEIJING else now.astimezone(BEIJING)


def deadline(
    calendar: WorkCalendar, start: date, duration: Duration, stops: Iterable[tuple[date, date]] = ()
) -> date:
    """The last day of a period from `start`, with the clock stopped between the given days.

    The months and years of a period that is stopped go on as the calendar days that were left of them.

    Raises:
        CalendarError: the period leaves the years of the calendar.
    """
    end = calendar.end(start, duration)
    for stopped, resumed in _merged(stops):
        stopped = max(stopped, start)
        if resumed <= start:
            continue
        if stopped > end:
            break
        match duration.unit:
            case Unit.WORKING_DAY:
                left = Duration(duration.amount - calendar.working_days(start, stopped), Unit.WORKING_DAY)
            case Unit.DAY:
                left = Duration(duration.amount - (stopped - start).days, Unit.DAY)
            case Unit.MONTH | Unit.YEAR:
                left = Duration((end - stopped).days, Unit.DAY)
            case Unit.HOUR:
                left = Duration(duration.amount - HOURS * (stopped - start).days, Unit.HOUR)
        duration = Duration(max(left.amount, 0), left.unit)
        start = resumed
        end = calendar.end(start, duration)
    return end


def longer(calendar: WorkCalendar, start: date, first: Duration, then: Duration) -> Duration:
    """One period as long as two in a row, counted from `start`."""
    if first.unit is then.unit:
        return Duration(first.amount + then.amount, first.unit)
    end = calendar.end(calendar.end(start, first), then)
    return Duration((end - start).days, Unit.DAY)


def warned(calendar: WorkCalendar, start: date, last: date, before: Duration) -> date | None:
    """The day at whose end is warned that a period from `start` ends on `last`.

    Not before the period began; None where that leaves no day before the last.
    """
    short = counted(calendar, start, last, before.unit) <= before.amount
    day = start if short else calendar.before(last, before)
    return day if day < last else None


def counted(calendar: WorkCalendar, after: date, until: date, unit: Unit) -> int:
    """The days from `after` (not counted) to `until`: working days, or all for any other unit."""
    return calendar.working_days(after, until) if unit is Unit.WORKING_DAY else (until - after).days


def used(
    calendar: WorkCalendar, start: date, until: date, unit: Unit, stops: Iterable[tuple[date, date]]
) -> int:
    """The days that ran from `start` (not counted) to `until`, without those the clock was stopped."""
    days = counted(calendar, start, until, unit)
    for stopped, resumed in _merged(stops):
        first, last = max(stopped, start), min(resumed, until)
        if first < last:
            days -= counted(calendar, first, last, unit)
    return days


def over(last_day: date, like: datetime) -> datetime:
    """The moment a period is over: the last of its last day, in the time zone of `like`.

    Still that day, so that a period which begins when this one is over does not count it.
    """
    return datetime.combine(last_day, time.max, like.tzinfo)


def _merged(stops: Iterable[tuple[date, date]]) -> Sequence[tuple[date, date]]:
    merged: list[tuple[date, date]] = []
    for start, end in sorted(stops):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
