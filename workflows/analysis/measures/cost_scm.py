"""Administrative cost by the Standard Cost Model."""

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.money import yuan
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.texts import Text

NO_TARIFF = Text("未给出工时单价，无法计算", "no hourly tariff was given")


def _compute(context: Context) -> Figures:
    tariff = context.options.tariff_fen
    prices: dict[str, tuple[Text, float]] = {}
    for node in context.typical.steps:
        effort = step_of(node).effort
        if effort is None:
            continue
        if effort.minutes and tariff is None:
            return Figures(value=None, note=NO_TARIFF)
        _, before = prices.get(node.id, (node.title, 0))
        prices[node.id] = node.title, before + effort.minutes * (tariff or 0) / 60 + effort.external_fen
    cases = context.options.cases
    return Figures(
        value=yuan(round(cases * sum(price for _, price in prices.values()))),
        note=TYPICAL,
        detail=tuple(
            Part(id=n, title=title, value=yuan(round(cases * price))) for n, (title, price) in prices.items()
        ),
    )


MEASURE = Measure(
    id="cost_scm",
    title=Text("制度性交易成本（标准成本模型）", "Administrative cost (SCM)"),
    unit="yuan",
    better="less",
    formula=Text(
        "Σ 价格 × 数量；价格 = 工时单价 × 时间 + 外部支出，数量 = 办件量。收费不计入",
        "Σ price × quantity; price = hourly tariff × time + external costs, quantity = cases. Fees are not "
        "part of it",
    ),
    source=Text(
        "《国际标准成本模型手册》（SCM Network, 2005）",
        "International Standard Cost Model Manual (SCM Network, 2005)",
    ),
    compute=_compute,
)
