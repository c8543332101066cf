"""The dates a case stands under: by when, for whom, what is used and left; and what a new calendar moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from jianban.engine.admission import ended, time_refusal
from jianban.engine.clock import counted, local, over, used, warned
from jianban.engine.limits import PeriodPlan, TimerKind, WholePlan
from jianban.engine.moves import Moves
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.refusals import Refusal
from jianban.engine.state import CaseState, Decision, Instance, Moved, Token
from jianban.engine.timers import (
    began,
    calendar_of,
    limit_end,
    period_end,
    period_start,
    place_of,
    stopped_since,
    stops_for,
)
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.terms import NO_BASIS, Agency, Basis, Limit, Role, Unit
from jianban.workflows.texts import Text


class Light(StrEnum):
    """How it stands with a date, as supervision (督查考核) shows it."""

    GREEN = "green"
    YELLOW = "yellow"
    """It will end soon; or a promise is broken where the law leaves more time."""
    RED = "red"
    """It has ended."""


class DeadlineKind(StrEnum):
    STATUTORY = "statutory"
    """A limit by law."""
    PROMISED = "promised"
    """A limit by promise."""
    WAIT = "wait"
    """A period that must run; nobody is late when it has."""
    AFTER = "after"
    """An exit that happens by itself after some time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date that a case stands under now."""

    kind: DeadlineKind
    step: str
    """The node of the step that it binds; of several, the one for which it ends first."""
    instances: tuple[Instance, ...]
    """The items of the lists around what has the limit."""
    whole: str | None
    """The key of the stage or process whose limit it is; None for the step's own."""
    of_process: bool
    """True for the limit of a process."""
    title: Text
    """Of the step, stage or process."""
    roles: tuple[Role, ...]
    """Who does the steps it binds."""
    agency: Agency | None
    """Whose it is: the agency of the first of these, or that which leads the stage."""
    start: date
    """The day its clock began to run, which is not counted."""
    last: date
    """The last day. While the clock stands still, as if it ran on from now."""
    warn: date | None
    """The day at whose end the light turns yellow; None when it does not."""
    unit: Unit
    """`WORKING_DAY`, or `DAY` for all other units."""
    used: int
    """Days that have run."""
    left: int
    """Days to the last; negative when it has passed."""
    stopped: bool
    """True while the clock stands still."""
    light: Light
    provisional: bool
    """True while a notice of holidays still to come may move it."""
    event: str | None
    """The exit that happens by itself when it ends."""
    basis: Basis

    @property
    def place(self) -> str:
        """The key, or the step with its items in brackets."""
        if self.whole is not None or not self.instances:
            return self.whole or self.step
        return f"{self.step}[{','.join(i.label for i in self.instances)}]"


def deadlines(plan: Plan, calendar: WorkCalendar, state: CaseState, now: datetime) -> tuple[Deadline, ...]:
    """The dates that a case stands under, in the order of its tokens; those of a whole once, at the first.

    A whole that several branches work on ends with that branch for which it ends first, as hearings and tests
    stop its clock only for their own.
    """
    if ended(plan, state):
        return ()
    now = local(now)
    found: dict[object, Deadline] = {}
    for token in state.tokens:
        node = plan.nodes[token.node]
        if node.kind is not NodeKind.STEP:
            continue
        for deadline in _Reading(calendar, state, node, token, now).deadlines():
            key = (deadline.kind, deadline.place, deadline.instances, deadline.event)
            other = found.setdefault(key, deadline)
            if other is not deadline:
                first = min(other, deadline, key=lambda d: (d.stopped, d.last))
                roles = tuple(dict.fromkeys((*other.roles, *deadline.roles)))
                found[key] = replace(first, roles=roles)
    return tuple(found.values())


def light(found: Iterable[Deadline]) -> Light:
    """The light of all together: the worst."""
    return max((d.light for d in found), key=list(Light).index, default=Light.GREEN)


def recalendar(
    plan: Plan, old: WorkCalendar | None, new: WorkCalendar, state: CaseState, now: datetime
) -> Decision | Refusal:
    """Count the days of a case by another calendar from here on.

    One record says which dates moved, and because of which days; none where nothing is left to count.

    Args:
        old: the calendar that has counted them; None when it is not at hand, and what moved can't be told.
    """
    now = local(now)
    refusal = time_refusal(state, now)
    if refusal is not None:
        return refusal
    if ended(plan, state) or state.memory.calendar == new.revision:
        return Decision((), state)
    moved = tuple(_moved(plan, old, new, state, now)) if old is not None else ()
    moves = Moves(plan, new, state, now, None)
    moves.recalendar(new.revision, moved)
    return moves.decision()


