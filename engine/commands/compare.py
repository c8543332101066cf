"""`jianban compare`: variants of a process side by side."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load_flow, output, reference
from jianban.engine.commands.reckoning import cases, items, read_options, start, tariff, year
from jianban.engine.commands.session import FINE, PLAIN_WIDTH, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.comparison import Comparison
    from jianban.workflows.flow import Flow

SUMMARY = Text(
    "比较两个或多个流程：指标前后对照、环节和步骤的增减合并",
    "Compare two or more processes: measures before and after, stages and steps removed, merged, kept, added",
)
Format = Literal["terminal", "markdown", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
FORMAT = Text("格式：terminal（终端）、markdown、html 或 json", "Format: terminal, markdown, html or json")
FIGURE = Text("在 HTML 中附上对照图", "Put the figure into the HTML")
TOO_FEW = Text("比较至少需要两个流程，先写基准", "comparing takes two processes or more, the base first")
ONLY_HTML = Text("--figure 只能与 --format html 合用", "--figure goes with --format html only")
COMPARING = Text("正在比较", "Comparing")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("compare", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        format: Annotated[
            str, typer.Option("--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMATS))
        ] = "terminal",
        figure: Annotated[bool, typer.Option("--figure", help=FIGURE.get(lang))] = False,
        output: Annotated[str | None, output(lang)] = None,
        start: Annotated[str | None, start(lang)] = None,
        year: Annotated[int | None, year(lang)] = None,
        items: Annotated[int, items(lang)] = 1,
        tariff: Annotated[str | None, tariff(lang)] = None,
        cases: Annotated[int, cases(lang)] = 1,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form = "json" if json else choose(format, FORMATS, "--format")
        if len(processes) < 2:
            raise UsageFailure(TOO_FEW)
        if figure and form != "html":
            raise UsageFailure(ONLY_HTML)
        options = read_options(start=start, year=year, items=items, tariff=tariff, cases=cases)
        flows = [load_flow(session, name) for name in processes]

        from jianban.workflows.comparison import compare

        with session.busy(COMPARING):
            comparison = compare(flows, options=options, chain=between(session, flows))
            text = _render(comparison, form, lang, figure=figure, to_screen=output is None)
        deliver(session, text.encode(), output)
        return FINE


def between(session: Session, flows: "Sequence[Flow]") -> "list[Flow]":
    """The variants that those compared are variants of, where these are not among them."""
    known = {key for flow in flows for key in (flow.process.id, flow.process.key)}
    found: list[Flow] = []
    waiting = list(flows)
    while waiting:
        base = waiting.pop().process.variant_of
        if base is not None and base not in known:
            known.add(base)
            found.append(load_flow(session, base))
            waiting.append(found[-1])
    return found


def _render(comparison: "Comparison", form: Format, lang: Lang, *, figure: bool, to_screen: bool) -> str:
    drawing = ""
    if figure:
        from jianban.engine.commands.draw import draw
        from jianban.workflows.figures import comparison_figure

        drawing = draw(comparison_figure(comparison, lang), "svg").decode()
    terminal = to_screen and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH
    colour = terminal and "NO_COLOR" not in os.environ
    return comparison.render(form, lang, width=width, colour=colour, figure=drawing)
