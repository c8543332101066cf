"""CSV for spreadsheets: one record a row (RFC 4180, UTF-8 with the byte order mark spreadsheets need)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from jianban.engine.exports.trace import Trace
from jianban.workflows.texts import Lang, Text

COLUMNS: Sequence[Text] = (
    Text("办件", "case"),
    Text("流程", "process"),
    Text("业务主键", "business key"),
    Text("当事人", "subject"),
    Text("序号", "number"),
    Text("时间", "time"),
    Text("类别", "kind"),
    Text("事项", "activity"),
    Text("步骤", "step"),
    Text("步骤编号", "step id"),
    Text("出口", "exit"),
    Text("出口编号", "event"),
    Text("去向", "target"),
    Text("办理人", "actor"),
    Text("代何人办理", "on behalf of"),
    Text("授权", "delegation"),
    Text("清单项", "items"),
    Text("理由", "reason"),
    Text("数据", "data"),
)


def table(traces: Iterable[Trace], lang: Lang) -> Iterator[str]:
    yield "\ufeff" + _row([c.get(lang) for c in COLUMNS])
    for trace in traces:
        case = trace.case
        for happening in trace.happenings():
            record = happening.record
            data = happening.data
            yield _row(
                [
                    case.id,
                    case.process,
                    case.business_key or "",
                    case.subject or "",
                    happening.id,
                    record.at.isoformat(),
                    record.kind.value,
                    happening.activity.get(lang),
                    happening.step.get(lang),
                    record.node,
                    happening.exit.get(lang),
                    record.event,
                    record.target,
                    record.actor or "",
                    record.behalf or "",
                    record.delegation,
                    happening.items,
                    record.reason,
                    json.dumps(data, ensure_ascii=False, default=_day) if data else "",
                ]
            )


def _day(value: object) -> str:
    assert isinstance(value, date), "every other value of a case is plain JSON"
    return value.isoformat()


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(c) for c in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula, as text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
