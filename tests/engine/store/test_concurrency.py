"""Many at once: threads, coroutines and processes on one case and on many."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from gc import collect
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from weakref import ref

import pytest
from sqlalchemy.engine import URL

from jianban.engine.aio import AsyncEngine
from jianban.engine.clock import BEIJING
from jianban.engine.engine import Answer, Engine, Event, Refusal, UnknownCase
from jianban.engine.group import Group
from jianban.engine.store.closing import EngineClosed
from jianban.engine.store.store import StoreError
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
STEPS = 40
LINE = steps(
    "\n".join(f"- {{step: s{n}, title: {{zh: 步骤, en: Step}}, kind: task, by: agent}}" for n in range(STEPS))
)


@pytest.mark.slow
def test_of_eight_processes_one_wins_each_version(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        case = engine.start(LINE, actor=agent).id
    program = str(Path(__file__).with_name("contender.py"))
    address = url.render_as_string(hide_password=False)
    arguments = [sys.executable, program, address, case, str(STEPS)]
    running = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    told = [process.communicate(timeout=120)[0] for process in running]
    won = [seq for numbers in told for seq in json.loads(numbers)]
    assert sorted(won) == list(range(2, STEPS + 2))
    with Engine.open(url) as engine:
        assert engine.case(case).end is not None
        assert list(engine.verify()) == []


def test_of_many_threads_one_wins_each_version(url: URL) -> None:
    answers: list[Answer | Refusal] = []
    with Engine.open(url, clock=lambda: NOW) as engine:
        case = engine.start(LINE, actor=agent).id
        barrier = Barrier(8)

        def work() -> None:
            barrier.wait()
            for n in range(10):
                answers.append(engine.fire(case, f"s{n}.complete", actor=agent))

        threads = [Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [a.seq for a in answers if isinstance(a, Answer)]
        assert sorted(won) == list(range(2, engine.case(case).seq + 1))
        assert len(answers) == 80
        assert list(engine.verify()) == []


def test_a_key_used_by_many_at_once_counts_once(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        case = engine.start(LINE, actor=agent).id
        answers: list[Answer | Refusal] = []
        started: list[str] = []

        def work() -> None:
            answers.append(engine.fire(case, "complete", actor=agent, key="k"))
            started.append(engine.start(LINE, actor=agent, key="s").id)

        threads = [Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(a.repeated for a in answers if isinstance(a, Answer)) == {True: 7, False: 1}
        assert len(set(started)) == 1
        assert engine.case(case).seq == 2


def test_coroutines_do_what_threads_do(url: URL) -> None:
    async def work() -> None:
        async with await AsyncEngine.open(url, clock=lambda: NOW) as engine:
            cases = [(await engine.start(LINE, actor=agent)).id for _ in range(10)]
            answers = await asyncio.gather(*(engine.fire(c, "complete", actor=agent) for c in cases))
            assert all(answers)
            assert [(await engine.case(c)).seq for c in cases] == [2] * 10
            assert await engine.fire_many([Event(cases[0], "s0.complete", agent)]) != []
            assert [e.seq for e in await engine.entries(cases[0])] == [1, 2]
            assert await engine.verify() == []
            assert await engine.wake() == []
            assert await engine.options(cases[0], actor=agent)

    asyncio.run(work())


def test_coroutines_that_come_together_are_written_together(url: URL) -> None:
    async def work() -> None:
        async with await AsyncEngine.open(url, clock=lambda: NOW) as engine:
            cases = [(await engine.start(LINE, actor=agent)).id for _ in range(20)]
            one = engine.engine.store.one_writer
            sizes: list[int] = []
            together = engine.engine.fire_many

            def counted(events: Sequence[Event]) -> list[Any]:
                sizes.append(len(events))
                return together(events)

            engine.engine.fire_many = counted  # type: ignore[method-assign,assignment]
            asked = [engine.fire(c, "complete", actor=agent, key="k") for c in (*cases, cases[0], "none")]
            *answers, again, unknown = await asyncio.gather(*asked, return_exceptions=True)
            assert [a.case for a in answers if isinstance(a, Answer)] == cases
            assert isinstance(again, Answer)
            assert isinstance(answers[0], Answer)
            # where they are not written by one, either may come first
            assert again.repeated if one else again.repeated is not answers[0].repeated
            assert isinstance(unknown, UnknownCase)
            assert sizes == ([22] if one else [])
            refused = await engine.fire(cases[0], "nothing", actor=agent)
            assert isinstance(refused, Refusal)
            given_up = asyncio.create_task(engine.fire(cases[1], "complete", actor=agent))
            await asyncio.sleep(0)
            given_up.cancel()
            assert await engine.fire(cases[2], "complete", actor=agent)

    asyncio.run(work())


def test_what_is_wrong_with_one_coroutine_is_told_it_alone(url: URL) -> None:
    async def work() -> None:
        async with await AsyncEngine.open(url, clock=lambda: NOW) as engine:
            case, other = [(await engine.start(LINE, actor=agent)).id for _ in range(2)]
            for wrong in ("x", 5, datetime.max.replace(tzinfo=UTC)):
                asked = [
                    engine.fire(case, "complete", actor=agent, now=wrong),  # type: ignore[arg-type]
                    engine.fire(other, "complete", actor=agent),
                ]
                told, done = await asyncio.gather(*asked, return_exceptions=True)
                assert isinstance(told, JianbanError)
                assert isinstance(done, Answer)
                events = [Event(case, "complete", agent, now=wrong), Event(other, "complete", agent)]  # type: ignore[arg-type]
                told, done = await engine.fire_many(events)
                assert isinstance(told, JianbanError)
                assert isinstance(done, Answer)
            for event, at in (("s0x.complete", None), ("complete", "s0x"), ("complete", "s9")):
                refusal = engine.engine.fire(case, event, actor=agent, at=at)
                assert isinstance(refusal, Refusal)
                assert await engine.fire(case, event, actor=agent, at=at) == refusal
                assert engine.engine.fire_many([Event(case, event, agent, at=at)]) == [refusal]

    asyncio.run(work())


def test_a_loop_goes_when_it_is_over() -> None:
    engine = AsyncEngine(Engine.open("sqlite://", clock=lambda: NOW))
    case = engine.engine.start(LINE, actor=agent).id
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(engine.fire(case, "complete", actor=agent))
    asyncio.run(engine.fire(case, "complete", actor=agent))
    asyncio.run(engine.close())
    loop.close()
    gone = ref(loop)
    del loop
    collect()
    assert gone() is None


def test_what_a_transaction_raises_reaches_all_who_await_it() -> None:
    async def work() -> None:
        async with await AsyncEngine.open("sqlite://", clock=lambda: NOW) as engine:
            case = (await engine.start(LINE, actor=agent)).id

            def lost(_events: Sequence[Event]) -> list[Any]:
                raise OSError("lost")

            engine.engine.fire_many = lost  # type: ignore[method-assign,assignment]
            asked = [engine.fire(case, "complete", actor=agent) for _ in range(3)]
            told = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(t) for t in told] == [OSError] * 3

    asyncio.run(work())


def test_who_comes_after_the_end_is_told() -> None:
    async def work() -> None:
        engine = await AsyncEngine.open("sqlite://", clock=lambda: NOW)
        case = (await engine.start(LINE, actor=agent)).id
        await engine.close()
        with pytest.raises(EngineClosed):
            await asyncio.wait_for(engine.fire(case, "complete", actor=agent), 5)

    asyncio.run(work())


def test_whatever_an_engine_does_can_be_awaited() -> None:
    own = {"acting", "talking"}  # its parts use them among themselves

    def names(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert names(Engine) - own == names(AsyncEngine)


def test_lists_and_migrations_are_awaited_too() -> None:
    async def work() -> None:
        async with await AsyncEngine.open("sqlite://", clock=lambda: NOW) as engine:
            case = (await engine.start(LINE, actor=agent)).id
            assert [item.id for item in await engine.cases(status="open")] == [case]
            assert [c.count for c in await engine.count()] == [1]
            assert [p.case for p in await engine.preview([case], to=LINE)] == [case]
            (done,) = await engine.migrate([case], to=LINE, actor=agent, reason="r")
            assert done.answer
            (back,) = await engine.preview([case], to=None)
            assert back.fit == "maps"
            assert await engine.delegate("a", "b", end=NOW.replace(year=NOW.year + 1), by="c", id="d")
            assert [given.delegation.id for given in await engine.delegations()] == ["d"]

    asyncio.run(work())


def test_who_waits_is_written_with_the_next() -> None:
    batches: list[int] = []
    entered, go = Barrier(2), Barrier(2)

    def together(asked: Sequence[int]) -> list[int]:
        batches.append(len(asked))
        if len(batches) == 1:
            entered.wait()
            go.wait()
        return [v * 10 for v in asked]

    group: Group[int, int] = Group(together, 8)
    answers: dict[int, list[int]] = {}

    def ask(n: int) -> None:
        answers[n] = group.ask([n])

    first = Thread(target=ask, args=(0,))
    first.start()
    entered.wait()
    others = [Thread(target=ask, args=(n,)) for n in range(1, 11)]
    for thread in others:
        thread.start()
    while len(group._waiting) < 10:
        pass
    go.wait()
    for thread in (first, *others):
        thread.join()
    assert answers == {n: [n * 10] for n in range(11)}
    assert batches == [1, 8, 2]


def test_an_error_goes_to_all_who_were_written_together() -> None:
    def together(asked: Sequence[int]) -> list[int]:
        raise ZeroDivisionError

    group: Group[int, int] = Group(together, 8)
    with pytest.raises(ZeroDivisionError):
        group.ask([1])


def test_an_interrupt_is_only_for_who_was_interrupted() -> None:
    """The others, in other threads, are told that it is not known what was written."""
    raised: list[BaseException] = [ZeroDivisionError(), KeyboardInterrupt()]
    entered, go = Barrier(2), Barrier(2)
    told: list[BaseException] = []

    def together(asked: Sequence[int]) -> list[int]:
        if len(raised) == 2:
            entered.wait()
            go.wait()
        raise raised.pop(0)

    group: Group[int, int] = Group(together, 8)

    def ask(n: int) -> None:
        try:
            group.ask([n])
        except BaseException as error:
            told.append(error)

    threads = [Thread(target=ask, args=(n,)) for n in range(4)]
    threads[0].start()
    entered.wait()
    for thread in threads[1:]:
        thread.start()
    while len(group._waiting) < 3:
        pass
    go.wait()
    for thread in threads:
        thread.join()
    kinds = Counter(type(error) for error in told)
    assert kinds == {ZeroDivisionError: 1, KeyboardInterrupt: 1, StoreError: 2}


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A job in the background ignores interrupts, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals are of another kind there")
@pytest.mark.usefixtures("interruptible")
def test_who_is_interrupted_while_another_program_writes_leaves_nothing_open(tmp_path: Path) -> None:
    path = str(tmp_path / "cases.db")
    with Engine.open(f"sqlite:///{path}", clock=lambda: NOW) as engine:
        case = engine.start(LINE, actor=agent).id
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for command in (
            lambda: engine.fire(case, "complete", actor=agent),
            lambda: engine.store.transaction().__enter__(),
        ):
            other.execute("BEGIN IMMEDIATE")

            def interrupted() -> None:
                time.sleep(0.5)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
                other.execute("COMMIT")

            thread = Thread(target=interrupted)
            thread.start()
            with pytest.raises(KeyboardInterrupt):
                command()
            thread.join()
            assert engine.fire(case, "complete", actor=agent)
        other.close()
        assert engine.case(case).seq == 3
