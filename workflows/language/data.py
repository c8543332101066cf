"""The data a case carries: declarations → `DataField`s, with their defaults checked."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.expressions import RESERVED
from jianban.workflows.language.parts import DataShape
from jianban.workflows.language.schema import ProcessShape
from jianban.workflows.language.terms import DataField, DataKind, Known
from jianban.workflows.language.validation import show
from jianban.workflows.texts import Text


def data_fields(process: ProcessShape, problems: list[Problem]) -> tuple[DataField, ...]:
    """The fields in the order of the file; what is wrong with them goes to `problems`."""
    return tuple(_field(id_, shape, process, problems) for id_, shape in process.data.items())


def _field(id_: str, shape: DataShape, process: ProcessShape, problems: list[Problem]) -> DataField:
    def report(message: Text, remedy: Text, key: str | None = None) -> None:
        position = shape.at(key) if key else process.at("data", id_)
        problems.append(Problem(code="J138", message=message, remedy=remedy, position=position))

    if id_ in RESERVED:
        report(_RESERVED.format(id=id_), _RESERVED_REMEDY)
    if (shape.type is None) == (shape.enum is None):
        report(_TYPE.format(id=id_), _TYPE_REMEDY)
    if shape.options is not None and shape.type != "list":
        report(_OPTIONS, _OPTIONS_REMEDY, "options")
    kind = DataKind(shape.type) if shape.type else DataKind.ENUM
    options = tuple((o, w.text) for o, w in (shape.enum or shape.options or {}).items())
    default = shape.default
    if default is not None:
        default = _default(kind, dict(options), default)
        if default is None:
            report(_DEFAULT.format(given=show(shape.default)), _DEFAULT_REMEDY, "default")
    known = shape.known
    if known is not None and known.key_ is not None and known.key_ not in process.data:
        report(_NO_KEY.format(id=known.key_), _NO_KEY_REMEDY, "known")
    return DataField(
        id=id_,
        title=shape.title.text,
        kind=kind,
        options=options,
        default=default,
        personal=shape.personal,
        known=known and Known(message=known.message, name=known.name or id_, key=known.key_),
        position=process.at("data", id_),
    )


def _default(
    kind: DataKind, options: dict[str, Text], value: object
) -> str | int | float | bool | tuple[str, ...] | None:
    """The default as the case carries it; None when it is not of the kind."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case DataKind.TEXT if isinstance(value, str):
            return value
        case DataKind.ENUM if isinstance(value, str) and value in options:
            return value
        case DataKind.INT if isinstance(value, int) and not isinstance(value, bool):
            return value
        case DataKind.NUMBER if isinstance(value, int | float) and number:
            return float(value)
        case DataKind.BOOL if isinstance(value, bool):
            return value
        case DataKind.MONEY if number or isinstance(value, str):
            return _fen(str(value))
        case DataKind.DATE if isinstance(value, str):
            return value if _is_date(value) else None
        case DataKind.LIST if isinstance(value, list):
            right = all(isinstance(v, str) and (not options or v in options) for v in value)
            return tuple(value) if right else None
    return None


def _fen(yuan: str) -> int | None:
    """Yuan with at most two decimals → fen."""
    if not re.match(r"-?[0-9]{1,12}(\.[0-9]{1,2})?\Z", yuan):
        return None
    return int(Decimal(yuan) * 100)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_RESERVED = Text("“{id}”是条件语言的保留字", "“{id}” is a word of the condition language")
_RESERVED_REMEDY = Text("请换一个编号", "Choose another id")
_TYPE = Text("“{id}”应写类型 type 或可选值 enum 之一", "“{id}” needs either a `type` or an `enum`")
_TYPE_REMEDY = Text(
    "写 type: bool 等，或写 enum: {编号: 名称}", "Write type: bool (or another), or enum: {id: title}"
)
_OPTIONS = Text("只有列表（list）才有 options", "only a list has `options`")
_OPTIONS_REMEDY = Text("请改用 type: list，或用 enum", "Use type: list, or `enum` for one value")
_NO_KEY = Text("主键所在的数据项“{id}”不存在", "there is no data field “{id}” to hold the key")
_NO_KEY_REMEDY = Text("请写一个数据项的编号，或删去 key", "Name a data field, or leave `key` out")
_DEFAULT = Text("默认值{given}与类型不符", "the default {given} does not fit the type")
_DEFAULT_REMEDY = Text(
    '默认值须与类型一致；可选值和列表只能用所列编号；日期如 "2022-03-01"；金额以元为单位',
    "A default has the field's type: a listed id for enums and lists, “2022-03-01” for dates, yuan for money",
)
