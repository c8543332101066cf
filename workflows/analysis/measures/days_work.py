"""The work part of the statutory time."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.days import split_figures
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return split_figures(context, waiting=False)


MEASURE = Measure(
    id="days_work",
    title=Text("法定办理时间", "Statutory time, work"),
    unit="days",
    better="less",
    formula=Text(
        "法定办结时限减去其中的等待时间",
        "The statutory time without the waiting periods",
    ),
    source=Text(
        "《民法典》第二百至二百零四条；《行政许可法》第八十二条（工作日）；GB/T 39046-2020 法定办结时限、"
        "承诺办结时限",
        "Civil Code arts. 200–204; Administrative Licensing Law art. 82 (working days); GB/T 39046-2020, "
        "statutory and promised limits",
    ),
    compute=_compute,
)
