"""The end of an engine's connections, some of them still in use, and what is told to who comes later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from jianban.engine.store.forks import Gone
from jianban.engine.store.store import StoreError
from jianban.workflows.texts import Text


class EngineClosed(StoreError):
    """The engine was closed, and is used all the same."""

    def __init__(self) -> None:
        super().__init__(CLOSED)


class Closed(Gone):
    """What was closed."""

    def __init__(self) -> None:
        super().__init__(EngineClosed)


def close_for_good(engine: Engine | Gone) -> None:
    """Close the connections of a pool: those at rest now, those in use when they come back.

    `Engine.dispose` alone would leave the latter open until somebody collects them.
    """

    if isinstance(engine, Engine):
        event.listen(engine, "checkin", _returned)
    engine.dispose()


def _returned(_driver: object, record: Any) -> None:
    record.invalidate()


CLOSED = Text("引擎已关闭。请重新打开后再使用", "the engine is closed. Open it anew to use it")
