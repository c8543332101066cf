"""`AsyncEngine`: an engine for programs that await. The work is done in threads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial, wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from jianban.engine.access import Actor
from jianban.engine.engine import TOGETHER, Answer, Engine, Event, Refusal
from jianban.engine.store.closing import EngineClosed
from jianban.workflows.language.errors import JianbanError

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


class _Together:
    """Events of one loop: those that come while others are written are written together, by one thread."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._threads = threads
        self._waiting: deque[tuple[Event, asyncio.Future[Answer | Refusal]]] = deque()
        self._writing = False

    def ask(self, event: Event) -> asyncio.Future[Answer | Refusal]:
        loop = asyncio.get_running_loop()  # not kept: the loop would never go
        future: asyncio.Future[Answer | Refusal] = loop.create_future()
        self._waiting.append((event, future))
        if not self._writing:
            self._writing = True
            loop.call_soon(self._write)  # those of the same turn of the loop too
        return future

    def _write(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
        events = [event for event, _future in batch]
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[Answer | Refusal | JianbanError]]
        try:
            done = loop.run_in_executor(self._threads, self._engine.fire_many, events)
        except RuntimeError:
            done = loop.create_future()
            done.set_exception(EngineClosed())
        done.add_done_callback(partial(self._written, batch))

    def _written(
        self,
        batch: Sequence[tuple[Event, asyncio.Future[Answer | Refusal]]],
        done: asyncio.Future[list[Answer | Refusal | JianbanError]],
    ) -> None:
        error = done.exception()
        answers = done.result() if error is None else [error] * len(batch)
        for (_event, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # nobody waits for it any more
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        if self._waiting:
            self._write()
        else:
            self._writing = False


class AsyncEngine:
    """What `Engine` does, and says more of, for callers who await it.

    A connection of the host's own is used in another thread, while the host awaits the answer.
    """

    def __init__(self, engine: Engine, threads: int = THREADS) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(threads, "jianban")
        self._together: WeakKeyDictionary[asyncio.AbstractEventLoop, _Together] = WeakKeyDictionary()

    @classmethod
    async def open(cls, url: str | URL, **settings: Any) -> Self:
        """Takes what `Engine.open` takes."""
        return cls(await asyncio.to_thread(partial(Engine.open, url, **settings)))

    start = awaited(Engine.start)
    _fire = awaited(Engine.fire)
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

    async def fire(
        self,
        case: str,
        event: str,
        *,
        actor: Actor | str,
        data: Mapping[str, Any] | None = None,
        at: str | None = None,
        reason: str = "",
        key: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Answer | Refusal:
        """As `Engine.fire`. Events that come while others are written are written together."""
        if connection is None and isinstance(actor, Actor) and self.engine.store.one_writer:
            loop = asyncio.get_running_loop()
            if loop not in self._together:
                self._together[loop] = _Together(self.engine, self._threads)
            return await self._together[loop].ask(Event(case, event, actor, data, at, reason, key, now))
        return await self._fire(
            case,
            event,
            actor=actor,
            data=data,
            at=at,
            reason=reason,
            key=key,
            now=now,
            connection=connection,
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)  # what is being written is written
        self.engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            done = asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError:  # its threads are no more
            raise EngineClosed from None
        return await done
