"""`jianban engine due`: what is due when, and for whom."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import check_name
from jianban.engine.commands.engine_lists import Asked, listing
from jianban.engine.commands.engine_telling import (
    ANYONE,
    CASE,
    KINDS,
    LAMP,
    UNTIL,
    day,
    left,
    listed,
    names,
    plain_deadline,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import optional, read_date
from jianban.engine.commands.session import FINE, Session, UsageFailure, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "到期一览：哪些时限何日届满、由谁负责，最先届满的办件在前",
    "What is due when, and for whom: the dates of open cases, those due first on top",
)
LAST = Text("只列到这一天为止的", "Only up to this day")
ROLE = Text("只列由该角色负责的", "Only what those of this role must keep")
AGENCY = Text("只列与该部门有关的", "Only what concerns this agency")
PROCESS = Text("流程编号，可带 @版本", "A process, with its @version or without")
NOT_BOTH = Text("--role 与 --agency 只能给一个", "give --role or --agency, not both")
HEADINGS = (
    UNTIL,
    Text("剩余", "Left"),
    LAMP,
    Text("期限", "Date"),
    Text("何事", "Of"),
    Text("由谁", "For"),
    CASE,
    Text("流程", "Process"),
    Text("当事人", "Subject"),
)
NONE = Text("没有到期事项", "Nothing is due")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("due", cls=Command, help=SUMMARY.get(lang))
    @listing(lang)
    def command(
        ctx: typer.Context,
        until: Annotated[str | None, option(LAST, "YYYY-MM-DD")] = None,
        role: Annotated[str | None, option(ROLE, "ID")] = None,
        agency: Annotated[str | None, option(AGENCY, "ID")] = None,
        process: Annotated[str | None, option(PROCESS, "ID")] = None,
        *,
        asked: Asked,
    ) -> int:
        session: Session = ctx.obj
        if role is not None and agency is not None:
            raise UsageFailure(NOT_BOTH)
        last = read_date(until, "--until")
        with asked.opened(session) as engine:
            for of, name in (("role", role), ("agency", agency), ("process", process)):
                check_name(engine, of, name)
            page = engine.due(
                until=last,
                role=role,
                agency=agency,
                process=process,
                limit=asked.limit,
                after=asked.after,
                now=asked.moment,
            )
        asked.tell(session, "cases", page, _plain, HEADINGS, _rows, NONE)
        return FINE


def _rows(case: Any) -> list[tuple[Any, ...]]:
    return [
        (
            day(d.deadline),
            left(d.deadline),
            d.deadline.light,
            KINDS[d.deadline.kind],
            d.deadline.title,
            (names(d.persons) if d.persons else None)
            or (listed(r.title for r in d.deadline.roles) if d.deadline.roles else ANYONE),
            case.case,
            case.process_title,
            case.subject,
        )
        for d in case.dates
    ]


def _plain(case: Any) -> dict[str, Any]:
    return {
        "case": case.case,
        "process": case.process,
        "title": both(case.process_title),
        "business_key": case.business_key,
        "subject": case.subject,
        "status": case.status.value,
        "dates": [{**plain_deadline(d.deadline), "persons": list(d.persons)} for d in case.dates],
    }
