"""The strategies that all areas use: what they draw compiles, and features can be switched off."""

from hypothesis import Phase, given, settings

from jianban.workflows.flow import Flow, NodeKind
from tests.effort import examples
from tests.strategies import flows


def test_every_random_process_compiles_and_every_kind_of_node_is_drawn() -> None:
    drawn: set[NodeKind] = set()

    @settings(max_examples=100, phases=[Phase.generate])
    @given(flows(calls=True))
    def draw(flow: Flow) -> None:
        drawn.update(n.kind for n in flow.nodes.values())

    draw()
    assert drawn == set(NodeKind)


@examples(30)
@given(flows(choices=False, parallels=False, eaches=False, loops=False))
def test_features_can_be_switched_off(flow: Flow) -> None:
    assert {n.kind for n in flow.nodes.values()} <= {NodeKind.STEP, NodeKind.END}
    assert all(a.event != "return" for a in flow.arcs)
