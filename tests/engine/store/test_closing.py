"""The end of an engine while others still use it."""

from __future__ import annotations

import asyncio
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.engine import URL

from jianban.engine.aio import AsyncEngine
from jianban.engine.engine import Engine
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
