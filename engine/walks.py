"""Runs that lead to each end of a flow, found by search on the real engine.

Nothing but `decide` moves the cases of the search, so a walk is a proof that its end can be reached: the data
that the conditions want, the people who may act, the days that have to pass. The search goes first where the
fewest events are left (`distances`), and tries for each event one set of data for each way its conditions can
turn out (`samples`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from math import inf
from typing import Any, TypeAlias

from jianban.engine.access import Actor
from jianban.engine.case import Case
from jianban.engine.decision import Command, Deliver, Fire, Open, Tick, china, decide
from jianban.engine.distances import Distances
from jianban.engine.messages import Message
from jianban.engine.plan import ArcPlan, Condition, NodePlan, Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.samples import Samples
from jianban.engine.state import CaseState, Decision, Mark, Memory, Token, Value
from jianban.engine.timers import timers_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.language.terms import Role

MAX_STATES = 20_000
"""States looked at before the search for one end is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A run that reaches an end."""

    end: str
    commands: tuple[Command, ...]
    """The opening first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """An end that no run was found to."""

    end: str
    exhausted: bool
    """True when everything was tried: the conditions, or the flow, never lead there."""


def walks(flow: Flow, now: datetime, calendar: WorkCalendar | None = None) -> Iterator[Walk | Unreached]:
    """A run to each end of the flow, in the order of the ends."""
    for end in flow.ends:
        yield walk(flow, end.id, now, calendar)


def walk(flow: Flow, end: str, now: datetime, calendar: WorkCalendar | None = None) -> Walk | Unreached:
    """A run to one end, among the shortest that the search comes across.

    Args:
        now: when the case is opened.

    Raises:
        KeyError: the flow has no such end.
    """
    if end not in {n.id for n in flow.ends}:
        raise KeyError(end)
    return _Search(flow, end, now, calendar or china()).walk()


def play(flow: Flow, walk: Walk, calendar: WorkCalendar | None = None) -> Case:
    """The case that a walk leads to.

    Raises:
        ValueError: a command is refused, as when the walk is not one of this flow.
    """
    opening, *rest = walk.commands
    if not isinstance(opening, Open):
        raise ValueError("a walk begins with the opening of a case")
    case = Case.open(
        flow, opening.data, actor=opening.actor, now=opening.now, calendar=calendar, reason=opening.reason
    )
    for command in rest:
        answer: Decision | Refusal
        match command:
            case Fire(event, actor, now, data, at, reason):
                answer = case.fire(event, actor=actor, now=now, data=data, at=at, reason=reason)
            case Tick(now):
                answer = case.tick(now)
            case Deliver(message, now, at):
                answer = case.deliver(message, now=now, at=at)
            case _:
                raise ValueError("a case is opened once")
        if isinstance(answer, Refusal):
            raise ValueError(answer.text.en)
    return case


@dataclass(slots=True, eq=False)
class _Visit:
    state: CaseState
    now: datetime
    command: Command
    before: _Visit | None
    events: int


_Key: TypeAlias = tuple[object, ...]


