"""`jianban indicators`: the service items of the catalogue, held to a policy."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load, optional, output, read_date
from jianban.engine.commands.session import FINE, FOUND, PLAIN_WIDTH, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.services.policy import Policy
    from jianban.workflows.comparison.services import Report
    from jianban.workflows.figures import FigureLang
    from jianban.workflows.language.model import Process

SUMMARY = Text(
    "统计政务服务事项指标：平均时限、材料、全程网办率、最多跑一次率等，并对照考核要求",
    "Indicators of service items: mean limits and materials, share online, held to a policy",
)
PROCESSES = Text(
    "主题（如 deregistration）、流程编号、定义文件或 -；不写的，统计整个目录",
    "Subjects (deregistration), process ids, files or -; by default the whole catalogue",
)
POLICY = Text(
    "考核要求（YAML）；默认用目录中的 policies/services.yaml，none 表示不对照",
    "The policy, a YAML file; by default the catalogue's policies/services.yaml, and `none` for no policy",
)
ON = Text(
    "统计该日施行的版本；默认取各流程最晚开始施行之日",
    "Count the versions in force on this day; by default the last day on which one of them came into force",
)
YEAR = Text(
    "折算工作日所用的年份；默认取 --on 的年份",
    "The year by which calendar periods are told in working days; by default that of --on",
)
ALTERNATIVES = Text(
    "同一事项的变体：all 各计一项，best 只计承诺时限最短的一项",
    "Variants of one process: all count, or only the best of them",
)
CHECK = Text("有未达到的要求时退出码为 1", "Exit with 1 when a threshold is not met")
FORMAT = Text(
    "格式：table、json、csv、md、html，或图：svg、png、pdf、docx；默认按文件名，否则为 table",
    "Format: table, json, csv, md, html, or the figure: svg, png, pdf, docx; by default the file name's, "
    "else table",
)
NO_FORMAT = Text(
    "从文件名“{output}”看不出格式，请用 .md、.html、.json、.csv、.txt、.svg、.png、.pdf、.docx 之一作后缀，"
    "或写明 --format",
    "“{output}” tells no format: end it in .md, .html, .json, .csv, .txt, .svg, .png, .pdf or .docx, "
    "or give --format",
)
PAPER = Text("图所用的纸张，如 A4", "The paper of the figure, e.g. A4")
BOTH = Text("图中中英文对照", "Both Chinese and English in the figure")
Told = Literal["table", "json", "csv", "md", "html"]
Picture = Literal["svg", "png", "pdf", "docx"]
Form = Told | Picture
FORMS: tuple[Form, ...] = (*get_args(Told), *get_args(Picture))
SUFFIXES: Mapping[str, Form] = {
    "": "table",
    ".txt": "table",
    **{f".{form}": form for form in FORMS if form != "table"},
}
WAYS: tuple[Literal["all", "best"], ...] = ("all", "best")
NO_POLICY_FILE = "none"
NOT_A_YEAR = Text(
    "--year 须在 2001 至 2098 之间，而不是 {year}", "--year must lie between 2001 and 2098, not {year}"
)
YEARS = range(2001, 2099)
NOTHING = Text("没有流程可供统计", "there is no process to count")
COUNTING = Text("正在统计", "Counting")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("indicators", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[
            list[str] | None,
            typer.Argument(help=PROCESSES.get(lang), metavar="[PROCESS...]", show_default=False),
        ] = None,
        policy: Annotated[str | None, option(POLICY, "FILE", "--policy")] = None,
        on: Annotated[str | None, option(ON, "DATE", "--on")] = None,
        year: Annotated[int | None, option(YEAR, "YEAR", "--year")] = None,
        alternatives: Annotated[
            str, typer.Option("--alternatives", help=ALTERNATIVES.get(lang), metavar="|".join(WAYS))
        ] = "all",
        check: Annotated[bool, typer.Option("--check", help=CHECK.get(lang))] = False,
        format: Annotated[str | None, option(FORMAT, "|".join(FORMS), "--format", "-f")] = None,
        paper: Annotated[str | None, option(PAPER, "A4|A3|A1|16:9", "--paper")] = None,
        bilingual: Annotated[bool, typer.Option("--bilingual", help=BOTH.get(lang))] = False,
        output: Annotated[str | None, output(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form: Form = "json" if json else _format(format, output)
        day = read_date(on, "--on")
        way = choose(alternatives, WAYS, "--alternatives")
        if year is not None and year not in YEARS:
            raise UsageFailure(NOT_A_YEAR.format(year=year))
        with session.busy(COUNTING):
            found, asked = _select(session, processes or [])
            if not found:
                raise UsageFailure(NOTHING)

            from jianban.workflows.analysis.services.judgement import breaches
            from jianban.workflows.analysis.services.survey import survey
            from jianban.workflows.comparison.services import Report
            from jianban.workflows.compiler import compile_process
            from jianban.workflows.language.subjects import subject_titles

            held = _policy(session, policy)
            counted = survey(found, compile_process, on=day, asked=asked, year=year, alternatives=way)
            report = Report(
                survey=counted,
                policy=held,
                breaches=breaches(counted, held),
                subjects=subject_titles(session.catalogue),
            )
            if form in ("svg", "png", "pdf", "docx"):
                from jianban.engine.commands.draw import deliver_pages

                contents = _draw(report, form, "both" if bilingual else lang, paper)
                deliver_pages(session, contents, output)
            else:
                deliver(session, _told(report, form, lang, to_screen=output is None).encode(), output)
        return FOUND if check and report.breaches else FINE


def _format(asked: str | None, output: str | None) -> Form:
    if asked is not None:
        return choose(asked, FORMS, "--format")
    suffix = Path(output).suffix.lower() if output else ""
    if suffix not in SUFFIXES:
        raise UsageFailure(NO_FORMAT.format(output=output))
    return SUFFIXES[suffix]


def _select(session: Session, words: Sequence[str]) -> tuple[list["Process"], set[str]]:
    """The processes meant, and the keys of those that are asked for in one version.

    Raises:
        JianbanError: a word means none, or a definition has errors.
    """
    catalogue = session.catalogue
    if not words:
        return list(catalogue.processes()), set()
    found: dict[str, Process] = {}
    asked: set[str] = set()
    for word in words:
        meant = [key for key in catalogue.index if key.startswith(f"{word}/") or key.split("@")[0] == word]
        if meant:
            found |= {key: catalogue.load(key) for key in meant}
        else:
            process = load(session, word)
            found[process.key] = process
            asked.add(process.key)
    # versions are in order in the index, whatever they are called
    order = {key: at for at, key in enumerate(catalogue.index)}
    return [found[key] for key in sorted(found, key=lambda k: (order.get(k, len(order)), k))], asked


def _policy(session: Session, name: str | None) -> "Policy":
    from jianban.workflows.analysis.services.policy import NO_POLICY, own_policy, read_policy

    if name is None:
        return own_policy(session.catalogue)
    return NO_POLICY if name == NO_POLICY_FILE else read_policy(Path(name), session.catalogue)


def _told(report: "Report", form: Told, lang: Lang, *, to_screen: bool) -> str:
    from jianban.workflows.comparison import services

    if form == "json":
        from json import dumps

        return dumps(services.to_plain(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if form == "csv":
        return services.to_csv(report)
    blocks = services.blocks(report, lang, brief=form == "table")
    if form == "md":
        from jianban.workflows.comparison.markdown import to_markdown

        return to_markdown(blocks)
    if form == "html":
        from jianban.engine.commands.compare import with_fonts
        from jianban.workflows.comparison.html import to_html

        return with_fonts(to_html(blocks, lang, figure=_draw(report, "svg", lang)[0].decode()))

    from jianban.workflows.comparison.terminal import to_terminal

    terminal = to_screen and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH
    return to_terminal(blocks, width=width, colour=terminal and "NO_COLOR" not in os.environ)


def _draw(report: "Report", form: Picture, lang: "FigureLang", paper: str | None = None) -> tuple[bytes, ...]:
    from jianban.engine.commands.draw import PAPERS, draw_pages
    from jianban.workflows.figures import services_figure

    sheet = choose(paper, PAPERS, "--paper") if paper else None
    return draw_pages(services_figure(report, lang), form, paper=sheet)
