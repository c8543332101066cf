"""What the model and the soak have found, one small case each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Answer, Engine
from jianban.engine.messages import Message
from jianban.engine.state import RecordKind
from tests.engine.flows import agent, officer, steps
from tests.engine.proofs.whole import whole

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)


def test_what_fell_due_during_a_suspension_is_told_after_it(url: URL) -> None:
    flow = steps(
        "- {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 5 days}",
        """
        anywhere:
          suspend: {title: {zh: 中止, en: Suspend}, by: officer, stops_clock: false,
                    resume: {event: go_on, by: officer}}
        """,
    )
    with Engine.open(url) as engine:
        case = engine.start(flow, actor=agent, now=NOW).id
        assert engine.fire(case, "suspend", actor=officer, reason="r", now=NOW)
        later = NOW + timedelta(days=30)
        assert engine.wake(now=later) == []
        assert engine.fire(case, "go_on", actor=officer, now=later)
        told = [r.kind for a in engine.wake(now=later) if isinstance(a, Answer) for r in a.records]
        assert told == [RecordKind.WARNED, RecordKind.OVERDUE]
        assert engine.wake(now=later) == []
        assert whole(engine) == []


def test_a_message_for_two_places_reaches_both_though_one_moves_the_dates_of_the_other(url: URL) -> None:
    flow = steps(
        """
        - {step: apply, kind: submit, by: agent}
        - parallel: both
          title: {zh: 并联, en: Both}
          branches:
            - branch: a
              steps:
                - step: one
                  kind: await
                  by: officer
                  on: {go: {message: go.on, title: {zh: 继续, en: Go}}}
            - branch: b
              steps:
                - step: two
                  kind: await
                  by: officer
                  within: {statutory: 9 days, from: one}
                  on: {go: {message: go.on, title: {zh: 继续, en: Go}}}
        - {step: last, kind: task, by: officer}
        """
    )
    with Engine.open(url) as engine:
        case = engine.start(flow, actor=agent, now=NOW).id
        assert engine.fire(case, "submit", actor=agent, now=NOW)
        assert engine.deliver(case, Message("m", "go.on"), now=NOW + timedelta(days=3))
        assert [t.node for t in engine.case(case).steps] == ["last"]
        assert whole(engine) == []


def test_what_fell_due_while_data_was_erased_is_still_told(url: URL) -> None:
    flow = steps(
        "- {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 5 days}",
        "data: {name: {type: text, personal: true, title: {zh: 姓名, en: Name}}}",
    )
    with Engine.open(url) as engine:
        case = engine.start(flow, actor=agent, data={"name": "甲"}, now=NOW).id
        later = NOW + timedelta(days=30)
        assert engine.erase(case=case, actor=Actor("archive"), reason="r", now=later)
        told = [r.kind for a in engine.wake(now=later) if isinstance(a, Answer) for r in a.records]
        assert told == [RecordKind.WARNED, RecordKind.OVERDUE]


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_a_little_behind_wakes_what_is_due(url: URL, seconds: int) -> None:
    flow = steps(
        "- {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}"
    )
    with Engine.open(url) as engine:
        case = engine.start(flow, actor=agent, now=NOW).id
        due = engine.case(case).next_due
        assert due is not None
        woken = engine.wake(now=due + timedelta(seconds=seconds))
        assert (engine.case(case).end is not None) is (seconds >= 0)
        assert [type(a) for a in woken] == [Answer] * (seconds >= 0)
