"""Where a case stands, worked out from its state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from jianban.engine.access import done_by
from jianban.engine.clock import warned
from jianban.engine.limits import TimerKind
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.standing import NONE, NOWHERE, WATCHING, Dates, Standing, Task, standing_at
from jianban.engine.state import CaseState, Token
from jianban.engine.timers import began, calendar_of, limit_end, period_end, stopped_since
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
    for token in tokens:
        node = nodes[token.node]
        if not node.waiting:
            continue
        place = token.place
        step = node.node.step
        stops = step is not None and step.stops_clock  # its days move on with every event
        if same and not stops and before is not None and any(t is token for t in before.tokens):
            found += [t for t in was.tasks if t.place == place]
            continue
        dates = _dates(calendar, state, node, token) if node.dated else NONE
        for role in node.waiting:
            for person in _persons(plan, state, node, token, role):
                found.append(Task(place, token.node, role, person, dates))
    return standing_at(tuple(found))


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


def _dates(calendar: WorkCalendar, state: CaseState, node: NodePlan, token: Token) -> Dates:
    now, memory = state.at, state.memory
    legal: list[date] = []
    promised: list[date] = []
    yellow: list[date] = []
    red: list[date] = []
    own = () if node.limit is None else ((node.limit, None),)
    for limit, whole in (*own, *((w.limit, w) for w in node.wholes)):
        its = calendar_of(calendar, node, whole)
        start = began(node, token, memory, whole).date()
        before = limit.warn or its.warn_before
        stopped = any(stopped_since(node, token, memory, whole))
        for length, ends, expires in (
            (limit.legal, legal, red),
            (limit.promised, promised, red if limit.legal is None else yellow),
        ):
            if length is None:
                continue
            last = limit_end(calendar, node, token, memory, length, whole, now)
            ends.append(last)
            warn = warned(its, start, last, before) if before is not None else None
            for day, turns in ((last, expires), (warn, yellow)):
                # while its clock stands still, its light does not change
                if day is not None and (not stopped or day < now.date()):
                    turns.append(day)
    periods = [period_end(calendar, node, token, memory, d, now) for d in _periods(node)]
    return Dates(
        due=min((*legal, *promised, *periods), default=date.max),
        deadline=min(legal or promised, default=None),
        promised=min(promised, default=None),
        yellow=min((*yellow, *red), default=None),
        red=min(red, default=None),
    )


def _periods(node: NodePlan) -> Iterator[Duration]:
    """What runs at a step besides its limits: waits, and exits that happen after a time."""
    waits = False
    for timer in node.timers:
        if timer.kind in (TimerKind.WAIT, TimerKind.AFTER):
            waits = waits or timer.kind is TimerKind.WAIT
            yield timer.duration
    step = node.node.step
    if step is not None and step.wait is not None and not waits:
        yield step.wait.effective


_ALL = ("",)
