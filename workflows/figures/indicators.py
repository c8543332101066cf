"""The numbers on top of a figure, from the readings of the measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jianban.workflows.figures.model import Amount, Indicator, Quantity
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Duration, Limit, Unit
from jianban.workflows.texts import Text
from jianban.workflows.wording import UNITS, format_duration

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading
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
MEAN_UNIT = Text("天（平均）", "days (mean)")
"""Of measures that are mean calendar days over the start dates of a year."""
MEAN = Text("平均 {numbers} 天", "mean {numbers} days")
ARROW = " → "
MINUS = "−"


def process_indicators(flow: Flow, readings: Mapping[str, Reading], most: int = 7) -> tuple[Indicator, ...]:
    found: list[Indicator] = []
    for name in SHOWN:
        reading = readings.get(name)
        if reading is not None and reading.value is not None:
            found.append(_indicator([flow], [reading]))
    return tuple(found[:most])


def comparison_indicators(flows: Sequence[Flow], rows: Sequence[Row], most: int = 6) -> tuple[Indicator, ...]:
    """One per measure that every variant has, unless it is 0 for all; the change is told for two only."""
    by_id = {row.id: row for row in rows}
    found: list[Indicator] = []
    for name in SHOWN:
        row = by_id.get(name)
        if row is not None and all(v is not None for v in row.values) and any(row.values):
            found.append(_indicator(flows, row.readings))
    return tuple(found[:most])


def _indicator(flows: Sequence[Flow], readings: Sequence[Reading]) -> Indicator:
    """Times are given as the law states them, and where it takes several units also as their mean."""
    numbers = [r.value or 0 for r in readings]
    values: list[Quantity] = [(Amount(number(r.value or 0), r.unit_text),) for r in readings]
    note = None
    if readings[0].unit == "days":
        sums = [periods(f, r.detail) for f, r in zip(flows, readings, strict=True)]
        if all(s is not None for s in sums) and any(sums):
            named = [duration for s in sums if s for duration in s]
            values = [quantity(s or [Duration(0, named[0].unit)]) for s in sums]
            if len({d.unit for d in named}) == 1:
                numbers = [s[0].amount if s else 0 for s in sums]
            else:
                # What the law states alike is the same, though holidays may part the means.
                numbers = [numbers[sums.index(s)] for s in sums]
                told = numbers if len(set(numbers)) > 1 else numbers[:1]
                note = MEAN.format(numbers=ARROW.join(map(number, told)))
        elif any(numbers):
            values = [(Amount(number(n), MEAN_UNIT),) for n in numbers]
    change, better = "", None
    if len(numbers) == 2:
        before, after = numbers
        change = _percent(before, after)
        if before != after and readings[0].better is not None:
            better = (after < before) == (readings[0].better == "less")
    return Indicator(
        title=readings[0].title,
        values=tuple(values),
        numbers=tuple(numbers),
        note=note,
        change=change,
        better=better,
    )


def quantity(periods: Sequence[Duration]) -> Quantity:
    return tuple(Amount(str(p.amount), UNITS[p.unit][p.amount != 1]) for p in periods)


def written(total: Quantity) -> Text:
    """“30 日 + 20 个工作日”."""
    zh, en = (" + ".join(f"{a.number} {a.unit.get(lang)}" for a in total) for lang in ("zh", "en"))
    return Text(zh, en)


def periods(flow: Flow, parts: Iterable[Part]) -> list[Duration] | None:
    """The periods on a critical path added up unit by unit; None when one of them is not stated in the
    flow."""
    sums: dict[Unit, int] = {}
    for part in parts:
        stated = next((d for d in _durations(flow, part.id) if _text(d) == part.note), None)
        if stated is None:
            return None
        sums[stated.unit] = sums.get(stated.unit, 0) + stated.amount
    return [Duration(sums[u], u) for u in Unit if u in sums]


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
