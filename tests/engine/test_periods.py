"""Periods that run from a date of the case or from another step."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jianban.engine.case import Case, RecordKind, Rule
from jianban.engine.deadlines import DeadlineKind
from jianban.engine.walks import Walk, walks
from tests.engine.flows import MONDAY, agent, done, flow, neighbour, officer, opened, places, refused

DATA = """
data:
  until: {title: {zh: 授权期限, en: Until}, type: date}
"""
GRANT = flow(
    DATA
    + """
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - {step: grant, title: {zh: 授权, en: Grant}, kind: submit, by: agent, collects: [until]}
      - step: use
        title: {zh: 使用, en: Use}
        kind: task
        by: officer
        on:
          use: {to: use, max: 9, title: {zh: 使用, en: Use}}
          change: {to: use, max: 9, by: agent, title: {zh: 变更, en: Change}}
          expire: {to: refused, after: {from: until, planned: 1 year}, title: {zh: 到期, en: It ends}}
"""
)


def granted(until: date | None = date(2024, 3, 9)) -> Case:
    """Granted until a Saturday."""
    case = opened(GRANT)
    done(case.fire("submit", actor=agent, data={"until": until}, now=MONDAY))
    return case


def test_a_timer_runs_to_a_date_of_the_case_and_not_to_the_next_working_day() -> None:
    case = granted()
    assert case.next_due == datetime(2024, 3, 9, 23, 59, 59, 999999)
    (record,) = [r for r in done(case.tick(datetime(2024, 3, 20))).records if r.kind is RecordKind.TIMED]
    assert (record.event, record.at.date()) == ("expire", date(2024, 3, 9))


def test_doing_the_step_again_does_not_restart_it() -> None:
    case = granted()
    due = case.next_due
    done(case.fire("use", actor=officer, now=MONDAY + timedelta(days=2)))
    assert case.next_due == due


def test_an_event_that_changes_the_date_moves_it() -> None:
    case = granted()
    done(case.fire("change", actor=agent, data={"until": date(2024, 5, 1)}, now=MONDAY))
    (deadline,) = [d for d in case.deadlines(now=MONDAY) if d.kind is DeadlineKind.AFTER]
    assert case.next_due is not None
    assert (case.next_due.date(), deadline.last, deadline.left) == (date(2024, 5, 1),) * 2 + (58,)


def test_a_date_that_has_passed_ends_it_at_once() -> None:
    case = granted()
    done(case.fire("change", actor=agent, data={"until": date(2024, 1, 1)}, now=MONDAY))
    done(case.tick(MONDAY))
    assert case.end is not None


def test_a_walk_reaches_the_end_that_only_the_date_brings() -> None:
    assert "refused" in {walk.end for walk in walks(GRANT, MONDAY) if isinstance(walk, Walk)}


def waiting(lasts: str, data: str = DATA) -> Case:
    body = f"""
stages:
  - stage: only
    title: {{zh: 环节, en: Stage}}
    steps:
      - {{step: announce, title: {{zh: 公告, en: Announce}}, kind: task, by: agent}}
      - step: notice
        title: {{zh: 公示, en: Notice}}
        kind: task
        by: agent
        lasts: {lasts}
        on: {{objection: {{to: answer, by: neighbour, max: 3}}}}
      - step: apply
        title: {{zh: 申请, en: Apply}}
        kind: submit
        by: agent
        on: {{submit: next}}
      - step: answer
        aside: true
        title: {{zh: 答复, en: Answer}}
        kind: task
        by: agent
        on: {{complete: notice}}
"""
    return opened(flow(data + body))


@pytest.mark.parametrize(
    ("lasts", "last"),
    [("20 days", date(2024, 4, 7)), ("{for: 20 days, from: announce}", date(2024, 3, 25))],
)
def test_a_wait_that_is_reached_again_runs_on_where_its_beginning_is_set(lasts: str, last: date) -> None:
    case = waiting(lasts)
    done(case.fire("complete", actor=agent, now=MONDAY))
    later = MONDAY + timedelta(days=14)
    done(case.fire("objection", actor=neighbour, now=later))
    done(case.fire("complete", actor=agent, now=later))
    assert places(case) == ["notice"]
    (deadline,) = case.deadlines(now=later)
    assert (deadline.kind, deadline.last) == (DeadlineKind.WAIT, last)
    refusal = refused(case.fire("complete", actor=agent, now=datetime.combine(last, later.time())))
    assert refusal.code is Rule.WAIT
    done(case.fire("complete", actor=agent, now=datetime.combine(last + timedelta(days=1), later.time())))


def test_what_waits_for_a_date_that_the_case_lacks_names_it() -> None:
    case = waiting("{for: 20 days, from: until}")
    done(case.fire("complete", actor=agent, now=MONDAY))
    refusal = refused(case.fire("complete", actor=agent, now=MONDAY + timedelta(days=99)))
    assert (refusal.code, refusal.missing) == (Rule.DATA, ("until",))
    given: Mapping[str, Any] = {"until": date(2024, 3, 4)}
    refusal = refused(case.fire("complete", actor=agent, data=given, now=MONDAY + timedelta(days=9)))
    assert "2024-03-25" in refusal.text.en
