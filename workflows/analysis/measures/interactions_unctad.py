"""Interactions as UNCTAD counts steps."""

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.total(lambda node: int(step_of(node).kind.interaction))


MEASURE = Measure(
    id="interactions_unctad",
    title=Text("办事交互次数（贸发会议口径）", "Interactions (UNCTAD)"),
    unit="interactions",
    better="less",
    formula=Text(
        "典型路径上申请人与行政机关必要交互的步骤数",
        "Number of steps on the typical run that are a necessary interaction between the user and the "
        "administration",
    ),
    source=Text(
        "联合国贸发会议 eRegulations 对“步骤”的定义",
        "UNCTAD eRegulations, definition of a step",
    ),
    compute=_compute,
)
