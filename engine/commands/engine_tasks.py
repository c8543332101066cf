"""`jianban engine tasks`: the work list of a person or a role."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import actor, check_name, check_roles, read_actor
from jianban.engine.commands.engine_lists import Asked, listing
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
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import optional
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
    @listing(lang)
    def command(
        ctx: typer.Context,
        who: Annotated[str | None, actor(lang)] = None,
        role: Annotated[str | None, optional(lang)(ROLE, "ID")] = None,
        *,
        asked: Asked,
    ) -> int:
        session: Session = ctx.obj
        if (who is None) == (role is None):
            raise UsageFailure(ONE)
        person = read_actor(who) if who is not None else None
        with asked.opened(session) as engine:
            check_name(engine, "role", role)
            if person is not None:
                check_roles(engine, person)
            page = engine.tasks(
                actor=person, role=role, limit=asked.limit, after=asked.after, now=asked.moment
            )
        asked.tell(session, "tasks", page, _plain, HEADINGS, _rows, NONE)
        return FINE


def _rows(task: Any) -> list[tuple[Any, ...]]:
    from jianban.engine.cases import placed

    nearest = task.deadlines[0] if task.deadlines else None
    by = names(task.persons) if task.persons else listed(named(r.title, r.id) for r in task.roles)
    return [
        (
            task.case,
            task.process_title,
            placed(task.title, task.place, task.step),
            by if task.persons or task.roles else ANYONE,
            day(nearest) if nearest is not None else None,
            left(nearest) if nearest is not None else None,
            task.light,
            task.subject,
        )
    ]


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
