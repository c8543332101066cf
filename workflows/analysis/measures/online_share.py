"""Share of interactions that can be done online."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.procedures import ONLINE
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.texts import Text

NO_INTERACTION = Text("典型路径上没有交互步骤", "no interaction on the typical run")


def _compute(context: Context) -> Figures:
    steps = [n for n in context.typical.steps if step_of(n).kind.interaction]
    if not steps:
        return Figures(value=None, note=NO_INTERACTION)
    online = [int(step_of(n).channel in ONLINE) for n in steps]
    return Figures(
        value=round(100 * sum(online) / len(steps), 1),
        note=TYPICAL,
        detail=tuple(Part(id=n.id, title=n.title, value=100 * v) for n, v in zip(steps, online, strict=True)),
    )


MEASURE = Measure(
    id="online_share",
    title=Text("网上可办率", "Online share"),
    unit="percent",
    better="more",
    formula=Text(
        "典型路径上能够网上办理的交互步骤数 ÷ 交互步骤数",
        "Interactions on the typical run that can be done online ÷ all its interactions",
    ),
    source=Text(
        "政务服务“全程网办”“网上可办率”指标",
        "The indicator of services that can be handled online",
    ),
    compute=_compute,
)
