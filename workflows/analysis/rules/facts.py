"""What the rules ask of a flow, computed once.

Rules speak of the process itself; the nodes of a process it calls have their own definition and their
own check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from jianban.workflows.analysis.rules.conditions import Survey, survey
from jianban.workflows.analysis.soundness.composition import Composition, moves
from jianban.workflows.flow import ROOT, Arc, Flow, Node, NodeKind
from jianban.workflows.language.model import Call, Choice, Each, Item, Parallel, Process, Step
from jianban.workflows.language.terms import Cause, DataField, DataKind, Guard
from jianban.workflows.texts import Text


class Facts:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.process: Process = flow.process
        self._surveys: dict[tuple[tuple[str, ...], str], Survey] = {}

    @cached_property
    def composition(self) -> Composition:
        return Composition(self.flow)

    @cached_property
    def called(self) -> frozenset[str]:
        """The regions of called processes."""
        called: set[str] = set()
        for region in self.flow.regions.values():
            owner = region.owner
            if owner is not None and (
                region.parent in called or self.flow.nodes[owner].kind is NodeKind.CALL
            ):
                called.add(region.id)
        return frozenset(called)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the process itself, in order of declaration."""
        return tuple(n for n in self.flow.nodes.values() if n.region not in self.called)

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        return tuple(n for n in self.nodes if n.kind is NodeKind.STEP)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every step and block of the process itself, outermost first."""
        return tuple(i for stage in self.process.stages for i in _items(stage.items))

    def arcs(self, node: Node) -> tuple[Arc, ...]:
        return self.flow.outgoing[node.id]

    @cached_property
    def following(self) -> Mapping[str, tuple[tuple[str, Arc | None], ...]]:
        """What can come next, and by which arc; a block leads to the start of its branches."""
        following: dict[str, tuple[tuple[str, Arc | None], ...]] = {}
        for node in self.flow.nodes.values():
            arcs: tuple[Arc, ...] = moves(self.flow, node)
            owner = self.flow.regions[node.region].owner
            if node.kind is NodeKind.DONE and node.end is None and owner is not None:
                arcs = self.flow.outgoing[owner]
            inward = tuple((self.flow.regions[c].initial, None) for c in node.children)
            following[node.id] = (*inward, *((a.target, a) for a in arcs))
        return following

    def can_follow(self, later: str, earlier: str) -> bool:
        """True when a case can come to `later` after it was at `earlier`, or be at both side by side."""
        if self._side_by_side(later, earlier):
            return True
        seen: set[str] = set()
        todo = [earlier]
        while todo:
            for target, _ in self.following[todo.pop()]:
                if target == later:
                    return True
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return False

    def _side_by_side(self, a: str, b: str) -> bool:
        chains = [self.flow.ancestors(self.flow.nodes[n].region) for n in (a, b)]
        owners = [{self.flow.regions[r].owner: r for r in chain} for chain in chains]
        return any(
            owner is not None
            and owner in owners[1]
            and (region != owners[1][owner] or self.flow.nodes[owner].kind is NodeKind.EACH)
            for owner, region in owners[0].items()
        )

    def fields(self, region: str) -> Mapping[str, DataField]:
        """What conditions in a region can read: the data, and the items of the EACH blocks around."""
        fields = dict(self.process.fields)
        for around in self.flow.ancestors(region):
            owner = self.flow.regions[around].owner
            block = None if owner is None else self.flow.nodes[owner].block
            if isinstance(block, Each):
                over = self.process.fields.get(block.over)
                options = () if over is None else over.options
                kind = DataKind.ENUM if options else DataKind.TEXT
                fields[block.name] = DataField(id=block.name, title=block.title, kind=kind, options=options)
        return fields

    @cached_property
    def guards(self) -> tuple[tuple[Guard, str], ...]:
        """Every condition of the process itself, with the region in which it is asked."""
        regions = (
            r for r in self.flow.regions.values() if r.guard is not None and r.parent not in self.called
        )
        return (
            *((g, ROOT) for g in self.process.eligible),
            *((a.guard, n.region) for n in self.nodes for a in self.arcs(n) if a.guard is not None),
            *((r.guard, r.parent or ROOT) for r in regions if r.guard is not None),
            *((a.guard, ROOT) for a in self.flow.anywhere if a.guard is not None),
        )

    def survey(self, conditions: Sequence[Guard], region: str) -> Survey:
        """The conditions, asked in a region, tried together on their domain of data."""
        key = (tuple(c.expression for c in conditions), region)
        if key not in self._surveys:
            self._surveys[key] = survey(conditions, self.fields(region))
        return self._surveys[key]

    def title(self, node: str) -> Text:
        return self.flow.nodes[node].title


def by_event(facts: Facts, node: Node) -> list[tuple[str, list[Arc]]]:
    """The exits that answer to one event where there are several, as a choice's conditional branches do."""
    arcs = facts.arcs(node)
    if node.kind is NodeKind.CHOICE:
        conditional = [a for a in arcs if a.guard is not None]
        return [(node.id, conditional)] if len(conditional) > 1 else []
    groups: dict[tuple[str, Cause], list[Arc]] = {}
    for arc in arcs:
        # what a person does and what silence does under the same name are told apart by who causes it
        groups.setdefault((arc.event, arc.cause), []).append(arc)
    return [(event, group) for (event, _), group in groups.items() if len(group) > 1]


def _items(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        match item:
            case Choice() | Parallel():
                for branch in item.branches:
                    yield from _items(branch.items)
            case Each():
                yield from _items(item.items)
            case Step() | Call():
                pass
