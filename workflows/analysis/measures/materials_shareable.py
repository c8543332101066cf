"""Materials that sharing could provide."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.measures.sets import asked, distinct
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return distinct(
        context, lambda step: ((m.material.id, m.material.title) for m in asked(step) if m.material.shared)
    )


MEASURE = Measure(
    id="materials_shareable",
    title=Text("可共享获取的材料", "Materials obtainable by sharing"),
    unit="materials",
    better="less",
    formula=Text(
        "典型路径上要求申请人提交、而政府数据共享已经掌握的材料数",
        "Number of materials that the applicant must hand in on the typical run although shared government "
        "data hold them",
    ),
    source=Text(
        "《优化营商环境条例》：能够通过数据共享获取的材料不再要求提供",
        "Regulation on Improving the Business Environment: what data sharing provides is no longer asked for",
    ),
    compute=_compute,
)
