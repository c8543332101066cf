"""Deadlines with lights, warnings, extensions of wholes, office calendars, and days counted anew."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from jianban.engine.case import (
    Actor,
    Case,
    Deadline,
    DeadlineKind,
    Decision,
    Fire,
    Light,
    RecordKind,
    Refusal,
    Rule,
    decide,
)
from jianban.engine.deadlines import light
from jianban.engine.decision import china
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Call, Exit, Process
from jianban.workflows.language.terms import Cause, Duration, Unit
from tests.engine.flows import MONDAY, agent, clerk, done, flow, officer, opened, refused, steps
from tests.engine.test_time import night
from tests.strategies import CATALOGUE

DAY = timedelta(days=1)
ANYWHERE = """
anywhere:
  suspend: {title: {zh: 中止, en: Suspend}, by: officer, reason: required,
            resume: {event: resume, by: officer}}
"""


def only(case: Case, now: datetime, kind: DeadlineKind = DeadlineKind.STATUTORY) -> Deadline:
    (found,) = (d for d in case.deadlines(now=now) if d.kind is kind)
    return found


def told(case: Case) -> list[tuple[RecordKind, str, datetime]]:
    kinds = (RecordKind.WARNED, RecordKind.OVERDUE, RecordKind.ESCALATED)
    return [(r.kind, r.event, r.at) for r in case.history if r.kind in kinds]


TEN = steps(
    """
    - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: officer,
       within: {statutory: 10 working days, promised: 5 working days, warn: 2 working days,
                promised_assumed: {zh: 承诺, en: Pledge}}}
    """,
    ANYWHERE,
)


@pytest.mark.parametrize(
    ("now", "used", "left", "shown"),
    [
        (MONDAY, 0, 10, Light.GREEN),
        (datetime(2024, 3, 14, 23), 8, 2, Light.GREEN),
        (datetime(2024, 3, 15), 9, 1, Light.YELLOW),
        (datetime(2024, 3, 18, 23), 10, 0, Light.YELLOW),
        (datetime(2024, 3, 20), 12, -2, Light.RED),
    ],
)
def test_a_deadline_says_what_is_used_and_left(now: datetime, used: int, left: int, shown: Light) -> None:
    found = only(opened(TEN), now)
    assert (found.start, found.last, found.warn) == (date(2024, 3, 4), date(2024, 3, 18), date(2024, 3, 14))
    assert (found.used, found.left, found.light) == (used, left, shown)
    assert [r.id for r in found.roles] == ["officer"]


def test_a_broken_promise_is_yellow_while_the_law_leaves_time() -> None:
    found = opened(TEN).deadlines(now=datetime(2024, 3, 12))
    lights = {d.kind: d.light for d in found}
    assert lights == {DeadlineKind.STATUTORY: Light.GREEN, DeadlineKind.PROMISED: Light.YELLOW}
    assert light(found) is Light.YELLOW


def test_a_limit_says_how_long_before_it_warns_and_the_calendar_where_it_does_not() -> None:
    case = opened(TEN)
    done(case.tick(datetime(2024, 4, 1)))
    expected = [(RecordKind.WARNED, "", night(2024, 3, 14)), (RecordKind.OVERDUE, "", night(2024, 3, 18))]
    assert told(case) == expected
    plain = steps("- {step: a, title: {zh: 审查, en: A}, kind: review, by: officer, within: 10 working days}")
    for before, day in ((Duration(3, Unit.WORKING_DAY), 13), (Duration(3, Unit.DAY), 15)):
        calendar = WorkCalendar.china(warn_before=before)
        case = Case.open(plain, actor=agent, now=MONDAY, calendar=calendar)
        assert case.next_due == night(2024, 3, day)
    silent = Case.open(plain, actor=agent, now=MONDAY, calendar=WorkCalendar.china(warn_before=None))
    assert silent.next_due == night(2024, 3, 18)


def test_a_suspended_clock_stands_still_in_the_numbers_too() -> None:
    case = opened(TEN)
    wednesday = MONDAY + 2 * DAY
    assert refused(case.fire("suspend", actor=officer, now=wednesday, reason=" ")).code is Rule.REASON
    done(case.fire("suspend", actor=officer, now=wednesday, reason="诉讼"))
    later = wednesday + 14 * DAY
    found = only(case, later)
    assert (found.stopped, found.used, found.left) == (True, 2, 8)
    assert done(case.tick(later)).records == ()
    done(case.fire("resume", actor=officer, now=later))
    assert only(case, later).last == china().end(later.date(), Duration(8, Unit.WORKING_DAY))


WHOLE = flow(
    """
    within: {statutory: 12 working days, expiry: {then: escalate, role: officer}}
    stages:
      - stage: first
        title: {zh: 审批, en: Approve}
        within: {statutory: 5 working days, extendable: {for: 3 working days, by: neighbour}}
        steps:
          - parallel: looks
            title: {zh: 核查, en: Look}
            branches:
              - {branch: one, steps: [{step: read, title: {zh: 书面, en: Read}, kind: notify, by: clerk}]}
              - {branch: two, steps: [{step: look, title: {zh: 现场, en: Look}, kind: notify, by: officer}]}
          - {step: try, title: {zh: 检验, en: Try}, kind: test, by: tester}
          - {step: settle, title: {zh: 决定, en: Settle}, kind: decide, by: officer}
    """
)
CHIEF = Actor("head", ["neighbour"])


def test_limits_of_wholes_are_told_once_however_many_work_on_them() -> None:
    case = opened(WHOLE)
    done(case.tick(datetime(2024, 4, 1)))
    assert told(case) == [
        (RecordKind.WARNED, "@first", night(2024, 3, 8)),
        (RecordKind.OVERDUE, "@first", night(2024, 3, 11)),
        (RecordKind.WARNED, "@", night(2024, 3, 19)),
        (RecordKind.ESCALATED, "@", night(2024, 3, 20)),
    ]
    assert case.history[-1].target == "officer"
    assert case.next_due is None
    stage, process = case.deadlines(now=datetime(2024, 4, 1))
    assert (stage.place, stage.of_process, stage.light) == ("@first", False, Light.RED)
    assert (process.place, process.of_process) == ("@", True)
    assert [r.id for r in stage.roles] == ["clerk", "officer"]
    assert Case.replay(WHOLE, case.history).state == case.state


def test_the_limit_of_a_stage_is_extended_once_by_whom_the_law_names() -> None:
    case = opened(WHOLE)
    (offer,) = (o for o in case.offers(now=MONDAY) if o.event == "extend")
    assert (offer.place, offer.deadline, [r.id for r in offer.roles]) == (
        "@first",
        date(2024, 3, 11),
        ["neighbour"],
    )
    assert refused(case.fire("extend", actor=officer, now=MONDAY, reason="疑难")).code is Rule.ROLE
    elsewhere = refused(case.fire("extend", actor=CHIEF, now=MONDAY, at="second", reason="疑难"))
    assert elsewhere.remedy.zh == "现在可以办理“extend”的有：@first"
    done(case.fire("extend", actor=CHIEF, now=MONDAY, at="@first", reason="疑难"))
    assert case.deadlines(now=MONDAY)[0].last == date(2024, 3, 14)
    assert refused(case.fire("extend", actor=CHIEF, now=MONDAY, reason="疑难")).code is Rule.EXTENSION
    done(case.tick(datetime(2024, 3, 15)))
    assert told(case)[0] == (RecordKind.WARNED, "@first", night(2024, 3, 13))
    assert Case.replay(WHOLE, case.history).state == case.state


def test_nobody_is_late_while_a_test_stops_the_clock_of_the_stage() -> None:
    case = opened(WHOLE)
    done(case.fire("notify", actor=clerk, now=MONDAY, at="read"))
    done(case.fire("notify", actor=officer, now=MONDAY, at="look"))
    later = MONDAY + 28 * DAY
    assert done(case.tick(later)).records == ()
    stage = case.deadlines(now=later)[0]
    assert (stage.stopped, stage.used, stage.light) == (True, 0, Light.GREEN)
    done(case.fire("pass", actor=Actor("t", "tester"), now=later))
    assert case.deadlines(now=later)[0].left == 5


def test_a_warning_is_repeated_for_an_extended_limit_and_an_extension_outlives_a_detour() -> None:
    case = opened(
        steps(
            """
            - {step: accept, title: {zh: 受理, en: Accept}, kind: task, by: clerk}
            - step: decide
              title: {zh: 决定, en: Decide}
              kind: decide
              by: officer
              within: {statutory: 5 working days, extendable: 5 working days, from: accept}
              on: {revise: {via: {step: revise, kind: correct, by: agent}, max: 2, title: {zh: 修改, en: R}}}
            """
        )
    )
    done(case.fire("complete", actor=clerk, now=MONDAY))
    friday = datetime(2024, 3, 11, 9)
    done(case.fire("extend", actor=officer, now=friday, reason="疑难"))
    assert told(case) == [(RecordKind.WARNED, "", night(2024, 3, 8))]
    assert case.next_due == night(2024, 3, 15)
    done(case.fire("revise", actor=officer, now=friday))
    done(case.fire("resubmit", actor=agent, now=friday + DAY))
    assert refused(case.fire("extend", actor=officer, now=friday + DAY, reason="x")).code is Rule.EXTENSION
    assert only(case, friday + DAY).last == date(2024, 3, 18)


CALLED = """
process: test/inner
version: "1"
title: {zh: 内, en: Inner}
within: {statutory: 4 working days}
stages:
  - stage: inside
    title: {zh: 环节, en: Inside}
    within: {statutory: 2 working days}
    steps: [{step: work, title: {zh: 办理, en: Work}, kind: task, by: officer}]
