"""The file of overrides of the working calendar, described in `calendar.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.reader import Mapping, Node, Scalar, Sequence, read_file
from jianban.workflows.language.terms import Position
from jianban.workflows.texts import Text

UNKNOWN = Text("键名“{key}”不认识", "unknown key “{key}”")
EXPECTED = Text("这里应为{what}", "{what} is expected here")
OTHER_YEAR = Text(
    "{day} 不在 {year} 年或上一年 12 月内", "{day} is neither in {year} nor in the December before"
)
BOTH = Text("{day} 既列为休息日又列为工作日", "{day} is listed both as off and as working")
REMEDY = Text(
    "写作 2027: {{notice: 文号, off: [2027-01-01], working: [2027-02-14]}}",
    "Write 2027: {{notice: number, off: [2027-01-01], working: [2027-02-14]}}",
).format()
YEARS = Text("“年份: 安排”的对照表", "a mapping of years")
YEAR = Text("年份，如 2027", "a year such as 2027")
PLAN = Text("notice、off、working 的对照表", "a mapping of notice, off and working")
DAYS = Text("日期的列表", "a list of dates")
DAY = Text("日期，如 2027-01-01", "a date such as 2027-01-01")
NUMBER = Text("通知的文号", "the number of the notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """What one year's notice, or a local change, says about its days."""

    notice: str = ""
    """The number of the notice (文号); given, the plan is the whole truth about its year."""
    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


def read_overrides(path: Path) -> dict[int, YearPlan]:
    """Read the plans of the years in a file.

    Raises:
        DefinitionError: it can't be read, or isn't as described; all problems at once.
    """
    reader = _Reader()
    plans = reader.plans(read_file(path))
    if reader.problems:
        raise DefinitionError(reader.problems)
    return plans


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, message: Text, position: Position) -> None:
        self.problems.append(Problem(code=code, message=message, remedy=REMEDY, position=position))

    def expected(self, what: Text, position: Position, code: str = "J112") -> None:
        self.add(code, EXPECTED.format(what=what), position)

    def plans(self, root: Node) -> dict[int, YearPlan]:
        if not isinstance(root, Mapping):
            self.expected(YEARS, root.position)
            return {}
        plans: dict[int, YearPlan] = {}
        for key, node in root.entries.items():
            if key.isascii() and key.isdecimal() and len(key) == 4:
                plans[int(key)] = self._plan(int(key), node)
            else:
                self.expected(YEAR, root.key_position(key))
        return plans

    def _plan(self, year: int, node: Node) -> YearPlan:
        if not isinstance(node, Mapping):
            self.expected(PLAN, node.position)
            return YearPlan()
        notice = ""
        days: dict[str, frozenset[date]] = {"off": frozenset(), "working": frozenset()}
        for key, value in node.entries.items():
            if key in days:
                days[key] = frozenset(self._days(year, value))
            elif key != "notice":
                self.add("J110", UNKNOWN.format(key=key), node.key_position(key))
            elif isinstance(value, Scalar) and isinstance(value.value, str) and value.value:
                notice = value.value
            else:
                self.expected(NUMBER, value.position)
        for day in sorted(days["off"] & days["working"]):
            self.add("J139", BOTH.format(day=day), node.position)
        return YearPlan(notice=notice, **days)

    def _days(self, year: int, node: Node) -> Iterator[date]:
        if not isinstance(node, Sequence):
            self.expected(DAYS, node.position)
            return
        for item in node.items:
            try:
                day = date.fromisoformat(str(item.value) if isinstance(item, Scalar) else "")
            except ValueError:
                self.expected(DAY, item.position, "J116")
                continue
            if day.year == year or (day.year, day.month) == (year - 1, 12):
                yield day
            else:
                self.add("J139", OTHER_YEAR.format(day=day, year=year), item.position)
