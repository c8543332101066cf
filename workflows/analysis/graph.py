"""The flow as nested acyclic graphs, which the measures walk without listing paths.

Each region is a graph whose nodes are steps, choices and whole blocks. A block has one way out per target:
the join, one per end of a called process, and one per target of the arcs that lead out of its branches. The
arcs that go back (found by a depth-first search in the order of declaration, counted exits last) are set
aside; what is left has no cycle. For loops with one entry, as a definition's corrections are, that order does
not matter: an arc goes back when its target stands on every way to its source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from jianban.workflows.flow import ROOT, Arc, Flow, Node, NodeKind
from jianban.workflows.language.model import JoinKind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edge:
    """A way out of a node of a region."""

    source: str
    target: str
    inside: bool
    """True when the target lies in the same region."""
    arc: Arc | None
    """The exit, the join or the call's exit; None for a way out of a block's branch."""
    child: str | None = None
    """The child region through which the block is left; None for a join."""
    goal: str | None = None
    """Where the way through `child` leads: its DONE node for a call, else the target of the arc."""

    @property
    def counted(self) -> bool:
        return self.arc is None or self.arc.max is not None


class Shape:
    """The regions of a flow as acyclic graphs; nodes that no case reaches are left out.

    A join that no run can complete, because a branch never gets done, is no way out.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order: dict[str, tuple[str, ...]] = {}
        """The nodes of each region, sources before targets."""
        self.edges: dict[str, tuple[Edge, ...]] = {}
        """The ways out of a node that do not go back."""
        self.back: dict[str, tuple[Edge, ...]] = {}
        """The ways out of a node that go back."""
        self.exits: dict[str, Mapping[str, None]] = {}
        """Where a region can lead: its DONE nodes and the nodes of outer regions, in order of discovery."""
        self.rests: dict[str, bool] = {}
        """False for a region that is passed at once, e.g. an empty branch."""
        self.success = tuple(n.id for n in flow.ends if n.end is not None and n.end.success)
        for region in reversed(tuple(flow.regions)):
            self._add(region)

    @cached_property
    def reached(self) -> tuple[Node, ...]:
        """The nodes that some run reaches, in order of declaration."""
        reached: set[str] = set()
        # outer regions come first
        for region in self.flow.regions.values():
            if region.owner is None or region.owner in reached:
                reached.update(self.order[region.id])
        return tuple(n for n in self.flow.nodes.values() if n.id in reached)

    @cached_property
    def back_arcs(self) -> tuple[Arc, ...]:
        """The arcs that go back, in order of declaration."""
        back = [e for node in self.reached for e in self.back[node.id]]
        direct = {e.arc.id for e in back if e.arc is not None}
        leaving = {(e.child, e.target) for e in back if e.arc is None}
        return tuple(
            a
            for a in self.flow.arcs
            if a.id in direct or any((region, a.target) in leaving for region in a.leaves)
        )

    @cached_property
    def granting(self) -> Mapping[str, tuple[Edge, ...]]:
        """The ways out of each node from which a granted end can still be reached."""
        good: set[str] = set()
        # outer regions come first
        for region in self.flow.regions.values():
            goals = set(self.success) if region.owner is None else set[str]()
            for edge in self.edges.get(region.owner or "", ()):
                if edge.target in good and edge.child in (None, region.id):
                    goals.add(edge.goal or self.done(region.id))
            good |= self.reaching(region.id, goals)
        return {node: tuple(e for e in edges if e.target in good) for node, edges in self.edges.items()}

    def done(self, child: str) -> str:
        """The DONE node of a branch, or of the items of an EACH."""
        return f"{child}/done"

    def finishing(self, block: Node) -> tuple[str, ...]:
        """The branches of a block that can get done."""
        return tuple(c for c in block.children if self.done(c) in self.exits[c])

    def always(self, child: str) -> bool:
        """True for a branch that every run of its block opens."""
        return self.flow.regions[child].guard is None

    def instant(self, block: Node) -> bool:
        """True when the block is joined as soon as it is opened."""
        passed = [c for c in block.children if not self.rests[c] and tuple(self.exits[c]) == (self.done(c),)]
        if len(passed) == len(block.children):
            return True
        count = needed(block, len(block.children))
        return not _joins_all(block) and sum(map(self.always, passed)) >= count

    def reaching(self, region: str, goals: Collection[str]) -> set[str]:
        """The nodes of a region from which a goal can be reached; the goals may lie outside."""
        reaching = set(goals)
        for node in reversed(self.order[region]):
            if any(e.target in reaching for e in self.edges[node]):
                reaching.add(node)
        return reaching

    def _add(self, region_id: str) -> None:
        region = self.flow.regions[region_id]
        ways: dict[str, list[Edge]] = {}
        back: dict[str, list[Edge]] = {}
        finished: list[str] = []
        open_nodes = {region.initial}
        exits: dict[str, None] = {}

        def enter(node: str) -> tuple[str, Iterator[Edge]]:
            ways[node], back[node] = [], []
            return node, iter(sorted(self._ways(self.flow.nodes[node]), key=lambda e: e.counted))

        stack = [enter(region.initial)]
        while stack:
            node, rest = stack[-1]
            edge = next(rest, None)
            if edge is None:
                stack.pop()
                open_nodes.discard(node)
                finished.append(node)
                continue
            if not edge.inside:
                ways[node].append(edge)
                exits[edge.target] = None
            elif edge.target in open_nodes:
                back[node].append(edge)
            else:
                ways[node].append(edge)
                if edge.target not in ways:
                    open_nodes.add(edge.target)
                    stack.append(enter(edge.target))
        self.order[region_id] = tuple(reversed(finished))
        for node in self.order[region_id]:
            kind = self.flow.nodes[node].kind
            if kind is NodeKind.DONE or (kind is NodeKind.END and region_id == ROOT):
                exits[node] = None
            self.edges[node] = tuple(ways[node])
            self.back[node] = tuple(back[node])
        self.exits[region_id] = exits
        self.rests[region_id] = any(self._rests(self.flow.nodes[n]) for n in self.order[region_id])

    def _rests(self, node: Node) -> bool:
        match node.kind:
            case NodeKind.STEP:
                return True
            case NodeKind.FORK | NodeKind.EACH if self.instant(node):
                return False
            case NodeKind.FORK | NodeKind.EACH | NodeKind.CALL:
                return any(self.rests[c] for c in node.children)
        return False

    def _ways(self, node: Node) -> list[Edge]:
        arcs = self.flow.outgoing[node.id]
        if node.kind is NodeKind.CALL:
            child = node.children[0]
            ends = {
                end.id: done
                for done in self.exits[child]
                if (n := self.flow.nodes[done]).region == child and (end := n.end) is not None
            }
            ways = [self._edge(node, a, child, ends[a.event]) for a in arcs if a.event in ends]
        elif node.kind in (NodeKind.FORK, NodeKind.EACH):
            ways = [self._edge(node, a) for a in arcs if self._joinable(node)]
            if self.instant(node):
                return ways
        else:
            return [self._edge(node, a) for a in arcs]
        for child in node.children:
            for target in self.exits[child]:
                region = self.flow.nodes[target].region
                if region != child:
                    ways.append(
                        Edge(
                            source=node.id,
                            target=target,
                            inside=region == node.region,
                            arc=None,
                            child=child,
                            goal=target,
                        )
                    )
        return ways

    def _edge(self, node: Node, arc: Arc, child: str | None = None, goal: str | None = None) -> Edge:
        return Edge(source=node.id, target=arc.target, inside=not arc.leaves, arc=arc, child=child, goal=goal)

    def _joinable(self, block: Node) -> bool:
        finishing = self.finishing(block)
        if all(c in finishing for c in block.children if self.always(c)):
            return True
        return not _joins_all(block) and len(finishing) >= needed(block, len(block.children))


def _joins_all(block: Node) -> bool:
    return block.join is None or block.join.kind is JoinKind.ALL


def needed(block: Node, live: int) -> int:
    """How many of the live branches must get done for the block to join."""
    match block.join:
        case None:
            return live
        case join if join.kind is JoinKind.ANY:
            return min(1, live)
        case join if join.kind is JoinKind.COUNT:
            return min(join.count or 0, live)
    return live
