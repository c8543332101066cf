"""What the page on operating says of PostgreSQL is true: its SQL runs, and the engine goes on with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from jianban.engine import Actor, Engine

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "operate.md"
LI = Actor("li", {"investors"})
on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def scripts() -> list[str]:
    found = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [script for script in found if "entries" in script]


@contextmanager
def by_hand(url: URL) -> Iterator[psycopg.Connection[Any]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def worked(url: URL) -> str:
    with Engine.open(url) as engine:
        case = engine.start("deregistration/simple", actor=LI, key="before")
        return case.id


def goes_on(url: URL, case: str) -> None:
    with Engine.open(url) as engine:
        assert engine.fire(case, "commit.commit", actor=LI, key="after")
        assert engine.start("deregistration/simple", actor=LI, key="before").id == case
        engine.start("deregistration/simple", actor=LI, key="another", id="own")
        assert [entry.seq for entry in engine.entries(case)] == [1, 2]
        assert list(engine.verify()) == []


@on_postgresql
def test_entries_partitioned_by_hash_stay_append_only(url: URL) -> None:
    case = worked(url)
    with by_hand(url) as connection:
        connection.execute(scripts()[0].encode())
    goes_on(url, case)
    with by_hand(url) as connection:
        (part,) = connection.execute(
            "SELECT DISTINCT tableoid::regclass::text FROM entries WHERE case_id = %s", (case,)
        ).fetchone() or ("",)
        assert part.startswith("entries_")
        for table in ("entries", part):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET at = 1", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.RaiseException):
                    connection.execute(change.encode())


@on_postgresql
def test_entries_partitioned_by_the_year_of_opening(url: URL) -> None:
    case = worked(url)
    by_range, bounds = scripts()
    by_range = by_range.replace("BY HASH", "BY RANGE").replace("FOR n IN 0..15", "FOR n IN 1..0")
    make, ask = re.split(r"(?<=\$\$;)\n", bounds)
    with by_hand(url) as connection:
        connection.execute(make.encode())
        years = [row[0] for row in connection.execute(ask.encode())]
        parts = ["CREATE TABLE entries_rest PARTITION OF entries DEFAULT", *years]
        whole = by_range.replace("INSERT INTO", f"{'; '.join(parts)}; INSERT INTO")
        connection.execute(whole.encode())
    goes_on(url, case)
    with by_hand(url) as connection:
        found = connection.execute("SELECT case_id, tableoid::regclass::text FROM entries").fetchall()
    with Engine.open(url) as engine:
        year = engine.case(case).opened_at.year
    assert {part for id, part in found if id == case} == {f"entries_{year}"}
    assert {part for id, part in found if id == "own"} == {"entries_rest"}


@on_postgresql
def test_an_engine_that_may_only_read_answers_all_but_commands(url: URL) -> None:
    case = worked(url)
    reader = f"{url.database}_reader"
    with by_hand(url) as connection:
        connection.execute(f"CREATE ROLE {reader} LOGIN".encode())
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}".encode())
        connection.execute(f"ALTER ROLE {reader} SET default_transaction_read_only = on".encode())
    with Engine.open(url.set(username=reader)) as engine:
        assert [item.id for item in engine.cases()] == [case]
        assert [task.place for task in engine.tasks(actor=LI)] == ["commit"]
        assert [offer.event for offer in engine.options(case, actor=LI)] == ["commit"]
        assert list(engine.verify()) == []
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            engine.fire(case, "commit.commit", actor=LI)
    with by_hand(url) as connection:
        connection.execute(f"DROP OWNED BY {reader}; DROP ROLE {reader}".encode())


@pytest.mark.parametrize("query", re.findall(r"`(SELECT .+?)`", PAGE.read_text(encoding="utf-8")))
def test_what_to_watch_is_asked_of_both_databases(url: URL, query: str) -> None:
    with Engine.open(url) as engine, engine.store.reading() as connection:
        assert connection.exec_driver_sql(query.replace("NOW_US", "1")).scalar() == 0
