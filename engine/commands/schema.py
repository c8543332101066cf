"""`jianban schema`: the JSON Schema of definitions, and of policies and assessments, for editors."""

import json
from typing import Annotated, cast, get_args

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import choose, output
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "输出流程定义的 JSON Schema，供编辑器补全和检查",
    "Print the JSON Schema of definitions, by which editors complete and check",
)
FILE = Text(
    "哪种文件：process（流程，默认）、sources（依据）、agencies（部门）、roles（角色）、materials（材料）、"
    "policy（指标要求）、assessment（督查考核要求）",
    "Which file: process (the default), sources, agencies, roles, materials, policy or assessment",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("schema", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        file: Annotated[
            str, typer.Argument(help=FILE.get(lang), metavar="FILE", show_default=False)
        ] = "process",
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        from jianban.engine import scoring
        from jianban.workflows.analysis.services import policy
        from jianban.workflows.language.jsonschema import File, json_schema, shape_schema

        session: Session = ctx.obj
        others = {"policy": policy.PolicyShape, "assessment": scoring.PolicyShape}
        chosen = choose(file, (*get_args(File), *others), "FILE")
        schema = shape_schema(others[chosen]) if chosen in others else json_schema(cast(File, chosen))
        deliver(session, (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode(), output)
        return FINE
