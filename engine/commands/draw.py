"""`jianban draw`: the figure of a process, or of variants side by side."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import choose, load_flow, output, reference
from jianban.engine.commands.session import FINE, Session, SystemFailure, UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.figures import Figure

SUMMARY = Text("绘制一个流程，或多个流程的对照图", "Draw a process, or variants side by side")
Format = Literal["svg", "png", "pdf", "docx", "html", "dot"]
FORMATS: tuple[Format, ...] = get_args(Format)
FORMAT = Text(
    "格式：svg、png、pdf、docx、html 或 dot；默认按文件名",
    "Format: svg, png, pdf, docx, html or dot; by default the file name's",
)
DPI = Text("PNG 的分辨率，每英寸像素数", "Pixels per inch of a PNG")
Type = Literal["process", "overview", "guide", "comparison", "parallel", "indicators"]
TYPES: tuple[Type, ...] = get_args(Type)
TYPE = Text(
    "图的种类：process 流程、overview 概览、guide 办事指南、comparison 对照、parallel 串并联时限、"
    "indicators 指标；默认按流程个数选取",
    "What to draw: the process, its stages, a guide for the public, a comparison, what runs in parallel "
    "and how long, or indicators; by default a process, or a comparison of several",
)
ONE = Text("--type {type} 只绘制一个流程，给出了 {count} 个", "--type {type} draws one process, not {count}")
SEVERAL = Text("--type {type} 须给出两个以上流程", "--type {type} compares: name two processes or more")
PAPERS = ("A4", "A3", "A1", "16:9")
PAPER = Text(
    "纸张；自动选择横竖，放不下时分页（多页 PDF，或 名称-1.svg 等），字号不小于下限",
    "Paper; turned as it fits best, over several pages (of a PDF, or name-1.svg …) where one is too small",
)
MANY = Text("此图分为 {count} 页，请用 --output 写入文件", "The figure has {count} pages: give --output")
PAGES = Text("共 {count} 页：{first} 至 {last}", "{count} pages: {first} to {last}")
THEMES = ("print", "grey", "dark", "contrast")
THEME = Text(
    "外观：print 印刷、grey 灰度、dark 深色、contrast 高对比度",
    "Looks: for print, in grey, dark, or of high contrast",
)
UNTITLED = Text("图中不写标题，由文件另行标注", "No title in the figure: the paper has a caption")
EMBED = Text(
    "SVG 中嵌入所用的字形，处处显示一致； PDF 和网页总是嵌入",
    "Put the glyphs used into the SVG, so that it looks the same everywhere (PDF and HTML always hold them)",
)
ONLY_SVG = Text("--embed-fonts 只用于 SVG，而不是 {form}", "--embed-fonts goes with SVG, not with {form}")
BOTH = Text("中英文对照", "Both Chinese and English")
NO_FORMAT = Text(
    "从文件名“{output}”看不出格式，请用 .svg、.png、.pdf、.docx、.html、.dot 之一作后缀，或写明 --format",
    "“{output}” tells no format: end it in .svg, .png, .pdf, .docx, .html or .dot, or give --format",
)
BAD_DPI = Text(
    "--dpi 须在 {least} 至 {most} 之间，而不是 {dpi}", "--dpi must lie between {least} and {most}, not {dpi}"
)
LEAST_DPI, MOST_DPI = 10, 2400
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
        bilingual: Annotated[bool, typer.Option("--bilingual", help=BOTH.get(lang))] = False,
        dpi: Annotated[int, typer.Option(help=DPI.get(lang), metavar="N")] = 200,
        type: Annotated[
            str | None,
            typer.Option("--type", help=TYPE.get(lang), metavar="|".join(TYPES), show_default=False),
        ] = None,
        paper: Annotated[
            str | None, typer.Option("--paper", help=PAPER.get(lang), metavar="|".join(PAPERS))
        ] = None,
        theme: Annotated[str, typer.Option(help=THEME.get(lang), metavar="|".join(THEMES))] = "print",
        no_title: Annotated[bool, typer.Option("--no-title", help=UNTITLED.get(lang))] = False,
        embed_fonts: Annotated[bool, typer.Option("--embed-fonts", help=EMBED.get(lang))] = False,
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        session: Session = ctx.obj
        form = format_of(format, output)
        if embed_fonts and form != "svg":
            raise UsageFailure(ONLY_SVG.format(form=form))
        if not LEAST_DPI <= dpi <= MOST_DPI:
            raise UsageFailure(BAD_DPI.format(least=LEAST_DPI, most=MOST_DPI, dpi=dpi))
        with session.busy(DRAWING):
            kind = type_of(type, len(processes))
            figure = _figure(session, processes, kind, "both" if bilingual else lang)
            sheet = choose(paper, PAPERS, "--paper") if paper else None
            look = choose(theme, THEMES, "--theme")
            contents = draw_pages(
                figure, form, dpi, look, headed=not no_title, paper=sheet, embed_fonts=embed_fonts
            )
        deliver_pages(session, contents, output)
        return FINE


def format_of(asked: str | None, output: str | None) -> Format:
    """The format asked for, or else the one that the file's name tells; SVG on standard output.

    Raises:
        UsageFailure: an unknown format is asked for, or the file's name tells none.
    """
    if asked is not None:
        return choose(asked, FORMATS, "--format")
    if output is None or output == "-":
        return "svg"
    suffix = Path(output).suffix.lower().removeprefix(".")
    for form in FORMATS:
        if suffix == form:
            return form
    raise UsageFailure(NO_FORMAT.format(output=output))


def type_of(asked: str | None, count: int) -> Type:
    """The type asked for, or else a process or a comparison, by how many processes are named.

    Raises:
        UsageFailure: the type is unknown, or draws another number of processes.
    """
    if asked is None:
        return "process" if count == 1 else "comparison"
    kind = choose(asked, TYPES, "--type")
    if kind in {"comparison", "indicators"} and count < 2:
        raise UsageFailure(SEVERAL.format(type=kind))
    if kind in {"process", "guide"} and count > 1:
        raise UsageFailure(ONE.format(type=kind, count=count))
    return kind


def _figure(
    session: Session, processes: list[str], kind: Type, lang: Literal["zh", "en", "both"]
) -> "Figure":
    from jianban.workflows import figures

    flows = [load_flow(session, name) for name in processes]
    if len(flows) == 1:
        from jianban.workflows.analysis.measures import measure

        readings = measure(flows[0])
        match kind:
            case "parallel":
                return figures.parallel_figure(flows, [readings], lang)
            case "overview":
                return figures.overview_figure(flows[0], readings, lang)
            case "guide":
                return figures.guide_figure(flows[0], readings, lang)
            case _:
                return figures.process_figure(flows[0], readings, lang)

    from jianban.engine.commands.compare import between
    from jianban.workflows.comparison import compare

    comparison = compare(flows, chain=between(session, flows))
    match kind:
        case "parallel":
            readings = [{row.id: row.readings[i] for row in comparison.measures} for i in range(len(flows))]
            return figures.parallel_figure(flows, readings, lang)
        case "indicators":
            return figures.indicators_figure(comparison, lang)
        case _:
            return figures.comparison_figure(comparison, lang, brief=kind == "overview")


def deliver_pages(session: Session, contents: Sequence[bytes], output: str | None) -> None:
    """Write each page to a file, and tell their names where they are not the one asked for.

    Raises:
        UsageFailure: there are several, and no file to write.
        SystemFailure: as `deliver`.
    """
    if len(contents) > 1 and output in {None, "-"}:
        raise UsageFailure(MANY.format(count=len(contents)))
    names = _names(output, len(contents))
    for content, name in zip(contents, names, strict=True):
        deliver(session, content, name)
    if len(contents) > 1:
        session.write(session.say(PAGES.format(count=len(contents), first=names[0], last=names[-1])))


def _names(output: str | None, count: int) -> list[str | None]:
    """The file of each page: `name-1.svg`, `name-2.svg`, …, or the file named when there is one page."""
    if count == 1 or output is None:
        return [output] * count
    path = Path(output)
    return [str(path.with_stem(f"{path.stem}-{page}")) for page in range(1, count + 1)]


def draw_pages(
    figure: "Figure",
    form: Format,
    dpi: int = 200,
    theme: str = "print",
    *,
    headed: bool = True,
    paper: str | None = None,
    embed_fonts: bool = False,
) -> tuple[bytes, ...]:
    """The figure as a file, or as one for each page.

    Raises:
        SystemFailure: a part that draws is missing.
        UsageFailure: the paper is too small, or the picture too large.
    """
    from jianban.workflows.figures import THEMES, FigureError, Unavailable, render_pages

    look = replace(THEMES[theme], headed=headed)
    try:
        return render_pages(figure, form, dpi=dpi, theme=look, paper=paper, embed_fonts=embed_fonts)
    except Unavailable as error:
        raise SystemFailure(error.text) from error
    except FigureError as error:
        raise UsageFailure(error.text) from error
