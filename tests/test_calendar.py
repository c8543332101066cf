"""The working calendar: the law's vectors, the laws of counting, and the file of overrides."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.calendar import CalendarError, WorkCalendar, provisional_text
from jianban.workflows.language.errors import DefinitionError, JianbanError
from jianban.workflows.language.terms import Duration, Unit

CHINA = WorkCalendar.china()
DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))
AMOUNTS = st.integers(0, 60)
UNITS = st.sampled_from(Unit)


def working(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_DAY)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        (date(2024, 1, 29), 20, date(2024, 2, 29)),
        (date(2024, 9, 20), 7, date(2024, 9, 30)),
        (date(2024, 9, 20), 20, date(2024, 10, 23)),
        (date(2025, 1, 20), 20, date(2025, 2, 21)),
        (date(2011, 12, 30), 1, date(2011, 12, 31)),  # a Saturday worked under the notice for 2012
        (date(2024, 2, 3), 0, date(2024, 2, 4)),  # on the spot: Saturday gives way to the worked Sunday
    ],
)
def test_working_days_are_counted_one_by_one(start: date, amount: int, end: date) -> None:
    assert CHINA.end(start, working(amount)) == end


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (date(2017, 3, 10), Duration(45, Unit.DAY), date(2017, 4, 24)),
        (date(2024, 9, 21), Duration(10, Unit.DAY), date(2024, 10, 8)),  # 1 October rolls past the holidays
        (date(2024, 4, 17), Duration(10, Unit.DAY), date(2024, 4, 28)),  # 27 April rolls to a worked Sunday
        (date(2024, 1, 31), Duration(1, Unit.MONTH), date(2024, 2, 29)),  # no 31 February: art. 202
        (date(2023, 11, 30), Duration(3, Unit.MONTH), date(2024, 2, 29)),
        (date(2023, 8, 31), Duration(1, Unit.MONTH), date(2023, 10, 7)),  # 30 September is a holiday weekend
        (date(2024, 2, 29), Duration(1, Unit.YEAR), date(2025, 2, 28)),
        (date(2024, 9, 30), Duration(4, Unit.HOUR), date(2024, 9, 30)),
        (date(2024, 10, 1), Duration(4, Unit.HOUR), date(2024, 10, 8)),
        (date(2024, 9, 30), Duration(48, Unit.HOUR), date(2024, 10, 8)),
    ],
)
def test_a_last_day_off_gives_way_to_the_next_working_day(start: date, duration: Duration, end: date) -> None:
    assert CHINA.end(start, duration) == end


def test_holidays_and_adjusted_weekends() -> None:
    assert not CHINA.is_working(date(2026, 2, 18))
    assert CHINA.is_working(date(2026, 2, 28))
    assert not CHINA.is_working(date(2026, 3, 1))


def test_a_year_is_provisional_until_its_notice() -> None:
    assert not CHINA.provisional(2026)
    assert CHINA.provisional(2090)


@given(DAYS, DAYS, AMOUNTS, AMOUNTS, UNITS)
def test_a_later_start_or_a_longer_period_never_ends_earlier(
    a: date, b: date, m: int, n: int, unit: Unit
) -> None:
    early, late = sorted((a, b))
    short, long = sorted((m, n))
    assert CHINA.end(early, Duration(short, unit)) <= CHINA.end(late, Duration(long, unit))


@given(DAYS, AMOUNTS, UNITS)
def test_a_period_ends_on_a_working_day(start: date, amount: int, unit: Unit) -> None:
    end = CHINA.end(start, Duration(amount, unit))
    assert end >= start
    assert CHINA.is_working(end)
    assert CHINA.on_or_after(end) == end


@given(DAYS, st.integers(1, 120), AMOUNTS)
def test_working_days_add_up(start: date, m: int, n: int) -> None:
    assert CHINA.end(CHINA.end(start, working(m)), working(n)) == CHINA.end(start, working(m + n))
    assert CHINA.working_days(start, CHINA.end(start, working(m))) == m


@given(DAYS, DAYS)
def test_counting_agrees_with_asking_every_day(a: date, b: date) -> None:
    first, last = sorted((a, min(b, a + timedelta(400))))
    days = (first + timedelta(i + 1) for i in range((last - first).days))
    assert (
        CHINA.working_days(first, last)
        == sum(map(CHINA.is_working, days))
        == -CHINA.working_days(last, first)
    )


@given(st.permutations([date(2003, 5, 1), date(2012, 1, 3), date(2020, 1, 31), date(2026, 10, 10)]))
def test_answers_do_not_depend_on_the_order_of_questions(days: list[date]) -> None:
    fresh = WorkCalendar.china()
    assert {d: fresh.end(d, working(9)) for d in days} == {d: CHINA.end(d, working(9)) for d in days}


@pytest.mark.parametrize(
    ("start", "duration"),
    [
        (date(1999, 12, 31), working(3)),
        (date(2099, 12, 1), working(60)),
        (date(2099, 12, 31), Duration(1, Unit.DAY)),
        (date(2024, 1, 1), Duration(10**12, Unit.DAY)),
        (date(2024, 1, 1), Duration(900, Unit.YEAR)),
        (date(2024, 1, 1), working(-1)),
    ],
)
def test_what_no_calendar_knows_is_refused(start: date, duration: Duration) -> None:
    with pytest.raises(CalendarError) as caught:
        CHINA.end(start, duration)
    assert caught.value.text.zh


def overridden(folder: Path, text: str) -> WorkCalendar:
    file = folder / "calendar.yaml"
    file.write_text(text, encoding="utf-8")
    return WorkCalendar.china(overrides=file)


def test_single_days_can_be_changed(tmp_path: Path) -> None:
    changed = overridden(tmp_path, "2024:\n  off: [2024-03-06]\n  working: [2024-03-09, 2024-10-01]\n")
    assert not changed.is_working(date(2024, 3, 6))
    assert changed.is_working(date(2024, 3, 9))
    assert changed.is_working(date(2024, 10, 1))
    assert not changed.is_working(date(2024, 10, 2))


def test_a_notice_is_the_whole_plan_of_its_year(tmp_path: Path) -> None:
    announced = overridden(
        tmp_path, "2090:\n  notice: 国办发明电〔2089〕1号\n  off: [2090-01-02]\n  working: [2089-12-31]\n"
    )
    assert not announced.provisional(2090)
    assert announced.is_working(date(2089, 12, 31))  # a Saturday
    assert not announced.is_working(date(2090, 1, 2))
    assert announced.is_working(date(2090, 5, 1))  # a Monday the notice leaves alone
    assert announced.provisional(2091)


def test_all_faults_of_an_override_come_at_once(tmp_path: Path) -> None:
    text = (
        "2024:\n  off: [2024-13-01, 2022-01-01]\n  holiday: []\n"
        "next: {}\n2025: {off: [2025-03-03], working: [2025-03-03]}\n"
    )
    with pytest.raises(DefinitionError) as caught:
        overridden(tmp_path, text)
    found = [(p.code, p.position.line, p.position.column) for p in caught.value.problems]
    assert found == [("J116", 2, 9), ("J139", 2, 21), ("J110", 3, 3), ("J112", 4, 1), ("J139", 5, 7)]


@pytest.mark.parametrize(
    "text", ["[", "a: &a [*a]", "2024: 7", "2024: {off: 2024-01-01}", "- 1", "? [1]\n: 2", "\x00"]
)
def test_a_malformed_override_is_an_error_with_a_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        overridden(tmp_path, text)
    assert all(p.position.line >= 1 and p.remedy.zh for p in caught.value.problems)


def test_a_missing_or_binary_override_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.yaml", "binary.yaml"):
        with pytest.raises(JianbanError, match=name):
            WorkCalendar.china(overrides=tmp_path / name)


def test_readers_are_told_of_provisional_years() -> None:
    told = provisional_text([2091, 2090, 2091])
    assert told is not None
    assert told.zh == "2090、2091 年的调休安排尚未公布，涉及的天数为暂定。"
    assert told.en.startswith("The adjusted days of 2090, 2091 are not announced yet")
    assert provisional_text([]) is None


@given(last=DAYS, amount=st.integers(0, 40))
def test_so_many_working_days_before_is_the_way_back(last: date, amount: int) -> None:
    day = CHINA.before(last, working(amount))
    if amount:
        assert CHINA.is_working(day)
        assert CHINA.working_days(day, last - timedelta(days=1)) == amount - 1


def test_a_calendar_is_kept_by_its_revision(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text("2024: {off: [2024-03-06], working: [2024-03-09]}", encoding="utf-8")
    calendar = WorkCalendar.china(offices={"tax": file}, warn_before=working(3))
    kept = WorkCalendar.load(json.loads(json.dumps(calendar.dump())))
    assert kept.dump() == calendar.dump()
    assert not kept.of("tax").is_working(date(2024, 3, 6))
    assert kept.is_working(date(2024, 3, 6))
    revisions = {
        calendar.revision,
        CHINA.revision,
        calendar.of("tax").revision,
        WorkCalendar.china(file).revision,
    }
    assert len(revisions) == 4
    assert CHINA.changed(WorkCalendar.china(file), date(2024, 3, 1), date(2024, 3, 31)) == (
        date(2024, 3, 6),
        date(2024, 3, 9),
    )
