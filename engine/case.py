"""A case in memory: a state, its history, and the pure core that decides what happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jianban.engine import facts, offers
from jianban.engine.access import Actor
from jianban.engine.admission import time_refusal
from jianban.engine.deadlines import Deadline, DeadlineKind, Light, deadlines, recalendar
from jianban.engine.decision import (
    Command,
    Deliver,
    Fire,
    Handover,
    Open,
    Tick,
    china,
    decide,
    fire,
    open_case,
    tick,
)
from jianban.engine.messages import Message, Wait, deliver, waits_of
from jianban.engine.offers import Offer, OfferKind, Timer
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Refused, Rule
from jianban.engine.replays import replay
from jianban.engine.responsibility import hand_over
from jianban.engine.state import (
    CaseState,
    Decision,
    Instance,
    Memory,
    Record,
    RecordKind,
    Token,
    Value,
)
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import End
from jianban.workflows.language.terms import DataField

__all__ = [
    "Actor", "Case", "CaseState", "Command", "Deadline", "DeadlineKind", "Decision", "Deliver", "Fire",
    "Handover", "Instance", "Light", "Message", "Offer", "OfferKind", "Open", "Record", "RecordKind",
    "Refusal", "Refused", "Rule", "Tick", "Timer", "Wait", "decide",
]  # fmt: skip


class Case:
    """One case under one definition.

    It is for one thread at a time; any number of cases may run in any number of threads. The parts of its
    state lie in its own slots, so that a waiting case takes less than half a kilobyte.
    """

    __slots__ = ("_calendar", "_data", "_history", "_memory", "_plan", "_tokens")

    def __init__(
        self, plan: Plan, calendar: WorkCalendar, state: CaseState, history: Iterable[Record]
    ) -> None:
        self._plan = plan
        self._calendar = calendar
        self._history: tuple[Record, ...] = tuple(history)
        self._tokens: tuple[Token, ...] = state.tokens
        self._data: tuple[Value, ...] = state.data
        self._memory: Memory = state.memory

    @classmethod
    def open(
        cls,
        flow: Flow,
        data: Mapping[str, Any] | None = None,
        *,
        actor: Actor,
        now: datetime,
        calendar: WorkCalendar | None = None,
        reason: str = "",
        assignments: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Case:
        """Open a case.

        Args:
            data: the facts known at the start; dates as `date` or `2024-07-01`, money in whole fen.
            assignments: roles that belong to certain persons in this case; see `Open`.
            now: all times of a case have a time zone, or none has; days are those of Beijing.

        Raises:
            Refused: a condition for applying is not met, or the data does not fit what the process declares.
            JianbanError: a condition of the flow cannot be understood.
        """
        plan = plan_of(flow)
        calendar = calendar or china()
        command = Open(actor=actor, now=now, data=data or {}, reason=reason, assignments=assignments)
        decision = open_case(plan, calendar, command)
        if isinstance(decision, Refusal):
            raise Refused(decision)
        return cls(plan, calendar, decision.state, decision.records)

    @classmethod
    def replay(
        cls,
        flow: Flow,
        history: Iterable[Record],
        calendar: WorkCalendar | Callable[[str], WorkCalendar | None] | None = None,
    ) -> Case:
        """The case that a history leads to, taken through it record by record.

        Args:
            calendar: the one that has counted its days all along, or what gives that of a revision.

        Raises:
            ValueError: the history is not one of this flow under this calendar.
        """
        plan = plan_of(flow)
        records = tuple(history)
        calendar = calendar or china()
        state = replay(plan, calendar, records)
        counting = calendar if isinstance(calendar, WorkCalendar) else calendar(state.memory.calendar)
        assert counting is not None, "it has just counted"
        return cls(plan, counting, state, records)

    @property
    def flow(self) -> Flow:
        return self._plan.flow

    @property
    def state(self) -> CaseState:
        return CaseState(self._tokens, self._data, self._history[-1].at, self._memory)

    @property
    def history(self) -> tuple[Record, ...]:
        return self._history

    @property
    def fields(self) -> Mapping[str, DataField]:
        """The facts it may carry: those of its process and of those it calls."""
        return self._plan.fields

    @property
    def data(self) -> dict[str, Value]:
        """The facts that have a value."""
        return self._named(self._data)

    @property
    def steps(self) -> tuple[Token, ...]:
        """The tokens that rest at steps."""
        return tuple(t for t in self._tokens if self._plan.nodes[t.node].node.step is not None)

    @property
    def suspended(self) -> bool:
        return self._memory.suspension is not None

    @property
    def end(self) -> End | None:
        """The end the case has reached, with its outcome."""
        return self._plan.nodes[self._tokens[0].node].node.end

    def brought(self, record: Record) -> dict[str, Value]:
        """The data that came with a record, by name."""
        return self._named(record.data)

    def offers(self, *, now: datetime, actor: Actor | None = None, others: bool = False) -> tuple[Offer, ...]:
        """What may happen next, for an actor or for all; refused offers say why.

        Args:
            others: what the actor's roles do not allow too, refused for that reason.
        """
        return tuple(offers.offers(self._plan, self._calendar, self.state, now, actor, others))

    def timers(self) -> tuple[Timer, ...]:
        """What will happen by itself, soonest first."""
        found = offers.timers(self._plan, self._calendar, self.state)
        return tuple(sorted(found, key=lambda timer: timer.due))

    def deadlines(self, *, now: datetime) -> tuple[Deadline, ...]:
        """The dates it stands under, with what is used and left and how it stands with each."""
        return deadlines(self._plan, self._calendar, self.state, now)

    def recalendar(self, calendar: WorkCalendar, *, now: datetime) -> Decision | Refusal:
        """Count its days by another calendar from here on, and record what that moves."""
        decision = self._take(recalendar(self._plan, self._calendar, calendar, self.state, now))
        if isinstance(decision, Decision):
            self._calendar = calendar
        return decision

    @property
    def next_due(self) -> datetime | None:
        """When `tick` has something to do next."""
        if self.suspended:
            return None
        return min((t.due for t in self._tokens if t.due is not None), default=None)

    def fire(
        self,
        event: str,
        *,
        actor: Actor,
        now: datetime,
        data: Mapping[str, Any] | None = None,
        at: str | None = None,
        reason: str = "",
    ) -> Decision | Refusal:
        """Let an event happen, after what is due before it; or say which rule refuses it.

        Args:
            data: facts that come with the event.
            at: the step, or `step[item]` inside a list, when the event is possible at several.

        Returns:
            The decision, which is truthy, or the refusal, which is falsy.
        """
        for token in self._tokens:
            if token.due is not None and _passed(token.due, now):
                self.tick(now)
                break
        command = Fire(event=event, actor=actor, now=now, data=data, at=at, reason=reason)
        return self._take(fire(self._plan, self._calendar, self.state, command))

    def waits(self) -> tuple[Wait, ...]:
        """The messages it waits for."""
        return waits_of(self._plan, self.state)

    def deliver(self, message: Message, *, now: datetime, at: str | None = None) -> Decision | Refusal:
        """Let a message reach what waits for it, after what is due before it; or say what refuses it."""
        self.tick(now)
        return self._take(deliver(self._plan, self._calendar, self.state, message, now, at))

    def hand_over(self, to: Actor, *, actor: Actor, now: datetime, reason: str) -> Decision | Refusal:
        """Make another person responsible, after what is due before it; or say which rule refuses it."""
        self.tick(now)
        return self._take(hand_over(self._plan, self._calendar, self.state, actor, to, now, reason))

    @property
    def responsible(self) -> str | None:
        """The person who received it first, or took it over."""
        return self._memory.responsible

    def tick(self, now: datetime) -> Decision | Refusal:
        """Let happen what is due by now, in order, each at its own moment."""
        return self._take(tick(self._plan, self._calendar, self.state, now))

    def switch(
        self, resolve: Callable[[str], Flow], *, actor: Actor, now: datetime, reason: str = ""
    ) -> Case:
        """Go on under the process that this case's end switches to, with the facts that process knows.

        Args:
            resolve: gives the flow of `id` or `id@version`.
            reason: recorded at the opening; the key of this case's process when empty.

        Raises:
            Refused: that process does not take the case, or `now` lies before its end.
            ValueError: the case has not ended in a switch.
        """
        if self.end is None or self.end.switch_to is None:
            raise ValueError("this case has not ended in a switch to another process")
        refusal = time_refusal(self.state, now)
        if refusal is not None:
            raise Refused(refusal)
        flow = resolve(self.end.switch_to)
        known = plan_of(flow).fields
        kept = {n: v for n, v in self.data.items() if not isinstance(facts.read({n: v}, known), Refusal)}
        return Case.open(
            flow,
            kept,
            actor=actor,
            now=now,
            calendar=self._calendar,
            reason=reason or self.flow.process.key,
        )

    def _take(self, decision: Decision | Refusal) -> Decision | Refusal:
        if isinstance(decision, Decision):
            self._tokens, self._data, _, self._memory = decision.state
            self._history += decision.records
        return decision

    def _named(self, values: tuple[Value, ...]) -> dict[str, Value]:
        return {n: v for n, v in zip(self._plan.fields, values, strict=False) if v is not None}


def _passed(due: datetime, now: datetime) -> bool:
    try:
        return due <= now
    except TypeError:  # one has a time zone and the other has not: the event itself is refused for that
        return False
