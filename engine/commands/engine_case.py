"""`jianban engine case`: one case: where it stands, its dates, its record."""

from datetime import date
from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import calendar, db, now, opened, read_now
from jianban.engine.commands.engine_fire import case_id
from jianban.engine.commands.engine_telling import (
    KINDS,
    LAMP,
    STATUSES,
    UNTIL,
    day,
    left,
    plain_case,
    plain_deadline,
    plain_entry,
    stands,
    tabulate,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text("查看一件办件：现处何处、各项期限、办理记录", "A case: where it stands, its dates, its record")
STATUS = Text("{status}，现处：{places}", "{status}, at {places}")
ENDED = Text("办结：{end}", "ended: {end}")
OPENED = Text("发起时间", "Opened")
SUBJECT = Text("当事人", "Subject")
BUSINESS_KEY = Text("业务主键", "Business key")
COLON = Text("：", ": ")
DATES = (
    Text("期限", "Date"),
    Text("何事", "Of"),
    UNTIL,
    Text("剩余", "Left"),
    LAMP,
)
RECORD = (
    Text("序号", "No."),
    Text("时间", "Time"),
    Text("办理人", "By"),
    Text("何事", "What"),
    Text("步骤", "Step"),
    Text("理由", "Reason"),
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("case", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[str, case_id(lang)],
        at: Annotated[str | None, now(lang)] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        moment = read_now(at)
        with opened(session, database, days) as engine:
            from jianban.engine.deadlines import deadlines
            from jianban.engine.exports.trace import MOVED, UNSEEN
            from jianban.engine.planning import plan_of

            found = engine.case(case)
            plan = plan_of(found.flow)
            dates = deadlines(plan, engine.calendar, found.state, engine.now(moment))
            traces = [*engine.traces([case], personal=True)]
            entries = [plain_entry(plan_of(engine.library.by_hash(e.definition)), e) for e in found.entries]
        if json:
            session.write_json(
                {
                    **plain_case(found),
                    "data": {n: _plain(v) for n, v in found.data.items()},
                    "deadlines": [plain_deadline(d) for d in dates],
                    "entries": entries,
                }
            )
            return FINE
        say = session.say
        end = found.end
        status = (
            ENDED.format(end=end.title)
            if end is not None
            else STATUS.format(status=STATUSES[found.status], places=stands(found))
        )
        session.write(f"{found.id}  {say(found.flow.process.title)} ({found.process})")
        session.write(say(status))
        for title, value in (
            (OPENED, f"{found.opened_at:%Y-%m-%d %H:%M}"),
            (SUBJECT, found.subject),
            (BUSINESS_KEY, found.business_key),
        ):
            if value:
                session.write(f"{say(title)}{say(COLON)}{value}")
        if dates:
            session.write("")
            rows = [(KINDS[d.kind], d.title, day(d), left(d), d.light) for d in dates]
            tabulate(session, DATES, rows)
        session.write("")
        happenings = [h for trace in traces for h in trace.happenings() if h.record.kind not in UNSEEN]
        record = [
            (
                h.id,
                f"{h.record.at:%Y-%m-%d %H:%M}",
                h.record.actor,
                h.exit if h.record.kind in MOVED else h.activity,
                h.step,
                h.record.reason,
            )
            for h in happenings
        ]
        tabulate(session, RECORD, record)
        return FINE


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
