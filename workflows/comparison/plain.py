"""A comparison as JSON, the shape of which is documented and stable (see docs/explanation/comparison.md)."""

from __future__ import annotations

import json
from typing import Any

from jianban.workflows.comparison.behaviour import Behaviour
from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Findings, Pair
from jianban.workflows.comparison.measures import Row
from jianban.workflows.comparison.sources import sourced
from jianban.workflows.flow import Flow
from jianban.workflows.texts import Text


def to_json(findings: Findings) -> str:
    """The comparison as JSON; texts carry both languages."""
    return json.dumps(plain(findings), ensure_ascii=False, indent=2) + "\n"


def plain(findings: Findings) -> dict[str, Any]:
    pairs = findings.pairs
    return {
        "variants": [f.process.key for f in findings.flows],
        "measures": [_row(r) for r in findings.measures],
        "differences": [_difference(d, p) for p in pairs for d in p.differences],
        "behaviour": [_behaviour(p.behaviour, p) for p in pairs],
        "unmatched": [_unmatched(p) for p in pairs],
        "sources": [_sources(f) for f in findings.flows],
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _row(row: Row) -> dict[str, Any]:
    others = range(1, len(row.readings))
    return {
        "id": row.id,
        "title": _text(row.title),
        "unit": row.readings[0].unit,
        "values": [r.known for r in row.readings],
        "change": row.change(1),
        "percent": row.percent(1),
        "changes": [row.change(i) for i in others],
        "percents": [row.percent(i) for i in others],
        "after": [r.after for r in row.readings],
        "notes": [_text(r.note) if r.note else None for r in row.readings],
        "provisional": list(row.provisional),
    }


def _difference(difference: Difference, pair: Pair) -> dict[str, Any]:
    return {
        "variant": pair.other.process.key,
        "level": difference.level,
        "kind": difference.kind,
        "base": list(difference.base),
        "other": list(difference.other),
        "base_titles": [_text(t) for t in difference.base_titles],
        "other_titles": [_text(t) for t in difference.other_titles],
        "matched_by": difference.how,
        "with": list(difference.partners),
        "what": [
            {
                "aspect": c.aspect,
                "title": _text(c.title),
                "before": [i.key for i in c.before],
                "after": [i.key for i in c.after],
                "text": {"zh": c.tell("zh"), "en": c.tell("en")},
            }
            for c in difference.changes
        ],
    }


def _behaviour(behaviour: Behaviour, pair: Pair) -> dict[str, Any]:
    return {
        "variant": pair.other.process.key,
        "decided": behaviour.decided,
        "complete": dict(zip(("base", "other"), behaviour.complete, strict=True)),
        "bound": behaviour.bound,
        "possibilities": [
            {
                "kind": p.kind,
                "only": p.only,
                "outcome": p.outcome,
                "step": list(p.step.ids) if p.step else None,
                "then": list(p.then.ids) if p.then else None,
                "text": _text(p.text),
                "trace": [{"step": f.step, "event": f.event, "text": _text(f.text)} for f in p.trace],
            }
            for p in behaviour.possibilities
        ],
    }


def _unmatched(pair: Pair) -> dict[str, Any]:
    found: dict[str, Any] = {"variant": pair.other.process.key}
    for name, level in (("stages", Level.STAGE), ("steps", Level.STEP)):
        base, other = pair.matches.unmatched(level)
        found[name] = {"base": list(base), "other": list(other)}
    return found


def _sources(flow: Flow) -> dict[str, Any]:
    return {
        "variant": flow.process.key,
        "figures": [
            {
                "level": f.level,
                "place": f.place,
                "figure": _text(f.figure),
                "value": _text(f.value),
                "citations": [
                    {
                        "document": c.document.id,
                        "article": c.article,
                        "phrase": c.phrase,
                        "unverified": c.document.unverified,
                    }
                    for c in f.basis.citations
                ],
                "assumed": _text(f.basis.assumed) if f.basis.assumed else None,
            }
            for f in sourced(flow)
        ],
    }
