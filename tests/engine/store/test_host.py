"""On a host's own connection, of a pool of its own: what others did meanwhile is a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from jianban.engine import Actor, Engine
from jianban.engine.engine import Conflict, Event, Refusal, StoreError, TransactionLost

LI = Actor("li", {"investors"})
SIMPLE = "deregistration/simple"


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    with Engine.open(url) as engine:
        yield engine


@pytest.fixture
def host(url: URL) -> Iterator[sqlalchemy.Engine]:
    host = create_engine(url)
    yield host
    host.dispose()


@pytest.mark.parametrize(("key", "id"), [("form-1", None), (None, "own")])
def test_two_that_open_the_same_case_at_once(
    engine: Engine, host: sqlalchemy.Engine, key: str | None, id: str | None
) -> None:
    def another() -> None:
        with host.begin() as second:
            engine.start(SIMPLE, actor=LI, connection=second, key=key, id=id)

    with ThreadPoolExecutor(1) as threads:
        with host.begin() as first:
            case = engine.start(SIMPLE, actor=LI, connection=first, key=key, id=id)
            later = threads.submit(another)
            with pytest.raises(TimeoutError):
                later.result(timeout=0.3)
        with pytest.raises(Conflict):
            later.result()
    assert [item.id for item in engine.cases()] == [case.id]


def test_a_lost_race_is_won_by_doing_it_again(engine: Engine, host: sqlalchemy.Engine) -> None:
    case = engine.start(SIMPLE, actor=LI)
    with host.begin() as connection:
        assert engine.fire(case.id, "commit.commit", actor=LI, key="form-2", connection=connection)
    with host.begin() as connection:
        again = engine.fire(case.id, "commit.commit", actor=LI, key="form-2", connection=connection)
    assert again
    assert (again.seq, again.repeated) == (2, True)


def test_a_transaction_that_the_database_gives_up_is_told(engine: Engine, host: sqlalchemy.Engine) -> None:
    case = engine.start(SIMPLE, actor=LI)
    with host.execution_options(isolation_level="SERIALIZABLE").connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        connection.execute(text("SELECT count(*) FROM cases")).one()
        engine.fire(case.id, "commit.commit", actor=LI)
        for ask in (
            lambda: engine.fire(case.id, "commit.commit", actor=LI, connection=connection),
            lambda: engine.fire_many([Event(case.id, "commit.commit", LI)], connection=connection),
            lambda: engine.publish("news", id="m", keep=timedelta(days=1), connection=connection),
        ):
            with pytest.raises(TransactionLost, match="Roll it back"):
                ask()
            if connection.dialect.name == "postgresql":
                break  # it takes nothing more
        connection.rollback()
    with host.begin() as connection:
        again = engine.fire(case.id, "commit.commit", actor=LI, connection=connection)
    assert isinstance(again, Refusal)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_of_two_that_wait_for_each_other_one_is_told(engine: Engine, host: sqlalchemy.Engine) -> None:
    cases = [engine.start(SIMPLE, actor=LI).id for _ in range(2)]

    def both(connection: Connection, first: str, second: str) -> Iterator[None]:
        for case in (first, second):
            engine.fire(case, "commit.commit", actor=LI, connection=connection)
            yield

    def last(work: Iterator[None], connection: Connection) -> list[TransactionLost]:
        try:
            next(work)
        except TransactionLost as error:
            connection.rollback()
            return [error]
        connection.commit()
        return []

    with ThreadPoolExecutor(1) as threads, host.connect() as one, host.connect() as two:
        forth, back = both(one, *cases), both(two, *reversed(cases))
        next(forth)
        next(back)
        other = threads.submit(last, back, two)
        assert len(last(forth, one) + other.result()) == 1
    assert [engine.case(case).seq for case in cases] == [2, 2]


def test_a_command_that_forgets_the_connection_is_told(tmp_path: Path) -> None:
    with Engine.open(f"sqlite:///{tmp_path}/cases.db") as engine:
        case = engine.start(SIMPLE, actor=LI)
        with engine.store.transaction() as connection:
            engine.start(SIMPLE, actor=LI, id="other", connection=connection)
            with pytest.raises(StoreError, match="connection="):
                engine.fire(case.id, "commit.commit", actor=LI)
        assert [engine.case(id).seq for id in (case.id, "other")] == [1, 1]
