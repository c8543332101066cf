"""The least and the most of something that adds up over a run: steps, visits, money, minutes.

A run is a sequence of completed steps from the start to a granted end that takes no arc which goes back.
Parallel branches may interleave in any way. Exact by dynamic programming, one pass over the flow: a region
yields a value for each place to which it can lead, and a block's values come from those of its branches.

At a join of `n` branches, the least is that of the `n` cheapest, the others not having begun. The most is
that of `n` branches done and the furthest that the others can have come. A branch that leaves its block can
do so before the others have begun, or after as many as the join still allows are done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jianban.workflows.analysis.graph import Edge, Shape, needed
from jianban.workflows.flow import ROOT, Node, NodeKind

Weight = Callable[[Node], int]
Values = dict[str, int]
"""A value for each place to which a region can lead."""


def least(shape: Shape, weight: Weight, items: int) -> int | None:
    """The least sum of the steps' weights (not negative) over all runs; None when there is no run.

    `items` is how many items every list of an EACH is taken to hold.
    """
    counts = _Least(shape, weight, items)
    return min((v for t, v in counts.values[ROOT].items() if t in shape.success), default=None)


def most(shape: Shape, weight: Weight, items: int) -> int | None:
    """The greatest sum of the steps' weights (not negative) over all runs; None when there is no run."""
    counts = _Most(shape, weight, items)
    return max((v for t, v in counts.values[ROOT].items() if t in shape.success), default=None)


class _Least:
    def __init__(self, shape: Shape, weight: Weight, items: int) -> None:
        self.shape = shape
        self.weight = weight
        self.items = items
        self.values: dict[str, Values] = {}
        for region in shape.order:
            self.values[region] = self._region(region)

    def _region(self, region: str) -> Values:
        best: Values = {self.shape.flow.regions[region].initial: 0}
        for node_id in self.shape.order[region]:
            if node_id not in best:
                continue
            node = self.shape.flow.nodes[node_id]
            joined = self._joined(node) if node.kind in (NodeKind.FORK, NodeKind.EACH) else None
            for edge in self.shape.edges[node_id]:
                if edge.child is not None and edge.goal is not None:
                    passed = self.values[edge.child].get(edge.goal)
                elif node.kind is NodeKind.STEP:
                    passed = self.weight(node)
                else:
                    passed = 0 if node.kind is NodeKind.CHOICE else joined
                if passed is not None:
                    value = best[node_id] + passed
                    best[edge.target] = min(value, best.get(edge.target, value))
        return {t: best[t] for t in self.shape.exits[region] if t in best}

    def _joined(self, block: Node) -> int | None:
        done = {c: self.values[c].get(self.shape.done(c)) for c in block.children}
        if block.kind is NodeKind.EACH:
            (value,) = done.values()
            return None if value is None else value * needed(block, self.items)
        always = [c for c in block.children if self.shape.always(c)]
        found: list[int] = []
        must = [v for c in always if (v := done[c]) is not None]
        if len(must) == len(always) == needed(block, len(always)):
            found.append(sum(must))
        all_done = sorted(v for v in done.values() if v is not None)
        count = needed(block, len(done))
        if len(all_done) >= count:
            found.append(sum(all_done[:count]))
        return min(found, default=None)


