"""The file of overrides of the working calendar, described in `calendar.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from jianban.workflows.language.errors import DefinitionError, JianbanError, Problem
from jianban.workflows.language.model import Position
from jianban.workflows.texts import Text

LARGEST = 1_000_000
"""Bytes; a century of notices is far smaller."""

UNREADABLE = Text("无法读取工作日历文件 {path}：{reason}", "the calendar file {path} can't be read: {reason}")
NO_YAML = Text("不是有效的 YAML：{reason}", "not valid YAML: {reason}")
EXPECTED = Text("这里应为{what}", "{what} expected here")
TWICE = Text("“{key}”重复出现", "“{key}” appears twice")
UNKNOWN = Text("没有“{key}”这一项", "there is no “{key}”")
OTHER_YEAR = Text(
    "{day} 不在 {year} 年或上一年 12 月内", "{day} lies neither in {year} nor in the December before"
)
BOTH = Text("{day} 既列为休息日又列为工作日", "{day} is listed both as off and as working")
REMEDY = Text(
    "写法：2027: {{notice: 文号, off: [2027-01-01], working: [2027-02-14]}}",
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
        JianbanError: the file can't be read.
        DefinitionError: it isn't as described; all problems at once.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise JianbanError(UNREADABLE.format(path=path, reason=error.strerror)) from None
    if len(content) > LARGEST:
        raise JianbanError(UNREADABLE.format(path=path, reason=f"> {LARGEST} B"))
    reader = _Reader(str(path))
    try:
        root = yaml.compose(content.decode(), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        raise JianbanError(UNREADABLE.format(path=path, reason=f"UTF-8, byte {error.start}")) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reader.add(NO_YAML.format(reason=getattr(error, "problem", None) or error), mark)
        raise DefinitionError(reader.problems) from None
    plans = reader.plans(root) if root is not None else {}
    if reader.problems:
        raise DefinitionError(reader.problems)
    return plans


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, message: Text, mark: yaml.Mark | None) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        position = Position(file=self.file, line=line, column=column)
        self.problems.append(Problem(code="J180", message=message, remedy=REMEDY, position=position))

    def plans(self, root: yaml.Node) -> dict[int, YearPlan]:
        plans: dict[int, YearPlan] = {}
        for key, node in self._pairs(root, YEARS):
            if key.isascii() and key.isdecimal() and len(key) == 4:
                plans[int(key)] = self._plan(int(key), node)
            else:
                self.add(EXPECTED.format(what=YEAR), node.start_mark)
        return plans

    def _plan(self, year: int, node: yaml.Node) -> YearPlan:
        notice = ""
        days: dict[str, frozenset[date]] = {}
        for key, value in self._pairs(node, PLAN):
            if key in ("off", "working"):
                days[key] = frozenset(self._days(year, value))
            elif key != "notice":
                self.add(UNKNOWN.format(key=key), value.start_mark)
            elif isinstance(value, yaml.ScalarNode) and value.value:
                notice = value.value
            else:
                self.add(EXPECTED.format(what=NUMBER), value.start_mark)
        off, working = days.get("off", frozenset()), days.get("working", frozenset())
        for day in sorted(off & working):
            self.add(BOTH.format(day=day), node.start_mark)
        return YearPlan(notice=notice, off=off, working=working)

    def _days(self, year: int, node: yaml.Node) -> Iterator[date]:
        if not isinstance(node, yaml.SequenceNode):
            self.add(EXPECTED.format(what=DAYS), node.start_mark)
            return
        for item in node.value:
            try:
                day = date.fromisoformat(item.value)
            except (ValueError, TypeError):
                self.add(EXPECTED.format(what=DAY), item.start_mark)
                continue
            if day.year == year or (day.year, day.month) == (year - 1, 12):
                yield day
            else:
                self.add(OTHER_YEAR.format(day=day, year=year), item.start_mark)

    def _pairs(self, node: yaml.Node, what: Text) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.add(EXPECTED.format(what=what), node.start_mark)
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                self.add(TWICE.format(key=name), key.start_mark)
            seen.add(name)
            yield name, value
