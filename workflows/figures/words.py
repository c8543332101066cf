"""What figures say about steps in a few characters: the chips, and the words of the legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jianban.workflows.figures.model import Mark
from jianban.workflows.language.model import Stage, Step
from jianban.workflows.language.terms import Agency, Basis, Channel, Document, Duration, Limit
from jianban.workflows.texts import Text, running
from jianban.workflows.wording import (
    AFTER_DECISION,
    ON_THE_SPOT,
    UNITS,
    counted,
    format_duration,
    format_yuan,
)

START = Text("开始", "Start")
WAIT = Text("等待 {time}", "wait {time}")
LIMIT = Text("时限 {time}", "limit {time}")
ON_CRITICAL_PATH = Text("关键路径 {time}", "critical path {time}")
PROMISED = Text("承诺 {time}", "promised {time}")
PROMISED_AT_ONCE = Text("承诺当场办结", "on the spot, as promised")
"""It says what it tells: no legend does."""
MATERIALS = Text("材料 {count}", "{count} material{s}")
VISITS = Text("到现场 {count}", "{count} visit{s}")
ONLINE = Text("网办", "online")
FEE = Text("收费 {yuan}", "fee {yuan}")
LEGEND = Text("图例", "Legend")
SOURCES = Text("依据：{documents}。", "Sources: {documents}.")
UNVERIFIED = Text("{document}（未核实）", "{document} (unverified)")
ASSUMED = Text(
    "部分数字为假定，见流程定义中的说明。", "Some figures are assumptions, stated in the definition."
)
ANYWHERE = Text("办理过程中可以：{events}。", "At any time: {events}.")
INCLUDES = Text("含子流程“{process}”", "runs “{process}”")

NAMED = {
    AFTER_DECISION: Text("事后办理", "after the decision"),
    WAIT: Text("等待期", "wait"),
    LIMIT: Text("时限", "limit"),
    ON_THE_SPOT: Text("须当场办结", "done on the spot"),
    ON_CRITICAL_PATH: Text("关键路径时限", "time on the critical path"),
    PROMISED: Text("承诺时限", "promised time"),
    MATERIALS: Text("材料份数", "materials"),
    VISITS: Text("到现场次数", "visits"),
    ONLINE: Text("网上办理", "online"),
    FEE: Text("收费", "fee"),
}
"""What the chips tell, in the order in which they stand."""

MARKS = {
    Mark.KEPT: Text("保留", "Kept"),
    Mark.REMOVED: Text("免办", "Removed"),
    Mark.MERGED: Text("合并", "Merged"),
    Mark.ADDED: Text("新增", "Added"),
    Mark.CHANGED: Text("调整", "Changed"),
    Mark.PARALLEL: Text("改为并联", "Made parallel"),
}


def duration(value: Duration) -> Text:
    """Close set, as chips want it: “20日”, “3个工作日”, “当场”; “20 days”."""
    if not value.amount:
        return ON_THE_SPOT
    return Text(f"{value.amount}{UNITS[value.unit][1].zh}", format_duration(value, "en"))


def times(step: Step) -> tuple[Text, ...]:
    """How long a step waits and within what time it must be done."""
    wait = (WAIT.format(time=duration(step.wait.effective)),) if step.wait else ()
    return wait + limits(step.limit)


def limits(limit: Limit | None) -> tuple[Text, ...]:
    """The legal and the promised limit, as chips; what must be done on the spot has no length of time."""
    if limit is None:
        return ()
    said: list[Text] = []
    if limit.legal:
        time = duration(limit.legal)
        said.append(LIMIT.format(time=time) if limit.legal.amount else time)
    if limit.promised:
        said.append(promised(limit.promised))
    return tuple(said)


def promised(time: Duration) -> Text:
    return PROMISED.format(time=duration(time)) if time.amount else PROMISED_AT_ONCE


def of_stage(stage: Stage) -> tuple[Text, ...]:
    """Whether it is after the decision, and the limits it has as a whole."""
    return ((AFTER_DECISION,) if stage.after_decision else ()) + limits(stage.limit)


def burdens(steps: Iterable[Step]) -> tuple[Text, ...]:
    """What steps ask of the applicant: materials (each counted once), visits, fees."""
    steps = tuple(steps)
    found: list[Text] = []
    if asked := materials(steps):
        found.append(counted(MATERIALS, len(asked)))
    visits = sum(s.visits for s in steps)
    if visits:
        found.append(counted(VISITS, visits))
    elif steps and any(s.channel in (Channel.ONLINE, Channel.MOBILE) for s in steps):
        found.append(ONLINE)
    fee = sum(s.fee.fen for s in steps if s.fee)
    if fee:
        found.append(FEE.format(yuan=Text(format_yuan(fee, "zh"), format_yuan(fee, "en"))))
    return tuple(found)


def facts(chips: Iterable[Text]) -> Text | None:
    """What these chips tell, for the legend; None where there is nothing to explain."""
    said = {chip.zh for chip in chips}
    told = [name for words, name in NAMED.items() if any(s.startswith(words.zh.split("{")[0]) for s in said)]
    if not told:
        return None
    both = joined(told)
    return Text(both.zh, both.en.capitalize())


def materials(steps: Iterable[Step]) -> frozenset[str]:
    """The ids of those that the applicant must hand in."""
    return frozenset(
        u.material.id for s in steps for u in s.materials if not u.obtained_by_sharing and not u.optional
    )


def lane_title(agency: Agency) -> Text:
    return agency.short or agency.title


def joined(texts: Sequence[Text]) -> Text:
    """“、” in Chinese; in English a comma, after which titles begin small."""
    return Text(
        "、".join(t.zh for t in texts),
        ", ".join((*(t.en for t in texts[:1]), *(running(t.en) for t in texts[1:]))),
    )


def sources(documents: Iterable[Document], bases: Iterable[Basis]) -> tuple[Text, ...]:
    """The documents cited, and whether assumptions stand beside them."""
    cited = [
        UNVERIFIED.format(document=title) if unverified else title
        for title, unverified in dict.fromkeys(
            (Text(f"《{d.title.zh}》" + (f"（{d.number}）" if d.number else ""), d.title.en), d.unverified)
            for d in documents
        )
    ]
    titles = Text("、".join(d.zh for d in cited), ", ".join(d.en for d in cited))
    notes = [SOURCES.format(documents=titles)] if cited else []
    if any(b.assumed for b in bases):
        notes.append(ASSUMED)
    return tuple(notes)