def _moved(
    plan: Plan, old: WorkCalendar, new: WorkCalendar, state: CaseState, now: datetime
) -> Iterator[Moved]:
    before, after = (deadlines(plan, calendar, state, now) for calendar in (old, new))
    for was, is_ in zip(before, after, strict=True):
        if was.last != is_.last:
            agency = is_.agency.id if is_.agency is not None else ""
            until = max(was.last, is_.last)
            days = old.of(agency).changed(new.of(agency), is_.start, until)
            yield Moved(is_.kind.value, is_.whole or is_.step, is_.instances, was.last, is_.last, days)


class _Reading:
    """The dates that one token stands under."""

    def __init__(
        self, calendar: WorkCalendar, state: CaseState, node: NodePlan, token: Token, now: datetime
    ) -> None:
        assert node.node.step is not None, "only steps have dates"
        self.calendar = calendar
        self.memory = state.memory
        self.data = state.data
        self.node = node
        self.step = node.node.step
        self.token = token
        self.now = now

    def deadlines(self) -> Iterator[Deadline]:
        if self.node.limit is not None:
            yield from self._limit(self.node.limit, None)
        for timer in self.node.timers:
            if timer.kind in (TimerKind.WAIT, TimerKind.AFTER):
                kind = DeadlineKind.WAIT if timer.kind is TimerKind.WAIT else DeadlineKind.AFTER
                assert timer.period is not None, "what is no limit is a period"
                yield from self._period(kind, timer.period, timer.basis, timer.event)
        wait = self.node.wait
        if wait is not None and not any(
            t.kind is TimerKind.WAIT or (t.kind is TimerKind.AFTER and t.period == wait)
            for t in self.node.timers
        ):
            basis = self.step.wait.basis if self.step.wait is not None else NO_BASIS
            yield from self._period(DeadlineKind.WAIT, wait, basis, None)
        for whole in self.node.wholes:
            yield from self._limit(whole.limit, whole)

    def _period(
        self, kind: DeadlineKind, period: PeriodPlan, basis: Basis, event: str | None
    ) -> Iterator[Deadline]:
        last = period_end(self.calendar, self.node, self.token, self.memory, period, self.data, self.now)
        if last is None:
            return
        start = self.token.since.date()
        if not period.exact:
            start = period_start(period, self.token, self.memory, self.data) or start
        unit = Unit.DAY if period.exact else period.duration.unit
        yield self._deadline(kind, None, start, last, None, unit, event, basis)

    def _limit(self, limit: Limit, whole: WholePlan | None) -> Iterator[Deadline]:
        for kind, length, basis in (
            (DeadlineKind.STATUTORY, limit.legal, limit.basis),
            (DeadlineKind.PROMISED, limit.promised, limit.promised_basis),
        ):
            if length is None:
                continue
            start = began(self.node, self.token, self.memory, whole).date()
            last = limit_end(self.calendar, self.node, self.token, self.memory, length, whole, self.now)
            own = calendar_of(self.calendar, self.node, whole)
            before = limit.warn or own.warn_before
            warn = warned(own, start, last, before) if before is not None else None
            expired = kind is DeadlineKind.STATUTORY or limit.legal is None
            event = limit.expiry.event if limit.expiry is not None and expired else None
            deadline = self._deadline(kind, whole, start, last, warn, length.unit, event, basis)
            if deadline.light is Light.RED and not expired:
                deadline = replace(deadline, light=Light.YELLOW)
            yield deadline

    def _deadline(
        self,
        kind: DeadlineKind,
        whole: WholePlan | None,
        start: date,
        last: date,
        warn: date | None,
        counts: Unit,
        event: str | None,
        basis: Basis,
    ) -> Deadline:
        calendar = calendar_of(self.calendar, self.node, whole)
        unit = counts if counts is Unit.WORKING_DAY else Unit.DAY
        stops = stops_for(self.node, self.token, self.memory, self.now, whole)
        today = self.now.date()
        waits = kind in (DeadlineKind.WAIT, DeadlineKind.AFTER)
        if not waits and self.now > over(last, self.now):
            shown = Light.RED
        elif warn is not None and self.now > over(warn, self.now):
            shown = Light.YELLOW
        else:
            shown = Light.GREEN
        agency = self.step.role.agency if whole is None else whole.lead
        return Deadline(
            kind=kind,
            step=self.token.node,
            instances=place_of(self.token, whole)[1],
            whole=whole.key if whole is not None else None,
            of_process=whole is not None and whole.of_process,
            title=self.node.node.title if whole is None else whole.title,
            roles=self.step.by,
            agency=agency,
            start=start,
            last=last,
            warn=warn,
            unit=unit,
            used=used(calendar, start, today, unit, stops),
            left=counted(calendar, today, last, unit),
            stopped=any(stopped_since(self.node, self.token, self.memory, whole)),
            light=shown,
            provisional=not calendar.settled(start, last),
            event=event,
            basis=basis,
        )
