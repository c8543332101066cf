"""The work list's rows of one case: what stands where, for whom, until when. They follow from its state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from jianban.engine.admission import Asking
from jianban.engine.codec import microseconds
from jianban.engine.offers import _deadlines
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind


class Task(NamedTuple):
    """A step that waits for somebody of a role."""

    place: str
    role: str
    """Empty where anybody may act."""
    step: str
    since: int
    """Microseconds."""
    due: date
    """The deadline, else the promised day, else the last day there is: nearest first in the work list."""
    deadline: date | None
    """The last day by law; where the law sets none, by promise."""
    promised: date | None


def tasks_of(plan: Plan, calendar: WorkCalendar, state: CaseState) -> tuple[Task, ...]:
    """One for each step somebody may act at and each role that may, in the order of the tokens."""
    return tuple(_tasks(plan, calendar, state))


def _tasks(plan: Plan, calendar: WorkCalendar, state: CaseState) -> Iterator[Task]:
    asking = Asking(plan, calendar, state.at, None, state.data, None, state.memory)
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is not NodeKind.STEP or not node.exits:
            continue
        roles = {role: None for arcs in node.exits.values() for arc in arcs for role in sorted(arc.roles)}
        legal, promised = _deadlines(asking, token, node)
        last = legal or promised
        deadline = last.day if last is not None else None
        for role in roles or ("",):
            yield Task(
                place=token.place,
                role=role,
                step=token.node,
                since=microseconds(token.since),
                due=deadline or date.max,
                deadline=deadline,
                promised=promised.day if promised is not None else None,
            )
