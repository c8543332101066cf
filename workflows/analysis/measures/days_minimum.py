"""Days when every office acts at once."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.days import mean_figures
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return mean_figures(context, Time.WAITING, Pace.FASTEST)


MEASURE = Measure(
    id="days_minimum",
    title=Text("法定最短等待", "Minimum wait"),
    unit="days",
    better="less",
    formula=Text(
        "最快路径上必须等足的期间之和：各部门当场办结，公告期等照常经过",
        "Waiting periods that must run in full on the fastest run, every office acting at once",
    ),
    source=Text(
        "《民法典》第二百至二百零四条；《行政许可法》第八十二条（工作日）；GB/T 39046-2020 法定办结时限、"
        "承诺办结时限",
        "Civil Code arts. 200–204; Administrative Licensing Law art. 82 (working days); GB/T 39046-2020, "
        "statutory and promised limits",
    ),
    compute=_compute,
)
