"""`jianban engine verify`: whether the record is what it was."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import calendar, db, opened
from jianban.engine.commands.engine_fire import CASE
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, FOUND, Session, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "核验办理记录：有无改动、缺失或调换次序，并指明位置",
    "Check the record: tell where it was changed, shortened or reordered",
)
BROKEN = Text("办件 {case} 第 {seq} 条：{text}", "case {case}, entry {seq}: {text}")
BROKEN_CASE = Text("办件 {case}：{text}", "case {case}: {text}")
INTACT = Text("记录完整", "the record is intact")
CHECKING = Text("正在核验", "Checking the record")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("verify", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[
            str | None, typer.Argument(help=CASE.get(lang), metavar="CASE", show_default=False)
        ] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        with opened(session, database, days) as engine, session.busy(CHECKING):
            broken = list(engine.verify(case))
        if json:
            found = [{"case": b.case, "entry": b.seq or None, "text": both(b.text)} for b in broken]
            session.write_json({"intact": not broken, "broken": found})
        else:
            for b in broken:
                session.write(
                    session.say(
                        (BROKEN if b.seq else BROKEN_CASE).format(case=b.case, seq=b.seq, text=b.text)
                    )
                )
            if not broken:
                session.write(session.say(INTACT))
        return FOUND if broken else FINE
