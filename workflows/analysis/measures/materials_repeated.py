"""Materials asked twice."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.measures.sets import asked, distinct
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return distinct(context, lambda step: ((m.material.id, m.material.title) for m in asked(step)), times=2)


MEASURE = Measure(
    id="materials_repeated",
    title=Text("重复提交的材料", "Materials asked twice"),
    unit="materials",
    better="less",
    formula=Text(
        "典型路径上在两个以上步骤要求申请人提交的材料数",
        "Number of materials that two or more steps of the typical run ask for",
    ),
    source=Text(
        "《优化营商环境条例》：不得要求企业重复提供材料",
        "Regulation on Improving the Business Environment: the same material may not be asked for again",
    ),
    compute=_compute,
)
