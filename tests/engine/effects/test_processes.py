"""Workers in processes of their own: they share the work, are killed in its midst, and end when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from jianban.engine.engine import Engine
from jianban.engine.store.tables import effects, workers
from tests.engine.effects.cases import sending

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("JIANBAN_KILLS", "3"))
PATIENCE = 90.0
"""Seconds without anything happening: how long all of it takes depends on the machine and on `KILLS`."""
PROGRAM = Path(__file__).with_name("worker_program.py")


class Workers:
    def __init__(self, url: URL, log: Path) -> None:
        self.url = url.render_as_string(hide_password=False)
        self.log = log
        self.running: list[subprocess.Popen[bytes]] = []
        self.log.touch()

    def start(self) -> None:
        self.running.append(subprocess.Popen([sys.executable, PROGRAM, self.url, self.log]))

    def lines(self) -> list[tuple[int, str, str]]:
        split = (line.split() for line in self.log.read_text().splitlines())
        return [(int(pid), what, key) for pid, what, key in split]

    def halfway(self) -> list[int]:
        """The processes that have begun something and not ended it."""
        begun = Counter(pid for pid, what, _key in self.lines() if what == "begun")
        ended = Counter(pid for pid, what, _key in self.lines() if what == "ended")
        alive = {p.pid for p in self.running}
        return sorted(pid for pid in alive if begun[pid] > ended[pid])

    def signed_on(self, engine: Engine) -> bool:
        """Whether all of them have begun to work."""
        with engine.store.reading() as connection:
            pids = {id.split(":")[1] for id in connection.scalars(select(workers.c.id))}
        return pids >= {str(p.pid) for p in self.running}

    def kill(self, pid: int) -> None:
        process = next(p for p in self.running if p.pid == pid)
        process.kill()
        process.wait()
        self.running.remove(process)

    def end(self) -> list[int]:
        """Ask all of them to end; their codes."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(PATIENCE) for process in self.running]
        self.running.clear()
        return codes


@contextmanager
def program(url: URL, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(url, tmp_path / "log")
    try:
        yield workers
    finally:
        for process in workers.running:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


def wait_for(what: Callable[[], object], progress: Callable[[], object] = lambda: None) -> None:
    seen, since = progress(), time.monotonic()
    while not what():
        if (sees := progress()) != seen:
            seen, since = sees, time.monotonic()
        assert time.monotonic() - since < PATIENCE, f"nothing happens: {seen}"
        time.sleep(0.02)


def statuses(engine: Engine) -> dict[str, int]:
    """How many effects there are of each."""
    with engine.store.reading() as connection:
        rows = connection.execute(select(effects.c.status, func.count()).group_by(effects.c.status))
        return dict(rows.all())


def test_killed_in_the_middle_of_effects(url: URL, tmp_path: Path) -> None:
    random = Random(4)
    with Engine.open(url) as engine, program(url, tmp_path) as programs:
        programs.start()
        programs.start()
        keys: set[str] = set()
        for _ in range(KILLS):
            for _ in range(12):
                case = sending(engine)
                keys |= {f"{case}:2:{n}" for n in (1, 2, 3)}
            wait_for(programs.halfway)
            programs.kill(random.choice(programs.halfway() or [programs.running[0].pid]))
            programs.start()
        wait_for(lambda: statuses(engine).keys() == {"done"}, lambda: statuses(engine).get("done"))
        wait_for(lambda: programs.signed_on(engine))
        codes = programs.end()

        lines = programs.lines()
        assert {key for _pid, what, key in lines if what == "ended"} == keys
        assert {key for _pid, _what, key in lines} == keys
        assert {o.key for o in engine.effects(limit=10_000)} == keys
        assert codes == [0, 0]
        assert len({pid for pid, _what, _key in lines}) >= 2
        with engine.store.reading() as connection:
            assert connection.execute(select(workers.c.id)).all() == []  # who ends cleanly signs off
        assert list(engine.verify()) == []


def test_asked_to_end_it_finishes_what_it_has_begun(url: URL, tmp_path: Path) -> None:
    with Engine.open(url) as engine, program(url, tmp_path) as programs:
        programs.start()
        programs.start()
        wait_for(lambda: programs.signed_on(engine))

        def both_are_busy() -> bool:
            sending(
                engine
            )  # there is always more to do: neither can finish all of it before the other begins
            return len(programs.halfway()) == 2

        wait_for(both_are_busy)
        assert programs.end() == [0, 0]
        lines = programs.lines()
        begun = sorted(key for _pid, what, key in lines if what == "begun")
        assert begun == sorted(key for _pid, what, key in lines if what == "ended")
        # where nobody is killed, nothing is done twice
        assert begun == [o.key for o in engine.effects(status="done", limit=100_000)]
        assert "running" not in {o.status for o in engine.effects(limit=100_000)}
