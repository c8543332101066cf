"""The place/transition net of a flow: its meaning in the terms of Petri nets.

The verdict does not need it (see `composition`). The tests do: they search its states to confirm every
verdict, and prove that a running case and the net reach the same states.

One place per node a token can rest at, and per instance for what stands in an EACH. A block's token
stays on the block's place while its children run. Guards, branches of a choice and counted exits are
non-deterministic. An arc that leaves regions cancels them without listing their states: the token of
the outermost block left goes to `kill`, which hands one `cancel` token to each child region; `cancel`
eats the region's token wherever it is (for a block: kills that first) and leaves `drained`; when all
children are drained the token goes on. A join on a number counts finished branches along a chain of
places. So the net stays 1-safe, and its size linear in the flow's (for such a join: in its number times its
branches).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from jianban.workflows.analysis.soundness.composition import moves
from jianban.workflows.analysis.soundness.joins import needed
from jianban.workflows.flow import JOINED, Arc, Flow, Node, NodeKind

Path: TypeAlias = tuple[int, ...]
"""The instances of the EACH blocks around, outermost first."""

Marking: TypeAlias = frozenset[int]

Token: TypeAlias = tuple[str, Path]
"""A token on a node, in an instance."""


@dataclass(frozen=True, slots=True)
class Transition:
    before: frozenset[int]
    after: frozenset[int]
    arc: Arc | None = None
    """The arc it fires; None for what opens, counts and cancels."""


@dataclass(frozen=True, eq=False)
class Net:
    places: tuple[str, ...]
    """The name of each place."""
    tokens: tuple[Token | None, ...]
    """The token each place stands for; None for finished branches and what is on its way."""
    transitions: tuple[Transition, ...]
    automatic: frozenset[int]
    """The transitions that fire by themselves: all but those of step nodes."""
    initial: Marking
    ends: frozenset[int]
    """The places of END nodes."""

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """The transitions that take from each place."""
        found: list[list[int]] = [[] for _ in self.places]
        for at, transition in enumerate(self.transitions):
            for place in transition.before:
                found[place].append(at)
        return tuple(map(tuple, found))

    def enabled(self, marking: Marking) -> list[int]:
        """The transitions that can fire, in order."""
        near = {t for place in marking for t in self.consumers[place]}
        return sorted(t for t in near if self.transitions[t].before <= marking)

    def fire(self, marking: Marking, transition: int) -> Marking:
        """The marking after an enabled transition.

        Raises:
            ValueError: a place would hold two tokens.
        """
        t = self.transitions[transition]
        kept = marking - t.before
        if kept & t.after:
            twice = ", ".join(self.places[p] for p in sorted(kept & t.after))
            raise ValueError(f"two tokens in {twice}")
        return kept | t.after

    def resting(self, marking: Marking) -> frozenset[Token] | None:
        """The case's tokens, finished branches left out; None while something fires by itself."""
        if any(t in self.automatic for t in self.enabled(marking)):
            return None
        return frozenset(token for place in marking if (token := self.tokens[place]) is not None)


def net_of(flow: Flow, instances: int = 1) -> Net:
    """The net of a flow, with zero up to `instances` instances of each EACH."""
    return _Builder(flow, instances).net()


@dataclass(frozen=True, slots=True)
class _Instance:
    """One instance of a region: exactly one of its places holds a token while it runs."""

    name: str
    region: str
    path: Path


