"""A state in the terms of another definition: tokens, data and memory, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from jianban.engine import facts
from jianban.engine.fitting import (
    BLOCKS,
    ELSEWHERE,
    ELSEWHERE_REMEDY,
    GONE,
    GONE_REMEDY,
    MIGRATE,
    NO_STRAND,
    NO_STRAND_REMEDY,
    OTHER_LIST,
    OTHER_TYPE,
    OTHER_TYPE_REMEDY,
    REACHABLE,
    SUSPENDED,
    SUSPENDED_REMEDY,
    TWICE,
    TWICE_REMEDY,
    UNDO,
    Carried,
    Fit,
    Former,
    Problem,
    Told,
    Unfit,
    unfit,
)
from jianban.engine.matching import kept_region, matching
from jianban.engine.moves import Moves, Refusing
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.recollection import recalled
from jianban.engine.refusals import Refusal
from jianban.engine.state import CaseState, Mark, Memory, Record, RecordKind, Stop, Suspension, Token, Value
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import AnywhereKind
from jianban.workflows.texts import Text


class Migrating(Moves):
    """Moves that begin with the record of a migration."""

    def __init__(
        self,
        plan: Plan,
        calendar: WorkCalendar,
        state: CaseState,
        told: Told,
        former: str,
        event: str,
    ) -> None:
        super().__init__(plan, calendar, state, told.now, told.actor.id, told.actor.acting)
        self.record(RecordKind.MIGRATED, "", event, plan.flow.hash, reason=told.reason)
        self.records[0] = self.records[0]._replace(former=former, mapping=told.mapping)

    def settle(self, fresh: Sequence[Token]) -> None:
        """Go on from where tokens rest no more, and join what is done.

        Raises:
            Refusing: a condition on the way cannot be decided.
        """
        for token in fresh:
            if any(t is token for t in self.tokens):
                self._settle(token)
        for token in tuple(self.tokens):
            node = self.plan.nodes[token.node]
            if node.kind is NodeKind.DONE and any(t is token for t in self.tokens):
                for moved in self._returned(token, node):
                    self._settle(moved)
        steps = [t for t in self.tokens if self.plan.nodes[t.node].kind is NodeKind.STEP]
        self.retime(steps)


class Carrying:
    def __init__(
        self,
        old: Plan,
        new: Plan,
        calendar: WorkCalendar,
        state: CaseState,
        told: Told,
        past: Sequence[Record],
        former: Former | None,
    ) -> None:
        self.old = old
        self.new = new
        self.calendar = calendar
        self.state = state
        self.told = told
        self.past = past
        self.former = former
        self.nodes = matching(old, new, told.mapping)
        self.mapped = frozenset(name for name, _target in told.mapping)
        self.problems: list[Problem] = []
        self.placed: dict[int, Token] = {}
        """By the identity of the token before."""
        self.fresh: list[Token] = []

    def carried(self) -> Carried | Unfit:
        tokens = self._tokens()
        data, dropped = self._data()
        memory = self._memory()
        if self.problems:
            return unfit(self.problems)
        state = CaseState(tokens, data, self.told.now, memory)
        event = MIGRATE if self.former is None else UNDO
        moves = Migrating(self.new, self.calendar, state, self.told, self.old.flow.hash, event)
        try:
            moves.settle(self.fresh)
        except Refusing as refusing:
            refusal = refusing.refusal
            return unfit([Problem(Fit.CANNOT, refusal.rule, refusal.text, refusal.remedy)])
        moved = [(t.place, self.placed[id(t)].place if id(t) in self.placed else "") for t in self._resting()]
        return Carried(
            moves.decision(),
            tuple(pair for pair in moved if pair[0] != pair[1]),
            tuple(self._skipped()),
            dropped,
        )

    def _resting(self) -> Iterator[Token]:
        """The tokens of the case that stand at steps."""
        return (t for t in self.state.tokens if self.old.nodes[t.node].kind is NodeKind.STEP)

    def _tokens(self) -> tuple[Token, ...]:
        flow = self.old.flow
        depth = {id(t): len(flow.ancestors(flow.nodes[t.node].region)) for t in self.state.tokens}
        for token in sorted(self.state.tokens, key=lambda t: depth[id(t)]):
            self._place(token)
        tokens = tuple(self.placed[id(t)] for t in self.state.tokens if id(t) in self.placed)
        strands = [(self.new.flow.nodes[t.node].region, t.instances) for t in tokens]
        for token, strand in zip(tokens, strands, strict=True):
            if strands.count(strand) > 1:
                node = self.new.nodes[token.node].node
                self._problem(Fit.CANNOT, token.node, TWICE.format(title=node.title), TWICE_REMEDY)
                break
        return tokens

    def _place(self, token: Token) -> None:
        was = self.old.nodes[token.node]
        owner: str | None = None
        if was.owner is not None:
            depth = self.old.nodes[was.owner].depth
            around = next(
                t for t in self.state.tokens if t.node == was.owner and t.instances == token.instances[:depth]
            )
            block = self.placed.get(id(around))
            if block is None or block in self.fresh or not self._open(around, block):
                return  # it is given up with the block
            owner = block.node
        target = self.nodes.get(token.node)
        if target is None and was.kind is NodeKind.DONE:
            return  # a branch that is over and is no more
        if target is None:
            self._problem(
                Fit.DECIDE,
                token.node,
                GONE.format(title=was.node.title),
                GONE_REMEDY.format(node=token.node),
                self._suggested(token.node, owner),
            )
            return
        if not target:
            if owner is None:
                self._problem(
                    Fit.CANNOT, token.node, NO_STRAND.format(title=was.node.title), NO_STRAND_REMEDY
                )
            return
        node = self.new.nodes[target]
        if node.owner != owner or node.depth != len(token.instances):
            text = ELSEWHERE.format(title=was.node.title)
            remedy = ELSEWHERE_REMEDY.format(node=token.node)
            self._problem(Fit.DECIDE, token.node, text, remedy, self._around(node, owner))
            return
        if node.kind is was.kind and (node.kind not in BLOCKS or self._same_list(was, node)):
            self.placed[id(token)] = Token(target, token.since, token.instances)
        elif token.node in self.mapped:
            since = token.since if node.kind is NodeKind.STEP else self.told.now
            self.placed[id(token)] = moved = Token(target, since, token.instances)
            if node.kind is not NodeKind.STEP:
                self.fresh.append(moved)
        else:
            text = OTHER_LIST.format(title=was.node.title)
            self._problem(Fit.DECIDE, token.node, text, ELSEWHERE_REMEDY.format(node=token.node))

    def _open(self, around: Token, block: Token) -> bool:
        """Whether a block is still the same block, so that what stands in it stands in it still."""
        return self.new.nodes[block.node].kind is self.old.nodes[around.node].kind

    def _same_list(self, was: NodePlan, node: NodePlan) -> bool:
        if was.over is None or node.over is None:
            return True
        return list(self.old.fields)[was.over] == list(self.new.fields)[node.over]

    def _around(self, node: NodePlan, owner: str | None) -> str | None:
        """The block, in the strand of the token, in which a node lies now."""
        seen: NodePlan | None = node
        while seen is not None and seen.owner != owner:
            seen = self.new.nodes[seen.owner] if seen.owner is not None else None
        return seen.node.id if seen is not None and seen is not node else None

    def _suggested(self, source: str, owner: str | None) -> str | None:
        """Where the case would have gone on from a step that is no more."""
        seen: set[str] = set()
        node = source
        while node not in seen:
            seen.add(node)
            out = self.old.flow.outgoing[node]
            arc = next((a for a in out if a.main and not a.leaves), out[0] if len(out) == 1 else None)
            if arc is None or arc.leaves:
                break
            node = arc.target
            if self.old.nodes[node].kind is NodeKind.DONE:
                return "" if owner is not None else None
            target = self.nodes.get(node)
            if target and self.new.nodes[target].owner == owner:
                return target if self.new.nodes[target].kind in REACHABLE else None
        return None

    def _skipped(self) -> Iterator[str]:
        """The branches of blocks kept open that were none before."""
        for token in self.state.tokens:
            block = self.placed.get(id(token))
            if block is None or block in self.fresh or self.old.nodes[token.node].kind not in BLOCKS:
                continue
            if not self._open(token, block):
                continue
            before = {
                kept_region(self.old, self.new, self.nodes, r)
                for r in self.old.nodes[token.node].node.children
            }
            yield from (r for r in self.new.nodes[block.node].node.children if r not in before)

    def _data(self) -> tuple[tuple[Value, ...], tuple[str, ...]]:
        old, new = self.old, self.new
        has = dict(zip(old.fields, self.state.data, strict=True))
        lost: dict[str, Value] = {}
        if self.former is not None:
            lost = dict(zip(self.former.plan.fields, self.former.before.data, strict=True))
        data: list[Value] = []
        for name, field in new.fields.items():
            value = has.get(name)
            if name not in has:
                value = lost.get(name, field.default)
            elif value is not None:
                was = old.fields[name]
                read = facts.read({name: value}, {name: field})
                if was.kind is not field.kind or isinstance(read, Refusal):
                    text = OTHER_TYPE.format(title=field.title, kind=facts.KINDS[field.kind])
                    self._problem(Fit.CANNOT, name, text, OTHER_TYPE_REMEDY)
            data.append(value)
        dropped = (n for n, value in has.items() if n not in new.fields and value is not None)
        return tuple(data), tuple(dropped)

    def _memory(self) -> Memory:
        memory, nodes, plan = self.state.memory, self.nodes, self.new
        counts = tuple(
            (arc, instances, times)
            for id_, instances, times in memory.counts
            if (arc := self._arc(id_)) in plan.arcs and plan.arcs[arc].arc.max is not None
        )
        done = tuple(
            replace(d, node=node)
            for d in memory.done
            if (node := nodes.get(d.node)) and plan.nodes[node].remembered
        )
        entered = tuple((self._key(k), i, at) for k, i, at in memory.entered if self._key(k) in plan.wholes)
        memory = replace(
            memory,
            counts=counts,
            done=done,
            stops=tuple(self._stop(s) for s in memory.stops),
            suspension=self._suspension(memory.suspension),
            entered=entered,
            marks=tuple(self._marks()),
        )
        if self.former is not None:
            memory = self._restored(memory, self.former)
        return recalled(self.old, plan, nodes, self.past, memory)

    def _restored(self, memory: Memory, former: Former) -> Memory:
        """What the migration that is undone had left out."""
        before = former.before.memory

        def missing(now: tuple[Any, ...], then: tuple[Any, ...], key: Any) -> tuple[Any, ...]:
            have = {key(item) for item in now}
            return (*(item for item in then if key(item) not in have), *now)

        more = memory.stops[len(former.after.memory.stops) :]
        return replace(
            memory,
            counts=missing(memory.counts, before.counts, lambda c: c[:2]),
            done=missing(memory.done, before.done, lambda d: (d.node, d.instances)),
            entered=missing(memory.entered, before.entered, lambda e: e[:2]),
            stops=(*before.stops, *more),
        )

    def _arc(self, id_: str) -> str:
        source, _colon, rest = id_.partition(":")
        return f"{self.nodes.get(source) or source}:{rest}"

    def _key(self, key: str) -> str:
        """The key of a stage or process; those of a called one stand behind the call's id and a dot."""
        call, dot, rest = key[1:].rpartition(".")
        return f"@{self.nodes.get(call) or call}{dot}{rest}"

    def _stop(self, stop: Stop) -> Stop:
        """A stop that counts where it did; where its branch is no more, for what is around it."""
        if stop.region is None:
            return stop
        around = (
            kept_region(self.old, self.new, self.nodes, r) for r in self.old.flow.ancestors(stop.region)
        )
        return replace(stop, region=next(r for r in around if r is not None))

    def _suspension(self, suspension: Suspension | None) -> Suspension | None:
        if suspension is None:
            return None
        plan = self.new.anywhere.get(suspension.by.event)
        if plan is None or plan.anywhere.kind is not AnywhereKind.SUSPEND:
            text = SUSPENDED.format(title=suspension.by.title)
            self._problem(Fit.CANNOT, suspension.by.event, text, SUSPENDED_REMEDY)
            return None
        return Suspension(by=plan.anywhere, since=suspension.since)

    def _marks(self) -> Iterator[tuple[str, Any, Mark]]:
        """Extensions go on. What was told of a limit that is another now will be told anew."""
        for place, instances, mark in self.state.memory.marks:
            if place.startswith("@"):
                key = self._key(place)
                was, now = self.old.wholes[place].limit, self.new.wholes.get(key)
                limit = now.limit if now is not None else None
            else:
                key = self.nodes.get(place) or ""
                was, limit = self.old.nodes[place].limit, self.new.nodes[key].limit if key else None
            if limit is not None and (mark is Mark.EXTENDED or limit == was):
                yield key, instances, mark

    def _problem(self, fit: Fit, what: str, text: Text, remedy: Text, suggested: str | None = None) -> None:
        self.problems.append(Problem(fit, what, text, remedy, suggested))
