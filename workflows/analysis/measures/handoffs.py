"""Hand-offs between roles."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.flow import ROOT, Node, NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    handoffs: list[Node] = []
    _walk(context, ROOT, frozenset(), handoffs)
    return Figures(
        value=len(handoffs),
        note=TYPICAL,
        detail=tuple(Part(id=n.id, title=n.title, note=step_of(n).role.title) for n in handoffs),
        by_stage=context.by_stage((n, 1) for n in handoffs),
    )


def _walk(context: Context, region: str, holders: frozenset[str], handoffs: list[Node]) -> frozenset[str]:
    """Collect the steps that take over, from the roles that hold the case when the region is entered to those
    at its end."""
    run = context.typical
    for node_id in run.paths[region]:
        node = context.flow.nodes[node_id]
        if node.kind is NodeKind.STEP:
            role = step_of(node).role.id
            if holders - {role}:
                handoffs.append(node)
            holders = frozenset({role})
        elif (child := run.edges[node_id].child) is not None:
            holders = _walk(context, child, holders, handoffs)
        elif branches := run.done.get(node_id):
            holders = frozenset().union(*(_walk(context, c, holders, handoffs) for c in branches))
    return holders


MEASURE = Measure(
    id="handoffs",
    title=Text("流转次数", "Hand-offs"),
    unit="handoffs",
    better="less",
    formula=Text(
        "典型路径上从其他责任角色手中接过事项的步骤数；汇合后的步骤从各个分支接手，只计一次",
        "Number of steps on the typical run that are reached from a step of another responsible role; after "
        "a join that counts once, whatever the number of branches",
    ),
    source=Text(
        "流程分析中的“交接”：责任从一个角色转到另一个角色",
        "Hand-offs in process analysis: responsibility passes from one role to another",
    ),
    compute=_compute,
)
