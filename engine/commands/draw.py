"""`jianban draw`: the figure of a process, or of two variants side by side."""

from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import choose, load_flow, output, reference
from jianban.engine.commands.session import FINE, Session, SystemFailure, UsageFailure
from jianban.workflows.texts import Lang, Text

SUMMARY = Text("绘制一个流程，或两个流程的对照图", "Draw a process, or two variants side by side")
FORMATS = ("svg", "png", "pdf")
FORMAT = Text("格式：svg、png 或 pdf；默认按文件名", "Format: svg, png or pdf; by default the file name's")
TOO_MANY = Text("一张图最多画两个流程", "one figure holds at most two processes")
NO_FORMAT = Text(
    "从文件名“{output}”看不出格式，请用 .svg、.png、.pdf 之一作后缀，或写明 --format",
    "“{output}” tells no format: end it in .svg, .png or .pdf, or give --format",
)
DRAWING = Text("正在绘图", "Drawing")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("draw", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        format: Annotated[
            str | None,
            typer.Option(
                "--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMATS), show_default=False
            ),
        ] = None,
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        session: Session = ctx.obj
        if len(processes) > 2:
            raise UsageFailure(TOO_MANY)
        form = format_of(format, output)
        flows = [load_flow(session, name) for name in processes]

        from jianban.workflows.figures import comparison_figure, process_figure, render
        from jianban.workflows.figures.errors import FigureError

        try:
            with session.busy(DRAWING):
                figure = (
                    process_figure(flows[0], lang) if len(flows) == 1 else comparison_figure(*flows, lang)
                )
                content = render(figure, form)
        except FigureError as error:
            raise SystemFailure(error.text) from error
        deliver(session, content, output)
        return FINE


def format_of(asked: str | None, output: str | None) -> str:
    """The format asked for, or else the one that the file's name tells; SVG on standard output.

    Raises:
        UsageFailure: an unknown format is asked for, or the file's name tells none.
    """
    if asked is not None:
        return choose(asked, FORMATS, "--format")
    if output is None or output == "-":
        return "svg"
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise UsageFailure(NO_FORMAT.format(output=output))
    return suffix
