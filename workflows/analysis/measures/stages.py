"""Stages (环节) of a process."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    passed = {n.stage for n in context.run.steps} if context.run is not None else set()
    stages = context.flow.process.stages
    return Figures(
        value=len(stages),
        detail=tuple(Part(id=s.id, title=s.title, value=int(s.id in passed)) for s in stages),
        by_stage=tuple(Part(id=s.id, title=s.title, value=1) for s in stages),
    )


MEASURE = Measure(
    id="stages",
    title=Text("办理环节", "Stages"),
    unit="stages",
    better="less",
    formula=Text(
        "流程中环节的个数；括注典型路径经过的环节",
        "Number of stages of the process; the detail says which of them the typical run passes",
    ),
    source=Text(
        "“将……七个环节，简化为公告通知加承诺、办理注销两个环节”的计数方法",
        "How the reform of deregistration counts: seven stages became two",
    ),
    compute=_compute,
)
