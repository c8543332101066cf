"""`jianban show`: what a definition says, for reading."""

from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load, reference
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "显示一个流程的内容：环节、步骤、时限、材料、结果和依据",
    "Show what a process says: stages, steps, limits, materials, ends, sources",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("show", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        found = load(session, process)
        if session.json:
            from jianban.engine.commands.outline import outline

            session.write_json(outline(found))
        else:
            from jianban.engine.commands.page import Page

            Page(session, found).print()
        return FINE
