"""Days with the promised limits used in full."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.days import mean_figures
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return mean_figures(context, Time.PROMISED, Pace.TYPICAL)


MEASURE = Measure(
    id="days_promised",
    title=Text("承诺办结时限", "Promised time"),
    unit="days",
    better="less",
    formula=Text(
        "典型路径的关键路径：等待期和用足的承诺时限（未承诺的按法定时限），按日历推算；"
        "范围为最快路径至最慢路径",
        "Critical path of the typical run: waiting periods and promised limits, or legal ones where nothing "
        "is promised used in full, on the calendar; the range is from the fastest to the slowest run",
    ),
    source=Text(
        "《民法典》第二百至二百零四条；《行政许可法》第八十二条（工作日）；GB/T 39046-2020 法定办结时限、"
        "承诺办结时限",
        "Civil Code arts. 200–204; Administrative Licensing Law art. 82 (working days); GB/T 39046-2020, "
        "statutory and promised limits",
    ),
    compute=_compute,
)
