"""All steps of a process."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.flow import NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    steps = [n for n in context.shape.reached if n.kind is NodeKind.STEP]
    return Figures(
        value=len(steps),
        detail=tuple(Part(id=n.id, title=n.title) for n in steps),
        by_stage=context.by_stage((n, 1) for n in steps),
    )


MEASURE = Measure(
    id="steps",
    title=Text("全部步骤", "Steps, all"),
    unit="steps",
    better="less",
    formula=Text(
        "流程中能够到达的步骤个数，含补正等旁支步骤和被调用流程的步骤",
        "Number of steps that some case reaches, including corrections and the steps of called processes",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
