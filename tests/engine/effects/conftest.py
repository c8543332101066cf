"""The same databases as for the store's tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy.engine import URL

from jianban.engine.engine import Engine
from tests.engine.effects.cases import Clock
from tests.engine.store.conftest import server, url

__all__ = ["server", "url"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(url: URL, clock: Clock) -> Iterator[Engine]:
    numbers = count(1)
    with Engine.open(url, clock=clock, ids=lambda now: f"case-{next(numbers):04}") as engine:
        yield engine
