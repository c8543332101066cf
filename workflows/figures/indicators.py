"""The numbers on top of a figure, from the readings of the measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jianban.workflows.figures.model import Amount, Indicator, Quantity
from jianban.workflows.flow import Flow
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text
from jianban.workflows.wording import NO_LIMIT, NO_OFFICE, ON_THE_SPOT, UNITS, format_number, summed

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading
    from jianban.workflows.comparison.measures import Row

SHOWN = (
    "stages",
    "steps_typical",
    "days_minimum",
    "days_statutory",
    "days_promised",
    "materials",
    "visits",
    "agencies",
    "handoffs",
)
"""The measures a figure may show, in order of importance; those without a value are left out."""
MEAN_UNIT = Text("天（平均）", "days (mean)")
"""Of measures that are mean calendar days over the start dates of a year."""
MEAN = Text("平均 {numbers} 天", "mean {numbers} days")
NONE = "—"
UNSET: Quantity = (Amount("", NO_LIMIT),)
NOBODY: Quantity = (Amount("", NO_OFFICE),)
ARROW = " → "
SAME = Text("不变", "same")
OPTIONAL = frozenset({"days_minimum", "agencies", "handoffs"})
"""The measures of which 0 tells a reader nothing: no period, nobody else, nothing handed on."""


def process_indicators(flow: Flow, readings: Mapping[str, Reading], most: int = 7) -> tuple[Indicator, ...]:
    found: list[Indicator] = []
    for name in _shown({name: r.value for name, r in readings.items()}):
        reading = readings[name]
        if reading.value is None or (name in OPTIONAL and not reading.value):
            continue
        indicator = _indicator([reading], [periods(reading.detail)], [reading.known])
        if name == "days_statutory" and not reading.detail and not reading.no_limit:
            indicator = replace(indicator, values=(NOBODY,))
        found.append(indicator)
    return tuple(found[:most])


def comparison_indicators(rows: Sequence[Row], most: int = 6) -> tuple[Indicator, ...]:
    """One per measure that every variant has, unless it is 0 for all or no limit is set in any; the change is
    told for two only.

    Of more than `most`, what stays the same is left out first, the least important before others.
    """
    by_id = {row.id: row for row in rows}
    found: list[Indicator] = []
    for name in _shown({row.id: row.values for row in rows}):
        row = by_id[name]
        if all(v is not None for v in row.values) and any(row.values):
            indicator = _indicator(row.readings, row.stated, row.amounts)
            if len(row.readings) == 2:
                indicator = replace(indicator, change=_change(row), better=row.better(1))
            found.append(indicator)
    while len(found) > most:
        same = [i for i in found if i.change == SAME]
        found.remove((same or found)[-1])
    return tuple(found)


def _shown(known: Mapping[str, object]) -> list[str]:
    """The measures to show of those known; a time promised that is the statutory one says nothing."""
    same = known.get("days_promised") == known.get("days_statutory")
    return [name for name in SHOWN if name in known and not (same and name == "days_promised")]


def _indicator(
    readings: Sequence[Reading], stated: Sequence[Sequence[Duration]], numbers: Sequence[float | None]
) -> Indicator:
    """Times are given as the law states them, and where it takes several units also as their mean."""
    values: list[Quantity] = [(Amount(format_number(r.value or 0), r.unit_text),) for r in readings]
    note = None
    if readings[0].unit == "days":
        named = [duration for s in stated for duration in s]
        if named:
            nothing = (Amount("0", UNITS[named[0].unit][1]),)
            values = [quantity(s) if s else nothing for s in stated]
            if len({d.unit for d in named}) > 1:
                told = numbers if len(set(numbers)) > 1 else numbers[:1]
                note = MEAN.format(numbers=ARROW.join(NONE if n is None else format_number(n) for n in told))
        elif any(numbers):
            values = [(Amount(format_number(n or 0), MEAN_UNIT),) for n in numbers]
        values = [UNSET if r.no_limit else v for r, v in zip(readings, values, strict=True)]
    return Indicator(title=readings[0].title, values=tuple(values), numbers=tuple(numbers), note=note)


def quantity(periods: Sequence[Duration]) -> Quantity:
    """Each with its unit; one of nothing is on the spot."""
    return tuple(
        Amount(str(p.amount), UNITS[p.unit][p.amount != 1]) if p.amount else Amount("", ON_THE_SPOT)
        for p in periods
    )


def written(total: Quantity) -> Text:
    """“30 日 + 20 个工作日”."""
    zh, en = (" + ".join(f"{a.number} {a.unit.get(lang)}".strip() for a in total) for lang in ("zh", "en"))
    return Text(zh, en)


def periods(parts: Iterable[Part]) -> tuple[Duration, ...]:
    """The periods on a critical path added up unit by unit."""
    return summed(p.period for p in parts if p.period is not None)


def _change(row: Row) -> Text | None:
    change, percent = row.change(1), row.percent(1)
    if change == 0:
        return SAME
    if percent is None:
        return None
    told = f"{'+' if percent > 0 else ''}{format_number(percent)}%"
    return Text(told, told)
