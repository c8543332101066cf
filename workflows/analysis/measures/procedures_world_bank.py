"""Procedures as the World Bank counts them."""

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.procedures import is_procedure
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.total(lambda node: int(is_procedure(step_of(node))))


MEASURE = Measure(
    id="procedures_world_bank",
    title=Text("程序数（世界银行口径）", "Procedures (World Bank)"),
    unit="procedures",
    better="less",
    formula=Text(
        "典型路径上与外部机构打交道的步骤数：交互步骤，以及由中介或公共服务机构承办的步骤",
        "Number of steps on the typical run that involve an external party: interactions, and steps of "
        "intermediaries or public services",
    ),
    source=Text(
        "世界银行《营商环境报告》方法论：程序指与外部各方的任何交互",
        "World Bank, Doing Business methodology: a procedure is any interaction with external parties",
    ),
    compute=_compute,
)
