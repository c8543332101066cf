"""Control-flow complexity."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.flow import Node, NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    splits = [(n, states) for n in context.shape.reached if (states := _states(context, n))]
    return Figures(
        value=sum(states for _, states in splits),
        detail=tuple(Part(id=n.id, title=n.title, value=states) for n, states in splits),
        by_stage=context.by_stage(splits),
    )


def _states(context: Context, node: Node) -> int:
    if node.kind in (NodeKind.FORK, NodeKind.EACH):
        return 2 ** sum(not context.shape.always(c) for c in node.children)
    # a deemed answer is the same way out as the answer given
    ways = {(arc.event, arc.target) for arc in context.flow.outgoing[node.id]}
    return len(ways) if len(ways) > 1 else 0


MEASURE = Measure(
    id="complexity_cfc",
    title=Text("控制流复杂度", "Control-flow complexity"),
    unit="points",
    better="less",
    formula=Text(
        "Σ 分叉点的状态数：判断和有多个出口的步骤按出口数；并联按可能开启的分支组合数（全部必开为 1，"
        "每个有条件的分支乘以 2）",
        "Σ states of each split: the number of exits of choices and of steps with several exits; for "
        "parallel blocks the combinations of branches that may open (1 when all always do, twice for each "
        "conditional one)",
    ),
    source=Text(
        "J. Cardoso, Business Process Control-Flow Complexity (2008)：XOR 计 n，OR 计组合数，AND 计 1",
        "J. Cardoso, Business Process Control-Flow Complexity (2008): n for an XOR, the combinations for an "
        "OR, 1 for an AND split",
    ),
    compute=_compute,
)
