"""`jianban engine options`: what may happen next in a case, by whom, until when; and why not."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import (
    actor,
    calendar,
    check_roles,
    db,
    now,
    opened,
    read_actor,
    read_now,
)
from jianban.engine.commands.engine_fire import case_id
from jianban.engine.commands.engine_telling import ANYONE, UNTIL, listed, named, plain_offer, tabulate
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "列出下一步可以办什么、由谁办、截止何日；不能办的说明原因",
    "What may happen next in a case, by whom and until when; and why what may not is refused",
)
HEADINGS = (
    Text("事项", "Event"),
    Text("名称", "Title"),
    Text("步骤", "Step"),
    Text("办理", "By"),
    UNTIL,
    Text("不能办理的原因", "Refused because"),
)
NOTHING = Text("没有可办的事项", "Nothing may happen")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("options", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[str, case_id(lang)],
        who: Annotated[str | None, actor(lang)] = None,
        at: Annotated[str | None, now(lang)] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        person, moment = read_actor(who) if who is not None else None, read_now(at)
        with opened(session, database, days) as engine:
            if person is not None:
                check_roles(engine, person)
            offers = engine.options(case, actor=person, others=True, now=moment)
        if json:
            session.write_json({"case": case, "offers": [plain_offer(o) for o in offers]})
        elif not offers:
            session.write(session.say(NOTHING))
        else:
            rows = [
                (
                    o.event,
                    o.title,
                    named(o.step_title, o.place) if o.step_title is not None and o.place else o.place,
                    o.responsible or (listed(named(r.title, r.id) for r in o.roles) if o.roles else ANYONE),
                    o.deadline,
                    o.refusal.text if o.refusal is not None else None,
                )
                for o in offers
            ]
            tabulate(session, HEADINGS, rows)
        return FINE
