"""Visits in person."""

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.total(lambda node: step_of(node).visits)


MEASURE = Measure(
    id="visits",
    title=Text("到现场次数", "Visits"),
    unit="visits",
    better="less",
    formula=Text(
        "典型路径上各步骤到现场次数之和",
        "Sum of the visits in person over the typical run",
    ),
    source=Text(
        "政务服务事项基本要素“到办事现场次数”（GB/T 39046-2020）",
        "Service items' number of visits in person (GB/T 39046-2020)",
    ),
    compute=_compute,
)
