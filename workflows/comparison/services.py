"""Service items told in one language, block by block, and as CSV and JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from jianban.workflows.analysis.measures import Part
from jianban.workflows.analysis.services.judgement import Breach
from jianban.workflows.analysis.services.policy import Policy, Threshold, Thresholds
from jianban.workflows.analysis.services.quantities import INDICATORS, Indicator
from jianban.workflows.analysis.services.survey import Group, Item, Survey
from jianban.workflows.calendar import provisional_text
from jianban.workflows.comparison.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Paragraph,
    Point,
    Points,
    Table,
)
from jianban.workflows.comparison.sources import tell
from jianban.workflows.language.terms import Basis
from jianban.workflows.texts import Lang, Text
from jianban.workflows.wording import format_number

TITLE = Text("政务服务事项指标", "Indicators of service items")
COUNTED = Text("共 {count} 项。", "{count} items.")
AS_OF = Text("按 {on} 施行的版本。", "Versions in force on {on}.")
CONVERTED = Text(
    "时限以工作日计：法律规定为工作日的照数计算，其他的按 {year} 年各日起算，取其中工作日数的平均值；"
    "等待期、申请人的期限和作出决定以后的环节不计。",
    "Limits are in working days: those of the law as they stand, others as the mean number of working days "
    "in them over all start dates of {year}; waiting periods, the applicant's deadlines and stages after "
    "the decision don't count.",
)
BY_SUBJECT = Text(
    "各主题的平均值和比率（时限：工作日；比率：%）",
    "Means and rates by subject (limits in working days, rates in %)",
)
SUBJECT = Text("主题", "Subject")
ITEMS = Text("事项", "Items")
TOTAL = Text("合计", "Total")
DEMAND = Text("要求", "Threshold")
EACH = Text("各事项（时限：工作日）", "Item by item (limits in working days)")
ITEM = Text("事项", "Item")
BEYOND = Text("未达到要求", "Thresholds not met")
WHAT = Text("事项或指标", "Item or indicator")
ACTUAL = Text("实际", "Actual")
CAUSE = Text("原因", "Cause")
BASIS = Text("依据", "Basis")
ALL_MET = Text("各项要求均已达到。", "All thresholds are met.")
OF_ALL = Text("全部事项", "all items")
LEFT = Text("未计入的流程", "Not counted")
YES, NO = Text("是", "yes"), Text("否", "no")
NOTHING = "–"
AT_MOST, AT_LEAST = "≤ {bound}", "≥ {bound}"
NOTED = Text("{title}（{note}）", "{title} ({note})")
FURTHER = Text("{first}等 {count} 项", "{first} … ({count} in all)")
SHOWN = 3
"""Causes told of a breach, in tables that people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A survey held to a policy."""

    survey: Survey
    policy: Policy
    breaches: tuple[Breach, ...]
    subjects: Mapping[str, Text]
    """What subjects are called; those missing go by their id."""

    def subject(self, subject: str) -> Text:
        return self.subjects.get(subject, Text(subject, subject))


def blocks(report: Report, lang: Lang, *, brief: bool = False) -> Iterator[Block]:
    """The report as people read it; a brief one leaves out keys and what thresholds rest on."""
    survey = report.survey
    said = COUNTED.format(count=len(survey.total.items)).get(lang)
    if survey.on is not None:
        said += ("" if lang == "zh" else " ") + AS_OF.format(on=survey.on).get(lang)
    yield Heading(text=TITLE.get(lang), level=1)
    yield Paragraph(text=said)
    if survey.total.items:
        yield Figure(title=TITLE.get(lang))
        yield _by_subject(report, lang)
        yield _each(report, lang, brief)
        if report.breaches:
            yield _beyond(report, lang, brief)
        elif report.policy.overall or report.policy.items or report.policy.processes:
            yield Paragraph(text=ALL_MET.get(lang), tone="better")
    if survey.left:
        yield Heading(text=LEFT.get(lang))
        left = (f"{gone.process.title.get(lang)} {gone.process.key}" for gone in survey.left)
        gap = "：" if lang == "zh" else ": "
        yield Points(
            points=tuple(
                Point(text=f"{name}{gap}{gone.reason.get(lang)}")
                for name, gone in zip(left, survey.left, strict=True)
            )
        )
    yield Paragraph(text=CONVERTED.format(year=survey.year).get(lang), tone="quiet")
    if (provisional := provisional_text(survey.provisional)) is not None:
        yield Paragraph(text=provisional.get(lang), tone="quiet")


def _by_subject(report: Report, lang: Lang) -> Table:
    survey, demands = report.survey, report.policy.overall
    columns = [Column(title=SUBJECT.get(lang)), Column(title=ITEMS.get(lang), numeric=True)]
    columns += [Column(title=i.title.get(lang), numeric=True) for i in INDICATORS.values()]
    rows = [_row(report.subject(g.subject or "").get(lang), g, {}) for g in survey.groups]
    if len(survey.groups) > 1:
        rows.append(_row(TOTAL.get(lang), survey.total, demands))
    if demands:
        bounds = (bound(demands[i]) if i in demands else "" for i in INDICATORS)
        rows.append(tuple(Cell((text,), tone="quiet") for text in (DEMAND.get(lang), "", *bounds)))
    return Table(caption=BY_SUBJECT.get(lang), columns=tuple(columns), rows=tuple(rows))


def _row(name: str, group: Group, demands: Thresholds) -> tuple[Cell, ...]:
    cells = [Cell((name,)), Cell((str(len(group.items)),))]
    for indicator, overall in group.overall.items():
        missed = (
            overall.value is not None and indicator in demands and not demands[indicator].met(overall.value)
        )
        cells.append(Cell((_number(overall.value),), tone="worse" if missed else ""))
    return tuple(cells)


def _each(report: Report, lang: Lang, brief: bool) -> Table:
    columns = [Column(title=ITEM.get(lang))]
    columns += [Column(title=i.title.get(lang), numeric=True) for i in INDICATORS.values()]
    broken = {(b.item.process.key, b.indicator.id) for b in report.breaches if b.item is not None}
    rows: list[tuple[Cell, ...]] = []
    for group in report.survey.groups:
        subject = Cell((report.subject(group.subject or "").get(lang),), tone="strong")
        rows.append((subject, *(Cell(("",)) for _ in INDICATORS)))
        for item in group.items:
            values = (_value(item, i, lang, broken) for i in INDICATORS.values())
            process = item.process
            name = (process.title.get(lang), *(() if brief else (process.key,)))
            rows.append((Cell(name), *values))
    return Table(caption=EACH.get(lang), columns=tuple(columns), rows=tuple(rows))


def _value(item: Item, indicator: Indicator, lang: Lang, broken: set[tuple[str, str]]) -> Cell:
    value = item.value(indicator.id)
    missed = (item.process.key, indicator.id) in broken
    if indicator.rate:
        return Cell(((YES if value else NO).get(lang),), tone="" if value else "quiet")
    mark = " ×" if missed else ""
    percent = "%" if indicator.id == "compression" and value is not None else ""
    return Cell((f"{_number(value)}{percent}{mark}",), tone="worse" if missed else "")


def _beyond(report: Report, lang: Lang, brief: bool) -> Table:
    titles = (WHAT, ACTUAL, DEMAND, CAUSE, *([] if brief else [BASIS]))
    rows: list[tuple[Cell, ...]] = []
    for breach in report.breaches:
        indicator, item = breach.indicator, breach.item
        name = (
            (OF_ALL.get(lang), indicator.overall.get(lang))
            if item is None
            else (item.process.title.get(lang), indicator.title.get(lang))
        )
        row = [Cell(name), Cell((_number(breach.value),), tone="worse"), Cell((bound(breach.threshold),))]
        row.append(Cell((causes(breach).get(lang),)))
        if not brief:
            row.append(Cell((tell(breach.threshold.basis, lang),), tone="quiet"))
        rows.append(tuple(row))
    columns = tuple(Column(title=t.get(lang), numeric=t is ACTUAL) for t in titles)
    return Table(caption=BEYOND.get(lang), columns=columns, rows=tuple(rows))


def causes(breach: Breach) -> Text:
    """The causes of a breach; of many, the first and how many there are."""
    told = [_cause(part) for part in breach.causes[:SHOWN]]
    if not told:
        return Text(NOTHING, NOTHING)
    found = Text("、".join(t.zh for t in told), ", ".join(t.en for t in told))
    return FURTHER.format(first=found, count=len(breach.causes)) if len(breach.causes) > SHOWN else found


def _cause(part: Part) -> Text:
    note = part.note if part.note is not None else None if part.value is None else format_number(part.value)
    return part.title if note is None else NOTED.format(title=part.title, note=note)


def bound(threshold: Threshold) -> str:
    """“≤ 10”."""
    return (AT_MOST if threshold.less else AT_LEAST).format(bound=format_number(threshold.bound))


def _number(value: float | None) -> str:
    return NOTHING if value is None else format_number(value)


def to_csv(report: Report) -> str:
    """A line for each item, each subject and the total; `broken` names the indicators beyond a threshold."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["level", "subject", "process", "title_zh", "title_en", "items", *INDICATORS, "broken"])
    broken: dict[str | None, list[str]] = {}
    for breach in report.breaches:
        broken.setdefault(breach.item and breach.item.process.key, []).append(breach.indicator.id)
    for item in report.survey.total.items:
        process = item.process
        head = ["item", item.subject, process.key, process.title.zh, process.title.en, 1]
        values = [_plain(item.value(i)) for i in INDICATORS]
        writer.writerow([*head, *values, " ".join(broken.get(process.key, []))])
    for group in (*report.survey.groups, report.survey.total):
        title = TOTAL if group.subject is None else report.subject(group.subject)
        level = "total" if group.subject is None else "subject"
        head = [level, group.subject or "", "", title.zh, title.en, len(group.items)]
        values = [_plain(o.value) for o in group.overall.values()]
        writer.writerow([*head, *values, " ".join(broken.get(None, [])) if group.subject is None else ""])
    # spreadsheets take UTF-8 without this mark for something else
    return "\ufeff" + out.getvalue()


