"""`jianban engine fire`: let an event happen in a case."""

from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.answers import read_facts, typed
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
from jianban.engine.commands.engine_start import DATA
from jianban.engine.commands.engine_telling import (
    plain_case,
    plain_entry,
    plain_refusal,
    refused,
    stands,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, FOUND, Session
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.engine.engine import Answer, Engine
    from jianban.engine.refusals import Refusal

SUMMARY = Text(
    "办理一个事项；不能办理时说明是哪条规则不允许，不写入任何内容",
    "Let an event happen in a case; when a rule refuses it, tell which, and write nothing",
)
CASE = Text("办件编号", "The id of the case")
EVENT = Text(
    "事项编号，或 步骤.事项（该事项可在多个步骤办理时）",
    "The event, or STEP.EVENT where it is possible at several steps",
)
KEY = Text(
    "幂等键：重试时给同一个键，不会重复办理", "A key of idempotency: the same key again does nothing twice"
)
AT = Text("步骤，或 步骤[清单项]", "The step, or STEP[ITEM] inside a list")
REASON = Text("理由", "The reason")
DONE = Text("已办理（第 {seq} 条记录），现处：{places}", "done (entry {seq}); it stands at {places}")
ENDED = Text("已办理（第 {seq} 条记录），办结：{end}", "done (entry {seq}); the case ended: {end}")
REPEATED = Text("此前已办理过，未重复写入", "it had been done before; nothing was written again")


def case_id(lang: Lang) -> typer.models.ArgumentInfo:
    return typer.Argument(help=CASE.get(lang), metavar="CASE", show_default=False)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("fire", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[str, case_id(lang)],
        event: Annotated[str, typer.Argument(help=EVENT.get(lang), metavar="EVENT", show_default=False)],
        who: Annotated[str, actor(lang)],
        data: Annotated[
            list[str] | None, typer.Option(help=DATA.get(lang), metavar="NAME=VALUE", show_default=False)
        ] = None,
        place: Annotated[
            str | None, typer.Option("--at", help=AT.get(lang), metavar="STEP", show_default=False)
        ] = None,
        reason: Annotated[str, typer.Option(help=REASON.get(lang), metavar="TEXT", show_default=False)] = "",
        key: Annotated[
            str | None, typer.Option(help=KEY.get(lang), metavar="KEY", show_default=False)
        ] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        facts, moment, person = read_facts(data or []), read_now(at, yes_ahead), read_actor(who)
        with opened(session, database, days) as engine:
            fields = engine.case(case).flow.process.fields
            check_roles(engine, person)
            answer = engine.fire(
                case,
                event,
                actor=person,
                data=typed(facts, fields),
                at=place,
                reason=reason,
                key=key,
                now=moment,
            )
            return tell_answer(session, engine, case, answer, json)


def tell_answer(session: Session, engine: "Engine", case: str, answer: "Answer | Refusal", json: bool) -> int:
    """Tell what a command has done in a case, or what refuses it."""
    from jianban.engine.planning import plan_of
    from jianban.engine.refusals import Refusal

    if isinstance(answer, Refusal):
        if json:
            session.write_json({"case": case, "entry": None, "refusal": plain_refusal(answer)})
        else:
            session.write(refused(session, answer))
        return FOUND
    found = engine.case(case)
    if json:
        (entry,) = (e for e in engine.entries(case, answer.seq - 1) if e.seq == answer.seq)
        plain = plain_entry(plan_of(found.flow), entry)
        session.write_json(
            {**plain_case(found), "entry": plain, "repeated": answer.repeated, "refusal": None}
        )
        return FINE
    if answer.repeated:
        session.write(session.say(REPEATED))
    end = found.end
    if end is not None:
        session.write(session.say(ENDED.format(seq=answer.seq, end=end.title)))
    else:
        session.write(session.say(DONE.format(seq=answer.seq, places=stands(found))))
    return FINE
