"""The clock itself: budgets and use against a simulation day by day, zones, year ends, warnings."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.engine.case import Case, Rule
from jianban.engine.clock import counted, deadline, used, warned
from jianban.engine.decision import china
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration, Unit
from tests.engine.flows import done, opened, refused, steps

DAY = timedelta(days=1)
JANUARY = date(2023, 12, 1)
SPAN = 150


def made(off: Collection[date], working: Collection[date]) -> WorkCalendar:
    """A calendar with these days off and these weekends worked."""
    return WorkCalendar(lambda _first, _last: (off, working), lambda _year: True)


DAYS = st.integers(0, SPAN).map(lambda days: JANUARY + timedelta(days=days))
CALENDARS = st.builds(made, st.frozensets(DAYS, max_size=30), st.frozensets(DAYS, max_size=15))
STOPS = st.lists(st.tuples(DAYS, st.integers(0, 25)), max_size=5).map(
    lambda stops: [(day, day + timedelta(days=days)) for day, days in stops]
)
COUNTED = st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.HOUR])


def simulated(
    calendar: WorkCalendar, start: date, duration: Duration, stops: Iterable[tuple[date, date]]
) -> date:
    """Day by day: a day is used when the clock runs on it and it counts; the end is a working day."""
    stops = list(stops)
    left = duration.amount // 24 if duration.unit is Unit.HOUR else duration.amount
    day = start
    while left > 0 or not calendar.is_working(day) or any(a <= day < b for a, b in stops):
        day += DAY
        counts = duration.unit is not Unit.WORKING_DAY or calendar.is_working(day)
        left -= counts and not any(a < day <= b for a, b in stops)
    return day


@given(calendar=CALENDARS, start=DAYS, amount=st.integers(0, 30), unit=COUNTED, stops=STOPS)
def test_a_period_ends_when_its_budget_is_used(
    calendar: WorkCalendar, start: date, amount: int, unit: Unit, stops: list[tuple[date, date]]
) -> None:
    duration = Duration(24 * amount if unit is Unit.HOUR else amount, unit)
    assert deadline(calendar, start, duration, stops) == simulated(calendar, start, duration, stops)


@given(calendar=CALENDARS, start=DAYS, amount=st.integers(1, 30), stops=STOPS)
def test_what_is_used_when_it_ends_is_the_budget(
    calendar: WorkCalendar, start: date, amount: int, stops: list[tuple[date, date]]
) -> None:
    last = deadline(calendar, start, Duration(amount, Unit.WORKING_DAY), stops)
    days = used(calendar, start, last, Unit.WORKING_DAY, stops)
    if days != amount:  # a stop began on its last day and was over on a day off: the next working day ends it
        assert days == amount + 1
        assert any(used(calendar, start, a, Unit.WORKING_DAY, stops) == amount for a, _b in stops)


def test_a_stop_on_the_last_day_that_is_over_on_a_day_off() -> None:
    stops = [(date(2023, 12, 21), date(2023, 12, 23))]
    last = deadline(china(), date(2023, 12, 1), Duration(14, Unit.WORKING_DAY), stops)
    assert last == date(2023, 12, 25)
    assert used(china(), date(2023, 12, 1), last, Unit.WORKING_DAY, stops) == 15


@given(calendar=CALENDARS, start=DAYS, amount=st.integers(0, 20), before=st.integers(1, 5), unit=COUNTED)
def test_a_warning_leaves_so_many_days(
    calendar: WorkCalendar, start: date, amount: int, before: int, unit: Unit
) -> None:
    last = calendar.end(start, Duration(amount, Unit.WORKING_DAY))
    notice = Unit.WORKING_DAY if unit is Unit.WORKING_DAY else Unit.DAY
    day = warned(calendar, start, last, Duration(before, notice))
    if day is None:
        assert last == start
    elif day == start:
        assert counted(calendar, day, last, notice) <= before
    else:
        assert start < day < last
        assert counted(calendar, day, last, notice) == before


def test_hours_that_were_used_before_a_stop_stay_used() -> None:
    monday = date(2024, 3, 4)
    stops = [(date(2024, 3, 5), date(2024, 3, 7))]
    assert deadline(china(), monday, Duration(48, Unit.HOUR), stops) == date(2024, 3, 8)


@pytest.mark.parametrize(
    ("start", "duration", "last"),
    [
        (date(2023, 2, 28), Duration(1, Unit.YEAR), date(2024, 2, 28)),
        (date(2024, 2, 29), Duration(1, Unit.YEAR), date(2025, 2, 28)),
        (date(2024, 2, 28), Duration(1, Unit.DAY), date(2024, 2, 29)),
        (date(2023, 12, 29), Duration(1, Unit.WORKING_DAY), date(2024, 1, 2)),
        (date(2024, 2, 2), Duration(1, Unit.WORKING_DAY), date(2024, 2, 4)),  # a Sunday that is worked
        (date(2024, 12, 31), Duration(2, Unit.DAY), date(2025, 1, 2)),
    ],
)
def test_leap_days_and_year_ends(start: date, duration: Duration, last: date) -> None:
    assert deadline(china(), start, duration) == last


REVIEW = steps(
    "- {step: a, title: {zh: 审查, en: A}, kind: review, by: officer, within: {statutory: 3 working days}}"
)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "morning",
    [datetime(2024, 3, 11, 9), datetime(2024, 11, 4, 9)],  # just after either change of New York's clocks
)
def test_an_application_under_daylight_saving_gets_the_same_days(morning: datetime) -> None:
    beijing = morning.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    there, here = (opened(REVIEW, now=now) for now in (beijing.astimezone(NEW_YORK), beijing))
    assert there.state == here.state
    due = there.timers()[-1].due
    assert due.date() == china().end(morning.date(), Duration(3, Unit.WORKING_DAY))
    assert done(there.tick((due - DAY / 24 / 60).astimezone(NEW_YORK))).state.tokens[0].due == due
    assert done(there.tick((due.astimezone(UTC) + DAY / 24).astimezone(NEW_YORK))).records[-1].at == due
    assert Case.replay(REVIEW, there.history).state == there.state


def test_one_hour_that_new_york_has_twice_keeps_its_order() -> None:
    first = datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    case = opened(REVIEW, now=second)
    assert refused(case.tick(first)).code is Rule.TIME
    later = opened(REVIEW, now=first)
    assert done(later.tick(second)).records == ()


@pytest.mark.parametrize("zoned", [True, False])
def test_times_with_and_without_a_zone_do_not_mix(zoned: bool) -> None:
    now = datetime(2024, 3, 4, 9, tzinfo=UTC if zoned else None)
    other = datetime(2024, 3, 5, 9, tzinfo=None if zoned else UTC)
    case = opened(REVIEW, now=now)
    assert refused(case.tick(other)).code is Rule.TIME
    assert refused(case.recalendar(WorkCalendar.china(warn_before=None), now=other)).code is Rule.TIME
