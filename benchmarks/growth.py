"""What things cost among 10³ to 10⁶ stored cases, and what a worker costs that has nothing to do among them.

The cases are copies of some real ones, each open at a step with a deadline, put into the tables by SQL. Each
figure is the processor time of one of them at the largest number, against that at the smallest: what needs
only an index grows little. On SQLite, synchronous = NORMAL, in memory of the operating system.
A million takes two minutes and two gigabytes of disk; `JIANBAN_BENCH_CASES=100000` ends before.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from sqlalchemy import Connection, text

from benchmarks.soundness import OFFICER, flow_of, step
from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Engine
from jianban.engine.store.tables import cases, entries, tasks
from jianban.workflows.flow import Flow
from jianban.workflows.language.terms import Duration, Limit, Unit

ACTOR = Actor("wang", [OFFICER.id])
SEEDS = 100
MOST = int(os.environ.get("JIANBAN_BENCH_CASES", "1_000_000"))
SIZES = tuple(takewhile(lambda n: n <= MOST, (10**3, 10**4, 10**5, 10**6)))
EVENTS, READS, LOOKS = 100, 20, 50
PAUSE = 1.0
"""Seconds between two looks of a worker at rest; `Engine.worker` takes it as `pause`."""
NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
LIMIT = Limit(statutory=Duration(20, Unit.WORKING_DAY))
COPIED = (cases, entries, tasks)
OTHERWISE = {"due": "due + n", "start_key": "NULL", "key": "NULL"}
"""Columns of cases and entries that are not alike in two cases."""


def flow() -> Flow:
    steps = (replace(step(f"s{n}", "next"), limit=LIMIT) for n in range(EVENTS + 2))
    return flow_of(tuple(steps))


def fill(connection: Connection, seeds: int, size: int) -> None:
    """Copy the seeds until there are so many cases, with ids of the same length."""
    numbers = "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :last)"
    for table in COPIED:
        id = "id" if table is cases else "case_id"
        ranked = f"SELECT *, dense_rank() OVER (ORDER BY {id}) - 1 AS place FROM {table}"
        connection.execute(text(f"CREATE TEMP TABLE seed_{table} AS {ranked}"))
        other = {id: f"substr({id}, 1, 24) || printf('%012d', n * {seeds} + place)"}
        if table is not tasks:
            other |= OTHERWISE
        names = [column.name for column in table.columns]
        values = ", ".join(other.get(name, f'"{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f"INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM copy, seed_{table}"
        if size > seeds:
            connection.execute(text(statement), {"last": size // seeds - 1})


def taken(work: Callable[[], object], times: int) -> float:
    """Seconds of the processor for one."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'cases.db'}"
        with Engine.open(url, durability="normal", clock=lambda: NOW) as engine:
            line = flow()
            ids = [engine.start(line, actor=ACTOR).id for _ in range(SEEDS)]
            with engine.store.transaction() as connection:
                fill(connection, SEEDS, size)
            assert engine.count("status")[0].count == size
            case = iter(ids * EVENTS)
            found = {
                "fire": taken(lambda: engine.fire(next(case), "e0", actor=ACTOR), EVENTS),
                "a page of the work list": taken(lambda: engine.tasks(actor=ACTOR), READS),
                "a page of what is due": taken(lambda: engine.due(), READS),
            }
            worker = engine.worker({})
            worker.once()
            before = getrusage(RUSAGE_SELF).ru_maxrss
            found["look"] = taken(worker.once, LOOKS)
            found["memory"] = getrusage(RUSAGE_SELF).ru_maxrss - before
        return found


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    found = {size: measured(size) for size in SIZES}
    least, most = SIZES[0], SIZES[-1]
    for name in ("fire", "a page of the work list", "a page of what is due"):
        for size in SIZES:
            times = found[size][name] / found[least][name]
            goal = "(the measure)" if size == least else ""
            yield f"{name}, {size:,} cases", f"{found[size][name] * 1e6:.0f} µs {times:.1f}×", goal
    idle = found[most]["look"] / PAUSE
    yield f"a worker at rest, {most:,} cases with deadlines, of a core", f"{idle:.2%}", "<2 %"
    yield f"memory after {LOOKS} looks", f"+{found[most]['memory']:.0f} kB", "none"


if __name__ == "__main__":
    for name, value, goal in results():
        print(f"{value:>16}  {goal:<14} {name}", flush=True)
