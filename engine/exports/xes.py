"""XES (IEEE 1849-2023), the event log of process-mining tools: a trace for each case, an event for each
thing that happened. What a case does by itself between two happenings (choices, forks, joins) is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from xml.sax.saxutils import quoteattr

from jianban.engine.exports.trace import UNSEEN, Happening, Trace
from jianban.engine.state import RecordKind
from jianban.workflows.texts import Lang

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2023" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00+08:00"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name"/>
"""
LIFECYCLE = {
    RecordKind.SUSPENDED: "suspend",
    RecordKind.RESUMED: "resume",
    RecordKind.CANCELLED: "withdraw",
    RecordKind.WITHDRAWN: "withdraw",
}
"""Transitions of the standard lifecycle; every other event is `complete`."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xes(traces: Iterable[Trace], lang: Lang) -> Iterator[str]:
    yield HEAD
    for trace in traces:
        yield "".join(_trace(trace, lang))
    yield "</log>\n"


def _trace(trace: Trace, lang: Lang) -> Iterator[str]:
    case = trace.case
    yield "<trace>"
    yield _string("concept:name", case.id)
    yield _string("jianban:process", case.process)
    yield _string("jianban:status", case.status)
    if trace.end is not None:
        yield _string("jianban:end", trace.end.get(lang))
    if case.business_key:
        yield _string("jianban:business_key", case.business_key)
    if case.subject:
        yield _string("jianban:subject", case.subject)
    yield "\n"
    for happening in trace.happenings():
        if happening.record.kind not in UNSEEN:
            yield "".join(_event(happening, lang))
    yield "</trace>\n"


def _event(happening: Happening, lang: Lang) -> Iterator[str]:
    record = happening.record
    yield "<event>"
    yield _string("concept:name", happening.activity.get(lang))
    yield f'<date key="time:timestamp" value={quoteattr(record.at.isoformat())}/>'
    yield _string("lifecycle:transition", LIFECYCLE.get(record.kind, "complete"))
    yield _string("identity:id", happening.id)
    for key, value in (
        ("org:resource", record.actor),
        ("jianban:on_behalf_of", record.behalf),
        ("jianban:delegation", record.delegation),
        ("jianban:message", record.message),
        ("jianban:target", record.target),
    ):
        if value:
            yield _string(key, value)
    yield _string("jianban:kind", record.kind.value)
    yield _string("jianban:step", record.node)
    if record.event:
        yield _string("jianban:event", record.event)
        yield _string("jianban:exit", happening.exit.get(lang))
    if record.instances:
        yield _string("jianban:items", happening.items)
    if record.reason:
        yield _string("jianban:reason", record.reason)
    for name, value in happening.data.items():
        yield _attribute(f"data:{name}", value)
    yield "</event>\n"


def _attribute(key: str, value: object) -> str:
    match value:
        case bool():
            return f'<boolean key={quoteattr(key)} value="{str(value).lower()}"/>'
        case int():
            return f'<int key={quoteattr(key)} value="{value}"/>'
        case float():
            return f'<float key={quoteattr(key)} value="{value!r}"/>'
        case date():
            return _string(key, value.isoformat())  # as a time it would be the day before in other zones
        case tuple():
            return _string(key, json.dumps(value, ensure_ascii=False))
        case _:
            return _string(key, str(value))


def _string(key: str, value: str) -> str:
    """XML 1.0 has no place for control characters: each becomes the mark for an unknown character."""
    clean = _NO_XML.sub("\ufffd", value)
    return f"<string key={quoteattr(key)} value={quoteattr(clean)}/>"
