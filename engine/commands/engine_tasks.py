"""`jianban engine tasks`: the work list of a person or a role."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import (
    actor,
    after,
    calendar,
    check_name,
    check_roles,
    db,
    limit,
    now,
    opened,
    read_actor,
    read_now,
)
from jianban.engine.commands.engine_telling import (
    ANYONE,
    CASE,
    LAMP,
    UNTIL,
    day,
    iso,
    left,
    listed,
    named,
    names,
    plain_deadline,
    tabulate,
    tell_more,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session, UsageFailure, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "待办事项：某人或某角色要办的步骤，最先到期的在前",
    "The work list of a person or a role: steps to do, what is due first on top",
)
ROLE = Text("角色：列出具有该角色的人可办的全部步骤", "A role: every step that somebody of it may do")
ONE = Text("请给出 --as 或 --role 之一", "give --as or --role, one of them")
HEADINGS = (
    CASE,
    Text("流程", "Process"),
    Text("步骤", "Step"),
    Text("办理", "By"),
    UNTIL,
    Text("剩余", "Left"),
    LAMP,
    Text("当事人", "Subject"),
)
NONE = Text("没有待办事项", "Nothing is to do")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("tasks", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        who: Annotated[str | None, actor(lang)] = None,
        role: Annotated[
            str | None, typer.Option(help=ROLE.get(lang), metavar="ID", show_default=False)
        ] = None,
        most: Annotated[int, limit(lang)] = 50,
        mark: Annotated[str | None, after(lang)] = None,
        at: Annotated[str | None, now(lang)] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        if (who is None) == (role is None):
            raise UsageFailure(ONE)
        person, moment = read_actor(who) if who is not None else None, read_now(at)
        with opened(session, database, days) as engine:
            check_name(engine, "role", role)
            if person is not None:
                check_roles(engine, person)
            page = engine.tasks(actor=person, role=role, limit=most, after=mark, now=moment)
        if json:
            session.write_json({"tasks": [_plain(t) for t in page], "after": page.after})
        elif not page.items:
            session.write(session.say(NONE))
        else:
            rows = [
                (
                    t.case,
                    t.process_title,
                    t.title if t.place == t.step else f"{session.say(t.title)} {t.place[len(t.step) :]}",
                    names(t.persons)
                    if t.persons
                    else (listed(named(r.title, r.id) for r in t.roles) if t.roles else ANYONE),
                    day(t.deadlines[0]) if t.deadlines else None,
                    left(t.deadlines[0]) if t.deadlines else None,
                    t.light,
                    t.subject,
                )
                for t in page
            ]
            tabulate(session, HEADINGS, rows)
            tell_more(session, page.after)
        return FINE


def _plain(task: Any) -> dict[str, Any]:
    return {
        "case": task.case,
        "process": task.process,
        "process_title": both(task.process_title),
        "business_key": task.business_key,
        "subject": task.subject,
        "status": task.status.value,
        "place": task.place,
        "title": both(task.title),
        "by": [r.id for r in task.roles],
        "persons": list(task.persons),
        "since": iso(task.since),
        "due": iso(task.due),
        "light": task.light.value,
        "deadlines": [plain_deadline(d) for d in task.deadlines],
    }
