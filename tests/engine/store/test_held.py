"""What is held for a suspended case stands in its record, so that none is lost or slipped in unseen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine
from jianban.engine.entries import EntryKind
from jianban.engine.state import RecordKind
from jianban.engine.store.tables import messages
from tests.engine.flows import agent, officer, steps
from tests.engine.store.test_keys import MATTER
from tests.engine.store.test_known import ECHO, mark

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
DAY = timedelta(days=1)
HEARING = steps(
    """
    - step: look
      kind: review
      by: officer
      on:
        told:
          message: {name: news, brings: {area: area, phone: tel}}
          when: area > 3
          to: done
          title: {zh: 得知, en: Told}
        noticed: {message: notice, to: done, title: {zh: 通知, en: Noticed}}
    """,
    """
    data:
      area: {title: {zh: 面积, en: Area}, type: int}
      phone: {title: {zh: 电话, en: Phone}, type: text, personal: true}
    ends: {done: {outcome: granted}, refused: {outcome: refused}, withdrawn: {outcome: withdrawn}}
    anywhere:
      suspend: {by: officer, resume: {event: resume, by: officer}, reason: required}
      withdraw: {by: agent, to: withdrawn}
    """,
)
TELLING = steps(
    "- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}",
    """
    data: {tel: {type: text, title: {zh: 电话, en: Phone}}, area: {type: int, title: {zh: 面积, en: Area}}}
    ends: {done: {outcome: granted, sends: [{message: news, data: [area, tel]}]}}
    """,
)
NEWS = {"area": 5, "tel": "13912345678", "more": "张三"}


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    with Engine.open(url, clock=lambda: NOW) as engine:
        yield engine


def suspended(engine: Engine) -> str:
    case = engine.start(HEARING, actor=agent, business_key="p", subject="co").id
    assert engine.fire(case, "suspend", actor=officer, reason="awaits a ruling")
    return case


def noted(engine: Engine, case: str) -> list[tuple[str, str]]:
    return [(r.kind.value, r.message) for r in engine.case(case).history if r.message]


def change(engine: Engine, sql: str) -> None:
    with engine.store.transaction() as connection:
        assert connection.execute(text(sql)).rowcount == 1


def test_it_is_said_once_that_a_message_is_held_and_then_that_it_is_taken(engine: Engine) -> None:
    case = suspended(engine)
    assert engine.publish("news", key="p", data=NEWS, id="m1").held == (case,)
    assert engine.publish("news", key="p", data=NEWS, id="m1").held == (case,)
    entry = list(engine.entries(case))[-1]
    assert (entry.kind, entry.event, entry.records[0].kind) == (EntryKind.HOLD, "news", RecordKind.HELD)
    assert list(engine.verify()) == []
    assert engine.fire(case, "resume", actor=officer)
    assert noted(engine, case) == [("held", "m1"), ("received", "m1")]
    assert list(engine.verify()) == []


def test_an_id_that_is_used_twice_leaves_what_is_held_as_it_was(engine: Engine) -> None:
    case = suspended(engine)
    engine.publish("news", key="p", data=NEWS, id="m1")
    other = engine.publish("notice", key="p", data={"area": 1}, id="m1")
    assert (other.held, [one for one, _refusal in other.refused]) == ((), [case])
    assert engine.publish("news", key="p", data={"area": 1}, id="m1").held == (case,)
    assert list(engine.verify()) == []
    assert engine.fire(case, "resume", actor=officer)
    assert engine.case(case).data["area"] == 5


def test_what_cannot_be_taken_when_the_case_goes_on_is_dropped_and_said(engine: Engine) -> None:
    case = suspended(engine)
    engine.publish("news", key="p", data={"area": 1}, id="m1")
    assert engine.fire(case, "resume", actor=officer)
    assert noted(engine, case) == [("held", "m1"), ("dropped", "m1")]
    assert engine.case(case).end is None
    assert list(engine.verify()) == []


def test_what_is_held_for_a_case_that_ends_is_dropped_and_said(engine: Engine) -> None:
    case = suspended(engine)
    engine.publish("news", key="p", data=NEWS, id="m1")
    assert engine.fire(case, "withdraw", actor=agent)
    assert noted(engine, case) == [("held", "m1"), ("dropped", "m1")]
    assert engine.publish("news", key="p", data=NEWS, id="m1").held == ()
    assert list(engine.verify()) == []


def test_one_that_was_deleted_is_missed(engine: Engine) -> None:
    case = suspended(engine)
    engine.publish("news", key="p", data=NEWS, id="m1")
    change(engine, "DELETE FROM messages WHERE id = 'm1'")
    (broken,) = engine.verify(case)
    assert (broken.seq, "m1" in broken.text.en) == (3, True)
    assert engine.fire(case, "resume", actor=officer)
    assert [b.seq for b in engine.verify()] == [3]


def test_one_that_was_slipped_in_or_given_to_another_case_is_found(engine: Engine) -> None:
    one, two = suspended(engine), suspended(engine)
    engine.publish("news", key="p", data=NEWS, id="m1")
    copied = "SELECT 'm2', case_id, name, key, place, body, at, until FROM messages WHERE case_id = '{}'"
    change(engine, f"INSERT INTO messages {copied.format(one)}")
    assert [(b.case, b.seq) for b in engine.verify()] == [(one, 0)]
    change(engine, "DELETE FROM messages WHERE id = 'm2'")
    change(engine, f"UPDATE messages SET id = 'm3' WHERE case_id = '{two}'")
    assert [(b.case, b.seq) for b in engine.verify()] == [(two, 3)]


def test_what_a_case_sent_is_held_as_it_was_sent(engine: Engine) -> None:
    case = suspended(engine)
    sender = engine.start(TELLING, actor=agent, business_key="p", data={"area": 5, "tel": "1"}).id
    assert engine.fire(sender, "apply.complete", actor=agent)
    assert list(engine.verify()) == []
    with engine.store.transaction() as connection:
        connection.execute(update(messages).values(body=b'{"area":4,"tel":"1"}'))
    assert [(b.case, b.seq) for b in engine.verify()] == [(case, 3)]


def test_erasing_takes_what_is_personal_out_of_what_is_held_and_says_so(engine: Engine) -> None:
    case = suspended(engine)
    sender = engine.start(TELLING, actor=agent, business_key="p", data={"area": 5, "tel": "139"}).id
    assert engine.fire(sender, "apply.complete", actor=agent)
    engine.publish("news", key="p", data={"area": 9}, id="m1")
    engine.publish("news", key="p", data=NEWS, id="m2")
    (answer,) = engine.erase(subject="co", owner=None, actor=officer, reason="依法")
    assert answer.records[0].target == "reason, message"
    assert list(engine.entries(case))[-1].erased == ("2/1/reason", f"message/{sender}:2:1", "message/m2")
    with engine.store.reading() as connection:
        kept = connection.execute(text("SELECT id, body FROM messages ORDER BY at, id")).all()
    assert {id: bytes(body) for id, body in kept} == {
        "m1": b'{"area":9}',
        "m2": b'{"area":5}',
        f"{sender}:2:1": b'{"area":5}',
    }
    assert list(engine.verify()) == []
    assert engine.erase(case=case, actor=officer, reason="再次") == []
    assert engine.fire(case, "resume", actor=officer)
    assert engine.case(case).data == {"area": 5}
    assert noted(engine, case)[-3:] == [
        ("received", f"{sender}:2:1"),
        ("dropped", "m1"),
        ("dropped", "m2"),
    ]
    assert list(engine.verify()) == []


def test_erasing_what_one_person_brought_leaves_alone_what_is_held(engine: Engine) -> None:
    case = suspended(engine)
    engine.publish("news", key="p", data=NEWS, id="m1")
    assert [a.records[0].target for a in engine.erase(owner=officer.id, actor=officer, reason="依法")] == [
        "reason"
    ]
    assert engine.fire(case, "resume", actor=officer)
    assert engine.case(case).data == {"area": 5, "phone": "13912345678"}
    assert list(engine.verify()) == []


def test_nothing_is_held_for_a_case_that_was_resumed_meanwhile(engine: Engine) -> None:
    for round in range(10):
        case = engine.start(HEARING, actor=agent, business_key=f"p{round}").id
        assert engine.fire(case, "suspend", actor=officer, reason="r")
        with ThreadPoolExecutor(2) as threads:
            told = threads.submit(engine.publish, "news", key=f"p{round}", data=NEWS, id=f"m{round}")
            assert threads.submit(engine.fire, case, "resume", actor=officer).result()
            told.result()
        assert engine.case(case).end is not None
    assert list(engine.verify()) == []


def test_what_is_kept_of_a_subject_and_deleted_is_missed(url: URL) -> None:
    now = NOW
    with Engine.open(url, clock=lambda: now) as engine:
        mark(engine, "a", open=True, now=NOW)
        mark(engine, "b", open=True, now=NOW)
        later = NOW + DAY
        mark(engine, "b", open=False, now=later)
        now = later
        assert list(engine.verify()) == []
        change(engine, "UPDATE messages SET until = at WHERE key = 'a'")
        assert [b.seq for b in engine.verify()] == [2]
        change(engine, "DELETE FROM messages WHERE key = 'a'")
        (broken,) = engine.verify()
        assert (broken.seq, "kept" in broken.text.en) == (2, True)
        now = NOW + 11 * DAY
        assert list(engine.verify()) == []


def test_what_was_told_since_and_is_over_stands_in_place_of_what_was_kept(url: URL) -> None:
    now = NOW
    with Engine.open(url, clock=lambda: now) as engine:
        mark(engine, "k", open=True, now=NOW)
        now += DAY
        later = engine.start(ECHO, actor=agent, business_key="k").id
        assert engine.fire(later, "apply.complete", actor=agent)
        now += 5 * DAY
        engine.publish("credit.record", key="other", keep=DAY)
        assert list(engine.verify()) == []


@pytest.mark.parametrize("seconds", [0, -30])
def test_what_was_told_at_the_same_time_or_by_a_slower_clock_stands_in_its_place(
    url: URL, seconds: int
) -> None:
    now = NOW
    with Engine.open(url, clock=lambda: now) as engine:
        mark(engine, "k", open=True, now=NOW)
        other = NOW + timedelta(seconds=seconds)
        later = engine.start(ECHO, actor=agent, business_key="k", now=other).id
        assert engine.fire(later, "apply.complete", actor=agent, now=other)
        assert list(engine.verify()) == []
        now += 5 * DAY
        assert list(engine.verify()) == []
        change(engine, "DELETE FROM messages")
        assert list(engine.verify()) == []


def test_what_came_from_outside_does_not_stand_in_place_of_what_a_case_told(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        mark(engine, "k", open=True, now=NOW)
        engine.publish("credit.record", key="k", data={"listed": False}, id="m1", keep=DAY)
        assert list(engine.verify()) == []
        change(engine, "DELETE FROM messages WHERE id <> 'm1'")
        assert [b.seq for b in engine.verify()] == [2]


def test_each_of_several_that_are_kept_is_missed(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        cases = [engine.start(MATTER, actor=agent, data={"code": "a"}).id for _ in range(2)]
        for case in cases:
            assert engine.fire(case, "complete", actor=agent)
        assert list(engine.verify()) == []
        change(engine, f"DELETE FROM messages WHERE id = '{cases[1]}\\:2\\:1'")
        assert [(b.case, b.seq) for b in engine.verify()] == [(cases[1], 2)]
