"""The end of an engine while others still use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.engine import URL

from jianban.engine.aio import AsyncEngine
from jianban.engine.engine import Engine, Event
from jianban.engine.store.closing import EngineClosed
from jianban.engine.store.postgresql import PostgresqlStore
from tests.engine.flows import agent, steps

LINE = steps("- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_connections_in_use_at_the_end_are_closed_when_they_come_back(url: URL) -> None:
    with Engine.open(url) as engine:
        store: Any = engine.store
        assert isinstance(store, PostgresqlStore)
        used: list[Any] = []

        def late(work: Any) -> None:
            used.append(work._driver)
            store.close()

        with store.reading() as reading:
            used.append(reading.connection.driver_connection)
            store.work(late)
    assert [driver.closed for driver in used] == [True, True]


def test_an_engine_that_is_awaited_ends_after_what_it_does(url: URL) -> None:
    begun, end, done = Signal(), Signal(), list[str]()

    async def work() -> None:
        engine = await AsyncEngine.open(url)

        def slow() -> None:
            begun.set()
            end.wait(10)
            done.append(engine.engine.start(LINE, actor=agent, id="late").id)

        reading = asyncio.get_running_loop().run_in_executor(engine._threads, slow)
        await asyncio.to_thread(begun.wait)
        Thread(target=lambda: (end.wait(0.1), end.set())).start()
        await engine.close()
        await reading

    asyncio.run(work())
    assert done == ["late"]


def test_whoever_uses_a_closed_engine_is_told_so(url: URL) -> None:
    engine = Engine.open(url)
    case = engine.start(LINE, actor=agent).id
    worker = engine.worker({})
    engine.close()
    engine.close()
    asks: list[Callable[[], object]] = [
        lambda: engine.start(LINE, actor=agent),
        lambda: engine.fire(case, "complete", actor=agent),
        lambda: engine.fire_many([Event(case, "complete", agent)]),
        lambda: engine.case(case),
        lambda: engine.options(case),
        lambda: list(engine.entries(case)),
        lambda: engine.cases(),
        lambda: engine.effects(),
        lambda: list(engine.verify()),
        lambda: engine.wake(),
        lambda: engine.publish("news"),
        lambda: engine.erase(case=case, actor=agent, reason="x"),
        worker.once,
        worker.run,
    ]
    for ask in asks:
        with pytest.raises(EngineClosed, match="closed"):
            ask()


def test_a_worker_whose_engine_is_closed_meanwhile_ends(url: URL) -> None:
    engine = Engine.open(url)
    worker = engine.worker({}, pause=0.01)
    told: list[BaseException] = []

    def run() -> None:
        try:
            worker.run()
        except EngineClosed as error:
            told.append(error)

    thread = Thread(target=run)
    thread.start()
    engine.close()
    thread.join(20)
    assert (len(told), thread.is_alive()) == (1, False)


def test_whoever_awaits_a_closed_engine_is_told_so(url: URL) -> None:
    async def work() -> list[object]:
        engine = await AsyncEngine.open(url)
        case = await engine.start(LINE, actor=agent)
        await engine.close()
        await engine.close()
        asks = [
            engine.fire(case.id, "complete", actor=agent),
            engine.case(case.id),
            engine.tasks(role="agent"),
        ]
        return list(await asyncio.gather(*asks, return_exceptions=True))

    assert [type(told) for told in asyncio.run(work())] == [EngineClosed] * 3
