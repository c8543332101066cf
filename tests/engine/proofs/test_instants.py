"""Instants and days on disk: to the microsecond, in any zone, over the ends of years and months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Answer, Engine
from jianban.engine.state import RecordKind
from jianban.workflows.calendar import WorkCalendar
from tests.effort import examples
from tests.engine.flows import agent, officer, steps
from tests.engine.proofs.databases import databases
from tests.engine.proofs.whole import whole

LINE = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, within: 5 working days}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 1 months}
    """
)
NOTICE = steps(
    "- {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 1 months}"
)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([UTC, BEIJING, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14)), BERLIN])
MOMENTS = st.datetimes(datetime(2002, 1, 1), datetime(2090, 1, 1), timezones=ZONES)


@pytest.fixture
def opened(url: URL) -> Callable[[], Engine]:
    """Opens the same database again and again: nothing is remembered from one to the next."""
    return lambda: Engine.open(url, durability="normal")


@settings(examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=MOMENTS, after=st.timedeltas(timedelta(0), timedelta(days=3)), zone=ZONES)
@example(start=datetime(2002, 3, 31, 2, tzinfo=BERLIN), after=timedelta(0), zone=UTC)  # an hour left out
@example(start=datetime(2002, 10, 27, 2, 15, tzinfo=BERLIN, fold=1), after=timedelta(0), zone=BERLIN)  # twice
def test_instants_come_back_to_the_microsecond_whatever_their_zone(
    opened: Callable[[], Engine], start: datetime, after: timedelta, zone: timezone
) -> None:
    # in the hours that a zone leaves out or has twice, times of two zones are never equal (PEP 495)
    begun = start.astimezone(UTC)
    later = max((start + after).astimezone(UTC), begun)
    with opened() as engine:
        id = engine.start(LINE, actor=agent, now=start).id
    with opened() as engine:
        answer = engine.fire(id, "complete", actor=agent, now=later.astimezone(zone))
        assert isinstance(answer, Answer)
    with opened() as engine:
        case = engine.case(id)
        assert (case.opened_at, case.at) == (begun, later)
        assert case.opened_at.utcoffset() == timedelta(hours=8)
        moments = [r.at for r in case.history]
        assert moments[0] == begun
        assert moments[-1] == later
        assert [t.since for t in case.state.tokens][-1] == later
        assert list(engine.verify(id)) == []


def test_a_day_is_one_of_beijing_wherever_the_machine_stands(opened: Callable[[], Engine]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2024, 3, 30, 23, 30, tzinfo=berlin)  # Sunday in Beijing, an hour before summer time
    with opened() as engine:
        id = engine.start(NOTICE, actor=agent, now=evening).id
    with opened() as engine:
        due = engine.case(id).next_due
        assert due == datetime(2024, 4, 30, 23, 59, 59, 999999, tzinfo=BEIJING)
        assert engine.wake(now=datetime(2024, 4, 30, 17, 59, 59, 999998, tzinfo=berlin)) == []
        assert len(engine.wake(now=datetime(2024, 4, 30, 17, 59, 59, 999999, tzinfo=berlin))) == 1
        assert engine.case(id).end is not None


def test_a_time_without_a_zone_is_one_of_beijing(opened: Callable[[], Engine]) -> None:
    with opened() as engine:
        id = engine.start(LINE, actor=agent, now=datetime(2024, 3, 4, 9)).id
    with opened() as engine:
        assert engine.case(id).opened_at == datetime(2024, 3, 4, 1, tzinfo=UTC)
        assert engine.fire(id, "complete", actor=agent, now=datetime(2024, 3, 4, 1, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2023, 1, 31), date(2023, 2, 28)),
        (date(2024, 2, 29), date(2024, 3, 29)),
        (date(2023, 12, 31), date(2024, 1, 31)),
        (date(2023, 11, 30), date(2024, 1, 2)),  # a Saturday before New Year, which is a Monday off
        (date(2024, 12, 1), date(2025, 1, 2)),  # New Year
        (date(2024, 3, 28), date(2024, 4, 28)),  # a Sunday that is worked for the holidays of May
    ],
)
def test_months_end_where_they_do(opened: Callable[[], Engine], start: date, end: date) -> None:
    with opened() as engine:
        id = engine.start(NOTICE, actor=agent, now=datetime(start.year, start.month, start.day, 9)).id
    with opened() as engine:
        due = engine.case(id).next_due
        assert due is not None
        assert due.date() == end
        (answer,) = engine.wake(now=due + timedelta(days=400))
        assert isinstance(answer, Answer)
        assert answer.records[0].at == due, "what is late happens at its own moment"


def test_the_notice_of_a_year_moves_what_was_provisional(
    url: URL, opened: Callable[[], Engine], tmp_path: Path
) -> None:
    """A case lives on from before a notice of holidays until after it, through another engine."""
    file = tmp_path / "notice.yaml"
    file.write_text("2098: {notice: 甲, off: [2098-01-07, 2098-01-08], working: []}\n", "utf-8")
    now = datetime(2098, 1, 6, 9, tzinfo=BEIJING)
    with opened() as engine:
        id = engine.start(LINE, actor=agent, now=now).id
        (offer,) = engine.options(id, actor=agent, now=now)
        assert offer.deadline is not None
        assert offer.deadline_provisional
    with Engine.open(url, calendar=WorkCalendar.china(file)) as engine:
        found = engine.recalendar(now=now + timedelta(hours=1))
        assert (found.cases, found.moved) == (1, 1)
        (moved,) = (r for r in engine.case(id).history if r.kind is RecordKind.RECALENDARED)
        assert [(m.before, m.place) for m in moved.moved] == [(offer.deadline, "apply")]
        (again,) = engine.options(id, actor=agent, now=now + timedelta(hours=1))
        assert again.deadline == moved.moved[0].after != offer.deadline
        assert not again.deadline_provisional
        assert list(engine.verify()) == []
        assert whole(engine) == []


def test_a_case_outlives_a_leap_day_suspended(url: URL) -> None:
    """In another database for each, so that `wake` finds this case alone."""
    suspending = steps(
        "- {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 10 days}",
        """
        anywhere:
          suspend: {title: {zh: 中止, en: Suspend}, by: officer, resume: {event: resume, by: officer}}
        """,
    )
    ends: list[date | None] = []
    made = databases(url)
    for year in (2023, 2024):
        with Engine.open(made(), durability="normal") as engine:
            now = datetime(year, 2, 24, 9, tzinfo=BEIJING)
            id = engine.start(suspending, actor=agent, now=now).id
            assert engine.fire(id, "suspend", actor=officer, reason="r", now=now + timedelta(days=2))
            assert engine.case(id).next_due is None
            assert engine.wake(now=now + timedelta(days=100)) == []
            resumed = datetime(year, 3, 2, 9, tzinfo=BEIJING)
            assert engine.fire(id, "resume", actor=officer, now=resumed)
            ends += [o.deadline for o in engine.options(id, actor=officer, now=resumed) if o.deadline]
    assert ends[0] == date(2023, 3, 10)
    assert ends[-1] == date(2024, 3, 11)  # as the 10th is a Sunday
