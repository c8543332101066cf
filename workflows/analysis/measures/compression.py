"""Compression of promised against statutory limits."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context
from jianban.workflows.analysis.measures.limits import limited
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.analysis.timing import Time
from jianban.workflows.language.model import Duration
from jianban.workflows.texts import Text

NO_LIMIT = Text("典型路径上没有法定时限", "no legal limit on the typical run")


def _compute(context: Context) -> Figures:
    limits = list(limited(context, Time.STATUTORY, Time.PROMISED))
    units = {period.unit for _, *periods in limits for period in periods}

    def days(period: Duration) -> float:
        return period.amount if len(units) == 1 else context.even.mean(period)

    total = sum(days(legal) for _, legal, _ in limits)
    if not total:
        return Figures(value=None, note=NO_LIMIT)
    return Figures(
        value=round(100 * (1 - sum(days(promised) for *_, promised in limits) / total), 1),
        note=TYPICAL,
        detail=tuple(
            Part(id=owner.id, title=owner.title, value=round(100 * (1 - days(promised) / days(legal)), 1))
            for owner, legal, promised in limits
            if days(legal)
        ),
    )


MEASURE = Measure(
    id="compression",
    title=Text("承诺时限压缩比", "Compression"),
    unit="percent",
    better="more",
    formula=Text(
        "1 − 承诺时限之和 ÷ 法定时限之和，按典型路径上有时限的步骤；单位不一致时以平均日历天数计",
        "1 − sum of promised limits ÷ sum of legal limits over the typical run; in mean calendar days where "
        "their units differ",
    ),
    source=Text(
        "政务服务“承诺时限压缩比”指标",
        "The indicator of promised against statutory limits",
    ),
    compute=_compute,
)
