"""What a measure says, and what a measure is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures.context import Context

Number: TypeAlias = int | float
Better: TypeAlias = Literal["less", "more"]

UNITS: Mapping[str, Text] = {
    "stages": Text("个环节", "stages"),
    "steps": Text("个步骤", "steps"),
    "interactions": Text("次", "interactions"),
    "procedures": Text("项", "procedures"),
    "visits": Text("次", "visits"),
    "percent": Text("%", "%"),
    "materials": Text("份", "materials"),
    "agencies": Text("个部门", "agencies"),
    "roles": Text("个角色", "roles"),
    "handoffs": Text("次", "hand-offs"),
    "days": Text("天", "days"),
    "times": Text("倍", "times"),
    "loops": Text("处", "loops"),
    "yuan": Text("元", "yuan"),
    "minutes": Text("分钟", "minutes"),
    "points": Text("分", "points"),
}
"""The units by their stable ids; `days` are calendar days."""
ONE = {"agencies": "agency", "times": "times"}
"""What one of a unit is called in English where it is not the plural without its s."""

NO_ITEMS = Text("清单项目数至少为 1（给出的是 {items}）", "a list needs at least 1 item ({items} were given)")
NEGATIVE_TARIFF = Text("工时单价不能为负数（{tariff}）", "the hourly tariff can't be negative ({tariff})")
NO_CASES = Text("年办件量不能为负数（{cases}）", "the number of cases can't be negative ({cases})")

_china = cache(WorkCalendar.china)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a measurement assumes.

    Raises:
        JianbanError: an option is out of range.
    """

    start: date | None = None
    """The day on which the case starts, for the `calendar_days_…` measures."""
    calendar: WorkCalendar = field(default_factory=_china)
    year: int | None = None
    """The year over whose start dates days are averaged; None: the year of `start`, else that in which the
    definition came into force, else 2024. When variants are compared, give them the same year."""
    items: int = 1
    """How many items each list of an EACH block is taken to hold."""
    tariff_fen: int | None = None
    """What an hour of the applicant's work costs, in fen, for the Standard Cost Model."""
    cases: int = 1
    """How many cases there are a year, for the Standard Cost Model."""

    def __post_init__(self) -> None:
        if self.items < 1:
            raise JianbanError(NO_ITEMS.format(items=self.items))
        if self.tariff_fen is not None and self.tariff_fen < 0:
            raise JianbanError(NEGATIVE_TARIFF.format(tariff=self.tariff_fen))
        if self.cases < 0:
            raise JianbanError(NO_CASES.format(cases=self.cases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One contribution to a figure: a step, a stage, a material, an agency…"""

    id: str
    title: Text
    value: Number | None = None
    """In the unit of the measure."""
    note: Text | None = None
    """E.g. the period as the law states it."""
    period: Duration | None = None
    """That period."""
    until: date | None = None
    """The day on which it ends, when a start date was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a measure computes."""

    value: Number | None
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    whole: Number | None = None
    after: Number | None = None
    note: Text | None = None
    """What the figures refer to, or why there is no value."""
    detail: tuple[Part, ...] = ()
    by_stage: tuple[Part, ...] = ()
    year: int | None = None
    provisional: tuple[int, ...] = ()
    no_limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    id: str
    """Stable."""
    title: Text
    unit: str
    """A key of `UNITS`."""
    better: Better | None
    """Which way is an improvement for the applicant; None when neither is."""
    formula: Text
    source: Text
    compute: Callable[[Context], Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A measure read from one flow."""

    id: str
    title: Text
    value: Number | None
    """None when the flow has no such figure; `note` says why."""
    unit: str
    better: Better | None
    low: Number | None = None
    """The least over all runs that are granted, or over all start dates of a year."""
    high: Number | None = None
    mean: Number | None = None
    """The mean over all start dates of a year."""
    whole: Number | None = None
    """The same for all steps of the process together, whichever run they belong to."""
    after: Number | None = None
    """What the stages after the decision add (事后), which `value` leaves out; None for nothing."""
    note: Text | None = None
    """What the figures refer to, or why there is no value."""
    detail: tuple[Part, ...] = ()
    by_stage: tuple[Part, ...] = ()
    year: int | None = None
    """The year over whose start dates days are averaged."""
    provisional: tuple[int, ...] = ()
    """The years it depends on whose adjusted days are not announced yet, so that it may still change."""
    no_limit: bool = False
    """Of a time with limits used in full: offices act, and none is set (未规定时限), so that 0 is no time."""

    @property
    def unit_text(self) -> Text:
        """The unit as it stands after the value; in English, one of something is singular."""
        many = UNITS[self.unit]
        return Text(many.zh, ONE.get(self.unit, many.en.removesuffix("s"))) if self.value == 1 else many

    @property
    def known(self) -> Number | None:
        """The value; None also of a time for which no limit is set."""
        return None if self.no_limit else self.value

    @classmethod
    def of(cls, measure: Measure, figures: Figures) -> Reading:
        return cls(
            id=measure.id,
            title=measure.title,
            value=figures.value,
            unit=measure.unit,
            better=measure.better,
            low=figures.low,
            high=figures.high,
            mean=figures.mean,
            whole=figures.whole,
            after=figures.after,
            note=figures.note,
            detail=figures.detail,
            by_stage=figures.by_stage,
            year=figures.year,
            provisional=figures.provisional,
            no_limit=figures.no_limit,
        )
