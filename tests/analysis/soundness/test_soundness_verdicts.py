"""Verdicts on random flows agree with a search of all states of the flow's net, written here on its own."""

from __future__ import annotations

import heapq
from itertools import count

import networkx as nx
from hypothesis import given

from jianban.workflows.analysis.soundness import DefectKind, soundness
from jianban.workflows.analysis.soundness.net import Marking, Net, net_of
from jianban.workflows.flow import Flow, NodeKind
from tests.analysis.soundness.wild_flows import flows
from tests.effort import examples

MAX_MARKINGS = 4_000


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
@examples(150)
def test_the_verdict_is_that_of_the_state_space(flow: Flow) -> None:
    check_against_states(flow, instances=1)


@given(flows())
def test_more_items_in_a_list_do_not_change_the_verdict(flow: Flow) -> None:
    check_against_states(flow, instances=2)
