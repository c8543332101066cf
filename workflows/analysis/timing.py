"""When a run ends, for one start date or many at once.

A run takes at each step the time that counts (see `Time`); the earliest or latest finish then follows by
dynamic programming, since a later start never gives an earlier end. A join of `n` branches comes when the
`n`-th gets done. An exit that leaves a block comes when its own branch takes it. Runs take no arc that goes
back.

A limit that is counted from another step runs beside everything since then; steps that stop the clock
(行政许可法 art. 45) lengthen it by the days they took. That is exact when the other step stands on every way
here.

A waiting period that runs since another step has run in part before its own is reached. One that a date of
the case ends takes the time that the definition plans with.

A limit of a whole stage, or of the whole process, is kept beside those of its steps: it is done at the
earlier of both, but not before the waiting periods within have run. Where no office within has a limit of its
own, it takes the whole limit. A case enters a stage once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, partial, reduce
from operator import add, ge, le, sub
from typing import TypeAlias

from jianban.workflows.analysis.graph import Edge, Shape, needed
from jianban.workflows.analysis.periods import Days, Periods
from jianban.workflows.analysis.typical import TypicalRun
from jianban.workflows.flow import ROOT, Node, NodeKind
from jianban.workflows.language.model import Process, Stage, Step
from jianban.workflows.language.terms import Cause, Duration, Limit, Origin, PartyKind, Unit

OFFICES = frozenset({PartyKind.GOVERNMENT, PartyKind.COURT, PartyKind.SERVICE})
"""Whose limits are administrative time."""

NO_STOP: Mapping[Unit, int] = {Unit.DAY: 0, Unit.WORKING_DAY: 0}


class Time(StrEnum):
    """Which time counts."""

    WAITING = "waiting"
    """Waiting periods alone: every office acts at once."""
    STATUTORY = "statutory"
    """Waiting periods, and every office uses its legal limit."""
    PROMISED = "promised"
    """Waiting periods, and every office uses its promised limit, or the legal one where nothing is promised.
    """
    APPLICANT = "applicant"
    """The applicant's own deadlines alone."""

    def limit(self, limit: Limit | None) -> Duration | None:
        """The part of a limit that counts, whoever has to keep it."""
        if limit is None or self is Time.WAITING:
            return None
        return (limit.promised or limit.legal) if self is Time.PROMISED else limit.legal

    def step_limit(self, step: Step) -> Duration | None:
        parties = frozenset({PartyKind.APPLICANT}) if self is Time.APPLICANT else OFFICES
        return self.limit(step.limit) if step.role.agency.kind in parties else None

    def whole_limit(self, whole: Stage | Process) -> Duration | None:
        return None if self is Time.APPLICANT else self.limit(whole.limit)

    def wait(self, step: Step) -> Duration | None:
        return None if self is Time.APPLICANT or step.wait is None else step.wait.effective


Owner: TypeAlias = Node | Stage | Process
"""What a limit or a waiting period belongs to."""


class Pace(StrEnum):
    """Over which runs."""

    FASTEST = "fastest"
    TYPICAL = "typical"
    SLOWEST = "slowest"


