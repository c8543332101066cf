"""`jianban schema`: the JSON Schema of definitions, for editors."""

import json
from typing import Annotated

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import output
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "输出流程定义的 JSON Schema，供编辑器补全和检查",
    "Print the JSON Schema of definitions, by which editors complete and check",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("schema", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        from jianban.workflows.language.jsonschema import json_schema

        session: Session = ctx.obj
        text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
        deliver(session, text.encode(), output)
        return FINE
