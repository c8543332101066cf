"""A process as plain values for JSON: what it says, in both languages, without positions."""

from datetime import date
from typing import Any

from jianban.engine.commands.session import both
from jianban.workflows.language.durations import write_duration
from jianban.workflows.language.model import (
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    DecisionRow,
    Each,
    Exit,
    Item,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import Basis, Duration, Guard, Limit, MaterialUse
from jianban.workflows.texts import Text


def outline(process: Process) -> dict[str, Any]:
    """The JSON document of `show`."""
    return {
        "process": process.id,
        "version": process.version,
        "title": both(process.title),
        "summary": words(process.summary),
        "in_force": {"from": day(process.in_force_from), "to": day(process.in_force_to)},
        "variant_of": process.variant_of,
        "limit": limit_values(process.limit),
        "data": [
            {
                "id": field.id,
                "title": words(field.title),
                "kind": field.kind.value,
                "options": [{"id": key, "title": words(title)} for key, title in field.options],
                "default": field.default,
            }
            for field in process.data
        ],
        "eligible": [condition(guard) for guard in process.eligible],
        "stages": [stage_values(stage) for stage in process.stages],
        "ends": [
            {
                "id": end.id,
                "title": words(end.title),
                "outcome": end.outcome.value,
                "offers": end.offers,
                "switch": end.switch_to,
                "basis": basis_values(end.basis),
            }
            for end in process.ends
        ],
        "anywhere": [
            {
                "event": rule.event,
                "kind": rule.kind.value,
                "title": words(rule.title),
                "by": [role.id for role in rule.by],
                "to": rule.to,
                "resume": rule.resume,
            }
            for rule in process.anywhere
        ],
    }


def words(text: Text | None) -> dict[str, str] | None:
    return both(text) if text else None


def basis_values(basis: Basis) -> dict[str, Any]:
    return {
        "cites": [c.place for c in basis.citations],
        "phrases": [c.phrase for c in basis.citations],
        "assumed": words(basis.assumed),
    }


def condition(guard: Guard | None) -> dict[str, Any] | None:
    if guard is None:
        return None
    return {"when": guard.expression, "else": words(guard.refusal), "basis": basis_values(guard.basis)}


def stage_values(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.id,
        "title": words(stage.title),
        "lead": stage.lead.id if stage.lead else None,
        "after_decision": stage.after_decision,
        "limit": limit_values(stage.limit),
        "replaces": list(stage.replaces),
        "items": [item_values(item) for item in stage.items],
    }


def item_values(item: Item) -> dict[str, Any]:
    head = {"id": item.id, "title": words(item.title)}
    match item:
        case Step():
            return {"item": "step", **head, **step_values(item)}
        case Choice():
            branches = [branch_values(b) for b in item.branches]
            return {
                "item": "choice",
                **head,
                "table": [row_values(r) for r in item.table],
                "branches": branches,
            }
        case Parallel():
            join = {"kind": item.join.kind.value, "count": item.join.count}
            branches = [branch_values(b) for b in item.branches]
            return {"item": "parallel", **head, "join": join, "branches": branches}
        case Each():
            join = {"kind": item.join.kind.value, "count": item.join.count}
            items = [item_values(inner) for inner in item.items]
            return {
                "item": "each",
                **head,
                "in": item.over,
                "as": item.name,
                "join": join,
                "items": items,
            }
        case Call():
            exits = [exit_values(e) for e in item.exits]
            by_step = [{"step": step, "replaces": list(ids)} for step, ids in item.replaced_by_step]
            return {
                "item": "call",
                **head,
                "process": item.process.key,
                "replaces": list(item.replaces),
                "replaced_by_step": by_step,
                "exits": exits,
            }


def row_values(row: DecisionRow) -> dict[str, Any]:
    return {
        "when": {name: list(alternatives) for name, alternatives in row.cells},
        "then": row.branch,
        "note": words(row.note),
        "basis": basis_values(row.basis),
    }


def branch_values(branch: Branch | ChoiceBranch) -> dict[str, Any]:
    return {
        "id": branch.id,
        "title": words(branch.title),
        "guard": condition(branch.guard),
        **({"to": branch.to} if isinstance(branch, ChoiceBranch) else {}),
        "items": [item_values(item) for item in branch.items],
    }


def step_values(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind.id,
        "by": [{"role": r.id, "title": words(r.title), "agency": r.agency.id} for r in step.by],
        "channel": step.channel.value,
        "visits": step.visits,
        "materials": [material_values(use) for use in step.materials],
        "produces": [{"id": m.id, "title": words(m.title)} for m in step.produces],
        "limit": limit_values(step.limit),
        "wait": length(step.wait.effective) if step.wait else None,
        "fee_fen": step.fee.fen if step.fee else None,
        "effort_minutes": step.effort.minutes if step.effort else None,
        "replaces": list(step.replaces),
        "exits": [exit_values(e) for e in step.exits],
        "basis": basis_values(step.basis),
    }


def material_values(use: MaterialUse) -> dict[str, Any]:
    return {
        "id": use.material.id,
        "title": words(use.material.title),
        "form": use.form.value,
        "copies": use.copies,
        "shared": use.obtained_by_sharing,
        "optional": use.optional,
    }


def limit_values(limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {
        "statutory": length(limit.statutory),
        "reading": length(limit.reading),
        "promised": length(limit.promised),
        "extension": length(limit.extension),
        "expiry": {"then": limit.expiry.kind.value, "event": limit.expiry.event} if limit.expiry else None,
        "basis": basis_values(limit.basis),
    }


def exit_values(exit_: Exit) -> dict[str, Any]:
    return {
        "event": exit_.event,
        "title": words(exit_.title),
        "to": exit_.to,
        "cause": exit_.cause.value,
        "by": [role.id for role in exit_.by],
        "guard": condition(exit_.guard),
        "max": exit_.max,
        "main": exit_.main,
    }


def length(duration: Duration | None) -> str | None:
    return write_duration(duration) if duration else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
