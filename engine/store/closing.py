"""The end of a pool of connections, of which some are still in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from jianban.engine.store.forks import Inherited


def close_for_good(engine: Engine | Inherited) -> None:
    """Close the connections of a pool: those at rest now, those in use when they come back.

    `Engine.dispose` alone would leave the latter open until somebody collects them.
    """

    if isinstance(engine, Engine):
        event.listen(engine, "checkin", _returned)
    engine.dispose()


def _returned(_driver: object, record: Any) -> None:
    record.invalidate()
