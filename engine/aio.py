"""`AsyncEngine`: an engine for programs that await.

The work is done in threads, so that callers who come together are written together, as with `Engine`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy.engine import URL

from jianban.engine.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 64
"""How many callers wait at the same time: as many as are worth writing together."""


def awaited(
    method: Callable[Concatenate[Engine, P], T],
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, T]]:
    """A method of `Engine`, done in a thread."""

    @wraps(method)
    async def call(self: AsyncEngine, *args: P.args, **named: P.kwargs) -> T:
        return await self._do(partial(method, self.engine, *args, **named))

    return call


def gathered(
    method: Callable[Concatenate[Engine, P], Iterable[T]],
) -> Callable[Concatenate[AsyncEngine, P], Coroutine[Any, Any, list[T]]]:
    """A method of `Engine` that gives one thing after another, done in a thread; all of them at once."""

    @wraps(method)
    async def call(self: AsyncEngine, *args: P.args, **named: P.kwargs) -> list[T]:
        return await self._do(lambda: list(method(self.engine, *args, **named)))

    return call


class AsyncEngine:
    """What `Engine` does, and says more of, for callers who await it.

    A connection of the host's own is used in another thread, while the host awaits the answer.
    """

    def __init__(self, engine: Engine, threads: int = THREADS) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(threads, "jianban")

    @classmethod
    async def open(cls, url: str | URL, **settings: Any) -> Self:
        """Takes what `Engine.open` takes."""
        return cls(await asyncio.to_thread(partial(Engine.open, url, **settings)))

    start = awaited(Engine.start)
    fire = awaited(Engine.fire)
    fire_many = awaited(Engine.fire_many)
    deliver = awaited(Engine.deliver)
    hand_over = awaited(Engine.hand_over)
    wake = awaited(Engine.wake)
    publish = awaited(Engine.publish)

    case = awaited(Engine.case)
    options = awaited(Engine.options)
    entries = gathered(Engine.entries)
    links = awaited(Engine.links)
    materials = awaited(Engine.materials)
    tasks = awaited(Engine.tasks)
    due = awaited(Engine.due)
    cases = awaited(Engine.cases)
    count = awaited(Engine.count)
    assessment = awaited(Engine.assessment)
    vocabulary = awaited(Engine.vocabulary)

    preview = gathered(Engine.preview)
    migrate = awaited(Engine.migrate)
    undo_migration = awaited(Engine.undo_migration)
    switch = awaited(Engine.switch)

    actor = awaited(Engine.actor)
    delegate = awaited(Engine.delegate)
    revoke_delegation = awaited(Engine.revoke_delegation)
    delegations = awaited(Engine.delegations)

    worker = awaited(Engine.worker)
    effects = awaited(Engine.effects)
    retry = awaited(Engine.retry)
    recalendar = awaited(Engine.recalendar)
    traces = gathered(Engine.traces)
    anchor = awaited(Engine.anchor)
    verify = gathered(Engine.verify)
    erase = awaited(Engine.erase)
    now = awaited(Engine.now)

    async def close(self) -> None:
        await self._do(self.engine.close)
        self._threads.shutdown()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
