"""Days of a critical path, as numbers and in the units that the law uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Part
from jianban.workflows.analysis.timing import OFFICES, Leg, Moment, Pace, Time
from jianban.workflows.flow import Node
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text
from jianban.workflows.wording import NO_LIMIT, NO_OFFICE, format_duration, summed

MEAN = Text(
    "{period}；以 {year} 年各日为起始日的平均日历天数",
    "{period}; mean calendar days over all start dates of {year}",
)
FROM = Text("{period}；自 {start} 起算", "{period}; counted from {start}")
RANGE = Text(
    "{period}；未给出起始日，仅有以 {year} 年各日为起始日的平均值和范围",
    "{period}; no start date given, only the mean and range over all start dates of {year}",
)
NOTHING = Text("没有计入的期间", "no period counts")
"""Of a time that is not that of offices."""
LIMITS = frozenset({Time.STATUTORY, Time.PROMISED})


def mean_figures(context: Context, time: Time, pace: Pace) -> Figures:
    """Mean calendar days until the case is granted, with the critical path.

    The range is over all runs; there is none for the fastest run, nor for what only the applicant decides.
    """
    moment = context.finish(time, pace)
    moments, low, high = [moment], None, None
    if pace is Pace.TYPICAL and time is not Time.APPLICANT:
        moments += [context.finish(time, p) for p in (Pace.FASTEST, Pace.SLOWEST)]
        low, high = (mean(context, m) for m in moments[1:])
    no_limit = _no_limit(context, time, moment.legs)
    return Figures(
        value=mean(context, moment),
        low=low,
        high=high,
        note=MEAN.format(period=_period(time, moment.legs, no_limit=no_limit), year=context.year),
        detail=leg_parts(moment.legs),
        by_stage=stage_parts(context, moment.legs),
        year=context.year,
        provisional=context.provisional(context.year, moments),
        no_limit=no_limit,
    )


def split_figures(context: Context, *, waiting: bool) -> Figures:
    """The part of the statutory time of the typical run that is waiting, or the rest."""
    moment = context.finish(Time.STATUTORY, Pace.TYPICAL)
    waited = sum(moment.waited or [0]) / len(context.starts)
    legs = [leg for leg in moment.legs if leg.waiting is waiting]
    return Figures(
        value=round(waited if waiting else _mean(moment.days, context.starts) - waited, 2),
        note=MEAN.format(period=period(legs), year=context.year),
        detail=leg_parts(legs),
        by_stage=stage_parts(context, legs),
        year=context.year,
        provisional=context.provisional(context.year, [moment]),
    )


def calendar_figures(context: Context, time: Time, pace: Pace) -> Figures:
    """Calendar days for the start date of the options; the range is over all start dates of the year."""
    year = context.finish(time, pace)
    lengths = [end - start for start, end in zip(context.starts, year.days, strict=True)]
    start = context.options.start
    value: int | None = None
    provisional = set(context.provisional(context.year, [year]))
    legs, words, told = year.legs, RANGE, {"year": context.year}
    if start is not None and (moment := context.timing(time, pace, context.real).finish([start.toordinal()])):
        value = int(moment.days[0]) - start.toordinal()
        provisional.update(context.provisional(start.year, [moment]))
        legs, words, told = moment.legs, FROM, {"start": start}
    no_limit = _no_limit(context, time, legs)
    return Figures(
        value=value,
        low=int(min(lengths)),
        high=int(max(lengths)),
        mean=mean(context, year),
        note=words.format(period=_period(time, legs, no_limit=no_limit), **told),
        detail=leg_parts(legs, dated=start is not None),
        by_stage=stage_parts(context, legs),
        year=context.year,
        provisional=tuple(sorted(provisional)),
        no_limit=no_limit,
    )


def _period(time: Time, legs: Sequence[Leg], *, no_limit: bool) -> Text:
    """The periods of a critical path, or why there is none."""
    if legs or time not in LIMITS:
        return period(legs)
    return NO_LIMIT if no_limit else NO_OFFICE


def _no_limit(context: Context, time: Time, legs: Sequence[Leg]) -> bool:
    """Whether offices act on the typical run, and none within a time that is set."""
    offices = (n.step for n in context.typical.steps if n.step and n.step.role.agency.kind in OFFICES)
    return time in LIMITS and not legs and any(offices)


def mean(context: Context, moment: Moment) -> float:
    return round(_mean(moment.days, context.starts), 2)


def _mean(ends: Sequence[float], starts: Sequence[float]) -> float:
    return (sum(ends) - sum(starts)) / len(starts)


def period(legs: Iterable[Leg]) -> Text:
    """The periods of a critical path added up unit by unit: “20 日 + 3 个工作日”."""
    texts = [_duration(d) for d in summed(leg.duration for leg in legs)]
    if not texts:
        return NOTHING
    return Text(" + ".join(t.zh for t in texts), " + ".join(t.en for t in texts))


def _duration(duration: Duration) -> Text:
    return Text(format_duration(duration, "zh"), format_duration(duration, "en"))


def leg_parts(legs: Iterable[Leg], dated: bool = False) -> tuple[Part, ...]:
    """The periods on a critical path: the mean days of each, and the day on which it ends if `dated`."""
    return tuple(
        Part(
            id=leg.owner.id,
            title=leg.owner.title,
            value=round(leg.mean, 2),
            note=_duration(leg.duration),
            period=leg.duration,
            until=date.fromordinal(int(leg.ends[0])) if dated else None,
        )
        for leg in legs
    )


def stage_parts(context: Context, legs: Iterable[Leg]) -> tuple[Part, ...]:
    """The days of a critical path for each stage; none where the limit of the whole process decides."""
    sums: dict[str | None, float] = {}
    for leg in legs:
        if isinstance(leg.owner, Process):
            return ()
        stage = leg.owner.stage if isinstance(leg.owner, Node) else leg.owner.id
        sums[stage] = sums.get(stage, 0) + leg.mean
    return tuple(
        Part(id=s.id, title=s.title, value=round(sums.get(s.id, 0), 2)) for s in context.flow.process.stages
    )
