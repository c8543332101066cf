"""The stores' databases, for these tests too, and processes of their own."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

import pytest

from tests.engine.store.conftest import server, url

__all__ = ["server", "url"]


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Makes processes quickly: they have imported everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.engine.proofs.victims", "tests.engine.proofs.contenders"])
    return context
