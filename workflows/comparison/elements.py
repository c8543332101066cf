"""What two variants are matched and compared by: stages, steps, blocks, ends and conditions as elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from jianban.workflows.comparison.links import Element, Elements, Reference
from jianban.workflows.flow import Flow, Node, NodeKind
from jianban.workflows.language.model import Call, Choice, Each, Item, Parallel, Process, Step
from jianban.workflows.language.terms import Guard, MaterialUse, Role
from jianban.workflows.texts import Text

T = TypeVar("T")


class Level(StrEnum):
    """What a difference is about."""

    STAGE = "stage"
    STEP = "step"
    ROUTING = "routing"
    """Choices, parallel blocks and branches per item."""
    LIMIT = "limit"
    """Time limits and waiting periods, step by step."""
    VISIT = "visit"
    MATERIAL = "material"
    AGENCY = "agency"
    ROLE = "role"
    CONDITION = "condition"
    """Conditions for a case to be opened."""
    END = "end"
    ANYWHERE = "anywhere"


LEVELS: Mapping[Level, Text] = {
    Level.STAGE: Text("环节", "stage"),
    Level.STEP: Text("步骤", "step"),
    Level.ROUTING: Text("路由", "routing"),
    Level.LIMIT: Text("时限", "time limit"),
    Level.VISIT: Text("到场", "visit"),
    Level.MATERIAL: Text("材料", "material"),
    Level.AGENCY: Text("部门", "agency"),
    Level.ROLE: Text("办理人员", "role"),
    Level.CONDITION: Text("适用条件", "condition"),
    Level.END: Text("结果", "end"),
    Level.ANYWHERE: Text("随时可用的操作", "event at any time"),
}


def stages(flow: Flow) -> tuple[Element, ...]:
    return tuple(
        Element(id=s.id, title=s.title, replaces=tuple(map(Reference, s.replaces)))
        for s in flow.process.stages
    )


def steps(flow: Flow) -> tuple[Element, ...]:
    """The steps, those of called processes too, and the calls themselves."""
    late = _late(flow)
    return tuple(
        Element(
            id=n.id,
            title=n.title,
            sort=sort(n),
            call=around(n.id),
            parent=n.stage,
            replaces=replaced(flow, n),
            owners=tuple((a.source, a.event) for a in flow.incoming[n.id]) if n.step and n.step.aside else (),
            late=n.id in late,
        )
        for n in step_nodes(flow)
    )


def routing(flow: Flow) -> tuple[Element, ...]:
    return tuple(
        Element(id=n.id, title=n.title, sort=n.kind, call=around(n.id), parent=n.stage)
        for n in flow.nodes.values()
        if n.kind in (NodeKind.CHOICE, NodeKind.FORK, NodeKind.EACH)
    )


def ends(flow: Flow) -> tuple[Element, ...]:
    return tuple(Element(id=e.id, title=e.title, sort=e.outcome) for e in flow.process.ends)


def conditions(flow: Flow) -> tuple[Element, ...]:
    return _distinct(
        Element(id=g.expression, title=g.refusal or Text(g.expression, g.expression))
        for g in flow.process.eligible
    )


def anywhere(flow: Flow) -> tuple[Element, ...]:
    return tuple(Element(id=a.event, title=a.title, sort=a.kind) for a in flow.anywhere)


def roles(flow: Flow) -> tuple[Element, ...]:
    return tuple(Element(id=r.id, title=r.title) for r in _distinct(r for n in flow.steps for r in acting(n)))


def agencies(flow: Flow) -> tuple[Element, ...]:
    parties = _distinct(r.agency for n in flow.steps for r in acting(n))
    return tuple(Element(id=a.id, title=a.title, sort=a.kind) for a in parties)


def materials(flow: Flow) -> tuple[Element, ...]:
    return tuple(Element(id=m.id, title=m.title) for m in _distinct(u.material for u in uses(flow.steps)))


ELEMENTS: Mapping[Level, Elements] = {
    Level.STAGE: stages,
    Level.STEP: steps,
    Level.ROUTING: routing,
    Level.LIMIT: steps,
    Level.VISIT: steps,
    Level.MATERIAL: materials,
    Level.AGENCY: agencies,
    Level.ROLE: roles,
    Level.CONDITION: conditions,
    Level.END: ends,
    Level.ANYWHERE: anywhere,
}


def step_nodes(flow: Flow) -> tuple[Node, ...]:
    return tuple(n for n in flow.nodes.values() if n.kind in (NodeKind.STEP, NodeKind.CALL))


def sort(node: Node) -> str:
    return node.step.kind.id if node.step else node.kind


def around(node: str) -> str:
    """The innermost call around a step, call or block, by its id; empty for none."""
    return node.rpartition(".")[0]


def replaced(flow: Flow, node: Node) -> tuple[Reference, ...]:
    """What a step or call replaces by its own word, and by that of the calls around it."""
    call = around(node.id)
    own = node.step.replaces if node.step else node.block.replaces if isinstance(node.block, Call) else ()
    found = [Reference(r, call) for r in own]
    while call:
        block, outer = flow.nodes[call].block, around(call)
        if isinstance(block, Call):
            told = dict(block.replaced_by_step)
            found += [Reference(r, outer) for r in told.get(node.id.removeprefix(f"{call}."), ())]
        call = outer
    return tuple(found)


def _late(flow: Flow) -> frozenset[str]:
    """What comes after the decision of the called process it stands in."""
    calls = ((n.id, n.block) for n in flow.nodes.values() if isinstance(n.block, Call))
    return frozenset(
        id_
        for call, block in calls
        for stage in block.process.stages
        if stage.after_decision
        for id_, _ in _inside(stage.items, f"{call}.", ())
    )


def acting(node: Node) -> tuple[Role, ...]:
    return node.step.by if node.step else ()


def uses(nodes: Sequence[Node]) -> tuple[MaterialUse, ...]:
    return tuple(u for n in nodes if n.step for u in n.step.materials)


def context(flow: Flow) -> Mapping[str, tuple[tuple[str, Text], ...]]:
    """For each node id the branches it stands in that not every case enters: their keys and titles."""
    return {node: inside for stage in flow.process.stages for node, inside in _inside(stage.items, "", ())}


def _inside(
    items: Sequence[Item], prefix: str, outer: tuple[tuple[str, Text], ...]
) -> Iterator[tuple[str, tuple[tuple[str, Text], ...]]]:
    for item in items:
        yield prefix + item.id, outer
        match item:
            case Step():
                pass
            case Choice():
                for branch in item.branches:
                    key = branch.guard.expression if branch.guard else f"{item.id}: {branch.id}"
                    yield from _inside(
                        branch.items, prefix, (*outer, (key, _named(branch.title, branch.guard)))
                    )
            case Parallel():
                for branch in item.branches:
                    inner = (*outer, (branch.guard.expression, branch.title)) if branch.guard else outer
                    yield from _inside(branch.items, prefix, inner)
            case Each():
                yield from _inside(item.items, prefix, (*outer, (f"each {item.over}", item.title)))
            case Call():
                yield from _called(item.process, f"{prefix}{item.id}.", outer)


def _called(
    process: Process, prefix: str, outer: tuple[tuple[str, Text], ...]
) -> Iterator[tuple[str, tuple[tuple[str, Text], ...]]]:
    for stage in process.stages:
        yield from _inside(stage.items, prefix, outer)


def _named(title: Text, guard: Guard | None) -> Text:
    return title if guard or title.zh else Text("其他情形", "otherwise")


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
