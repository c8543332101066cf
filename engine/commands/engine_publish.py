"""`jianban engine publish`: a message to every case that waits for it."""

import json as documents
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import ahead, calendar, db, now, opened, read_now
from jianban.engine.commands.engine_migrate import plain_reason
from jianban.engine.commands.engine_telling import names
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, optional
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

SUMMARY = Text("向等待某消息的全部办件送达该消息", "Bring a message to every case that waits for it")
NAME = Text("消息名称", "The name of the message")
BUSINESS_KEY = Text(
    "只送达该业务主键的办件；默认为等待该消息的全部办件",
    "Only for the cases under this business key; by default for all that wait",
)
DATA = Text(
    "消息内容，可多次给出：result=passed 为文字，count:=3 为 JSON 值",
    "What it says, as often as needed: result=passed is text, count:=3 a value in JSON",
)
ID = Text(
    "消息编号；同一编号对一件办件只送达一次，可放心重试",
    "The id of the message: a case takes it once, so that it can be repeated safely",
)
KEEP = Text("保留天数，供其后才等待的办件", "For how many days it is kept for cases that begin to wait later")
NOT_DATA = Text(
    "“{value}”不是消息内容。请写作 名称=文字 或 名称:=JSON 值",
    "“{value}” is no part of a message. Write NAME=TEXT or NAME:=JSON",
)
TOOK = Text("消息 {id} 已送达 {n} 件：{cases}", "message {id}: {n} cases took it: {cases}")
NOBODY = Text("消息 {id}：没有办件收到", "message {id}: no case took it")
HELD = Text(
    "办件 {case} 已中止，恢复后送达", "case {case} is suspended: it gets the message when it is resumed"
)
REFUSED = Text("办件 {case} 未收：{text}", "case {case} did not take it: {text}")
PART = re.compile(r"([a-z][a-z0-9_]*)(:?)=(.*)", re.DOTALL)


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("publish", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        name: Annotated[str, typer.Argument(help=NAME.get(lang), metavar="NAME", show_default=False)],
        business_key: Annotated[str | None, option(BUSINESS_KEY, "CODE")] = None,
        data: Annotated[list[str] | None, option(DATA, "NAME=VALUE")] = None,
        id: Annotated[str | None, option(ID, "ID")] = None,
        keep: Annotated[
            int, typer.Option(help=KEEP.get(lang), metavar="DAYS", min=0, max=36500, show_default=False)
        ] = 0,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        said, moment = _data(data or ()), read_now(at, yes_ahead)
        with opened(session, database, days) as engine:
            done = engine.publish(
                name, key=business_key, data=said, id=id, keep=timedelta(days=keep), now=moment
            )
        if json:
            session.write_json(
                {
                    "message": done.id,
                    "delivered": list(done.delivered),
                    "held": list(done.held),
                    "refused": [{"case": case} | plain_reason(why) for case, why in done.refused],
                }
            )
            return FOUND if done.refused else FINE
        say = session.say
        cases = names(done.delivered)
        took = TOOK if done.delivered else NOBODY
        session.write(say(took.format(id=done.id, n=len(done.delivered), cases=cases)))
        for case in done.held:
            session.write(say(HELD.format(case=case)))
        for case, why in done.refused:
            session.write(say(REFUSED.format(case=case, text=why.text)))
        return FOUND if done.refused else FINE


def _data(parts: Iterable[str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for part in parts:
        match = PART.fullmatch(part)
        if match is None:
            raise UsageFailure(NOT_DATA.format(value=part))
        try:
            said[match[1]] = documents.loads(match[3]) if match[2] else match[3]
        except (ValueError, RecursionError):
            raise UsageFailure(NOT_DATA.format(value=part)) from None
    return said
