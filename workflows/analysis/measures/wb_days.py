"""Days as the World Bank counts them."""

from jianban.workflows.analysis.graph import needed
from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.procedures import is_procedure, least_days
from jianban.workflows.analysis.measures.reading import Figures, Measure
from jianban.workflows.analysis.timing import Time
from jianban.workflows.flow import ROOT, Node, NodeKind
from jianban.workflows.texts import Text


def _compute(context: Context) -> Figures:
    return Figures(value=round(_WorldBank(context).region(ROOT)[0], 2), note=TYPICAL)


class _WorldBank:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.limits = {
            s.id: context.even.mean(limit)
            for s in context.flow.process.stages
            if (limit := Time.PROMISED.stage_limit(s)) is not None
        }

    def region(self, region: str) -> tuple[float, bool]:
        """The days of a region on the typical run, and whether it holds a procedure."""
        days: dict[str | None, float] = {}
        """For each stage, as a stage may have a limit of its own."""
        external = False
        for node_id in self.context.typical.paths[region]:
            node = self.context.flow.nodes[node_id]
            lasts, with_procedure = self._node(node)
            days[node.stage] = days.get(node.stage, 0) + lasts
            external = external or with_procedure
        if region == ROOT:
            days = {s: max(n, self.limits.get(s or "", 0)) for s, n in days.items()}
        return sum(days.values()), external

    def _node(self, node: Node) -> tuple[float, bool]:
        match node.kind:
            case NodeKind.STEP:
                return self._step(node), is_procedure(step_of(node))
            case NodeKind.CHOICE:
                return 0, False
        edge = self.context.typical.edges[node.id]
        if edge.child is not None:
            return self.region(edge.child)
        branches = [self.region(c) for c in self.context.shape.finishing(node)]
        if node.kind is NodeKind.EACH:
            branches *= self.context.options.items
        awaited = sorted(branches)[: needed(node, len(branches))]
        # the longest first: no other order is done sooner
        procedures = sorted((days for days, holds in awaited if holds), reverse=True)
        ends = [days + i for i, days in enumerate(procedures)] + [days for days, _ in awaited]
        return max(ends, default=0), any(holds for _, holds in branches)

    def _step(self, node: Node) -> float:
        step = step_of(node)
        periods = [Time.PROMISED.wait(step)]
        if node.stage not in self.limits:
            periods.append(Time.PROMISED.step_limit(step))
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
