"""A decision table (判断表) → the conditions of the branches it chooses between.

The first row that fits decides. A cell holds for some values of its field, so that the values of a field fall
into a few segments, alike for every row; over these it is decided exactly that every combination has a row
and every row a combination. The conditions are then those that the rows mean, so that nothing after the
language needs to know of tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.model import Choice, DecisionRow
from jianban.workflows.language.names import FIELD, Names
from jianban.workflows.language.schema import ChoiceShape, RowShape
from jianban.workflows.language.terms import Basis, DataField, DataKind
from jianban.workflows.language.validation import show
from jianban.workflows.texts import Text, running

MOST = 20_000
"""How many combinations of segments are looked at before a table is called too large."""
ORDERED = frozenset({DataKind.INT, DataKind.NUMBER, DataKind.MONEY, DataKind.DATE})

Place: TypeAlias = tuple[Any, int]
"""A place on the line of an ordered field: at a value (0), just before it (−1) or just after it (1)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table, its values in segments that no cell divides."""

    field: DataField
    segments: tuple[str, ...]
    """Each as a cell would name it."""
    holds: tuple[frozenset[int], ...]
    """For each row the segments its cell holds for."""


def decision(
    shape: ChoiceShape, fields: Mapping[str, DataField], names: Names, basis: Basis
) -> tuple[tuple[DecisionRow, ...], Mapping[str, str]]:
    """The rows of a choice's table, and the condition of every branch but the last; empty where it is faulty.

    What is wrong goes to the problems of `names`.
    """
    rows = [_row(r, fields, names, basis) for r in shape.table or ()]
    faulty = len(names.problems)
    branches = dict.fromkeys((b.branch for b in shape.branches), True)
    for row in shape.table or ():
        names.find(branches, row.then, BRANCH, row.at("then"))
    for branch in shape.branches:
        if branch.when is not None:
            names.report("J145", _CONDITION, _CONDITION_REMEDY, branch.at("when"))
        if not any(r.then == branch.branch for r in shape.table or ()):
            names.report("J145", _UNUSED.format(id=branch.branch), _UNUSED_REMEDY, branch.at("branch"))
    known = [r for r in rows if r is not None]
    if len(names.problems) > faulty or len(known) < len(rows):
        return tuple(known), {}
    columns = _columns(known, fields)
    if uncovered := _uncovered(shape, columns, len(known)):
        names.problems += uncovered
        return tuple(known), {}
    conditions = {
        branch.branch: _condition(branch.branch, known, columns, fields) for branch in shape.branches[:-1]
    }
    return tuple(known), conditions


def columns_of(rows: Sequence[DecisionRow], fields: Mapping[str, DataField]) -> tuple[DataField, ...]:
    """The fields that a table looks at, in the order in which its rows name them.

    An item of a list, which is no field of the process, is called by its name.
    """
    names = dict.fromkeys(name for r in rows for name, _ in r.cells)
    return tuple(fields.get(n) or DataField(id=n, title=Text(n, n), kind=DataKind.TEXT) for n in names)


def table_rows(choice: Choice, fields: Mapping[str, DataField]) -> tuple[tuple[Text, Text], ...]:
    """The rows of a choice's table as people read them: the conditions, and the branch."""
    titles = {b.id: b.title for b in choice.branches}
    return tuple((_row_text(r, fields), titles[r.branch]) for r in choice.table)


def _row_text(row: DecisionRow, fields: Mapping[str, DataField]) -> Text:
    columns = {c.id: c for c in columns_of([row], fields)}
    said = [(columns[name].title, cell_text(columns[name], alternatives)) for name, alternatives in row.cells]
    return Text("，".join(f"{t.zh}：{c.zh}" for t, c in said), _row_en(said)) if said else _ELSE


def _row_en(said: Sequence[tuple[Text, Text]]) -> str:
    first, *others = (f"{title.en}: {cell.en}" for title, cell in said)
    return ", ".join((first, *map(running, others)))


def cell_text(field: DataField, alternatives: Sequence[str]) -> Text:
    """What a cell says to people; `alternatives` as in `DecisionRow`, empty for any value."""
    if not alternatives:
        return _ANY
    said = [_said(field, a) for a in alternatives]
    return Text("、".join(t.zh for t in said), " / ".join(t.en for t in said))


