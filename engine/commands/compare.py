"""`jianban compare`: variants of a process side by side."""

from typing import Annotated

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load_flow, output, reference
from jianban.engine.commands.session import FINE, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "比较两个或多个流程：指标前后对照、环节和步骤的增减合并",
    "Compare two or more processes: measures before and after, stages and steps removed, merged, kept, added",
)
FORMATS = ("terminal", "markdown", "html", "json")
FORMAT = Text("格式：terminal（终端）、markdown、html 或 json", "Format: terminal, markdown, html or json")
TOO_FEW = Text("比较至少需要两个流程，先写基准", "comparing takes two processes or more, the base first")
COMPARING = Text("正在比较", "Comparing")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("compare", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        format: Annotated[
            str, typer.Option("--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMATS))
        ] = "terminal",
        output: Annotated[str | None, output(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        choose(format, FORMATS, "--format")
        if len(processes) < 2:
            raise UsageFailure(TOO_FEW)

        from jianban.workflows.comparison import compare

        flows = [load_flow(session, name) for name in processes]
        with session.busy(COMPARING):
            text = compare(flows).render("json" if json else format, lang)
        deliver(session, text.encode(), output)
        return FINE
