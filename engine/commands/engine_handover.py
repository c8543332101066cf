"""`jianban engine handover`: another person becomes responsible for a case."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import (
    actor,
    ahead,
    calendar,
    check_roles,
    db,
    now,
    opened,
    read_actor,
    read_now,
)
from jianban.engine.commands.engine_fire import KEY, REASON, case_id, tell_answer
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, optional
from jianban.engine.commands.session import Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text("移交办件：改由他人负责", "Make another person responsible for a case")
TO = Text("接手人及其角色，如 li:registrar", "Who takes it over, and in which roles: li:registrar")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("handover", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[str, case_id(lang)],
        to: Annotated[str, option(TO, "PERSON:ROLE")],
        who: Annotated[str, actor(lang)],
        reason: Annotated[str, option(REASON, "TEXT")],
        key: Annotated[str | None, option(KEY, "KEY")] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        person, next_one, moment = read_actor(who), read_actor(to), read_now(at, yes_ahead)
        with opened(session, database, days) as engine:
            for each in (person, next_one):
                check_roles(engine, each)
            answer = engine.hand_over(case, to=next_one, actor=person, reason=reason, key=key, now=moment)
            return tell_answer(session, engine, case, answer, json)
