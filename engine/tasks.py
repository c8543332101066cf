"""The work list's rows of one case: what stands where, for whom, until when. They follow from its state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from jianban.engine.access import done_by
from jianban.engine.clock import warned
from jianban.engine.codec import microseconds
from jianban.engine.limits import TimerKind
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.state import CaseState, Token
from jianban.engine.timers import began, calendar_of, limit_end, period_end, stopped_since
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import Duration

WATCHING = "~"
"""Before the role of those whose step it is while they cannot act: a period runs, or others must act."""


class Dates(NamedTuple):
    """The days a step stands under, those of its stage and process with them."""

    due: date
    """The nearest of all, the end of a waiting period too; the last day there is where it stands under none:
    nearest first in the work list."""
    deadline: date | None
    """The last day by law; where the law sets none, by promise."""
    promised: date | None
    yellow: date | None
    """The day at whose end it is no longer green."""
    red: date | None
    """The day at whose end it is red."""


NONE = Dates(date.max, None, None, None, None)


class Task(NamedTuple):
    """A step that waits for somebody of a role."""

    place: str
    role: str
    """Empty where anybody may act; after `WATCHING` where its people cannot act themselves."""
    person: str
    """With whom alone it lies: the role is bound to them, or they are responsible; empty for all of the
    role."""
    step: str
    since: int
    """Microseconds."""
    dates: Dates

    @property
    def key(self) -> tuple[str, str, str]:
        return self[:3]


def tasks_of(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    before: CaseState | None = None,
    were: tuple[Task, ...] = (),
) -> tuple[Task, ...]:
    """The rows of each step, in the order of the tokens, every step with at least one.

    Args:
        before: an earlier state of the case, and its tasks `were`: what stands where it stood is not counted
            again.
    """
    found: list[Task] = []
    same = before is not None and before.memory is state.memory
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is not NodeKind.STEP:
            continue
        place = token.place
        if same and before is not None and any(t is token for t in before.tokens):
            found += (t for t in were if t.place == place)
            continue
        dates = NONE
        if node.node.step is not None and (node.limit or node.wholes or node.timers or node.node.step.wait):
            dates = _dates(calendar, state, node, token)
        since = microseconds(token.since)
        for role in _roles(node):
            for person in _persons(plan, state, node, token, role):
                found.append(Task(place, role, person, token.node, since, dates))
    return tuple(found)


def _roles(node: NodePlan) -> list[str]:
    """Who may act at a step, the roles of its first exit first; then those whose step it is."""
    arcs = [arc.arc for arcs in node.exits.values() for arc in arcs]
    acting = dict.fromkeys(r.id for arc in arcs for r in arc.by)
    if any(not arc.by for arc in arcs):
        acting[""] = None
    own = node.node.step.by if node.node.step is not None else ()
    return [*acting, *(WATCHING + r.id for r in own if r.id not in acting)] or [WATCHING]


def _persons(plan: Plan, state: CaseState, node: NodePlan, token: Token, role: str) -> list[str]:
    memory = state.memory
    role = role.removeprefix(WATCHING)
    if bound := [person for bound, person in memory.assignments if bound == role]:
        return bound
    responsible = memory.responsible
    if responsible is None or role not in plan.kept:
        return [""]
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


class Nearest(NamedTuple):
    """The nearest days of a case."""

    deadline: date | None
    """Of all its steps, the end of a waiting period too."""
    yellow: date | None
    red: date | None


def nearest(tasks: tuple[Task, ...]) -> Nearest:
    due = min((t.dates.due for t in tasks), default=date.max)
    return Nearest(
        due if due != date.max else None,
        min((t.dates.yellow for t in tasks if t.dates.yellow is not None), default=None),
        min((t.dates.red for t in tasks if t.dates.red is not None), default=None),
    )
