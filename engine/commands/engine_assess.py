"""`jianban engine assess`: how offices kept their limits in a period, and their score."""

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jianban.engine.commands.engine_database import calendar, db, now, opened, read_now
from jianban.engine.commands.engine_telling import listed, named, names, tabulate
from jianban.engine.commands.files import write_file
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import OUTPUT, as_json, choose, optional, read_date
from jianban.engine.commands.session import FINE, Session, UsageFailure, both
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.engine.assessment import Assessed, Assessment
    from jianban.engine.tallies import Tally

SUMMARY = Text(
    "督查考核：一段时间内各部门办结是否按时、红黄灯、默示同意、补正、上报，并按标准评分",
    "How offices kept their limits in a period: steps in time and late, lights, silence, corrections, "
    "escalations, and a score",
)
FROM = Text("第一日", "The first day")
TO = Text("最后一日；默认为今天", "The last day; by default today")
BY = Text(
    "按 agency 部门、role 角色或 process 流程；默认按部门", "By agency, role or process; by default by agency"
)
POLICY = Text(
    "扣分标准文件（见 docs/reference/assessment.md）；默认为流程目录所带的",
    "A file of weights (docs/reference/assessment.md); by default the one of the catalogue",
)
FORMAT = Text("table 表格（默认）或 csv", "table (by default) or csv")
FORMATS = ("table", "csv")
ONLY_CSV = Text("-o 与 --format csv 同用", "-o goes with --format csv")
COUNTING = Text("正在统计办理记录", "Reading the records")
TITLE = Text("{since} 至 {until}，{policy}", "{since} to {until}, {policy}")
PARTLY = Text(
    "以下办件有个人信息已删除，只统计了删除之后的部分：{cases}",
    "of these cases only what followed an erasure of personal data is counted: {cases}",
)
NONE = Text("这段时间没有可考核的办件", "Nothing happened in this period that is assessed")
POINTS = Text("{what} {points}", "{what} {points}")
DEDUCTIONS: Mapping[str, Text] = {
    "late": Text("逾期办结", "late"),
    "promise": Text("承诺未兑现", "broken promises"),
    "deemed": Text("默示同意", "silence"),
    "repeated": Text("多次补正", "repeated corrections"),
    "escalated": Text("逾期上报", "escalations"),
    "red": Text("红灯", "red"),
    "yellow": Text("黄灯", "yellow"),
}
COLUMNS: Mapping[str, Text] = {
    "office": Text("对象", "Office"),
    "cases": Text("经办", "Cases"),
    "steps": Text("办结步骤", "Steps"),
    "in_time": Text("按时", "In time"),
    "late": Text("逾期", "Late"),
    "broken": Text("承诺未兑现", "Promises broken"),
    "mean_use": Text("时限平均使用", "Mean use"),
    "deemed": Text("默示同意", "Silence"),
    "corrections": Text("补正通知", "Corrections"),
    "repeated": Text("多次补正", "Repeated"),
    "escalations": Text("上报", "Escalations"),
    "open": Text("在办", "Open"),
    "yellow": Text("黄灯", "Yellow"),
    "red": Text("红灯", "Red"),
    "deductions": Text("扣分", "Deductions"),
    "score": Text("得分", "Score"),
}
PERCENT = 100


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("assess", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        since: Annotated[str, option(FROM, "YYYY-MM-DD", "--from")],
        until: Annotated[str | None, option(TO, "YYYY-MM-DD", "--to")] = None,
        by: Annotated[str, option(BY, "BY")] = "agency",
        policy: Annotated[Path | None, option(POLICY, "FILE")] = None,
        form: Annotated[str, option(FORMAT, "FORMAT", "--format")] = FORMATS[0],
        output: Annotated[Path | None, option(OUTPUT, "FILE", "--output", "-o")] = None,
        at: Annotated[str | None, now(lang)] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        first, last, moment = read_date(since, "--from"), read_date(until, "--to"), read_now(at)
        wanted = choose(form, FORMATS, "--format")
        if output is not None and wanted != "csv":
            raise UsageFailure(ONLY_CSV)
        assert first is not None, "it is required"
        with opened(session, database, days) as engine, session.busy(COUNTING):
            last = last or engine.now(moment).date()
            found = engine.assessment(first, last, by=by, policy=policy, now=moment)
        if json:
            session.write_json(_plain(found))
        elif wanted == "csv":
            text = _csv(found, lang).encode()
            if output is not None:
                write_file(output, [text])
            else:
                session.write_bytes(text)
        else:
            _print(session, found)
        return FINE


def _print(session: Session, found: "Assessment") -> None:
    if not found.assessed:
        session.write(session.say(NONE))
        return
    session.write(session.say(TITLE.format(since=found.since, until=found.until, policy=found.policy)))
    rows = [[cell or None for cell in _cells(each).values()] for each in found.assessed]
    tabulate(session, COLUMNS.values(), rows)
    if found.partly:
        session.write(session.say(PARTLY.format(cases=names(found.partly))))


def _cells(assessed: "Assessed") -> dict[str, object]:
    """What a person reads of an office, by column; nothing where there is none."""
    taken = [
        POINTS.format(what=DEDUCTIONS[name], points=_points(points))
        for name, points in assessed.deductions.items()
        if points
    ]
    numbers = _numbers(assessed.tally)
    use = assessed.tally.mean_use
    own = {
        "office": named(assessed.tally.title, assessed.id),
        "mean_use": None if use is None else f"{_rounded(use * PERCENT, 0):.0f}%",
        "deductions": listed(taken) if taken else None,
        "score": _points(assessed.score),
    }
    return {name: own[name] if name in own else numbers[name] for name in COLUMNS}


def _csv(found: "Assessment", lang: Lang) -> str:
    """For spreadsheets, with the byte order mark that they need."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading.get(lang) for heading in COLUMNS.values()])
    for assessed in found.assessed:
        cells = _cells(assessed).values()
        writer.writerow(["" if c is None else c.get(lang) if isinstance(c, Text) else str(c) for c in cells])
    return "\ufeff" + out.getvalue()


def _plain(found: "Assessment") -> dict[str, Any]:
    return {
        "from": found.since.isoformat(),
        "to": found.until.isoformat(),
        "by": found.by,
        "policy": both(found.policy),
        "assessed": [
            {
                "id": a.id,
                "title": both(a.tally.title),
                **_numbers(a.tally),
                "mean_use": None if a.tally.mean_use is None else _rounded(a.tally.mean_use, 4),
                "rates": {name: _rounded(rate, 4) for name, rate in a.tally.rates().items()},
                "deductions": {name: _rounded(points, 2) for name, points in a.deductions.items()},
                "score": _rounded(a.score, 2),
            }
            for a in found.assessed
        ],
        "partly": list(found.partly),
    }


def _numbers(tally: "Tally") -> dict[str, int]:
    t = tally
    return {
        "cases": t.cases,
        "steps": t.steps,
        "limited": t.limited,
        "in_time": t.limited - t.late,
        "late": t.late,
        "promised": t.promised,
        "broken": t.broken,
        "deemed": t.deemed,
        "corrections": t.corrections,
        "corrected": t.corrected,
        "repeated": t.repeated,
        "escalations": t.escalations,
        "escalated": t.escalated,
        "open": t.open,
        "yellow": t.yellow,
        "red": t.red,
    }


def _points(points: Fraction) -> str:
    return f"{_rounded(points, 1):g}"


def _rounded(number: Fraction, digits: int) -> float:
    return float(round(number, digits))