def _said(field: DataField, alternative: str) -> Text:
    if field.kind is DataKind.ENUM:
        return dict(field.options).get(alternative, Text(alternative, alternative))
    if field.kind is DataKind.BOOL:
        return _YES if alternative == "true" else _NO
    words = alternative.replace("..", "–") if field.kind in ORDERED else alternative
    for sign, word in (("<=", "≤"), (">=", "≥"), ("<", "<"), (">", ">")):
        if field.kind in ORDERED and words.startswith(sign):
            words = f"{word} {words[len(sign) :]}"
            break
    return Text(f"{words} 元", f"CNY {words}") if field.kind is DataKind.MONEY else Text(words, words)


def _row(
    shape: RowShape, fields: Mapping[str, DataField], names: Names, inherited: Basis
) -> DecisionRow | None:
    cells: list[tuple[str, tuple[str, ...]]] = []
    right = True
    for name, raw in shape.when.items():
        field = names.find(fields, name, FIELD, shape.at("when", name))
        if field is None:
            right = False
            continue
        given = raw if isinstance(raw, list) else [raw]
        read = [_alternative(field, one) for one in given]
        if field.kind is DataKind.LIST or not given or None in read:
            message = _CELL.format(id=name, given=show(raw))
            names.report("J145", message, _CELL_REMEDY, shape.at("when", name))
            right = False
        cells.append((name, tuple(one for one in read if one is not None)))
    if not right:
        return None
    return DecisionRow(
        cells=tuple(cells),
        branch=shape.then,
        note=shape.note.text if shape.note else None,
        basis=names.basis(shape, inherited),
        position=shape.at(),
    )


def _alternative(field: DataField, raw: object) -> str | None:
    """A value or range as written → the same in one form; None when it does not fit the field."""
    if isinstance(raw, bool):
        raw = str(raw).lower()
        return raw if field.kind is DataKind.BOOL else None
    written = str(raw) if isinstance(raw, str | int | float) else ""
    match field.kind:
        case DataKind.ENUM:
            return written if written in dict(field.options) else None
        case DataKind.BOOL:
            return written if written in ("true", "false") else None
        case DataKind.TEXT:
            return written if isinstance(raw, str) and written else None
        case kind if kind in ORDERED:
            parts = re.fullmatch(
                r"\s*(<=|>=|<|>)\s*(\S+)\s*|\s*(\S+?)\s*\.\.\s*(\S+)\s*|\s*(\S+)\s*", written
            )
            if parts is None:
                return None
            sign, bound, low, high, alone = parts.groups()
            values = [v for v in (bound, low, high, alone) if v is not None]
            if any(_value(field, v) is None for v in values):
                return None
            if low is not None:
                return f"{low}..{high}" if _value(field, low) <= _value(field, high) else None
            return f"{sign or ''}{values[0]}"
    return None


def _value(field: DataField, written: str) -> Any:
    """A value of an ordered field; money in fen. None when it is none."""
    if field.kind is DataKind.DATE:
        try:
            return date.fromisoformat(written) if re.fullmatch(r"\d{4}-\d\d-\d\d", written) else None
        except ValueError:
            return None
    decimals = {DataKind.INT: r"", DataKind.MONEY: r"(\.[0-9]{1,2})?", DataKind.NUMBER: r"(\.[0-9]{1,9})?"}
    if not re.fullmatch(rf"-?[0-9]{{1,12}}{decimals[field.kind]}", written):
        return None
    number = Decimal(written)
    return number * 100 if field.kind is DataKind.MONEY else number


def _bounds(field: DataField, alternative: str) -> tuple[str, Any, Any]:
    """The sign of a range and its bounds; both are the value for a single one."""
    sign = re.match(r"<=|>=|<|>", alternative)
    if sign is not None:
        bound = _value(field, alternative[sign.end() :])
        return sign.group(), bound, bound
    low, _, high = alternative.partition("..")
    return "..", _value(field, low), _value(field, high or low)


