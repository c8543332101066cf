"""Fees."""

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.measures.money import yuan
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return context.total(lambda node: fee.fen if (fee := step_of(node).fee) is not None else 0, yuan)


MEASURE = Measure(
    id="fee",
    title=Text("收费", "Fees"),
    unit="yuan",
    better="less",
    formula=Text(
        "典型路径上各步骤收费之和",
        "Sum of the fees on the typical run",
    ),
    source=Text(
        "政务服务事项“是否收费、收费标准”（GB/T 39046-2020）",
        "Service items' fees (GB/T 39046-2020)",
    ),
    compute=_compute,
)
