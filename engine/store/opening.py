"""Opening a store by its URL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from jianban.engine.store.store import Durability, Store, StoreError
from jianban.workflows.texts import Text


def open_store(url: str | URL, *, durability: Durability = Durability.FULL) -> Store:
    """Open a database, and create or renew its tables.

    Args:
        url: `sqlite:///cases.db`, `sqlite://` for one in memory, or `postgresql://user@host/name`.

    Raises:
        StoreError: the URL, the server, the folder or the schema's version is not one this can work with.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(BAD_URL.format(url=url)) from None
    match parsed.get_backend_name():
        case "sqlite":
            from jianban.engine.store.sqlite import SqliteStore

            if _is_other(parsed.database):
                raise StoreError(OTHER_FILE.format(file=parsed.database))
            return SqliteStore(parsed, durability)
        case "postgresql":
            from jianban.engine.store.postgresql import PostgresqlStore

            return PostgresqlStore(parsed)
        case other:
            raise StoreError(BACKEND.format(backend=other))


def _is_other(file: str | None) -> bool:
    """Whether there is a file that is no SQLite database; an empty one becomes one."""
    try:
        with Path(file or "").open("rb") as content:
            return content.read(len(SQLITE)) not in (b"", SQLITE)
    except OSError:
        return False


SQLITE = b"SQLite format 3\0"
"""What its files begin with."""
OTHER_FILE = Text(
    "“{file}”不是数据库文件，未作改动。请核对文件名，或换一个文件名新建",
    "“{file}” is no database, and was left as it is. Check the name, or make a database under another one",
)
BAD_URL = Text(
    "“{url}”不是数据库地址。请写作 sqlite:///cases.db 或 postgresql://用户@主机/库名",
    "“{url}” is no address of a database. Write sqlite:///cases.db or postgresql://user@host/name",
)
BACKEND = Text(
    "不支持数据库“{backend}”。请使用 SQLite 或 PostgreSQL",
    "databases of the kind “{backend}” are not supported. Use SQLite or PostgreSQL",
)