def _columns(rows: Sequence[DecisionRow], fields: Mapping[str, DataField]) -> list[Column]:
    found: list[Column] = []
    for field in columns_of(rows, fields):
        written = [dict(r.cells).get(field.id, ()) for r in rows]
        if field.kind in ORDERED:
            segments, holds = _ordered(field, [a for cell in written for a in cell])
        else:
            if field.kind is DataKind.BOOL:
                known = ["true", "false"]
            elif field.kind is DataKind.ENUM:
                known = [id_ for id_, _ in field.options]
            else:
                known = [*dict.fromkeys(a for cell in written for a in cell), _OTHER]
            segments = known
            holds = {a: frozenset({known.index(a)}) for cell in written for a in cell}
        every = frozenset(range(len(segments)))
        found.append(
            Column(
                field,
                tuple(segments),
                tuple(
                    frozenset[int]().union(*(holds[a] for a in cell)) if cell else every for cell in written
                ),
            )
        )
    return found


def _ordered(field: DataField, alternatives: Sequence[str]) -> tuple[list[str], dict[str, frozenset[int]]]:
    """The values written, what lies between, before and after them; and where each alternative holds."""
    bounds = {a: _bounds(field, a) for a in alternatives}
    names = {
        b: w
        for a in alternatives
        for w in re.split(r"\.\.|<=|>=|<|>", a)
        if w and (b := _value(field, w)) is not None
    }
    values = sorted(names)
    segments, places = [f"<{names[values[0]]}"], [(values[0], -1)]
    for value, following in zip(values, [*values[1:], None], strict=True):
        segments.append(names[value])
        places.append((value, 0))
        if following is None:
            segments.append(f">{names[value]}")
            places.append((value, 1))
        elif not _adjacent(field, value, following):
            segments.append(f">{names[value]}, <{names[following]}")
            places.append((value, 1))
    tests: Mapping[str, Callable[[Place, Any, Any], bool]] = {
        "<": lambda at, low, high: at < (low, 0),
        "<=": lambda at, low, high: at <= (low, 0),
        ">": lambda at, low, high: at > (low, 0),
        ">=": lambda at, low, high: at >= (low, 0),
        "..": lambda at, low, high: (low, 0) <= at <= (high, 0),
    }
    holds = {
        a: frozenset(i for i, at in enumerate(places) if tests[sign](at, low, high))
        for a, (sign, low, high) in bounds.items()
    }
    return segments, holds


def _adjacent(field: DataField, value: Any, following: Any) -> bool:
    """Whether nothing lies between two values."""
    if field.kind is DataKind.DATE:
        return (following - value).days == 1
    return field.kind is not DataKind.NUMBER and following - value == 1


def _uncovered(shape: ChoiceShape, columns: Sequence[Column], count: int) -> list[Problem]:
    """Combinations without a row, and rows without a combination."""
    reached: set[int] = set()
    gaps: list[tuple[str, ...]] = []
    seen: set[tuple[int, frozenset[int]]] = set()
    waiting: list[tuple[int, frozenset[int], tuple[str, ...]]] = [(0, frozenset(range(count)), ())]
    while waiting and len(seen) <= MOST:
        at, rows, told = waiting.pop()
        if (at, rows) in seen:
            continue
        seen.add((at, rows))
        if not rows:
            gaps.append(told)
        elif at == len(columns) or all(len(c.segments) == len(c.holds[min(rows)]) for c in columns[at:]):
            reached.add(min(rows))
        else:
            column = columns[at]
            for i in reversed(range(len(column.segments))):
                left = frozenset(r for r in rows if i in column.holds[r])
                waiting.append((at + 1, left, (*told, column.segments[i])))
    where = shape.at("table")
    if len(seen) > MOST:
        return [Problem(code="J145", message=_LARGE, remedy=_LARGE_REMEDY, position=where)]
    problems: list[Problem] = []
    if gaps:
        said = [
            (c.field.title, _segment(c.field, segment)) for c, segment in zip(columns, gaps[0], strict=False)
        ]
        case = Text(
            "，".join(f"{t.zh}：{v.zh}" for t, v in said), ", ".join(f"{t.en}: {v.en}" for t, v in said)
        )
        problems.append(
            Problem(code="J146", message=_GAP.format(case=case), remedy=_GAP_REMEDY, position=where)
        )
    for i, row in enumerate(shape.table or ()):
        if i not in reached:
            message = _NEVER.format(number=i + 1)
            problems.append(Problem(code="J147", message=message, remedy=_NEVER_REMEDY, position=row.at()))
    return problems


