"""Our dominators against those of networkx."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.analysis.dominance import Vertex, immediate_dominators

ARCS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=24)


@given(arcs=ARCS)
def test_immediate_dominators_are_those_of_networkx(arcs: list[tuple[str, str]]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(arcs)
    graph.add_node("a")
    order = [*nx.dfs_postorder_nodes(graph, "a")][::-1]
    before: dict[Vertex, list[Vertex]] = {v: [b for b in graph.predecessors(v) if b in order] for v in order}
    expected = {v: d for v, d in nx.immediate_dominators(graph, "a").items() if v != "a"}
    assert immediate_dominators(order, before) == expected
