"""The applicant's working time."""

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.total(lambda node: effort.minutes if (effort := step_of(node).effort) is not None else 0)


MEASURE = Measure(
    id="effort",
    title=Text("申请人用时", "Applicant's effort"),
    unit="minutes",
    better="less",
    formula=Text(
        "典型路径上申请人自己用于各步骤的时间之和",
        "Sum of the applicant's own working time on the typical run",
    ),
    source=Text(
        "标准成本模型（SCM）中的“时间”",
        "The time of the Standard Cost Model",
    ),
    compute=_compute,
)
