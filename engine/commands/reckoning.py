"""What a measurement assumes, as options of `measure` and `compare`."""

import re
from typing import TYPE_CHECKING, Any

import typer

from jianban.engine.commands.parameters import read_date
from jianban.engine.commands.session import UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Options

START = Text("开始办理的日期，按日历推算办结日期", "The day it starts, for days on the calendar")
YEAR = Text(
    "在哪一年的所有开始日上取平均；默认为施行当年",
    "The year over whose start days the mean is taken; by default the one it came into force in",
)
ITEMS = Text("每个清单按几项计算", "How many items each list is taken to hold")
TARIFF = Text(
    "申请人每小时工时的单价（元），用于标准成本",
    "An hour of the applicant's work, in yuan, for the standard cost",
)
CASES = Text("每年办件数，用于标准成本", "Cases a year, for the standard cost")
NOT_A_YEAR = Text(
    "--year 须在 1 至 9999 之间，而不是 {year}", "--year must lie between 1 and 9999, not {year}"
)
NOT_MONEY = Text(
    "--tariff 须为金额，如 50 或 37.50，而不是“{value}”",
    "--tariff must be an amount like 50 or 37.50, not “{value}”",
)


def start(lang: Lang) -> Any:
    return typer.Option(help=START.get(lang), metavar="YYYY-MM-DD", show_default=False)


def year(lang: Lang) -> Any:
    return typer.Option(help=YEAR.get(lang), metavar="YYYY", show_default=False)


def items(lang: Lang) -> Any:
    return typer.Option(help=ITEMS.get(lang), metavar="N")


def tariff(lang: Lang) -> Any:
    return typer.Option(help=TARIFF.get(lang), metavar="YUAN", show_default=False)


def cases(lang: Lang) -> Any:
    return typer.Option(help=CASES.get(lang), metavar="N")


def read_options(
    *, start: str | None, year: int | None, items: int, tariff: str | None, cases: int
) -> "Options":
    """The options of a measurement.

    Raises:
        JianbanError: one of them is out of range.
    """
    day = read_date(start, "--start")
    if year is not None and not 1 <= year <= 9999:
        raise UsageFailure(NOT_A_YEAR.format(year=year))
    fen = None if tariff is None else _fen(tariff)

    from jianban.workflows.analysis.measures import Options

    return Options(start=day, year=year, items=items, tariff_fen=fen, cases=cases)


def _fen(yuan: str) -> int:
    match = re.fullmatch(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", yuan, re.ASCII)
    if match is None:
        raise UsageFailure(NOT_MONEY.format(value=yuan))
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
