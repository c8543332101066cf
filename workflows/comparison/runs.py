"""All runs of a flow, as far as a bound: which step can be dealt with when, by the rules of tokens.

Guards, branches of choices and the items of lists are left open, since they depend on the case: every branch
may be taken, a conditional branch may be opened or not, a list may be empty or not. Several items of a list
add no order among different steps that one item doesn't show. Counted exits keep to their number. Withdrawal
and suspension are not looked at, as they are the same at every moment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jianban.workflows.flow import JOINED, Arc, Flow, Node, NodeKind
from jianban.workflows.language.model import JoinKind

BOUND = 5_000
"""States looked at before a search gives up."""

CLOSED = -1

Marking = tuple[int, ...]
"""For each region the number of the node its token is on, or `CLOSED`."""

State = tuple[Marking, tuple[int, ...]]
"""A marking, and how often each counted exit was taken."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An exit of a step, from one state to another; states by number."""

    source: int
    arc: Arc
    target: int


class Runs:
    """The states of a flow and the edges between them; state 0 is the start."""

    def __init__(self, flow: Flow, bound: int = BOUND) -> None:
        self.flow = flow
        moves = _Moves(flow)
        numbers: dict[State, int] = {}
        self.leaving: list[list[Edge]] = []
        self.ends: dict[int, Node] = {}
        """The states in which the case has ended, with the end."""
        self.complete = True
        """False when the bound was reached: what isn't found then may still be possible."""
        todo: deque[State] = deque()

        def number(state: State) -> int:
            if state not in numbers:
                numbers[state] = len(numbers)
                self.leaving.append([])
                todo.append(state)
            return numbers[state]

        for state in moves.start():
            number(state)
        self.starts = range(len(numbers))
        while todo:
            state = todo.popleft()
            source = numbers[state]
            if (end := moves.ended(state)) is not None:
                self.ends[source] = end
                continue
            if len(numbers) > bound:
                self.complete = False
                break
            for arc, after in moves.of(state):
                self.leaving[source].append(Edge(source, arc, number(after)))
        self.markings = tuple(marking for marking, _ in numbers)

    @cached_property
    def entering(self) -> list[list[Edge]]:
        found: list[list[Edge]] = [[] for _ in self.leaving]
        for edges in self.leaving:
            for edge in edges:
                found[edge.target].append(edge)
        return found


class _Moves:
    """The rules by which tokens move."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.nodes = tuple(flow.nodes.values())
        self.node = {n.id: i for i, n in enumerate(self.nodes)}
        self.region = {r: i for i, r in enumerate(flow.regions)}
        self.inside = [
            [i for i, r in enumerate(flow.regions) if r != outer and outer in flow.ancestors(r)]
            for outer in flow.regions
        ]
        """For each region the regions nested in it."""
        self.automatic = [n.kind is NodeKind.CHOICE or bool(n.children) for n in self.nodes]
        self.exits = [flow.outgoing[n.id] if n.kind is NodeKind.STEP else () for n in self.nodes]
        self.nested = {n.id: self.inside[self.region[n.region]] for n in self.nodes}
        self.counted = {a.id: i for i, a in enumerate(a for a in flow.arcs if a.max is not None)}
        self.future = self._futures()

    def start(self) -> Iterator[State]:
        closed = [CLOSED] * len(self.region)
        for marking in self._enter(closed, self.flow.root.initial):
            yield from self._settle(marking, (0,) * len(self.counted))

    def ended(self, state: State) -> Node | None:
        node = self.nodes[state[0][0]]
        return node if node.kind is NodeKind.END else None

    def of(self, state: State) -> Iterator[tuple[Arc, State]]:
        """What may happen at the steps the tokens rest on."""
        marking, counts = state
        for at in marking:
            if at != CLOSED:
                for arc in self.exits[at]:
                    for after in self._fire(marking, counts, arc):
                        yield arc, after

    def _fire(self, marking: Sequence[int], counts: tuple[int, ...], arc: Arc) -> Iterator[State]:
        if arc.max is not None:
            i = self.counted[arc.id]
            if counts[i] >= arc.max:
                return
            counts = (*counts[:i], counts[i] + 1, *counts[i + 1 :])
        moved = list(marking)
        for region in self.nested[arc.target]:
            moved[region] = CLOSED
        for entered in self._enter(moved, arc.target):
            yield from self._settle(entered, counts)

    def _enter(self, marking: list[int], target: str) -> Iterator[list[int]]:
        """Put a token on a node; a block opens its regions, conditional ones in every combination."""
        node = self.flow.nodes[target]
        opened = marking.copy()
        opened[self.region[node.region]] = self.node[target]
        markings = [opened]
        for child in node.children:
            region = self.flow.regions[child]
            entered = [m for before in markings for m in self._enter(before, region.initial)]
            optional = region.guard is not None or node.kind is NodeKind.EACH
            markings = entered + (markings if optional else [])
        yield from markings

    def _settle(self, marking: Sequence[int], counts: tuple[int, ...]) -> Iterator[State]:
        """Let choices, joins and returns of calls happen until every token rests on a step or waits."""
        for at in marking:
            if (
                at != CLOSED
                and self.automatic[at]
                and (arcs := self._due(marking, self.nodes[at])) is not None
            ):
                for arc in arcs:
                    yield from self._fire(marking, counts, arc)
                return
        if any(counts):
            needed = 0
            for at in marking:
                if at != CLOSED:
                    needed |= self.future[at]
            # what can't be taken any more need not be told apart
            counts = tuple(c if needed >> i & 1 else 0 for i, c in enumerate(counts))
        yield tuple(marking), counts

    def _due(self, marking: Sequence[int], node: Node) -> Sequence[Arc] | None:
        """The arcs a token must take at once; None where it rests or waits."""
        arcs = self.flow.outgoing[node.id]
        if node.kind is NodeKind.CHOICE:
            return arcs
        if not node.children:
            return None
        tokens = [marking[self.region[child]] for child in node.children]
        live = [self.nodes[t] for t in tokens if t != CLOSED]
        done = [n for n in live if n.kind is NodeKind.DONE]
        if node.kind is NodeKind.CALL:
            ends = {n.end.id for n in done if n.end}
            return [a for a in arcs if a.event in ends] if ends else None
        join = node.join
        wanted = len(live)
        if join is not None and join.kind is not JoinKind.ALL:
            wanted = min(wanted, join.count or 1)
        return [a for a in arcs if a.event == JOINED] if len(done) >= wanted else None

    def _futures(self) -> list[int]:
        """For each node the counted exits that may still be taken once a token is there."""
        following: list[set[int]] = [set() for _ in self.nodes]
        own = [0] * len(self.nodes)
        for arc in self.flow.arcs:
            following[self.node[arc.source]].add(self.node[arc.target])
            if arc.max is not None:
                own[self.node[arc.source]] |= 1 << self.counted[arc.id]
        for node in self.nodes:
            following[self.node[node.id]].update(
                self.node[self.flow.regions[c].initial] for c in node.children
            )
        changed = True
        while changed:
            changed = False
            for i in reversed(range(len(self.nodes))):
                bits = own[i]
                for j in following[i]:
                    bits |= own[j]
                if bits != own[i]:
                    own[i], changed = bits, True
        return own
