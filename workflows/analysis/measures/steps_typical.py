"""Steps on the typical run."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.steps


MEASURE = Measure(
    id="steps_typical",
    title=Text("办理步骤", "Steps"),
    unit="steps",
    better="less",
    formula=Text(
        "典型路径上的步骤数；范围为最短路径至最长无回路路径",
        "Number of steps on the typical run; the range is from the shortest to the longest run without going "
        "back",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
