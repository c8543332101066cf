"""`AsyncEngine`: an engine for programs that await.

The work is done in threads, so that callers who come together are written together, as with `Engine`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from sqlalchemy.engine import URL

from jianban.engine.access import Actor
from jianban.engine.engine import Answer, Broken, Engine, Entry, Event, Refusal
from jianban.engine.messages import Message
from jianban.engine.offers import Offer
from jianban.engine.view import StoredCase
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 64
"""How many callers wait at the same time: as many as are worth writing together."""


class AsyncEngine:
    """What `Engine` does, and says more of, for callers who await it."""

    def __init__(self, engine: Engine, threads: int = THREADS) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(threads, "jianban")

    @classmethod
    async def open(cls, url: str | URL, **settings: Any) -> Self:
        """Takes what `Engine.open` takes."""
        return cls(await asyncio.to_thread(partial(Engine.open, url, **settings)))

    async def start(
        self,
        process: str | Process | Flow,
        *,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        key: str | None = None,
        id: str | None = None,
        business_key: str | None = None,
        subject: str | None = None,
        reason: str = "",
        assignments: Mapping[str, str | Sequence[str]] | None = None,
        now: datetime | None = None,
    ) -> StoredCase:
        return await self._do(
            self.engine.start,
            process,
            actor=actor,
            data=data,
            key=key,
            id=id,
            business_key=business_key,
            subject=subject,
            reason=reason,
            assignments=assignments,
            now=now,
        )

    async def fire(
        self,
        case: str,
        event: str,
        *,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        at: str | None = None,
        reason: str = "",
        key: str | None = None,
        now: datetime | None = None,
    ) -> Answer | Refusal:
        return await self._do(
            self.engine.fire, case, event, actor=actor, data=data, at=at, reason=reason, key=key, now=now
        )

    async def fire_many(self, events: Iterable[Event]) -> list[Answer | Refusal | JianbanError]:
        return await self._do(self.engine.fire_many, events)

    async def deliver(
        self,
        case: str,
        message: Message,
        *,
        at: str | None = None,
        key: str | None = None,
        now: datetime | None = None,
    ) -> Answer | Refusal:
        return await self._do(self.engine.deliver, case, message, at=at, key=key, now=now)

    async def hand_over(
        self,
        case: str,
        *,
        to: Actor,
        actor: Actor,
        reason: str,
        key: str | None = None,
        now: datetime | None = None,
    ) -> Answer | Refusal:
        return await self._do(
            self.engine.hand_over, case, to=to, actor=actor, reason=reason, key=key, now=now
        )

    async def wake(
        self, limit: int | None = None, *, now: datetime | None = None
    ) -> list[Answer | Refusal | JianbanError]:
        if limit is None:
            return await self._do(self.engine.wake, now=now)
        return await self._do(self.engine.wake, limit, now=now)

    async def options(
        self, case: str, *, actor: Actor | None = None, now: datetime | None = None
    ) -> tuple[Offer, ...]:
        return await self._do(self.engine.options, case, actor=actor, now=now)

    async def case(self, id: str) -> StoredCase:
        return await self._do(self.engine.case, id)

    async def entries(self, id: str, after: int = 0) -> list[Entry]:
        return await self._do(lambda: list(self.engine.entries(id, after)))

    async def verify(self, id: str | None = None) -> list[Broken]:
        return await self._do(lambda: list(self.engine.verify(id)))

    async def close(self) -> None:
        await self._do(self.engine.close)
        self._threads.shutdown()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _do(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **named))
