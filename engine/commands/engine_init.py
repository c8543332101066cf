"""`jianban engine init`: a database for cases, made or brought up to date."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import VARIABLE, db, opened
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text("建立办件数据库；已有的升级到当前结构", "Make a database for cases, or bring one up to date")
URL = Text(
    f"数据库地址，如 sqlite:///办件.db 或 postgresql://用户@主机/库名；默认取 {VARIABLE}",
    f"sqlite:///cases.db or postgresql://user@host/name; by default the one in {VARIABLE}",
)
READY = Text("数据库可用，结构版本 {version}，办件 {cases} 件", "ready: schema {version}, {cases} cases")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("init", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        url: Annotated[
            str | None, typer.Argument(help=URL.get(lang), metavar="URL", show_default=False)
        ] = None,
        database: Annotated[str | None, db(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        with opened(session, url or database, make=True) as engine:
            from jianban.engine.store.schema import HEAD

            cases = sum(c.count for c in engine.count())
        if json:
            session.write_json({"schema": HEAD, "cases": cases})
        else:
            session.write(session.say(READY.format(version=HEAD, cases=cases)))
        return FINE