class _Builder:
    def __init__(self, flow: Flow, instances: int) -> None:
        self.flow = flow
        self.instances = instances
        self.names: list[str] = []
        self.index: dict[str, int] = {}
        self.tokens: list[Token | None] = []
        self.transitions: list[Transition] = []
        self.automatic: set[int] = set()
        self.positions: dict[str, list[int]] = {}
        """Per instance or counter, the places its token can be at."""
        self.blocks: dict[int, tuple[Node, Path]] = {}
        """The place of a running block."""
        self.children: dict[int, list[str]] = {}
        """Per place of a running block, the instances and counters that run under it."""
        self.killed: list[int] = []

    def net(self) -> Net:
        root = _Instance(self.flow.root.id, self.flow.root.id, ())
        opened = [root]
        for instance in opened:
            opened += self._region(instance)
        for instance in opened:
            self._arcs(instance)
        for block in self.killed:
            self._cancel(block)
        return Net(
            places=tuple(self.names),
            tokens=tuple(self.tokens),
            transitions=tuple(self.transitions),
            automatic=frozenset(self.automatic),
            initial=frozenset({self._entry(self.flow.root.initial, ())}),
            ends=frozenset(self._place(n.id, ()) for n in self.flow.ends),
        )

    def _name(self, name: str, path: Path) -> str:
        return name + "".join(f"[{i}]" for i in path)

    def _place(self, name: str, path: Path, *, of: str | None = None, token: Token | None = None) -> int:
        """The place of a name, made at its first use as a position of the instance `of`."""
        full = self._name(name, path)
        if full not in self.index:
            self.index[full] = len(self.names)
            self.names.append(full)
            self.tokens.append(None)
        place = self.index[full]
        if token is not None:
            self.tokens[place] = token
        if of is not None:
            self.positions.setdefault(of, []).append(place)
        return place

    def _transition(
        self, before: Iterable[int], after: Iterable[int], arc: Arc | None = None, *, automatic: bool = True
    ) -> None:
        if automatic:
            self.automatic.add(len(self.transitions))
        self.transitions.append(Transition(frozenset(before), frozenset(after), arc))

    def _entry(self, node: str, path: Path) -> int:
        """Where an arc into a node puts its token."""
        return self._place(f"{node}?" if self.flow.nodes[node].children else node, path)

    def _region(self, instance: _Instance) -> list[_Instance]:
        """Make the places of an instance and open its blocks; the instances below."""
        below: list[_Instance] = []
        for node_id in self.flow.regions[instance.region].nodes:
            node = self.flow.nodes[node_id]
            token = None if node.kind is NodeKind.DONE else (node_id, instance.path)
            place = self._place(node_id, instance.path, of=instance.name, token=token)
            if node.children:
                below += self._open(node, place, instance)
        return below

    def _open(self, node: Node, place: int, instance: _Instance) -> list[_Instance]:
        path = instance.path
        self.blocks[place] = (node, path)
        children = [
            _Instance(self._name(c, p), c, p)
            for c in node.children
            for p in ([(*path, i) for i in range(self.instances)] if node.kind is NodeKind.EACH else [path])
        ]
        self.children[place] = [c.name for c in children]
        counted = needed(node, len(children))
        after = [place]
        optional: list[_Instance] = []
        for child in children:
            start = self._entry(self.flow.regions[child.region].initial, child.path)
            if node.kind is NodeKind.EACH or self.flow.regions[child.region].guard is not None:
                gate = self._place(f"{child.region}:gate", child.path, of=child.name)
                skipped = f"{child.region}:skipped" if counted else f"{child.region}/done"
                # an unopened branch of a join on all is as good as finished
                closed = self._place(skipped, child.path, of=child.name if counted else None)
                self._transition({gate}, {start})
                self._transition({gate}, {closed})
                after.append(gate)
                optional.append(child)
            else:
                after.append(start)
        if counted:
            after += self._count(node, place, children, optional, counted)
        self._transition({self._place(f"{node.id}?", path, of=instance.name)}, after)
        if node.kind is not NodeKind.CALL:
            joined = self._place(f"{node.id}:{JOINED}", path, of=instance.name)
            if not counted:
                finished = {self._place(f"{c.region}/done", c.path) for c in children}
                self._transition({place, *finished}, {joined})
        return children

    def _count(
        self, node: Node, place: int, children: list[_Instance], optional: list[_Instance], wanted: int
    ) -> tuple[int, int]:
        """Count finished and unopened branches; the join closes when enough have finished or none is left."""
        path = self.blocks[place][1]
        kept, lost = f"{node.id}:finished", f"{node.id}:unopened"
        counters = [self._name(kept, path), self._name(lost, path)]
        self.children[place] += counters
        finished = [self._place(f"{kept}{i}", path, of=counters[0]) for i in range(wanted + 1)]
        unopened = [self._place(f"{lost}{i}", path, of=counters[1]) for i in range(len(optional) + 1)]
        for child in children:
            done = self._place(f"{child.region}/done", child.path)
            over = self._place(f"{child.region}:over", child.path, of=child.name)
            for i in range(wanted):
                self._transition({done, finished[i]}, {over, finished[i + 1]})
        for child in optional:
            skipped = self._place(f"{child.region}:skipped", child.path)
            over = self._place(f"{child.region}:over", child.path)
            for i in range(len(optional)):
                self._transition({skipped, unopened[i]}, {over, unopened[i + 1]})
        joined = self._place(f"{node.id}:{JOINED}", path)
        total = len(children)
        closed = [{finished[total - i], unopened[i]} for i in range(len(optional) + 1) if total - i < wanted]
        for counts in ({finished[wanted]}, *closed):
            # the counters' tokens stay, to be cancelled with the branches
            self._transition({place, *counts}, {*counts, *self._kill(place, joined)})
        return finished[0], unopened[0]

    def _kill(self, block: int, then: int) -> tuple[int, int]:
        """The places that start to cancel all below a block and remember where its token goes then."""
        node, path = self.blocks[block]
        if block not in self.killed:
            self.killed.append(block)
        kill = self._place(f"{node.id}:kill", path)
        goes = self._name(f"{node.id}:then", path) + f">{self.names[then]}"
        fresh = goes not in self.index
        pending = self._place(goes, ())
        if fresh:
            self._transition({self._place(f"{node.id}:cleared", path), pending}, {then})
        return kill, pending

    def _cancel(self, block: int) -> None:
        """Cancel what runs below a block, wherever it is."""
        node, path = self.blocks[block]
        children = self.children[block]
        cancels = {c: self._place(f"{c}:cancel", ()) for c in children}
        drained = {c: self._place(f"{c}:drained", ()) for c in children}
        self._transition({self._place(f"{node.id}:kill", path)}, cancels.values())
        self._transition(drained.values(), {self._place(f"{node.id}:cleared", path)})
        for child in children:
            for position in dict.fromkeys(self.positions[child]):
                if position in self.blocks:
                    self._transition({cancels[child], position}, self._kill(position, drained[child]))
                else:
                    self._transition({cancels[child], position}, {drained[child]})

    def _arcs(self, instance: _Instance) -> None:
        path = instance.path
        for node_id in self.flow.regions[instance.region].nodes:
            node = self.flow.nodes[node_id]
            place = self._place(node_id, path)
            if node.kind in (NodeKind.FORK, NodeKind.EACH):
                joined = self._place(f"{node_id}:{JOINED}", path)
                for arc in self.flow.outgoing[node_id]:
                    self._fire(arc, {joined}, instance)
            elif node.kind is NodeKind.DONE:
                for arc in moves(self.flow, node):
                    around = self.flow.nodes[arc.source].region
                    outer = _Instance(self._name(around, path), around, path)
                    self._fire(arc, {place, self._place(arc.source, path)}, outer)
            else:
                for arc in moves(self.flow, node):
                    self._fire(arc, {place}, instance, automatic=node.kind is not NodeKind.STEP)

    def _fire(self, arc: Arc, before: set[int], instance: _Instance, *, automatic: bool = True) -> None:
        """Add the transition of an arc that takes `before` in an instance."""
        path = instance.path
        owner = None
        for region in arc.leaves:
            owner = self.flow.regions[region].owner
            assert owner is not None
            if self.flow.nodes[owner].kind is NodeKind.EACH:
                path = path[:-1]
        target = self._entry(arc.target, path)
        if owner is None:
            self._transition(before, {target}, arc, automatic=automatic)
            return
        # the token waits outside until the outermost block left has been cleared, itself included
        out = self._place(f"{instance.region}:out", instance.path)
        if out not in self.positions[instance.name]:
            self.positions[instance.name].append(out)
        block = self._place(owner, path)
        self._transition({*before, block}, {out, *self._kill(block, target)}, arc, automatic=automatic)