def _plain(value: float | bool | None) -> str | float:
    if value is None:
        return ""
    return int(value) if isinstance(value, bool) else value


def to_plain(report: Report) -> dict[str, Any]:
    """The report as JSON values; its shape is told in docs/reference/json.md."""
    survey = report.survey
    return {
        "on": survey.on.isoformat() if survey.on else None,
        "year": survey.year,
        "provisional": list(survey.provisional),
        "indicators": [
            {
                "id": i.id,
                "title": _both(i.title),
                "overall": _both(i.overall),
                "unit": _both(i.unit),
                "better": i.better,
                "rate": i.rate,
            }
            for i in INDICATORS.values()
        ],
        "total": _group(survey.total),
        "subjects": [
            {"id": g.subject, "title": _both(report.subject(g.subject or "")), **_group(g)}
            for g in survey.groups
        ],
        "items": [_item(item) for item in survey.total.items],
        "policy": _policy(report.policy),
        "breaches": [_breach(breach) for breach in report.breaches],
        "left": [{"process": gone.process.key, "reason": _both(gone.reason)} for gone in survey.left],
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _group(group: Group) -> dict[str, Any]:
    overall = {name: {"value": o.value, "counted": o.counted} for name, o in group.overall.items()}
    return {"items": len(group.items), "overall": overall}


def _item(item: Item) -> dict[str, Any]:
    return {
        "process": item.process.key,
        "title": _both(item.process.title),
        "subject": item.subject,
        "values": {name: q.value for name, q in item.quantities.items()},
        "parts": {name: _parts(q.parts) for name, q in item.quantities.items()},
    }


def _parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {"id": p.id, "title": _both(p.title), "value": p.value, "note": _both(p.note) if p.note else None}
        for p in parts
    ]


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "title": _both(policy.title),
        "overall": _thresholds(policy.overall),
        "items": _thresholds(policy.items),
        "processes": {name: _thresholds(t) for name, t in policy.processes.items()},
    }


def _thresholds(thresholds: Thresholds) -> dict[str, Any]:
    return {name: _threshold(t) | {"basis": _basis(t.basis)} for name, t in thresholds.items()}


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {"bound": threshold.bound, "at": "most" if threshold.less else "least"}


def _basis(basis: Basis) -> dict[str, Any]:
    return {
        "sources": [f"{c.document.id}:{c.article}".removesuffix(":") for c in basis.citations],
        "assumed": _both(basis.assumed) if basis.assumed else None,
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "indicator": breach.indicator.id,
        "process": breach.item.process.key if breach.item else None,
        "value": breach.value,
        **_threshold(breach.threshold),
        "causes": _parts(breach.causes),
    }
