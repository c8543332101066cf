"""Whoever gets at the database past its triggers is found out, whatever they change."""

from __future__ import annotations

import io
import shutil
from datetime import datetime
from pathlib import Path
from random import Random
from sqlite3 import Connection, connect
from typing import Any

import pytest

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Engine
from tests.engine.flows import agent, neighbour, officer, steps
from tests.engine.proofs.soak import times
from tests.engine.store.test_erasure import FLOW as PERSONAL
from tests.engine.store.test_erasure import brought

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
WAITING = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [area]}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    """,
    "data: {area: {type: number, title: {zh: 面积, en: Area}}}",
)
TELLING = steps(
    "- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, sends: [{notify: officer}]}",
    """
    data: {area: {type: number, title: {zh: 面积, en: Area}}}
    ends: {done: {outcome: granted, sends: [{message: news, data: [area]}, {publish: board}]}}
    """,
)
HEARING = steps(
    """
    - step: look
      kind: review
      by: officer
      within: 9 working days
      on: {told: {message: news, to: done, title: {zh: 得知, en: Told}}}
    """,
    """
    ends: {done: {outcome: granted}, refused: {outcome: refused}}
    anywhere: {suspend: {by: officer, resume: {event: resume, by: officer}, reason: required}}
    """,
)
ADDED = {
    "entries": ("case_id", "seq"),
    "personal": ("case_id", "ref"),
    "tasks": ("role", "person", "case_id"),
    "effects": ("case_id", "seq", "n"),
    "waits": ("message", "key", "case_id"),
    "messages": ("id", "case_id"),
}
"""What makes a copied row another one."""
CHANGED = {
    "entries": ("case_id", "seq", "key", "at", "actor", "kind", "body", "hash"),
    "cases": (
        "definition", "process", "business_key", "subject", "status", "end", "seq", "head", "state", "at",
        "opened_at", "start_key", "steps", "waiting", "deadline", "yellow", "red",
    ),
    "definitions": ("hash", "process", "version", "body"),
    "personal": ("case_id", "ref", "owner", "salt", "value"),
    "tasks": ("role", "person", "due", "case_id"),
    "effects": ("case_id", "seq", "n", "kind", "to", "body", "at"),
    "waits": ("message", "key", "case_id"),
    "messages": ("id", "case_id", "name", "key", "place", "body", "until"),
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with open, waiting and ended cases, one of them in part erased, without its triggers."""
    path = tmp_path_factory.mktemp("tampering") / "cases.db"
    with Engine.open(f"sqlite:///{path}", clock=lambda: NOW) as engine:
        for subject in ("co-1", "co-2"):
            case = brought(engine, subject)
            engine.fire(case, "check.complete", actor=officer)
        engine.erase(owner=neighbour.id, subject="co-2", actor=Actor("archivist", []), reason="撤回同意")
        engine.fire(case, "file.complete", actor=officer)
        waiting = engine.start(WAITING, actor=agent, business_key="p-1", data={"area": 3})
        assert engine.fire(waiting.id, "apply.complete", actor=agent, data={"area": 4}, key="k")
        hearing = [engine.start(HEARING, actor=agent, business_key="p-2").id for _ in range(2)]
        engine.fire(hearing[0], "suspend", actor=officer, reason="awaits a ruling")
        telling = engine.start(TELLING, actor=agent, business_key="p-2", data={"area": 3})
        engine.fire(telling.id, "apply.complete", actor=agent)
        engine.start(TELLING, actor=agent, data={"area": 3})
        assert [b.text.en for b in engine.verify()] == []
    with connect(path) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        assert triggers
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


def other(random: Random, value: Any) -> Any:
    """Not the same value."""
    match value:
        case bytes() if value and random.random() < 0.8:
            at = random.randrange(len(value))
            return value[:at] + bytes([value[at] ^ 1 << random.randrange(8)]) + value[at + 1 :]
        case bytes():
            return random.choice([b"", value + b" ", value.decode("latin-1") + "x"])
        case int():
            return random.choice([value + 1, value - 1, -value - 5, "x", 2**62])
        case str():
            return random.choice(["", value[:-1], "\x00", None] if value else ["x", "\x00"])
        case _:
            return random.choice(["x", "k", 7])


