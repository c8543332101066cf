"""What happens by itself: when the waits of a step have run, and when its limit expires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from jianban.engine.clock import deadline, longer, over
from jianban.engine.plan import NodePlan, Plan, TimerKind, TimerPlan
from jianban.engine.state import Mark, Memory, Token
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.model import Duration, Process, Stage


def first_due(plan: Plan, calendar: WorkCalendar, token: Token, memory: Memory) -> datetime | None:
    """When the first timer of a token fires; None when it has none."""
    return min((due for due, _timer in timers_of(plan, calendar, token, memory)), default=None)


def timers_of(
    plan: Plan, calendar: WorkCalendar, token: Token, memory: Memory
) -> Iterator[tuple[datetime, TimerPlan]]:
    """The timers of a token with their moments, in order of declaration; those already told are left out."""
    node = plan.nodes[token.node]
    for timer in node.timers:
        if timer.event is None and marked(memory, token, Mark.TOLD):
            continue
        if timer.kind is TimerKind.EXPIRY:
            last = limit_end(calendar, node, token, memory, timer.duration)
        else:
            last = deadline(
                calendar, token.since.date(), timer.duration, stops_for(node, token, memory, None)
            )
        yield over(last, token.since), timer


def wait_end(calendar: WorkCalendar, node: NodePlan, token: Token, memory: Memory) -> date | None:
    """The last day of the step's wait."""
    wait = node.node.step.wait if node.node.step else None
    if wait is None:
        return None
    return deadline(calendar, token.since.date(), wait.effective, stops_for(node, token, memory, None))


def limit_end(
    calendar: WorkCalendar,
    node: NodePlan,
    token: Token,
    memory: Memory,
    duration: Duration,
    now: datetime | None = None,
) -> date:
    """The last day of the step's limit of this length, with its extension when it was extended.

    Args:
        now: given while the case is suspended, to show the date as if it were resumed now.
    """
    start = (done_at(node.counted_from, token, memory) or token.since).date()
    limit = node.limit
    if limit is not None and limit.extension is not None and marked(memory, token, Mark.EXTENDED):
        duration = longer(calendar, start, duration, limit.extension)
    return deadline(calendar, start, duration, stops_for(node, token, memory, now))


def whole_end(
    calendar: WorkCalendar,
    node: NodePlan,
    whole: Stage | Process,
    token: Token,
    memory: Memory,
    duration: Duration,
    now: datetime,
) -> date:
    """The last day of the limit, of this length, of the stage or process that a step belongs to."""
    counted_from = whole.limit.counted_from if whole.limit is not None else None
    begun = dict(memory.entered)["" if isinstance(whole, Process) else whole.id]
    start = done_at(counted_from, token, memory) or begun
    return deadline(calendar, start.date(), duration, stops_for(node, token, memory, now))


def done_at(step: str | None, token: Token, memory: Memory) -> datetime | None:
    """When a step was last done, for the same item; None when it was not."""
    for done in reversed(memory.done):
        shared = min(len(done.instances), len(token.instances))
        if done.node == step and done.instances[:shared] == token.instances[:shared]:
            return done.at
    return None


def stops_for(node: NodePlan, token: Token, memory: Memory, now: datetime | None) -> list[tuple[date, date]]:
    """The stops that count for a step: suspensions, and the steps on its own strand that stop the clock."""
    stops: list[tuple[date, date]] = []
    for stop in memory.stops:
        if stop.region is not None:
            shared = min(len(stop.instances), len(token.instances))
            same = stop.instances[:shared] == token.instances[:shared]
            if stop.region not in node.strand or not same:
                continue
        stops.append((stop.start.date(), stop.end.date()))
    if now is not None and memory.suspension is not None and memory.suspension.by.stops_clock:
        stops.append((memory.suspension.since.date(), now.date()))
    return stops


def marked(memory: Memory, token: Token, mark: Mark) -> bool:
    return bool(memory.marks) and (token.node, token.instances, mark) in memory.marks
