"""Processes killed at any moment (SIGKILL): what was acknowledged is kept, and nothing is there by half."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from itertools import islice
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from jianban.engine.case import Case
from jianban.engine.engine import Engine
from tests.engine.flows import agent
from tests.engine.proofs.soak import SEED, times
from tests.engine.proofs.victims import (
    NOW,
    THREADS,
    WAITING,
    Firing,
    Opening,
    commands,
    told,
    victim,
    worker,
    worker_on,
)
from tests.engine.proofs.whole import whole

pytestmark = pytest.mark.slow
KILLS = times(10, 200)
VICTIMS = 2
"""Processes at the same time, all killed."""
LONGEST = 0.05
"""Seconds from a message of a process to its end, at most."""


def killed(processes: ForkServerContext, url: URL, seeds: list[str], random: Random) -> list[list[bytes]]:
    """Let processes work and kill each at some moment: what each has told."""
    address = url.render_as_string(hide_password=False)
    running = []
    for seed in seeds:
        ours, theirs = processes.Pipe(duplex=False)
        process = processes.Process(target=victim, args=(address, seed, theirs), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))
    heard: list[list[bytes]] = [[] for _ in seeds]
    moments = []
    for (_process, pipe), messages in zip(running, heard, strict=True):
        # killed while it opens the database, while it begins to work, or in full swing
        messages += (pipe.recv_bytes() for _ in range(random.choice((0, 1, 2, 2, 2, 2, 9))))
        moments.append(time.monotonic() + random.uniform(0, LONGEST))
    for at in sorted(range(len(seeds)), key=moments.__getitem__):
        process, pipe = running[at]
        while (left := moments[at] - time.monotonic()) > 0:
            if pipe.poll(left):
                heard[at].append(pipe.recv_bytes())
        process.kill()
    for (process, pipe), messages in zip(running, heard, strict=True):
        process.join()
        try:
            while True:
                messages.append(pipe.recv_bytes())
        except (EOFError, OSError):  # the end, or half a message
            pipe.close()
    return heard


def test_nothing_acknowledged_is_lost_and_nothing_half_written(
    url: URL, processes: ForkServerContext
) -> None:
    print(f"JIANBAN_SEED={SEED}")
    random = Random(SEED)
    acknowledged = 0
    for round in range((KILLS + VICTIMS - 1) // VICTIMS):
        seeds = [f"{round}-{n}" for n in range(VICTIMS)]
        heard = killed(processes, url, seeds, random)
        with Engine.open(url, clock=lambda: NOW) as engine:
            for seed, messages in zip(seeds, heard, strict=True):
                acks = [json.loads(m) for m in messages if m != b"ready"]
                acknowledged += len(acks)
                for thread in range(THREADS):
                    mine = [(number, answers) for of, number, answers in acks if of == thread]
                    check(engine, f"{seed}-{thread}", mine)
            assert whole(engine, f"{round}-") == []
    with Engine.open(url, clock=lambda: NOW) as engine:
        assert list(engine.verify()) == []
    assert acknowledged > KILLS, "they were killed before they did anything"


def check(engine: Engine, seed: str, acknowledged: list[tuple[int, list[list[object]]]]) -> None:
    """One thread's work: done are all acknowledged commands, perhaps the one after them, and none else."""
    assert [number for number, _answers in acknowledged] == list(range(len(acknowledged)))
    mine = list(islice(commands(seed), len(acknowledged) + 2))
    kept = keys(engine, seed)
    done, begun, never = mine[:-2], mine[-2], mine[-1]
    expected = {key for command in done for key in command.keys}
    assert kept in (expected, expected | {*begun.keys}), seed
    assert not kept & {*never.keys}, seed
    for command, (_number, answers) in zip(done, acknowledged, strict=True):
        again = command.do(engine)
        assert [told(a) for a in again] == answers, seed
        assert isinstance(command, Opening) or all(a.repeated for a in again), seed
    assert keys(engine, seed) == kept, seed
    first, second = begun.do(engine), begun.do(engine)
    assert [a._replace(repeated=True) for a in first] == [a._replace(repeated=True) for a in second], seed
    if isinstance(begun, Firing):
        assert [a.repeated for a in first] == [key in kept for key in begun.keys], seed
        assert all(a.repeated for a in second), seed
    assert keys(engine, seed) == expected | {*begun.keys}, seed


def keys(engine: Engine, seed: str) -> set[tuple[str, str]]:
    """The commands of one thread that are in the record, in one look."""
    with engine.store.reading() as connection:
        found = connection.execute(
            text("SELECT case_id, key FROM entries WHERE case_id LIKE :of"), {"of": f"{seed}-%"}
        ).fetchall()
    assert len(found) == len({tuple(row) for row in found})
    return {(case, key) for case, key in found}


def test_killed_workers_leave_no_effect_undone_and_nobody_asleep(
    url: URL, processes: ForkServerContext, tmp_path: Path
) -> None:
    """Each effect is carried out at least once, always the same under its key; time goes on meanwhile."""
    print(f"JIANBAN_SEED={SEED}")
    random = Random(SEED)
    address = url.render_as_string(hide_password=False)
    log = tmp_path / "log"
    log.touch()
    hours = processes.RawValue("q", 0)  # a lock would stay with the process that is killed holding it
    with Engine.open(url, clock=lambda: NOW + timedelta(hours=hours.value)) as engine:
        for _ in range((KILLS + VICTIMS - 1) // VICTIMS):
            running = []
            for _ in range(VICTIMS):
                ours, theirs = processes.Pipe(duplex=False)
                process = processes.Process(
                    target=worker, args=(address, hours, str(log), theirs), daemon=True
                )
                process.start()
                theirs.close()
                running.append((process, ours))
            for _ in range(10):
                case = engine.start(WAITING, actor=agent).id
                if random.random() < 0.7:
                    assert engine.fire(case, "apply.complete", actor=agent)
                hours.value += random.choice((0, 1, 60))
            for process, pipe in running:
                if random.random() < 0.8:  # else perhaps while it opens the database
                    pipe.recv_bytes()
                    wanted = log.stat().st_size + random.choice((0, 1, 300, 600))
                    patience = time.monotonic() + 1
                    while log.stat().st_size < wanted and time.monotonic() < patience:
                        time.sleep(0.001)
                time.sleep(random.uniform(0, LONGEST / 10))
                process.kill()
            for process, pipe in running:
                process.join()
                pipe.close()
        begun = len(log.read_text().splitlines())
        hours.value += 24 * 400
        with log.open("ab") as file:
            worker_on(engine, file.fileno()).once()
        effects = engine.effects(limit=100_000)
        assert {e.status.value for e in effects} == {"done"}
        lines = [tuple(json.loads(line)) for line in log.read_text().splitlines()]
        assert 0 < begun < len(lines)
        assert len({line[0] for line in lines}) == len({*lines}), "a key stood for two things"
        assert {line[0] for line in lines} == {e.key for e in effects}
        assert engine.wake() == []
        for id in {e.case for e in effects}:
            case = engine.case(id)
            alone = Case.replay(WAITING, case.history)
            assert alone.tick(engine.now())
            assert alone.history == case.history, f"{id} was left asleep"
        assert whole(engine) == []
