"""Steps on the longest run that ends granted without going back."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return Figures(value=context.steps.high)


MEASURE = Measure(
    id="steps_longest",
    title=Text("办理步骤（最长路径）", "Steps, longest"),
    unit="steps",
    better="less",
    formula=Text(
        "办成且不走回头路的各条路径中步骤数的最大值",
        "Greatest number of completed steps over all runs that end granted without going back",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
