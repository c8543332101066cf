"""Moving tokens: what follows from one arc until every token rests again.

A step holds its token until an event. A choice is passed at once. A fork or list block keeps its token and
opens one in each live branch; when enough of them are done it moves on, and what is left inside is cancelled.
A call keeps its token until the called process reaches an end. An arc that leads out of a block cancels
everything inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from jianban.engine.limits import TimerPlan, WholePlan
from jianban.engine.plan import ArcPlan, Condition, NodePlan, Plan
from jianban.engine.refusals import (
    Refusal,
    Rule,
    count_refusal,
    fault_refusal,
    guard_refusal,
    refuse,
    times_taken,
)
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
    blank,
    labelled,
)
from jianban.engine.timers import alike, first_due, place_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.expressions import EvaluationFault, missing_data
from jianban.workflows.language.terms import NO_BASIS
from jianban.workflows.texts import Text

STEP, CHOICE, CALL, DONE, END = NodeKind.STEP, NodeKind.CHOICE, NodeKind.CALL, NodeKind.DONE, NodeKind.END
OPENED = RecordKind.OPENED
# Python takes a quarter of a microsecond to look a member of an enumeration up

MAX_MOVES = 10_000
"""Automatic moves of one event; only a loop without a step needs more."""


class Refusing(Exception):
    """Something on the way refuses the whole event."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class Moves:
    """The work on one event. It copies the state it starts from; `decision` gives what came of it."""

    __slots__ = (
        "_left",
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
        self._left = MAX_MOVES

    def decision(self) -> Decision:
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

    def open(self, reason: str, role: str = "") -> None:
        """Open the case at the start of its process, with the data it has.

        Args:
            role: the role that is bound to who opens it.
        """
        start = self.plan.flow.root.initial
        self.memory = blank(self.calendar.revision)
        if role and self.principal is not None:
            self.remember(assignments=((role, self.principal),))
        self.record(OPENED, start, role, start, brought=self.data, reason=reason)
        token = Token(start, self.now)
        self.tokens.append(token)
        self._enter(self.plan.nodes[start].within, ())
        self._settle(token)

    def follow(
        self,
        token: Token,
        arc: ArcPlan,
        kind: RecordKind,
        brought: tuple[Value, ...] = (),
        reason: str = "",
    ) -> None:
        """Take an arc that was admitted, and everything that follows at once.

        Raises:
            Refusing: a condition on the way cannot be decided, so that nothing may happen.
        """
        if self.plan.clock_stops or self.memory.marks or arc.arc.max is not None:
            self._remember_leaving(token, arc)
        node = self.plan.nodes[token.node]
        if node.remembered and arc.own:
            self._remember_done(token)
        if node.first_received and arc.own and kind is RecordKind.FIRED and not self.memory.responsible:
            self.remember(responsible=self.principal)
        moved = self._move(token, arc, kind, brought, reason)
        self._settle(moved)

    def finish(self, token: Token) -> None:
        """Leave only this token, which reached an end of the case."""
        self._cancel([t for t in self.tokens if t is not token])
        self.record(RecordKind.ENDED, token.node, "", token.node)

    def _move(
        self, token: Token, arc: ArcPlan, kind: RecordKind, brought: tuple[Value, ...] = (), reason: str = ""
    ) -> Token:
        """Take an arc; the new token stands where the moving one stood."""
        self.record(kind, arc.arc.source, arc.arc.event, arc.arc.target, token.instances, brought, reason)
        moving = token
        if arc.arc.leaves:
            moving = self._token_at(arc.moving, token.instances[: arc.depth])
        inside = self.plan.nodes[moving.node].inside
        if inside:
            depth = len(moving.instances)
            gone = [t for t in self.tokens if t.node in inside and t.instances[:depth] == moving.instances]
            self._cancel(gone, token)
        moved = Token(moving.node, self.now, moving.instances)
        arc.trigger(moved)
        if self.plan.wholes:
            within = self.plan.nodes[moved.node].within - self.plan.nodes[moving.node].within
            self._enter(within, moved.instances)
        tokens = self.tokens
        for i, t in enumerate(tokens):
            if t is moving:
                tokens[i] = moved
                break
        return moved

    def _enter(self, keys: frozenset[str], instances: tuple[Instance, ...]) -> None:
        """Remember when stages and processes began whose limits run since then."""
        for key in sorted(keys):
            place = (key, instances[: self.plan.wholes[key].depth])
            others = (e for e in self.memory.entered if e[:2] != place)
            self.remember(entered=(*others, (*place, self.now)))
            self._unmark(place)

    def _token_at(self, node: str, instances: tuple[Instance, ...]) -> Token:
        return next(t for t in self.tokens if t.node == node and t.instances == instances)

    def _cancel(self, cancelled: list[Token], leaving: Token | None = None) -> None:
        gone = {id(t) for t in cancelled}
        self.tokens = [t for t in self.tokens if id(t) not in gone]
        for token in cancelled:
            if token is not leaving and self.plan.nodes[token.node].kind is STEP:
                self.record(RecordKind.CANCELLED, token.node, instances=token.instances)
                self._let_go(token)

    def _settle(self, first: Token) -> None:
        waiting = [first]
        nodes = self.plan.nodes
        while waiting:
            token = waiting.pop()
            node = nodes[token.node]
            kind = node.kind
            if kind is STEP:
                if node.timers:
                    token.due = first_due(self.plan, self.calendar, token, self.memory, self.data)
                continue
            if token is not first and not any(t is token for t in self.tokens):
                continue
            self._left -= 1
            if self._left < 0:
                raise Refusing(refuse(Rule.ENDLESS, "endless", token.node, title=node.node.title))
            if kind is CHOICE:
                waiting.append(self._move(token, self._branch(token, node), RecordKind.ROUTED))
            elif kind is DONE:
                waiting += self._returned(token, node)
            elif kind is END:
                self.finish(token)
                return
            else:
                waiting += reversed(self._opened(token, node))

    def _branch(self, token: Token, node: NodePlan) -> ArcPlan:
        """The branch of a choice whose condition holds first."""
        for arc in node.routes:
            if arc.condition is None or self._holds(arc.condition, token, arc.arc.title):
                return arc
        raise Refusing(refuse(Rule.GUARD, "no_branch", node.node.id, title=node.node.title))

    def _holds(self, condition: Condition, token: Token, title: Text) -> bool:
        result = condition(self.data, token.instances)
        if isinstance(result, EvaluationFault):
            raise Refusing(fault_refusal(result, token.node, title, condition.guard.basis, self.plan.fields))
        return result

    def _opened(self, token: Token, node: NodePlan) -> list[Token]:
        """Open the regions of a block; the tokens to settle next."""
        children: list[Token] = []
        for condition in node.eligible:
            if not self._holds(condition, token, node.node.title):
                raise Refusing(guard_refusal(condition.guard, node.node.id, node.node.title))
        for child in node.children:
            if child.condition is None or self._holds(child.condition, token, node.node.title):
                paths = [token.instances] if node.over is None else self._items(token, node, node.over)
                children += [Token(child.initial, self.now, path) for path in paths]
        branched = RecordKind.BRANCHED
        for child in children:
            if self.plan.wholes:
                self._enter(self.plan.nodes[child.node].within - node.within, child.instances)
            self.record(branched, node.node.id, "", child.node, child.instances)
        self.tokens += children
        if not children:
            return [self._move(token, node.routes[0], RecordKind.JOINED)]
        return children

    def _returned(self, token: Token, node: NodePlan) -> list[Token]:
        """A branch or called process is done: move its block on when that is enough."""
        owner = self.plan.nodes[node.owner or ""]
        path = token.instances[: owner.depth]
        waiting = self._token_at(owner.node.id, path)
        if owner.kind is CALL:
            return [self._move(waiting, self._exit(waiting, owner, node), RecordKind.RETURNED)]
        opened = done = 0
        for t in self.tokens:
            if t.node in owner.direct and t.instances[: owner.depth] == path:
                opened += 1
                done += t.node in owner.finals
        if done < opened and (owner.needed is None or done < owner.needed):
            return []
        return [self._move(waiting, owner.routes[0], RecordKind.JOINED)]

    def _exit(self, token: Token, owner: NodePlan, done: NodePlan) -> ArcPlan:
        """The exit of a call for the end that its process reached."""
        end = done.node.end
        refusal = None
        for arc in owner.routes:
            if end is not None and arc.arc.event == end.id:
                if arc.condition is not None and not self._holds(arc.condition, token, arc.arc.title):
                    refusal = guard_refusal(arc.condition.guard, arc.arc.id, arc.arc.title)
                    continue
                if arc.arc.max is not None:
                    refusal = count_refusal(arc.arc, token.instances[: arc.depth], self.memory)
                    if refusal is not None:
                        continue
                    self._count(arc, token)
                return arc
        title = end.title if end is not None else done.node.title
        if refusal is None:
            refusal = refuse(Rule.GUARD, "no_exit", owner.node.id, title=owner.node.title, end=title)
        raise Refusing(refusal)

    def _items(self, token: Token, node: NodePlan, over: int) -> list[tuple[Instance, ...]]:
        """The instance path of each item of a list block."""
        items = self.data[over]
        if not isinstance(items, tuple):
            missing = missing_data((list(self.plan.fields)[over],))
            raise Refusing(fault_refusal(missing, node.node.id, node.node.title, NO_BASIS, self.plan.fields))
        paths: list[tuple[Instance, ...]] = []
        labels: set[str] = set()
        for number, item in enumerate(items):
            short = labelled(item)
            again = (f"{short}#{n}" for n in count(2))
            label = short if short not in labels else next(n for n in again if n not in labels)
            labels.add(label)
            paths.append((*token.instances, Instance(number, item, label)))
        return paths

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

    def _unmark(self, place: tuple[str, tuple[Instance, ...]]) -> None:
        if self.memory.marks:
            self.remember(marks=tuple(m for m in self.memory.marks if m[:2] != place))

    def retime(self, tokens: Sequence[Token]) -> None:
        """Compute the timers of these tokens anew."""
        for token in tokens:
            due = first_due(self.plan, self.calendar, token, self.memory, self.data)
            if due != token.due:
                at = next(i for i, t in enumerate(self.tokens) if t is token)
                self.tokens[at] = Token(token.node, token.since, token.instances, due)

    def remember(self, **changes: Any) -> None:
        self.memory = replace(self.memory, **changes)
