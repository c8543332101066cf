"""A `Process` → the text of a definition that loads to an equal one, written in full, without shorthand.

What a definition cannot say is not written: positions, and a basis of its own for an exit's condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from jianban.workflows.language.dump_parts import (
    Data,
    after_of,
    awaited_of,
    basis_of,
    given,
    ids,
    limit_of,
    material_of,
    period_of,
    sends_of,
    words,
    yuan,
)
from jianban.workflows.language.durations import write_duration
from jianban.workflows.language.guidance import Guidance, Statement
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import (
    Anywhere,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    DecisionRow,
    Each,
    End,
    Exit,
    Item,
    Join,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import (
    NO_BASIS,
    Basis,
    Cause,
    DataField,
    DataKind,
    Guard,
)
from jianban.workflows.language.writing import write_yaml


def dump(process: Process) -> str:
    """The definition in YAML; roles, materials and sources are named by id, as in their catalogue."""
    return write_yaml(plain(process))


def plain(process: Process) -> Data:
    """The definition as plain data: mappings, lists and scalars."""
    in_force = given(
        {
            "from": process.in_force_from and process.in_force_from.isoformat(),
            "to": process.in_force_to and process.in_force_to.isoformat(),
        }
    )
    return given(
        {
            "process": process.id,
            "version": process.version,
            "title": words(process.title),
            "summary": words(process.summary),
            "guide": process.guidance and _guidance(process.guidance, process.basis),
            "in_force": in_force,
            "variant_of": process.variant_of,
            **basis_of(process.basis, NO_BASIS),
            "within": limit_of(process.limit, process.basis),
            "data": {f.id: _field(f) for f in process.data},
            "business_key": process.business_key,
            "eligible": [_condition(g, process.basis) for g in process.eligible],
            "stages": [_stage(s, process.basis) for s in process.stages],
            "ends": {e.id: _end(e, process.basis) for e in process.ends},
            "anywhere": {a.event: _anywhere(a, process.basis) for a in process.anywhere},
        }
    )


def _guidance(guidance: Guidance, inherited: Basis) -> Data:
    def said(statement: Statement | None) -> Data | None:
        return statement and {
            "zh": statement.text.zh,
            "en": statement.text.en,
            **given(basis_of(statement.basis, guidance.basis)),
        }

    return given(
        {
            "type": guidance.item_type and guidance.item_type.value,
            "tiers": [tier.value for tier in guidance.tiers],
            "enquiries": said(guidance.enquiries),
            "complaints": said(guidance.complaints),
            "remedies": said(guidance.remedies),
            **basis_of(guidance.basis, inherited),
        }
    )


def _condition(guard: Guard, inherited: Basis) -> Data:
    return given({"when": guard.expression, "else": words(guard.refusal), **basis_of(guard.basis, inherited)})


def _guard(guard: Guard | None) -> Data:
    if guard is None:
        return {}
    when = [_condition(p, guard.basis) for p in guard.parts] if guard.parts else guard.expression
    return {"when": when, "else": words(guard.refusal)}


def _field(field: DataField) -> Data:
    options = {id_: words(title) for id_, title in field.options}
    enum = field.kind is DataKind.ENUM
    default = field.default
    if field.kind is DataKind.MONEY and isinstance(default, int):
        default = yuan(default)
    return given(
        {
            "title": words(field.title),
            "type": None if enum else field.kind.value,
            "enum": options if enum else None,
            "options": None if enum else options,
            "personal": field.personal or None,
            "known": field.known
            and given({"message": field.known.message, "name": field.known.name, "key": field.known.key}),
        }
    ) | ({} if default is None else {"default": list(default) if isinstance(default, tuple) else default})


def _stage(stage: Stage, inherited: Basis) -> Data:
    return given(
        {
            "stage": stage.id,
            "title": words(stage.title),
            "replaces": list(stage.replaces),
            "within": limit_of(stage.limit, stage.basis),
            "lead": stage.lead and stage.lead.id,
            "after_decision": stage.after_decision or None,
            "note": words(stage.note),
            **basis_of(stage.basis, inherited),
            "steps": _items(stage.items, stage.basis),
        }
    )


def _items(items: Sequence[Item], inherited: Basis) -> list[Data]:
    return [_item(item, inherited) for item in items]


def _item(item: Item, inherited: Basis) -> Data:
    head = {"title": words(item.title), **basis_of(item.basis, inherited)}
    match item:
        case Step():
            return given({"step": item.id, **head, **_step(item)})
        case Choice():
            branches = [_choice_branch(b, item.basis, bool(item.table)) for b in item.branches]
            table = [_row(r, item.basis) for r in item.table]
            return given({"choice": item.id, **head, "table": table, "branches": branches})
        case Parallel():
            branches = [_branch(b, item.basis) for b in item.branches]
            return given({"parallel": item.id, **head, "join": _join(item.join), "branches": branches})
        case Each():
            return given(
                {
                    "each": item.id,
                    **head,
                    "in": item.over,
                    "as": item.name,
                    "join": _join(item.join),
                    "steps": _items(item.items, item.basis),
                }
            )
        case Call():
            exits = {e.event: _exit(e, item.basis) for e in item.exits}
            return given(
                {
                    "call": item.id,
                    **head,
                    "process": item.process.key,
                    "replaces": {step: list(ids) for step, ids in item.replaced_by_step}
                    or list(item.replaces),
                    "on": exits,
                }
            )


def _join(join: Join) -> str | int:
    return join.count if join.count is not None else join.kind.value


def _branch(branch: Branch | ChoiceBranch, inherited: Basis) -> Data:
    own = branch.guard.basis if branch.guard else inherited
    return given(
        {
            "branch": branch.id,
            "title": words(branch.title),
            **_guard(branch.guard),
            **basis_of(own, inherited),
            "steps": _items(branch.items, own),
        }
    )


def _choice_branch(branch: ChoiceBranch, inherited: Basis, by_table: bool) -> Data:
    said = _branch(branch, inherited)
    if by_table:
        said.pop("when", None)
    return said | given({"to": branch.to, "main": branch.main, "likelihood": branch.likelihood})


def _row(row: DecisionRow, inherited: Basis) -> Data:
    cells = {name: list(alternatives) for name, alternatives in row.cells}
    return given(
        {"when": cells, "then": row.branch, "note": words(row.note), **basis_of(row.basis, inherited)}
    )


def _step(step: Step) -> Data:
    says = kinds().shapes[step.kind.id]
    known = says.exits
    exits: Data = dict.fromkeys(known.keys() - {e.event for e in step.exits})
    exits = {event: exits[event] for event in known if event in exits}
    for event, group in groupby(step.exits, key=lambda e: e.event):
        own = known.get(event)
        forms = [_exit(e, step.basis) | sends_of(e.sends, bool(own and own.sends)) for e in group]
        exits[event] = forms if len(forms) > 1 else forms[0]
    return {
        "kind": step.kind.id,
        "by": ids(step.by),
        "lasts": step.wait
        and given(
            {
                **period_of(step.wait.duration, step.wait.origin),
                "reading": step.wait.reading and write_duration(step.wait.reading),
                **basis_of(step.wait.basis, step.basis),
            }
        ),
        "within": limit_of(step.limit, step.basis),
        "materials": [material_of(m, step.basis) for m in step.materials],
        "produces": [m.id for m in step.produces],
        "visits": step.visits,
        "channel": step.channel.value,
        "fee": step.fee and given({"yuan": yuan(step.fee.fen), **basis_of(step.fee.basis, step.basis)}),
        "effort": step.effort
        and given(
            {
                "minutes": step.effort.minutes,
                "external_yuan": yuan(step.effort.external_fen),
                **basis_of(step.effort.basis, step.basis),
            }
        ),
        "collects": list(step.collects),
        "replaces": list(step.replaces),
        "different_person_from": list(step.different_person_from),
        "first_receiver": _first_receiver(step),
        **sends_of(step.sends, bool(says.sends)),
        "stops_clock": step.stops_clock,
        "aside": step.aside,
        "note": words(step.note),
        "on": exits,
    }


def _exit(exit_: Exit, inherited: Basis) -> Data:
    return given(
        {
            "to": exit_.to,
            "by": ids(exit_.by) if exit_.cause is Cause.ACTOR else None,
            "title": words(exit_.title),
            **_guard(exit_.guard),
            "max": exit_.max,
            "main": exit_.main,
            "likelihood": exit_.likelihood,
            "after": exit_.after and after_of(exit_.after, exit_.origin),
            "message": exit_.message and awaited_of(exit_.message),
            **sends_of(exit_.sends),
            **basis_of(exit_.basis, inherited),
        }
    )


def _first_receiver(step: Step) -> Data | bool | None:
    if step.first_receiver is None:
        return None
    return {"handover_by": ids(step.first_receiver.handover_by)} if step.first_receiver.handover_by else True


def _end(end: End, inherited: Basis) -> Data:
    return given(
        {
            "outcome": end.outcome.value,
            "title": words(end.title),
            "offers": end.offers,
            "switch": end.switch_to,
            **sends_of(end.sends),
            **basis_of(end.basis, inherited),
        }
    )


def _anywhere(one: Anywhere, inherited: Basis) -> Data:
    return given(
        {
            "by": ids(one.by),
            "title": words(one.title),
            "to": one.to,
            "resume": {"event": one.resume, "by": ids(one.resume_by)} if one.resume else None,
            "reason": "required" if one.reason_required else "optional",
            "stops_clock": one.stops_clock,
            "except": list(one.except_at),
            **sends_of(one.sends),
            **_guard(one.guard),
            **basis_of(one.basis, inherited),
        }
    )
