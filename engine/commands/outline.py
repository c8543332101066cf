"""A process as plain values for JSON: what it says, in one language, without positions."""

from datetime import date
from typing import Any

from jianban.workflows.language.durations import write_duration
from jianban.workflows.language.model import (
    Basis,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    Duration,
    Each,
    Exit,
    Guard,
    Item,
    Limit,
    MaterialUse,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.texts import Lang, Text


def outline(process: Process, lang: Lang) -> dict[str, Any]:
    """The JSON document of `show`."""
    return Outline(lang).process(process)


class Outline:
    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def process(self, process: Process) -> dict[str, Any]:
        return {
            "process": process.id,
            "version": process.version,
            "title": self.text(process.title),
            "summary": self.text(process.summary),
            "in_force": {"from": day(process.in_force_from), "to": day(process.in_force_to)},
            "variant_of": process.variant_of,
            "data": [
                {
                    "id": field.id,
                    "title": self.text(field.title),
                    "kind": field.kind.value,
                    "options": [{"id": key, "title": self.text(title)} for key, title in field.options],
                    "default": field.default,
                }
                for field in process.data
            ],
            "eligible": [self.guard(guard) for guard in process.eligible],
            "stages": [self.stage(stage) for stage in process.stages],
            "ends": [
                {
                    "id": end.id,
                    "title": self.text(end.title),
                    "outcome": end.outcome.value,
                    "offers": end.offers,
                    "switch": end.switch_to,
                    "sources": self.basis(end.basis),
                }
                for end in process.ends
            ],
            "anywhere": [
                {
                    "event": rule.event,
                    "kind": rule.kind.value,
                    "title": self.text(rule.title),
                    "by": [role.id for role in rule.by],
                    "to": rule.to,
                    "resume": rule.resume,
                }
                for rule in process.anywhere
            ],
        }

    def text(self, text: Text | None) -> str | None:
        return text.get(self.lang) if text else None

    def basis(self, basis: Basis) -> list[str]:
        cited = [f"{c.document.id}:{c.article}" if c.article else c.document.id for c in basis.citations]
        return [*cited, *([basis.assumed.get(self.lang)] if basis.assumed else [])]

    def guard(self, guard: Guard | None) -> dict[str, Any] | None:
        if guard is None:
            return None
        refusal = self.text(guard.refusal)
        return {"when": guard.expression, "else": refusal, "sources": self.basis(guard.basis)}

    def stage(self, stage: Stage) -> dict[str, Any]:
        return {
            "id": stage.id,
            "title": self.text(stage.title),
            "lead": stage.lead.id if stage.lead else None,
            "limit": self.limit(stage.limit),
            "replaces": list(stage.replaces),
            "items": [self.item(item) for item in stage.items],
        }

    def item(self, item: Item) -> dict[str, Any]:
        head = {"id": item.id, "title": self.text(item.title)}
        match item:
            case Step():
                return {"item": "step", **head, **self.step(item)}
            case Choice():
                return {"item": "choice", **head, "branches": [self.branch(b) for b in item.branches]}
            case Parallel():
                join = {"kind": item.join.kind.value, "count": item.join.count}
                branches = [self.branch(b) for b in item.branches]
                return {"item": "parallel", **head, "join": join, "branches": branches}
            case Each():
                join = {"kind": item.join.kind.value, "count": item.join.count}
                items = [self.item(inner) for inner in item.items]
                return {
                    "item": "each",
                    **head,
                    "in": item.over,
                    "as": item.name,
                    "join": join,
                    "items": items,
                }
            case Call():
                exits = [self.exit(e) for e in item.exits]
                return {"item": "call", **head, "process": item.process.key, "exits": exits}

    def branch(self, branch: Branch | ChoiceBranch) -> dict[str, Any]:
        return {
            "id": branch.id,
            "title": self.text(branch.title),
            "guard": self.guard(branch.guard),
            **({"to": branch.to} if isinstance(branch, ChoiceBranch) else {}),
            "items": [self.item(item) for item in branch.items],
        }

    def step(self, step: Step) -> dict[str, Any]:
        return {
            "kind": step.kind.id,
            "by": [{"role": r.id, "title": self.text(r.title), "agency": r.agency.id} for r in step.by],
            "channel": step.channel.value,
            "visits": step.visits,
            "materials": [self.material(use) for use in step.materials],
            "limit": self.limit(step.limit),
            "wait": length(step.wait.effective) if step.wait else None,
            "fee_fen": step.fee.fen if step.fee else None,
            "effort_minutes": step.effort.minutes if step.effort else None,
            "replaces": list(step.replaces),
            "exits": [self.exit(e) for e in step.exits],
            "sources": self.basis(step.basis),
        }

    def material(self, use: MaterialUse) -> dict[str, Any]:
        return {
            "id": use.material.id,
            "title": self.text(use.material.title),
            "form": use.form.value,
            "copies": use.copies,
            "shared": use.obtained_by_sharing,
            "optional": use.optional,
        }

    def limit(self, limit: Limit | None) -> dict[str, Any] | None:
        if limit is None:
            return None
        return {
            "statutory": length(limit.statutory),
            "reading": length(limit.reading),
            "promised": length(limit.promised),
            "extension": length(limit.extension),
            "expiry": {"then": limit.expiry.kind.value, "event": limit.expiry.event}
            if limit.expiry
            else None,
            "sources": self.basis(limit.basis),
        }

    def exit(self, exit_: Exit) -> dict[str, Any]:
        return {
            "event": exit_.event,
            "title": self.text(exit_.title),
            "to": exit_.to,
            "cause": exit_.cause.value,
            "by": [role.id for role in exit_.by],
            "guard": self.guard(exit_.guard),
            "max": exit_.max,
            "main": exit_.main,
        }


def length(duration: Duration | None) -> str | None:
    return write_duration(duration) if duration else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
