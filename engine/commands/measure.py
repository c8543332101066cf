"""`jianban measure`: the measures of one process."""

from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, read_date, reference
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "度量一个流程：环节、步骤、时限、材料、跑动、部门等",
    "Measure a process: stages, steps, days, materials, visits, agencies…",
)
START = Text(
    "开始办理的日期；给出后按日历推算办结日期",
    "The day it starts; days are then counted on the calendar from that day",
)
HEADINGS = (Text("指标", "Measure"), Text("数值", "Value"), Text("单位", "Unit"), Text("范围", "Range"))
MEASURING = Text("正在度量", "Measuring")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("measure", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        start: Annotated[
            str | None, typer.Option(help=START.get(lang), metavar="YYYY-MM-DD", show_default=False)
        ] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        day = read_date(start, "--start")

        from jianban.workflows.analysis.measures import Options, measure

        options = Options(start=day)
        flow = load_flow(session, process)
        with session.busy(MEASURING):
            readings = measure(flow, options)
        return FINE
