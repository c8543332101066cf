"""Eight processes want the same: each version has one winner, who loses is told, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from jianban.engine.engine import Answer, Engine
from tests.engine.flows import agent
from tests.engine.proofs.contenders import CIRCLE, LATER, NOTICE, NOW, PATIENCE, on_many_cases, on_one_case
from tests.engine.proofs.soak import SEED, times
from tests.engine.proofs.whole import whole

pytestmark = pytest.mark.slow
PROCESSES = 8
EVENTS = times(400, 20_000)
CASES = times(200, 10_000)


def together(processes: ForkServerContext, target: Callable[..., None], *args: object) -> list[Any]:
    """What eight processes tell that do the same; their number and a common barrier come with `args`."""
    barrier = processes.Barrier(PROCESSES)
    running = []
    for number in range(PROCESSES):
        ours, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=target, args=(*args[:2], number, args[2], barrier, theirs), daemon=True
        )
        process.start()
        theirs.close()
        running.append((process, ours))
    told = []
    for process, pipe in running:
        assert pipe.poll(PATIENCE), "they wait for each other"
        told.append(pipe.recv())
        pipe.close()
        process.join()
    return told


def test_each_version_of_a_case_has_one_winner(url: URL, processes: ForkServerContext) -> None:
    address = url.render_as_string(hide_password=False)
    with Engine.open(url, clock=lambda: NOW) as engine:
        case = engine.start(CIRCLE, actor=agent).id
        with engine.store.transaction() as connection:
            connection.execute(text("CREATE TABLE host (seq int)"))
        told = together(processes, on_one_case, address, case, EVENTS // PROCESSES)
        won = [seq for won, _repeated, _lost in told for seq in won]
        lost = [lost for _won, _repeated, lost in told]
        repeated = [seq for _won, repeated, _lost in told for seq in repeated]
        assert sorted(won) == list(range(2, engine.case(case).seq + 1))
        assert len(won) + len(repeated) + sum(lost) == EVENTS
        assert sum(lost), "nobody contested anything"
        with engine.store.reading() as connection:
            assert connection.scalars(text("SELECT seq FROM host ORDER BY seq")).all() == told[0][0]
        assert whole(engine) == []


def test_nobody_waits_for_ever_and_nothing_is_left_asleep(url: URL, processes: ForkServerContext) -> None:
    print(f"JIANBAN_SEED={SEED}")
    address = url.render_as_string(hide_password=False)
    with Engine.open(url, clock=lambda: NOW) as engine:
        cases = [engine.start(NOTICE, actor=agent, id=f"case-{n:05}").id for n in range(CASES)]
        told = together(processes, on_many_cases, address, cases, SEED)
        made = [tuple(entry) for entries in told for entry in entries]
        made += [
            (a.case, a.seq) for a in engine.wake(CASES, now=LATER) if isinstance(a, Answer) and a.records
        ]
        assert len(made) == len(set(made))
        with engine.store.reading() as connection:
            kept = connection.execute(text("SELECT case_id, seq FROM entries WHERE seq > 1")).fetchall()
        assert sorted(made) == sorted(tuple(row) for row in kept)
        assert engine.wake(now=LATER) == []
        places = {tuple(t.node for t in engine.case(case).steps) for case in cases}
        assert places <= {(), ("check",)}, "a case still waits for the end of its notice"
        assert whole(engine) == []
        if url.get_backend_name() == "postgresql":
            with engine.store.reading() as connection:
                deadlocks = connection.scalar(
                    text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                )
            assert deadlocks == 0
