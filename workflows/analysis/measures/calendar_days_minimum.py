"""Calendar days from a start date: minimum."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.days import calendar_figures
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return calendar_figures(context, Time.WAITING, Pace.FASTEST)


MEASURE = Measure(
    id="calendar_days_minimum",
    title=Text("日历天数（最短等待）", "Calendar days, minimum wait"),
    unit="days",
    better="less",
    formula=Text(
        "自给定起始日起，按 days_minimum 的关键路径推算的日历天数；另给出全年各起始日的平均、最少和最多",
        "Calendar days from a given start date on the critical path of days_minimum; with mean, least and "
        "most over all start dates of a year",
    ),
    source=Text(
        "《民法典》第二百至二百零四条；《行政许可法》第八十二条（工作日）；GB/T 39046-2020 法定办结时限、"
        "承诺办结时限",
        "Civil Code arts. 200–204; Administrative Licensing Law art. 82 (working days); GB/T 39046-2020, "
        "statutory and promised limits",
    ),
    compute=_compute,
)
