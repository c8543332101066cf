"""The work list's rows of one case: what stands where, for whom, until when. They follow from its state."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from jianban.engine.admission import Asking
from jianban.engine.codec import microseconds
from jianban.engine.offers import _deadlines
from jianban.engine.plan import NodePlan, Plan
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


def tasks_of(
    plan: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    before: CaseState | None = None,
    were: tuple[Task, ...] = (),
) -> tuple[Task, ...]:
    """One for each step somebody may act at and each role that may, in the order of the tokens.

    Args:
        before: an earlier state of the case, and its tasks `were`: what stands where it stood is not counted
            again.
    """
    asking: Asking | None = None
    found: list[Task] = []
    same = before is not None and before.memory is state.memory
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is not NodeKind.STEP or not node.exits:
            continue
        if same and before is not None and any(t is token for t in before.tokens):
            place = token.place
            found += (t for t in were if t.place == place)
            continue
        deadline = promised = None
        if node.limit is not None or node.wholes:
            asking = asking or Asking(plan, calendar, state.at, None, state.data, None, state.memory)
            legal, promise = _deadlines(asking, token, node)
            last = legal or promise
            deadline = last.day if last is not None else None
            promised = promise.day if promise is not None else None
        since = microseconds(token.since)
        for role in _roles(node) or ("",):
            found.append(Task(token.place, role, token.node, since, deadline or date.max, deadline, promised))
    return tuple(found)


def _roles(node: NodePlan) -> list[str]:
    """Who may act at a step, the roles of its first exit first."""
    return list(dict.fromkeys(r.id for arcs in node.exits.values() for arc in arcs for r in arc.arc.by))
