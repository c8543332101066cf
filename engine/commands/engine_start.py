"""`jianban engine start`: open a case."""

from typing import Annotated

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
from jianban.engine.commands.engine_telling import plain_case, plain_refusal, refused, stands
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, reference
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "发起一件办件。任何人都可以发起：不写角色、或写申请人角色的，即成为本件的申请人",
    "Open a case. Anybody may: who gives no role, or the applicant's, is its applicant from then on",
)
DATA = Text(
    "办件数据，可多次给出，如 debts=settled；清单用逗号分隔，金额以元计",
    "A fact of the case, as often as needed, e.g. debts=settled; lists with commas, money in yuan",
)
KEY = Text(
    "幂等键：重试时给同一个键，不会重复发起", "A key of idempotency: the same key again opens nothing twice"
)
ID = Text("办件编号；默认自动编号", "The id of the case; by default a new one")
BUSINESS_KEY = Text(
    "业务主键：项目代码、统一社会信用代码等", "What other systems know it by: a project or credit code"
)
SUBJECT = Text("当事人", "Whom the case concerns")
REASON = Text("说明", "A reason")
ASSIGN = Text(
    "本件中某角色由某人担任，可多次给出，如 registrar=wang",
    "A role that belongs to somebody in this case, as often as needed, e.g. registrar=wang",
)
NOT_ASSIGNED = Text(
    "“{value}”应写作 角色=人，如 registrar=wang", "“{value}” must be ROLE=PERSON, e.g. registrar=wang"
)
OPENED = Text("已发起办件 {case}，现处：{places}", "opened case {case}; it stands at {places}")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("start", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        who: Annotated[str, actor(lang)],
        data: Annotated[
            list[str] | None, typer.Option(help=DATA.get(lang), metavar="NAME=VALUE", show_default=False)
        ] = None,
        key: Annotated[
            str | None, typer.Option(help=KEY.get(lang), metavar="KEY", show_default=False)
        ] = None,
        id: Annotated[str | None, typer.Option(help=ID.get(lang), metavar="ID", show_default=False)] = None,
        business_key: Annotated[
            str | None, typer.Option(help=BUSINESS_KEY.get(lang), metavar="CODE", show_default=False)
        ] = None,
        subject: Annotated[
            str | None, typer.Option(help=SUBJECT.get(lang), metavar="NAME", show_default=False)
        ] = None,
        reason: Annotated[str, typer.Option(help=REASON.get(lang), metavar="TEXT", show_default=False)] = "",
        assign: Annotated[
            list[str] | None, typer.Option(help=ASSIGN.get(lang), metavar="ROLE=PERSON", show_default=False)
        ] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        facts, bound, moment = read_facts(data or []), _assignments(assign or []), read_now(at, yes_ahead)
        person = read_actor(who)
        flow = load_flow(session, process)
        with opened(session, database, days) as engine:
            from jianban.engine.refusals import Refused

            check_roles(engine, person, flow)
            try:
                case = engine.start(
                    flow,
                    actor=person,
                    data=typed(facts, flow.process.fields),
                    key=key,
                    id=id,
                    business_key=business_key,
                    subject=subject,
                    reason=reason,
                    assignments=bound or None,
                    now=moment,
                )
            except Refused as error:
                if json:
                    session.write_json({"case": None, "refusal": plain_refusal(error.refusal)})
                else:
                    session.write(refused(session, error.refusal))
                return FOUND
        if json:
            session.write_json({**plain_case(case), "refusal": None})
        else:
            session.write(session.say(OPENED.format(case=case.id, places=stands(case))))
        return FINE


def _assignments(texts: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in texts:
        role, equals, person = text.partition("=")
        if not (role and equals and person):
            raise UsageFailure(NOT_ASSIGNED.format(value=text))
        found.setdefault(role, []).append(person)
    return found
