"""Group commit: callers who come while somebody writes are written together by the next of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from jianban.engine.store.forks import when_forked

A = TypeVar("A")
B = TypeVar("B")


class _Ticket(Generic[A, B]):
    __slots__ = ("answers", "asked", "error")

    def __init__(self, asked: Sequence[A]) -> None:
        self.asked = asked
        self.answers: list[B] | None = None
        self.error: BaseException | None = None


class Group(Generic[A, B]):
    """Whoever holds the lock leads: it does what all have asked for that wait, in the order they came."""

    def __init__(self, together: Callable[[Sequence[A]], list[B]], most: int) -> None:
        """
        Args:
            together: does several things in one transaction and gives an answer to each.
            most: how many at a time.
        """
        self._together = together
        self._most = most
        self._lead = Lock()
        self._waiting: deque[_Ticket[A, B]] = deque()
        when_forked(self._forked)

    def ask(self, asked: Sequence[A]) -> list[B]:
        """
        Raises:
            Exception: what the transaction raised, to everybody in it.
        """
        ticket: _Ticket[A, B] = _Ticket(asked)
        self._waiting.append(ticket)
        while ticket.answers is None and ticket.error is None:
            with self._lead:
                if ticket.answers is None and ticket.error is None:
                    self._do(self._next())
        if ticket.error is not None:
            raise ticket.error
        assert ticket.answers is not None
        return ticket.answers

    def _forked(self) -> None:
        """Who led or waited did so in the parent."""
        self._lead = Lock()
        self._waiting.clear()

    def _next(self) -> list[_Ticket[A, B]]:
        """Those who came first, as many as fit into one transaction."""
        batch = [self._waiting.popleft()]
        count = len(batch[0].asked)
        while self._waiting and count + len(self._waiting[0].asked) <= self._most:
            batch.append(self._waiting.popleft())
            count += len(batch[-1].asked)
        return batch

    def _do(self, batch: list[_Ticket[A, B]]) -> None:
        try:
            answers = self._together([asked for ticket in batch for asked in ticket.asked])
        except BaseException as error:
            for ticket in batch:
                ticket.error = error
            return
        start = 0
        for ticket in batch:
            ticket.answers = answers[start : start + len(ticket.asked)]
            start += len(ticket.asked)
