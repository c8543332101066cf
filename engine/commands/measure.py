"""`jianban measure`: the measures of one process."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, reference
from jianban.engine.commands.reckoning import cases, items, read_options, start, tariff, year
from jianban.engine.commands.session import FINE, Session, both
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading

SUMMARY = Text(
    "度量一个流程：环节、步骤、时限、材料、到现场次数、部门等",
    "Measure a process: stages, steps, days, materials, visits, agencies…",
)
HEADINGS = (Text("指标", "Measure"), Text("数值", "Value"), Text("范围", "Range"), Text("说明", "Note"))
SEMICOLON = Text("；", "; ")
MEASURING = Text("正在度量", "Measuring")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("measure", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        start: Annotated[str | None, start(lang)] = None,
        year: Annotated[int | None, year(lang)] = None,
        items: Annotated[int, items(lang)] = 1,
        tariff: Annotated[str | None, tariff(lang)] = None,
        cases: Annotated[int, cases(lang)] = 1,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        options = read_options(start=start, year=year, items=items, tariff=tariff, cases=cases)
        flow = load_flow(session, process)

        from jianban.workflows.analysis.measures import measure
        from jianban.workflows.calendar import provisional_text

        with session.busy(MEASURING):
            readings = measure(flow, options)
        if session.json:
            measures = {name: _plain(reading) for name, reading in readings.items()}
            session.write_json({"process": flow.process.key, "measures": measures})
        else:
            session.console.print(f"{session.say(flow.process.title)}  {flow.process.key}", style="bold")
            _print(session, readings.values())
            years = (year for reading in readings.values() for year in reading.provisional)
            if (provisional := provisional_text(years)) is not None:
                session.console.print(session.say(provisional))
        return FINE


def _plain(reading: "Reading") -> dict[str, object]:
    low, high, mean = reading.low, reading.high, reading.mean
    if reading.no_limit:
        low, high, mean = low or None, high or None, mean or None
    return {
        "title": both(reading.title),
        "value": reading.known,
        "unit": reading.unit,
        "better": reading.better,
        "low": low,
        "high": high,
        "mean": mean,
        "whole": reading.whole,
        "after": reading.after,
        "note": both(reading.note) if reading.note else None,
        "provisional": list(reading.provisional),
        "detail": [_part(part) for part in reading.detail],
        "by_stage": [_part(part) for part in reading.by_stage],
    }


def _part(part: "Part") -> dict[str, object]:
    return {
        "id": part.id,
        "title": both(part.title),
        "value": part.value,
        "note": both(part.note) if part.note else None,
        "until": part.until.isoformat() if part.until else None,
    }


def _print(session: Session, readings: "Iterable[Reading]") -> None:
    from rich.table import Table

    from jianban.workflows.comparison.measure_tables import after_text, number, value_text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading, numeric in zip(HEADINGS, (False, True, True, False), strict=True):
        table.add_column(session.say(heading), justify="right" if numeric else "left", no_wrap=numeric)
    for reading in readings:
        bounds = [number(b, reading.unit) for b in (reading.low, reading.high) if b is not None]
        notes = [session.say(n) for n in (after_text(reading), reading.note) if n is not None]
        table.add_row(
            session.say(reading.title),
            session.say(value_text(reading)),
            "–".join(dict.fromkeys(bounds)),
            session.say(SEMICOLON).join(notes),
        )
    session.console.print(table)
