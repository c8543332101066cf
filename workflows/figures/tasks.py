"""What takes time in a flow, and with which decision a stage is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from jianban.workflows.analysis.timing import OFFICES
from jianban.workflows.figures.model import Group, Task, Work
from jianban.workflows.figures.words import WAIT, duration, promised
from jianban.workflows.flow import Flow, Node, NodeKind
from jianban.workflows.language.model import Call, Choice, ChoiceBranch, Item, Parallel, Step
from jianban.workflows.language.terms import Duration, Unit

GATES = frozenset({"decide", "deliver", "file"})
"""The kinds of steps with which an office lets a case leave a stage."""


def gate_of(flow: Flow, stage: str, steps: Sequence[Node]) -> Node | None:
    """The last of a stage's steps on the typical run, when an office decides, delivers or files there.

    None inside a branch that runs beside others, and where an office still has time for something after it.
    """
    for node in reversed([n for n in steps if n.stage == stage]):
        step = node.step
        assert step is not None
        office = step.role.agency.kind in OFFICES
        if office and step.kind.id in GATES:
            return None if _beside(flow, node) else node
        if _takes_time(step):
            return None
    return None


def _beside(flow: Flow, node: Node) -> bool:
    owners = (flow.regions[r].owner for r in flow.ancestors(node.region))
    return any(flow.nodes[o].kind is not NodeKind.CALL for o in owners if o is not None)


def task_of(name: str, step: Step, critical: Collection[str]) -> Task:
    """A step with the times it has."""
    limit = step.limit
    said = [WAIT.format(time=duration(step.wait.effective))] if step.wait else []
    if limit and limit.legal:
        said.append(duration(limit.legal))
    if limit and limit.promised:
        said.append(promised(limit.promised))
    return Task(id=name, title=step.title, times=tuple(said), longest=name in critical)


def works_of(
    items: Iterable[Item], steps: Collection[str], critical: Collection[str], prefix: str = ""
) -> Iterator[Work]:
    """What takes time, in order: all of the typical run, and of what only some cases do one task for each
    branch of a choice that the typical run passes by without any.

    Args:
        steps: the steps of the typical run.
        critical: those on the critical path.
        prefix: that of the called process the items are in.
    """
    for item in items:
        match item:
            case Step():
                name = prefix + item.id
                if not item.aside and _takes_time(item):
                    task = task_of(name, item, critical)
                    yield task if name in steps else replace(task, optional=True)
            case Call():
                for stage in item.process.stages:
                    yield from works_of(stage.items, steps, critical, f"{prefix}{item.id}.")
            case Choice():
                chosen = _chosen(item, steps, prefix)
                works = list(works_of(chosen.items, steps, critical, prefix))
                yield from works
                for branch in item.branches if not works else ():
                    if branch is not chosen:
                        yield from _instead(list(works_of(branch.items, steps, critical, prefix)), branch)
            case Parallel():
                branches = [tuple(works_of(b.items, steps, critical, prefix)) for b in item.branches]
                branches = [b for b in branches if b]
                if len(branches) > 1:
                    yield Group(id=prefix + item.id, title=item.title, branches=tuple(branches))
                else:
                    yield from (w for b in branches for w in b)
            case _:
                yield from works_of(item.items, steps, critical, prefix)


def tasks_in(works: Iterable[Work]) -> Iterator[Task]:
    """The tasks of works, in the order in which they stand."""
    for work in works:
        if isinstance(work, Task):
            yield work
        else:
            for branch in work.branches:
                yield from tasks_in(branch)


def _takes_time(step: Step) -> bool:
    limited = step.limit is not None and (step.limit.legal or step.limit.promised)
    return bool(step.wait or (limited and step.role.agency.kind in OFFICES))


def _chosen(choice: Choice, steps: Collection[str], prefix: str) -> ChoiceBranch:
    """The branch of the typical run; within a branch that it does not take, the main one."""
    for branch in choice.branches:
        if any(prefix + name in steps for name in _ids(branch.items)):
            return branch
    return next((b for b in choice.branches if b.main), choice.branches[-1])


def _ids(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        match item:
            case Step():
                yield item.id
            case Call():
                nested = (i for s in item.process.stages for i in s.items)
                yield from (f"{item.id}.{name}" for name in _ids(nested))
            case Choice() | Parallel():
                for branch in item.branches:
                    yield from _ids(branch.items)
            case _:
                yield from _ids(item.items)


def _instead(works: list[Work], branch: ChoiceBranch) -> Iterator[Work]:
    """A branch done in some cases as one task, called by its last step and as long as all of them; as it is
    where some of it runs side by side or limits run since an earlier step."""
    own = {s.id: s for s in _timed(branch.items)}
    chain = [w for w in works if isinstance(w, Task) and w.id.rpartition(".")[2] in own]
    rest = [w for w in works if w not in chain]
    limits = [d for s in own.values() if (d := _alone(s))]
    if any(isinstance(w, Group) for w in works) or len(chain) < 2 or len(limits) < len(chain):
        yield from works
        return
    yield from rest
    yield replace(chain[-1], times=tuple(map(duration, _summed(limits))))


def _timed(items: Iterable[Item]) -> Iterator[Step]:
    yield from (i for i in items if isinstance(i, Step) and not i.aside and _takes_time(i))


def _alone(step: Step) -> Duration | None:
    """The limit of a step that has nothing but one, from the moment it is reached."""
    if step.wait or not step.limit or step.limit.promised or step.limit.counted_from:
        return None
    return step.limit.legal


def _summed(durations: Iterable[Duration]) -> list[Duration]:
    sums: dict[Unit, int] = {}
    for each in durations:
        sums[each.unit] = sums.get(each.unit, 0) + each.amount
    return [Duration(sums[u], u) for u in Unit if u in sums]
