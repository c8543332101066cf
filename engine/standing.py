"""Where a case stands: what waits for whom, until when. These values follow from its state."""

from __future__ import annotations

import json
from datetime import date
from typing import NamedTuple

from jianban.workflows.language.wire import json_of


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


WATCHING = "~"
"""Before the role of those whose step it is while they cannot act: a period runs, or others must act."""
NONE = Dates(date.max, None, None, None, None)


class Task(NamedTuple):
    """A step that waits for somebody of a role."""

    place: str
    step: str
    role: str
    """Empty where anybody may act; after `WATCHING` where its people cannot act themselves."""
    person: str
    """With whom alone it lies: the role is bound to them, or they are responsible; empty for all of the
    role."""
    dates: Dates


class Nearest(NamedTuple):
    """The nearest days of a case."""

    deadline: date | None
    """Of all its steps, the end of a waiting period too."""
    yellow: date | None
    red: date | None


class Standing(NamedTuple):
    tasks: tuple[Task, ...]
    """In the order of the tokens, every step with at least one."""
    nearest: Nearest
    steps: str
    """The ids of their steps, each once, with blanks between them."""
    waiting: str
    """The case's rows in the work list, as JSON: role, person and nearest day of its tasks, each once. They
    do not say at which step, so that a case that goes on for the same people with no other day leaves them as
    they are."""


def standing_at(tasks: tuple[Task, ...]) -> Standing:
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
    rows = dict.fromkeys((t.role, t.person, t.dates.due.isoformat()) for t in tasks)
    steps = dict.fromkeys(t.step for t in tasks)
    nearest = Nearest(due if due != date.max else None, yellow, red)
    return Standing(tasks, nearest, " ".join(steps), json_of(list(rows)))


def rows_of(text: str) -> list[tuple[str, str, str]]:
    """Role, person and day of each row."""
    return [(role, person, due) for role, person, due in json.loads(text)]


def listed(task: Task, waiting: str) -> date | None:
    """The day of the row that a task is found by: its own, unless another calendar has counted the row's."""
    days = [due for role, person, due in rows_of(waiting) if (role, person) == (task.role, task.person)]
    own = task.dates.due.isoformat()
    return date.fromisoformat(own if own in days else min(days)) if days else None


NOWHERE = standing_at(())
