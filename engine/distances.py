"""How far a case is from an end: the events still needed when every condition turns out well.

A lower bound that the search for walks follows. In a graph of nodes, a step is left by one event, a choice at
once, and a block by as many events as its join needs, or through an exit out of one of its branches.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf

from jianban.engine.plan import NodePlan, Plan
from jianban.engine.state import CaseState, Token
from jianban.workflows.flow import NodeKind


class Distances:
    """The distances of a flow's nodes to one end and, inside blocks, to where branches are done."""

    def __init__(self, plan: Plan, end: str) -> None:
        self.plan = plan
        self.into: dict[str, list[tuple[str, float]]] = {n: [] for n in plan.nodes}
        """Node → the nodes before it, with the events between."""
        for arc in plan.flow.arcs:
            source = plan.nodes[arc.source].kind
            if source in (NodeKind.STEP, NodeKind.CHOICE):
                self.into[arc.target].append((arc.source, float(source is NodeKind.STEP)))
        for node in plan.nodes.values():
            for child in node.children:
                self.into[child.initial].append((node.node.id, 0.0))
        self.finish: dict[str, Mapping[str, float]] = {}
        """By the node where a branch is done: node → events until it."""
        for region in sorted(plan.flow.regions, key=lambda r: -len(plan.flow.ancestors(r))):
            inside = [plan.nodes[n] for n in plan.flow.regions[region].nodes]
            for block in inside:
                if block.children:
                    for target, events in self._ways_out(block):
                        self.into[target].append((block.node.id, events))
            for node in inside:
                if node.kind is NodeKind.DONE:
                    self.finish[node.node.id] = self._to(node.node.id)
        self.end = self._to(end)

    def of(self, state: CaseState) -> float:
        """The events until the end, at least; infinite when no way leads there."""
        root = next(t for t in state.tokens if t.node in self.plan.flow.root.nodes)
        return self._left(state, root, self.end)

    def _left(self, state: CaseState, token: Token, goal: Mapping[str, float]) -> float:
        node = self.plan.nodes[token.node]
        if not node.children:
            return goal.get(token.node, inf)
        depth = len(token.instances)
        inside = [t for t in state.tokens if t.node in node.direct and t.instances[:depth] == token.instances]
        by_leaving = min((self._left(state, t, goal) for t in inside), default=inf)
        if node.kind is NodeKind.CALL:
            after = {a.arc.event: goal.get(a.arc.target, inf) for a in node.routes}
            joined = min(
                (
                    self._left(state, t, self.finish[done]) + after.get(self._end_id(done), inf)
                    for t in inside
                    for done in sorted(node.finals)
                ),
                default=inf,
            )
        else:
            left = [self._finish(state, t, node) for t in inside]
            joined = _join(left, node.needed) + goal.get(node.routes[0].arc.target, inf)
        return min(joined, by_leaving)

    def _finish(self, state: CaseState, token: Token, block: NodePlan) -> float:
        region = self.plan.nodes[token.node].node.region
        done = next(n for n in block.finals if self.plan.nodes[n].node.region == region)
        return self._left(state, token, self.finish[done])

    def _end_id(self, done: str) -> str:
        end = self.plan.nodes[done].node.end
        return end.id if end is not None else ""

    def _ways_out(self, block: NodePlan) -> list[tuple[str, float]]:
        """Where a block leads when it is done, with the events its branches need at least."""
        if block.kind is NodeKind.CALL:
            start = block.children[0].initial
            events = {self._end_id(d): self.finish[d].get(start, inf) for d in block.finals}
            return [(a.arc.target, events.get(a.arc.event, inf)) for a in block.routes]
        finals = {self.plan.nodes[n].node.region: n for n in block.finals}
        left = [
            self.finish[finals[child.region]].get(child.initial, inf)
            for child in block.children
            if child.condition is None and block.over is None
        ]
        optional = len(left) < len(block.children)
        needed = None if block.needed is None or (optional and len(left) < block.needed) else block.needed
        return [(a.arc.target, _join(left, needed)) for a in block.routes]

    def _to(self, goal: str) -> dict[str, float]:
        far = {goal: 0.0}
        waiting = [(0.0, goal)]
        while waiting:
            events, node = heappop(waiting)
            if events > far[node]:
                continue
            for before, more in self.into[node]:
                if events + more < far.get(before, inf):
                    far[before] = events + more
                    heappush(waiting, (events + more, before))
        return far


def _join(left: list[float], needed: int | None) -> float:
    """The events until enough of the branches are done."""
    return sum(sorted(left)[:needed])
