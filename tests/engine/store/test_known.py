"""What is known of a subject when a case is opened, in both stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine, Event
from jianban.engine.refusals import Refused, Rule
from tests.engine.flows import agent, flow

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
STEPS = """
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}]
"""
MARKED = (
    """
data: {open: {title: {zh: 在册, en: On record}, type: bool, default: true}}
"""
    + STEPS
    + """
ends: {done: {outcome: granted, sends: [{message: credit.record, data: {listed: open}, keep: 10 days}]}}
"""
)
MARK = flow(MARKED, "test/mark")
FOR_GOOD = flow(
    MARKED.replace("10 days", "99 years"),
    "test/for-good",
)
ECHO = flow(
    """
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - step: apply
        title: {zh: 申请, en: Apply}
        kind: task
        by: agent
        on: {complete: {to: next, sends: [{message: credit.record, keep: 3 days}]}}
      - step: hear
        title: {zh: 等候, en: Hear}
        kind: await
        by: officer
        on: {told: {message: credit.record, to: done, title: {zh: 得知, en: Told}}}
""",
    "test/echo",
)
NUMBERED = flow(
    """
data:
  number: {title: {zh: 编号, en: Number}, type: int, default: 7}
  listed: {title: {zh: 在册, en: Listed}, type: bool, known: {message: credit.record, key: number}}
"""
    + STEPS,
    "test/numbered",
)
GATE = flow(
    """
data:
  code: {title: {zh: 代码, en: Code}, type: text}
  listed: {title: {zh: 在册, en: Listed}, type: bool, default: false, known: {message: credit.record}}
  other:
    title: {zh: 他人在册, en: Other}
    type: bool
    known: {message: credit.record, name: listed, key: code}
eligible: [{when: "!listed", else: {zh: 有记录, en: On record}}]
"""
    + STEPS,
    "test/gate",
)


def mark(engine: Engine, subject: str | None, *, open: bool, now: datetime) -> None:
    case = engine.start(MARK, actor=agent, data={"open": open}, subject=subject, now=now)
    engine.fire(case.id, "complete", actor=agent, now=now)


def test_the_last_that_is_kept_for_a_subject_is_known_of_it(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        mark(engine, "a", open=True, now=NOW)
        mark(engine, None, open=True, now=NOW)  # of nobody
        with pytest.raises(Refused, match="On record"):
            engine.start(GATE, actor=agent, subject="a", data={"listed": False})
        by_key = engine.start(GATE, actor=agent, subject="b", data={"code": "a"})
        assert by_key.data["other"] is True
        assert engine.start(GATE, actor=agent).data["listed"] is False
        mark(engine, "a", open=False, now=NOW)
        assert engine.start(GATE, actor=agent, subject="a").data["listed"] is False
        assert list(engine.verify()) == []


def test_it_is_known_as_long_as_it_is_kept_and_from_outside_too(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        engine.publish("credit.record", key="a", data={"listed": True}, keep=timedelta(days=10))
        with pytest.raises(Refused):
            engine.start(GATE, actor=agent, subject="a", now=NOW + timedelta(days=9))
        assert (
            engine.start(GATE, actor=agent, subject="a", now=NOW + timedelta(days=11)).data["listed"] is False
        )


def test_a_start_that_is_repeated_is_known_whatever_was_known_then(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        mark(engine, "a", open=True, now=NOW)

        def start() -> str:
            return engine.start(GATE, actor=agent, data={"code": "a", "other": False}, key="k").id

        assert start() == start()


def test_what_is_kept_for_longer_than_the_calendar_goes_is_known_to_its_end(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        case = engine.start(FOR_GOOD, actor=agent, subject="a", data={"open": True})
        assert engine.fire(case.id, "complete", actor=agent)
        with pytest.raises(Refused, match="On record"):
            engine.start(GATE, actor=agent, subject="a")


def test_a_key_is_read_as_it_is_sent_and_by_default(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        engine.publish("credit.record", key="7", data={"listed": True}, keep=timedelta(days=1))
        assert engine.start(NUMBERED, actor=agent, data={"number": 7}).data["listed"] is True
        assert engine.start(NUMBERED, actor=agent).data["listed"] is True
        assert engine.start(NUMBERED, actor=agent, data={"number": 8}).data == {"number": 8}


def test_engines_that_keep_what_others_wait_for_do_not_lock_each_other_out(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as one, Engine.open(url, clock=lambda: NOW) as two:

        def keep(engine: Engine) -> None:
            for _ in range(20):
                cases = [engine.start(ECHO, actor=agent, business_key="k").id for _ in range(2)]
                events = [Event(case, "apply.complete", actor=agent) for case in cases]
                assert all(engine.fire_many(events))

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(keep, (one, two)))
        assert list(one.verify()) == []


def test_what_is_kept_and_cannot_be_is_told_until_it_is_corrected(url: URL) -> None:
    week = timedelta(days=7)
    with Engine.open(url, clock=lambda: NOW) as engine:
        engine.publish("credit.record", key="a", data={"listed": "yes"}, id="wrong", keep=week)
        with pytest.raises(Refused, match=r"wrong.*true or false") as refused:
            engine.start(GATE, actor=agent, subject="a", data={"listed": False})
        refusal = refused.value.refusal
        assert (refusal.code, refusal.rule) == (Rule.MESSAGE, "listed")
        later = NOW + timedelta(days=1)
        engine.publish("credit.record", key="a", data={"listed": False}, keep=week, now=later)
        assert engine.start(GATE, actor=agent, subject="a", now=later).data["listed"] is False
