"""The migrations make the tables that the metadata describes, and nothing opens a newer database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL

from jianban.engine.engine import Engine, Event, StoreError
from jianban.engine.store import migrations, schema
from jianban.engine.store.tables import calendars, cases, definitions, effects, entries, metadata
from tests.engine.flows import agent, officer
from tests.engine.proofs.whole import whole
from tests.engine.store.test_cases import FLOW, NOW

DRIVERS = {"postgresql": "postgresql+psycopg"}
OLD_TASK = text(
    "INSERT INTO tasks (case_id, place, role, person, step, since, due) VALUES (:a, :b, :c, :d, :e, :f, :g)"
)


def test_the_migrations_make_what_the_metadata_says(url: URL) -> None:
    with Engine.open(url) as engine, engine.store.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert schema.version(connection) == schema.HEAD


def test_head_is_the_newest_migration() -> None:
    folder = str(Path(migrations.__file__).parent)
    assert ScriptDirectory.from_config(schema.configuration(folder)).get_current_head() == schema.HEAD


def test_work_lists_are_kept_when_rows_say_less(url: URL, tmp_path: Path) -> None:
    with Engine.open(f"sqlite:///{tmp_path}/new.db", clock=lambda: NOW) as new:
        ids = [new.start(FLOW, actor=agent, id=f"case-{n}").id for n in range(4)]
        new.fire_many([Event(id, "complete", agent, {"area": 1}) for id in ids[1:]])
        new.fire(ids[2], "complete", actor=officer)
        new.fire(ids[3], "back", actor=officer)
        expected = told(new)
        standing = [(id, new.shell.known(new.store.case(id) or pytest.fail(id)).standing) for id in ids]
        with new.store.reading() as connection:
            kept = (calendars, definitions, cases, entries, effects)
            tables = {table: connection.execute(select(table)).mappings().all() for table in kept}

    old = create_engine(url.set(drivername=DRIVERS.get(url.drivername, url.drivername)))
    folder = str(Path(migrations.__file__).parent)
    with old.begin() as connection:
        command.upgrade(schema.configuration(folder, connection), "0005")
        for table, found in tables.items():
            for row in found:
                values = {name: v for name, v in row.items() if name not in ("steps", "waiting")}
                connection.execute(table.insert().values(values))
        for id, its in standing:
            for place, step, role, person, dates in its.tasks:
                row = (id, place, role, person, step, 0, dates.due.isoformat())
                connection.execute(OLD_TASK, dict(zip("abcdefg", row, strict=True)))
    old.dispose()

    with Engine.open(url, clock=lambda: NOW) as renewed:
        assert told(renewed) == expected
        assert renewed.fire(ids[1], "complete", actor=officer)
        assert renewed.fire(ids[0], "complete", actor=agent, data={"area": 1})
        assert whole(renewed) == []


def told(engine: Engine) -> list[object]:
    work = [(t.case, t.place, t.deadlines) for role in ("agent", "officer") for t in engine.tasks(role=role)]
    return [work, [c.places for c in engine.cases()], engine.count("step", "role")]


def test_a_database_of_a_later_program_is_left_alone(url: URL) -> None:
    with Engine.open(url) as engine, engine.store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        Engine.open(url)


@pytest.mark.parametrize(
    "address",
    ["nonsense", "mysql://host/name", "sqlite:////nowhere/cases.db", "postgresql://u@/x?host=/nowhere"],
)
def test_what_is_no_database_is_told_with_a_remedy(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        Engine.open(address)
    assert "。请" in caught.value.text.zh or "请" in caught.value.text.zh
    assert caught.value.text.en


def test_a_durability_there_is_not_is_told() -> None:
    with pytest.raises(StoreError, match="full or normal"):
        Engine.open("sqlite://", durability="fast")


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jianban.engine.store.postgresql.find_spec", lambda name: None)
    with pytest.raises(StoreError, match="pip install"):
        Engine.open("postgresql://u@h/x")


def test_in_memory_it_needs_no_file() -> None:
    with Engine.open("sqlite://") as engine:
        assert engine.wake() == []
