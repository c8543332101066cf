"""`jianban engine worker`: wakes cases whose time has come, and calls webhooks."""

import os
from typing import Annotated

import typer

from jianban.engine.commands.engine_database import calendar, db, opened
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session, UsageFailure
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "后台进程：到期的办件自动往下走，并按配置调用其他系统；可同时运行多个，收到 SIGTERM 后办完手头的再退出",
    "Run a worker: it moves cases whose time has come, and calls other systems. Any number may run; SIGTERM "
    "lets one finish what it has begun",
)
ONCE = Text("只办完现在到期的，然后退出", "Do what is due now, and end")
WEBHOOK = Text(
    "要调用的系统，可多次给出：名称=地址。签名密钥取环境变量 JIANBAN_WEBHOOK_名称（大写）",
    "A system to call, as often as needed: NAME=URL. JIANBAN_WEBHOOK_NAME (capitals) is the key that signs",
)
NOT_A_WEBHOOK = Text(
    "--webhook 应写作 名称=地址，而不是“{value}”", "--webhook must be NAME=URL, not “{value}”"
)
NO_SECRET = Text("未设置环境变量 {variable}（签名密钥）", "{variable}, the key that signs, is not set")
DONE = Text("办理了 {count} 项", "did {count} things")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("worker", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        once: Annotated[bool, typer.Option("--once", help=ONCE.get(lang))] = False,
        webhook: Annotated[
            list[str] | None, typer.Option(help=WEBHOOK.get(lang), metavar="NAME=URL", show_default=False)
        ] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        with opened(session, database, days) as engine:
            from jianban.engine.effects.webhook import Endpoint

            endpoints = {
                name: Endpoint(url=url, secret=secret) for name, url, secret in map(_read, webhook or [])
            }
            worker = engine.worker({}, webhooks=endpoints)
            if not once:
                worker.run()
                return FINE
            count = worker.once()
        if json:
            session.write_json({"done": count})
        else:
            session.write(session.say(DONE.format(count=count)))
        return FINE


def _read(value: str) -> tuple[str, str, str]:
    name, equals, url = value.partition("=")
    if not (name and equals and url):
        raise UsageFailure(NOT_A_WEBHOOK.format(value=value))
    variable = f"JIANBAN_WEBHOOK_{name.upper().replace('-', '_')}"
    secret = os.environ.get(variable)
    if not secret:
        raise UsageFailure(NO_SECRET.format(variable=variable))
    return name, url, secret
