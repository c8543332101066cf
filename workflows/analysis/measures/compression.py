"""Compression of promised against statutory limits."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text

NO_LIMIT = Text("典型路径上没有法定时限", "no legal limit on the typical run")


def _compute(context: Context) -> Figures:
    works = [_work(context, time) for time in (Time.STATUTORY, Time.PROMISED)]
    units = {period.unit for work in works for period in work}
    mean = context.even.mean if len(units) > 1 else _amount
    legal, promised = (sum(map(mean, work)) for work in works)
    if not legal:
        return Figures(value=None, note=NO_LIMIT)
    return Figures(
        value=_shorter(legal, promised),
        note=TYPICAL,
        detail=tuple(
            Part(id=n.id, title=n.title, value=_shorter(mean(limit.legal), mean(limit.promised)))
            for n in context.typical.steps
            for limit in [step_of(n).limit]
            if limit is not None and limit.legal is not None and limit.promised is not None
        ),
    )


def _work(context: Context, time: Time) -> list[Duration]:
    """The limits on the critical path."""
    finish = context.timing(time, Pace.TYPICAL, context.even).finish([0])
    return [leg.duration for leg in finish.legs if not leg.waiting] if finish is not None else []


def _amount(duration: Duration) -> float:
    return duration.amount


def _shorter(legal: float, promised: float) -> float:
    return round(100 * (1 - promised / legal), 1)


MEASURE = Measure(
    id="compression",
    title=Text("承诺时限压缩比", "Compression"),
    unit="percent",
    better="more",
    formula=Text(
        "1 − 承诺时限之和 ÷ 法定时限之和，均取典型路径的关键路径上的时限；单位不一致时以平均日历天数计",
        "1 − sum of promised limits ÷ sum of legal limits, both on the critical path of the typical run; in "
        "mean calendar days where their units differ",
    ),
    source=Text(
        "政务服务“承诺时限压缩比”指标",
        "The indicator of promised against statutory limits",
    ),
    compute=_compute,
)