class _Search:
    def __init__(self, flow: Flow, end: str, now: datetime, calendar: WorkCalendar) -> None:
        self.flow = flow
        self.end = end
        self.now = now
        self.calendar = calendar
        self.plan: Plan = plan_of(flow)
        self.distances = Distances(self.plan, end)
        self.samples = Samples(self.plan, now.date())
        self.withdrawals = [a for a in flow.anywhere if a.kind is AnywhereKind.WITHDRAW and a.to == end]
        conditions = [c for n in self.plan.nodes.values() for c in (*self._ahead(n.node.id), *n.eligible)]
        conditions += [a.condition for a in self.plan.arcs.values() if a.condition is not None]
        asked = {name for c in conditions for name in c.names} | self.plan.dates
        self.asked = tuple(at for at, name in enumerate(self.plan.fields) if name in asked)
        """The places of the data that conditions read."""

    def walk(self) -> Walk | Unreached:
        queue: list[tuple[float, int, _Visit]] = []
        seen: set[_Key] = set()
        made = 0
        for visit in self._openings():
            made = self._add(queue, seen, visit, made)
        while queue:
            _, _, visit = heappop(queue)
            if visit.state.tokens[0].node == self.end:
                return Walk(end=self.end, commands=tuple(_commands(visit)))
            if len(seen) > MAX_STATES:
                return Unreached(end=self.end, exhausted=False)
            for following in self._following(visit):
                made = self._add(queue, seen, following, made)
        return Unreached(end=self.end, exhausted=True)

    def _add(self, queue: list[tuple[float, int, _Visit]], seen: set[_Key], visit: _Visit, made: int) -> int:
        key = self._key(visit.state)
        left = self.distances.of(visit.state)
        if self.withdrawals and self.plan.nodes[visit.state.tokens[0].node].kind is not NodeKind.END:
            left = min(left, 1)
        if key in seen or left == inf:
            return made
        seen.add(key)
        heappush(queue, (3 * left + visit.events, made, visit))
        return made + 1

    def _key(self, state: CaseState) -> _Key:
        tokens = frozenset((t.node, t.instances) for t in state.tokens)
        return tokens, tuple(state.data[at] for at in self.asked), _without_times(state.memory)

    def _openings(self) -> Iterator[_Visit]:
        """The case opened with each set of data that is eligible."""
        start = self.flow.root.initial
        data = tuple(f.default for f in self.plan.fields.values())
        applicant = self._applicant()
        for given in self.samples.assignments(
            data, (), required=self.plan.eligible, open_=self._ahead(start), wanted=self._lists(start)
        ):
            command = Open(actor=applicant, now=self.now, data=given)
            decision = decide(self.flow, None, command, self.calendar)
            if isinstance(decision, Decision):
                yield _Visit(decision.state, self.now, command, None, 0)

    def _following(self, visit: _Visit) -> Iterator[_Visit]:
        state = visit.state
        for token in state.tokens:
            node = self.plan.nodes[token.node]
            for arcs in node.exits.values():
                yield from self._events(visit, token, arcs)
            for name, arcs in node.received.items():
                yield from self._messages(visit, token, name, arcs)
        moments = (
            at
            for token in state.tokens
            for at, timer in timers_of(self.plan, self.calendar, token, state.memory, state.data)
            if timer.event is not None
        )
        due = min(moments, default=None)
        if due is not None:
            yield from self._decided(visit, Tick(now=max(due, visit.now)))
        for anywhere in self.withdrawals:
            actor = self._person(anywhere.by, anywhere.event)
            condition = self.plan.anywhere[anywhere.event].condition
            for data in self.samples.assignments(
                state.data, (), required=[] if condition is None else [condition]
            ):
                yield from self._decided(
                    visit, Fire(event=anywhere.event, actor=actor, now=visit.now, data=data, reason="…")
                )

    def _events(self, visit: _Visit, token: Token, arcs: tuple[ArcPlan, ...]) -> Iterator[_Visit]:
        """One event at a token, by each group of people who may fire it, with the data that may matter."""
        for brought in self._brought(visit.state, token, arcs):
            for roles in dict.fromkeys(a.arc.by for a in arcs):
                fire = Fire(
                    event=arcs[0].arc.event,
                    actor=self._person(roles, token.node),
                    now=visit.now,
                    data=brought,
                    at=token.place,
                )
                yield from self._decided(visit, fire)

    def _brought(
        self, state: CaseState, token: Token, arcs: tuple[ArcPlan, ...]
    ) -> Iterator[dict[str, Value]]:
        """The data that may matter when an event happens at a token, with what its main exit must bring."""
        open_ = [a.condition for a in arcs if a.condition is not None]
        lists: list[str] = []
        for arc in arcs:
            open_ += self._ahead(arc.arc.target)
            lists += self._lists(arc.arc.target)
        step = self.plan.nodes[token.node].node.step
        collects = step.collects if step is not None and any(a.arc.main for a in arcs) else ()
        known = dict(zip(self.plan.fields, state.data, strict=True))
        scoped = [c for c in open_ if not c.scoped or token.instances]
        for data in self.samples.assignments(state.data, token.instances, open_=scoped, wanted=lists):
            brought = {n: v for n, v in data.items() if v != known[n]}
            for name in collects:
                value = data.get(name, known[name])
                brought[name] = self.samples.values[name][0] if value is None else value
            yield brought

    def _messages(
        self, visit: _Visit, token: Token, name: str, arcs: tuple[ArcPlan, ...]
    ) -> Iterator[_Visit]:
        """A message at the place of a token, with what it brings."""
        awaited = [a.arc.message for a in arcs if a.arc.message is not None]
        brings = {field: at for message in awaited for field, at in message.brings}
        for values in self._brought(visit.state, token, arcs):
            data = {brings[f]: v for f, v in values.items() if f in brings}
            message = Message(id=f"{name}@{visit.events}", name=name, data=data)
            yield from self._decided(visit, Deliver(message=message, now=visit.now, at=token.place))

    def _decided(self, visit: _Visit, command: Fire | Deliver | Tick) -> Iterator[_Visit]:
        """What a command leads to; one that must wait is tried again on the morning after."""
        decision = decide(self.flow, visit.state, command, self.calendar)
        if isinstance(decision, Refusal) and decision.code is Rule.WAIT and decision.until is not None:
            morning = datetime.combine(decision.until + timedelta(days=1), time(9), self.now.tzinfo)
            command = command._replace(now=morning)
            decision = decide(self.flow, visit.state, command, self.calendar)
        if isinstance(decision, Decision) and decision.records:
            yield _Visit(decision.state, command.now, command, visit, visit.events + 1)

    def _ahead(self, node_id: str) -> list[Condition]:
        """The conditions decided at once when a token reaches a node."""
        found: list[Condition] = []
        for node in self._passed(node_id):
            found += [a.condition for a in node.routes if a.condition is not None]
            found += [c.condition for c in node.children if c.condition is not None]
            found += node.eligible
        return found

    def _lists(self, node_id: str) -> list[str]:
        """The lists that open branches at once when a token reaches a node."""
        names = list(self.plan.fields)
        return [names[node.over] for node in self._passed(node_id) if node.over is not None]

    def _passed(self, node_id: str) -> Iterator[NodePlan]:
        """The nodes that may be reached from a node without an event."""
        seen = {node_id}
        waiting = [node_id]
        while waiting:
            node = self.plan.nodes[waiting.pop()]
            yield node
            following = [a.arc.target for a in node.routes] + [c.initial for c in node.children]
            if node.kind is NodeKind.DONE and node.owner is not None:
                following += [a.arc.target for a in self.plan.nodes[node.owner].routes]
            for n in following:
                if n not in seen:
                    seen.add(n)
                    waiting.append(n)

    def _applicant(self) -> Actor:
        first = next(iter(self.flow.steps), None)
        roles = first.step.by if first is not None and first.step is not None else ()
        return self._person(roles, first.id if first is not None else "")

    def _person(self, roles: tuple[Role, ...], step: str) -> Actor:
        """A person of the first of these roles: one for each step, or one for all that stays with one."""
        if not roles:
            return Actor(step)
        role = roles[0]
        stays = role == self.plan.applicant or role.id in self.plan.kept
        node = self.plan.nodes.get(step)
        apart = node is not None and node.apart
        return Actor(role.id if stays and not apart else f"{role.id}@{step}", [role.id])


def _without_times(memory: Memory) -> tuple[Any, ...]:
    done = frozenset((d.node, d.instances, d.actor) for d in memory.done)
    extended = frozenset(mark for mark in memory.marks if mark[2] is Mark.EXTENDED)
    return frozenset(memory.counts), done, extended


def _commands(visit: _Visit) -> list[Command]:
    commands: list[Command] = []
    at: _Visit | None = visit
    while at is not None:
        commands.append(at.command)
        at = at.before
    return commands[::-1]
