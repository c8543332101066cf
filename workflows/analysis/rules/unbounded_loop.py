"""J212: a loop that nothing bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "{titles}可以无限次往返",
    "Nothing bounds how often a case goes round {titles}",
)
_REMEDY = Text(
    "请给返回的出口写明次数（max）",
    "Give the exit that goes back a `max`",
)


def find(facts: Facts) -> Iterator[Finding]:
    uncounted = {
        source: [target for target, arc in nexts if arc is None or arc.max is None]
        for source, nexts in facts.following.items()
    }
    try:
        TopologicalSorter(uncounted).prepare()
    except CycleError:
        yield from _loops(facts, uncounted)


def _loops(facts: Facts, uncounted: Mapping[str, list[str]]) -> Iterator[Finding]:
    import networkx as nx

    order = facts.composition.order
    own = {n.id for n in facts.nodes}
    graph: nx.DiGraph[str] = nx.DiGraph((s, t) for s, targets in uncounted.items() for t in targets)
    found: list[list[str]] = [
        sorted(c, key=order.__getitem__)
        for c in nx.strongly_connected_components(graph)
        if len(c) > 1 or any(graph.has_edge(n, n) for n in c)
    ]
    for loop in sorted(found, key=lambda nodes: order[nodes[0]]):
        steps = [facts.flow.nodes[n] for n in loop if n in own and facts.flow.nodes[n].kind is NodeKind.STEP]
        back = [
            a
            for n in loop
            if n in own
            for a in facts.flow.outgoing[n]
            if a.target in loop and order[a.target] <= order[n]
        ]
        if steps and back:
            titles = listed(n.title for n in steps)
            yield Finding(_MESSAGE.format(titles=titles), _REMEDY, back[0].position)


RULE = Rule(
    code="J212",
    title=Text("循环没有次数限制", "A loop without a bound"),
    severity=Severity.WARNING,
    find=find,
)
