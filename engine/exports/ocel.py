"""OCEL 2.0 in JSON, the object-centric event log: what happened, and the cases, people, subjects and projects
it happened to. An event of two cases of one project so belongs to both and to the project."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from jianban.engine.codec import instant
from jianban.engine.exports.trace import UNSEEN, Happening, Trace
from jianban.engine.state import Record
from jianban.workflows.texts import Lang

CASE, PERSON, SUBJECT, BUSINESS = "case", "person", "subject", "business_key"
CASE_ATTRIBUTES = ("process", "status", "end")
EVENT_ATTRIBUTES = (
    "kind", "step", "event", "exit", "target", "items", "delegation", "reason", "data"
)  # fmt: skip
STRING = "string"


def ocel(traces: Iterable[Trace], lang: Lang) -> Iterator[str]:
    """The events as they are read, then the objects and types that were met in them."""
    activities: dict[str, None] = {}
    # objects are remembered until their turn comes: in a temporary file, when they are many
    met = sqlite3.connect("")
    met.execute("CREATE TABLE met (at INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, body TEXT)")
    try:
        yield '{"events":['
        first = True
        for trace in traces:
            case = _case(trace, lang)
            linked = [(trace.case.id, CASE, CASE)]
            for kind, value in ((SUBJECT, trace.case.subject), (BUSINESS, trace.case.business_key)):
                if value:
                    linked.append((value, kind, kind))
                    case["relationships"].append({"objectId": f"{kind}:{value}", "qualifier": kind})
            _meet(met, case)
            for happening in trace.happenings():
                if happening.record.kind in UNSEEN:
                    continue
                objects = _objects(happening.record, linked)
                event = _event(trace.case.id, happening, objects, lang)
                activities.setdefault(event["type"])
                for id_, kind, _qualifier in objects:
                    _meet(met, _object(kind, id_))
                yield ("" if first else ",") + "\n" + _json(event)
                first = False
        yield '\n],\n"objects":['
        for number, (body,) in enumerate(met.execute("SELECT body FROM met ORDER BY at")):
            yield ("," if number else "") + "\n" + body
        yield '\n],\n"eventTypes":['
        yield ",".join("\n" + _json(_type(name, EVENT_ATTRIBUTES)) for name in activities)
        yield '\n],\n"objectTypes":['
        kinds = [kind for (kind,) in met.execute("SELECT kind FROM met GROUP BY kind ORDER BY min(at)")]
        yield ",".join("\n" + _json(_type(k, CASE_ATTRIBUTES if k == CASE else ())) for k in kinds)
        yield "\n]}\n"
    finally:
        met.close()


def _meet(met: sqlite3.Connection, object_: dict[str, Any]) -> None:
    values = (object_["id"], object_["type"], _json(object_))
    met.execute("INSERT OR IGNORE INTO met (id, kind, body) VALUES (?, ?, ?)", values)


def _case(trace: Trace, lang: Lang) -> dict[str, Any]:
    case = trace.case
    end = trace.end.get(lang) if trace.end is not None else ""
    begun = _instant(instant(case.opened_at))
    values = zip(CASE_ATTRIBUTES, (case.process, case.status, end), strict=True)
    return _object(CASE, case.id) | {
        "attributes": [{"name": n, "value": v, "time": begun} for n, v in values if v]
    }


def _object(kind: str, id_: str) -> dict[str, Any]:
    return {"id": f"{kind}:{id_}", "type": kind, "attributes": [], "relationships": []}


def _objects(record: Record, linked: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Id, type and qualifier of what an event belongs to."""
    people = ((record.actor, "actor"), (record.behalf, "on_behalf_of"))
    return [*linked, *((id_, PERSON, qualifier) for id_, qualifier in people if id_ is not None)]


def _event(
    case: str, happening: Happening, objects: Sequence[tuple[str, str, str]], lang: Lang
) -> dict[str, Any]:
    record, data = happening.record, happening.data
    values = (
        record.kind.value,
        record.node,
        record.event,
        happening.exit.get(lang),
        record.target,
        happening.items,
        record.delegation,
        record.reason,
        _json(data) if data else "",
    )
    return {
        "id": f"{case}/{happening.id}",
        "type": happening.activity.get(lang),
        "time": _instant(record.at),
        "attributes": [{"name": n, "value": v} for n, v in zip(EVENT_ATTRIBUTES, values, strict=True) if v],
        "relationships": [
            {"objectId": f"{kind}:{id_}", "qualifier": qualifier} for id_, kind, qualifier in objects
        ],
    }


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": a, "type": STRING} for a in attributes]}


def _instant(at: datetime) -> str:
    """In UTC, as the standard's examples write it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_day)


def _day(value: object) -> str:
    assert isinstance(value, date), "every other value of a case is plain JSON"
    return value.isoformat()
