"""The migrations make the tables that the metadata describes, and nothing opens a newer database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import URL

from jianban.engine.engine import Engine, StoreError
from jianban.engine.store import migrations, schema
from jianban.engine.store.tables import metadata


def test_the_migrations_make_what_the_metadata_says(url: URL) -> None:
    with Engine.open(url) as engine, engine.store.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert schema.version(connection) == schema.HEAD


def test_head_is_the_newest_migration() -> None:
    folder = str(Path(migrations.__file__).parent)
    assert ScriptDirectory.from_config(schema.configuration(folder)).get_current_head() == schema.HEAD


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
