"""Sum of work over the critical path."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Pace, Time
from jianban.workflows.texts import Text

NO_TIME = Text("典型路径上没有等待期和法定时限", "no waiting period and no legal limit on the typical run")


def _compute(context: Context) -> Figures:
    timing = context.timing(Time.STATUTORY, Pace.TYPICAL, context.even)
    finish = timing.finish([0])
    longest = finish.days[0] if finish is not None else 0
    if not longest:
        return Figures(value=None, note=NO_TIME)
    mean = context.even.mean
    stages = {n.stage for n in context.typical.steps}
    wholes = [cap for stage, cap in timing.stages.items() if stage in stages]
    wholes += [timing.whole] if timing.whole is not None else []
    work = sum(mean(cap.duration) for cap in wholes if cap.alone)
    for node in context.typical.steps:
        step = step_of(node)
        periods = (Time.STATUTORY.wait(step), Time.STATUTORY.step_limit(step))
        work += max(mean(p) if p is not None else 0 for p in periods)
    return Figures(value=round(work / longest, 2), note=TYPICAL)


MEASURE = Measure(
    id="parallelism",
    title=Text("并联程度", "Parallelism"),
    unit="times",
    better="more",
    formula=Text(
        "典型路径上各等待期和法定时限之和 ÷ 关键路径，以平均日历天数计；全部串联时为 1",
        "Sum of waiting periods and legal limits on the typical run ÷ its critical path, in mean calendar "
        "days; 1 when all is serial",
    ),
    source=Text(
        "项目管理中的总工作量与关键路径之比",
        "Ratio of total work to the critical path, as in project scheduling",
    ),
    compute=_compute,
)
