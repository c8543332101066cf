"""The numbers on top of a figure, from the readings of the measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jianban.workflows.figures.model import Indicator
from jianban.workflows.figures.words import duration
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Duration, Limit
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_duration

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading
    from jianban.workflows.comparison.measures import Row

SHOWN = {
    "stages": Text("办理环节", "Stages"),
    "steps_typical": Text("办理步骤", "Steps"),
    "days_minimum": Text("最短等候", "Minimum wait"),
    "days_statutory": Text("法定时间", "Statutory time"),
    "materials": Text("申请材料", "Documents"),
    "visits": Text("现场跑动", "Visits"),
    "agencies": Text("涉及部门", "Agencies"),
    "handoffs": Text("部门流转", "Hand-offs"),
}
"""The measures a figure may show, in order of importance, with titles shorter than their own; those without a
value are left out."""
MEAN = Text("天（平均）", "days (mean)")
"""Of measures that are mean calendar days over the start dates of a year."""
MINUS = "−"


def process_indicators(flow: Flow, readings: Mapping[str, Reading], most: int = 7) -> tuple[Indicator, ...]:
    found: list[Indicator] = []
    for name, title in SHOWN.items():
        reading = readings.get(name)
        if reading is not None and reading.value is not None:
            found.append(_indicator(title, [flow], [reading]))
    return tuple(found[:most])


def comparison_indicators(flows: Sequence[Flow], rows: Sequence[Row], most: int = 6) -> tuple[Indicator, ...]:
    """One per measure that every variant has, unless it is 0 for all; the change is told for two only."""
    by_id = {row.id: row for row in rows}
    found: list[Indicator] = []
    for name, title in SHOWN.items():
        row = by_id.get(name)
        if row is not None and all(v is not None for v in row.values) and any(row.values):
            found.append(_indicator(title, flows, row.readings))
    return tuple(found[:most])


def _indicator(title: Text, flows: Sequence[Flow], readings: Sequence[Reading]) -> Indicator:
    """Periods of one unit are given as the law states them, others as the mean of their calendar days."""
    values = [r.value or 0 for r in readings]
    unit = readings[0].unit_text
    if readings[0].unit == "days":
        periods = [_period(f, r) for f, r in zip(flows, readings, strict=True)]
        if (one := _one_unit(periods)) is not None:
            values, unit = one
        elif any(values):
            unit = MEAN
    change, better = "", None
    if len(values) == 2:
        change = _percent(*values)
        better = (
            None
            if values[0] == values[1] or readings[0].better is None
            else ((values[1] < values[0]) == (readings[0].better == "less"))
        )
    return Indicator(title=title, values=tuple(map(number, values)), unit=unit, change=change, better=better)


def _one_unit(periods: Sequence[Duration | None]) -> tuple[list[float], Text] | None:
    """The amounts and their common unit; None where a period has no single unit, or another than the rest."""
    known = [p for p in periods if p is not None]
    if len(known) < len(periods) or len({p.unit for p in known}) > 1:
        return None
    text = duration(known[-1])
    amount = str(known[-1].amount)
    return [p.amount for p in known], Text(text.zh.removeprefix(amount), text.en.removeprefix(amount).strip())


def _period(flow: Flow, reading: Reading) -> Duration | None:
    """The periods on a critical path together; None when there are none, or they are of several units."""
    found: list[Duration] = []
    for part in reading.detail:
        stated = next((d for d in _durations(flow, part.id) if _text(d) == part.note), None)
        if stated is None:
            return None
        found.append(stated)
    if len({d.unit for d in found}) != 1:
        return None
    return Duration(sum(d.amount for d in found), found[0].unit)


def _text(value: Duration) -> Text:
    return Text(format_duration(value, "zh"), format_duration(value, "en"))


def _durations(flow: Flow, owner: str) -> Iterator[Duration]:
    """The periods of a step, a stage or the whole process that a critical path may hold."""
    node = flow.nodes.get(owner)
    step = node.step if node else None
    if step and step.wait:
        yield step.wait.effective
    limits = (
        [step.limit] if step else [w.limit for w in (flow.process, *flow.process.stages) if w.id == owner]
    )
    for limit in limits:
        yield from _of(limit)


def _of(limit: Limit | None) -> Iterator[Duration]:
    if limit:
        yield from (d for d in (limit.legal, limit.promised) if d)


def number(value: float) -> str:
    """At most one decimal, and none where there is nothing to say."""
    return f"{value:,.1f}".removesuffix(".0")


def _percent(before: float, after: float) -> str:
    if not before:
        return ""
    change = 100 * (after - before) / before
    return f"{MINUS if change < 0 else '+' if change > 0 else '±'}{abs(change):.0f}%"
