"""`jianban engine anchor`: a digest of the record, to be published or kept elsewhere."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from jianban.engine.commands.engine_database import calendar, db, opened
from jianban.engine.commands.files import write_file
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "输出全部办理记录的锚定值，供公开或另行保存，日后以 verify --anchor 核验",
    "A digest of all records, to be published or kept elsewhere; verify --anchor checks against it later",
)
FILE = Text("写入锚定清单的文件，核验时要用", "The file for the list that the digest is of; verify needs it")
ANCHORING = Text("正在计算锚定值", "Reading the record")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("anchor", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        file: Annotated[
            Path, typer.Option("--output", "-o", help=FILE.get(lang), metavar="FILE", show_default=False)
        ],
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        with TemporaryFile("w+", encoding="utf-8", newline="") as lines:
            with opened(session, database, days) as engine, session.busy(ANCHORING):
                anchor = engine.anchor(lines)
            lines.seek(0)
            write_file(file, (line.encode() for line in lines))
        if json:
            session.write_json({"anchor": anchor, "list": str(file)})
        else:
            session.write(anchor)
        return FINE
