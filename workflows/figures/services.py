"""What the figure of service items shows, from a survey held to a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jianban.workflows.figures.model import Amount, FigureLang, Indicator
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted, format_number

if TYPE_CHECKING:
    from jianban.workflows.analysis.services.judgement import Breach
    from jianban.workflows.analysis.services.policy import Threshold
    from jianban.workflows.analysis.services.quantities import Indicator as ServiceIndicator
    from jianban.workflows.analysis.services.survey import Group
    from jianban.workflows.comparison.services import Report

DOTS = ("promised", "compression", "materials", "visits")
"""The indicators of which each item is a dot."""
RATES = ("online", "one_trip", "instant")
COUNTED = Text("{count} 个事项", "{count} service items")
AS_OF = Text("{count} 个事项，按 {on} 施行的版本", "{count} service items, versions in force on {on}")
HELD = Text("{counted}；对照“{policy}”", "{counted}; held to “{policy}”")
MET, MISSED = Text("达到", "met"), Text("未达到", "not met")
OF_ITEM = Text("{title} {value}（{bound}）", "{title} {value} ({bound})")
ASSUMED = Text("标“*”的要求没有公开的数字，为假设。", "Thresholds marked * are assumed: no figure is public.")
OWN = Text(
    "{count} 个事项另有要求，以其为准，不以图中单个事项的要求线为准。",
    "Held to a threshold of its own rather than to the line: {count} item{s}.",
)
LIMITS = Text(
    "时限以工作日计，非工作日的期限按 {year} 年各日起算折算；等待期、申请人的期限不计。",
    "Limits are in working days, others converted over all start dates of {year}; waiting periods and the "
    "applicant's deadlines don't count.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A threshold."""

    bound: float
    said: str
    """“≤ 10”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """An indicator, as a column."""

    id: str
    title: Text
    unit: Text
    rate: bool
    """Shares as bars; else a dot for each item."""
    overall: Demand | None
    each: Demand | None
    """What most items are held to."""
    most: float
    """The end of the scale, on every page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    value: float
    number: int | None
    """Of the offender below, where the item breaks this threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A subject, as a row."""

    id: str
    title: Text
    count: int
    dots: Mapping[str, tuple[Dot, ...]]
    overall: Mapping[str, float | None]
    """Averages and rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offender:
    """An item beyond thresholds, or several in the same way."""

    items: tuple[tuple[int, Text], ...]
    """Numbers and titles."""
    faults: tuple[tuple[Text, Text], ...]
    """What is beyond its threshold, and what it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesFigure:
    """The indicators of service items by subject, and the items beyond their thresholds."""

    title: Text
    summary: Text | None
    lang: FigureLang
    indicators: tuple[Indicator, ...]
    panels: tuple[Panel, ...]
    strips: tuple[Strip, ...]
    offenders: tuple[Offender, ...]
    notes: tuple[Text, ...] = ()


def surveyed(report: Report, lang: FigureLang) -> ServicesFigure:
    from jianban.workflows.analysis.services.quantities import INDICATORS
    from jianban.workflows.comparison.services import TITLE

    survey, policy = report.survey, report.policy
    offenders, numbers = _offenders(report.breaches)
    beyond = {(b.item.process.key, b.indicator.id) for b in report.breaches if b.item is not None}
    summary = (AS_OF if survey.on else COUNTED).format(count=len(survey.total.items), on=survey.on)
    own = sum(item.process.id in policy.processes for item in survey.total.items)
    thresholds = (*policy.overall.values(), *policy.items.values())
    return ServicesFigure(
        title=TITLE,
        summary=HELD.format(counted=summary, policy=policy.title) if thresholds else summary,
        lang=lang,
        indicators=tuple(
            _indicator(INDICATORS[name], overall.value, policy.overall.get(name))
            for name, overall in survey.total.overall.items()
            if overall.value is not None
        ),
        panels=tuple(_panel(INDICATORS[name], report) for name in (*DOTS, *RATES)),
        strips=tuple(
            Strip(
                id=group.subject or "",
                title=report.subject(group.subject or ""),
                count=len(group.items),
                dots={name: _dots(group, name, numbers, beyond) for name in DOTS},
                overall={name: o.value for name, o in group.overall.items()},
            )
            for group in survey.groups
        ),
        offenders=offenders,
        notes=(
            LIMITS.format(year=survey.year),
            *([counted(OWN, own)] if own else []),
            *([ASSUMED] if any(t.basis.assumed for t in thresholds) else []),
        ),
    )


def _said(threshold: Threshold) -> str:
    from jianban.workflows.comparison.services import bound

    return bound(threshold) + ("*" if threshold.basis.assumed else "")


def _demand(threshold: Threshold | None) -> Demand | None:
    return Demand(bound=threshold.bound, said=_said(threshold)) if threshold else None


def _indicator(indicator: ServiceIndicator, value: float, threshold: Threshold | None) -> Indicator:
    amount = Amount(format_number(value), indicator.unit)
    found = Indicator(title=indicator.overall, values=((amount,),), numbers=(value,))
    if threshold is None:
        return found
    met, said = threshold.met(value), _said(threshold)
    return Indicator(
        title=found.title,
        values=found.values,
        numbers=found.numbers,
        change=Text(said, said),
        better=met,
        note=MET if met else MISSED,
    )


def _panel(indicator: ServiceIndicator, report: Report) -> Panel:
    overall = _demand(report.policy.overall.get(indicator.id))
    each = _demand(report.policy.items.get(indicator.id))
    values = [item.value(indicator.id) or 0 for item in report.survey.total.items]
    bounds = [d.bound for d in (overall, each) if d]
    return Panel(
        id=indicator.id,
        title=indicator.overall if indicator.rate else indicator.title,
        unit=indicator.unit,
        rate=indicator.rate,
        overall=overall,
        each=each,
        most=100 if indicator.better == "more" else max([*values, *bounds, 1]),
    )


def _dots(
    group: Group, name: str, numbers: Mapping[str, int], beyond: set[tuple[str, str]]
) -> tuple[Dot, ...]:
    found = [(item.process.key, item.value(name)) for item in group.items]
    return tuple(
        Dot(value=value, number=numbers[key] if (key, name) in beyond else None)
        for key, value in found
        if value is not None
    )


def _offenders(breaches: Iterable[Breach]) -> tuple[tuple[Offender, ...], dict[str, int]]:
    """The items beyond thresholds, and their numbers by the keys of their processes. Those that are so in the
    same way stand together."""
    from jianban.workflows.comparison.services import causes

    titles: dict[str, Text] = {}
    faults: dict[str, tuple[tuple[Text, Text], ...]] = {}
    for breach in breaches:
        if breach.item is not None:
            process = breach.item.process
            fault = OF_ITEM.format(
                title=breach.indicator.title,
                value=format_number(breach.value),
                bound=_said(breach.threshold),
            )
            titles[process.key] = process.title
            faults[process.key] = (*faults.get(process.key, ()), (fault, causes(breach)))
    alike: dict[tuple[tuple[Text, Text], ...], list[str]] = {}
    for key, found in faults.items():
        alike.setdefault(found, []).append(key)
    numbers = {key: i for i, key in enumerate((k for keys in alike.values() for k in keys), 1)}
    offenders = tuple(
        Offender(items=tuple((numbers[k], titles[k]) for k in keys), faults=found)
        for found, keys in alike.items()
    )
    return offenders, numbers
