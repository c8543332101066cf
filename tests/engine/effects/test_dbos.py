"""A worker inside the host's process, on DBOS."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from jianban.engine.effects.dbos_queue import DbosInUse, dbos_queue
from jianban.engine.effects.port import Retries
from jianban.engine.effects.rows import Outgoing
from jianban.engine.engine import Engine
from jianban.engine.store.store import StoreError
from tests.engine.effects.cases import Clock, sending

pytestmark = pytest.mark.slow


def wait_for_status(engine: Engine, kind: str, status: str) -> None:
    end = time.monotonic() + 60
    while [o.status.value for o in engine.effects() if o.effect.kind == kind] != [status]:
        assert time.monotonic() < end, engine.effects()
        time.sleep(0.02)


def test_it_works_until_it_is_stopped(engine: Engine, clock: Clock) -> None:
    got: list[str] = []

    def fail_once(outgoing: Outgoing) -> None:
        got.append(outgoing.key)
        if outgoing.attempts == 1:
            raise ValueError("not yet")

    case = sending(engine)
    worker = engine.worker(
        {"notify": fail_once, "ask": print}, retries=Retries(first=timedelta(minutes=1)), pause=0.05
    )
    before = set(threading.enumerate())
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_for_status(engine, "notify", "pending")
        wait_for_status(engine, "ask", "done")
        clock.forward(timedelta(minutes=1))
        wait_for_status(engine, "notify", "done")

        second = dbos_queue(engine.store, 1)
        assert second is not None
        with pytest.raises(DbosInUse, match="uses DBOS already"):
            second.start(worker.perform, "second")
    finally:
        worker.stop()
        thread.join(60)
    assert got == [f"{case}:2:1"] * 2
    assert set(threading.enumerate()) - before == set()


class Listing:
    """Of a client of DBOS, what finds the calls of dead workers."""

    def __init__(self, executors: list[str]) -> None:
        self.running = [SimpleNamespace(workflow_id=f"w{n}", executor_id=e) for n, e in enumerate(executors)]
        self.resumed: list[str] = []

    def list_workflows(self, *, status: object, limit: int, offset: int = 0, **_: object) -> list[object]:
        return [*self.running[offset : offset + limit]] if status == "PENDING" else []

    def resume_workflows(self, ids: list[str], *, queue_name: str) -> None:
        self.resumed += ids
        self.running = [w for w in self.running if w.workflow_id not in ids]


def test_calls_of_the_dead_are_found_behind_any_number_of_the_living(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jianban.engine.effects.dbos_queue.MANY", 2)
    queue = dbos_queue(engine.store, 1)
    assert queue is not None
    client = Listing(["a", "dead", "a", "b", "dead", "dead", "a", "b", "dead"])
    monkeypatch.setattr(queue, "_client", client)
    assert queue.rescue(["a", "b"]) == 4
    assert client.resumed == ["w1", "w4", "w5", "w8"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_role_that_may_make_no_schema_uses_one_that_is_there(url: URL, clock: Clock) -> None:
    role = f"clerk_{url.database}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for line in (
            f"CREATE ROLE {role} LOGIN",
            f"REVOKE CREATE ON DATABASE {url.database} FROM PUBLIC",
            f"CREATE SCHEMA cases AUTHORIZATION {role}",
            f"ALTER ROLE {role} SET search_path = cases",
        ):
            connection.execute(text(line))
    with Engine.open(url.set(username=role), clock=clock) as engine:
        case = sending(engine)
        missing = dbos_queue(engine.store, 1, schema="queue")
        assert missing is not None
        with pytest.raises(StoreError, match=f"CREATE SCHEMA queue AUTHORIZATION {role}"):
            engine.worker({"ask": print}, queue=missing).run()
        with admin.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA queue AUTHORIZATION {role}"))
        worker = engine.worker({"ask": print}, queue=dbos_queue(engine.store, 1, schema="queue"), pause=0.05)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            wait_for_status(engine, "ask", "done")
        finally:
            worker.stop()
            thread.join(60)
        assert engine.case(case).seq > 0
    with admin.connect() as connection:
        where = text("SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name = :name")
        found = [connection.scalars(where, {"name": name}).all() for name in ("cases", "workflow_status")]
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    admin.dispose()
    assert found == [["cases"], ["queue"]]
