"""What a case remembers while one event is worked on: who did what, limits that were told or extended, clocks
that stood still, and the timers that follow from all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jianban.engine.limits import TimerPlan, WholePlan
from jianban.engine.plan import ArcPlan, Plan
from jianban.engine.refusals import times_taken
from jianban.engine.state import (
    DONE_BY_ACTORS,
    CaseState,
    Decision,
    Done,
    Instance,
    Mark,
    Moved,
    Record,
    RecordKind,
    Stop,
    Token,
    Value,
)
from jianban.engine.timers import alike, first_due, place_of
from jianban.workflows.calendar import WorkCalendar

OPENED = RecordKind.OPENED  # Python takes a quarter of a microsecond to look a member of an enumeration up


class Remembering:
    """A case in the course of one event; it copies the state it starts from."""

    __slots__ = (
        "actor",
        "calendar",
        "data",
        "memory",
        "message",
        "now",
        "plan",
        "records",
        "tokens",
        "under",
    )

    def __init__(
        self,
        plan: Plan,
        calendar: WorkCalendar,
        state: CaseState,
        now: datetime,
        actor: str | None,
        under: tuple[str, str] | None = None,
        message: str = "",
    ) -> None:
        """
        Args:
            under: for whom the actor acts, and the id of the delegation.
            message: the id of the message that causes it all.
        """
        self.plan = plan
        self.calendar = calendar
        self.tokens = list(state.tokens)
        self.data = state.data
        self.memory = state.memory
        self.now = now
        self.actor = actor
        self.under = under
        self.message = message
        self.records: list[Record] = []

    def decision(self) -> Decision:
        """What came of it."""
        if self.plan.by_data:
            self.retime([token for token in self.tokens if token.node in self.plan.by_data])
        return Decision(tuple(self.records), CaseState(tuple(self.tokens), self.data, self.now, self.memory))

    def record(
        self,
        kind: RecordKind,
        node: str,
        event: str = "",
        target: str = "",
        instances: tuple[Instance, ...] = (),
        brought: tuple[Value, ...] = (),
        reason: str = "",
    ) -> None:
        actor = self.actor if kind in DONE_BY_ACTORS else None
        calendar = self.memory.calendar if kind is OPENED else ""
        self.records.append(
            Record(kind, self.now, actor, node, event, target, instances, brought, reason, calendar)
        )
        if actor is not None and self.under is not None:
            behalf, delegation = self.under
            self.records[-1] = self.records[-1]._replace(behalf=behalf, delegation=delegation)
        if kind is RecordKind.RECEIVED:
            self.records[-1] = self.records[-1]._replace(message=self.message)

    @property
    def principal(self) -> str | None:
        """In whose name it is done."""
        return self.under[0] if self.under is not None else self.actor

    def tell(self, token: Token, timer: TimerPlan) -> None:
        """Tell that a limit will end soon, or has ended."""
        key = timer.whole.key if timer.whole is not None else ""
        role = timer.told.id if timer.told is not None else ""
        assert timer.mark is not None, "what fires an exit is not told"
        self.record(timer.record, token.node, key, role, token.instances)
        self.mark(token, timer.whole, timer.mark)

    def mark(self, token: Token, whole: WholePlan | None, mark: Mark) -> None:
        """Mark the limit of a step, or of a stage or process around it, and set the next timers."""
        self.remember(marks=(*self.memory.marks, (*place_of(token, whole), mark)))
        self.retime([token] if whole is None else tuple(self.tokens))

    def extend(self, token: Token, whole: WholePlan | None) -> None:
        """Mark a limit as extended; its end will be warned of anew."""
        self._unmark(place_of(token, whole))
        self.mark(token, whole, Mark.EXTENDED)

    def recalendar(self, revision: str, moved: tuple[Moved, ...]) -> None:
        """Count the days by this calendar from here on; what it moved into the future will be told anew."""
        first = self.tokens[0]
        self.records.append(
            Record(
                RecordKind.RECALENDARED, self.now, None, first.node, "", "", calendar=revision, moved=moved
            )
        )
        again = {(m.place, m.instances) for m in moved if m.after >= self.now.date()}
        told = (m for m in self.memory.marks if m[:2] not in again or m[2] is Mark.EXTENDED)
        self.remember(calendar=revision, marks=tuple(told))
        self.retime(tuple(self.tokens))

    def retime(self, tokens: Sequence[Token]) -> None:
        """Compute the timers of these tokens anew."""
        for token in tokens:
            due = first_due(self.plan, self.calendar, token, self.memory, self.data)
            if due != token.due:
                at = next(i for i, t in enumerate(self.tokens) if t is token)
                self.tokens[at] = Token(token.node, token.since, token.instances, due)

    def remember(self, **changes: Any) -> None:
        self.memory = replace(self.memory, **changes)

    def _enter(self, keys: frozenset[str], instances: tuple[Instance, ...]) -> None:
        """Remember when stages and processes began whose limits run since then."""
        for key in sorted(keys):
            place = (key, instances[: self.plan.wholes[key].depth])
            others = (e for e in self.memory.entered if e[:2] != place)
            self.remember(entered=(*others, (*place, self.now)))
            self._unmark(place)

    def _remember_leaving(self, token: Token, arc: ArcPlan) -> None:
        if arc.arc.max is not None:
            self._count(arc, token)
        self._let_go(token)

    def _let_go(self, token: Token) -> None:
        """Remember for how long a step that is left has stopped clocks, and forget the marks of its limit."""
        node = self.plan.nodes[token.node]
        step = node.node.step
        if node.counted_from is None:  # else its clock runs on, should it be reached again
            self._unmark((token.node, token.instances))
        if self.plan.clock_stops and step is not None and step.stops_clock and self.now > token.since:
            stop = Stop(start=token.since, end=self.now, region=node.node.region, instances=token.instances)
            self.remember(stops=(*self.memory.stops, stop))

    def _remember_done(self, token: Token) -> None:
        kept = (d for d in self.memory.done if (d.node, d.instances) != (token.node, token.instances))
        done = Done(
            node=token.node,
            instances=token.instances,
            actor=self.actor,
            at=self.now,
            behalf=self.under and self.under[0],
        )
        self.remember(done=(*kept, done))
        counted = self.plan.counted.get(token.node)
        if counted is not None:
            marks = tuple(m for m in self.memory.marks if m[0] not in counted or not alike(m[1], token))
            self.remember(marks=marks)
            self.retime([t for t in self.tokens if t is not token])

    def _count(self, arc: ArcPlan, token: Token) -> None:
        instances = token.instances[: arc.depth]
        taken = times_taken(arc.arc, instances, self.memory)
        others = (c for c in self.memory.counts if c[:2] != (arc.arc.id, instances))
        self.remember(counts=(*others, (arc.arc.id, instances, taken + 1)))

    def _unmark(self, place: tuple[str, tuple[Instance, ...]]) -> None:
        if self.memory.marks:
            self.remember(marks=tuple(m for m in self.memory.marks if m[:2] != place))
