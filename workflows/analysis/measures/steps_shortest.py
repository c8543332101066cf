"""Steps on the shortest run that ends granted."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return Figures(value=context.steps.low)


MEASURE = Measure(
    id="steps_shortest",
    title=Text("办理步骤（最短路径）", "Steps, shortest"),
    unit="steps",
    better="less",
    formula=Text(
        "办成的各条路径中步骤数的最小值",
        "Least number of completed steps over all runs that end granted",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
