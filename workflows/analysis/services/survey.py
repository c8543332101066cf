"""The service items of a catalogue with their indicators, by subject and in total."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Literal

from jianban.workflows.analysis.decided import until_decided
from jianban.workflows.analysis.measures.context import REFERENCE_YEAR, Context
from jianban.workflows.analysis.measures.reading import Number, Options
from jianban.workflows.analysis.periods import days_of
from jianban.workflows.analysis.services.choice import Left, family, in_force, newest_day, why_not
from jianban.workflows.analysis.services.quantities import (
    INDICATORS,
    Indicator,
    Quantity,
    WorkingDays,
    quantities,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Process
from jianban.workflows.language.subjects import subject_of
from jianban.workflows.texts import Text

Alternatives = Literal["all", "best"]
OUTDONE = Text("同一事项的变体，另计“{title}”（{key}）", "a variant of the item counted as {title} ({key})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A service item."""

    process: Process
    subject: str
    quantities: Mapping[str, Quantity]
    """By id of the indicator."""

    def value(self, indicator: str) -> Number | bool | None:
        return self.quantities[indicator].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """An average or a rate of many items."""

    value: float | None
    """In the unit of the indicator; None where no item has a figure."""
    counted: int
    """How many items have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one subject, or all."""

    subject: str | None
    items: tuple[Item, ...]
    overall: Mapping[str, Overall]
    """By id of the indicator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    on: date | None
    """The day whose versions are counted."""
    year: int
    """Over whose start dates calendar periods are told in working days."""
    groups: tuple[Group, ...]
    """By subject, in order of the processes."""
    total: Group
    left: tuple[Left, ...]
    """What was not counted, and why."""
    provisional: tuple[int, ...]
    """Years used whose adjusted days are not announced yet."""


def survey(
    processes: Iterable[Process],
    compiled: Callable[[Process], Flow],
    *,
    on: date | None = None,
    asked: Collection[str] = (),
    year: int | None = None,
    alternatives: Alternatives = "all",
) -> Survey:
    """Count the service items among processes, which come in order of id and version.

    Args:
        compiled: makes the flow of a process.
        on: the day whose versions count; None: the last on which one of the processes came into force.
        asked: keys (`id@version`) of what counts whatever the day.
        year: over whose start dates calendar periods are told in working days; None: that of `on`, else 2024.
        alternatives: whether all variants of a process count, each as an item of its own, or only the best of
            them: that with the shortest promised limit, then the fewest materials, then the fewest visits.

    Raises:
        CalendarError: a period leaves the years of the calendar.
    """
    processes = list(processes)
    on = on or newest_day(processes)
    year = year or (on.year if on else REFERENCE_YEAR)
    options = Options(year=year)
    chosen, left = in_force(processes, on, asked)
    items: list[Item] = []
    days = WorkingDays(options.calendar, days_of(year))
    for process in chosen:
        context = Context(until_decided(compiled(process)), options)
        reason = why_not(context)
        if reason is not None:
            left.append(Left(process=process, reason=reason))
            continue
        found = quantities(context, days)
        items.append(Item(process=process, subject=subject_of(process), quantities=found))
    if alternatives == "best":
        items, outdone = _best(items, chosen)
        left += outdone
    subjects = dict.fromkeys(item.subject for item in items)
    return Survey(
        on=on,
        year=year,
        groups=tuple(_group(s, [i for i in items if i.subject == s]) for s in subjects),
        total=_group(None, items),
        left=tuple(sorted(left, key=lambda gone: (gone.process.id, gone.process.version))),
        provisional=tuple(y for y in (year, year + 1) if options.calendar.provisional(y)),
    )


def _best(items: Sequence[Item], known: Sequence[Process]) -> tuple[list[Item], list[Left]]:
    families: dict[str, list[Item]] = {}
    for item in items:
        families.setdefault(family(item.process, known), []).append(item)
    best = {name: min(members, key=_burden) for name, members in families.items()}
    kept: list[Item] = []
    left: list[Left] = []
    for item in items:
        other = best[family(item.process, known)].process
        if item.process is other:
            kept.append(item)
        else:
            reason = OUTDONE.format(title=other.title, key=other.key)
            left.append(Left(process=item.process, reason=reason))
    return kept, left


def _burden(item: Item) -> tuple[float, ...]:
    """An unknown limit comes last."""
    promised = item.value("promised")
    rest = (item.value("materials") or 0, item.value("visits") or 0)
    return (float("inf") if promised is None else promised, *rest)


def _group(subject: str | None, items: Sequence[Item]) -> Group:
    overall = {i.id: _overall(i, items) for i in INDICATORS.values()}
    return Group(subject=subject, items=tuple(items), overall=overall)


def _overall(indicator: Indicator, items: Sequence[Item]) -> Overall:
    values = [(item, v) for item in items if (v := item.value(indicator.id)) is not None]
    if not values:
        return Overall(value=None, counted=0)
    if indicator.id == "compression":
        legal, promised = (
            sum(item.value(name) or 0 for item, _ in values) for name in ("statutory", "promised")
        )
        value = 100 * (1 - promised / legal)
    elif indicator.rate:
        value = 100 * fmean(v for _, v in values)
    else:
        value = fmean(v for _, v in values)
    return Overall(value=round(value, 1), counted=len(values))
