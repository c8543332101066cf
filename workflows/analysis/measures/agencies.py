"""Government agencies dealt with."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.measures.sets import distinct
from jianban.workflows.language.terms import PartyKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return distinct(
        context,
        lambda step: (
            (r.agency.id, r.agency.title) for r in step.by if r.agency.kind is PartyKind.GOVERNMENT
        ),
    )


MEASURE = Measure(
    id="agencies",
    title=Text("涉及部门", "Agencies"),
    unit="agencies",
    better="less",
    formula=Text(
        "典型路径各步骤承办角色所属的不同政府部门数",
        "Number of distinct government agencies whose roles act on the typical run",
    ),
    source=Text(
        "联合国贸发会议 eRegulations 的“实体”；政务服务“实施主体”",
        "UNCTAD eRegulations, entities; the implementing body of a service item",
    ),
    compute=_compute,
)
