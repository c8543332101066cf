"""Verdicts on random flows agree with a search of all states of the flow's net, written here on its own."""

from __future__ import annotations

import heapq
from itertools import count

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from jianban.workflows.analysis.soundness import DefectKind, soundness
from jianban.workflows.analysis.soundness.net import Marking, Net, net_of
from jianban.workflows.flow import Flow, NodeKind, compile_process
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.model import (
    Agency,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    Each,
    End,
    Exit,
    Guard,
    Item,
    Join,
    JoinKind,
    Kind,
    Outcome,
    Parallel,
    PartyKind,
    Process,
    Role,
    Stage,
    Step,
)
from jianban.workflows.texts import Text

KIND = Kind(id="task", title=Text("办理", "task"), interaction=False)
CLERK = Role(
    id="clerk", title=Text("经办人", "clerk"),
    agency=Agency(id="office", title=Text("登记机关", "registrar"), kind=PartyKind.GOVERNMENT),
)  # fmt: skip
YES = Guard(expression="ready", names=("ready",))
MAX_MARKINGS = 4_000


def title(text: str) -> Text:
    return Text(text, text)


def end(id_: str, outcome: Outcome = Outcome.GRANTED) -> End:
    return End(id=id_, title=title(id_), outcome=outcome)


class Writer:
    """Writes a random process; targets are drawn from all that stand in the same region or around it."""

    def __init__(self, draw: st.DrawFn, *, calls: bool) -> None:
        self.draw = draw
        self.calls = calls
        self.ids = count()
        self.left = draw(st.integers(2, 9))

    def process(self) -> Process:
        ends = ("granted", "refused")
        items = self.items(ends, depth=0)
        return Process(
            id="random", version="1", title=title("random"), ends=tuple(map(end, ends)),
            stages=(Stage(id="stage", title=title("stage"), items=items),),
        )  # fmt: skip

    def items(self, around: tuple[str, ...], depth: int) -> tuple[Item, ...]:
        size = self.draw(st.integers(0 if depth else 1, 3))
        ids = [f"n{next(self.ids)}" for _ in range(min(size, max(self.left, 0 if depth else 1)))]
        self.left -= len(ids)
        reach = (*around, *ids)
        return tuple(self.item(i, reach, depth) for i in ids)

    def item(self, id_: str, reach: tuple[str, ...], depth: int) -> Item:
        blocks = ["step", "step", "choice", "parallel", "parallel", "each", *(["call"] if self.calls else [])]
        match self.draw(st.sampled_from(blocks)) if depth < 3 and self.left > 0 else "step":
            case "choice":
                branches = tuple(
                    ChoiceBranch(
                        id=f"{id_}_{b}", title=title(b), guard=YES if b == "a" else None, to=self.to(reach),
                        items=self.items(reach, depth + 1),
                    )
                    for b in "ab"
                )  # fmt: skip
                return Choice(id=id_, title=title(id_), branches=branches)
            case "parallel":
                names = "abc"[: self.draw(st.integers(2, 3))]
                branches = tuple(
                    Branch(
                        id=b, title=title(b), items=self.items(reach, depth + 1),
                        guard=self.draw(st.sampled_from([None, None, YES])),
                    )
                    for b in names
                )  # fmt: skip
                return Parallel(id=id_, title=title(id_), branches=branches, join=self.join())
            case "each":
                items = self.items(reach, depth + 1)
                return Each(id=id_, title=title(id_), over="list", name="one", items=items, join=self.join())
            case "call":
                called = Writer(self.draw, calls=False)
                called.left = min(called.left, 4)
                process = called.process()
                exits = tuple(self.exit(e.id, reach) for e in process.ends[: self.draw(st.integers(1, 2))])
                return Call(id=id_, title=title(id_), process=process, exits=exits)
            case _:
                exits = tuple(
                    self.exit(f"e{i}", reach) for i in range(self.draw(st.sampled_from([0, 1, 1, 2, 2])))
                )
                aside = self.draw(st.integers(0, 5)) == 0
                return Step(id=id_, title=title(id_), kind=KIND, by=(CLERK,), exits=exits, aside=aside)

    def exit(self, event: str, reach: tuple[str, ...]) -> Exit:
        return Exit(event=event, title=title(event), to=self.to(reach), by=(CLERK,))

    def to(self, reach: tuple[str, ...]) -> str:
        return self.draw(st.one_of(st.just("next"), st.just("next"), st.sampled_from(reach)))

    def join(self) -> Join:
        return self.draw(
            st.sampled_from([Join(), Join(), Join(kind=JoinKind.ANY), Join(kind=JoinKind.COUNT, count=2)])
        )


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    while True:
        try:
            return compile_process(Writer(draw, calls=True).process())
        except DefinitionError:  # a target inside a choice's branch of another block
            continue


def states(net: Net) -> dict[Marking, list[tuple[int, Marking]]] | None:
    """All reachable markings with what can fire in each; None when there are too many."""
    found: dict[Marking, list[tuple[int, Marking]]] = {}
    todo = [net.initial]
    while todo:
        marking = todo.pop()
        if marking in found:
            continue
        if len(found) > MAX_MARKINGS:
            return None
        found[marking] = [(t, net.fire(marking, t)) for t in net.enabled(marking)]
        todo += [m for _, m in found[marking]]
    return found


def cheapest(net: Net, found: dict[Marking, list[tuple[int, Marking]]]) -> dict[Marking, int]:
    """The least number of events fired at steps to each marking."""
    costs: dict[Marking, int] = {}
    tie = count()
    heap = [(0, next(tie), net.initial)]
    while heap:
        cost, _, marking = heapq.heappop(heap)
        if marking in costs:
            continue
        costs[marking] = cost
        for transition, then in found[marking]:
            heapq.heappush(heap, (cost + (transition not in net.automatic), next(tie), then))
    return costs


def graph_of(found: dict[Marking, list[tuple[int, Marking]]]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(found)
    graph.add_edges_from((m, then) for m, fired in found.items() for _, then in fired)
    return graph


def check_against_states(flow: Flow, instances: int) -> None:
    net = net_of(flow, instances)
    found = states(net)
    if found is None:
        return
    for marking in found:
        assert not marking & net.ends or len(marking) == 1, "proper completion"
    reached = {token[0] for m in found for p in m if (token := net.tokens[p]) is not None}
    verdict = soundness(flow)
    dead = {d.node for d in verdict.defects if d.kind is DefectKind.DEAD_STEP}
    assert dead == {n.id for n in flow.steps} - reached
    traps = [c for c in nx.attracting_components(graph_of(found)) if not any(m & net.ends for m in c)]
    counterexample = next((d for d in verdict.defects if d.kind is not DefectKind.DEAD_STEP), None)
    assert (counterexample is None) == (not traps)
    if counterexample is not None:
        costs = cheapest(net, found)
        events = [f for f in counterexample.trace if flow.nodes[f.step].kind is NodeKind.STEP]
        assert len(events) == min(costs[m] for c in traps for m in c)
        stuck = any(len(c) == 1 and not found[next(iter(c))] for c in traps)
        assert stuck or counterexample.kind is DefectKind.ENDLESS


@given(flows())
@settings(max_examples=250, deadline=None)
def test_the_verdict_is_that_of_the_state_space(flow: Flow) -> None:
    check_against_states(flow, instances=1)


@given(flows())
@settings(max_examples=100, deadline=None)
def test_more_items_in_a_list_do_not_change_the_verdict(flow: Flow) -> None:
    check_against_states(flow, instances=2)
