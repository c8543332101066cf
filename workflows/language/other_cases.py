"""A call as a case of its own: a step that opens the other case and waits for the message of its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import Exit, Process, Step
from jianban.workflows.language.names import FIELD
from jianban.workflows.language.schema import CallShape
from jianban.workflows.language.scope import Scope
from jianban.workflows.language.sends import pairs
from jianban.workflows.language.steps import Steps
from jianban.workflows.language.terms import Awaited, Basis, Cause, Channel, DataField, Send, SendKind
from jianban.workflows.texts import Text

KIND = "await"


def answer(call: str, end: str) -> str:
    """The message by which a case that a call opened tells that it has reached an end."""
    return f"case.{call}.{end}"


def as_case(
    shape: CallShape, process: Process, exits: Sequence[Exit], scope: Scope, steps: Steps, basis: Basis
) -> Step:
    """The step that a call with `as: case` stands for.

    Without `data` and `brings`, fields of the same id and type go along and come back.
    """
    names = scope.names
    if isinstance(shape.replaces, dict):
        names.report("J139", _BY_STEP.format(call=shape.call), _BY_STEP_REMEDY, shape.key_at("replaces"))
    if shape.by is None:
        names.report("J111", _NO_ROLE.format(call=shape.call), _NO_ROLE_REMEDY, shape.at())
    if shape.key_ is not None:
        names.find(scope.fields, shape.key_, FIELD, shape.at("key"))
    theirs = process.fields
    same = tuple((f.id, f.id) for f in process.data if _alike(f, scope.fields.get(f.id)))
    data = same if shape.data is None else pairs(shape.data)
    brings = same if shape.brings is None else pairs(shape.brings)
    for key, between in (("data", data), ("brings", [(their, own) for own, their in brings])):
        for their, own in between:
            place = shape.at(key, own if key == "brings" else their)
            ours = names.find(
                {**scope.fields, **scope.extra} if key == "data" else scope.fields, own, FIELD, place
            )
            other = names.find(theirs, their, FIELD, place)
            if ours and other and not _alike(other, ours):
                names.report("J138", _CLASH.format(own=own, their=their), _CLASH_REMEDY, place)
    return Step(
        id=shape.call,
        title=shape.title.text if shape.title else process.title,
        kind=kinds().kinds[KIND],
        by=names.roles(shape, "by", shape.by) if shape.by else (),
        channel=Channel.INTERNAL,
        exits=tuple(
            replace(
                e,
                cause=Cause.MESSAGE,
                message=Awaited(name=answer(shape.call, e.event), brings=brings),
            )
            for e in exits
        ),
        limit=steps.limit(shape, basis, None),
        replaces=tuple(shape.replaces),
        sends=(Send(kind=SendKind.OPEN, name=shape.process, key=shape.key_, data=data),),
        basis=basis,
        position=shape.at(),
    )


def _alike(one: DataField, other: DataField | None) -> bool:
    return other is not None and (one.kind, one.options) == (other.kind, other.options)


_NO_ROLE = Text("“{call}”没有写由谁跟进（by）", "“{call}” does not say who follows it up (`by`)")
_NO_ROLE_REMEDY = Text("另立办件的调用请写 by", "Add `by` to a call that is a case of its own")
_BY_STEP = Text(
    "“{call}”另立办件，其步骤不属于本办件，不能逐步写 replaces",
    "“{call}” is a case of its own: its steps are none of this one, and replace nothing here one by one",
)
_BY_STEP_REMEDY = Text("replaces 写编号的列表", "Let `replaces` be a list of ids")
_CLASH = Text(
    "数据项“{own}”与另立办件的“{their}”类型不同",
    "the data field “{own}” and “{their}” of the other case are of different types",
)
_CLASH_REMEDY = Text("请对应同类型的数据项", "Pair fields of the same type")
