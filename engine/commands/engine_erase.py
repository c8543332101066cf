"""`jianban engine erase`: personal data taken out of stored cases for good."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import (
    actor,
    ahead,
    calendar,
    db,
    now,
    opened,
    read_actor,
    read_now,
)
from jianban.engine.commands.engine_fire import REASON
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, optional
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "删除个人信息，不可恢复；记录中保留删除的人、时间和理由",
    "Erase personal data for good; the record says who erased it, when and why",
)
CASE = Text("该办件中的", "In this case")
SUBJECT = Text("该当事人各办件中的", "In all cases of this subject")
OWNER = Text("由该人提供的", "What this person brought")
ERASED = Text("已删除办件 {case} 中的个人信息（第 {seq} 条记录）", "erased in case {case} (entry {seq})")
NOTHING = Text("没有可删除的个人信息", "there was nothing to erase")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("erase", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        who: Annotated[str, actor(lang)],
        reason: Annotated[str, option(REASON, "TEXT")],
        case: Annotated[str | None, option(CASE, "CASE")] = None,
        subject: Annotated[str | None, option(SUBJECT, "NAME")] = None,
        owner: Annotated[str | None, option(OWNER, "PERSON")] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        person, moment = read_actor(who), read_now(at, yes_ahead)
        with opened(session, database, days) as engine:
            done = engine.erase(
                case=case, subject=subject, owner=owner, actor=person, reason=reason, now=moment
            )
        if json:
            session.write_json({"erased": [{"case": a.case, "entry": a.seq} for a in done]})
            return FINE
        for answer in done:
            session.write(session.say(ERASED.format(case=answer.case, seq=answer.seq)))
        if not done:
            session.write(session.say(NOTHING))
        return FINE
