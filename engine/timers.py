"""What happens by itself: when the waits of a step have run, and when its limit expires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from jianban.engine.clock import deadline, longer, over, warned
from jianban.engine.limits import PeriodPlan, TimerKind, TimerPlan, WholePlan
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.state import Instance, Mark, Memory, Token, Value
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration


def first_due(
    plan: Plan, calendar: WorkCalendar, token: Token, memory: Memory, data: tuple[Value, ...]
) -> datetime | None:
    """When the first timer of a token fires; None when it has none."""
    return min((due for due, _timer in timers_of(plan, calendar, token, memory, data)), default=None)


def timers_of(
    plan: Plan, calendar: WorkCalendar, token: Token, memory: Memory, data: tuple[Value, ...]
) -> Iterator[tuple[datetime, TimerPlan]]:
    """The timers of a token with their moments, in order of declaration.

    Left out are those already told, and those that run from a date which the case does not have.
    """
    node = plan.nodes[token.node]
    ends: dict[str, date] = {}  # a limit is reckoned once for its warning and its end
    for timer in node.timers:
        whole, mark = timer.whole, timer.mark
        if mark is not None and marked(memory, token, mark, whole):
            continue
        if whole is not None and node.node.step is not None and node.node.step.stops_clock:
            continue
        key = whole.key if whole is not None else ""
        if timer.kind in (TimerKind.WARN, TimerKind.EXPIRY) and key not in ends:
            ends[key] = limit_end(calendar, node, token, memory, timer.duration, whole)
        if timer.kind is TimerKind.WARN:
            own = calendar_of(calendar, node, whole)
            before = timer.warn or own.warn_before
            if before is None:
                continue
            day = warned(own, began(node, token, memory, whole).date(), ends[key], before)
            if day is None:
                continue
        elif timer.kind is TimerKind.EXPIRY:
            day = ends[key]
        else:
            assert timer.period is not None, "what is no limit is a period"
            day = period_end(calendar, node, token, memory, timer.period, data)
            if day is None:
                continue
        yield over(day, token.since), timer


def period_start(period: PeriodPlan, token: Token, memory: Memory, data: tuple[Value, ...]) -> date | None:
    """The day from which a period runs; None when it is a date that the case does not have."""
    if period.day is not None:
        day = data[period.day]
        return day if isinstance(day, date) else None
    return (done_at(period.step, token, memory) or token.since).date()


def period_end(
    calendar: WorkCalendar,
    node: NodePlan,
    token: Token,
    memory: Memory,
    period: PeriodPlan,
    data: tuple[Value, ...],
    now: datetime | None = None,
) -> date | None:
    """The last day of a period of a step; None when it runs from a date that the case does not have.

    A suspension stops its clock; steps that stop the clock of an office (行政许可法 art. 45) do not.

    Args:
        now: given while the case is suspended, to show the date as if it were resumed now.
    """
    start = period_start(period, token, memory, data)
    if start is None or period.exact:
        return start
    stops = [(stop.start.date(), stop.end.date()) for stop in memory.stops if stop.region is None]
    if now is not None:
        stops += [(at.date(), now.date()) for at in stopped_since(node, token, memory, None)]
    return deadline(calendar_of(calendar, node, None), start, period.duration, stops)


def limit_end(
    calendar: WorkCalendar,
    node: NodePlan,
    token: Token,
    memory: Memory,
    duration: Duration,
    whole: WholePlan | None = None,
    now: datetime | None = None,
) -> date:
    """The last day of the limit, of this length, of a step; with its extension when it was extended.

    Args:
        whole: when it is the limit of the stage or process that the step belongs to.
        now: given while its clock stands still, to show the date as if it ran on from now.
    """
    own = calendar_of(calendar, node, whole)
    start = began(node, token, memory, whole).date()
    limit = node.limit if whole is None else whole.limit
    if limit is not None and limit.extension is not None and marked(memory, token, Mark.EXTENDED, whole):
        duration = longer(own, start, duration, limit.extension)
    return deadline(own, start, duration, stops_for(node, token, memory, now, whole))


def began(node: NodePlan, token: Token, memory: Memory, whole: WholePlan | None) -> datetime:
    """When the clock of a step's limit, or of that of a stage or process around it, began to run."""
    done = done_at(node.counted_from if whole is None else whole.counted_from, token, memory)
    if done is not None or whole is None:
        return done or token.since
    place = (whole.key, token.instances[: whole.depth])
    return next((at for key, instances, at in memory.entered if (key, instances) == place), token.since)


def calendar_of(calendar: WorkCalendar, node: NodePlan, whole: WholePlan | None) -> WorkCalendar:
    """The calendar of the office that does the step, or leads the stage."""
    if whole is not None:
        return calendar.of(whole.lead.id) if whole.lead is not None else calendar
    return calendar.of(node.node.step.role.agency.id) if node.node.step is not None else calendar


def done_at(step: str | None, token: Token, memory: Memory) -> datetime | None:
    """When a step was last done, for the same item; None when it was not."""
    if step is None:
        return None
    for done in reversed(memory.done):
        if done.node == step and alike(done.instances, token):
            return done.at
    return None


def alike(instances: tuple[Instance, ...], token: Token) -> bool:
    """True when both lie inside the same items of the lists around both."""
    shared = min(len(instances), len(token.instances))
    return instances[:shared] == token.instances[:shared]


def stops_for(
    node: NodePlan, token: Token, memory: Memory, now: datetime | None, whole: WholePlan | None = None
) -> list[tuple[date, date]]:
    """The stops that count for a step: suspensions, and the steps on its own strand that stop the clock.

    With `now`, those that last still, up to then.
    """
    stops: list[tuple[date, date]] = []
    for stop in memory.stops:
        if stop.region is None or (stop.region in node.strand and alike(stop.instances, token)):
            stops.append((stop.start.date(), stop.end.date()))
    if now is not None:
        since = stopped_since(node, token, memory, whole)
        stops += [(at.date(), now.date()) for at in since]
    return stops


def stopped_since(
    node: NodePlan, token: Token, memory: Memory, whole: WholePlan | None
) -> Iterator[datetime]:
    """Since when a clock stands still: by a suspension, or for a whole by the very step that is done."""
    if memory.suspension is not None and memory.suspension.by.stops_clock:
        yield memory.suspension.since
    if whole is not None and node.node.step is not None and node.node.step.stops_clock:
        yield token.since


def marked(memory: Memory, token: Token, mark: Mark, whole: WholePlan | None = None) -> bool:
    return bool(memory.marks) and (*place_of(token, whole), mark) in memory.marks


def place_of(token: Token, whole: WholePlan | None) -> tuple[str, tuple[Instance, ...]]:
    """What a limit is known by: the step, or the stage or process, and the items of the lists around it."""
    return (token.node, token.instances) if whole is None else (whole.key, token.instances[: whole.depth])
