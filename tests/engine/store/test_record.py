"""The record of a case: whatever is changed in it is found, and where."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from sqlite3 import connect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianban.engine.clock import BEIJING
from jianban.engine.codec import (
    instant,
    microseconds,
    record_json,
    record_of,
    record_plain,
    state_bytes,
    state_of,
)
from jianban.engine.engine import Engine, Event
from jianban.engine.planning import plan_of
from jianban.engine.walks import Walk, play, walks
from jianban.workflows.flow import Flow
from jianban.workflows.language.wire import canonical, json_of
from tests.engine.flows import agent, officer, steps
from tests.strategies import flows

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
FLOW = steps(
    "\n".join(f"- {{step: s{n}, title: {{zh: 步骤, en: Step}}, kind: task, by: agent}}" for n in range(4))
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one case of four entries and one of one, whose triggers are gone."""
    path = tmp_path / "cases.db"
    with Engine.open(f"sqlite:///{path}", clock=lambda: NOW) as engine:
        for id in ("a", "b"):
            engine.start(FLOW, actor=agent, id=id, business_key="k")
        engine.fire_many([Event("a", "complete", agent) for _ in range(3)])
    with connect(path) as database:
        database.execute("DROP TRIGGER entries_no_update")
        database.execute("DROP TRIGGER entries_no_delete")
    return path


def broken(file: Path, *statements: str) -> list[tuple[str, int]]:
    database = connect(file)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    with Engine.open(f"sqlite:///{file}") as engine:
        return [(b.case, b.seq) for b in engine.verify()]


def test_an_untouched_record_is_whole(file: Path) -> None:
    assert broken(file) == []


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET body = CAST(replace(body, 'zhang', 'wang') AS BLOB)"
        " WHERE case_id = 'a' AND seq = {seq}",
        "UPDATE entries SET body = replace(body, 'zhang', 'wang') WHERE case_id = 'a' AND seq = {seq}",
        "UPDATE entries SET hash = x'00' WHERE case_id = 'a' AND seq = {seq}",
        "UPDATE entries SET actor = 'wang' WHERE case_id = 'a' AND seq = {seq}",
        "UPDATE entries SET at = at + 1 WHERE case_id = 'a' AND seq = {seq}",
        "DELETE FROM entries WHERE case_id = 'a' AND seq = {seq}",
    ],
)
def test_a_change_is_found_where_it_is(file: Path, change: str, seq: int) -> None:
    assert broken(file, change.format(seq=seq)) == [("a", seq)]


def test_two_entries_that_changed_places_are_found(file: Path) -> None:
    moves = ("SET seq = -1 WHERE seq = 2", "SET seq = 2 WHERE seq = 3", "SET seq = 3 WHERE seq = -1")
    assert broken(file, *(f"UPDATE entries {m} AND case_id = 'a'" for m in moves)) == [("a", 2)]


def test_an_added_entry_is_found(file: Path) -> None:
    added = (
        "INSERT INTO entries SELECT case_id, 5, key, at, actor, kind, body, hash FROM entries WHERE seq = 4"
    )
    assert broken(file, added)[0][0] == "a"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases SET state = replace(state, 's3', 's1') WHERE id = 'a'",
        "UPDATE cases SET business_key = 'other' WHERE id = 'a'",
        "UPDATE cases SET seq = 3 WHERE id = 'a'",
        "UPDATE cases SET head = x'00' WHERE id = 'a'",
    ],
)
def test_a_case_that_is_not_what_its_record_says_is_found(file: Path, change: str) -> None:
    assert [case for case, _seq in broken(file, change)] == ["a"]


@settings(max_examples=30)
@given(flows(max_items=6))
def test_states_and_records_come_back_as_they_were(flow: Flow) -> None:
    plan = plan_of(flow)
    for found in walks(flow, NOW):
        if not isinstance(found, Walk):
            continue
        case = play(flow, found)
        assert state_of(plan, state_bytes(case.state)[0]) == case.state
        for record in case.history:
            plain = record_plain(plan, record, NOW)
            assert record_of(plan, plain, NOW) == record
            for at in (NOW, record.at):
                assert record_json(plan, record, at) == json_of(record_plain(plan, record, at))


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_instants_are_exact(moment: datetime) -> None:
    aware = moment.replace(tzinfo=BEIJING)
    assert instant(microseconds(aware)) == aware
    assert microseconds(moment) == microseconds(aware)


def test_entries_are_canonical(file: Path) -> None:
    with Engine.open(f"sqlite:///{file}", clock=lambda: NOW) as engine:
        case = engine.start(FLOW, actor=agent, id='"c"', subject="主体", business_key="k", reason="理由")
        assert engine.fire(case.id, "complete", actor=agent, key="\\", reason="a\n")
        bodies = [row.body for row in engine.store.entries(case.id)]
        assert bodies == [canonical(json.loads(body)) for body in bodies]
        assert len(bodies) == 2


def test_what_is_written_of_a_state_does_not_depend_on_what_was_written_before() -> None:
    from jianban.engine.case import Case

    case = Case.open(FLOW, actor=agent, now=NOW)
    _body, written = state_bytes(case.state)
    while case.fire("complete", actor=agent, now=NOW):
        body, written = state_bytes(case.state, written)
        assert body == state_bytes(case.state)[0]
    assert not case.fire("complete", actor=officer, now=NOW)
