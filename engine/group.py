"""Group commit: callers who come while somebody writes are written together by the next of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Lock
from typing import Generic, TypeVar

from jianban.engine.store.forks import when_forked
from jianban.engine.store.store import StoreError
from jianban.workflows.texts import Text

A = TypeVar("A")
B = TypeVar("B")


class _Ticket(Generic[A, B]):
    __slots__ = ("after", "answers", "asked", "error", "leads", "left", "turn", "woken")

    def __init__(self, asked: Sequence[A]) -> None:
        self.asked = asked
        self.answers: list[B] | None = None
        self.error: BaseException | None = None
        self.leads = False
        self.woken = False
        self.left = False
        """True when its caller was interrupted and waits no more."""
        self.after: _Ticket[A, B] | None = None
        """Whom it wakes: the next in its transaction."""
        self.turn = Lock()
        """Held until it is done, or leads."""
        self.turn.acquire()


class Group(Generic[A, B]):
    """Who comes first leads: it does what all who wait have asked for, in the order they came, and hands over
    to the first of those who came meanwhile.

    Each waits on a lock of its own, and wakes once. Those who are done wake one another in turn: woken all at
    once they would wait again, for the interpreter, and the leader with them.
    """

    def __init__(self, together: Callable[[Sequence[A]], list[B]], most: int) -> None:
        """
        Args:
            together: does several things in one transaction and gives an answer to each.
            most: how many at a time.
        """
        self._together = together
        self._most = most
        self._forked()
        when_forked(self._forked)

    def ask(self, asked: Sequence[A]) -> list[B]:
        """
        Raises:
            Exception: what the transaction raised, to everybody in it.
            StoreError: who led was interrupted meanwhile.
        """
        ticket: _Ticket[A, B] | None = None
        with self._lock:
            if self._led:
                ticket = _Ticket(asked)
                self._waiting.append(ticket)
            else:
                self._led = True
        if ticket is None:
            try:
                return self._together(asked)
            finally:
                self._pass_on()
        self._wait(ticket)
        if ticket.leads:
            self._lead(ticket)
        else:
            self._wake(ticket.after)
        if ticket.error is not None:
            raise ticket.error
        assert ticket.answers is not None
        return ticket.answers

    def _wait(self, ticket: _Ticket[A, B]) -> None:
        try:
            ticket.turn.acquire()
        except BaseException:
            with self._lock:
                ticket.left = True
            if ticket.leads:
                self._pass_on()
            elif ticket.woken:
                self._wake(ticket.after)
            raise

    def _lead(self, ticket: _Ticket[A, B]) -> None:
        done: list[_Ticket[A, B]] = []
        while ticket.answers is None and ticket.error is None:
            done += self._do(self._next(), ticket)
        others = [d for d in done if d is not ticket]
        for one, after in pairwise(others):
            one.after = after
        self._pass_on()
        if others:
            self._wake(others[0])

    def _wake(self, ticket: _Ticket[A, B] | None) -> None:
        """Wake the first that still waits, of this one and those after it."""
        with self._lock:
            while ticket is not None and ticket.left:
                ticket = ticket.after
            if ticket is not None:
                ticket.woken = True
                ticket.turn.release()

    def _pass_on(self) -> None:
        """Let the first who waits lead."""
        with self._lock:
            waiting = self._waiting
            following = next((t for t in waiting if not t.left), None) if waiting else None
            if following is None:
                waiting.clear()
                self._led = False
                return
            following.leads = True
            following.turn.release()

    def _forked(self) -> None:
        """Who led or waited did so in the parent."""
        self._lock = Lock()
        self._led = False
        self._waiting: deque[_Ticket[A, B]] = deque()

    def _next(self) -> list[_Ticket[A, B]]:
        """Those who came first, as many as fit into one transaction."""
        with self._lock:
            batch = [self._waiting.popleft()]
            count = len(batch[0].asked)
            while self._waiting and count + len(self._waiting[0].asked) <= self._most:
                batch.append(self._waiting.popleft())
                count += len(batch[-1].asked)
            return batch

    def _do(self, batch: list[_Ticket[A, B]], leader: _Ticket[A, B]) -> list[_Ticket[A, B]]:
        try:
            answers = self._together([asked for ticket in batch for asked in ticket.asked])
        except BaseException as error:
            for ticket in batch:
                alike = isinstance(error, Exception) or ticket is leader
                ticket.error = error if alike else StoreError(INTERRUPTED)
            return batch
        start = 0
        for ticket in batch:
            ticket.answers = answers[start : start + len(ticket.asked)]
            start += len(ticket.asked)
        return batch


INTERRUPTED = Text(
    "写入时程序被中断，不能确定是否已经写入。请用原来的 key 重试",
    "the program was interrupted while it wrote, so that it is not known whether this was written. Retry with"
    " the key it had",
)
