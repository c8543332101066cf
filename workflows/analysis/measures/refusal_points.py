"""Points at which a case can be refused."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.model import Outcome
from jianban.workflows.texts import Text

REFUSALS = frozenset({Outcome.REFUSED, Outcome.NOT_ACCEPTED})


def _compute(context: Context) -> Figures:
    nodes = context.flow.nodes
    points = [
        node
        for node in context.shape.reached
        if node.kind in (NodeKind.STEP, NodeKind.CHOICE)
        and any(
            (end := nodes[arc.target].end) is not None and end.outcome in REFUSALS
            for arc in context.flow.outgoing[node.id]
        )
    ]
    return Figures(
        value=len(points),
        detail=tuple(Part(id=n.id, title=n.title) for n in points),
        by_stage=context.by_stage((n, 1) for n in points),
    )


MEASURE = Measure(
    id="refusal_points",
    title=Text("可能不予办理的环节点", "Refusal points"),
    unit="steps",
    better=None,
    formula=Text(
        "能够直接导致不予许可、不予受理的步骤和判断的个数",
        "Number of steps and choices from which the case can directly end refused or not accepted",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
