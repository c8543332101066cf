"""`jianban engine`: stored cases, from the command line. One command a file, as everywhere."""

import typer

from jianban.engine.commands import (
    engine_anchor,
    engine_assess,
    engine_case,
    engine_cases,
    engine_due,
    engine_effects,
    engine_erase,
    engine_export,
    engine_fire,
    engine_handover,
    engine_init,
    engine_migrate,
    engine_options,
    engine_publish,
    engine_recalendar,
    engine_start,
    engine_tasks,
    engine_verify,
    engine_worker,
)
from jianban.engine.commands.help import Group
from jianban.workflows.texts import Lang, Text

COMMANDS = (
    engine_init,
    engine_start,
    engine_fire,
    engine_handover,
    engine_publish,
    engine_options,
    engine_case,
    engine_cases,
    engine_tasks,
    engine_due,
    engine_assess,
    engine_verify,
    engine_anchor,
    engine_export,
    engine_worker,
    engine_effects,
    engine_recalendar,
    engine_migrate,
    engine_erase,
)
SUMMARY = Text(
    "办件库：发起和办理办件，查看待办、到期和办理记录，运行后台进程",
    "Stored cases: open and move them, list what is to do and due, check and export the record, run a worker",
)
DATABASE = Text(
    "数据库用 --db 指明，或写在环境变量 JIANBAN_DB 中：sqlite:///办件.db 或 postgresql://用户@主机/库名。",
    "Name the database with --db, or in JIANBAN_DB: sqlite:///cases.db or postgresql://user@host/name.",
)


def register(app: typer.Typer, lang: Lang) -> None:
    group = typer.Typer(
        cls=Group, help=SUMMARY.get(lang), epilog=DATABASE.get(lang), invoke_without_command=True
    )

    @group.callback()
    def root(ctx: typer.Context) -> None:
        if ctx.invoked_subcommand is None:
            ctx.get_help()  # prints itself

    for command in COMMANDS:
        command.register(group, lang)
    app.add_typer(group, name="engine")
