"""`jianban staff`: whether a list of people can work a process."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, reference
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure, both
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.files import read_csv, reason
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "检查人员名单能否办理一个流程：有没有无人担任的角色、是否做得到回避、缺了谁就办不下去",
    "Whether a list of people can work a process: roles that nobody has, duties that cannot be kept apart, "
    "people without whom work stops",
)
LIST = Text(
    "CSV 人员名单，每行一人：姓名或编号,角色,角色…",
    "A list of people in CSV, a line for each: name or id, role, role …",
)
UNREADABLE = Text(
    "不能读取人员名单“{file}”（{why}）。请给出 UTF-8 或 GB18030 编码的 CSV 文件",
    "the list of people “{file}” cannot be read ({why}). Give a CSV file in UTF-8 or GB18030",
)
LINE = Text("{message}。{remedy}", "{message}. {remedy}")
ENOUGH = Text("{process}：名单所列 {n} 人可以办理", "{process}: the {n} on the list can work it")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("staff", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        people: Annotated[Path, typer.Argument(help=LIST.get(lang), metavar="FILE")],
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        flow = load_flow(session, process)
        staff = read_people(people)

        from jianban.engine.staffing import staffing

        found = staffing(flow, staff)
        if session.json:
            session.write_json(
                {
                    "process": flow.process.key,
                    "findings": [
                        {
                            "kind": f.kind.value,
                            "severity": f.severity.value,
                            "message": both(f.message),
                            "remedy": both(f.remedy),
                            "steps": f.steps,
                            "roles": f.roles,
                            "people": f.people,
                        }
                        for f in found
                    ],
                }
            )
        for f in () if session.json else found:
            session.write(session.say(LINE.format(message=f.message, remedy=f.remedy)))
        if not found and not session.json:
            session.write(session.say(ENOUGH.format(process=flow.process.key, n=len(staff))))
        return FOUND if any(f.severity is Severity.ERROR for f in found) else FINE


def read_people(file: Path) -> dict[str, tuple[str, ...]]:
    """Person → roles; several lines of one person add up.

    Raises:
        UsageFailure: the file cannot be read.
    """
    people: dict[str, tuple[str, ...]] = {}
    try:
        for _line, (person, *roles) in read_csv(file):
            if person:
                people[person] = (*people.get(person, ()), *(r for r in roles if r))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageFailure(UNREADABLE.format(file=file, why=reason(error))) from None
    return people