@dataclass(frozen=True, kw_only=True, eq=False)
class Leg:
    """A period on the way to a moment, linked to the one before it."""

    owner: Owner
    """The step, or the stage or process whose own limit it is."""
    duration: Duration
    waiting: bool
    starts: Days
    ends: Days
    before: Leg | None

    @cached_property
    def mean(self) -> float:
        """The mean number of calendar days it takes."""
        return (sum(self.ends) - sum(self.starts)) / len(self.starts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """A point of the run, for each start date."""

    days: Days
    waited: Days | None = None
    """The days of waiting periods on the way here, on the typical run; None for none."""
    stopped: Sequence[Mapping[Unit, int]] | None = None
    """The days of each kind for which clocks stood still on the way here; None for none."""
    leg: Leg | None = None
    """The last period on the critical path to here."""

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The periods on the critical path, in order."""
        found: list[Leg] = []
        leg = self.leg
        while leg is not None:
            found.append(leg)
            leg = leg.before
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The limit of a whole stage or process."""

    owner: Stage | Process
    duration: Duration
    alone: bool
    """True when no office within has a limit of its own."""


class Timing:
    """How long the runs of a flow take, measured by one kind of time."""

    def __init__(
        self, shape: Shape, typical: TypicalRun | None, periods: Periods, time: Time, pace: Pace
    ) -> None:
        self.shape = shape
        self.typical = typical
        self.periods = periods
        self.time = time
        self.pace = pace
        self._done: dict[str, Moment] = {}
        process = shape.flow.process
        limited = {n.stage for n in shape.flow.steps if n.step and time.step_limit(n.step) is not None}
        self.stages: dict[str | None, Cap] = {
            s.id: Cap(owner=s, duration=limit, alone=s.id not in limited)
            for s in process.stages
            if (limit := time.whole_limit(s)) is not None
        }
        whole = time.whole_limit(process)
        self.whole: Cap | None = None
        if whole is not None:
            self.whole = Cap(owner=process, duration=whole, alone=not limited and not self.stages)
        self._waiting: Timing | None = None
        """The same runs with waiting periods alone, which no limit shortens."""
        if self.stages or self.whole is not None:
            self._waiting = type(self)(shape, typical, periods, Time.WAITING, pace)

    def finish(self, starts: Days) -> Moment | None:
        """When the case is granted, for each start; None when no run of this pace ends so.

        Raises:
            CalendarError: a run leaves the years of the calendar.
        """
        self._done.clear()
        ends = self._region(ROOT, Moment(days=starts))
        granted = [m for t, m in ends.items() if t in self.shape.success]
        if not granted:
            return None
        moment = self._merged(granted)
        if self.whole is not None and self._waiting is not None:
            waited = self._waiting.finish(starts)
            assert waited is not None, "the same runs end granted"
            moment = self._capped(self.whole, moment, waited, Moment(days=starts))
        return moment

    def _region(self, region: str, start: Moment) -> dict[str, Moment]:
        """The moments at which a region, entered at `start`, leads to each place it can lead to."""
        nodes = self.shape.flow.nodes
        initial = self.shape.flow.regions[region].initial
        arrivals: dict[str, list[Moment]] = {initial: [start]}
        entries: dict[str | None, list[Moment]] = {nodes[initial].stage: [start]}
        floors: dict[str, list[Moment]] = {initial: [start]}
        """For nodes of stages with a limit: when they are reached if since the stage began only waiting
        periods have run."""
        for node_id in self._nodes(region):
            if node_id not in arrivals:
                continue
            node = nodes[node_id]
            ways = list(self._ways(node, self._merged(arrivals[node_id])))
            if region != ROOT or not self.stages:
                for edge, moment in ways:
                    arrivals.setdefault(edge.target, []).append(moment)
                continue
            cap = self.stages.get(node.stage)
            waited = [moment for _, moment in ways]
            if cap is not None and self._waiting is not None:
                floor = self._merged(floors[node_id])
                waited = [moment for _, moment in self._waiting._ways(node, floor)]
            for (edge, moment), low in zip(ways, waited, strict=True):
                if (stage := nodes[edge.target].stage) != node.stage:
                    if cap is not None:
                        moment = self._capped(cap, moment, low, self._merged(entries[node.stage]))
                    entries.setdefault(stage, []).append(moment)
                    low = moment
                arrivals.setdefault(edge.target, []).append(moment)
                floors.setdefault(edge.target, []).append(low)
        return {t: self._merged(arrivals[t]) for t in self.shape.exits[region] if t in arrivals}

    def _nodes(self, region: str) -> Sequence[str]:
        if self.pace is Pace.TYPICAL:
            return self.typical.paths.get(region, ()) if self.typical else ()
        return self.shape.order[region]

    def _edges(self, node: Node) -> Sequence[Edge]:
        if self.pace is Pace.TYPICAL:
            return (self.typical.edges[node.id],) if self.typical else ()
        return self.shape.granting[node.id]

    def _merged(self, moments: Sequence[Moment]) -> Moment:
        return nth(moments, len(moments) if self.pace is Pace.SLOWEST else 1)

    def _ways(self, node: Node, arrival: Moment) -> Iterator[tuple[Edge, Moment]]:
        """The moment of each way out of a node."""
        edges = self._edges(node)
        match node.kind:
            case NodeKind.CHOICE:
                yield from ((e, arrival) for e in edges)
            case NodeKind.STEP:
                finish = self._step(node, arrival)
                yield from ((e, self._timer(node, e, arrival, finish)) for e in edges)
            case _:
                joins = any(e.child is None for e in edges)
                entered = [c for c in node.children if joins or any(e.child == c for e in edges)]
                results = self._branches(node, entered, arrival)
                joined = self._joined(node, results, arrival) if joins else None
                for edge in edges:
                    moment = results[edge.child].get(edge.goal or "") if edge.child else joined
                    if moment is not None:
                        yield edge, moment

    def _branches(
        self, block: Node, children: Sequence[str], arrival: Moment
    ) -> Mapping[str, Mapping[str, Moment]]:
        """The moments at which the branches of a block, opened at `arrival`, lead to each place they can."""
        return {c: self._region(c, arrival) for c in children}

    def _step(self, node: Node, arrival: Moment) -> Moment:
        step = node.step
        assert step is not None
        found: list[Moment] = []
        if (wait := self.time.wait(step)) is not None and step.wait is not None:
            found += self._period(node, wait, step.wait.origin, arrival, waiting=True)
        limit = self.time.step_limit(step)
        if limit is not None and step.limit is not None:
            origin = self._origin(node, step.limit.counted_from)
            found += self._limit(node, limit, arrival, origin)
        finish = nth(found, len(found)) if found else arrival
        if step.stops_clock and found:
            finish = self._stopped(arrival, finish)
        self._done[node.id] = finish
        return finish

    def _origin(self, node: Node, step: str | None) -> Moment | None:
        """When the step from which a period runs was done; None when it is none, or was not done."""
        if step is None or node.step is None:
            return None
        return self._done.get(node.id.removesuffix(node.step.id) + step)

    def _period(
        self, node: Node, duration: Duration, origin: Origin | None, arrival: Moment, waiting: bool = False
    ) -> list[Moment]:
        """What a step waits for whose period may run since another step, or end with a date of the case."""
        since = self._origin(node, origin.step) if origin is not None else None
        if since is None:
            return [self._after(arrival, node, duration, waiting)]
        return [arrival, replace(self._after(since, node, duration, waiting), stopped=arrival.stopped)]

    def _limit(
        self, owner: Owner, duration: Duration, arrival: Moment, origin: Moment | None
    ) -> list[Moment]:
        """What a step waits for that uses its limit, which may run since the end of another step."""
        if origin is None:
            return [self._after(arrival, owner, duration)]
        moment = self._after(origin, owner, duration)
        if arrival.stopped is None or arrival.stopped == origin.stopped:
            return [arrival, moment]
        unit = Unit.WORKING_DAY if duration.unit is Unit.WORKING_DAY else Unit.DAY
        before = origin.stopped or [NO_STOP] * len(arrival.stopped)
        ends = [
            self._extended(o, e, duration, after[unit] - earlier[unit])
            for o, e, after, earlier in zip(origin.days, moment.days, arrival.stopped, before, strict=True)
        ]
        return [arrival, replace(moment, days=ends, stopped=arrival.stopped)]

    def _extended(self, start: float, end: float, duration: Duration, extra: int) -> float:
        """The end of a period whose clock stood still for `extra` days."""
        if not extra:
            return end
        if duration.unit in (Unit.DAY, Unit.WORKING_DAY):
            return self.periods.ends([start], Duration(duration.amount + extra, duration.unit))[0]
        return self.periods.ends([end], Duration(extra, Unit.DAY))[0]

    def _after(self, start: Moment, owner: Owner, duration: Duration, waiting: bool = False) -> Moment:
        ends = self.periods.ends(start.days, duration)
        waited = start.waited
        if waiting and self.pace is Pace.TYPICAL:
            lasted = map(sub, ends, start.days)
            waited = list(lasted) if waited is None else list(map(add, waited, lasted))
        leg = Leg(
            owner=owner, duration=duration, waiting=waiting, starts=start.days, ends=ends, before=start.leg
        )
        return Moment(days=ends, waited=waited, stopped=start.stopped, leg=leg)

    def _timer(self, node: Node, edge: Edge, arrival: Moment, finish: Moment) -> Moment:
        """A timer fires when its time has run, however quick the offices are."""
        arc = edge.arc
        if arc is None or arc.cause is not Cause.TIMER or arc.after is None or self.time is Time.APPLICANT:
            return finish
        wait = node.step.wait if node.step is not None else None
        if wait is not None and arc.after == wait.effective and arc.origin == wait.origin:
            return finish
        found = self._period(node, arc.after, arc.origin, arrival)
        return nth([finish, *found], 1 + len(found))

    def _stopped(self, arrival: Moment, finish: Moment) -> Moment:
        before = arrival.stopped or [NO_STOP] * len(arrival.days)
        stopped = [
            {u: b[u] + self.periods.between(start, end, u) for u in NO_STOP}
            for b, start, end in zip(before, arrival.days, finish.days, strict=True)
        ]
        return replace(finish, stopped=stopped)

    def _capped(self, cap: Cap, moment: Moment, waited: Moment, entry: Moment) -> Moment:
        """When what began at `entry` is done: `moment` by its steps, `waited` by their waiting periods."""
        limit = cap.owner.limit
        origin = self._done.get(limit.counted_from or "") if limit is not None else None
        end = self._limit(cap.owner, cap.duration, moment, origin or entry)[-1]
        return nth([waited, end if cap.alone else nth([moment, end], 1)], 2)

    def _joined(
        self, block: Node, results: Mapping[str, Mapping[str, Moment]], arrival: Moment
    ) -> Moment | None:
        done = {c: m for c in block.children if (m := results[c].get(self.shape.done(c))) is not None}
        every = list(done.values())
        if block.kind is NodeKind.EACH:
            return every[0] if every else None
        always = [c for c in block.children if self.shape.always(c)]
        must = [done[c] for c in always if c in done]
        count = needed(block, len(block.children))
        match self.pace:
            case Pace.TYPICAL:
                return nth(every, needed(block, len(every))) if every else arrival
            case Pace.FASTEST:
                found: list[Moment] = []
                if len(must) == len(always) == needed(block, len(always)):
                    found.append(nth(must, len(must)) if must else arrival)
                if 0 < count <= len(every):
                    found.append(nth(every, count))
                return nth(found, 1) if found else None
            case Pace.SLOWEST:
                # conditional branches are opened only as far as the join then waits for them
                if len(must) >= count:
                    return nth(must, count) if must else arrival
                if len(must) < len(always) and len(every) < count:
                    return None
                return nth(every, len(every)) if every else arrival


def nth(moments: Sequence[Moment], n: int) -> Moment:
    """The n-th of some moments, for each start date; the first written among equals."""
    if n == 1:
        return reduce(partial(_either, le), moments)
    if n == len(moments):
        return reduce(partial(_either, ge), moments)
    rows = [m.days for m in moments]
    mean = sorted(range(len(rows)), key=lambda i: sum(rows[i]))[n - 1]
    places = [sorted(range(len(c)), key=c.__getitem__)[n - 1] for c in zip(*rows, strict=True)]
    return _taken(moments, places, moments[mean].leg)


def _either(first: Callable[[float, float], bool], a: Moment, b: Moment) -> Moment:
    """For each start date, the first moment when `first` holds of their days, else the second."""
    if a.days is b.days and a.waited is b.waited and a.stopped is b.stopped:
        return a
    taken = list(map(first, a.days, b.days))
    if all(taken):
        return a
    if not any(taken):
        return b
    return _taken((a, b), [not t for t in taken], a.leg if first(sum(a.days), sum(b.days)) else b.leg)


def _taken(moments: Sequence[Moment], places: Sequence[int], leg: Leg | None) -> Moment:
    """For each start date, the moment at its place."""
    waited = stopped = None
    if any(m.waited is not None for m in moments):
        waits = [m.waited or [0] * len(places) for m in moments]
        waited = [waits[p][i] for i, p in enumerate(places)]
    if any(m.stopped is not None for m in moments):
        stops = [m.stopped or [NO_STOP] * len(places) for m in moments]
        stopped = [stops[p][i] for i, p in enumerate(places)]
    days = [m.days for m in moments]
    return Moment(days=[days[p][i] for i, p in enumerate(places)], waited=waited, stopped=stopped, leg=leg)