def tamper(random: Random, database: Connection) -> str:
    """Change one thing, and say which."""
    database.execute("PRAGMA foreign_keys = OFF")
    table = random.choice(list(CHANGED))
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    rows = database.execute(f"SELECT * FROM {table}").fetchall()
    row = random.choice(rows)
    where = " AND ".join(f'"{c}" IS ?' for c in columns)
    kind = random.choice(["change", "change", "change", "delete", "add", "swap"])
    if kind == "delete":
        database.execute(f"DELETE FROM {table} WHERE {where}", row)
        return f"delete {table} {row}"
    if kind == "add" and table in ADDED:
        new = dict(zip(columns, row, strict=True))
        if table == "entries":
            new["key"] = None
        ids = [id for (id,) in database.execute("SELECT id FROM cases")]
        name = random.choice(ADDED[table])
        new[name] = random.choice(ids) if name == "case_id" else other(random, new[name])
        try:
            database.execute(
                f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})", [new[c] for c in columns]
            )
        except Exception:
            return ""
        return f"add {table} {new}"
    if kind == "swap" and table in ADDED:
        two = random.choice(rows)
        names = [c for c in CHANGED[table] if c not in ADDED[table]][-2:]
        if not names:
            return ""
        for one, else_ in ((row, two), (two, row)):
            values = [else_[columns.index(n)] for n in names]
            if [one[columns.index(n)] for n in names] == values:
                return ""
            sets = ", ".join(f'"{n}" = ?' for n in names)
            key = " AND ".join(f'"{c}" = ?' for c in ADDED[table])
            database.execute(
                f"UPDATE {table} SET {sets} WHERE {key}",
                [*values, *(one[columns.index(c)] for c in ADDED[table])],
            )
        return f"swap {table} {row} {two}"
    name = random.choice(CHANGED[table])
    value = other(random, row[columns.index(name)])
    try:
        count = database.execute(f'UPDATE {table} SET "{name}" = ? WHERE {where}', (value, *row)).rowcount
    except Exception:
        return ""
    return f"change {table}.{name} of {row} to {value!r}" if count == 1 else ""


def find(kept: Path, folder: Path, seed: int) -> str:
    """What was changed and not found; nothing when it was."""
    path = folder / "tampered.db"
    shutil.copy(kept, path)
    database = connect(path)
    said = tamper(Random(seed), database)
    database.commit()
    database.close()
    if not said:
        return ""
    with Engine.open(f"sqlite:///{path}", clock=lambda: NOW) as engine:
        return "" if list(engine.verify()) else said


@pytest.mark.parametrize("part", range(4))
def test_any_change_is_found(kept: Path, tmp_path: Path, part: int) -> None:
    count = times(30, 5_000)
    seeds = range(part * count, part * count + count)
    missed = [said for seed in seeds if (said := find(kept, tmp_path, seed))]
    assert missed == []


def test_a_case_that_will_not_be_woken_is_found(kept: Path, tmp_path: Path) -> None:
    for sets in ("due = NULL", "due = due + 86400000000"):
        shutil.copy(kept, tmp_path / "cases.db")
        with connect(tmp_path / "cases.db") as database:
            database.execute(f"UPDATE cases SET {sets} WHERE business_key = 'p-1'")
        database.close()
        with Engine.open(f"sqlite:///{tmp_path / 'cases.db'}", clock=lambda: NOW) as engine:
            assert len(list(engine.verify())) == 1


def test_an_anchor_finds_what_was_written_anew(tmp_path: Path) -> None:
    heads = io.StringIO()
    with Engine.open(f"sqlite:///{tmp_path}/one.db", clock=lambda: NOW) as engine:
        for id in ("a b", "b", "c"):
            engine.start(PERSONAL, actor=agent, id=id)
        anchor = engine.anchor(heads)
        assert engine.anchor() == anchor
        lines = heads.getvalue().splitlines(keepends=True)
        engine.fire("b", "apply.complete", actor=agent, data={"phone": "1", "age": 1})
        assert list(engine.verify(anchor=anchor, list=lines)) == []
        assert engine.anchor() != anchor
        short = [(b.case, b.seq) for b in engine.verify(anchor=anchor, list=lines[:2])]
        assert short == [("", 0)]
        assert [b.seq for b in engine.verify(anchor=anchor, list=["?\n"])] == [1]
    with Engine.open(f"sqlite:///{tmp_path}/two.db", clock=lambda: NOW) as engine:
        engine.start(PERSONAL, actor=agent, id="a b")
        engine.start(PERSONAL, actor=officer, id="b")
        assert list(engine.verify()) == []
        found = [(b.case, b.seq) for b in engine.verify(anchor=anchor, list=lines)]
        assert found == [("b", 1), ("c", 1)]
