"""The small port between effects and whatever performs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from sqlalchemy import Connection

from jianban.engine.effects.rows import EffectRow, Outgoing, effect_key
from jianban.workflows.texts import Text

Handler: TypeAlias = Callable[[Outgoing], object]
"""Carries an effect out. Whatever it raises counts as a failed attempt; what it returns is ignored."""
Handlers: TypeAlias = Mapping[str, Handler]
"""By kind (`notify`) or, before that, by kind and name (`ask:tax_bureau`)."""


class Call(NamedTuple):
    """An order to perform an effect once."""

    key: str
    run: int
    """How often it has been handed to a queue: an earlier order is void."""


def calls_of(effects: Sequence[EffectRow]) -> list[Call]:
    """The calls for effects that are new."""
    return [Call(effect_key(row.case_id, row.seq, row.n), row.runs) for row in effects]


class Queue(Protocol):
    """Whatever brings calls to a worker's `perform`.

    Each call must sooner or later lead to `perform(call)`, in any process. Doing so more than once, or not at
    all because a process died, is no harm: a void call is ignored, a lost one is made again.
    """

    def put(self, connection: Connection, calls: Sequence[Call]) -> None:
        """Take calls over within an open transaction on the database of the cases, and do not commit it.

        When it is rolled back, the calls are void.
        """
        ...


@runtime_checkable
class RunningQueue(Queue, Protocol):
    """A queue that a worker starts and stops."""

    def start(self, perform: Callable[[Call], None], worker: str) -> None:
        """Begin to perform calls in this process, which is known as `worker`."""
        ...

    def rescue(self, alive: Sequence[str]) -> int:
        """Take up what workers have left that are not among those alive.

        Returns:
            How many calls that were.
        """
        ...

    def stop(self, seconds: float) -> None:
        """Begin no more calls, and wait that long for those that run."""
        ...


def both(text: Text) -> str:
    """A text as the error of an effect, which does not know its readers."""
    return f"{text.zh} {text.en}"


class Undeliverable(Exception):
    """A handler raises it when trying again is of no use."""


class TryLater(Exception):
    """A handler raises it to be called again no sooner than after a time."""

    def __init__(self, message: str, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often an effect is tried, and how long it waits in between: twice as long each time."""

    attempts: int = 12
    first: timedelta = timedelta(seconds=10)
    most: timedelta = timedelta(hours=6)

    def wait(self, failed: int) -> timedelta:
        """How long to wait after a number of failed attempts."""
        seconds = self.first.total_seconds() * 2.0 ** min(failed - 1, 1000)
        return timedelta(seconds=min(seconds, self.most.total_seconds()))


RETRIES = Retries()
