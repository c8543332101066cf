"""`jianban engine recalendar`: a notice of holidays has come out; the days of open cases are counted anew."""

from typing import Annotated

import typer

from jianban.engine.commands.engine_database import ahead, calendar, db, now, opened, read_now
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, FOUND, Session, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "放假通知公布后，按新的工作日历重算全部在办办件的期限；中断后再次运行即接着办，重复运行不再改动",
    "Count the days of all open cases by the present calendar, once a notice of holidays has come out; "
    "interrupted, run it again: it goes on, and changes nothing twice",
)
COUNTED = Text(
    "按新的工作日历重算 {cases} 件，其中 {moved} 件的期限有变（{dates} 项）",
    "{cases} cases are counted by the calendar now; dates moved in {moved} of them ({dates} dates)",
)
BECAUSE = Text("  {day}：影响 {dates} 项期限", "  {day} moved {dates} dates")
FAILED = Text("办件 {case} 未重算：{why}", "case {case} was not counted: {why}")
COUNTING = Text("正在重算期限", "Counting days anew")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("recalendar", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        days: Annotated[str | None, calendar(lang)] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        moment = read_now(at, yes_ahead)
        with opened(session, database, days) as engine, session.busy(COUNTING):
            found = engine.recalendar(now=moment)
        if json:
            session.write_json(
                {
                    "calendar": found.revision,
                    "cases": found.cases,
                    "moved": found.moved,
                    "dates": found.dates,
                    "because": [{"day": day.isoformat(), "dates": n} for day, n in found.because],
                    "failed": [{"case": case, "text": both(why)} for case, why in found.failed],
                }
            )
        else:
            say = session.say
            session.write(say(COUNTED.format(cases=found.cases, moved=found.moved, dates=found.dates)))
            for day, n in found.because:
                session.write(say(BECAUSE.format(day=day, dates=n)))
            for case, why in found.failed:
                session.write(say(FAILED.format(case=case, why=why)))
        return FOUND if found.failed else FINE
