"""The applicant's own deadlines."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.days import mean_figures
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return mean_figures(context, Time.APPLICANT, Pace.TYPICAL)


MEASURE = Measure(
    id="days_applicant",
    title=Text("申请人期限", "Applicant's deadlines"),
    unit="days",
    better=None,
    formula=Text(
        "典型路径上申请人自身期限的关键路径；申请人可以提前完成，不计入行政办理时间",
        "Critical path of the applicant's own deadlines on the typical run; as an applicant may act earlier, "
        "they are no administrative time",
    ),
    source=Text(
        "《民法典》第二百至二百零四条；《行政许可法》第八十二条（工作日）；GB/T 39046-2020 法定办结时限、"
        "承诺办结时限",
        "Civil Code arts. 200–204; Administrative Licensing Law art. 82 (working days); GB/T 39046-2020, "
        "statutory and promised limits",
    ),
    compute=_compute,
)
