"""A case's data: typed as its process declares, kept in the order of the fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.state import Value
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.texts import Text

MAX_ITEMS = 1_000
"""Items of one list."""
MAX_NAME = 80
"""Characters of a wrong name in a refusal."""
MAX_TEXT = 10_000
"""Characters of one text."""

KINDS = {
    DataKind.TEXT: Text(f"不超过 {MAX_TEXT} 字的文字", f"a text of at most {MAX_TEXT} characters"),
    DataKind.INT: Text("整数", "a whole number"),
    DataKind.NUMBER: Text("数字", "a number"),
    DataKind.BOOL: Text("“是”或“否”（true 或 false）", "true or false"),
    DataKind.DATE: Text("日期（如 2024-07-01）", "a date such as 2024-07-01"),
    DataKind.MONEY: Text("以分为单位的整数金额", "an amount in whole fen"),
    DataKind.ENUM: Text("所列选项之一", "one of the options"),
    DataKind.LIST: Text(f"不超过 {MAX_ITEMS} 项的文字清单", f"a list of at most {MAX_ITEMS} texts"),
}


def read(given: Mapping[str, Any], fields: Mapping[str, DataField]) -> dict[str, Value] | Refusal:
    """The values given, typed; None counts as not given."""
    values: dict[str, Value] = {}
    for name, raw in given.items():
        field = fields.get(name)
        if field is None:
            return _unknown(str(name), fields)
        if raw is None:
            continue
        value = _READERS[field.kind](raw)
        if value is None:
            return refuse(Rule.DATA, "type", name, title=field.title, kind=KINDS[field.kind], name=name)
        if field.options:
            options = [o for o, _title in field.options]
            for item in value if isinstance(value, tuple) else (value,):
                if item not in options:
                    listed = Text("、".join(options), ", ".join(options))
                    return refuse(Rule.DATA, "options", name, title=field.title, value=item, options=listed)
        values[name] = value
    return values


def initial(values: Mapping[str, Value], fields: Mapping[str, DataField]) -> tuple[Value, ...]:
    """The data a case starts with: what was given, else the default."""
    return tuple(values.get(name, field.default) for name, field in fields.items())


def merged(data: tuple[Value, ...], brought: tuple[Value, ...]) -> tuple[Value, ...]:
    """The data with what an event brought."""
    return (
        tuple(new if new is not None else old for new, old in zip(brought, data, strict=True))
        if brought
        else data
    )


def _unknown(name: str, fields: Mapping[str, DataField]) -> Refusal:
    name = name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
    near = get_close_matches(name, fields, 1, 0.6)
    if near:
        return refuse(Rule.DATA, "near_field", name, name=name, near=near[0])
    known = Text("、".join(fields) or "无", ", ".join(fields) or "none")
    return refuse(Rule.DATA, "unknown_field", name, name=name, known=known)


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and len(raw) <= MAX_TEXT else None


def _int(raw: object) -> int | None:
    return raw if type(raw) is int and -(2**63) <= raw < 2**63 else None


def _number(raw: object) -> float | None:
    if type(raw) not in (int, float):
        return None
    try:
        value = float(raw)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _bool(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _date(raw: object) -> date | None:
    if isinstance(raw, str):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None
    return raw if isinstance(raw, date) and not isinstance(raw, datetime) else None


def _list(raw: object) -> tuple[str, ...] | None:
    if not isinstance(raw, list | tuple) or len(raw) > MAX_ITEMS:
        return None
    return tuple(raw) if all(_text(item) is not None for item in raw) else None


_READERS = {
    DataKind.TEXT: _text,
    DataKind.ENUM: _text,
    DataKind.INT: _int,
    DataKind.MONEY: _int,
    DataKind.NUMBER: _number,
    DataKind.BOOL: _bool,
    DataKind.DATE: _date,
    DataKind.LIST: _list,
}
