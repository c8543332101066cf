"""OCEL 2.0 in JSON, the object-centric event log: what happened, and the cases, people, subjects and projects
it happened to. An event of two cases of one project so belongs to both and to the project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from jianban.engine.exports.trace import UNSEEN, Happening, Trace
from jianban.workflows.texts import Lang

CASE, PERSON, SUBJECT, BUSINESS = "case", "person", "subject", "business_key"
CASE_ATTRIBUTES = ("process", "status", "end")
EVENT_ATTRIBUTES = ("kind", "step", "event", "exit", "reason", "data")
STRING = "string"


def ocel(traces: Iterable[Trace], lang: Lang) -> Iterator[str]:
    """The events as they are read, then the objects and types that were met in them."""
    objects: dict[tuple[str, str], dict[str, Any]] = {}
    activities: dict[str, None] = {}
    yield '{"events":['
    first = True
    for trace in traces:
        case = _case(trace, lang)
        objects[CASE, trace.case.id] = case
        linked = [(trace.case.id, CASE, "case")]
        for kind, value in ((SUBJECT, trace.case.subject), (BUSINESS, trace.case.business_key)):
            if value:
                linked.append((value, kind, kind))
                case["relationships"].append({"objectId": f"{kind}:{value}", "qualifier": kind})
        for happening in trace.happenings():
            if happening.record.kind in UNSEEN:
                continue
            event = _event(trace, happening, linked, lang)
            activities.setdefault(event["type"])
            for id_, kind, _ in _objects(happening, linked):
                objects.setdefault((kind, id_), _object(kind, id_))
            yield ("" if first else ",") + "\n" + _json(event)
            first = False
    yield '\n],\n"objects":['
    yield ",".join("\n" + _json(o) for o in objects.values())
    yield '\n],\n"eventTypes":['
    yield ",".join("\n" + _json(_type(name, EVENT_ATTRIBUTES)) for name in activities)
    yield '\n],\n"objectTypes":['
    kinds = dict.fromkeys(kind for kind, _ in objects)
    yield ",".join("\n" + _json(_type(k, CASE_ATTRIBUTES if k == CASE else ())) for k in kinds)
    yield "\n]}\n"


def _case(trace: Trace, lang: Lang) -> dict[str, Any]:
    case = trace.case
    end = (trace.step(case.end).get(lang) or case.end) if case.end else ""
    begun = _instant(trace.entries[0].at) if trace.entries else "1970-01-01T00:00:00Z"
    values = zip(CASE_ATTRIBUTES, (case.process, case.status, end), strict=True)
    return _object(CASE, case.id) | {
        "attributes": [{"name": n, "value": v, "time": begun} for n, v in values]
    }


def _object(kind: str, id_: str) -> dict[str, Any]:
    return {"id": f"{kind}:{id_}", "type": kind, "attributes": [], "relationships": []}


def _objects(happening: Happening, linked: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Id, type and qualifier of what an event belongs to."""
    actor = happening.record.actor
    return linked if actor is None else [*linked, (actor, PERSON, "actor")]


def _event(
    trace: Trace, happening: Happening, linked: list[tuple[str, str, str]], lang: Lang
) -> dict[str, Any]:
    record = happening.record
    data = trace.data(record)
    values = (
        record.kind.value,
        record.node,
        record.event,
        trace.exit(record).get(lang) if record.event else "",
        record.reason,
        _json(data) if data else "",
    )
    return {
        "id": f"{trace.case.id}/{happening.id}",
        "type": trace.activity(record).get(lang),
        "time": _instant(record.at),
        "attributes": [{"name": n, "value": v} for n, v in zip(EVENT_ATTRIBUTES, values, strict=True) if v],
        "relationships": [
            {"objectId": f"{kind}:{id_}", "qualifier": qualifier}
            for id_, kind, qualifier in _objects(happening, linked)
        ],
    }


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": a, "type": STRING} for a in attributes]}


def _instant(at: datetime) -> str:
    """In UTC, as the standard's examples write it; a time without a zone as if it were."""
    return (at.astimezone(UTC) if at.tzinfo is not None else at).replace(tzinfo=None).isoformat() + "Z"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_day)


def _day(value: object) -> str:
    assert isinstance(value, date), "every other value of a case is plain JSON"
    return value.isoformat()
