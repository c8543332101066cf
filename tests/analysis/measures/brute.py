"""Every run of a small flow, listed one by one: what the measures must agree with.

Written from the meaning of flows alone, without anything of the analysis: tokens rest on nodes, conditions
may be true or false, branches interleave freely, and no token comes to a node twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import ROOT, Arc, Flow, NodeKind
from jianban.workflows.language.model import JoinKind
from jianban.workflows.language.terms import Duration, Limit, PartyKind


@dataclass(frozen=True)
class Token:
    region: str
    node: str
    visited: frozenset[str]
    kids: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Left:
    """A token that has left its region."""

    target: str


Outcome = Token | Left


def runs(flow: Flow) -> set[frozenset[str]]:
    """The sets of steps completed by the runs that end granted and come to no node twice."""
    return _Tokens(flow).runs()


class _Tokens:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def runs(self) -> set[frozenset[str]]:
        found: set[frozenset[str]] = set()
        start = [(t, frozenset[str]()) for t in self.enter(ROOT) if isinstance(t, Token)]
        seen = set(start)
        while start:
            token, completed = start.pop()
            end = self.flow.nodes[token.node].end
            if self.flow.nodes[token.node].kind is NodeKind.END:
                if end is not None and end.success:
                    found.add(completed)
                continue
            for step, outcome in self.moves(token):
                assert isinstance(outcome, Token)
                state = (outcome, completed | {step})
                if state not in seen:
                    seen.add(state)
                    start.append(state)
        return found

    def enter(self, region: str) -> list[Outcome]:
        return self.arrive(region, self.flow.regions[region].initial, frozenset())

    def arrive(self, region: str, node_id: str, visited: frozenset[str]) -> list[Outcome]:
        if node_id in visited:
            return []
        visited |= {node_id}
        node = self.flow.nodes[node_id]
        if node.kind is NodeKind.CHOICE:
            return [o for a in self.flow.outgoing[node_id] for o in self.follow(region, a, visited)]
        if not node.children:
            return [Token(region, node_id, visited)]
        outcomes: list[Outcome] = []
        for opened in product(
            *((True, False) if self.flow.regions[c].guard else (True,) for c in node.children)
        ):
            live = [c for c, is_open in zip(node.children, opened, strict=True) if is_open]
            for kids in product(*(self.enter(c) for c in live)):
                outcomes += self.rest(region, node_id, visited, kids)
        return outcomes

    def follow(self, region: str, arc: Arc, visited: frozenset[str]) -> list[Outcome]:
        return [Left(arc.target)] if arc.leaves else self.arrive(region, arc.target, visited)

    def rest(
        self, region: str, block: str, visited: frozenset[str], kids: tuple[Outcome, ...]
    ) -> list[Outcome]:
        """A block with its branches somewhere: joined, left, or waiting."""
        node = self.flow.nodes[block]
        done = [k for k in kids if isinstance(k, Token) and self.flow.nodes[k.node].kind is NodeKind.DONE]
        if node.kind is NodeKind.CALL:
            for kid in done:
                end = self.flow.nodes[kid.node].end
                assert end is not None
                arcs = [a for a in self.flow.outgoing[block] if a.event == end.id]
                return [o for a in arcs for o in self.follow(region, a, visited)]
        else:
            assert node.join is not None
            wanted = {JoinKind.ALL: len(kids), JoinKind.ANY: 1, JoinKind.COUNT: node.join.count or 0}
            if len(done) >= min(len(kids), wanted[node.join.kind]):
                return [o for a in self.flow.outgoing[block] for o in self.follow(region, a, visited)]
        for kid in kids:
            if isinstance(kid, Left):
                if self.flow.nodes[kid.target].region == region:
                    return self.arrive(region, kid.target, visited)
                return [kid]
        return [Token(region, block, visited, tuple(k for k in kids if isinstance(k, Token)))]

    def moves(self, token: Token) -> Iterator[tuple[str, Outcome]]:
        """The steps that can be completed next, and what follows."""
        if self.flow.nodes[token.node].kind is NodeKind.STEP:
            for arc in self.flow.outgoing[token.node]:
                for outcome in self.follow(token.region, arc, token.visited):
                    yield token.node, outcome
        for i, kid in enumerate(token.kids):
            for step, moved in self.moves(kid):
                kids: tuple[Outcome, ...] = (*token.kids[:i], moved, *token.kids[i + 1 :])
                for outcome in self.rest(token.region, token.node, token.visited, kids):
                    yield step, outcome


@dataclass(frozen=True)
class Passage:
    """One way through a region: where it leads, when, and when its steps were done."""

    target: str
    day: date
    floor: date
    """The day if only waiting periods had run since the stage began."""
    done: tuple[tuple[str, date], ...]


def finishes(flow: Flow, calendar: WorkCalendar, start: date, promised: bool | None) -> set[date]:
    """The days on which the runs from `start` end granted; `promised` None counts waiting periods alone."""
    walk = _Passages(flow, calendar, promised)
    ends = {n.id for n in flow.ends if n.end is not None and n.end.success}
    return {p.day for p in walk.region(ROOT, start, start, ()) if p.target in ends}


class _Passages:
    def __init__(self, flow: Flow, calendar: WorkCalendar, promised: bool | None) -> None:
        self.flow = flow
        self.calendar = calendar
        self.promised = promised

    def limit(self, limit: Limit | None) -> Duration | None:
        if limit is None or self.promised is None:
            return None
        return limit.promised if self.promised and limit.promised else limit.statutory

    def stage_limit(self, stage: str | None) -> Duration | None:
        return self.limit(self.flow.stage(stage).limit) if stage is not None else None

    def alone(self, stage: str | None) -> bool:
        """True when no office of the stage has a limit of its own."""
        return not any(
            n.stage == stage
            and n.step is not None
            and n.step.role.agency.kind is not PartyKind.APPLICANT
            and self.limit(n.step.limit) is not None
            for n in self.flow.nodes.values()
        )

    def region(
        self, region: str, start: date, floor: date, done: tuple[tuple[str, date], ...]
    ) -> set[Passage]:
        initial = self.flow.regions[region].initial
        return set(self.walk(region, initial, start, floor, start, done, frozenset()))

    def walk(
        self,
        region: str,
        node_id: str,
        day: date,
        floor: date,
        entered: date,
        done: tuple[tuple[str, date], ...],
        visited: frozenset[str],
    ) -> Iterator[Passage]:
        if node_id in visited:
            return
        node = self.flow.nodes[node_id]
        if node.region != region or node.kind in (NodeKind.DONE, NodeKind.END):
            yield Passage(node_id, day, floor, done)
            return
        for way in self.leave(node_id, day, floor, done):
            next_stage = self.flow.nodes[way.target].stage
            after, low, begun = way.day, way.floor, entered
            if region == ROOT and next_stage != node.stage:
                whole = self.stage_limit(node.stage)
                if whole is not None:
                    end = self.calendar.end(entered, whole)
                    after = max(low, end if self.alone(node.stage) else min(after, end))
                begun = low = after
            yield from self.walk(region, way.target, after, low, begun, way.done, visited | {node_id})

    def leave(
        self, node_id: str, day: date, floor: date, done: tuple[tuple[str, date], ...]
    ) -> Iterator[Passage]:
        node = self.flow.nodes[node_id]
        arcs = self.flow.outgoing[node_id]
        if node.kind is NodeKind.CHOICE:
            yield from (Passage(a.target, day, floor, done) for a in arcs)
        elif node.step is not None:
            after, low = day, floor
            if node.step.wait is not None:
                after = max(after, self.calendar.end(day, node.step.wait.duration))
                low = max(low, self.calendar.end(floor, node.step.wait.duration))
            limit = self.limit(node.step.limit)
            office = node.step.role.agency.kind is not PartyKind.APPLICANT
            if limit is not None and office:
                assert node.step.limit is not None
                prefix = node_id[: -len(node.step.id)]
                since = dict(done).get(prefix + (node.step.limit.counted_from or ""), day)
                after = max(after, self.calendar.end(since, limit))
            yield from (Passage(a.target, after, low, (*done, (node_id, after))) for a in arcs)
        else:
            yield from self.leave_block(node_id, day, floor, done)

    def leave_block(
        self, node_id: str, day: date, floor: date, done: tuple[tuple[str, date], ...]
    ) -> Iterator[Passage]:
        node = self.flow.nodes[node_id]
        arcs = self.flow.outgoing[node_id]
        ways = {c: self.region(c, day, floor, done) for c in node.children}
        for child, passages in ways.items():
            for p in passages:
                if self.flow.nodes[p.target].region != child:
                    yield p
                elif node.kind is NodeKind.CALL:
                    end = self.flow.nodes[p.target].end
                    yield from (
                        replace(p, target=a.target) for a in arcs if end is not None and a.event == end.id
                    )
        if node.kind is NodeKind.CALL:
            return
        assert node.join is not None
        for opened in product(
            *((True, False) if self.flow.regions[c].guard else (True,) for c in node.children)
        ):
            live = [c for c, is_open in zip(node.children, opened, strict=True) if is_open]
            finished = [[p for p in ways[c] if self.flow.nodes[p.target].region == c] or [None] for c in live]
            wanted = {JoinKind.ALL: len(live), JoinKind.ANY: 1, JoinKind.COUNT: node.join.count or 0}
            count = min(len(live), wanted[node.join.kind])
            for passages in product(*finished):
                days = sorted(p.day for p in passages if p is not None)
                floors = sorted(p.floor for p in passages if p is not None)
                if len(days) < count:
                    continue
                log = tuple(dict(entry for p in passages if p is not None for entry in p.done).items())
                joined, low = (days[count - 1], floors[count - 1]) if count else (day, floor)
                yield from (Passage(a.target, joined, low, log or done) for a in arcs)
