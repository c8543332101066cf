"""Days as the World Bank counts them."""

from jianban.workflows.analysis.graph import needed
from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.procedures import is_procedure, least_days
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Cap, Pace, Time
from jianban.workflows.flow import ROOT, Node, NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    waiting = _WorldBank(context, Time.WAITING)
    days = _WorldBank(context, Time.PROMISED)
    total = 0.0
    lengths, floors = days.stages(), waiting.stages()
    timing = context.timing(Time.PROMISED, Pace.TYPICAL, context.even)
    for stage, length in lengths.items():
        total += _capped(context, timing.stages.get(stage), length, floors[stage])
    return Figures(
        value=round(_capped(context, timing.whole, total, sum(floors.values())), 2),
        note=TYPICAL,
        provisional=context.provisional(context.year, [context.finish(Time.PROMISED, Pace.TYPICAL)]),
    )


def _capped(context: Context, cap: Cap | None, days: float, least: float) -> float:
    """Days by the steps, cut to the limit of the whole, but not below what must pass anyway."""
    if cap is None:
        return days
    limit = context.even.mean(cap.duration)
    return max(least, limit if cap.alone else min(days, limit))


class _WorldBank:
    def __init__(self, context: Context, time: Time) -> None:
        self.context = context
        self.time = time

    def stages(self) -> dict[str | None, float]:
        """The days of each stage on the typical run."""
        days: dict[str | None, float] = {}
        for node, (lasts, _) in self._nodes(ROOT):
            days[node.stage] = days.get(node.stage, 0) + lasts
        return days

    def _region(self, region: str) -> tuple[float, bool]:
        """The days of a region on the typical run, and whether it holds a procedure."""
        found = [of_node for _, of_node in self._nodes(region)]
        return sum(days for days, _ in found), any(external for _, external in found)

    def _nodes(self, region: str) -> list[tuple[Node, tuple[float, bool]]]:
        nodes = [self.context.flow.nodes[n] for n in self.context.typical.paths[region]]
        return [(node, self._node(node)) for node in nodes]

    def _node(self, node: Node) -> tuple[float, bool]:
        match node.kind:
            case NodeKind.STEP:
                return self._step(node), is_procedure(step_of(node))
            case NodeKind.CHOICE:
                return 0, False
        edge = self.context.typical.edges[node.id]
        if edge.child is not None:
            return self._region(edge.child)
        branches = [self._region(c) for c in self.context.shape.finishing(node)]
        if node.kind is NodeKind.EACH:
            branches *= self.context.options.items
        awaited = sorted(branches)[: needed(node, len(branches))]
        # the longest first: no other order is done sooner
        procedures = sorted((days for days, holds in awaited if holds), reverse=True)
        ends = [days + i for i, days in enumerate(procedures)] + [days for days, _ in awaited]
        return max(ends, default=0), any(holds for _, holds in branches)

    def _step(self, node: Node) -> float:
        step = step_of(node)
        periods = (self.time.wait(step), self.time.step_limit(step))
        return max(least_days(step), *(self.context.even.mean(p) if p is not None else 0 for p in periods))


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
