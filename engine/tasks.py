"""The work list's rows of one case: what stands where, for whom, until when. They follow from its state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from jianban.engine.access import done_by
from jianban.engine.clock import warned
from jianban.engine.codec import microseconds
from jianban.engine.limits import TimerKind
from jianban.engine.plan import WATCHING, NodePlan, Plan
from jianban.engine.state import CaseState, Token
from jianban.engine.timers import began, calendar_of, limit_end, period_end, stopped_since
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Duration


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
    nodes = plan.nodes
    for token in state.tokens:
        node = nodes[token.node]
        if not node.waiting:
            continue
        place = token.place
        if same and before is not None and any(t is token for t in before.tokens):
            found += [t for t in were if t.place == place]
            continue
        dates = _dates(calendar, state, node, token) if node.dated else NONE
        since = microseconds(token.since)
        for role in node.waiting:
            for person in _persons(plan, state, node, token, role):
                found.append(Task(place, role, person, token.node, since, dates))
    return tuple(found)


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


class Nearest(NamedTuple):
    """The nearest days of a case."""

    deadline: date | None
    """Of all its steps, the end of a waiting period too."""
    yellow: date | None
    red: date | None


def nearest(tasks: tuple[Task, ...]) -> Nearest:
    due, yellow, red = date.max, None, None
    for task in tasks:
        dates = task.dates
        if dates is NONE:
            continue
        due = min(due, dates.due)
        if dates.yellow is not None and (yellow is None or dates.yellow < yellow):
            yellow = dates.yellow
        if dates.red is not None and (red is None or dates.red < red):
            red = dates.red
    return Nearest(due if due != date.max else None, yellow, red)
