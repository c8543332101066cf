"""`jianban engine cases`: cases by what they are and where they stand, or how many there are."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import (
    after,
    calendar,
    check_name,
    db,
    limit,
    now,
    opened,
    read_now,
)
from jianban.engine.commands.engine_telling import (
    CASE,
    LAMP,
    LIGHTS,
    STATUSES,
    iso,
    listed,
    named,
    tabulate,
    tell_more,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, optional
from jianban.engine.commands.session import FINE, Session, both
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "按状态、流程、部门、步骤、当事人、业务主键或亮灯列出办件，或统计件数",
    "List cases by status, process, agency, step, subject, business key or light, or count them",
)
STATUS = Text("open 在办、suspended 中止或 ended 办结", "open, suspended or ended")
PROCESS = Text("流程编号，可带 @版本", "A process, with its @version or without")
AGENCY = Text("正由该部门办理的", "Those with something to do for this agency")
ROLE = Text("正由该角色办理的", "Those with something to do for this role")
STEP = Text("停在该步骤的", "Those that stand at this step")
SUBJECT = Text("当事人", "Whom they concern")
BUSINESS_KEY = Text("业务主键", "What other systems know them by")
LIGHT = Text("green 绿、yellow 黄（临期）或 red 红（逾期）", "green, yellow (near its end) or red (late)")
COUNT = Text(
    "只统计件数，按所列各项分组，如 process,state；可用 status、state（状态：在办环节、中止原因、办理结果）、"
    "process、end、subject、business_key、light、step、role、agency，all 为合计",
    "Only count, by status, state (the stage, why it is suspended, or the end), process, end, subject, "
    "business_key, light, step, role or agency, several with commas (process,state); or all together: all",
)
ALL = "all"
HEADINGS = (
    CASE,
    Text("流程", "Process"),
    Text("状态", "Status"),
    Text("现处", "At"),
    Text("最近期限", "Next date"),
    LAMP,
    Text("当事人", "Subject"),
    Text("业务主键", "Business key"),
)
GROUPS = {
    "status": Text("状态", "Status"),
    "state": Text("状态", "State"),
    "process": Text("流程", "Process"),
    "end": Text("结果", "End"),
    "subject": Text("当事人", "Subject"),
    "business_key": Text("业务主键", "Business key"),
    "light": LAMP,
    "step": Text("步骤", "Step"),
    "role": Text("角色", "Role"),
    "agency": Text("部门", "Agency"),
}
STATE = Text("{status}：{title}", "{status}: {title}")
NUMBER = Text("件数", "Cases")
NONE = Text("没有相符的办件", "No case matches")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("cases", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        status: Annotated[str | None, option(STATUS, "STATUS")] = None,
        process: Annotated[str | None, option(PROCESS, "ID")] = None,
        agency: Annotated[str | None, option(AGENCY, "ID")] = None,
        role: Annotated[str | None, option(ROLE, "ID")] = None,
        step: Annotated[str | None, option(STEP, "ID")] = None,
        subject: Annotated[str | None, option(SUBJECT, "NAME")] = None,
        business_key: Annotated[str | None, option(BUSINESS_KEY, "CODE")] = None,
        light: Annotated[str | None, option(LIGHT, "LIGHT")] = None,
        count: Annotated[str | None, option(COUNT, "BY")] = None,
        most: Annotated[int, limit(lang)] = 50,
        mark: Annotated[str | None, after(lang)] = None,
        at: Annotated[str | None, now(lang)] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        from jianban.engine.deadlines import Light
        from jianban.engine.store.store import Status

        moment = read_now(at)
        wanted: dict[str, Any] = {
            "status": choose(status, list(Status), "--status") if status is not None else None,
            "light": choose(light, list(Light), "--light") if light is not None else None,
            "process": process,
            "agency": agency,
            "role": role,
            "step": step,
            "subject": subject,
            "business_key": business_key,
            "now": moment,
        }
        with opened(session, database, days) as engine:
            for of, name in (("process", process), ("agency", agency), ("role", role), ("step", step)):
                check_name(engine, of, name)
            if count is not None:
                by = [] if count == ALL else [name for name in count.split(",") if name]
                counts = engine.count(*by, **wanted)
                if json:
                    session.write_json(
                        {
                            "counts": [
                                {
                                    "by": dict(c.by),
                                    "titles": {name: both(title) for name, title in c.titles.items()},
                                    "cases": c.count,
                                }
                                for c in counts
                            ]
                        }
                    )
                elif not counts:
                    session.write(session.say(NONE))
                else:
                    rows = [(*(_called(c, name) for name in by), c.count) for c in counts]
                    tabulate(session, [*(GROUPS[name] for name in by), NUMBER], rows)
                return FINE
            page = engine.cases(**wanted, limit=most, after=mark)
        if json:
            session.write_json({"cases": [_plain(c) for c in page], "after": page.after})
        elif not page.items:
            session.write(session.say(NONE))
        else:
            rows = [
                (
                    c.id,
                    c.process_title,
                    c.end_title or STATUSES[c.status],
                    listed(c.standing),
                    c.deadline,
                    c.light,
                    c.subject,
                    c.business_key,
                )
                for c in page
            ]
            tabulate(session, HEADINGS, rows)
            tell_more(session, page.after)
        return FINE


def _called(count: Any, name: str) -> Any:
    """What a value counted by is called, with the id that commands take for it."""
    value = count.by[name]
    if value is None:
        return None
    title = count.titles.get(name)
    match name:
        case "status":
            return STATUSES[value]
        case "light":
            return LIGHTS[value]
        case "state":
            status, _colon, id = value.partition(":")
            return STATE.format(status=STATUSES[status], title=title or id)
        case _:
            return named(title, value) if title is not None else value


def _plain(case: Any) -> dict[str, Any]:
    return {
        "case": case.id,
        "process": case.process,
        "title": both(case.process_title),
        "status": case.status.value,
        "end": case.end,
        "business_key": case.business_key,
        "subject": case.subject,
        "places": list(case.places),
        "opened_at": iso(case.opened_at),
        "at": iso(case.at),
        "deadline": iso(case.deadline),
        "light": case.light.value,
    }
