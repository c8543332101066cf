"""A running case comes to exactly the states that the net's resting markings stand for.

The net lets people act before a join that closes by itself; a case does not. That makes a difference only
for a block that is over as soon as it opens (J222).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import product

from hypothesis import assume, given

from jianban.engine.access import Actor
from jianban.engine.decision import Fire, Open, decide
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.state import CaseState, Decision
from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.analysis.soundness.net import net_of
from jianban.workflows.analysis.soundness.verdict import DefectKind
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.terms import DataKind
from tests.analysis.soundness.wild_flows import flows
from tests.effort import examples

NOW = datetime(2024, 7, 1, 9)
CLERK = Actor("zhang", ["clerk"])
LISTS = ((), ("a",))
"""Two items would read the same conditions at the same moment, which the net does not know."""
MAX_STATES = 60
MAX_FIELDS = 4


def occupied(flow: Flow, nodes: Iterator[str]) -> frozenset[tuple[str, int]]:
    """How many tokens rest on each node; finished branches left out, items of a list not told apart."""
    return frozenset(Counter(n for n in nodes if flow.nodes[n].kind is not NodeKind.DONE).items())


def everything_brought(flow: Flow) -> list[Mapping[str, object]]:
    """Every combination of what the conditions and the list blocks read."""
    values = [LISTS if f.kind is DataKind.LIST else (False, True) for f in flow.process.data]
    return [dict(zip(flow.process.fields, row, strict=True)) for row in product(*values)]


def run_every_way(flow: Flow) -> set[frozenset[tuple[str, int]]] | None:
    """The states a case can come to; None when there are too many."""
    found: dict[frozenset[object], CaseState] = {}
    brought = everything_brought(flow)

    def meet(decision: Decision | Refusal) -> None:
        if isinstance(decision, Refusal):
            assert decision.code is Rule.ENDLESS  # choices that only lead to each other
            return
        state = decision.state
        key = frozenset((t.node, tuple(i.number for i in t.instances)) for t in state.tokens)
        if key not in found:
            found[key] = state
            todo.append(state)

    todo: list[CaseState] = []
    for data in brought:
        meet(decide(flow, None, Open(actor=CLERK, now=NOW, data=data)))
    for state in todo:
        if len(found) > MAX_STATES:
            return None
        for token in state.tokens:
            if flow.nodes[token.node].kind is NodeKind.STEP:
                for event in dict.fromkeys(a.event for a in flow.outgoing[token.node]):
                    for data in brought:
                        meet(decide(flow, state, Fire(event, CLERK, NOW, data, at=token.place)))
    return {occupied(flow, (t.node for t in state.tokens)) for state in found.values()}


def follow(flow: Flow, states: list[CaseState], step: str, event: str) -> list[CaseState]:
    """Where an event at a step can lead from these states, whatever data comes with it."""
    found: dict[frozenset[object], CaseState] = {}
    for state in states:
        for token in state.tokens:
            if token.node == step:
                for data in everything_brought(flow):
                    after = decide(flow, state, Fire(event, CLERK, NOW, data, at=token.place))
                    if not isinstance(after, Refusal):
                        tokens = after.state.tokens
                        key = frozenset((t.node, tuple(i.number for i in t.instances)) for t in tokens)
                        found.setdefault(key, after.state)
    return list(found.values())


@given(flows())
@examples(60)
def test_a_counterexample_can_be_played_and_no_case_gets_out_of_it(flow: Flow) -> None:
    assume(len(flow.process.data) <= MAX_FIELDS)
    defect = next((d for d in soundness(flow).defects if d.kind is not DefectKind.DEAD_STEP), None)
    # a block that is over as soon as it opens lets nobody act in it
    assume(defect is not None and not any(p.code == "J222" for p in check(flow)))
    assert defect is not None
    opened = (decide(flow, None, Open(CLERK, NOW, data)) for data in everything_brought(flow))
    states = [d.state for d in opened if not isinstance(d, Refusal)]
    assume(states)
    for firing in defect.trace:
        if flow.nodes[firing.step].kind is NodeKind.STEP:
            states = follow(flow, states, firing.step, firing.event)
            assert states, firing
    trapped = [s for s in states if not gets_out(flow, s)]
    assert trapped


def gets_out(flow: Flow, state: CaseState) -> bool:
    """Whether a case in this state can still end; also when that is too far to see."""
    seen = {occupied(flow, (t.node for t in state.tokens))}
    waiting = [state]
    while waiting:
        state = waiting.pop()
        if flow.nodes[state.tokens[0].node].kind is NodeKind.END or len(seen) > MAX_STATES:
            return True
        for token in state.tokens:
            if flow.nodes[token.node].kind is NodeKind.STEP:
                for event in dict.fromkeys(a.event for a in flow.outgoing[token.node]):
                    for after in follow(flow, [state], token.node, event):
                        key = occupied(flow, (t.node for t in after.tokens))
                        if key not in seen:
                            seen.add(key)
                            waiting.append(after)
    return False


def resting(flow: Flow) -> set[frozenset[tuple[str, int]]]:
    net = net_of(flow)
    seen = {net.initial}
    todo = [net.initial]
    found: set[frozenset[tuple[str, int]]] = set()
    for marking in todo:
        tokens = net.resting(marking)
        if tokens is not None:
            found.add(occupied(flow, (node for node, _ in tokens)))
        for transition in net.enabled(marking):
            after = net.fire(marking, transition)
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return found


@given(flows())
@examples(60)
def test_cases_and_the_net_come_to_the_same_states(flow: Flow) -> None:
    assume(len(flow.process.data) <= MAX_FIELDS)
    reached = run_every_way(flow)
    if reached is None:
        return
    assert reached <= resting(flow)
    if not any(p.code == "J222" for p in check(flow)):
        assert reached == resting(flow)
