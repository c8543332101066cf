"""`jianban lots`: a draw that anybody can repeat."""

import typer

from jianban.engine.commands import lots_commit, lots_draw, lots_verify
from jianban.engine.commands.help import Group
from jianban.workflows.texts import Lang, Text

COMMANDS = (lots_commit, lots_draw, lots_verify)
SUMMARY = Text(
    "双随机抽取：先公布种子的摘要，再抽取检查对象和检查人员，任何人可以复核",
    "A random draw of objects and inspectors: its seed is bound before, and anybody can repeat it",
)


def register(app: typer.Typer, lang: Lang) -> None:
    group = typer.Typer(cls=Group, help=SUMMARY.get(lang), invoke_without_command=True)

    @group.callback()
    def root(ctx: typer.Context) -> None:
        if ctx.invoked_subcommand is None:
            ctx.get_help()  # prints itself

    for command in COMMANDS:
        command.register(group, lang)
    app.add_typer(group, name="lots")
