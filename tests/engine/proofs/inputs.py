"""What a model of the engine is asked: random flows, messages, facts and moments; what it knows of cases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from jianban.engine.case import Actor, Case
from jianban.engine.clock import BEIJING
from jianban.engine.engine import Answer, Event
from jianban.engine.messages import Message
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import AnywhereKind, Process, Step
from tests.engine.test_properties import ROLES, VALUES
from tests.strategies import processes

MONDAY = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
SKEW = timedelta(minutes=1)
"""A command that much before the last of its case happens with it."""
STEPS = (timedelta(0), timedelta(seconds=-30), timedelta(hours=-2), timedelta(hours=1), timedelta(days=3))
LEAPS = (timedelta(days=40), timedelta(days=400))
APPLYING = {"ready": True, "area": 301, "colour": "red"}
"""Meets every condition there is."""
HOLIDAYS = (
    "2024: {off: [2024-03-05, 2024-03-12, 2024-06-03], working: [2024-03-16]}\n",
    "2024: {working: [2024-03-09, 2024-03-10]}\n2025: {notice: 甲, off: [2025-01-01], working: []}\n",
    "2024: {off: [2024-03-06, 2024-03-07, 2024-04-30]}\n",
)
"""Of two notices and of an office."""
BAD = {"area": "wide", "colour": "blue", "offices": ["fire", 3], "nothing": 1}


def _held(process: Process, stops_clock: bool) -> Flow:
    """Suspensions that stop clocks, or do not."""
    return compile_process(
        replace(
            process,
            anywhere=tuple(
                replace(a, stops_clock=stops_clock) if a.kind is AnywhereKind.SUSPEND else a
                for a in process.anywhere
            ),
        )
    )


def renewed(flow: Flow) -> Flow:
    """The next version of a definition: limits that only tell are lifted."""
    process = flow.process
    stages = tuple(
        replace(
            stage,
            items=tuple(
                replace(item, limit=None)
                if isinstance(item, Step) and item.limit is not None and item.limit.expiry is None
                else item
                for item in stage.items
            ),
        )
        for stage in process.stages
    )
    return compile_process(replace(process, version=process.version + "1", stages=stages))


FLOWS = st.builds(
    _held, processes(max_items=6, calls=True, messages=True, first_receivers=True), st.booleans()
)
MESSAGES = st.builds(
    Message,
    st.just("m"),
    st.sampled_from(["licence.revoked", "repaired", "unheard.of"]),
    st.sampled_from([None, "red"]),
    st.sampled_from([{}, {"size": 5}, {"size": "wide"}]),
)
FACTS = st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in VALUES.items()})
WRONG = st.sampled_from([{n: v} for n, v in BAD.items()])
ALONE = st.builds(lambda role: Actor("p0", [role]), st.sampled_from(ROLES))


@dataclass
class Known:
    """A case as it should be."""

    case: Case
    seq: int = 1
    answers: dict[str, tuple[Event, Answer]] = field(default_factory=dict)
    """By idempotency key, what was asked first and answered."""


class Crash(Exception):
    """In the middle of a transaction."""