class _Most:
    def __init__(self, shape: Shape, weight: Weight, items: int) -> None:
        self.shape = shape
        self.weight = weight
        self.items = items
        self.values: dict[str, Values] = {}
        self.rested: dict[str, Values] = {}
        """The same for the runs on which a token rests in the region, so that other branches may go on."""
        self.stalled: dict[str, int | None] = {}
        """For each region the most that can be done while its token still rests inside."""
        for region in shape.order:
            self._region(region)

    def _region(self, region: str) -> None:
        initial = self.shape.flow.regions[region].initial
        best: Values = {initial: 0}
        rested: Values = {}
        stalled: list[int] = []
        for node_id in self.shape.order[region]:
            if node_id not in best:
                continue
            node = self.shape.flow.nodes[node_id]
            if (resting := self._resting(node)) is not None:
                stalled.append(best[node_id] + resting)
            for edge in self.shape.edges[node_id]:
                passed, passed_rested = self._passed(node, edge)
                _raise(best, edge.target, _sum(best[node_id], passed))
                _raise(rested, edge.target, _sum(best[node_id], passed_rested))
                _raise(rested, edge.target, _sum(rested.get(node_id), passed))
        self.stalled[region] = max(stalled, default=None)
        self.values[region] = {t: best[t] for t in self.shape.exits[region] if t in best}
        self.rested[region] = {t: rested[t] for t in self.shape.exits[region] if t in rested}

    def _passed(self, node: Node, edge: Edge) -> tuple[int | None, int | None]:
        """The most done on a way out of a node, and the most when a token rests on the way."""
        if node.kind is NodeKind.STEP:
            return self.weight(node), self.weight(node)
        if node.kind is NodeKind.CHOICE:
            return 0, None
        if edge.child is None or edge.goal is None:
            joined = self._joined(node)
            return joined, None if self.shape.instant(node) else joined
        passed = self.values[edge.child].get(edge.goal)
        rested = self.rested[edge.child].get(edge.goal)
        if node.kind is NodeKind.CALL or rested is None:
            return passed, rested
        rested += self._beside(node, edge.child)
        return rested, rested

    def _branches(self, block: Node) -> list[str]:
        """The branches that the fullest run opens: all that take time, and those that must be opened."""
        if block.kind is NodeKind.EACH:
            return [c for c in block.children for _ in range(self.items)]
        return [c for c in block.children if self.shape.rests[c] or self.shape.always(c)]

    def _resting(self, node: Node) -> int | None:
        match node.kind:
            case NodeKind.STEP:
                return 0
            case NodeKind.CALL:
                return self.stalled[node.children[0]]
            case NodeKind.FORK | NodeKind.EACH if not self.shape.instant(node):
                live = self._branches(node)
                return self._held(live, needed(node, len(live)) - 1)
        return None

    def _beside(self, block: Node, leaving: str) -> int:
        """The most that the other branches can have done when one leaves the block."""
        others = self._branches(block)
        most_done = needed(block, len(others)) - 1
        others.remove(leaving)
        return self._held(others, most_done) or 0

    def _joined(self, block: Node) -> int | None:
        if self.shape.instant(block):
            return 0
        live = self._branches(block)
        finishing = self.shape.finishing(block)
        value = self._exactly(live, needed(block, len(live)))
        if value is None:
            # a branch that can't get done is best not opened, when its condition allows
            live = [c for c in live if c in finishing or self.shape.always(c)]
            value = self._exactly(live, needed(block, len(live)))
        return value

    def _exactly(self, branches: Sequence[str], count: int) -> int | None:
        """The most that branches can have done when `count` of them are done; None when that can't be."""
        at_once = sum(self.stalled[c] is None for c in branches)
        gains = self._gains(branches)
        if len(gains) < count - at_once:
            return None
        return sum(self.stalled[c] or 0 for c in branches) + sum(gains[: count - at_once])

    def _held(self, branches: Sequence[str], most_done: int) -> int | None:
        """The most that branches can have done when at most `most_done` are done; None when more must be."""
        at_once = sum(self.stalled[c] is None for c in branches)
        if at_once > most_done:
            return None
        gains = self._gains(branches)[: most_done - at_once]
        return sum(self.stalled[c] or 0 for c in branches) + sum(g for g in gains if g > 0)

    def _gains(self, branches: Sequence[str]) -> list[int]:
        """What branches that take time add by getting done, against the most they do without; best first."""
        gains: list[int] = []
        for branch in branches:
            done = self.values[branch].get(self.shape.done(branch))
            stalled = self.stalled[branch]
            if done is not None and stalled is not None:
                gains.append(done - stalled)
        return sorted(gains, reverse=True)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _raise(values: Values, target: str, value: int | None) -> None:
    """Keep the greater value for a target."""
    if value is not None:
        values[target] = max(value, values.get(target, value))
