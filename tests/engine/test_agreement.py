"""A running case and the flow's net reach the same states.

The net leaves conditions open and counts nothing, so the process is run with a free yes-or-no field in
the place of each condition, set anew with every event, and without the limits on repetition. In a case what
happens by itself happens before anybody can act, so the net's automatic transitions go first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from hypothesis import assume, given, reject

from jianban.engine.case import Actor, Decision, Fire, Open, decide
from jianban.engine.planning import plan_of
from jianban.engine.state import CaseState, Value
from jianban.workflows.analysis.soundness.net import net_of
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.model import Call, Choice, Each, Exit, Item, Parallel, Process, Step
from jianban.workflows.language.terms import DataField, DataKind, Guard, Role
from jianban.workflows.texts import Text
from tests.effort import examples
from tests.engine.flows import MONDAY
from tests.strategies import processes

Tokens: TypeAlias = frozenset[tuple[str, tuple[int, ...]]]

MAX_STATES = 400
MAX_CONDITIONS = 4


class _Freed:
    """A process whose conditions are free fields."""

    def __init__(self) -> None:
        self.fields: list[DataField] = []

    def process(self, process: Process) -> Process:
        stages = tuple(replace(s, items=self.items(s.items)) for s in process.stages)
        lists = tuple(f for f in process.data if f.kind is DataKind.LIST)
        return replace(process, stages=stages, data=(*lists, *self.fields), eligible=(), anywhere=())

    def items(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(self.item(i) for i in items)

    def item(self, item: Item) -> Item:
        match item:
            case Step():
                plain = replace(item, wait=None, limit=None, collects=(), different_person_from=())
                return replace(plain, exits=tuple(self.exit(e) for e in item.exits))
            case Choice() | Parallel():
                branches = tuple(
                    replace(b, guard=self.guard(b.guard), items=self.items(b.items)) for b in item.branches
                )
                return replace(item, branches=branches)  # type: ignore[arg-type]
            case Each():
                return replace(item, items=self.items(item.items))
            case Call():
                inner = self.process(replace(item.process, data=item.process.data))
                return replace(item, process=inner, exits=tuple(self.exit(e) for e in item.exits))

    def exit(self, exit_: Exit) -> Exit:
        return replace(exit_, guard=self.guard(exit_.guard), max=None)

    def guard(self, guard: Guard | None) -> Guard | None:
        if guard is None:
            return None
        name = f"free{len(self.fields)}"
        self.fields.append(DataField(id=name, title=Text(name, name), kind=DataKind.BOOL))
        return Guard(expression=name, names=(name,))


def freed(process: Process) -> Flow:
    return compile_process(_Freed().process(process))


def everyone(flow: Flow) -> Actor:
    roles: set[Role] = {role for arc in flow.arcs for role in arc.by}
    return Actor("everyone", [r.id for r in roles])


def assignments(flow: Flow, instances: int) -> list[dict[str, Value]]:
    fields = plan_of(flow).fields.values()
    values: list[list[Value]] = [
        [("a", "b", "c")[:n] for n in range(instances + 1)] if f.kind is DataKind.LIST else [True, False]
        for f in fields
    ]
    return [dict(zip((f.id for f in fields), v, strict=True)) for v in product(*values)]


def standing(flow: Flow, state: CaseState) -> Tokens:
    """The tokens of a case, finished branches left out."""
    return frozenset(
        (t.node, tuple(i.number for i in t.instances))
        for t in state.tokens
        if flow.nodes[t.node].kind is not NodeKind.DONE
    )


Standing: TypeAlias = tuple[object, ...]


def unnumbered(flow: Flow, tokens: Iterable[tuple[str, tuple[int, ...]]]) -> Standing:
    """Tokens up to the numbering of items: the net opens any of them, a case the first ones."""

    def around(node: str) -> list[str]:
        owners = [flow.regions[r].owner for r in reversed(flow.ancestors(flow.nodes[node].region))]
        return [o for o in owners if o is not None and flow.nodes[o].kind is NodeKind.EACH]

    def canonical(group: Iterable[tuple[tuple[tuple[str, int], ...], str]]) -> Standing:
        here: list[str] = []
        inside: dict[tuple[str, int], list[tuple[tuple[tuple[str, int], ...], str]]] = {}
        for path, node in group:
            if path:
                inside.setdefault(path[0], []).append((path[1:], node))
            else:
                here.append(node)
        blocks = sorted((block, canonical(inner)) for (block, _number), inner in inside.items())
        return (*sorted(here), *blocks)

    return canonical((tuple(zip(around(node), path, strict=True)), node) for node, path in tokens)


def explored(initial: object, following: Callable[[object], Iterator[object]]) -> set[object] | None:
    """Everything that can be reached; None when it is more than the test wants to see."""
    seen: set[object] = {initial}
    waiting = [initial]
    while waiting:
        for state in following(waiting.pop()):
            if state not in seen:
                seen.add(state)
                waiting.append(state)
        if len(seen) > MAX_STATES:
            return None
    return seen


def reached_by_running(flow: Flow, instances: int) -> set[Tokens] | None:
    actor, choices = everyone(flow), assignments(flow, instances)
    states: dict[object, CaseState] = {}

    def keep(decision: object) -> Iterator[object]:
        if isinstance(decision, Decision):
            key = frozenset((t.node, t.instances) for t in decision.state.tokens)
            states.setdefault(key, decision.state)
            yield key

    def following(key: object) -> Iterator[object]:
        if key is None:
            for data in choices:
                yield from keep(decide(flow, None, Open(actor=actor, now=MONDAY, data=data)))
            return
        state = states[key]
        for token in state.tokens:
            for event in plan_of(flow).nodes[token.node].exits:
                for data in choices:
                    fire = Fire(event=event, actor=actor, now=MONDAY, data=data, at=token.place)
                    yield from keep(decide(flow, state, fire))

    seen = explored(None, following)
    return None if seen is None else {standing(flow, states[key]) for key in seen if key is not None}


def reached_by_net(flow: Flow, instances: int) -> set[Tokens] | None:
    net = net_of(flow, instances)

    def following(marking: object) -> Iterator[object]:
        assert isinstance(marking, frozenset)
        enabled = net.enabled(marking)
        at_once = [t for t in enabled if t in net.automatic]
        for transition in at_once or enabled:
            yield net.fire(marking, transition)

    seen = explored(net.initial, following)
    if seen is None:
        return None
    resting = (net.resting(m) for m in seen if isinstance(m, frozenset))
    return {r for r in resting if r is not None}


def compare(process: Process, instances: int) -> None:
    flow = freed(process)
    assume(len(plan_of(flow).fields) <= MAX_CONDITIONS + 1)
    by_net = reached_by_net(flow, instances)
    if by_net is None:
        reject()
    by_running = reached_by_running(flow, instances)
    assert by_running is not None
    assert {unnumbered(flow, s) for s in by_running} == {unnumbered(flow, s) for s in by_net}


@examples(120)
@given(processes(max_items=6, timers=False, details=False, anywhere=False))
def test_running_and_net_reach_the_same_states(process: Process) -> None:
    compare(process, 1)


@examples(30)
@given(processes(max_items=4, timers=False, details=False, anywhere=False, choices=False, parallels=False))
def test_also_with_several_items(process: Process) -> None:
    compare(process, 2)


@examples(30)
@given(processes(max_items=4, timers=False, details=False, anywhere=False, calls=True))
def test_also_with_calls(process: Process) -> None:
    compare(process, 1)
