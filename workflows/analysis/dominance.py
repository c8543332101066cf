"""The steps that no granted case avoids.

In a region, a node lies on every way to a place when it dominates that place; within a block it is then
needed by every way through the block. A branch that is always opened is needed by its join when the other
branches that can get done are too few. Exact, and loops are followed: what counts is how a case leaves a
block for the last time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import TypeAlias

from jianban.workflows.analysis.graph import Edge, Shape, needed
from jianban.workflows.flow import ROOT, Node, NodeKind

Needs = frozenset[str]
"""Ids of step nodes."""
Vertex: TypeAlias = str | Edge
"""A node of a region, or a way out of one of its blocks."""
GRANTED = "granted!"
"""A vertex that all granted ends lead to; no node has such an id."""


def unavoidable(shape: Shape) -> tuple[Node, ...]:
    """The steps completed in every run that ends granted, in order of declaration; none when there is no such
    run.

    Lists of an EACH are taken not to be empty.
    """
    through: dict[tuple[str, str], Needs] = {}
    for region in shape.order:
        through.update(((region, goal), needs) for goal, needs in _Region(shape, region, through).needs())
    needs = through.get((ROOT, GRANTED), frozenset())
    return tuple(n for n in shape.reached if n.id in needs)


def immediate_dominators(
    order: Sequence[Vertex], before: Mapping[Vertex, Sequence[Vertex]]
) -> dict[Vertex, Vertex]:
    """For each vertex but the first, the last one that lies on every way to it from the first.

    `order` is a reverse postorder of a depth-first search from the first vertex, `before` the predecessors
    among its vertices. The algorithm of Cooper, Harvey and Kennedy (2001).
    """
    place = {vertex: at for at, vertex in enumerate(order)}
    known: dict[Vertex, Vertex] = {}

    def meet(a: Vertex, b: Vertex) -> Vertex:
        while a != b:
            if place[a] > place[b]:
                a = known[a]
            else:
                b = known[b]
        return a

    changed = True
    while changed:
        changed = False
        for vertex in order[1:]:
            found = reduce(meet, (b for b in before[vertex] if b in known or b == order[0]))
            if known.get(vertex) != found:
                known[vertex] = found
                changed = True
    return known


class _Region:
    def __init__(self, shape: Shape, region: str, through: dict[tuple[str, str], Needs]) -> None:
        self.shape = shape
        self.region = region
        self.through = through
        """For each region within, and each place to which it can lead, the steps needed on the way."""
        self.before: dict[Vertex, list[Vertex]] = {shape.flow.regions[region].initial: []}
        """The vertices that lead to each; one that lies outside leads nowhere."""
        elsewhere = {n.id for n in shape.flow.ends}.difference(shape.success)
        """The ends that no way to a granted end passes; nearly every step may lead to them."""
        order: dict[Vertex, None] = {}
        for node in shape.order[region]:
            if node in elsewhere:
                continue
            order[node] = None
            for edge in (*shape.edges[node], *shape.back[node]):
                if edge.target in elsewhere:
                    continue
                source: Vertex = node
                if shape.flow.nodes[node].children:
                    order[edge] = None
                    self.before[edge] = [node]
                    source = edge
                self.before.setdefault(edge.target, []).append(source)
        if region == ROOT and (granted := [e for e in shape.success if e in self.before]):
            self.before[GRANTED] = list(granted)
        # what lies outside comes last
        order |= dict.fromkeys(self.before)
        self.dominators = immediate_dominators(tuple(order), self.before)

    def needs(self) -> Iterator[tuple[str, Needs]]:
        """The steps needed on the way to each place to which the region can lead."""
        goals = [GRANTED] if self.region == ROOT else self.shape.exits[self.region]
        for goal in goals:
            if goal in self.before:
                yield goal, self._needs(goal)

    def _needs(self, goal: str) -> Needs:
        passed: set[str] = set()
        left: dict[str, Edge] = {}
        vertex = self.dominators.get(goal)
        while vertex is not None:
            if isinstance(vertex, Edge):
                left[vertex.source] = vertex
            else:
                passed.add(vertex)
            vertex = self.dominators.get(vertex)
        found: set[str] = set()
        for node_id in passed:
            node = self.shape.flow.nodes[node_id]
            if node.kind is NodeKind.STEP:
                found.add(node_id)
            elif node_id in left:
                found |= self._through(node, left[node_id])
            elif node.children:
                found |= self._either(node, goal)
        return frozenset(found)

    def _either(self, block: Node, goal: str) -> Needs:
        """The steps needed by every way out of a block from which the goal is reached without entering it
        again."""
        reaching: set[Vertex] = {block.id}
        fresh: list[Vertex] = [goal]
        while fresh:
            vertex = fresh.pop()
            if vertex not in reaching:
                reaching.add(vertex)
                fresh += self.before[vertex]
        ways = (*self.shape.edges[block.id], *self.shape.back[block.id])
        return frozenset.intersection(*(self._through(block, e) for e in ways if e in reaching))

    def _through(self, block: Node, edge: Edge) -> Needs:
        if edge.child is not None and edge.goal is not None:
            return self.through[edge.child, edge.goal]
        if block.kind is NodeKind.EACH:
            (child,) = block.children
            return self.through[child, self.shape.done(child)]
        finishing = self.shape.finishing(block)
        count = needed(block, len(block.children))
        return frozenset().union(
            *(
                self.through[c, self.shape.done(c)]
                for c in finishing
                if self.shape.always(c) and len(finishing) - 1 < count
            )
        )
