"""Waits, limits, what happens by itself, and clocks that stop."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jianban.engine.case import Actor, Case, RecordKind, Rule
from jianban.engine.clock import deadline, longer
from jianban.engine.decision import china
from jianban.workflows.language.terms import Duration, Unit
from tests.engine.flows import (
    MONDAY,
    agent,
    clerk,
    done,
    flow,
    neighbour,
    officer,
    opened,
    places,
    refused,
    steps,
)

END_OF_DAY = timedelta(hours=23, minutes=59, seconds=59, microseconds=999999)


def night(year: int, month: int, day: int) -> datetime:
    """The last moment of a day."""
    return datetime(year, month, day) + END_OF_DAY


NOTICE = steps(
    """
    - step: notice
      title: {zh: 公示, en: Notice}
      kind: publicity
      by: clerk
      lasts: 20 days
      on: {objection: {to: refused, by: neighbour}}
    - step: apply
      title: {zh: 申请, en: Apply}
      kind: submit
      by: agent
      within: {statutory: 20 days, expiry: {then: end, event: lapse}}
      on: {lapse: {to: refused}}
    """
)


def test_a_notice_runs_in_full_and_ends_by_itself() -> None:
    case = opened(NOTICE)
    assert case.next_due == night(2024, 3, 25)  # the 24th is a Sunday
    assert refused(case.fire("elapsed", actor=clerk, now=MONDAY)).code is Rule.TIMER
    assert done(case.tick(night(2024, 3, 25) - timedelta(microseconds=1))).records == ()
    (record,) = done(case.tick(datetime(2024, 3, 28))).records
    assert (record.kind, record.at, record.actor) == (RecordKind.TIMED, night(2024, 3, 25), None)
    assert places(case) == ["apply"]


def test_an_objection_may_come_while_the_notice_runs() -> None:
    case = opened(NOTICE)
    done(case.fire("objection", actor=neighbour, now=night(2024, 3, 25) - timedelta(seconds=1)))
    assert case.end is not None
    assert case.end.id == "refused"


def test_what_is_due_happens_before_a_late_event() -> None:
    case = opened(NOTICE)
    refusal = refused(case.fire("objection", actor=neighbour, now=datetime(2024, 3, 26)))
    assert refusal.code is Rule.PLACE
    assert places(case) == ["apply"]


def test_timers_fire_in_order_each_at_its_own_moment() -> None:
    case = opened(NOTICE)
    records = done(case.tick(datetime(2025, 1, 1))).records
    assert [(r.event or r.kind, r.at) for r in records] == [
        ("elapsed", night(2024, 3, 25)),
        (RecordKind.WARNED, night(2024, 4, 12)),
        ("lapse", night(2024, 4, 15)),  # 20 days from the 25th: the 14th is a Sunday
        (RecordKind.ENDED, night(2024, 4, 15)),
    ]
    assert case.next_due is None


SILENCE = steps(
    """
    - step: intake
      title: {zh: 受理, en: Intake}
      kind: intake
      by: clerk
      within: {statutory: 5 working days, promised: 1 working day}
      on: {decline: null, correct: null}
    - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: officer,
       within: {statutory: 20 working days, extendable: 10 working days, expiry: {then: warn}}}
    """
)


def test_silence_accepts() -> None:
    case = opened(SILENCE)
    (offer,) = case.offers(now=MONDAY, actor=clerk)
    assert (offer.deadline, offer.promised) == (date(2024, 3, 11), date(2024, 3, 5))
    warned, record = done(case.tick(datetime(2024, 3, 12))).records
    assert (warned.kind, warned.at) == (RecordKind.WARNED, night(2024, 3, 8))
    assert (record.event, record.at) == ("accept", night(2024, 3, 11))
    assert case.state.tokens[0].since == night(2024, 3, 11)


def test_an_answer_in_time_leaves_no_timer_behind() -> None:
    case = opened(SILENCE)
    done(case.fire("accept", actor=clerk, now=MONDAY))
    assert {t.step for t in case.timers()} == {"decide"}
    assert case.next_due == night(2024, 3, 29)


def test_a_decision_is_warned_of_and_told_overdue_once() -> None:
    case = opened(SILENCE)
    done(case.fire("accept", actor=clerk, now=MONDAY))
    records = done(case.tick(datetime(2024, 4, 9))).records
    assert [(r.kind, r.node, r.at) for r in records] == [
        (RecordKind.WARNED, "decide", night(2024, 3, 29)),
        (RecordKind.OVERDUE, "decide", night(2024, 4, 1)),
    ]
    assert case.next_due is None
    assert done(case.tick(datetime(2024, 5, 9))).records == ()
    assert case.fire("approve", actor=officer, now=datetime(2024, 5, 9))


def test_an_extension_needs_a_reason_and_is_given_once() -> None:
    case = opened(SILENCE)
    done(case.fire("accept", actor=clerk, now=MONDAY))
    assert refused(case.fire("extend", actor=officer, now=MONDAY)).code is Rule.REASON
    assert refused(case.fire("extend", actor=clerk, now=MONDAY, reason="疑难")).code is Rule.ROLE
    (offer,) = (o for o in case.offers(now=MONDAY, actor=officer) if o.event == "extend")
    assert offer.refusal is None
    assert offer.reason_required
    done(case.fire("extend", actor=officer, now=MONDAY, reason="疑难"))
    # 30 working days from 4 March, over the Qingming holiday and the working Sunday of 7 April
    assert case.timers()[-1].due == night(2024, 4, 16)
    assert refused(case.fire("extend", actor=officer, now=MONDAY, reason="疑难")).code is Rule.EXTENSION
    assert case.history[-1].reason == "疑难"


@pytest.mark.parametrize("day", [date(2024, 4, 1), date(2024, 4, 2)])
def test_a_limit_is_extended_before_it_has_ended(day: date) -> None:
    case = opened(SILENCE)
    done(case.fire("accept", actor=clerk, now=MONDAY))
    answer = case.fire("extend", actor=officer, now=datetime(day.year, day.month, day.day, 9), reason="疑难")
    if day == date(2024, 4, 1):
        assert case.timers()[-1].due == night(2024, 4, 16)
        done(answer)
    else:
        assert refused(answer).until == date(2024, 4, 1)


def test_a_step_without_extension_says_so() -> None:
    case = opened(NOTICE)
    assert refused(case.fire("extend", actor=clerk, now=MONDAY, reason="x")).code is Rule.EXTENSION


def test_an_expiry_can_be_escalated_to_a_role() -> None:
    case = opened(
        steps(
            """
            - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: clerk,
               within: {statutory: 5 days, expiry: {then: escalate, role: officer}}}
            """
        )
    )
    _warned, record = done(case.tick(datetime(2024, 4, 1))).records
    assert (record.kind, record.target, record.at) == (RecordKind.ESCALATED, "officer", night(2024, 3, 11))


def test_a_wait_refuses_the_main_exit_until_it_has_run() -> None:
    case = opened(
        steps(
            """
            - step: cool
              title: {zh: 冷静期, en: Cooling off}
              kind: task
              by: agent
              lasts: 30 days
              on: {reject: {to: refused}}
            """
        )
    )
    refusal = refused(case.fire("complete", actor=agent, now=MONDAY + timedelta(days=30)))
    assert (refusal.code, refusal.until) == (Rule.WAIT, date(2024, 4, 3))
    assert "2024-04-03" in refusal.text.en
    assert [o.refusal is None for o in case.offers(now=MONDAY)] == [False, True]
    assert case.fire("complete", actor=agent, now=datetime(2024, 4, 4))


COUNTED = steps(
    """
    - {step: accept, title: {zh: 受理, en: Accept}, kind: task, by: clerk}
    - {step: test, title: {zh: 检测, en: Test}, kind: test, by: tester, on: {fail: null}}
    - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: officer,
       within: {statutory: 20 working days, from: accept}}
    """
)


def test_a_limit_counted_from_another_step_leaves_out_what_stops_the_clock() -> None:
    case = opened(COUNTED)
    done(case.fire("complete", actor=clerk, now=MONDAY))
    tested = MONDAY + timedelta(days=14)
    done(case.fire("pass", actor=Actor("t", "tester"), now=tested))
    offer = case.offers(now=tested)[0]
    # all 20 working days are left on 18 March: the clock stopped on the very day it started
    assert offer.deadline == china().end(tested.date(), Duration(20, Unit.WORKING_DAY))


WHOLE = flow(
    """
    within: {promised: 30 working days, promised_assumed: {zh: 承诺, en: Pledge}}
    stages:
      - stage: first
        title: {zh: 申请, en: Apply}
        steps:
          - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent}
      - stage: second
        title: {zh: 审批, en: Approve}
        within: {statutory: 10 working days, source: "licensing_act:42"}
        steps:
          - {step: check, title: {zh: 审查, en: Check}, kind: review, by: officer, within: 8 working days,
             on: {reject: null, return: {to: apply, max: 1, by: officer}}}
          - {step: try, title: {zh: 检验, en: Try}, kind: test, by: tester}
          - {step: settle, title: {zh: 决定, en: Settle}, kind: decide, by: officer, within: 8 working days}
    """
)


def test_a_deadline_is_the_earliest_of_the_step_its_stage_and_the_process() -> None:
    case, tester = opened(WHOLE), Actor("t", "tester")
    assert case.offers(now=MONDAY)[0].deadline is None  # limits of a whole bind offices, not the applicant
    done(case.fire("submit", actor=agent, now=MONDAY))
    offer = case.offers(now=MONDAY)[0]
    assert (offer.deadline, offer.deadline_of) == (date(2024, 3, 14), offer.step_title)
    thursday = MONDAY + timedelta(days=3)
    done(case.fire("pass", actor=officer, now=thursday))
    tested = thursday + timedelta(days=7)
    done(case.fire("pass", actor=tester, now=tested))
    offer = case.offers(now=tested)[0]
    # three of the stage's ten days were used before the test, whose seven days do not count
    assert offer.deadline == china().end(tested.date(), Duration(7, Unit.WORKING_DAY)) == date(2024, 3, 25)
    assert offer.deadline_of == WHOLE.process.stages[1].title
    assert offer.deadline_basis.citations[0].article == "42"
    # the promise for all runs since Monday, and stands still during the test like the rest
    assert offer.promised == china().end(tested.date(), Duration(27, Unit.WORKING_DAY))
    assert Case.replay(WHOLE, case.history).state == case.state


def test_a_stage_entered_again_begins_anew() -> None:
    case = opened(WHOLE)
    done(case.fire("submit", actor=agent, now=MONDAY))
    done(case.fire("return", actor=officer, now=MONDAY + timedelta(days=1)))
    later = MONDAY + timedelta(days=7)
    done(case.fire("submit", actor=agent, now=later))
    assert case.state.memory.entered == (("@", (), MONDAY), ("@second", (), later))


STOPPABLE = """
anywhere:
  suspend: {title: {zh: 中止, en: Suspend}, by: officer, reason: required, stops_clock: STOPS,
            resume: {event: resume, by: officer}}
