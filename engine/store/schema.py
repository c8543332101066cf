"""The version of the tables: made or renewed when a database is opened."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from jianban.engine.store.store import StoreError
from jianban.workflows.texts import Text

HEAD = "0007"
"""The newest migration."""


def prepare(connection: Connection) -> None:
    """Bring the tables to the newest version. It is called in a transaction that nobody else can be in.

    Raises:
        StoreError: the database was made by a later version of this program.
    """
    if version(connection) == HEAD:
        return
    from alembic import command
    from alembic.util import CommandError

    with as_file(files("jianban.engine.store") / "migrations") as folder:
        config = configuration(str(folder), connection)
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(NEWER.format(version=version(connection), known=HEAD, why=error)) from None


def version(connection: Connection) -> str | None:
    """The newest migration the database has; None for an empty one."""
    try:
        with connection.begin_nested():
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        return None


def configuration(folder: str, connection: Connection | None = None) -> Any:
    """Alembic's settings, without a file of them."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


NEWER = Text(
    "数据库的结构版本 {version} 比本程序（{known}）新。请升级程序",
    "the database has the schema {version}, which this program ({known}) does not know. Upgrade the program",
)
