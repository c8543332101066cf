"""`jianban engine cases`: cases by what they are and where they stand, or how many there are."""

from typing import Annotated, Any

import typer

from jianban.engine.commands.engine_database import check_name
from jianban.engine.commands.engine_lists import Asked, listing
from jianban.engine.commands.engine_telling import (
    CASE,
    LAMP,
    LIGHTS,
    STATUSES,
    iso,
    listed,
    named,
    tabulate,
)
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import choose, optional
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
    @listing(lang)
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
        *,
        asked: Asked,
    ) -> int:
        session: Session = ctx.obj
        from jianban.engine.deadlines import Light
        from jianban.engine.store.store import Status

        wanted: dict[str, Any] = {
            "status": choose(status, list(Status), "--status") if status is not None else None,
            "light": choose(light, list(Light), "--light") if light is not None else None,
            "process": process,
            "agency": agency,
            "role": role,
            "step": step,
            "subject": subject,
            "business_key": business_key,
            "now": asked.moment,
        }
        with asked.opened(session) as engine:
            for of, name in (("process", process), ("agency", agency), ("role", role), ("step", step)):
                check_name(engine, of, name)
            if count is not None:
                by = [] if count == ALL else [name for name in count.split(",") if name]
                counts = engine.count(*by, **wanted)
                if asked.json:
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
            page = engine.cases(**wanted, limit=asked.limit, after=asked.after)
        asked.tell(session, "cases", page, _plain, HEADINGS, _rows, NONE)
        return FINE


def _rows(case: Any) -> list[tuple[Any, ...]]:
    return [
        (
            case.id,
            case.process_title,
            case.end_title or STATUSES[case.status],
            listed(case.standing),
            case.deadline,
            case.light,
            case.subject,
            case.business_key,
        )
    ]


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
