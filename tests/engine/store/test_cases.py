"""What every store must do, run on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from jianban.engine.case import Case
from jianban.engine.clock import BEIJING
from jianban.engine.engine import (
    Actor,
    Answer,
    CaseExists,
    Conflict,
    Engine,
    Event,
    KeyReused,
    Refusal,
    Refused,
    UnknownCase,
)
from jianban.engine.refusals import Rule
from jianban.engine.shell import Done, Start
from jianban.engine.store.store import Change, Work
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, officer, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [area],
       within: {statutory: 5 days, promised: 3 working days}}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: [officer, clerk],
       on: {back: {to: apply, max: 1, title: {zh: 退回, en: Back}}}}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    """,
    """
    data: {area: {type: number, title: {zh: 面积, en: Area}}, from: {type: date, title: {zh: 起, en: From}},
      tags: {type: list, title: {zh: 标签, en: Tags}}}
    """,
)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    numbers = count(1)
    with Engine.open(url, clock=lambda: NOW, ids=lambda now: f"case-{next(numbers):04}") as engine:
        yield engine


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.store.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_case_lives_on_in_another_engine(engine: Engine, url: URL) -> None:
    case = engine.start(FLOW, actor=agent, data={"tags": ["a", "b"]}, business_key="p-1", subject="co-1")
    engine.fire(case.id, "apply.complete", actor=agent, data={"area": 12.5, "from": "2024-07-01"})
    with Engine.open(url, clock=lambda: NOW) as other:
        found = other.case(case.id)
        assert found.data == {"tags": ("a", "b"), "area": 12.5, "from": date(2024, 7, 1)}
        assert [t.node for t in found.steps] == ["check"]
        assert (found.business_key, found.subject, found.seq) == ("p-1", "co-1", 2)
        assert other.fire(case.id, "complete", actor=officer)


def test_it_does_what_a_case_in_memory_does(engine: Engine) -> None:
    kept = engine.start(FLOW, actor=agent)
    plain = Case.open(FLOW, actor=agent, now=NOW)
    for event, actor, data in (
        ("apply.complete", agent, {"area": 1}),
        ("back", officer, None),
        ("apply.complete", agent, {"area": 2}),
        ("complete", officer, None),
    ):
        answer = engine.fire(kept.id, event, actor=actor, data=data)
        assert isinstance(answer, Answer)
        decision = plain.fire(event.removeprefix("apply."), actor=actor, now=NOW, data=data)
        assert decision
        assert answer.records == decision.records
    found = engine.case(kept.id)
    assert found.state == plain.state
    assert found.history == plain.history
    assert found.offers(now=NOW) == plain.offers(now=NOW)
    assert found.next_due == plain.next_due


