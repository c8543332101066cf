"""Which conditions can hold together, decided by trying them on a small domain of data.

A condition that compares single fields with constants changes its truth only at those constants. So it
is enough to try, per field it reads: every option of an enum; true and false; for numbers and money
each constant, its neighbours and the values between; for dates each day written and its neighbours; for
texts each text written and another one; for lists every subset of the options that matter. On these the
answer is exact. With arithmetic, a comparison of two fields, or functions on texts it is only a trial,
and too many combinations are not tried at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise, product

from jianban.workflows.language.expressions import Value, check, program
from jianban.workflows.language.terms import DataField, DataKind, Guard
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_yuan

MAX_CASES = 4096
"""Combinations of data that are tried for one set of conditions."""
MAX_MEMBERS = 6
"""Members of a list all of whose subsets are tried."""

YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
OTHER = "…"
"""A text that no condition mentions."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination of data, and which of the conditions hold for it."""

    data: Mapping[str, Value]
    holds: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All conditions of one place, tried together."""

    trials: tuple[Trial, ...]
    exact: bool
    """True when what no trial shows cannot happen."""

    def first(self, *, true: Sequence[int] = (), false: Sequence[int] = ()) -> Trial | None:
        """The first trial for which these conditions hold and those do not."""
        for trial in self.trials:
            if all(trial.holds[i] for i in true) and not any(trial.holds[i] for i in false):
                return trial
        return None


def survey(conditions: Sequence[Guard], fields: Mapping[str, DataField]) -> Survey:
    """Try the conditions on their domain; each must have passed `expressions.check`."""
    checked = [check(c.expression, fields) for c in conditions]
    names = sorted({n for c in checked for n in c.names})
    constants = [k for c in checked for k in c.constants]
    domains = [_domain(fields[n], constants) for n in names]
    if math.prod(len(values) for values, _ in domains) > MAX_CASES:
        return Survey((), exact=False)
    programs = [program(c.expression, fields) for c in conditions]
    trials: list[Trial] = []
    for row in product(*(values for values, _ in domains)):
        data = dict(zip(names, row, strict=True))
        trials.append(Trial(data, tuple(p(data) is True for p in programs)))
    exact = all(sure for _, sure in domains) and all(_plain(c.expression, fields) for c in conditions)
    return Survey(tuple(trials), exact=exact)


def told(data: Mapping[str, Value], fields: Mapping[str, DataField]) -> Text:
    """Data as people read it."""
    if not data:
        return Text("任何情形", "any case")
    pairs = [(fields[name], value) for name, value in data.items()]
    return Text(
        "，".join(f"{f.title.zh}＝{_said(f, v).zh}" for f, v in pairs),
        ", ".join(f"{f.title.en} = {_said(f, v).en}" for f, v in pairs),
    )


def _said(field: DataField, value: Value) -> Text:
    titles = dict(field.options)
    match value:
        case bool():
            return YES_NO[value]
        case tuple():
            members = [titles.get(m, Text(m, m)) for m in value]
            if not members:
                return Text("（空）", "(none)")
            return Text("、".join(m.zh for m in members), " and ".join(m.en for m in members))
        case int() if field.kind is DataKind.MONEY:
            return Text(format_yuan(value, "zh"), format_yuan(value, "en"))
        case str() if value in titles:
            return titles[value]
        case _:
            return Text(str(value), str(value))


def _domain(field: DataField, constants: Sequence[str | int | float]) -> tuple[tuple[Value, ...], bool]:
    """The values to try for a field, and whether they stand for all."""
    numbers = sorted({k for k in constants if isinstance(k, (int, float))})
    texts = sorted({k for k in constants if isinstance(k, str)})
    match field.kind:
        case DataKind.BOOL:
            return (False, True), True
        case DataKind.ENUM:
            return tuple(option for option, _ in field.options), True
        case DataKind.INT | DataKind.MONEY:
            whole = {math.floor(k) for k in numbers} or {0}
            return tuple(sorted({k + d for k in whole for d in (-1, 0, 1)})), True
        case DataKind.NUMBER:
            steps = [float(k) for k in numbers] or [0.0]
            between = [(a + b) / 2 for a, b in pairwise(steps)]
            return tuple(sorted({*steps, *between, steps[0] - 1, steps[-1] + 1})), True
        case DataKind.DATE:
            days = [d for t in texts if (d := _day(t)) is not None] or [date(2000, 1, 1)]
            return tuple(sorted({d + timedelta(n) for d in days for n in (-1, 0, 1)})), True
        case DataKind.TEXT:
            return (*texts, OTHER), True
        case DataKind.LIST:
            return _lists(
                [option for option, _ in field.options] or [*texts, OTHER], numbers, bool(field.options)
            )


def _lists(
    members: Sequence[str], numbers: Sequence[int | float], closed: bool
) -> tuple[tuple[Value, ...], bool]:
    if len(members) <= MAX_MEMBERS:
        lists = [tuple(c) for size in range(len(members) + 1) for c in combinations(members, size)]
    else:
        lists = [(), *((m,) for m in members), tuple(members)]
        lists += [tuple(members[: math.floor(k) + d]) for k in numbers for d in (-1, 0, 1)]
    if not closed:
        sizes = {math.floor(k) + d for k in numbers for d in (-1, 0, 1)}
        lists += [(OTHER,) * size for size in sorted(sizes) if 1 < size <= MAX_CASES]
    unique: dict[Value, None] = dict.fromkeys(lists)
    return tuple(unique), len(members) <= MAX_MEMBERS and (closed or not numbers)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(expression: str, fields: Mapping[str, DataField]) -> bool:
    """True when no part computes with, or compares, fields that have endless values."""
    bare = _TEXT.sub("", expression)
    for part in _CONNECTIVE.split(bare):
        endless = {n for n in _WORD.findall(part) if n in fields and not _complete(fields[n])}
        if len(endless) > 1 or (endless and _COMPUTES.search(part)):
            return False
    return True


def _complete(field: DataField) -> bool:
    """True when all values of a field are tried."""
    if field.kind is DataKind.LIST:
        return bool(field.options) and len(field.options) <= MAX_MEMBERS
    return field.kind in (DataKind.BOOL, DataKind.ENUM)


_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_CONNECTIVE = re.compile(r"&&|\|\||\?|:|!(?!=)")
_COMPUTES = re.compile(
    r"[+*/%]|[\w)]\s*-|-\s*[a-z(]|\.(?:contains|startsWith|endsWith|matches|map|get\w+)\b|\b(?:int|double|string)\("
)
