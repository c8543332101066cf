"""The numbers on top of a figure, from the readings of the measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jianban.workflows.figures.model import Indicator
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading
    from jianban.workflows.comparison.measures import Row

SHOWN = (
    "stages",
    "steps_typical",
    "days_minimum",
    "days_statutory",
    "materials",
    "visits",
    "agencies",
    "handoffs",
)
"""The measures a figure may show, in order of importance; those without a value are left out."""
TITLES = {
    "stages": Text("办理环节", "Stages"),
    "steps_typical": Text("办理步骤", "Steps"),
    "days_minimum": Text("最短时间", "Minimum time"),
    "days_statutory": Text("法定时间", "Statutory time"),
    "materials": Text("申请材料", "Documents"),
    "visits": Text("现场跑动", "Visits"),
    "agencies": Text("涉及部门", "Agencies"),
    "handoffs": Text("部门流转", "Hand-offs"),
}
"""Shorter than the measures' own."""
MINUS = "−"


def process_indicators(readings: Mapping[str, Reading], most: int = 7) -> tuple[Indicator, ...]:
    found = [readings[name] for name in SHOWN if name in readings and readings[name].value is not None]
    return tuple(
        Indicator(title=TITLES[r.id], values=(number(r.value),), unit=r.unit_text)
        for r in found[:most]
        if r.value is not None
    )


def comparison_indicators(rows: Sequence[Row], most: int = 6) -> tuple[Indicator, ...]:
    """One per measure that every variant has; the change is that of the last variant, for two only."""
    by_id = {row.id: row for row in rows}
    found: list[Indicator] = []
    for name in SHOWN:
        row = by_id.get(name)
        if row is None or any(v is None for v in row.values) or not any(row.values):
            continue
        two = len(row.values) == 2
        found.append(
            Indicator(
                title=TITLES[name],
                values=tuple(number(v) for v in row.values if v is not None),
                unit=row.readings[0].unit_text,
                change=_percent(row.percent(1)) if two else "",
                better=row.better(1) if two else None,
            )
        )
    return tuple(found[:most])


def number(value: float) -> str:
    """At most one decimal, and none where there is nothing to say."""
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def _percent(change: float | None) -> str:
    if change is None:
        return ""
    return f"{MINUS if change < 0 else '+' if change > 0 else '±'}{abs(change):.0f}%"