ends: {done: {outcome: granted, title: {zh: 准予, en: Granted}}}
"""


def calling(inner: Process) -> Flow:
    """A process of one task, and then a call of the other."""
    outer = steps("- {step: begin, title: {zh: 开始, en: Begin}, kind: task, by: clerk}").process
    (stage,) = outer.stages
    ends = {end.id: end for end in inner.ends}
    exits = (Exit(event="done", title=ends["done"].title, cause=Cause.AUTO, main=True),)
    call = Call(id="sub", title=inner.title, process=inner, exits=exits)
    return compile_process(replace(outer, stages=(replace(stage, items=(*stage.items, call)),)))


def test_limits_of_a_called_process_count() -> None:
    inner = load_text(CALLED, CATALOGUE, "inner.yaml")
    outer = calling(inner)
    case = opened(outer)
    done(case.fire("complete", actor=clerk, now=MONDAY))
    later = MONDAY + DAY
    places = [(d.place, d.last) for d in case.deadlines(now=later)]
    assert places == [("@sub.inside", date(2024, 3, 6)), ("@sub.", date(2024, 3, 8))]
    assert case.offers(now=later)[0].deadline == date(2024, 3, 6)
    done(case.tick(datetime(2024, 3, 11)))
    assert [(kind, key) for kind, key, _at in told(case)][1::2] == [
        (RecordKind.OVERDUE, "@sub.inside"),
        (RecordKind.OVERDUE, "@sub."),
    ]
    assert Case.replay(outer, case.history).state == case.state


LATER = """
2024:
  off: [2024-03-12, 2024-03-13]
  working: [2024-03-09]
