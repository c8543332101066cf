"""Periods as definitions write them: how long they are, and what they run from."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.language.names import STEP_OR_DATE, Names
from jianban.workflows.language.parts import TimerShape, WaitShape
from jianban.workflows.language.terms import DataField, DataKind, Duration, Origin
from jianban.workflows.texts import Text


def period(
    names: Names, shape: TimerShape, steps: Mapping[str, object], fields: Mapping[str, DataField]
) -> tuple[Duration, Origin | None] | None:
    """The length of a period, as stated or planned, and what it runs from; None when it has neither.

    Reports a period without a length or a date to end it, a planned length beside a stated one, and a `from`
    that is neither a step nor a date.
    """
    origin: Origin | None = None
    if shape.from_ is not None:
        day = fields.get(shape.from_)
        if day is not None and day.kind is DataKind.DATE:
            origin = Origin(day=shape.from_, exact=shape.for_ is None)
            if shape.from_ in steps:
                names.report("J139", _BOTH.format(name=shape.from_), _BOTH_REMEDY, shape.at("from"))
        else:
            dates = {f.id: True for f in fields.values() if f.kind is DataKind.DATE}
            names.find({**steps, **dates}, shape.from_, STEP_OR_DATE, shape.at("from"))
            origin = Origin(step=shape.from_)
    exact = origin is not None and origin.exact
    if shape.for_ is None and not exact:
        names.report("J139", _NO_LENGTH, _NO_LENGTH_REMEDY, shape.at())
        return None
    if exact != (shape.planned is not None):
        message = _NOT_PLANNED if exact else _PLANNED
        names.report("J139", message, _PLANNED_REMEDY, shape.at("planned"))
    if exact and isinstance(shape, WaitShape) and shape.reading is not None:
        names.report("J139", _READING, _READING_REMEDY, shape.at("reading"))
    length = shape.for_ or shape.planned
    return None if length is None else (length, origin)


_NO_LENGTH = Text("没有写期间多长", "the period has no length")
_NO_LENGTH_REMEDY = Text(
    "请写 for，如 for: 20 days；或在 from 写一个日期数据项，至该日为止",
    "Give `for`, e.g. for: 20 days, or a date of the case in `from`, with which it ends",
)
_NOT_PLANNED = Text(
    "期间至办件数据中的日期为止，没有写推演时按多久",
    "a period that a date of the case ends does not say how long it is taken to last",
)
_PLANNED = Text(
    "期间有确定的长度，不必另写推演的长度", "a period with a length of its own is planned with that"
)
_PLANNED_REMEDY = Text(
    "有 for 的不写 planned；没有 for 的须写，如 planned: 1 year",
    "Give `planned`, e.g. planned: 1 year, without `for` and only then",
)
_READING = Text("没有写期间，无从理解", "there is no period to read")
_READING_REMEDY = Text("请写 for，或删去 reading", "Give `for`, or remove `reading`")
_BOTH = Text("“{name}”既是步骤又是日期数据项", "“{name}” is both a step and a date of the case")
_BOTH_REMEDY = Text("请给其中一个换一个编号", "Give one of them another id")
