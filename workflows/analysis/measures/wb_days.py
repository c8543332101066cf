"""Days as the World Bank counts them."""

from collections.abc import Mapping
from dataclasses import replace

from jianban.workflows.analysis.graph import needed
from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.procedures import is_procedure, least_days
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Moment, Pace, Time, Timing, nth
from jianban.workflows.flow import Node, NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    timing = _WorldBank(context.shape, context.typical, context.even, Time.PROMISED, Pace.TYPICAL)
    finish = timing.finish([0])
    return Figures(
        value=round(finish.days[0], 2) if finish is not None else None,
        note=TYPICAL,
        provisional=context.provisional(context.year, [context.finish(Time.PROMISED, Pace.TYPICAL)]),
    )


class _WorldBank(Timing):
    """The typical run where procedures take their least time and do not start on the same day."""

    def _step(self, node: Node, arrival: Moment) -> Moment:
        finish = super()._step(node, arrival)
        least = [day + least_days(step_of(node)) for day in arrival.days]
        self._done[node.id] = last = nth([finish, replace(finish, days=least)], 2)
        return last

    def _joined(
        self, block: Node, results: Mapping[str, Mapping[str, Moment]], arrival: Moment
    ) -> Moment | None:
        done = [(results[c][self.shape.done(c)], self._holds(c)) for c in self.shape.finishing(block)]
        if block.kind is NodeKind.EACH and self.typical is not None:
            done *= len(self.typical.done[block.id])
        awaited = sorted(done, key=_day)[: needed(block, len(done))]
        # the longest first: no other order is done sooner
        procedures = sorted((d for d in awaited if d[1]), key=_day, reverse=True)
        later = [replace(m, days=[day + i for day in m.days]) for i, (m, _) in enumerate(procedures)]
        ends = [*later, *(m for m, _ in awaited)]
        return nth(ends, len(ends)) if ends else arrival

    def _holds(self, region: str) -> bool:
        """Whether the run meets a procedure in a region or inside it."""
        run, nodes = self.typical, self.shape.flow.nodes
        if run is None:
            return False
        for node in (nodes[n] for n in run.paths.get(region, ())):
            inside = run.done.get(node.id, ()) if run.edges[node.id].child is None else node.children
            if (node.kind is NodeKind.STEP and is_procedure(step_of(node))) or any(map(self._holds, inside)):
                return True
        return False


def _day(done: tuple[Moment, bool]) -> float:
    return done[0].days[0]


MEASURE = Measure(
    id="wb_days",
    title=Text("天数（世界银行口径）", "Days (World Bank)"),
    unit="days",
    better="less",
    formula=Text(
        "典型路径的关键路径：每个程序至少 1 天、能够网上办结的至少 0.5 天，"
        "其余按等待期和承诺时限（折算为平均日历天数）；并联的程序不在同一天开始，逐个推后 1 天",
        "Critical path of the typical run: at least 1 day for each procedure, half a day if it can be "
        "completed online, else waiting periods and promised limits as mean calendar days; parallel "
        "procedures start on consecutive days",
    ),
    source=Text(
        "世界银行《营商环境报告》方法论：每个程序至少 1 天，网上程序 0.5 天，两个程序不在同一天开始",
        "World Bank, Doing Business methodology: each procedure at least 1 day, 0.5 if online, no two start "
        "on the same day",
    ),
    compute=_compute,
)
