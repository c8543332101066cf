"""A `Process` → the text of a definition that loads to an equal one, written in full, without shorthand.

What a definition cannot say is not written: positions, and a basis of its own for an exit's condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from jianban.workflows.language.durations import write_duration
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
    Awaited,
    Basis,
    Cause,
    DataField,
    DataKind,
    Expiry,
    Guard,
    Limit,
    MaterialUse,
    Role,
    Send,
)
from jianban.workflows.language.writing import write_yaml
from jianban.workflows.texts import Text

Data = dict[str, Any]


def dump(process: Process) -> str:
    """The definition in YAML; roles, materials and sources are named by id, as in their catalogue."""
    return write_yaml(plain(process))


def plain(process: Process) -> Data:
    """The definition as plain data: mappings, lists and scalars."""
    in_force = _given(
        {
            "from": process.in_force_from and process.in_force_from.isoformat(),
            "to": process.in_force_to and process.in_force_to.isoformat(),
        }
    )
    return _given(
        {
            "process": process.id,
            "version": process.version,
            "title": _text(process.title),
            "summary": _text(process.summary),
            "in_force": in_force,
            "variant_of": process.variant_of,
            **_basis(process.basis, NO_BASIS),
            "within": _limit(process.limit, process.basis),
            "data": {f.id: _field(f) for f in process.data},
            "eligible": [_condition(g, process.basis) for g in process.eligible],
            "stages": [_stage(s, process.basis) for s in process.stages],
            "ends": {e.id: _end(e, process.basis) for e in process.ends},
            "anywhere": {a.event: _anywhere(a, process.basis) for a in process.anywhere},
        }
    )


def _given(data: Data) -> Data:
    """Without what is empty, except where nothing is meant: no basis, and nothing sent."""
    meant = ("source", "sends")
    return {k: v for k, v in data.items() if v not in (None, [], {}, ()) or (k in meant and v is not None)}


def _text(text: Text | None) -> Data | None:
    return {"zh": text.zh, "en": text.en} if text else None


def _ids(roles: Sequence[Role]) -> list[str]:
    return [r.id for r in roles]


def _sources(basis: Basis) -> list[str]:
    return [f"{c.place} “{c.phrase}”" if c.phrase else c.place for c in basis.citations]


def _basis(basis: Basis, inherited: Basis) -> Data:
    if basis == inherited:
        return {}
    return {
        "source": _sources(basis) if basis.citations or not basis.assumed else None,
        "assumed": _text(basis.assumed),
    }


def _condition(guard: Guard, inherited: Basis) -> Data:
    return _given({"when": guard.expression, "else": _text(guard.refusal), **_basis(guard.basis, inherited)})


def _guard(guard: Guard | None) -> Data:
    if guard is None:
        return {}
    when = [_condition(p, guard.basis) for p in guard.parts] if guard.parts else guard.expression
    return {"when": when, "else": _text(guard.refusal)}


def _field(field: DataField) -> Data:
    options = {id_: _text(title) for id_, title in field.options}
    enum = field.kind is DataKind.ENUM
    default = field.default
    if field.kind is DataKind.MONEY and isinstance(default, int):
        default = _yuan(default)
    return _given(
        {
            "title": _text(field.title),
            "type": None if enum else field.kind.value,
            "enum": options if enum else None,
            "options": None if enum else options,
            "personal": field.personal or None,
        }
    ) | ({} if default is None else {"default": list(default) if isinstance(default, tuple) else default})


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}"


def _stage(stage: Stage, inherited: Basis) -> Data:
    return _given(
        {
            "stage": stage.id,
            "title": _text(stage.title),
            "replaces": list(stage.replaces),
            "within": _limit(stage.limit, stage.basis),
            "lead": stage.lead and stage.lead.id,
            "after_decision": stage.after_decision or None,
            "note": _text(stage.note),
            **_basis(stage.basis, inherited),
            "steps": _items(stage.items, stage.basis),
        }
    )


def _items(items: Sequence[Item], inherited: Basis) -> list[Data]:
    return [_item(item, inherited) for item in items]


def _item(item: Item, inherited: Basis) -> Data:
    head = {"title": _text(item.title), **_basis(item.basis, inherited)}
    match item:
        case Step():
            return _given({"step": item.id, **head, **_step(item)})
        case Choice():
            branches = [_choice_branch(b, item.basis, bool(item.table)) for b in item.branches]
            table = [_row(r, item.basis) for r in item.table]
            return _given({"choice": item.id, **head, "table": table, "branches": branches})
        case Parallel():
            branches = [_branch(b, item.basis) for b in item.branches]
            return _given({"parallel": item.id, **head, "join": _join(item.join), "branches": branches})
        case Each():
            return _given(
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
            return _given(
                {
                    "call": item.id,
                    **head,
                    "process": item.process.key,
                    "replaces": list(item.replaces),
                    "on": exits,
                }
            )


def _join(join: Join) -> str | int:
    return join.count if join.count is not None else join.kind.value


def _branch(branch: Branch | ChoiceBranch, inherited: Basis) -> Data:
    own = branch.guard.basis if branch.guard else inherited
    return _given(
        {
            "branch": branch.id,
            "title": _text(branch.title),
            **_guard(branch.guard),
            **_basis(own, inherited),
            "steps": _items(branch.items, own),
        }
    )


def _choice_branch(branch: ChoiceBranch, inherited: Basis, by_table: bool) -> Data:
    said = _branch(branch, inherited)
    if by_table:
        said.pop("when", None)
    return said | _given({"to": branch.to, "main": branch.main, "likelihood": branch.likelihood})


def _row(row: DecisionRow, inherited: Basis) -> Data:
    cells = {name: list(alternatives) for name, alternatives in row.cells}
    return _given(
        {"when": cells, "then": row.branch, "note": _text(row.note), **_basis(row.basis, inherited)}
    )


def _step(step: Step) -> Data:
    says = kinds().shapes[step.kind.id]
    known = says.exits
    exits: Data = dict.fromkeys(known.keys() - {e.event for e in step.exits})
    exits = {event: exits[event] for event in known if event in exits}
    for event, group in groupby(step.exits, key=lambda e: e.event):
        own = known.get(event)
        forms = [_exit(e, step.basis) | _sends(e.sends, bool(own and own.sends)) for e in group]
        exits[event] = forms if len(forms) > 1 else forms[0]
    return {
        "kind": step.kind.id,
        "by": _ids(step.by),
        "lasts": step.wait
        and _given(
            {
                "for": write_duration(step.wait.duration),
                "reading": step.wait.reading and write_duration(step.wait.reading),
                **_basis(step.wait.basis, step.basis),
            }
        ),
        "within": _limit(step.limit, step.basis),
        "materials": [_material(m, step.basis) for m in step.materials],
        "produces": [m.id for m in step.produces],
        "visits": step.visits,
        "channel": step.channel.value,
        "fee": step.fee and _given({"yuan": _yuan(step.fee.fen), **_basis(step.fee.basis, step.basis)}),
        "effort": step.effort
        and _given(
            {
                "minutes": step.effort.minutes,
                "external_yuan": _yuan(step.effort.external_fen),
                **_basis(step.effort.basis, step.basis),
            }
        ),
        "collects": list(step.collects),
        "replaces": list(step.replaces),
        "different_person_from": list(step.different_person_from),
        "first_receiver": _first_receiver(step),
        **_sends(step.sends, bool(says.sends)),
        "stops_clock": step.stops_clock,
        "aside": step.aside,
        "note": _text(step.note),
        "on": exits,
    }


def _exit(exit_: Exit, inherited: Basis) -> Data:
    return _given(
        {
            "to": exit_.to,
            "by": _ids(exit_.by) if exit_.cause is Cause.ACTOR else None,
            "title": _text(exit_.title),
            **_guard(exit_.guard),
            "max": exit_.max,
            "main": exit_.main,
            "likelihood": exit_.likelihood,
            "after": exit_.after and write_duration(exit_.after),
            "message": exit_.message and _awaited(exit_.message),
            **_sends(exit_.sends),
            **_basis(exit_.basis, inherited),
        }
    )


def _first_receiver(step: Step) -> Data | bool | None:
    if step.first_receiver is None:
        return None
    return {"handover_by": _ids(step.first_receiver.handover_by)} if step.first_receiver.handover_by else True


def _awaited(message: Awaited) -> Data:
    return _given({"name": message.name, "key": message.key, "brings": dict(message.brings)})


def _sends(sends: Sequence[Send], by_kind: bool = False) -> Data:
    """`by_kind`: the kind sends something of itself, so that sending nothing must be said."""
    return {"sends": [_send(s) for s in sends]} if sends or by_kind else {}


def _send(send: Send) -> Data:
    to = send.role or send.agency
    return _given(
        {
            send.kind.value: to.id if to else send.name,
            "text": _text(send.text),
            "key": send.key,
            "data": dict(send.data),
        }
    )


def _limit(limit: Limit | None, inherited: Basis) -> Data | None:
    if limit is None:
        return None
    written = {
        key: write_duration(duration)
        for key, duration in (
            ("statutory", limit.statutory),
            ("reading", limit.reading),
            ("promised", limit.promised),
            ("warn", limit.warn),
        )
        if duration is not None
    }
    return _given(
        {
            **written,
            "extendable": _extension(limit),
            "from": limit.counted_from,
            **_basis(limit.basis, inherited),
            "promised_source": _sources(limit.promised_basis),
            "promised_assumed": _text(limit.promised_basis.assumed),
        }
    ) | {"expiry": _expiry(limit.expiry, limit.basis)}


def _extension(limit: Limit) -> Data | str | None:
    if limit.extension is None:
        return None
    length = write_duration(limit.extension)
    return {"for": length, "by": _ids(limit.extension_by)} if limit.extension_by else length


def _expiry(expiry: Expiry | None, inherited: Basis) -> Data | None:
    if expiry is None:
        return None
    role = expiry.role and expiry.role.id
    return _given(
        {"then": expiry.kind.value, "event": expiry.event, "role": role, **_basis(expiry.basis, inherited)}
    )


def _material(use: MaterialUse, inherited: Basis) -> Data:
    return _given(
        {
            "material": use.material.id,
            "form": use.form.value,
            "copies": use.copies,
            "shared": use.obtained_by_sharing,
            "optional": use.optional,
            **_basis(use.basis, inherited),
        }
    )


def _end(end: End, inherited: Basis) -> Data:
    return _given(
        {
            "outcome": end.outcome.value,
            "title": _text(end.title),
            "offers": end.offers,
            "switch": end.switch_to,
            **_sends(end.sends),
            **_basis(end.basis, inherited),
        }
    )


def _anywhere(one: Anywhere, inherited: Basis) -> Data:
    return _given(
        {
            "by": _ids(one.by),
            "title": _text(one.title),
            "to": one.to,
            "resume": {"event": one.resume, "by": _ids(one.resume_by)} if one.resume else None,
            "reason": "required" if one.reason_required else "optional",
            "stops_clock": one.stops_clock,
            "except": list(one.except_at),
            **_sends(one.sends),
            **_guard(one.guard),
            **_basis(one.basis, inherited),
        }
    )
