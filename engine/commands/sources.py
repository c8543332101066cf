"""`jianban sources`: what definitions cite, and whether the texts of the law say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load, optional, reference
from jianban.engine.commands.session import FINE, FOUND, Session, both, finding
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.language.terms import Citation
    from jianban.workflows.sources.register import Cited, DocumentUse, Register

SUMMARY = Text(
    "列出定义的依据和假设；加 --law 则在法律文本中逐条核对引文和数字",
    "List what definitions cite and assume; with --law, look every phrase and figure up in the texts",
)
LAW = Text(
    "法律文本所在的文件夹，文件名如 公司法(2023-12-29).md",
    "A folder of statutes in Markdown, each named by its Chinese title and its day: TITLE(2023-12-29).md",
)
Form = Literal["terminal", "markdown", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
FORMAT = Text("格式：terminal（终端）、markdown、json", "Format: terminal, markdown, json")
PROCESSES = Text("流程", "Process")
DOCUMENTS = Text("文件", "Document")
HEADINGS = (Text("引用", "Cited"), Text("无引文", "No phrase"))
UNVERIFIED = Text("引未核实文件", "Unverified")
ASSUMPTIONS = Text("假设", "Assumed")
ARTICLES = Text("条", "Articles")
CHECKED = Text("原文", "Text")
SOURCES = Text("依据", "Sources")
AT_HAND = Text("已核对", "checked")
NO_TEXT = Text("没有文本，未核对", "none at hand, not checked")
NOT_VERIFIED = Text("未核实", "unverified")
NOT_ASKED = Text("–", "–")
NO_PHRASE = Text("（无引文）", "(no phrase)")
ASSUMED = Text("假设：{what}", "assumed: {what}")
DAYS = Text(
    "{title}：期限的日按工作日核对，第 {article} 条“{phrase}”",
    "{title}: days are read as working days, by its article {article}, “{phrase}”",
)
RESULT = Text(
    "{processes} 个流程，引用 {citations} 处，无引文 {lacking} 处，假设 {assumed} 项，问题 {n} 个",
    "processes: {processes}; citations: {citations}, without a phrase: {lacking}; assumptions: {assumed}; "
    "findings: {n}",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("sources", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str] | None, reference(lang)] = None,
        law: Annotated[Path | None, optional(lang)(LAW, "DIR", "--law")] = None,
        format: Annotated[
            str, typer.Option("--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMS))
        ] = "terminal",
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form = "json" if json else choose(format, FORMS, "--format")

        from jianban.workflows.analysis.services.policy import SHIPPED, own_policy
        from jianban.workflows.sources.register import register as read
        from jianban.workflows.sources.texts import read_statutes

        statutes = read_statutes(law) if law is not None else ()
        named = [load(session, name) for name in processes or ()]
        catalogue = session.catalogue
        own = not named and (catalogue.folder / SHIPPED).exists()
        policy = own_policy(catalogue).bases if own else ()
        found = read(named or catalogue.processes(), statutes, policy)
        match form:
            case "json":
                session.write_json(_document(found, lang))
            case "markdown":
                session.write("\n".join(_markdown(found, lang, checked=law is not None)))
            case _:
                _print(session, found, checked=law is not None, each=bool(named))
        return FOUND if found.problems else FINE


def _document(found: "Register", lang: Lang) -> dict[str, object]:
    return {
        "processes": [
            {
                "process": one.process.key,
                "citations": [
                    {
                        "document": c.document.id,
                        "article": c.article,
                        "phrase": c.phrase,
                        "file": c.position.file,
                        "line": c.position.line,
                        "column": c.position.column,
                    }
                    for c in one.citations
                ],
                "assumed": [both(text) for text in one.assumed],
            }
            for one in found.processes
        ],
        "documents": [
            {
                "document": one.document.id,
                "title": both(one.document.title),
                "unverified": one.document.unverified,
                "articles": list(one.articles),
                "citations": len(one.citations),
                "without_phrase": len(one.lacking),
                "text": {"title": one.text.title, "adopted": one.text.adopted.isoformat()}
                if one.text
                else None,
            }
            for one in found.documents
        ],
        "findings": [finding(p, lang) for p in found.problems],
    }


def _process_row(one: "Cited") -> list[str]:
    unverified = sum(c.document.unverified for c in one.citations)
    return [str(n) for n in (len(one.citations), len(one.lacking), unverified, len(one.assumed))]


def _document_row(one: "DocumentUse", lang: Lang, *, checked: bool) -> list[str]:
    state = (
        AT_HAND
        if one.text
        else NOT_VERIFIED
        if one.document.unverified
        else NO_TEXT
        if checked
        else NOT_ASKED
    )
    return [str(len(one.citations)), str(len(one.lacking)), state.get(lang), ", ".join(one.articles)]


def _headings(lang: Lang) -> tuple[list[str], list[str]]:
    """Of the table of processes, and of that of documents."""
    return (
        [t.get(lang) for t in (PROCESSES, *HEADINGS, UNVERIFIED, ASSUMPTIONS)],
        [t.get(lang) for t in (DOCUMENTS, *HEADINGS, CHECKED, ARTICLES)],
    )


def _citation(citation: "Citation", lang: Lang) -> str:
    phrase = f"“{citation.phrase}”" if citation.phrase else NO_PHRASE.get(lang)
    doubt = f" [{NOT_VERIFIED.get(lang)}]" if citation.document.unverified else ""
    return f"{citation.place} {phrase}{doubt}"


def _days(found: "Register") -> Iterator[Text]:
    for one in found.documents:
        clause = one.document.working_days
        if clause is not None and one.text is not None:
            yield DAYS.format(title=one.document.title, article=clause.article, phrase=clause.phrase)


def _result(found: "Register", lang: Lang) -> str:
    documents = found.documents
    return RESULT.format(
        processes=len(found.processes),
        citations=sum(len(d.citations) for d in documents),
        lacking=sum(len(d.lacking) for d in documents),
        assumed=len({a for one in found.processes for a in one.assumed}),
        n=len(found.problems),
    ).get(lang)


def _print(session: Session, found: "Register", *, checked: bool, each: bool) -> None:
    """Findings, the two tables, and for processes that were named all that they cite."""
    from rich.table import Table

    lang = session.lang
    for problem in found.problems:
        session.write(problem.line(lang))
    if each:
        for one in found.processes:
            session.console.print(f"{session.say(one.process.title)}  {one.process.key}", style="bold")
            for citation in one.citations:
                where = f"{citation.position.file}:{citation.position.line}"
                session.console.print(f"  {_citation(citation, lang)}  {where}", soft_wrap=True)
            for text in one.assumed:
                session.console.print(f"  {ASSUMED.format(what=text).get(lang)}", soft_wrap=True)
    first, second = _headings(lang)
    rows = [[one.process.key, *_process_row(one)] for one in found.processes]
    laws = [
        [one.document.title.get(lang), *_document_row(one, lang, checked=checked)] for one in found.documents
    ]
    for headings, lines, numbers in ((first, rows, (1, 2, 3, 4)), (second, laws, (1, 2))):
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for at, heading in enumerate(headings):
            table.add_column(heading, justify="right" if at in numbers else "left")
        for line in lines:
            table.add_row(*line)
        session.console.print(table)
    for text in _days(found):
        session.console.print(session.say(text), soft_wrap=True)
    mark, style = ("✗", "red") if found.problems else ("✓", "green")
    session.console.print(f"{mark} {_result(found, lang)}", style=style, soft_wrap=True)


def _markdown(found: "Register", lang: Lang, *, checked: bool) -> Iterator[str]:
    first, second = _headings(lang)
    yield f"# {SOURCES.get(lang)}\n\n{_result(found, lang)}\n"
    for text in _days(found):
        yield f"{text.get(lang)}\n"
    yield from _table(
        second,
        (
            [one.document.title.get(lang), *_document_row(one, lang, checked=checked)]
            for one in found.documents
        ),
    )
    yield from _table(first, ([one.process.key, *_process_row(one)] for one in found.processes))
    for one in found.processes:
        yield f"## {one.process.title.get(lang)} {one.process.key}\n"
        yield from (f"- {line}" for line in dict.fromkeys(_citation(c, lang) for c in one.citations))
        yield from (f"- {ASSUMED.format(what=text).get(lang)}" for text in one.assumed)
        yield ""
    yield from (f"- {problem.line(lang)}" for problem in found.problems)


def _table(headings: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|---" * len(headings) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
