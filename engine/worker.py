"""The worker: wakes cases that are due, and carries out effects. Any number of them share a database."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from types import FrameType
from typing import Protocol

from sqlalchemy import Connection, delete, func, insert, select, update

from jianban.engine.asked import Answer
from jianban.engine.codec import microseconds
from jianban.engine.effects.outbox import Outbox
from jianban.engine.effects.port import (
    Call,
    Handler,
    Handlers,
    Queue,
    Retries,
    RunningQueue,
    TryLater,
    Undeliverable,
    both,
)
from jianban.engine.effects.rows import Outgoing
from jianban.engine.naming import one_of
from jianban.engine.refusals import Refusal
from jianban.engine.store.closing import EngineClosed
from jianban.engine.store.store import Store
from jianban.engine.store.tables import workers
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import SendKind
from jianban.workflows.texts import Text

TOGETHER = 100
"""Cases woken in one transaction."""
HANDED = 25
"""Effects handed to a queue in one transaction: on SQLite nobody else writes meanwhile."""
FIRST_PAUSE = 0.02
BEAT = 5.0
"""Seconds between two signs of life."""
DEAD = timedelta(seconds=30)
"""Without a sign of life for so long, a worker counts as dead."""
SWEEP = 10.0
"""Seconds between two searches for what dead workers have left."""
GRACE = 30.0
"""Seconds that a stopping worker waits for what it has begun."""
log = logging.getLogger("jianban.worker")


class Employer(Protocol):
    """What a worker needs of an `Engine`."""

    store: Store
    outbox: Outbox

    def now(self) -> datetime: ...
    def wake(self, limit: int) -> Sequence[Answer | Refusal | JianbanError]: ...


class Worker:
    """Does what an engine's cases need done while nobody asks. It belongs to one process."""

    def __init__(
        self,
        engine: Employer,
        handlers: Handlers,
        *,
        queue: Queue | None,
        retries: Retries,
        pause: float,
    ) -> None:
        """
        Args:
            handlers: by kind, or by `kind:name`, which goes first. Effects without one wait.
            queue: which brings calls to `perform`; None for this thread, one call after another.
            pause: seconds between two looks at the database when there is nothing to do.

        Raises:
            JianbanError: there is no such kind of effect.
        """
        for kind in handlers:
            one_of(SendKind, "handlers", kind.partition(":")[0])
        self.engine = engine
        self.handlers = dict(handlers)
        self.queue = queue
        self.retries = retries
        self.pause = pause
        self.id = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        self._outbox = engine.outbox
        self._alive = 1
        self._stopping = False

    def run(self) -> None:
        """Work until `stop`, or until the process is asked to end (SIGTERM, SIGINT).

        Raises:
            EngineClosed: the engine was closed meanwhile.
        """
        store = self.engine.store
        queue = self.queue if self.handlers and isinstance(self.queue, RunningQueue) else None
        with self._signals():
            self._beat()
            if queue is not None:
                queue.start(self.perform, self.id)
            log.info("worker %s: started", self.id)
            try:
                self._loop(queue)
            finally:
                if queue is not None:
                    queue.stop(GRACE)
                with suppress(EngineClosed), store.transaction() as connection:
                    connection.execute(delete(workers).where(workers.c.id == self.id))
                log.info("worker %s: stopped", self.id)

    def stop(self) -> None:
        """Let `run` end before long: it finishes what it has begun. From any thread or signal handler."""
        self._stopping = True

    def once(self) -> int:
        """Do in this thread what is due now, with all that follows from it, and return.

        Returns:
            How many cases were woken and calls made.
        """
        count = 0
        while did := self._turn(None):
            count += did
        return count

    def perform(self, call: Call) -> None:
        """Make a call: carry its effect out, and keep what became of it. Queues do this, in any process."""
        begun = self._outbox.begin(call, self.engine.now(), self.retries)
        if begun is None:
            return
        outgoing, attempt = begun
        effect = outgoing.effect
        handler = self.handlers.get(f"{effect.kind.value}:{effect.to}") or self.handlers.get(effect.kind)
        if handler is None:
            due = self.engine.now() + self.retries.most
            self._outbox.postpone(call, due, both(NO_HANDLER), counted=False)
        else:
            self._try(call, outgoing, attempt, handler)

    def _try(self, call: Call, outgoing: Outgoing, attempt: int, handler: Handler) -> None:
        try:
            handler(outgoing)
        except Exception as error:
            told = both(error.text) if isinstance(error, JianbanError) else f"{type(error).__name__}: {error}"
            log.warning("effect %s: attempt %d failed: %s", call.key, attempt, told)
            now = self.engine.now()
            if isinstance(error, Undeliverable) or attempt == self.retries.attempts:
                self._outbox.give_up(call, now, told)
                return
            wait = self.retries.wait(attempt)
            if isinstance(error, TryLater):
                wait = min(max(wait, error.after), self.retries.most)
            self._outbox.postpone(call, now + wait, told)
        else:
            self._outbox.done(call, self.engine.now())

    def _loop(self, queue: RunningQueue | None) -> None:
        pause = FIRST_PAUSE
        beaten = swept = time.monotonic()
        while not self._stopping:
            try:
                did = self._turn(self.queue)
                now = time.monotonic()
                if now - beaten >= BEAT:
                    self._beat()
                    beaten = now
                if now - swept >= SWEEP:
                    self._sweep(queue)
                    swept = now
            except EngineClosed:
                raise
            except Exception:
                # a database that is away for a while must not end the worker
                log.exception("worker %s: will try again", self.id)
                did = 0
            pause = FIRST_PAUSE if did else min(2 * pause, self.pause)
            if not did:
                time.sleep(pause)

    def _turn(self, queue: Queue | None) -> int:
        """Wake some cases and hand over some effects."""
        answers = self.engine.wake(TOGETHER)
        for answer in answers:
            if isinstance(answer, JianbanError):
                log.error("a case could not be woken: %s", answer)
            elif isinstance(answer, Refusal):
                log.warning("a case could not be woken: %s", answer.text.en)
        if not self.handlers:
            return len(answers)
        inline = _Inline()
        now = self.engine.now()
        handed = self._outbox.hand_over(queue or inline, self.handlers, now, HANDED, self._alive)
        for call in inline.calls:
            self.perform(call)
        return len(answers) + handed

    def _beat(self) -> None:
        """Say that this worker is alive, and see how many are."""
        now = self.engine.now()
        at = microseconds(now)
        with self.engine.store.transaction() as connection:
            mine = workers.c.id == self.id
            if connection.execute(update(workers).where(mine).values(beat_at=at)).rowcount == 0:
                connection.execute(insert(workers).values(id=self.id, beat_at=at))
            alive = workers.c.beat_at >= microseconds(now - DEAD)
            self._alive = connection.scalars(select(func.count()).where(alive)).one()

    def _sweep(self, queue: RunningQueue | None) -> None:
        """Take up what dead workers have left."""
        with self.engine.store.transaction() as connection:
            dead = microseconds(self.engine.now() - DEAD)
            connection.execute(delete(workers).where(workers.c.beat_at < dead, workers.c.id != self.id))
            alive = connection.scalars(select(workers.c.id)).all()
        if queue is not None and (rescued := queue.rescue(alive)):
            log.warning("worker %s: took up %d calls that others left", self.id, rescued)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """End cleanly when the process is asked to end once; a second time it ends at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # None is a handler that no Python installed
        before = {n: signal.getsignal(n) or signal.SIG_DFL for n in (signal.SIGTERM, signal.SIGINT)}

        def asked(number: int, _frame: FrameType | None) -> None:
            self.stop()
            signal.signal(number, before[signal.Signals(number)])

        for number in before:
            signal.signal(number, asked)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Inline:
    """Keeps calls for the thread that hands them over."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def put(self, connection: Connection, calls: Sequence[Call]) -> None:
        self.calls += calls


NO_HANDLER = Text(
    "这一进程没有登记处理函数。请在各 worker 登记相同的处理函数。",
    "This process has no handler for it. Give all workers the same handlers.",
)
