"""The typical run: what happens to a normal case that is granted.

At every step it takes the main exit, at every choice the main branch; failing that the most likely one,
failing that the one written first; but never a way from which no granted end can be reached. Conditional
branches are opened. Where a block joins before all its branches are done, the branches with the fewest steps
get done (the first written among equals).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.analysis.graph import Edge, Shape, needed
from jianban.workflows.flow import ROOT, Node, NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalRun:
    steps: tuple[Node, ...]
    """The steps in order; those of an EACH once per item."""
    edges: Mapping[str, Edge]
    """The way out of each node that the run passes."""
    paths: Mapping[str, tuple[str, ...]]
    """The nodes passed in each region that is entered, in order."""
    done: Mapping[str, tuple[str, ...]]
    """For each block that joins, the branches that get done; that of an EACH once per item."""


def typical_run(shape: Shape, items: int) -> TypicalRun | None:
    """The typical run, with `items` items in every list; None when no run reaches a granted end."""
    goals = [e for e in shape.success if e in shape.edges]
    if not goals:
        return None
    walker = _Walker(shape, items)
    steps = walker.walk(ROOT, goals)
    return TypicalRun(steps=tuple(steps), edges=walker.edges, paths=walker.paths, done=walker.done)


class _Walker:
    def __init__(self, shape: Shape, items: int) -> None:
        self.shape = shape
        self.items = items
        self.edges: dict[str, Edge] = {}
        self.paths: dict[str, tuple[str, ...]] = {}
        self.done: dict[str, tuple[str, ...]] = {}

    def walk(self, region: str, goals: Collection[str]) -> list[Node]:
        """The steps from the start of a region to one of the goals, which can be reached."""
        reaching = self.shape.reaching(region, goals)
        node = self.shape.flow.regions[region].initial
        passed: list[str] = []
        steps: list[Node] = []
        while node not in goals:
            passed.append(node)
            edge = self.edges[node] = _likeliest(
                [e for e in self.shape.edges[node] if e.target in reaching], self.shape.edges[node]
            )
            steps += self._inside(self.shape.flow.nodes[node], edge)
            node = edge.target
        self.paths[region] = tuple(passed)
        return steps

    def _inside(self, node: Node, edge: Edge) -> list[Node]:
        if node.kind is NodeKind.STEP:
            return [node]
        if edge.child is not None and edge.goal is not None:
            return self.walk(edge.child, [edge.goal])
        if node.kind is NodeKind.CHOICE:
            return []
        branches = {c: self.walk(c, [self.shape.done(c)]) for c in self.shape.finishing(node)}
        if node.kind is NodeKind.EACH:
            live = [c for c in branches for _ in range(self.items)]
        else:
            live = list(branches)
        fewest = sorted(range(len(live)), key=lambda i: len(branches[live[i]]))
        taken = sorted(fewest[: needed(node, len(live))])
        self.done[node.id] = tuple(live[i] for i in taken)
        return [step for c in self.done[node.id] for step in branches[c]]


def _likeliest(good: Sequence[Edge], ways: Sequence[Edge]) -> Edge:
    return max(good, key=lambda e: (_main(e), _likelihood(e, ways)))


def _main(edge: Edge) -> bool:
    return edge.arc is not None and edge.arc.main


def _likelihood(edge: Edge, ways: Sequence[Edge]) -> float:
    """The likelihood of a way out; those without one share what the others leave."""
    if edge.arc is None:
        return 0.0
    if edge.arc.likelihood is not None:
        return edge.arc.likelihood
    given = [e.arc.likelihood for e in ways if e.arc is not None and e.arc.likelihood is not None]
    silent = sum(e.arc is not None and e.arc.likelihood is None for e in ways)
    return max(0.0, 1 - sum(given)) / silent
