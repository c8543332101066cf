"""Where a case stands, worked out from its state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from jianban.engine.access import done_by
from jianban.engine.clock import warned
from jianban.engine.limits import PeriodPlan, TimerKind, WholePlan
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.standing import NONE, NOWHERE, WATCHING, Dates, Standing, Task, standing_at
from jianban.engine.state import CaseState, Token
from jianban.engine.timers import began, calendar_of, limit_end, period_end, place_of, stopped_since
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration


def standing(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    before: CaseState | None = None,
    was: Standing = NOWHERE,
) -> Standing:
    """Where a case stands.

    Args:
        before: an earlier state of the case, and where it stood then: what stands where it stood is not
            counted again.
    """
    tokens, memory, nodes = state.tokens, state.memory, plan.nodes
    if len(tokens) == 1:
        node = nodes[tokens[0].node]
        always = node.standing
        if always is not None and memory.responsible is None:
            for role, _person in memory.assignments:
                if role in node.concerned:
                    break
            else:
                return always
    found: list[Task] = []
    same = before is not None and before.memory is memory and memory.suspension is None
    ends = _Ends(plan, calendar, state)
    if same and before is not None and (_apart(plan, state) or _apart(plan, before)):
        same = False
    moved = before is not None and before.data is not state.data
    for token in tokens:
        node = nodes[token.node]
        if not node.waiting:
            continue
        place = token.place
        # where a step stops the clock, days move on with every event; dates of the data move others
        stays = same and not _stops(node) and not (moved and token.node in plan.by_data)
        if stays and before is not None and any(t is token for t in before.tokens):
            found += [t for t in was.tasks if t.place == place]
            continue
        dates = _dates(ends, node, token) if node.dated else NONE
        for role in node.waiting:
            for person in _persons(plan, state, node, token, role):
                found.append(Task(place, token.node, role, person, dates))
    return standing_at(tuple(found))


def _stops(node: NodePlan) -> bool:
    return node.node.step is not None and node.node.step.stops_clock


def _apart(plan: Plan, state: CaseState) -> bool:
    """Whether branches that work on the same stage or process may have other days for it, so that the days of
    one depend on where the others stand."""
    tokens = state.tokens
    return (
        len(tokens) > 1
        and bool(plan.wholes)
        and (
            any(stop.region is not None for stop in state.memory.stops)
            or any(_stops(plan.nodes[token.node]) for token in tokens)
            or any(whole.counted_from is not None for whole in plan.wholes.values())
        )
    )


def _persons(plan: Plan, state: CaseState, node: NodePlan, token: Token, role: str) -> Sequence[str]:
    memory = state.memory
    if not memory.assignments and memory.responsible is None:
        return _ALL
    role = role.removeprefix(WATCHING)
    if bound := [person for bound, person in memory.assignments if bound == role]:
        return bound
    responsible = memory.responsible
    if responsible is None or role not in plan.kept:
        return _ALL
    excused = node.apart and done_by((responsible,), token.instances, node.apart, memory.done) is not None
    return ["" if excused else responsible]


class _End(NamedTuple):
    """The end of a limit; of several that it may have, the first in this order binds, as in `deadlines`."""

    stopped: bool
    """True while its clock stands still."""
    last: date
    start: date


class _Ends:
    """When the limits of a state end. A stage or process that several branches work on ends with that branch
    for which it ends first."""

    def __init__(self, plan: Plan, calendar: WorkCalendar, state: CaseState) -> None:
        self.nodes = plan.nodes
        self.calendar = calendar
        self.state = state
        self._known: dict[tuple[object, ...], _End] = {}

    def end(self, token: Token, whole: WholePlan | None, length: Duration) -> _End:
        if whole is None or len(self.state.tokens) == 1:
            return self._end(token, whole, length)
        key = (*place_of(token, whole), length)
        if key not in self._known:
            self._known[key] = min(
                (
                    self._end(t, whole, length)
                    for t in self.state.tokens
                    if whole in self.nodes[t.node].wholes and place_of(t, whole) == place_of(token, whole)
                ),
                key=lambda end: end[:2],
            )
        return self._known[key]

    def _end(self, token: Token, whole: WholePlan | None, length: Duration) -> _End:
        node, memory = self.nodes[token.node], self.state.memory
        last = limit_end(self.calendar, node, token, memory, length, whole, self.state.at)
        start = began(node, token, memory, whole).date()
        return _End(any(stopped_since(node, token, memory, whole)), last, start)


def _dates(ends: _Ends, node: NodePlan, token: Token) -> Dates:
    calendar, state = ends.calendar, ends.state
    now, memory = state.at, state.memory
    legal: list[date] = []
    promised: list[date] = []
    yellow: list[date] = []
    red: list[date] = []
    own = () if node.limit is None else ((node.limit, None),)
    for limit, whole in (*own, *((w.limit, w) for w in node.wholes)):
        its = calendar_of(calendar, node, whole)
        before = limit.warn or its.warn_before
        for length, lasts, expires in (
            (limit.legal, legal, red),
            (limit.promised, promised, red if limit.legal is None else yellow),
        ):
            if length is None:
                continue
            end = ends.end(token, whole, length)
            lasts.append(end.last)
            warn = warned(its, end.start, end.last, before) if before is not None else None
            for day, turns in ((end.last, expires), (warn, yellow)):
                # while its clock stands still, its light does not change
                if day is not None and (not end.stopped or day < now.date()):
                    turns.append(day)
    runs = (period_end(calendar, node, token, memory, p, state.data, now) for p in _periods(node))
    periods = [day for day in runs if day is not None]
    return Dates(
        due=min((*legal, *promised, *periods), default=date.max),
        deadline=min(legal or promised, default=None),
        promised=min(promised, default=None),
        yellow=min((*yellow, *red), default=None),
        red=min(red, default=None),
    )


def _periods(node: NodePlan) -> Iterator[PeriodPlan]:
    """What runs at a step besides its limits: waits, and exits that happen after a time."""
    waits = False
    for timer in node.timers:
        if timer.period is not None:
            waits = waits or timer.kind is TimerKind.WAIT
            yield timer.period
    if node.wait is not None and not waits:
        yield node.wait


_ALL = ("",)
