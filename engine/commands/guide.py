"""`jianban guide`: the service guide of a process, or whether a published one says the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from jianban.engine.commands.files import deliver, write_file
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load_flow, reference
from jianban.engine.commands.session import FINE, FOUND, Session, SystemFailure, UsageFailure, both
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.flow import Flow
    from jianban.workflows.guides import Findings, Guide, GuideLang

SUMMARY = Text(
    "编写办事指南；或核对已公布的指南与定义是否一致（--check）",
    "Write the service guide of a process, or check a published one against it (--check)",
)
Form = Literal["html", "md", "docx"]
FORMS: tuple[Form, ...] = get_args(Form)
SUFFIXES: Mapping[str, Form] = {".html": "html", ".htm": "html", ".md": "md", ".docx": "docx"}
FORMAT = Text(
    "格式：html、md 或 docx；默认按文件名，否则为 md",
    "Format: html, md or docx; by default the file name's, else md",
)
BOTH = Text("中英文对照", "Both Chinese and English")
NO_FIGURES = Text("不附图", "Without figures")
CHECK = Text(
    "核对此文件（.md、.html、.csv、.docx）是否与定义一致",
    "Check that this file (.md, .html, .csv, .docx) says what the definition says",
)
PARTIAL = Text(
    "只核对文件中有的字段、表和栏，缺少的不算不一致",
    "Check only the fields, tables and columns that the file has: what is left out is no drift",
)
OUTPUT = Text("写入的文件；几个流程时为文件夹", "The file to write; of several processes, a folder")
ONE = Text("--check 只核对一个流程，给出了 {count} 个", "--check takes one process, not {count}")
ALONE = Text("{option} 不能与 --check 合用", "{option} does not go with --check")
ONLY_CHECK = Text("{option} 只能与 --check 合用", "{option} goes with --check only")
SEVERAL = Text(
    "几个流程的办事指南写入同一文件夹：请用 --output 指明一个已有的文件夹",
    "the guides of several processes go into a folder: name one that exists with --output",
)
NO_FORMAT = Text(
    "从文件名“{output}”看不出格式，请用 .html、.md、.docx 之一作后缀，或写明 --format",
    "“{output}” tells no format: end it in .html, .md or .docx, or give --format",
)
UNREADABLE = Text("无法读取“{path}”（{reason}）", "can't read “{path}” ({reason})")
TOO_LARGE = Text(
    "“{path}”超过 {most} MB，不像办事指南", "“{path}” is larger than {most} MB: that is no guide"
)
MOST_MEGABYTES = 32
WRITING = Text("正在编写", "Writing")
SAYS = Text("指南为“{given}”", "the guide says “{given}”")
DEFINED = Text("定义为“{defined}”", "the definition says “{defined}”")
DRIFT = Text("{where} {what}：{values}。{meaning}", "{where} {what}: {values}; {meaning}")
BARE = Text("{where} {what}：{meaning}", "{where} {what}: {meaning}")
ASIDE = Text("{where} {name}：{why}", "{where} {name}: {why}")
NOWHERE = Text("全文", "nowhere")
AGREES = Text("“{file}”与定义 {process} 一致", "“{file}” says what {process} says")
COUNTED = Text(
    "“{file}”与定义 {process} 有 {count} 处不一致", "“{file}” drifts from {process}; places: {count}"
)
LONGEST = 120


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("guide", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        format: Annotated[
            str | None,
            typer.Option(
                "--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMS), show_default=False
            ),
        ] = None,
        bilingual: Annotated[bool, typer.Option("--bilingual", help=BOTH.get(lang))] = False,
        no_figures: Annotated[bool, typer.Option("--no-figures", help=NO_FIGURES.get(lang))] = False,
        output: Annotated[
            str | None,
            typer.Option("--output", "-o", help=OUTPUT.get(lang), metavar="FILE", show_default=False),
        ] = None,
        check: Annotated[
            str | None, typer.Option("--check", help=CHECK.get(lang), metavar="FILE", show_default=False)
        ] = None,
        partial: Annotated[bool, typer.Option("--partial", help=PARTIAL.get(lang))] = False,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        if check is not None:
            for given, option in (
                (output, "--output"),
                (format, "--format"),
                (bilingual, "--bilingual"),
                (no_figures, "--no-figures"),
            ):
                if given:
                    raise UsageFailure(ALONE.format(option=option))
            if len(processes) != 1:
                raise UsageFailure(ONE.format(count=len(processes)))
            return _check(session, load_flow(session, processes[0]), Path(check), partial=partial)
        for given, option in ((partial, "--partial"), (json, "--json")):
            if given:
                raise UsageFailure(ONLY_CHECK.format(option=option))
        spoken: GuideLang = "both" if bilingual else lang
        folder = Path(output) if output and Path(output).is_dir() else None
        if len(processes) > 1 and folder is None:
            raise UsageFailure(SEVERAL)
        form = choose(format, FORMS, "--format") if format else "html" if folder else _form(output)
        flows = [load_flow(session, name) for name in processes]
        with session.busy(WRITING):
            for flow in flows:
                path = folder / f"{flow.process.key.replace('/', '-')}.{form}" if folder else None
                target = str(path) if path else output
                _write(session, flow, form, spoken, target, figures=not no_figures)
        return FINE


def _form(output: str | None) -> Form:
    if output is None or output == "-":
        return "md"
    form = SUFFIXES.get(Path(output).suffix.lower())
    if form is None:
        raise UsageFailure(NO_FORMAT.format(output=output))
    return form


def _guide(session: Session, flow: "Flow") -> "Guide":
    from jianban.workflows.guides import guide

    return guide(flow, _titles(session, flow))


def _titles(session: Session, flow: "Flow") -> Mapping[str, Text]:
    """What the processes that the ends name are called, where the catalogue has them."""
    titles: dict[str, Text] = {}
    for end in flow.process.ends:
        for name in filter(None, (end.offers, end.switch_to)):
            if name in session.catalogue.references():
                try:
                    titles[name] = session.catalogue.process(name).title
                except DefinitionError:
                    continue
    return titles


def _write(
    session: Session, flow: "Flow", form: Form, lang: "GuideLang", output: str | None, *, figures: bool
) -> None:
    """Write the guide; beside a Markdown file, its figures as SVG.

    Raises:
        SystemFailure: a part that draws is missing.
        UsageFailure: a figure can't be drawn on A4.
    """
    from jianban.workflows.figures import FigureError, Unavailable
    from jianban.workflows.figures.export import svg
    from jianban.workflows.guides import drawings, to_docx, to_html, to_markdown

    guide = _guide(session, flow)
    beside = Path(output) if output and output != "-" else None
    try:
        drawn = drawings(flow, lang) if figures and (form != "md" or beside) else {}
        match form:
            case "html":
                content = to_html(guide, lang, drawn).encode()
            case "docx":
                content = to_docx(guide, lang, drawn)
            case "md":
                names: dict[str, list[str]] = {}
                for kind, scenes in drawn.items():
                    for page, scene in enumerate(scenes, 1):
                        number = f"-{page}" if len(scenes) > 1 else ""
                        if beside:
                            file = beside.with_name(f"{beside.stem}-{kind}{number}.svg")
                            write_file(file, svg(scene).encode())
                            names.setdefault(kind, []).append(file.name)
                content = to_markdown(guide, lang, names).encode()
    except Unavailable as error:
        raise SystemFailure(error.text) from error
    except FigureError as error:
        raise UsageFailure(error.text) from error
    deliver(session, content, output)


def _check(session: Session, flow: "Flow", path: Path, *, partial: bool) -> int:
    from jianban.workflows.guides import drift, published

    given = published(_content(path), path.name, flow.process.title)
    findings = drift(_guide(session, flow), given, partial=partial)
    if session.json:
        session.write_json(_values(findings, flow.process.key, path))
    else:
        _tell(session, findings, flow.process.key, path)
    return FOUND if findings.drifts else FINE


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_MEGABYTES * 1024 * 1024 + 1)
    except OSError as error:
        raise UsageFailure(UNREADABLE.format(path=path, reason=reason(error))) from error
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise UsageFailure(TOO_LARGE.format(path=path, most=MOST_MEGABYTES))
    return content


def _tell(session: Session, findings: "Findings", process: str, path: Path) -> None:
    say = session.say
    comma = "，" if session.lang == "zh" else ", "
    for found in findings.drifts:
        named = say(found.what)
        values = [SAYS.format(given=_short(found.given))] if found.given and found.given not in named else []
        if found.defined and say(found.defined) not in named:
            values.append(DEFINED.format(defined=Text(_short(found.defined.zh), _short(found.defined.en))))
        told = comma.join(map(say, values))
        where = f"{path.name}:" + (say(found.place) if found.place else say(NOWHERE))
        line = DRIFT if told else BARE
        session.write(say(line.format(where=where, what=found.what, values=told, meaning=found.meaning)))
    for aside in findings.asides:
        where = f"{path.name}:{say(aside.place)}"
        session.write(say(ASIDE.format(where=where, name=aside.name, why=aside.why)))
    count = len(findings.drifts)
    session.write(say((COUNTED if count else AGREES).format(file=path.name, process=process, count=count)))


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _values(findings: "Findings", process: str, path: Path) -> dict[str, object]:
    return {
        "process": process,
        "file": path.name,
        "drifts": [
            {
                "kind": d.kind.value,
                "field": d.field,
                "what": both(d.what),
                "given": d.given,
                "defined": both(d.defined) if d.defined else None,
                "place": both(d.place) if d.place else None,
                "meaning": both(d.meaning),
            }
            for d in findings.drifts
        ],
        "asides": [
            {"name": both(a.name), "value": a.value, "place": both(a.place), "why": both(a.why)}
            for a in findings.asides
        ],
    }
