"""Empty databases for many examples of one test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from jianban.engine.engine import Engine


def databases(url: URL) -> Callable[[], URL]:
    """A function that copies a database with tables and nothing in them, and gives the copy's URL.

    A copy is good until the next is made.
    """
    Engine.open(url).close()
    numbers = count()
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")

        def copied() -> URL:
            for old in file.parent.glob("copy*"):
                old.unlink()
            copy = file.with_name(f"copy{next(numbers)}.db")
            shutil.copy(file, copy)
            return url.set(database=str(copy))

        return copied

    def made() -> URL:
        copy = f"{url.database}_copy"
        admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {copy} TEMPLATE {url.database}"))
        admin.dispose()
        return url.set(database=copy)

    return made
