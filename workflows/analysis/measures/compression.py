"""Compression of promised against statutory limits."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context
from jianban.workflows.analysis.measures.limits import limited
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.analysis.timing import Time
from jianban.workflows.texts import Text

NO_LIMIT = Text("典型路径上没有法定时限", "no legal limit on the typical run")


def _compute(context: Context) -> Figures:
    limits = [
        (owner, context.even.mean(legal), context.even.mean(promised))
        for owner, legal, promised in limited(context, Time.STATUTORY, Time.PROMISED)
    ]
    legal = sum(days for _, days, _ in limits)
    if not legal:
        return Figures(value=None, note=NO_LIMIT)
    return Figures(
        value=round(100 * (1 - sum(days for _, _, days in limits) / legal), 1),
        note=TYPICAL,
        detail=tuple(
            Part(id=owner.id, title=owner.title, value=round(100 * (1 - promised / statutory), 1))
            for owner, statutory, promised in limits
            if statutory
        ),
    )


MEASURE = Measure(
    id="compression",
    title=Text("承诺时限压缩比", "Compression"),
    unit="percent",
    better="more",
    formula=Text(
        "1 − 承诺时限之和 ÷ 法定时限之和，按典型路径上有时限的步骤，以平均日历天数计",
        "1 − sum of promised limits ÷ sum of legal limits over the typical run, in mean calendar days",
    ),
    source=Text(
        "政务服务“承诺时限压缩比”指标",
        "The indicator of promised against statutory limits",
    ),
    compute=_compute,
)