"""


@pytest.fixture
def announced(tmp_path: Path) -> WorkCalendar:
    """The calendar with two days off and one weekend worked that come as news."""
    file = tmp_path / "later.yaml"
    file.write_text(LATER, encoding="utf-8")
    return WorkCalendar.china(file)


def test_a_holiday_announced_later_moves_the_dates_and_says_why(announced: WorkCalendar) -> None:
    case = opened(TEN)
    now = MONDAY + DAY
    (record,) = done(case.recalendar(announced, now=now)).records
    assert (record.kind, record.calendar, record.at) == (RecordKind.RECALENDARED, announced.revision, now)
    (law,) = (m for m in record.moved if m.kind == "statutory")
    assert (law.place, law.before, law.after) == ("decide", date(2024, 3, 18), date(2024, 3, 19))
    assert law.days == (date(2024, 3, 9), date(2024, 3, 12), date(2024, 3, 13))
    (promise,) = (m for m in record.moved if m.kind == "promised")
    assert (promise.before, promise.after) == (date(2024, 3, 11), date(2024, 3, 9))
    assert only(case, now).last == date(2024, 3, 19)
    assert done(case.recalendar(announced, now=now)).records == ()
    done(case.tick(datetime(2024, 3, 20)))
    assert told(case)[-1] == (RecordKind.OVERDUE, "", night(2024, 3, 19))


def test_a_case_is_replayed_by_the_calendars_that_counted_it(announced: WorkCalendar) -> None:
    case = opened(TEN)
    done(case.recalendar(announced, now=MONDAY + DAY))
    kept = {c.revision: WorkCalendar.load(c.dump()) for c in (china(), announced)}
    assert Case.replay(TEN, case.history, kept.get).state == case.state
    with pytest.raises(ValueError, match=announced.revision):
        Case.replay(TEN, case.history, china())


def test_an_event_under_a_new_calendar_says_first_that_the_days_are_counted_anew(
    announced: WorkCalendar,
) -> None:
    case = opened(TEN)
    event = Fire(event="approve", actor=officer, now=MONDAY + DAY)
    kept = {china().revision: china()}
    for former, moves in ((kept.get, True), (None, False)):
        answer = decide(TEN, case.state, event, announced, former)
        assert isinstance(answer, Decision)
        first, second, *_rest = answer.records
        assert (first.kind, bool(first.moved), second.event) == (RecordKind.RECALENDARED, moves, "approve")


def test_what_was_told_is_told_again_when_the_date_has_moved_on(announced: WorkCalendar) -> None:
    case = opened(TEN)
    friday = datetime(2024, 3, 15, 9)
    done(case.tick(friday))
    assert len(told(case)) == 1
    done(case.recalendar(announced, now=friday))
    done(case.tick(datetime(2024, 3, 16)))
    assert [at for _kind, _of, at in told(case)] == [night(2024, 3, 14), night(2024, 3, 15)]


def test_an_office_with_days_of_its_own_counts_by_them(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text("2024: {off: [2024-03-06]}", encoding="utf-8")
    agency = TEN.nodes["decide"].step
    assert agency is not None
    calendar = WorkCalendar.china(offices={agency.role.agency.id: file})
    case = Case.open(TEN, actor=agent, now=MONDAY, calendar=calendar)
    assert only(case, MONDAY).last == date(2024, 3, 19)
    assert case.next_due == night(2024, 3, 15)
    assert case.offers(now=MONDAY)[0].deadline == date(2024, 3, 19)
    assert calendar.revision != china().revision == WorkCalendar.china().revision
    other = Case.open(TEN, actor=agent, now=MONDAY, calendar=WorkCalendar.china(offices={"other": file}))
    assert only(other, MONDAY).last == date(2024, 3, 18)


def test_dates_are_provisional_until_the_notice_is_out(tmp_path: Path) -> None:
    file = tmp_path / "notice.yaml"
    file.write_text("2031: {notice: 国办发明电〔2030〕1号, off: [2031-01-01]}", encoding="utf-8")
    now = datetime(2031, 3, 3, 9)
    for calendar, provisional in ((china(), True), (WorkCalendar.china(file), False)):
        case = Case.open(TEN, actor=agent, now=now, calendar=calendar)
        assert only(case, now).provisional is provisional
        assert case.offers(now=now)[0].deadline_provisional is provisional


@pytest.mark.parametrize(("last", "settled"), [(date(2024, 12, 24), True), (date(2030, 12, 25), False)])
def test_the_last_days_of_december_wait_for_the_next_notice(last: date, settled: bool) -> None:
    assert china().settled(date(last.year, 12, 2), last) is settled


SILENCE = steps(
    """
    - step: intake
      title: {zh: 受理, en: Intake}
      kind: intake
      by: clerk
      within: {statutory: 5 working days}
      on: {decline: null, correct: null}
    """,
    ANYWHERE,
)


def test_silence_accepts_after_the_holidays() -> None:
    case = opened(SILENCE, now=datetime(2024, 2, 8, 9))
    done(case.tick(datetime(2024, 3, 1)))
    accepted = next(r for r in case.history if r.kind is RecordKind.TIMED)
    assert accepted.at == night(2024, 2, 21)  # off from the 10th to the 17th; Sunday the 18th is worked


def test_silence_does_not_accept_while_the_case_is_suspended() -> None:
    case = opened(SILENCE)
    done(case.fire("suspend", actor=officer, now=MONDAY, reason="诉讼"))
    assert done(case.tick(datetime(2024, 6, 3))).records == ()
    done(case.fire("resume", actor=officer, now=datetime(2024, 6, 3, 9)))
    done(case.tick(datetime(2024, 7, 1)))
    accepted = next(r for r in case.history if r.kind is RecordKind.TIMED)
    assert accepted.at == night(2024, 6, 11)  # the Dragon Boat Festival is on Monday the 10th


def test_silence_in_a_provisional_year_accepts_on_the_day_the_notice_makes_it(tmp_path: Path) -> None:
    file = tmp_path / "notice.yaml"
    file.write_text("2031: {notice: 国办发明电〔2030〕1号, off: [2031-03-05]}", encoding="utf-8")
    case = Case.open(SILENCE, actor=agent, now=datetime(2031, 3, 3, 9), calendar=china())
    before = case.timers()[-1].due
    done(case.recalendar(WorkCalendar.china(file), now=datetime(2031, 3, 4, 9)))
    done(case.tick(datetime(2031, 3, 20)))
    accepted = next(r for r in case.history if r.kind is RecordKind.TIMED)
    assert (before, accepted.at) == (night(2031, 3, 10), night(2031, 3, 11))


def test_a_right_lapses_after_a_suspension_has_moved_its_end() -> None:
    case = opened(
        steps(
            """
            - step: apply
              title: {zh: 申请, en: Apply}
              kind: submit
              by: agent
              within: {statutory: 20 days, expiry: {then: end, event: lapse}}
              on: {lapse: {to: refused}}
            """,
            ANYWHERE,
        )
    )
    done(case.fire("suspend", actor=officer, now=MONDAY + 10 * DAY, reason="诉讼"))
    done(case.fire("resume", actor=officer, now=MONDAY + 40 * DAY))
    done(case.tick(datetime(2024, 6, 1)))
    lapsed = next(r for r in case.history if r.kind is RecordKind.TIMED)
    assert (lapsed.event, lapsed.at) == ("lapse", night(2024, 4, 23))


def test_nothing_is_due_in_a_case_that_has_ended() -> None:
    case = opened(TEN)
    done(case.fire("approve", actor=officer, now=MONDAY))
    assert case.deadlines(now=MONDAY) == ()
    assert light(()) is Light.GREEN
    assert not isinstance(case.recalendar(WorkCalendar.china(warn_before=None), now=MONDAY), Refusal)