"""


def suspended(stops: str) -> Case:
    case = opened(
        steps(
            "- {step: notice, title: {zh: 公示, en: N}, kind: publicity, by: clerk, lasts: 10 working days}",
            STOPPABLE.replace("STOPS", stops),
        )
    )
    assert case.next_due == night(2024, 3, 18)
    done(case.fire("suspend", actor=officer, now=MONDAY + timedelta(days=2), reason="诉讼"))
    assert case.next_due is None
    assert case.timers() == ()
    assert done(case.tick(datetime(2024, 4, 15))).records == ()
    done(case.fire("resume", actor=officer, now=datetime(2024, 4, 15, 9)))
    return case


def test_a_suspension_stops_waits_and_limits() -> None:
    # two working days ran before Wednesday was over; the other eight follow Monday, 15 April
    assert suspended("true").next_due == night(2024, 4, 25)


def test_a_suspension_that_stops_no_clock_holds_what_is_due_until_it_is_over() -> None:
    case = suspended("false")
    assert case.next_due == night(2024, 3, 18)
    resumed = datetime(2024, 4, 15, 9)
    assert {r.at for r in done(case.tick(resumed)).records} == {resumed}


def test_a_suspension_takes_time_too() -> None:
    case = suspended("true")
    back = datetime(2024, 4, 14, 9)
    assert refused(case.tick(back)).code is Rule.TIME
    assert refused(case.fire("suspend", actor=officer, now=back, reason="诉讼")).code is Rule.TIME
    again = datetime(2024, 4, 16, 9)
    done(case.fire("suspend", actor=officer, now=again, reason="诉讼"))
    assert refused(case.fire("resume", actor=officer, now=again - timedelta(hours=1))).code is Rule.TIME
    assert len(case.history) == 4


def test_the_days_of_a_case_are_those_of_beijing() -> None:
    """Whatever zone an application writes its times in: 17:00 of Sunday in Greenwich is Monday in China."""
    case = opened(NOTICE, now=datetime(2024, 3, 3, 17, tzinfo=UTC))
    beijing = timezone(timedelta(hours=8))
    assert case.next_due == night(2024, 3, 25).replace(tzinfo=beijing)
    assert case.history[0].at.isoformat() == "2024-03-04T01:00:00+08:00"
    assert Case.replay(NOTICE, case.history).state == case.state


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (datetime(2024, 2, 8, 9), date(2024, 2, 19)),  # off from the 10th to the 17th, worked on Sunday, 18
        (datetime(2024, 12, 30, 9), date(2025, 1, 3)),  # New Year's Day is off
        (datetime(2025, 1, 25, 9), date(2025, 2, 5)),  # off from the 28th to 4 February, worked on the 26th
    ],
)
def test_working_days_pass_over_the_holidays(start: datetime, last: date) -> None:
    body = "- {step: a, title: {zh: 审查, en: A}, kind: review, by: officer, within: 3 working days}"
    case = opened(steps(body), now=start)
    assert case.offers(now=start)[0].deadline == last


def test_times_with_a_zone_keep_it() -> None:
    beijing = timezone(timedelta(hours=8))
    case = opened(NOTICE, now=MONDAY.replace(tzinfo=beijing))
    assert case.next_due == night(2024, 3, 25).replace(tzinfo=beijing)
    assert refused(case.tick(datetime(2024, 3, 26))).code is Rule.TIME
    assert refused(case.fire("objection", actor=neighbour, now=datetime(2024, 3, 26))).code is Rule.TIME
    assert done(case.tick(datetime(2024, 3, 25, 15, 59, 58, tzinfo=UTC))).records == ()
    assert done(case.tick(datetime(2024, 3, 25, 16, tzinfo=UTC))).records


def test_a_timer_that_a_condition_refuses_stays_due() -> None:
    case = opened(
        steps(
            """
            - {step: intake, title: {zh: 受理, en: Intake}, kind: intake, by: clerk, within: 5 working days,
               on: {accept: {to: next, when: ready, source: licensing_act}, decline: null, correct: null}}
            """,
            "data: {ready: {title: {zh: 齐备, en: Ready}, type: bool, default: false}}",
        )
    )
    late = datetime(2024, 4, 1)
    assert [r.kind for r in done(case.tick(late)).records] == [RecordKind.WARNED]
    assert case.next_due == night(2024, 3, 11)
    assert refused(case.fire("accept", actor=clerk, now=late)).code is Rule.GUARD
    assert case.fire("accept", actor=clerk, now=late, data={"ready": True})


DAYS = st.dates(date(2019, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR, Unit.HOUR])
@given(start=DAYS, amount=st.integers(1, 60), before=st.integers(0, 40), length=st.integers(0, 40))
def test_a_stop_never_shortens_a_period(
    unit: Unit, start: date, amount: int, before: int, length: int
) -> None:
    amount = min(amount, 3) if unit is Unit.YEAR else amount
    stopped = start + timedelta(days=before)
    duration = Duration(amount, unit)
    whole = deadline(china(), start, duration)
    after = deadline(china(), start, duration, [(stopped, stopped + timedelta(days=length))])
    assert after >= whole
    if stopped > whole:
        assert after == whole


@given(start=DAYS, amount=st.integers(1, 40), before=st.integers(0, 30), length=st.integers(1, 30))
def test_a_stop_moves_working_days_by_exactly_the_days_it_took(
    start: date, amount: int, before: int, length: int
) -> None:
    """Counted one by one: a day counts when it is a working day after the start and outside the stop."""
    calendar, duration = china(), Duration(amount, Unit.WORKING_DAY)
    stopped, resumed = start + timedelta(days=before), start + timedelta(days=before + length)
    assume(calendar.end(start, duration) != stopped)  # stopped on its last day, it ends when it is resumed
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day) and not stopped < day <= resumed
    assert deadline(calendar, start, duration, [(stopped, resumed)]) == day


def test_stops_that_overlap_count_once() -> None:
    start, twenty = date(2024, 3, 4), Duration(20, Unit.WORKING_DAY)
    one = deadline(china(), start, twenty, [(date(2024, 3, 6), date(2024, 3, 20))])
    two = deadline(
        china(),
        start,
        twenty,
        [(date(2024, 3, 10), date(2024, 3, 20)), (date(2024, 3, 6), date(2024, 3, 12))],
    )
    assert one == two


def test_two_periods_in_a_row() -> None:
    start = date(2024, 3, 4)
    assert longer(china(), start, Duration(3, Unit.DAY), Duration(4, Unit.DAY)) == Duration(7, Unit.DAY)
    assert longer(china(), start, Duration(1, Unit.MONTH), Duration(5, Unit.WORKING_DAY)) == Duration(
        (date(2024, 4, 12) - start).days, Unit.DAY
    )
