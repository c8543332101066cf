"""In which order a flow lets its steps come: one after the other, side by side, or either way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import combinations, product

from jianban.workflows.flow import Flow, NodeKind


class Relation(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    PARALLEL = "parallel"
    APART = "apart"
    """No case does both on its way forward: they stand in different branches of a choice."""


class Order:
    """The relations between the nodes of a flow, going forward only: counted exits lead back."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._lines = {region: tuple(reversed(flow.ancestors(region))) for region in flow.regions}
        self._index = {node: i for i, node in enumerate(flow.nodes)}
        self._reach = self._reached()

    def relation(self, one: str, two: str) -> Relation:
        """How the node `one` stands to the node `two`; both ids of different nodes."""
        above, below = one, two
        if self.flow.nodes[one].region != self.flow.nodes[two].region:
            above, below = self._lift(one, two)
        if above == below:
            owner = self.flow.nodes[above]
            nested = above in (one, two)
            if nested or owner.kind is not NodeKind.FORK:
                return Relation.BEFORE if self._index[one] < self._index[two] else Relation.AFTER
            return Relation.PARALLEL
        if self._reach[above] >> self._index[below] & 1:
            return Relation.BEFORE
        if self._reach[below] >> self._index[above] & 1:
            return Relation.AFTER
        return Relation.APART

    def parallel(self) -> Iterator[tuple[str, str]]:
        """Every pair of nodes that stand in different branches of a parallel block."""
        inside: dict[str, list[str]] = {region: [] for region in self.flow.regions}
        for node in self.flow.nodes.values():
            for region in self.flow.ancestors(node.region):
                inside[region].append(node.id)
        for node in self.flow.nodes.values():
            if node.kind is NodeKind.FORK:
                for one, two in combinations(node.children, 2):
                    yield from product(inside[one], inside[two])

    def _lift(self, one: str, two: str) -> tuple[str, str]:
        """The nodes of the innermost common region that the two are, or stand inside of."""
        lines = [self._lines[self.flow.nodes[n].region] for n in (one, two)]
        depth = next(
            (i for i, (a, b) in enumerate(zip(*lines, strict=False)) if a != b), min(map(len, lines))
        )
        lifted = []
        for node, line in zip((one, two), lines, strict=True):
            owner = self.flow.regions[line[depth]].owner if depth < len(line) else node
            lifted.append(owner or node)
        return lifted[0], lifted[1]

    def _reached(self) -> Mapping[str, int]:
        """For each node the nodes of its region that come after it, as bits by index."""
        following: dict[str, set[str]] = {n: set() for n in self.flow.nodes}
        for arc in self.flow.arcs:
            if arc.max is None:
                source = arc.source
                for region in arc.leaves:
                    source = self.flow.regions[region].owner or source
                following[source].add(arc.target)
        reach = dict.fromkeys(self.flow.nodes, 0)
        changed = True
        while changed:
            changed = False
            # against the order of declaration one pass is mostly enough
            for node in reversed(tuple(self.flow.nodes)):
                bits = reach[node]
                for target in following[node]:
                    bits |= reach[target] | 1 << self._index[target]
                if bits != reach[node]:
                    reach[node], changed = bits, True
        return reach
