"""Moving tokens: what follows from one arc until every token rests again.

A step holds its token until an event. A choice is passed at once. A fork or list block keeps its token and
opens one in each live branch; when enough of them are done it moves on, and what is left inside is cancelled.
A call keeps its token until the called process reaches an end. An arc that leads out of a block cancels
everything inside it.
"""

from __future__ import annotations

from itertools import count

from jianban.engine.plan import ArcPlan, Condition, NodePlan
from jianban.engine.refusals import (
    Refusal,
    Rule,
    count_refusal,
    fault_refusal,
    guard_refusal,
    refuse,
)
from jianban.engine.remembering import Remembering
from jianban.engine.state import (
    Instance,
    RecordKind,
    Token,
    Value,
    blank,
    labelled,
)
from jianban.engine.timers import first_due
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


class Moves(Remembering):
    """The work on one event: what moves, and what the case remembers of it."""

    __slots__ = ()

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
        left = MAX_MOVES
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
            left -= 1
            if left < 0:
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
