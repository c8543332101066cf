"""How long the typical run would take with one branch after the other, over how long it takes."""

from collections.abc import Mapping, Sequence

from jianban.workflows.analysis.measures.context import TYPICAL, Context
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Moment, Pace, Time, Timing
from jianban.workflows.flow import Node
from jianban.workflows.texts import Text

NO_TIME = Text("典型路径上没有等待期和法定时限", "no waiting period and no legal limit on the typical run")


class _InTurn(Timing):
    """A typical run in which the branches that a join waits for are done one after the other."""

    def _branches(
        self, block: Node, children: Sequence[str], arrival: Moment
    ) -> Mapping[str, Mapping[str, Moment]]:
        if self.typical is None or block.id not in self.typical.done:
            return super()._branches(block, children, arrival)
        for child in self.typical.done[block.id]:
            arrival = self._region(child, arrival)[self.shape.done(child)]
        return {child: {self.shape.done(child): arrival} for child in children}


def _compute(context: Context) -> Figures:
    beside, in_turn = (_days(context, kind) for kind in (Timing, _InTurn))
    if not beside:
        return Figures(value=None, note=NO_TIME)
    return Figures(value=round(in_turn / beside, 2), note=TYPICAL)


def _days(context: Context, kind: type[Timing]) -> float:
    """The days by the steps, which no limit of a whole cuts."""
    timing = kind(context.shape, context.typical, context.even, Time.STATUTORY, Pace.TYPICAL)
    timing.stages = {stage: cap for stage, cap in timing.stages.items() if cap.alone}
    if timing.whole is not None and not timing.whole.alone:
        timing.whole = None
    finish = timing.finish([0])
    return finish.days[0] if finish is not None else 0


MEASURE = Measure(
    id="parallelism",
    title=Text("并联程度", "Parallelism"),
    unit="times",
    better="more",
    formula=Text(
        "典型路径各分支改为串联所需的法定办结时限 ÷ 并联办理的法定办结时限，以平均日历天数计；没有并联时为 1",
        "Statutory time of the typical run with one branch after the other ÷ with the branches side by side, "
        "in mean calendar days; 1 where nothing is parallel",
    ),
    source=Text(
        "项目管理中的总工作量与关键路径之比",
        "Ratio of total work to the critical path, as in project scheduling",
    ),
    compute=_compute,
)
