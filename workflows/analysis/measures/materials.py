"""Distinct materials."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.measures.sets import asked, distinct
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return distinct(context, lambda step: ((m.material.id, m.material.title) for m in asked(step)))


MEASURE = Measure(
    id="materials",
    title=Text("申请材料", "Materials"),
    unit="materials",
    better="less",
    formula=Text(
        "典型路径上要求申请人提交的不同材料数，同一材料只计一次；免于提交和可以不交的除外",
        "Number of distinct materials that the applicant must hand in on the typical run, each counted once; "
        "shared and optional ones are left out",
    ),
    source=Text(
        "联合国贸发会议 eRegulations：同一文件只计一次；GB/T 39046-2020 申请材料",
        "UNCTAD eRegulations: the same document counts once; GB/T 39046-2020, application materials",
    ),
    compute=_compute,
)
