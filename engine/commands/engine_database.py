"""Opening the database of a command, and the options that all commands of `jianban engine` share."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jianban.engine.commands.session import Session, SystemFailure, UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from jianban.engine.access import Actor
    from jianban.engine.engine import Engine
    from jianban.workflows.flow import Flow

VARIABLE = "JIANBAN_DB"

DB = Text("数据库地址；默认取 JIANBAN_DB", "The database; by default the one in JIANBAN_DB")
CALENDAR = Text(
    "工作日历的调整文件（见 docs/reference/calendar.md）；默认取 JIANBAN_CALENDAR",
    "A file of changes to the working calendar (docs/reference/calendar.md); by default JIANBAN_CALENDAR",
)
NOW = Text(
    "视为此时发生或查看，如 2024-03-01 或 2024-03-01T09:30；默认为现在",
    "The time it is done or seen at, e.g. 2024-03-01 or 2024-03-01T09:30; by default now",
)
AHEAD = Text(
    "确实要记为将来的日期（--now 晚于今天时须加，仅供演练）",
    "Yes, a day that has not come (needed where --now is later than today; for rehearsals only)",
)
ACTOR = Text(
    "办理人及其角色，如 wang:registrar；多个角色用逗号分隔。角色编号见 options、show",
    "Who acts, and in which roles: wang:registrar, or wang:registrar,clerk. options and show tell the roles",
)
LIMIT = Text("最多列出几项（1—1000）", "How many to list at most (1-1000)")
AFTER = Text("接着上一页列出：上一页末尾给出的标记", "Go on after a page: the mark that it ended with")
NO_DATABASE = Text(
    "未指明数据库。请加 --db 地址，或设置 JIANBAN_DB",
    "no database is named. Give --db URL, or set JIANBAN_DB",
)
NOT_A_URL = Text(
    "数据库地址应写作 sqlite:///文件 或 postgresql://用户@主机/库名",
    "a database is named as sqlite:///FILE or postgresql://user@host/name",
)
A_PATH = Text(
    "“{value}”不是数据库地址。如指该文件，请写作 sqlite:///{value}",
    "“{value}” is no address of a database. If you mean the file, write sqlite:///{value}",
)
NOT_THERE = Text(
    "没有数据库文件“{file}”。请核对地址，或用 jianban engine init 新建",
    "there is no database file “{file}”. Check the name, or make one with jianban engine init",
)
FAILED = Text(
    "数据库拒绝操作（{why}）。未写入任何内容；请检查磁盘空间、权限和服务器后重试",
    "the database refuses ({why}). Nothing was written; check disk, permissions and server, then try again",
)
FUTURE = Text(
    "--now {day} 还没有到。办件的时间不能倒退，写入后在此之前不能再办理；确属演练的，请加 --ahead",
    "--now {day} has not come yet. Time in a case does not go back: nothing more could be done in it until "
    "then. For a rehearsal, add --ahead",
)
NOT_A_TIME = Text(
    "--now 须为日期或时间，如 2024-03-01T09:30，而不是“{value}”",
    "--now must be a date or time like 2024-03-01T09:30, not “{value}”",
)
NOT_AN_ACTOR = Text(
    "“{value}”未写明办理人。请写作 姓名或工号:角色，如 wang:registrar",
    "“{value}” names nobody. Write PERSON:ROLE, e.g. wang:registrar",
)


def db(lang: Lang) -> Any:
    return typer.Option("--db", help=DB.get(lang), metavar="URL", show_default=False)


def calendar(lang: Lang) -> Any:
    return typer.Option("--calendar", help=CALENDAR.get(lang), metavar="FILE", show_default=False)


def now(lang: Lang) -> Any:
    return typer.Option("--now", help=NOW.get(lang), metavar="TIME", show_default=False)


def ahead(lang: Lang) -> Any:
    return typer.Option("--ahead", help=AHEAD.get(lang))


def actor(lang: Lang) -> Any:
    return typer.Option("--as", help=ACTOR.get(lang), metavar="PERSON:ROLE", show_default=False)


def limit(lang: Lang) -> Any:
    return typer.Option("--limit", help=LIMIT.get(lang), metavar="N")


def after(lang: Lang) -> Any:
    return typer.Option("--after", help=AFTER.get(lang), metavar="MARK", show_default=False)


@contextmanager
def opened(
    session: Session, db: str | None, calendar: str | None = None, *, make: bool = False
) -> "Iterator[Engine]":
    """The engine on the database named; what goes wrong with it is told as a failure of the system.

    Args:
        make: make a file that is not there.

    Raises:
        UsageFailure: no database is named, or there is none.
        SystemFailure: the database cannot be used.
    """
    from sqlalchemy.exc import DBAPIError

    from jianban.engine.engine import Engine
    from jianban.engine.store.store import StoreError
    from jianban.workflows.calendar import WorkCalendar

    url = _url(db, make)
    days = calendar or os.environ.get("JIANBAN_CALENDAR")
    try:
        with Engine.open(
            url,
            definitions=session.catalogue,
            calendar=WorkCalendar.china(days) if days else None,
        ) as engine:
            yield engine
    except StoreError as error:
        raise SystemFailure(error.text) from None
    except DBAPIError as error:
        raise SystemFailure(FAILED.format(why=str(error.orig).strip())) from None
    except sqlite3.Error as error:
        raise SystemFailure(FAILED.format(why=error)) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "psycopg":
            raise SystemFailure(FAILED.format(why=str(error).strip())) from None
        raise


def _url(db: str | None, make: bool) -> "URL":
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    named = db or os.environ.get(VARIABLE)
    if not named:
        raise UsageFailure(NO_DATABASE)
    if not any(mark in named for mark in ":@"):
        raise UsageFailure(A_PATH.format(value=named))
    try:
        url = make_url(named)
    except (ArgumentError, ValueError):
        raise UsageFailure(NOT_A_URL) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageFailure(NOT_A_URL)
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise UsageFailure(NOT_A_URL)
        if not make and not Path(url.database or "").exists():
            raise UsageFailure(NOT_THERE.format(file=url.database))
    return url


def read_now(value: str | None, ahead: bool = True) -> datetime | None:
    """
    Args:
        ahead: whether it may be a day that has not come, as where nothing is written.

    Raises:
        UsageFailure: it is no time, or none that may be.
    """
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise UsageFailure(NOT_A_TIME.format(value=value)) from None
    if not ahead:
        from jianban.engine.clock import local, system_clock

        if local(moment).date() > system_clock().date():
            raise UsageFailure(FUTURE.format(day=local(moment).date()))
    return moment


def check_name(engine: "Engine", of: str, name: str | None, flow: "Flow | None" = None) -> None:
    """
    Args:
        of: `role`, `agency`, `process` or `step`.
        flow: knows names too.

    Raises:
        UsageFailure: neither the catalogue nor any case knows it.
    """
    if name is None:
        return
    from jianban.engine.vocabulary import Named

    complaint = engine.vocabulary(flow).complaint(Named(of), name)
    if complaint is not None:
        raise UsageFailure(complaint)


def check_roles(engine: "Engine", actor: "Actor", flow: "Flow | None" = None) -> None:
    """
    Raises:
        UsageFailure: neither the catalogue nor any case knows one of an actor's roles.
    """
    for role in sorted(actor.roles):
        check_name(engine, "role", role, flow)


def read_actor(value: str) -> "Actor":
    """
    Raises:
        UsageFailure: it names nobody.
    """
    from jianban.engine.access import Actor

    person, _colon, roles = value.partition(":")
    if not person.strip():
        raise UsageFailure(NOT_AN_ACTOR.format(value=value))
    return Actor(person.strip(), [r.strip() for r in roles.split(",") if r.strip()])
