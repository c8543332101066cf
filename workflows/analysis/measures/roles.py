"""Roles that act."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.measures.sets import distinct
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return distinct(context, lambda step: ((r.id, r.title) for r in step.by))


MEASURE = Measure(
    id="roles",
    title=Text("涉及角色", "Roles"),
    unit="roles",
    better="less",
    formula=Text(
        "典型路径各步骤的不同承办角色数，含申请人",
        "Number of distinct roles that act on the typical run, the applicant among them",
    ),
    source=Text(
        "本系统约定",
        "Convention of this system",
    ),
    compute=_compute,
)
