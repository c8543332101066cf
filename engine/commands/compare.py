"""`jianban compare`: variants of a process side by side."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
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
Report = Literal["terminal", "markdown", "html", "json"]
REPORTS: tuple[Report, ...] = get_args(Report)
Picture = Literal["svg", "png", "pdf", "docx"]
PICTURES: tuple[Picture, ...] = get_args(Picture)
SUFFIXES: Mapping[str, Report | Picture] = {
    **{"": "terminal", "txt": "terminal", "md": "markdown", "html": "html", "json": "json"},
    **{form: form for form in PICTURES},
}
FORMAT = Text(
    "格式：terminal（终端）、markdown、html、json； 仅输出对照图： svg、png、pdf、docx（更多选项见 draw）； "
    "默认按文件名，否则为 terminal",
    "Format: terminal, markdown, html, json, or the figure alone: svg, png, pdf, docx (draw can do more); "
    "by default the file name's, else terminal",
)
FIGURE = Text(
    "HTML 中是否附上对照图和所用字体，默认附上",
    "Whether the HTML holds the figure and the fonts; it does unless told otherwise",
)
NO_FORMAT = Text(
    "从文件名“{output}”看不出格式，请用 .md、.html、.json、.txt、.svg、.png、.pdf、.docx 之一作后缀，"
    "或写明 --format",
    "“{output}” tells no format: end it in .md, .html, .json, .txt, .svg, .png, .pdf or .docx, "
    "or give --format",
)
TOO_FEW = Text("比较至少需要两个流程，先写基准", "comparing takes two processes or more, the base first")
ONLY_HTML = Text(
    "--figure、--no-figure 只用于 HTML，而不是 {form}",
    "--figure and --no-figure go with HTML, not with {form}",
)
COMPARING = Text("正在比较", "Comparing")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("compare", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        format: Annotated[
            str | None,
            typer.Option(
                "--format",
                "-f",
                help=FORMAT.get(lang),
                metavar="|".join((*REPORTS, *PICTURES)),
                show_default=False,
            ),
        ] = None,
        figure: Annotated[
            bool | None,
            typer.Option("--figure/--no-figure", help=FIGURE.get(lang), show_default=False),
        ] = None,
        output: Annotated[str | None, output(lang)] = None,
        start: Annotated[str | None, start(lang)] = None,
        year: Annotated[int | None, year(lang)] = None,
        items: Annotated[int, items(lang)] = 1,
        tariff: Annotated[str | None, tariff(lang)] = None,
        cases: Annotated[int, cases(lang)] = 1,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form = "json" if json else _format(format, output)
        if len(processes) < 2:
            raise UsageFailure(TOO_FEW)
        if figure is not None and form != "html":
            raise UsageFailure(ONLY_HTML.format(form=form))
        options = read_options(start=start, year=year, items=items, tariff=tariff, cases=cases)
        flows = [load_flow(session, name) for name in processes]

        from jianban.workflows.comparison import compare

        with session.busy(COMPARING):
            comparison = compare(flows, options=options, chain=between(session, flows))
            match form:
                case "svg" | "png" | "pdf" | "docx":
                    content = _picture(comparison, form, lang)
                case _:
                    drawn = form == "html" and figure is not False
                    text = _report(comparison, form, lang, figure=drawn, to_screen=output is None)
                    content = text.encode()
        deliver(session, content, output)
        return FINE


def _format(asked: str | None, output: str | None) -> Report | Picture:
    """The format asked for, or else the one that the file's name tells: plain text for .txt and no ending.

    Raises:
        UsageFailure: an unknown format is asked for, or the file's name ends in one.
    """
    if asked is not None:
        return choose(asked, (*REPORTS, *PICTURES), "--format")
    suffix = Path(output).suffix.lower().removeprefix(".") if output else ""
    if suffix not in SUFFIXES:
        raise UsageFailure(NO_FORMAT.format(output=output))
    return SUFFIXES[suffix]


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


def _picture(comparison: "Comparison", form: Picture, lang: Lang) -> bytes:
    """The figure as a file of one part.

    Raises:
        SystemFailure, UsageFailure: as `draw_pages`.
    """
    from jianban.engine.commands.draw import draw_pages
    from jianban.workflows.figures import comparison_figure

    return draw_pages(comparison_figure(comparison, lang), form)[0]


def _report(comparison: "Comparison", form: Report, lang: Lang, *, figure: bool, to_screen: bool) -> str:
    drawing = _picture(comparison, "svg", lang).decode() if figure else ""
    terminal = to_screen and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH
    colour = terminal and "NO_COLOR" not in os.environ
    text = comparison.render(form, lang, width=width, colour=colour, figure=drawing)
    return with_fonts(text) if figure else text


def with_fonts(page: str) -> str:
    """A page that brings the glyphs it shows, so that it looks the same for every reader."""
    from jianban.workflows.figures.fonts import face_rules
    from jianban.workflows.figures.metrics import BOLD, REGULAR

    shown = set(page)
    return page.replace("<style>", f"<style>{face_rules({REGULAR: shown, BOLD: shown})}", 1)
