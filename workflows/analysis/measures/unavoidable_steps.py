"""Steps that no granted case avoids."""

from jianban.workflows.analysis.dominance import unavoidable
from jianban.workflows.analysis.measures.context import Context, NoRun
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    if not any(e in context.shape.edges for e in context.shape.success):
        raise NoRun
    steps = unavoidable(context.shape)
    return Figures(
        value=len(steps),
        detail=tuple(Part(id=n.id, title=n.title) for n in steps),
        by_stage=context.by_stage((n, 1) for n in steps),
    )


MEASURE = Measure(
    id="unavoidable_steps",
    title=Text("必经步骤", "Unavoidable steps"),
    unit="steps",
    better="less",
    formula=Text(
        "办成的每一条路径都经过的步骤数（控制流图的支配结点，逐个并联分支、被调用流程求取）",
        "Number of steps that every run that ends granted completes: dominators of the control flow, through "
        "parallel branches and calls",
    ),
    source=Text(
        "支配结点：Lengauer, Tarjan (1979)；Cooper, Harvey, Kennedy (2001)",
        "Dominators: Lengauer, Tarjan (1979); Cooper, Harvey, Kennedy (2001)",
    ),
    compute=_compute,
)
