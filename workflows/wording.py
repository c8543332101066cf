"""Words shared by the analysis, the comparison and the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from jianban.workflows.language.model import Outcome
from jianban.workflows.language.terms import Channel, Duration, ExpiryKind, MaterialForm, Unit
from jianban.workflows.texts import Lang, Text

UNITS: Mapping[Unit, tuple[Text, Text]] = {
    Unit.HOUR: (Text("小时", "hour"), Text("小时", "hours")),
    Unit.DAY: (Text("日", "day"), Text("日", "days")),
    Unit.WORKING_DAY: (Text("个工作日", "working day"), Text("个工作日", "working days")),
    Unit.MONTH: (Text("个月", "month"), Text("个月", "months")),
    Unit.YEAR: (Text("年", "year"), Text("年", "years")),
}
"""Each unit as one and as many."""
ON_THE_SPOT = Text("当场", "on the spot")
"""A limit of nothing."""
LONGEST_FIRST = (Unit.YEAR, Unit.MONTH, Unit.DAY, Unit.WORKING_DAY, Unit.HOUR)
FINEST = 6
"""Decimals beyond which a number is what reckoning left over."""

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.GRANTED: Text("准予", "granted"),
    Outcome.REFUSED: Text("未获准", "refused"),
    Outcome.NOT_ACCEPTED: Text("不予受理", "not accepted"),
    Outcome.WITHDRAWN: Text("撤回", "withdrawn"),
    Outcome.LAPSED: Text("失效", "lapsed"),
    Outcome.SWITCHED: Text("转其他程序", "switched to another procedure"),
}

CHANNELS: Mapping[Channel, Text] = {
    Channel.ONLINE: Text("网上办理", "online"),
    Channel.MOBILE: Text("移动端办理", "by mobile app"),
    Channel.COUNTER: Text("窗口办理", "at the counter"),
    Channel.EITHER: Text("网上或窗口办理", "online or at the counter"),
    Channel.POST: Text("邮寄", "by post"),
    Channel.INTERNAL: Text("部门内部办理", "between offices"),
}

NO_LIMIT = Text("未规定时限", "no limit set")
"""Of a time that no law or promise limits: never “0 days”."""

NO_OFFICE = Text("不涉及机关办理", "no office acts")
"""Of a time of offices where none acts."""

AFTER_DECISION = Text("事后", "after the decision")
"""Of a stage."""

FORMS: Mapping[MaterialForm, Text] = {
    MaterialForm.ORIGINAL: Text("原件", "original"),
    MaterialForm.COPY: Text("复印件", "copy"),
    MaterialForm.ELECTRONIC: Text("电子件", "electronic"),
}

EXPIRIES: Mapping[ExpiryKind, Text] = {
    ExpiryKind.WARN: Text("预警", "a warning"),
    ExpiryKind.ESCALATE: Text("上报督办", "escalation"),
    ExpiryKind.DEEM: Text("视为作出答复", "deemed answered"),
    ExpiryKind.END: Text("权利终止", "the right lapses"),
}


def format_duration(duration: Duration, lang: Lang) -> str:
    """A duration as people write it: “20 个工作日”, “3 个月”, “当场”; “20 working days”, “1 month”."""
    if not duration.amount:
        return ON_THE_SPOT.get(lang)
    one, many = UNITS[duration.unit]
    return f"{duration.amount} {(one if duration.amount == 1 else many).get(lang)}"


def counted(words: Text, count: int | str, **more: object) -> Text:
    """`words` with `{count}` filled in; `{s}` is the English plural: “{count} visit{s}”."""
    return words.format(count=count, s="" if str(count) == "1" else "s", **more)


def format_yuan(fen: int, lang: Lang) -> str:
    """Money given in fen as yuan, with decimals only where there are any: “12.50 元”, “CNY 1,200”."""
    yuan, rest = divmod(abs(fen), 100)
    number = f"{'-' if fen < 0 else ''}{yuan:,}" + (f".{rest:02}" if rest else "")
    return f"{number} 元" if lang == "zh" else f"CNY {number}"


def summed(durations: Iterable[Duration]) -> tuple[Duration, ...]:
    """Periods added up unit by unit, the longest unit first."""
    sums: dict[Unit, int] = {}
    for duration in durations:
        sums[duration.unit] = sums.get(duration.unit, 0) + duration.amount
    own = [unit for unit in LONGEST_FIRST if sums.get(unit)] or list(sums)[:1]
    return tuple(Duration(sums[unit], unit) for unit in own)


def rounded(value: float, places: int = 1) -> float:
    """To `places` decimals, halves away from zero, as people round."""
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def written_day(day: date) -> Text:
    """A date as people read it."""
    return Text(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def format_number(value: float, places: int = 1) -> str:
    """At most `places` decimals, more where these would say 0 of what is not; a true minus sign."""
    while places < FINEST and value and not rounded(value, places):
        places += 1
    text = f"{rounded(value, places) or 0.0:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
