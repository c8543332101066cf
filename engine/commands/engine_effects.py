"""`jianban engine effects`: what goes out of cases, and what became of it."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import calendar, db, limit, opened
from jianban.engine.commands.engine_telling import KEY, iso, names, tabulate, tell_more
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, optional
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "列出发出的通知、征询、公告和系统调用及其结果；失败的可以重新发出",
    "What goes out of cases (notices, questions, calls) and what became of it; failed ones can run again",
)
STATUS = Text(
    "pending 待发、queued 排队、running 正在发、done 已发或 failed 失败",
    "pending, queued, running, done or failed",
)
CASE = Text("只列该办件的", "Only those of this case")
AFTER = Text("接着上一页列出：上一页最后一项的编号", "Go on after a page: the key that it ended with")
RETRY = Text("重新发出这一项（用尽重试次数的）", "Carry this one out again, which was given up")
AGAIN = Text("{key} 将重新发出", "{key} will be carried out again")
NOT_FAILED = Text(
    "{key} 没有失败，不需要重新发出", "{key} was not given up: there is nothing to carry out again"
)
RETRY_ALONE = Text("--retry 不与其他筛选同用", "--retry goes with no other choice")
STATUSES = {
    "pending": Text("待发", "pending"),
    "queued": Text("排队", "queued"),
    "running": Text("正在发", "running"),
    "done": Text("已发", "done"),
    "failed": Text("失败", "failed"),
}
HEADINGS = (
    KEY,
    Text("类别", "Kind"),
    Text("发给", "To"),
    Text("内容", "What"),
    Text("结果", "Status"),
    Text("次数", "Attempts"),
    Text("错误", "Error"),
)
NONE = Text("没有相符的", "None matches")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("effects", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        status: Annotated[str | None, option(STATUS, "STATUS")] = None,
        case: Annotated[str | None, option(CASE, "CASE")] = None,
        retry: Annotated[str | None, option(RETRY, "KEY")] = None,
        most: Annotated[int, limit(lang)] = 50,
        mark: Annotated[str | None, option(AFTER, "KEY")] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        from jianban.engine.effects.rows import EffectStatus
        from jianban.engine.pages import check_limit

        check_limit(most)
        if retry is not None and (status is not None or case is not None):
            raise UsageFailure(RETRY_ALONE)
        wanted = choose(status, list(EffectStatus), "--status") if status is not None else None
        with opened(session, database, days) as engine:
            if retry is not None:
                again = engine.retry(retry)
                if json:
                    session.write_json({"effect": retry, "retried": again})
                else:
                    session.write(session.say((AGAIN if again else NOT_FAILED).format(key=retry)))
                return FINE if again else FOUND
            found = engine.effects(status=wanted, case=case, after=mark, limit=most + 1)
        shown = found[:most]
        after = shown[-1].key if len(found) > most else None
        if json:
            session.write_json({"effects": [_plain(o) for o in shown], "after": after})
        elif not shown:
            session.write(session.say(NONE))
        else:
            rows = [
                (
                    o.key,
                    o.effect.kind.value,
                    names(o.effect.persons) if o.effect.persons else o.effect.to,
                    o.effect.text,
                    STATUSES[o.status.value],
                    o.attempts,
                    o.error,
                )
                for o in shown
            ]
            tabulate(session, HEADINGS, rows)
            tell_more(session, after)
        return FINE


def _plain(outgoing: Any) -> dict[str, Any]:
    o = outgoing
    return {
        "key": o.key,
        "case": o.case,
        "process": o.process,
        "kind": o.effect.kind.value,
        "to": o.effect.to,
        "persons": list(o.effect.persons),
        "text": both(o.effect.text),
        "place": o.effect.place,
        "at": iso(o.at),
        "status": o.status.value,
        "attempts": o.attempts,
        "error": o.error,
        "done_at": iso(o.done_at),
    }
