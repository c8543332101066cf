"""`jianban list`: the processes of the catalogue."""

from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import BAD_INPUT, FINE, Session, both, finding
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.language.model import Process

SUMMARY = Text("列出流程目录中的流程", "List the processes of the catalogue")
SUBJECT = Text("只列编号以此开头的流程，如 deregistration", "Only ids that begin so, e.g. deregistration")
HEADINGS = (
    Text("编号", "Id"),
    Text("版本", "Version"),
    Text("名称", "Title"),
    Text("施行时间", "In force"),
    Text("环节", "Stages"),
)
SINCE = Text("{start}起", "from {start}")
BETWEEN = Text("{start}至{end}", "{start} to {end}")
UNTIL = Text("至{end}", "until {end}")
UNBROKEN = 1000
"""Columns of a list that goes to a file or a pipe, so that `grep` finds each process on one line."""
NONE = Text("没有相符的流程。{remedy}", "No process matches. {remedy}")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("list", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        subject: Annotated[
            str, typer.Argument(help=SUBJECT.get(lang), metavar="SUBJECT", show_default=False)
        ] = "",
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        processes: list[Process] = []
        problems: list[Problem] = []
        for key in session.catalogue.index:
            if key.startswith(subject):
                try:
                    processes.append(session.catalogue.load(key))
                except DefinitionError as error:
                    problems += [problem for problem in error.problems if problem not in problems]
        if session.json:
            entries = [_entry(process) for process in processes]
            session.write_json({"processes": entries, "findings": [finding(p, lang) for p in problems]})
        else:
            if processes:
                _print(session, processes)
            elif not problems:
                session.write(session.say(NONE.format(remedy=_meant(session, subject))))
            session.write_problems(problems)
        return BAD_INPUT if problems else FINE


def _meant(session: Session, subject: str) -> Text:
    """The subject or process that a misspelt one stands for, or else all subjects."""
    from jianban.workflows.language.spelling import nearest
    from jianban.workflows.language.validation import suggestion

    ids = {key.partition("@")[0] for key in session.catalogue.index}
    subjects = {id_.partition("/")[0] for id_ in ids}
    return suggestion(nearest(subject, ids | subjects), subjects)


def _entry(process: "Process") -> dict[str, object]:
    start, end = process.in_force_from, process.in_force_to
    return {
        "process": process.id,
        "version": process.version,
        "title": both(process.title),
        "in_force": {
            "from": start.isoformat() if start else None,
            "to": end.isoformat() if end else None,
        },
        "variant_of": process.variant_of,
        "stages": _stages(process),
    }


def _print(session: Session, processes: list["Process"]) -> None:
    """The processes, below the title of their subject where there are several."""
    from rich.table import Table

    from jianban.workflows.language.subjects import subject_of, subject_titles

    titles = subject_titles(session.catalogue)
    several = len({subject_of(process) for process in processes}) > 1
    above = None
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in HEADINGS:
        right = heading is HEADINGS[-1]
        table.add_column(session.say(heading), justify="right" if right else "left", overflow="fold")
    for process in processes:
        subject = subject_of(process)
        if several and subject != above:
            above = subject
            heading = session.say(titles[subject]) if subject in titles else subject
            table.add_row(heading, style="bold")
        title, when = process.title.get(session.lang), in_force(process, session.lang)
        table.add_row(process.id, process.version, title, when, str(_stages(process)))
    if not session.console.is_terminal:
        session.console.width = UNBROKEN
    session.console.print(table)


def _stages(process: "Process") -> int:
    """The number of stages up to the decision, as the measure of that name counts them."""
    return sum(not stage.after_decision for stage in process.stages)


def in_force(process: "Process", lang: Lang) -> str:
    """The dates between which a process is in force, in words; empty when it states none."""
    start, end = process.in_force_from, process.in_force_to
    if start is None and end is None:
        return ""
    words = UNTIL if start is None else SINCE if end is None else BETWEEN
    return words.format(start=start, end=end).get(lang)
