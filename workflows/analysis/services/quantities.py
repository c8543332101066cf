"""The indicators of one service item, with the steps and materials that each comes from.

All are read from the typical run, up to the result. Limits are those of the offices on its critical path, as
in the measure `compression`: waiting periods and the applicant's own deadlines do not count. They are told in
working days: a period that the law gives in working days counts as it stands, any other as the mean number of
working days that lie in it over all start dates of a year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.procedures import ONLINE
from jianban.workflows.analysis.measures.reading import Better, Number, Part
from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.services.choice import OFFICES
from jianban.workflows.analysis.timing import Leg, Pace, Time
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Node
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Channel, Duration, Limit, PartyKind, Unit
from jianban.workflows.texts import Text
from jianban.workflows.wording import CHANNELS, counted, format_duration

WORKING_DAYS = Text("个工作日", "working days")
PERCENT = Text("%", "%")
MATERIALS = Text("份", "materials")
VISITS = Text("次", "visits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    id: str
    """Stable."""
    title: Text
    """Of one item."""
    overall: Text
    """Of many items: the average or the rate."""
    unit: Text
    """Of many items."""
    better: Better
    rate: bool = False
    """An item has it or not, and many have a share."""


INDICATORS: Mapping[str, Indicator] = {
    i.id: i
    for i in (
        Indicator(
            id="statutory",
            title=Text("法定时限", "Statutory"),
            overall=Text("平均法定时限", "Mean statutory limit"),
            unit=WORKING_DAYS,
            better="less",
        ),
        Indicator(
            id="promised",
            title=Text("承诺时限", "Promised"),
            overall=Text("平均承诺时限", "Mean promised limit"),
            unit=WORKING_DAYS,
            better="less",
        ),
        Indicator(
            id="compression",
            title=Text("时限压缩比", "Compression"),
            overall=Text("承诺时限压缩比", "Compression of limits"),
            unit=PERCENT,
            better="more",
        ),
        Indicator(
            id="materials",
            title=Text("申请材料", "Materials"),
            overall=Text("平均申请材料", "Mean materials"),
            unit=MATERIALS,
            better="less",
        ),
        Indicator(
            id="visits",
            title=Text("到现场次数", "Visits"),
            overall=Text("平均到现场次数", "Mean visits"),
            unit=VISITS,
            better="less",
        ),
        Indicator(
            id="online",
            title=Text("全程网办", "Online"),
            overall=Text("全程网办率", "Fully online"),
            unit=PERCENT,
            better="more",
            rate=True,
        ),
        Indicator(
            id="one_trip",
            title=Text("最多跑一次", "One visit"),
            overall=Text("最多跑一次率", "One visit at most"),
            unit=PERCENT,
            better="more",
            rate=True,
        ),
        Indicator(
            id="instant",
            title=Text("即办", "Same day"),
            overall=Text("即办件占比", "Same day"),
            unit=PERCENT,
            better="more",
            rate=True,
        ),
    )
}
STATUTORY = Text("法定 {legal}", "statutory {legal}")
SHORTENED = Text("法定 {legal}，承诺 {promised}", "statutory {legal}, promised {promised}")
PROMISED = Text("承诺 {promised}", "promised {promised}")
NOT_SHORTENED = Text("法定 {legal}，未作更短承诺", "statutory {legal}, nothing shorter promised")
TO_GO = Text("到现场 {count} 次", "{count} visit{s}")
DAY_HOURS = 24
"""What is promised in fewer hours, or on the spot, is done on the same working day (民法典 art. 201)."""


class WorkingDays(dict[Duration, float]):
    """Period → working days."""

    def __init__(self, calendar: WorkCalendar, starts: Sequence[int]) -> None:
        self.calendar = calendar
        self.starts = [date.fromordinal(day) for day in starts]

    def __missing__(self, period: Duration) -> float:
        """
        Raises:
            CalendarError: the period leaves the years of the calendar.
        """
        if period.unit is Unit.WORKING_DAY:
            days = float(period.amount)
        elif _within_a_day(period):
            days = 0.0
        else:
            counts = (
                self.calendar.working_days(start, self.calendar.end(start, period)) for start in self.starts
            )
            days = sum(counts) / len(self.starts)
        self[period] = days
        return days


def _within_a_day(period: Duration) -> bool:
    return not period.amount or (period.unit is Unit.HOUR and period.amount < DAY_HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    value: Number | bool | None
    """In the unit of the indicator; true or false for a rate; None where the definition has none."""
    parts: tuple[Part, ...] = ()
    """What it comes from: steps or materials; for a rate, what stands in the way."""


def quantities(context: Context, days: WorkingDays) -> dict[str, Quantity]:
    """The indicators of a service item, by id, in the order of `INDICATORS`.

    Raises:
        CalendarError: a period leaves the years of the calendar.
    """
    steps = [(node, step_of(node)) for node in context.typical.steps]
    legal, promised = (_work(context, time) for time in (Time.STATUTORY, Time.PROMISED))
    statutory = _sum(legal, days, _legal_note)
    promise = _sum(promised, days, _promise_note)
    visits = tuple(
        Part(id=n.id, title=n.title, value=s.visits, note=counted(TO_GO, s.visits))
        for n, s in steps
        if s.visits
    )
    count = sum(s.visits for _, s in steps)
    papers: dict[str, Part] = {}
    for node, step in steps:
        for use in asked(step):
            papers.setdefault(
                use.material.id, Part(id=use.material.id, title=use.material.title, note=node.title)
            )
    barred = tuple(p for n, s in steps if (p := _barred(n, s)) is not None)
    same_day = bool(promised) and all(_within_a_day(leg.duration) for leg in promised)
    at_once = same_day or _at_once([s for _, s in steps])
    return {
        "statutory": statutory,
        "promised": promise,
        "compression": Quantity(value=_compression(statutory, promise), parts=promise.parts),
        "materials": Quantity(value=len(papers), parts=tuple(papers.values())),
        "visits": Quantity(value=count, parts=visits),
        "online": Quantity(value=not barred, parts=barred),
        "one_trip": Quantity(value=count <= 1, parts=visits if count > 1 else ()),
        "instant": Quantity(value=at_once, parts=() if at_once else promise.parts),
    }


def _work(context: Context, time: Time) -> list[Leg]:
    """The limits on the critical path."""
    finish = context.timing(time, Pace.TYPICAL, context.even).finish([0])
    return [leg for leg in finish.legs if not leg.waiting] if finish is not None else []


def _sum(legs: Sequence[Leg], days: WorkingDays, note: Callable[[Leg], Text]) -> Quantity:
    parts = tuple(
        Part(id=leg.owner.id, title=leg.owner.title, value=round(days[leg.duration], 2), note=note(leg))
        for leg in legs
    )
    return Quantity(value=round(sum(days[leg.duration] for leg in legs), 2) if legs else None, parts=parts)


def _legal_note(leg: Leg) -> Text:
    return STATUTORY.format(legal=_duration(leg.duration))


def _promise_note(leg: Leg) -> Text:
    limit: Limit | None = leg.owner.step.limit if isinstance(leg.owner, Node) and leg.owner.step else None
    if limit is None and not isinstance(leg.owner, Node):
        limit = leg.owner.limit
    legal, promised = (limit.legal, limit.promised) if limit else (None, None)
    if promised is None or legal == promised:
        return NOT_SHORTENED.format(legal=_duration(leg.duration))
    if legal is None:
        return PROMISED.format(promised=_duration(promised))
    return SHORTENED.format(legal=_duration(legal), promised=_duration(promised))


def _duration(duration: Duration) -> Text:
    return Text(format_duration(duration, "zh"), format_duration(duration, "en"))


def _compression(statutory: Quantity, promised: Quantity) -> float | None:
    """In percent. A promise longer than all limits of the law shows that some step has no limit by law: then
    there is nothing to compare it with."""
    legal, promise = statutory.value, promised.value
    if not legal or promise is None or promise > legal:
        return None
    return round(100 * (1 - promise / legal), 1)


def _barred(node: Node, step: Step) -> Part | None:
    """Why a step can't be done online. Officers who come for an inspection bar nothing."""
    if step.visits:
        return Part(id=node.id, title=node.title, note=counted(TO_GO, step.visits))
    applicant = step.role.agency.kind is PartyKind.APPLICANT
    at_counter = step.channel is Channel.COUNTER and step.kind.id != "inspect"
    if step.kind.interaction and (step.channel not in ONLINE if applicant else at_counter):
        return Part(id=node.id, title=node.title, note=CHANNELS[step.channel])
    return None


def _at_once(steps: Sequence[Step]) -> bool:
    """Whether the one office that acts answers at the next step without a limit: a complete filing is filed
    when it is received, and what is applied for by promise is decided on the spot."""
    offices = [i for i, s in enumerate(steps) if s.role.agency.kind in OFFICES]
    if len(offices) != 1 or offices[0] == 0:
        return False
    answer, before = steps[offices[0]], steps[offices[0] - 1]
    if answer.limit is not None or not before.kind.interaction:
        return False
    return answer.kind.id == "file" or (answer.kind.id == "decide" and before.kind.id == "promise")