def test_a_refusal_writes_nothing(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    answer = engine.fire(case.id, "complete", actor=officer, key="k")
    assert isinstance(answer, Refusal)
    assert answer.code is Rule.ROLE
    assert engine.case(case.id).seq == 1
    assert engine.fire(case.id, "complete", actor=agent, data={"area": 1}, key="k")


def test_a_case_that_cannot_be_opened_is_refused(engine: Engine) -> None:
    with pytest.raises(Refused):
        engine.start(FLOW, actor=agent, data={"area": "wide"})
    assert rows(engine, "SELECT id FROM cases") == []


def test_options_say_what_may_happen_and_for_whom(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    assert [(o.step, o.event, o.deadline, o.refusal) for o in engine.options(case.id, actor=agent)] == [
        ("apply", "complete", date(2024, 3, 11), None)
    ]
    assert engine.options(case.id, actor=Actor("nobody", ["neighbour"])) == ()


def test_a_repeated_key_gets_the_first_answer(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    first = engine.fire(case.id, "apply.complete", actor=agent, data={"area": 1}, key="k")
    assert isinstance(first, Answer)
    again = engine.fire(case.id, "apply.complete", actor=agent, data={"area": 1}, key="k")
    assert again == first._replace(repeated=True)
    assert engine.case(case.id).seq == 2


@pytest.mark.parametrize(
    ("event", "actor", "data", "reason"),
    [
        ("complete", agent, {"area": 1}, ""),
        ("apply.complete", officer, {"area": 1}, ""),
        ("apply.complete", agent, {"area": 2}, ""),
        ("apply.complete", agent, {"area": 1}, "because"),
    ],
)
def test_a_key_of_another_command_is_an_error(
    engine: Engine, event: str, actor: Actor, data: dict[str, int], reason: str
) -> None:
    case = engine.start(FLOW, actor=agent)
    assert engine.fire(case.id, "apply.complete", actor=agent, data={"area": 1}, key="k")
    with pytest.raises(KeyReused):
        engine.fire(case.id, event, actor=actor, data=data, reason=reason, key="k")


def test_a_start_repeated_gives_the_case_it_opened(engine: Engine) -> None:
    first = engine.start(FLOW, actor=agent, data={"area": 1}, key="req-1", business_key="p")
    assert engine.start(FLOW, actor=agent, data={"area": 1}, key="req-1", business_key="p").id == first.id
    for data, actor, business_key in (({"area": 2}, agent, "p"), (None, agent, "q"), (None, officer, "p")):
        with pytest.raises(KeyReused):
            engine.start(FLOW, actor=actor, data=data or {"area": 1}, key="req-1", business_key=business_key)
    assert rows(engine, "SELECT count(*) FROM cases") == [(1,)]


def test_ids_are_the_hosts_own_where_it_wants(engine: Engine) -> None:
    assert engine.start(FLOW, actor=agent, id="甲-1").id == "甲-1"
    with pytest.raises(CaseExists):
        engine.start(FLOW, actor=agent, id="甲-1")


def test_a_hosts_ids_that_are_taken_are_told_to_that_command_alone(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW, ids=lambda _now: "taken") as engine:
        case = engine.start(FLOW, actor=agent, data={"area": 1}).id
        with pytest.raises(CaseExists):
            engine.start(FLOW, actor=agent, data={"area": 1})
        start = Start(flow=engine.library.flow(FLOW), id="taken", actor=agent, now=NOW, data={"area": 1})
        event = Event(case, "complete", agent, {"area": 2}, now=NOW)
        answers = engine.store.work(lambda work: engine.shell.carry_out(work, [start, event, start]))
        assert [type(a) for a in answers] == [CaseExists, Answer, CaseExists]
        assert engine.case(case).seq == 2


def test_an_unknown_case_is_an_error(engine: Engine) -> None:
    for ask in (
        lambda: engine.fire("none", "complete", actor=agent),
        lambda: engine.case("none"),
        lambda: list(engine.entries("none")),
        lambda: list(engine.verify("none")),
    ):
        with pytest.raises(UnknownCase):
            ask()


def test_many_events_in_one_commit_leave_each_other_alone(engine: Engine) -> None:
    one, two = (engine.start(FLOW, actor=agent).id for _ in range(2))
    answers = engine.fire_many(
        [
            Event(one, "complete", agent, {"area": 1}),
            Event("none", "complete", agent),
            Event(two, "complete", officer),
            Event(one, "complete", officer, key="k"),
            Event(one, "complete", officer, key="k"),
        ]
    )
    assert [type(a) for a in answers] == [Answer, UnknownCase, Refusal, Answer, Answer]
    assert isinstance(answers[3], Answer)
    assert answers[4] == answers[3]._replace(repeated=True)
    assert (engine.case(one).seq, engine.case(two).seq) == (3, 1)
    assert list(engine.verify()) == []


def test_time_passes_by_waking(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    engine.fire_many([Event(case.id, "complete", agent, {"area": 1}), Event(case.id, "complete", officer)])
    due = engine.case(case.id).next_due
    assert due is not None
    assert engine.wake(now=due - timedelta(seconds=1)) == []
    woken = engine.wake(now=due + timedelta(days=1))
    assert [type(a) for a in woken] == [Answer]
    assert engine.case(case.id).end is not None
    assert engine.case(case.id).next_due is None
    assert engine.wake(now=due + timedelta(days=2)) == []
    assert list(engine.verify()) == []


def test_what_is_due_happens_before_an_event(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    engine.fire_many([Event(case.id, "complete", agent, {"area": 1}), Event(case.id, "complete", officer)])
    late = engine.fire(case.id, "complete", actor=officer, now=NOW + timedelta(days=40))
    assert isinstance(late, Refusal)
    assert late.code is Rule.ENDED


def test_clocks_of_machines_may_differ_a_little(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    answer = engine.fire(case.id, "complete", actor=agent, data={"area": 1}, now=NOW - timedelta(seconds=30))
    assert isinstance(answer, Answer)
    assert answer.at == NOW
    refusal = engine.fire(case.id, "complete", actor=officer, now=NOW - timedelta(hours=1))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Rule.TIME


def test_the_work_list_follows(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    query = "SELECT role, tasks.due, steps FROM tasks JOIN cases ON id = case_id ORDER BY role"
    assert [tuple(map(str, row)) for row in rows(engine, query)] == [("agent", "2024-03-07", "apply")]
    engine.fire(case.id, "complete", actor=agent, data={"area": 1})
    assert [(row[0], row[2]) for row in rows(engine, query)] == [("clerk", "check"), ("officer", "check")]
    engine.fire(case.id, "back", actor=officer)
    engine.fire_many([Event(case.id, "complete", agent, {"area": 1}), Event(case.id, "complete", officer)])
    assert [(row[0], row[2]) for row in rows(engine, query)] == [("~officer", "notice")]


def test_a_hosts_rows_and_ours_commit_together(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    with engine.store.transaction() as connection:
        connection.execute(text("CREATE TABLE host (name text)"))
    with engine.store.transaction() as connection:
        connection.execute(text("INSERT INTO host VALUES ('kept')"))
        assert engine.fire(case.id, "complete", actor=agent, data={"area": 1}, connection=connection)
        other = engine.start(FLOW, actor=agent, connection=connection)
    assert rows(engine, "SELECT name FROM host") == [("kept",)]
    assert (engine.case(case.id).seq, engine.case(other.id).seq) == (2, 1)


def test_what_a_host_rolls_back_did_not_happen(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    with engine.store.transaction() as connection:
        assert engine.fire(case.id, "complete", actor=agent, data={"area": 1}, connection=connection)
        engine.start(FLOW, actor=agent, id="gone", connection=connection)
        connection.rollback()
    assert engine.case(case.id).seq == 1
    with pytest.raises(UnknownCase):
        engine.case("gone")
    assert engine.fire(case.id, "complete", actor=agent, data={"area": 1})
    assert list(engine.verify()) == []


def test_followers_write_in_the_same_transaction(engine: Engine) -> None:
    with engine.store.transaction() as connection:
        connection.execute(text("CREATE TABLE heard (case_id text, seq int)"))

    def follow(work: Work, done: Sequence[Done]) -> None:
        for each in done:
            values = {"id": each.case.id, "seq": each.entry.seq}
            work.connection.execute(text("INSERT INTO heard VALUES (:id, :seq)"), values)
            if each.entry.seq == 3:
                raise ZeroDivisionError

    engine.shell.followers.append(follow)
    case = engine.start(FLOW, actor=agent)
    assert engine.fire(case.id, "complete", actor=agent, data={"area": 1})
    with pytest.raises(ZeroDivisionError):
        engine.fire(case.id, "complete", actor=officer)
    assert rows(engine, "SELECT seq FROM heard ORDER BY seq") == [(1,), (2,)]
    assert engine.case(case.id).seq == 2
    assert list(engine.verify()) == []


def test_entries_can_only_be_added(engine: Engine) -> None:
    engine.start(FLOW, actor=agent)
    for statement in ("UPDATE entries SET actor = 'x'", "DELETE FROM entries"):
        with pytest.raises(DBAPIError, match="append-only"), engine.store.transaction() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "\ud800", "a\nb"])
def test_names_that_cannot_be_kept_are_errors(engine: Engine, name: str) -> None:
    case = engine.start(FLOW, actor=agent)
    for ask in (
        lambda: engine.start(FLOW, actor=agent, key=name),
        lambda: engine.start(FLOW, actor=agent, subject=name),
        lambda: engine.fire(case.id, "complete", actor=agent, key=name),
        lambda: engine.fire(case.id, "complete", actor=Actor(name)),
    ):
        with pytest.raises(JianbanError):
            ask()
    assert engine.case(case.id).seq == 1


def test_texts_that_cannot_be_written_are_errors(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    with pytest.raises(JianbanError):
        engine.fire(case.id, "complete", actor=agent, data={"area": 1, "tags": ["\ud800"]})
    assert engine.case(case.id).seq == 1
    assert engine.fire(case.id, "complete", actor=agent, data={"area": 1, "tags": ["\x00", "好"]})
    assert engine.case(case.id).data["tags"] == ("\x00", "好")


def test_a_change_decided_on_what_is_no_more_is_a_conflict(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent)
    old = engine.store.case(case.id)
    assert old is not None
    engine.fire(case.id, "complete", actor=agent, data={"area": 1})
    change = Change(
        case=old._replace(seq=9),
        was=old,
        entries=(),
        effects=(),
        personal=(),
        erased=(),
        gone=(),
        new=(),
        dates=None,
    )
    with pytest.raises(Conflict):
        engine.store.work(lambda work: work.write([change]))
    assert engine.case(case.id).seq == 2