def _segment(field: DataField, segment: str) -> Text:
    if segment == _OTHER:
        return _ANOTHER
    low, *high = (_said(field, part) for part in segment.split(", "))
    return Text(f"{low.zh} 且 {high[0].zh}", f"{low.en} and {high[0].en}") if high else low


def _condition(
    branch: str, rows: Sequence[DecisionRow], columns: Sequence[Column], fields: Mapping[str, DataField]
) -> str:
    """When a row of the branch is the first that fits."""
    ways: list[str] = []
    for i, row in enumerate(rows):
        if row.branch != branch:
            continue
        before = [
            j for j in range(i) if rows[j].branch != branch and all(c.holds[i] & c.holds[j] for c in columns)
        ]
        parts = [*_cells(row, fields), *(f"!({' && '.join(_cells(rows[j], fields))})" for j in before)]
        ways.append(" && ".join(parts) or "true")
    return ways[0] if len(ways) == 1 else " || ".join(f"({way})" for way in ways)


def _cells(row: DecisionRow, fields: Mapping[str, DataField]) -> list[str]:
    found: list[str] = []
    for name, alternatives in row.cells:
        tests = [_test(fields[name], a) for a in alternatives]
        found.append(tests[0] if len(tests) == 1 else f"({' || '.join(tests)})")
    return found


def _test(field: DataField, alternative: str) -> str:
    if field.kind is DataKind.BOOL:
        return field.id if alternative == "true" else f"!{field.id}"
    if field.kind not in ORDERED:
        return f"{field.id} == {json.dumps(alternative, ensure_ascii=False)}"
    sign, low, high = _bounds(field, alternative)
    if sign != "..":
        return f"{field.id} {sign} {_literal(field, low)}"
    if low == high:
        return f"{field.id} == {_literal(field, low)}"
    return f"{field.id} >= {_literal(field, low)} && {field.id} <= {_literal(field, high)}"


def _literal(field: DataField, value: Any) -> str:
    match field.kind:
        case DataKind.DATE:
            return f'date("{value.isoformat()}")'
        case DataKind.NUMBER:
            return str(float(value))
        case _:
            return str(int(value))


BRANCH = "J145", Text("分支", "branch")
_OTHER = "…"
_ELSE = Text("其余情形", "all else")
_ANY = Text("不限", "any")
_ANOTHER = Text("其他", "another")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_CONDITION = Text("按判断表选择的分支不另写条件", "a branch that a table chooses has no condition of its own")
_CONDITION_REMEDY = Text("请删去 when，或删去 table", "Remove the `when`, or the `table`")
_UNUSED = Text("判断表没有通向分支“{id}”的一行", "no row of the table leads to the branch “{id}”")
_UNUSED_REMEDY = Text("请补上一行，或删去该分支", "Add a row, or remove the branch")
_CELL = Text("{given}不是数据项“{id}”的取值或范围", "{given} is no value or range of “{id}”")
_CELL_REMEDY = Text(
    "写一个取值或其列表；数、金额（元）和日期可写 5..10、<5、>=5；列表类数据项不能用于判断表",
    "Give a value or a list of them; numbers, money in yuan and dates also 5..10, <5, >=5; no list fields",
)
_LARGE = Text("判断表的组合过多，无法逐一核对", "the table has too many combinations to check")
_LARGE_REMEDY = Text("请拆成几个判断", "Split it into several choices")
_GAP = Text("判断表有遗漏，例如：{case}", "the table leaves a case out, e.g. {case}")
_GAP_REMEDY = Text(
    "请补上一行；不写 when 的一行为其余情形", "Add a row; one without `when` stands for all else"
)
_NEVER = Text(
    "第 {number} 行永远轮不到：前面各行已经覆盖", "row {number} is never reached: those before it cover it"
)
_NEVER_REMEDY = Text("请移到前面，或删去", "Move it up, or remove it")
