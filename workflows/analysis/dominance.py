"""The steps that no granted case avoids.

In a region, a node lies on every way to a place when it dominates that place; within a block it is then
needed by every way through the block. A branch that is always opened is needed by its join when the other
branches that can get done are too few. Exact, and loops are followed: what counts is how a case leaves a
block for the last time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jianban.workflows.analysis.graph import Edge, Shape, needed
from jianban.workflows.flow import ROOT, Node, NodeKind

if TYPE_CHECKING:
    from networkx import DiGraph

Needs = frozenset[str]
"""Ids of step nodes."""
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


class _Region:
    def __init__(self, shape: Shape, region: str, through: dict[tuple[str, str], Needs]) -> None:
        # imported late: it takes a fifth of a second
        from networkx import DiGraph, immediate_dominators

        self.shape = shape
        self.region = region
        self.through = through
        """For each region within, and each place to which it can lead, the steps needed on the way."""
        self.graph: DiGraph[str | Edge] = DiGraph()
        """The nodes, and a vertex for each way out of a block."""
        initial = shape.flow.regions[region].initial
        self.graph.add_node(initial)
        # no way to a granted end passes the others, and nearly every step may lead there
        refusing = {n.id for n in shape.flow.ends}.difference(shape.success)
        for node in shape.order[region]:
            for edge in (*shape.edges[node], *shape.back[node]):
                if edge.target in refusing:
                    continue
                if shape.flow.nodes[node].children:
                    self.graph.add_edge(node, edge)
                    self.graph.add_edge(edge, edge.target)
                else:
                    self.graph.add_edge(node, edge.target)
        if region == ROOT:
            self.graph.add_edges_from((e, GRANTED) for e in shape.success if e in self.graph)
        self.dominators = dict(immediate_dominators(self.graph, initial))
        self.dominators[initial] = None

    def needs(self) -> Iterator[tuple[str, Needs]]:
        """The steps needed on the way to each place to which the region can lead."""
        goals = [GRANTED] if self.region == ROOT else self.shape.exits[self.region]
        for goal in goals:
            if goal in self.dominators:
                yield goal, self._needs(goal)

    def _needs(self, goal: str) -> Needs:
        passed: set[str] = set()
        left: dict[str, Edge] = {}
        vertex = self.dominators[goal]
        while vertex is not None:
            if isinstance(vertex, Edge):
                left[vertex.source] = vertex
            else:
                passed.add(vertex)
            vertex = self.dominators[vertex]
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
        from networkx import ancestors, restricted_view

        reaching = ancestors(restricted_view(self.graph, [block.id], []), goal)
        return frozenset.intersection(
            *(
                self._through(block, e)
                for e in self.graph.successors(block.id)
                if isinstance(e, Edge) and e in reaching
            )
        )

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
