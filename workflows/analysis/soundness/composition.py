"""Soundness decided region by region, without searching states.

Each region is a state machine with one token, and regions meet at three points only: a block opens its
children, the join closes them, and an arc that leaves a region cancels what it leaves. So a flow can
always go on to an end exactly when no **trap** can be reached, and traps compose:

- in a region, a set of nodes that is never left once entered and holds no DONE or END (a bottom component of
  its graph: a dead end or an endless loop);
- in a region, a block whose branches can each be finished or trapped at the same time, at least one of them
  trapped, and too few finished for the join.

Proper completion and 1-safety hold by construction: an END lies in the root region, and an arc into it
leaves, and thereby cancels, everything else. `docs/explanation/soundness.md` has the proof.

Distances are counted in events fired at steps (choices and joins follow by themselves), so the cheapest
trap gives a shortest counterexample. The time is O(n log n) in nodes and arcs, and for a block that
joins on a number of branches that number times its branches.

An EACH counts as a block with one branch that may stay closed. That decides for any number of items: the
instances are alike and each finishes or is trapped by itself, so a trap of many holds a trap of one, and
whatever many can reach one can reach.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import TypeAlias

from jianban.workflows.analysis.soundness.joins import needed
from jianban.workflows.analysis.soundness.story import Rest, firing, tell, tell_dead
from jianban.workflows.analysis.soundness.verdict import Defect, DefectKind, Soundness
from jianban.workflows.flow import Arc, Flow, Node, NodeKind, Region

Rope: TypeAlias = "Arc | tuple[Rope, Rope] | None"
"""A sequence of arcs in tree form: joining two costs nothing."""

Way: TypeAlias = tuple[int, Rope]
"""How many events people (or timers) fire, and all arcs in order."""

NOTHING: Way = (0, None)


def _then(a: Way, b: Way) -> Way:
    return (a[0] + b[0], (a[1], b[1]))


def _sum(ways: Iterable[Way | None]) -> Way:
    return reduce(_then, filter(None, ways), NOTHING)


def _cost(way: Way) -> int:
    return way[0]


def _arcs(rope: Rope) -> Iterator[Arc]:
    stack = [rope]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack += (top[1], top[0])
        elif top is not None:
            yield top


@dataclass(frozen=True, slots=True)
class _Trap:
    way: Way
    rests: tuple[Rest, ...]


@dataclass(slots=True)
class Study:
    """What is known of a region once it has been studied."""

    ways: dict[str, Way] = field(default_factory=dict)
    """A shortest way from its initial node to each node that can be reached inside it."""
    exits: dict[str, Way] = field(default_factory=dict)
    """A shortest way out to each node outside that an arc of it, or of a region inside, leads to."""
    successors: dict[str, list[str]] = field(default_factory=dict)
    """What can come next after each of these nodes, inside or outside; a block is passed as a whole."""
    trap: _Trap | None = None


def moves(flow: Flow, node: Node) -> tuple[Arc, ...]:
    """The arcs a token resting at the node itself can take; a called process leaves by its DONE nodes."""
    if node.kind in (NodeKind.FORK, NodeKind.EACH, NodeKind.CALL):
        return ()
    if node.kind is NodeKind.DONE:
        owner = flow.regions[node.region].owner
        if owner is None or node.end is None:
            return ()
        return tuple(a for a in flow.outgoing[owner] if a.event == node.end.id)
    return flow.outgoing[node.id]


def soundness(flow: Flow) -> Soundness:
    """Decide soundness: from every state an end can be reached, nothing is left then, and no step is dead.

    Guards count as open (either way), and so do counted exits: that these may run out is for rule J211.
    Withdrawal and suspension are left out, as they would hide every dead end.
    """
    return Composition(flow).verdict()


class Composition:
    """What every region, studied from the innermost outwards, can come to."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order = {node: at for at, node in enumerate(flow.nodes)}
        self.studies: dict[str, Study] = {}
        # a region is declared before the regions inside it
        for region in reversed(tuple(flow.regions.values())):
            self.studies[region.id] = self._study(region)

    def verdict(self) -> Soundness:
        trap = self.studies[self.flow.root.id].trap
        defects: list[Defect] = []
        if trap is not None:
            # what still moves is named before what stands still
            culprit = max(trap.rests, key=lambda r: (not r.finished, len(r.loop) > 0))
            trace = tuple(_arcs(trap.way[1]))
            defects.append(
                Defect(
                    kind=DefectKind.ENDLESS if culprit.loop else DefectKind.STUCK,
                    node=culprit.node,
                    trace=tuple(firing(self.flow, arc) for arc in trace),
                    sentences=tell(self.flow, trace, trap.rests),
                )
            )
        reached = self.reached
        defects += (
            Defect(kind=DefectKind.DEAD_STEP, node=step.id, sentences=tell_dead(step))
            for step in self.flow.steps
            if step.id not in reached
        )
        return Soundness(defects=tuple(defects))

    @cached_property
    def reached(self) -> set[str]:
        """The nodes that some case comes to."""
        reached: set[str] = set()
        opened = [self.flow.root.id]
        for region in opened:
            ways = self.studies[region].ways
            reached.update(ways)
            opened += (child for node in ways for child in self.flow.nodes[node].children)
        return reached

    def _study(self, region: Region) -> Study:
        flow = self.flow
        study = Study()
        best: dict[str, Way] = {region.initial: NOTHING}
        heap = [(0, self.order[region.initial], region.initial)]
        while heap:
            cost, _, node_id = heapq.heappop(heap)
            if node_id in study.ways:
                continue
            study.ways[node_id] = way = best[node_id]
            study.successors[node_id] = []
            for target, step in self._steps(flow.nodes[node_id]):
                inside = flow.nodes[target].region == region.id
                study.successors[node_id].append(target)
                known = (best if inside else study.exits).get(target)
                if known is None or cost + step[0] < known[0]:
                    reach = _then(way, step)
                    if inside:
                        best[target] = reach
                        heapq.heappush(heap, (reach[0], self.order[target], target))
                    else:
                        study.exits[target] = reach
        study.trap = self._trap(study)
        return study

    def _steps(self, node: Node) -> Iterator[tuple[str, Way]]:
        """The nodes that can come next, in this region or outside, each with its way."""
        weight = 1 if node.kind is NodeKind.STEP else 0
        for arc in moves(self.flow, node):
            yield arc.target, (weight, arc)
        for child in node.children:
            yield from self.studies[child].exits.items()
        if node.kind in (NodeKind.FORK, NodeKind.EACH) and (closing := self.closing(node)) is not None:
            for arc in self.flow.outgoing[node.id]:
                yield arc.target, _then(closing, (0, arc))

    def finish(self, child: str) -> Way | None:
        """A shortest way for a branch to finish."""
        study = self.studies[child]
        return next((w for n, w in study.ways.items() if self.flow.nodes[n].kind is NodeKind.DONE), None)

    def optional(self, node: Node, child: str) -> bool:
        """True when the block may run without this branch."""
        return node.kind is NodeKind.EACH or self.flow.regions[child].guard is not None

    def closing(self, node: Node) -> Way | None:
        """A shortest way to close the join of a block just opened; None when it cannot close."""
        count = needed(node, len(node.children))
        compulsory = [self.finish(c) for c in node.children if not self.optional(node, c)]
        closings: list[Way] = []
        if (count is None or len(compulsory) < count) and None not in compulsory:
            closings.append(_sum(compulsory))
        if count is not None:
            finishes = sorted(filter(None, map(self.finish, node.children)), key=_cost)
            if len(finishes) >= count:
                closings.append(_sum(finishes[:count]))
        return min(closings, key=_cost, default=None)

    def _trap(self, study: Study) -> _Trap | None:
        traps: dict[str, _Trap] = {}
        for node_id, way in study.ways.items():
            inner = self.block_trap(self.flow.nodes[node_id])
            if inner is not None:
                traps[node_id] = _Trap(_then(way, inner.way), inner.rests)
        for component in self.bottoms(study):
            if not component.isdisjoint(traps):
                continue  # it can still end in the trap inside one of its blocks
            entry = min(
                (self.flow.nodes[n] for n in component),
                key=lambda n: (study.ways[n.id][0], n.automatic, self.order[n.id]),
            )
            loop = tuple(sorted(component, key=self.order.__getitem__)) if study.successors[entry.id] else ()
            rest = Rest(node=entry.id, region=entry.region, loop=loop)
            traps[entry.id] = _Trap(study.ways[entry.id], (rest,))
        return min(traps.values(), key=lambda t: t.way[0], default=None)

    def bottoms(self, study: Study) -> list[set[str]]:
        """The components of a region's graph that are never left and hold no DONE or END."""
        before: dict[str, list[str]] = {}
        for source, targets in study.successors.items():
            for target in targets:
                before.setdefault(target, []).append(source)
        ways_out = [*study.exits, *(n for n in study.successors if self._final(self.flow.nodes[n]))]
        free = set(ways_out)
        for node in ways_out:
            fresh = dict.fromkeys(n for n in before.get(node, ()) if n not in free)
            free.update(fresh)
            ways_out += fresh
        kept = [n for n in study.successors if n not in free]
        if not kept:
            return []
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(kept)
        graph.add_edges_from((s, t) for s in kept for t in study.successors[s])
        return [set(c) for c in nx.attracting_components(graph)]

    def _final(self, node: Node) -> bool:
        """True for an END and for the DONE of a branch; that of a called process must still have an exit."""
        if node.kind is NodeKind.DONE:
            return node.end is None
        return node.kind is NodeKind.END

    def block_trap(self, node: Node, through: str | None = None) -> _Trap | None:
        """A cheapest state in which all branches are finished or trapped and the join cannot close.

        With `through`, one in which that branch is trapped.
        """
        if all(self.studies[child].trap is None for child in node.children):
            return None
        count = needed(node, len(node.children))
        # (is one trapped, how many are finished if that matters) -> cheapest so far
        states: dict[tuple[bool, int], _Trap] = {(False, 0): _Trap(NOTHING, ())}
        for child in node.children:
            options = self._fates(node, child)
            if child == through:
                options = [(trap, False)] if (trap := self.studies[child].trap) is not None else []
            merged: dict[tuple[bool, int], _Trap] = {}
            for (trapped, finished), so_far in states.items():
                for fate, closes in options:
                    done = finished + 1 if closes and count is not None else finished
                    if done == count:
                        continue
                    key = (trapped or any(not r.finished for r in fate.rests), done)
                    way = _then(so_far.way, fate.way)
                    if key not in merged or way[0] < merged[key].way[0]:
                        merged[key] = _Trap(way, so_far.rests + fate.rests)
            states = merged
        return min((t for (trapped, _), t in states.items() if trapped), key=lambda t: t.way[0], default=None)

    def _fates(self, node: Node, child: str) -> list[tuple[_Trap, bool]]:
        """What may become of a branch for good, each with whether it counts as finished."""
        fates: list[tuple[_Trap, bool]] = []
        if self.optional(node, child):
            fates.append((_Trap(NOTHING, ()), False))
        trap = self.studies[child].trap
        if trap is not None:
            fates.append((trap, False))
        if node.kind is not NodeKind.CALL and (finish := self.finish(child)) is not None:
            done = Rest(node=f"{child}/done", region=child, finished=True)
            fates.append((_Trap(finish, (done,)), True))
        return fates
