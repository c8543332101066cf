"""From a process to its flow: stages and items become regions, nodes and arcs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jianban.workflows.flow import JOINED, ROOT, Arc, Flow, Node, NodeKind, Region
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.model import (
    NEXT,
    Call,
    Choice,
    Each,
    Exit,
    Item,
    Join,
    Parallel,
    Process,
    Step,
)
from jianban.workflows.language.terms import Cause, Guard
from jianban.workflows.texts import Text


def compile_process(process: Process) -> Flow:
    """Compile a process into its flow.

    Raises:
        DefinitionError: with everything at once: an id used twice, an unknown target, a target inside a
            branch of another block, a process that calls itself.
    """
    return _Compiler(process).flow()


@dataclass(slots=True)
class _Draft:
    """A region being filled."""

    id: str
    title: Text
    owner: str | None
    parent: str | None
    guard: Guard | None = None
    initial: str = ""
    nodes: list[str] = field(default_factory=list)


class _Compiler:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.drafts: dict[str, _Draft] = {}
        self.nodes: dict[str, Node] = {}
        self.pending: list[tuple[Node, Exit, str, str]] = []
        """Exits whose targets are resolved once all nodes are known: source, exit, next node, id prefix."""
        self.stage_entries: dict[str, str] = {}
        self.problems: list[Problem] = []

    def flow(self) -> Flow:
        root = self._region(ROOT, self.process.title, None, None)
        self._process(self.process, root, prefix="", stage=None, calls=(self.process.key,))
        arcs = self._arcs()
        if self.problems:
            raise DefinitionError(
                sorted(self.problems, key=lambda p: (p.position.file, p.position.line, p.position.column))
            )
        regions = {
            d.id: Region(
                id=d.id,
                title=d.title,
                initial=d.initial,
                nodes=tuple(d.nodes),
                owner=d.owner,
                parent=d.parent,
                guard=d.guard,
            )
            for d in self.drafts.values()
        }
        return Flow(self.process, regions, self.nodes, arcs, self.process.anywhere)

    def _region(
        self, region_id: str, title: Text, owner: str | None, parent: str | None, guard: Guard | None = None
    ) -> _Draft:
        draft = self.drafts[region_id] = _Draft(region_id, title, owner, parent, guard)
        return draft

    def _add(self, node: Node) -> Node:
        if node.id in self.nodes:
            self.problems.append(
                Problem(
                    code="J201",
                    message=Text(f"编号“{node.id}”重复使用", f"id “{node.id}” is used twice"),
                    remedy=Text("请改用不重复的编号", "Give each step, block and end an id of its own"),
                    position=node.position,
                )
            )
            return node
        self.nodes[node.id] = node
        self.drafts[node.region].nodes.append(node.id)
        return node

    def _process(
        self, process: Process, region: _Draft, *, prefix: str, stage: str | None, calls: tuple[str, ...]
    ) -> None:
        """Add a process to a region: its stages in a row, its ends as END (or DONE, when called) nodes."""
        called = bool(prefix)
        entries = [self._entry(s.items, prefix) for s in process.stages]
        finish = next((e.id for e in process.ends if e.success), process.ends[0].id if process.ends else "")
        following = prefix + finish
        nexts: list[str] = []
        for entry in reversed(entries):
            nexts.append(following)
            following = entry or following
        region.initial = following
        for s, entry, after in zip(process.stages, entries, reversed(nexts), strict=True):
            self.stage_entries[prefix + s.id] = entry or after
            self._items(s.items, region, after, prefix=prefix, stage=stage or s.id, calls=calls)
        for end in process.ends:
            self._add(
                Node(
                    id=prefix + end.id,
                    kind=NodeKind.DONE if called else NodeKind.END,
                    title=end.title,
                    region=region.id,
                    end=end,
                    position=end.position,
                )
            )

    @staticmethod
    def _entry(items: Sequence[Item], prefix: str) -> str:
        return next((prefix + i.id for i in items if not _aside(i)), "")

    def _items(
        self,
        items: Sequence[Item],
        region: _Draft,
        after: str,
        *,
        prefix: str,
        stage: str,
        calls: tuple[str, ...],
    ) -> None:
        for at, item in enumerate(items):
            following = self._entry(items[at + 1 :], prefix) or after
            self._item(item, region, following, prefix=prefix, stage=stage, calls=calls)

    def _item(
        self, item: Item, region: _Draft, following: str, *, prefix: str, stage: str, calls: tuple[str, ...]
    ) -> None:
        node_id = prefix + item.id
        match item:
            case Step():
                node = self._add(
                    Node(
                        id=node_id,
                        kind=NodeKind.STEP,
                        title=item.title,
                        region=region.id,
                        stage=stage,
                        step=item,
                        position=item.position,
                    )
                )
                self.pending += [(node, e, following, prefix) for e in item.exits]
            case Choice():
                node = self._add(
                    Node(
                        id=node_id,
                        kind=NodeKind.CHOICE,
                        title=item.title,
                        region=region.id,
                        stage=stage,
                        block=item,
                        position=item.position,
                    )
                )
                for branch in item.branches:
                    after = following if branch.to == NEXT else prefix + branch.to
                    entry = self._entry(branch.items, prefix)
                    to = NEXT if entry else branch.to
                    exit_ = Exit(
                        event=branch.id,
                        title=branch.title,
                        to=to,
                        guard=branch.guard,
                        cause=Cause.AUTO,
                        main=branch.main,
                        likelihood=branch.likelihood,
                        position=branch.position,
                    )
                    self.pending.append((node, exit_, entry or following, prefix))
                    self._items(branch.items, region, after, prefix=prefix, stage=stage, calls=calls)
            case Parallel():
                children = tuple(f"{node_id}/{b.id}" for b in item.branches)
                node = self._block(item, NodeKind.FORK, region, children, stage, prefix, item.join)
                self.pending.append((node, _joined(item), following, prefix))
                for child, branch in zip(children, item.branches, strict=True):
                    inner = self._region(child, branch.title, node_id, region.id, branch.guard)
                    self._branch(branch.items, inner, prefix=prefix, stage=stage, calls=calls)
            case Each():
                child = f"{node_id}/{item.name}"
                node = self._block(item, NodeKind.EACH, region, (child,), stage, prefix, item.join)
                self.pending.append((node, _joined(item), following, prefix))
                inner = self._region(child, item.title, node_id, region.id)
                self._branch(item.items, inner, prefix=prefix, stage=stage, calls=calls)
            case Call():
                self._call(item, region, following, prefix=prefix, stage=stage, calls=calls)

    def _call(
        self, item: Call, region: _Draft, following: str, *, prefix: str, stage: str, calls: tuple[str, ...]
    ) -> None:
        if item.process.key in calls:
            self.problems.append(
                Problem(
                    code="J204",
                    message=Text(
                        f"流程“{item.process.key}”调用了自己", f"process “{item.process.key}” calls itself"
                    ),
                    remedy=Text("请删去循环调用", "Remove the circular call"),
                    position=item.position,
                )
            )
            return
        node_id = prefix + item.id
        child = f"{node_id}/call"
        node = self._block(item, NodeKind.CALL, region, (child,), stage, prefix, None)
        self.pending += [(node, e, following, prefix) for e in item.exits]
        inner = self._region(child, item.process.title, node_id, region.id)
        self._process(
            item.process, inner, prefix=f"{node_id}.", stage=stage, calls=(*calls, item.process.key)
        )

    def _block(
        self,
        item: Parallel | Each | Call,
        kind: NodeKind,
        region: _Draft,
        children: tuple[str, ...],
        stage: str,
        prefix: str,
        join: Join | None,
    ) -> Node:
        return self._add(
            Node(
                id=prefix + item.id,
                kind=kind,
                title=item.title,
                region=region.id,
                stage=stage,
                block=item,
                children=children,
                join=join,
                position=item.position,
            )
        )

    def _branch(
        self, items: Sequence[Item], region: _Draft, *, prefix: str, stage: str, calls: tuple[str, ...]
    ) -> None:
        done = f"{region.id}/done"
        region.initial = self._entry(items, prefix) or done
        self._items(items, region, done, prefix=prefix, stage=stage, calls=calls)
        self._add(Node(id=done, kind=NodeKind.DONE, title=region.title, region=region.id, stage=stage))

    def _arcs(self) -> tuple[Arc, ...]:
        arcs: list[Arc] = []
        seen: dict[str, int] = {}
        for node, exit_, following, prefix in self.pending:
            target = self._target(exit_, following, prefix)
            if target is None:
                continue
            leaves = self._leaves(node, target, exit_)
            if leaves is None:
                continue
            arc_id = f"{node.id}:{exit_.event}"
            seen[arc_id] = seen.get(arc_id, 0) + 1
            if seen[arc_id] > 1:
                arc_id = f"{arc_id}#{seen[arc_id]}"
            arcs.append(
                Arc(
                    id=arc_id,
                    source=node.id,
                    target=target.id,
                    event=exit_.event,
                    title=exit_.title,
                    cause=exit_.cause,
                    guard=exit_.guard,
                    by=exit_.by,
                    message=exit_.message,
                    sends=exit_.sends,
                    max=exit_.max,
                    main=exit_.main,
                    after=exit_.after,
                    origin=exit_.origin,
                    likelihood=exit_.likelihood,
                    leaves=leaves,
                    basis=exit_.basis,
                    position=exit_.position,
                )
            )
        return tuple(arcs)

    def _target(self, exit_: Exit, following: str, prefix: str) -> Node | None:
        wanted = (
            following if exit_.to == NEXT else self.stage_entries.get(prefix + exit_.to, prefix + exit_.to)
        )
        node = self.nodes.get(wanted)
        if node is None:
            self.problems.append(
                Problem(
                    code="J202",
                    message=Text(
                        f"“{exit_.to}”不是本流程的步骤或结果",
                        f"“{exit_.to}” is no step or end of this process",
                    ),
                    remedy=Text("请写明步骤、环节或结果的编号", "Name a step, a stage or an end"),
                    position=exit_.position,
                )
            )
        return node

    def _leaves(self, source: Node, target: Node, exit_: Exit) -> tuple[str, ...] | None:
        left: list[str] = []
        region: str | None = source.region
        while region is not None and region != target.region:
            left.append(region)
            region = self.drafts[region].parent
        if region is None:
            self.problems.append(
                Problem(
                    code="J203",
                    message=Text(
                        f"“{exit_.event}”从分支外部进入了分支内的“{target.id}”",
                        f"“{exit_.event}” enters “{target.id}” inside a branch from outside it",
                    ),
                    remedy=Text(
                        "请转到并联（或调用）本身，或分支以外的步骤",
                        "Lead to the block itself or to a step outside its branches",
                    ),
                    position=exit_.position,
                )
            )
            return None
        return tuple(left)


def _aside(item: Item) -> bool:
    return isinstance(item, Step) and item.aside


def _joined(item: Parallel | Each) -> Exit:
    return Exit(
        event=JOINED, title=Text("汇合", "Joined"), cause=Cause.AUTO, main=True, position=item.position
    )
