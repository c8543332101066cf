"""A notice of holidays that comes out later counts the days of all open cases anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine
from jianban.engine.state import RecordKind
from jianban.engine.store.tables import cases, tasks
from jianban.workflows.calendar import WorkCalendar
from tests.engine.flows import agent, officer, steps

NOW = datetime(2027, 3, 1, 9, tzinfo=BEIJING)
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, within: {statutory: 10 working days}}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer}
    """
)
OFF = date(2027, 3, 9)


@pytest.fixture
def notice(tmp_path: Path) -> WorkCalendar:
    """The calendar after a notice that gives a Tuesday off."""
    file = tmp_path / "calendar.yaml"
    file.write_text(f"2027:\n  notice: 国办发明电〔2026〕6号\n  off: [{OFF}]\n", encoding="utf-8")
    return WorkCalendar.china(file)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    numbers = count(1)
    with Engine.open(url, clock=lambda: NOW, ids=lambda now: f"case-{next(numbers):04}") as engine:
        yield engine


def fill(engine: Engine) -> None:
    for n in range(5):
        engine.start(FLOW, actor=agent)
        if n > 2:
            engine.fire(f"case-{n + 1:04}", "complete", actor=agent)
    engine.fire("case-0005", "complete", actor=officer)


def test_dates_move_and_the_record_says_why(engine: Engine, notice: WorkCalendar) -> None:
    fill(engine)
    found = engine.recalendar(notice)
    assert (found.cases, found.moved, found.dates, found.failed) == (4, 3, 3, ())
    assert found.because == ((OFF, 3),)
    assert [d.dates[0].deadline.last for d in engine.due()] == [date(2027, 3, 16)] * 3
    record = engine.case("case-0001").history[-1]
    assert record.kind is RecordKind.RECALENDARED
    assert [(m.place, m.before, m.after, m.days) for m in record.moved] == [
        ("apply", date(2027, 3, 15), date(2027, 3, 16), (OFF,))
    ]
    assert list(engine.verify()) == []


def test_dates_that_run_from_a_personal_one_can_be_erased(engine: Engine, notice: WorkCalendar) -> None:
    run = steps(
        """
        - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [since, reason]}
        - {step: look, title: {zh: 公示, en: Notice}, kind: publicity, by: officer,
           lasts: {for: 6 working days, from: since}}
        """,
        """
        data: {since: {type: date, personal: true, title: {zh: 自, en: Since}},
          reason: {type: text, personal: true, title: {zh: 事由, en: Reason}}}
        """,
    )
    case = engine.start(run, actor=agent).id
    data = {"since": NOW.date(), "reason": "r"}
    assert engine.fire(case, "complete", actor=agent, data=data, reason="said")
    assert engine.recalendar(notice).dates == 1
    (moved,) = engine.case(case).history[-1].moved
    assert (moved.before, moved.after) == (date(2027, 3, 9), date(2027, 3, 10))
    assert list(engine.verify()) == []
    assert b"2027-03-10" not in b"".join(row.body for row in engine.store.entries(case))
    (answer,) = engine.erase(owner=agent.id, actor=officer, reason="依法")
    assert answer.records[0].target == "reason, since, moved"
    assert [r.moved for r in engine.case(case).history if r.calendar] == [(), ()]
    assert list(engine.verify()) == []


def test_lists_follow_where_another_program_counts(engine: Engine, notice: WorkCalendar, url: URL) -> None:
    fill(engine)
    with Engine.open(url, clock=lambda: NOW, calendar=notice) as other:
        other.recalendar()
        with other.store.reading() as connection:
            rows = connection.execute(select(tasks.c.due).where(tasks.c.role == "agent")).scalars().all()
            dates = connection.execute(
                select(cases.c.deadline).where(cases.c.deadline.is_not(None))
            ).scalars()
            assert rows == [date(2027, 3, 16)] * 3
            assert list(dates) == [date(2027, 3, 16)] * 3


def test_doing_it_again_changes_nothing(engine: Engine, notice: WorkCalendar) -> None:
    fill(engine)
    engine.recalendar(notice)
    entries = [engine.case(f"case-{n:04}").seq for n in range(1, 6)]
    again = engine.recalendar(notice)
    assert (again.cases, again.moved, again.because) == (0, 0, ())
    assert [engine.case(f"case-{n:04}").seq for n in range(1, 6)] == entries


def test_it_goes_on_where_it_stopped(engine: Engine, notice: WorkCalendar, url: URL) -> None:
    fill(engine)
    with Engine.open(url, clock=lambda: NOW + timedelta(hours=1), calendar=notice) as other:
        other.wake()
        other.fire("case-0002", "complete", actor=agent)
        assert other.recalendar().cases == 3
        assert list(other.verify()) == []


def test_a_later_program_knows_the_calendars_before(url: URL, notice: WorkCalendar) -> None:
    with Engine.open(url, clock=lambda: NOW) as first:
        first.start(FLOW, actor=agent, id="a")
    with Engine.open(url, clock=lambda: NOW, calendar=notice) as second:
        assert second.recalendar().because == ((OFF, 1),)
        assert list(second.verify()) == []


def test_a_case_that_cannot_be_counted_is_named(engine: Engine, notice: WorkCalendar) -> None:
    engine.start(FLOW, actor=agent, now=NOW + timedelta(days=1))
    found = engine.recalendar(notice)
    assert [id for id, _why in found.failed] == ["case-0001"]
    assert found.cases == 0
