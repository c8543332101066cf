"""Conditions in CEL, the Common Expression Language, over a case's data.

`check` proves a condition when a definition is loaded: every name is a declared field, every comparison has
matching types, every enum is compared with an option it has, and the result is true or false. `program`
compiles it for running. The CEL library is imported at the first use.

Types: `text` and `enum` are strings, `int` and `money` (fen) whole numbers, `number` a decimal number, `bool`
true or false, `date` a day (write `date("2024-07-01")`), `list` a list of strings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.expression_faults import (
    EVALUATION,
    ExpressionFault,
    bad_literal,
    mixed_order,
    not_allowed,
    not_bool,
    read_cel_errors,
    too_long,
    too_nested,
    unknown_option,
    unwritable,
)
from jianban.workflows.language.expression_tree import (
    Call,
    Comprehension,
    Items,
    Literal,
    Name,
    Other,
    Tree,
    tree,
)
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import DataField, DataKind, Guard
from jianban.workflows.texts import Text

MAX_LENGTH = 2_000
"""Characters of one expression."""
MAX_LOOPS = 2
"""List macros (`exists`, `all`, …) inside one another: the cost is the length of the lists to this power."""

RESERVED = frozenset(
    {
        "as", "bool", "break", "bytes", "const", "continue", "double", "dyn", "else", "false", "for",
        "function", "if", "import", "in", "int", "let", "list", "loop", "map", "namespace", "null",
        "null_type", "package", "return", "string", "true", "type", "uint", "var", "void", "while",
    }
)  # fmt: skip
"""Words of CEL that cannot name a data field."""

FUNCTIONS = (
    "all", "contains", "date", "double", "duration", "endsWith", "exists", "exists_one", "filter", "getDate",
    "getDayOfMonth", "getDayOfWeek", "getFullYear", "getMonth", "int", "map", "matches", "size", "startsWith",
    "string", "timestamp",
)  # fmt: skip

Value: TypeAlias = str | int | float | bool | date | tuple[str, ...] | None
"""A value of a data field; None is missing."""

_ORDER = ("_<_", "_<=_", "_>_", "_>=_")
_FROM_TEXT = ("date", "timestamp", "duration", "matches")


class ExpressionError(JianbanError):
    """An expression is wrong; `faults` holds everything found, first by place."""

    def __init__(self, faults: Iterable[ExpressionFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: f.offset))
        zh = "；".join(f"{f.text.zh}。{f.remedy.zh}" for f in self.faults)
        en = "; ".join(f"{f.text.en}. {f.remedy.en}" for f in self.faults)
        super().__init__(Text(zh, en))

    @property
    def offset(self) -> int:
        """Where the first fault stands, in characters of the expression from 0."""
        return self.faults[0].offset

    @property
    def suggestion(self) -> str | None:
        """The nearest known name or option, when one is near."""
        return self.faults[0].suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    expression: str
    names: tuple[str, ...]
    """The data fields it reads, sorted."""
    constants: tuple[str | int | float, ...]
    """The literal values in it, in order of appearance: where its truth may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFault:
    """A condition that gave neither true nor false; falsy, so that it refuses like False."""

    text: Text
    missing: tuple[str, ...] = ()
    """The fields without a value that it needed, sorted."""

    def __bool__(self) -> bool:
        return False


def check(
    expression: str, fields: Mapping[str, DataField], extra: Mapping[str, DataKind | DataField] | None = None
) -> Checked:
    """Prove that an expression is a condition over these fields.

    Args:
        extra: further names, e.g. the item of a list; a `DataField` also carries options.

    Raises:
        ExpressionError: with all that is wrong.
    """
    declared = _declared(fields, extra)
    names, constants = _checked(expression, tuple((n, f.kind, _options(f)) for n, f in declared.items()))
    return Checked(expression=expression, names=names, constants=constants)


class Program:
    """A compiled condition; call it with the case's data. Safe to share between threads."""

    __slots__ = ("_eval", "_inputs", "constants", "names")

    def __init__(
        self,
        evaluate: Callable[..., Any],
        kinds: Iterable[tuple[str, DataKind]],
        constants: tuple[str | int | float, ...],
    ) -> None:
        self._eval = evaluate
        self.constants = constants
        self._inputs = tuple((name, _CONVERTERS.get(kind)) for name, kind in kinds)
        self.names = tuple(name for name, _convert in self._inputs)

    def __call__(self, data: Mapping[str, Any]) -> bool | EvaluationFault:
        values = {}
        for name, convert in self._inputs:
            value = data.get(name)
            if value is not None:
                values[name] = convert(value) if convert else value
        try:
            result = self._eval(data=values).value()
        except (RuntimeError, TypeError) as error:
            result = str(error)
        if result is True or result is False:
            return result
        missing = tuple(n for n in self.names if n not in values)
        if missing:
            return missing_data(missing)
        detail = str(result)
        cause = next(
            (c for c in ("divide by zero", "overflow", "Index error", "value type") if c in detail), ""
        )
        return EvaluationFault(text=EVALUATION[cause])


def missing_data(names: tuple[str, ...]) -> EvaluationFault:
    """The fault of a condition that needs these fields and finds no value in them."""
    listed = Text("、".join(names), ", ".join(names))
    return EvaluationFault(text=EVALUATION["missing"].format(names=listed), missing=names)


def program(
    expression: str, fields: Mapping[str, DataField], extra: Mapping[str, DataKind | DataField] | None = None
) -> Program:
    """Check and compile an expression; the same one is compiled once.

    Raises:
        ExpressionError: as `check`.
    """
    declared = _declared(fields, extra)
    return _program(expression, tuple((n, f.kind, _options(f)) for n, f in declared.items()))


def evaluate(
    guard: Guard, fields: Mapping[str, DataField], data: Mapping[str, Value]
) -> bool | EvaluationFault:
    """Whether a guard holds for the data; anything but True is a refusal."""
    return program(guard.expression, fields)(data)


_Declared: TypeAlias = tuple[tuple[str, DataKind, tuple[str, ...]], ...]


@lru_cache(maxsize=4096)
def _program(expression: str, declared: _Declared) -> Program:
    names, constants = _checked(expression, declared)
    kinds = {n: k for n, k, _options in declared}
    used = tuple((n, kinds[n]) for n in names)
    return Program(_environment(used).compile(expression).eval, used, constants)


@lru_cache(maxsize=4096)
def _checked(expression: str, declared: _Declared) -> tuple[tuple[str, ...], tuple[str | int | float, ...]]:
    if len(expression) > MAX_LENGTH:
        raise ExpressionError([too_long(len(expression), MAX_LENGTH)])
    at = next((i for i, c in enumerate(expression) if "\ud800" <= c <= "\udfff" or c == "\0"), None)
    if at is not None:
        raise ExpressionError([unwritable(at)])
    usable = tuple((n, k) for n, k, _options in declared if n not in RESERVED)
    try:
        compiled = _environment(usable).compile(expression)
    except RuntimeError as error:
        raise ExpressionError(
            read_cel_errors(str(error), expression, [n for n, _k in usable], FUNCTIONS)
        ) from None
    root = tree(compiled.serialize())
    options = {n: o for n, _kind, o in declared if o}
    faults = list(_faults(root, options, 0))
    if compiled.return_type().name() != "BOOL":
        faults.append(not_bool(compiled.return_type().name()))
    if faults:
        raise ExpressionError(faults)
    names: set[str] = set()
    constants: dict[str | int | float, None] = {}
    _collect(root, frozenset(), names, constants)
    return tuple(sorted(names)), tuple(constants)


@lru_cache(maxsize=1024)
def _environment(variables: tuple[tuple[str, DataKind], ...]) -> Any:
    cel, types, functions = _cel()
    return cel.NewEnv(variables={n: types[k] for n, k in variables}, functions=functions)


@cache
def _cel() -> tuple[Any, dict[DataKind, Any], list[Any]]:
    from cel_expr_python import cel

    t = cel.Type
    day = cel.Overload(
        "date_string", return_type=t.TIMESTAMP, parameters=[t.STRING], is_member=False, impl=_day_from_text
    )
    types = {
        DataKind.TEXT: t.STRING,
        DataKind.ENUM: t.STRING,
        DataKind.INT: t.INT,
        DataKind.MONEY: t.INT,
        DataKind.NUMBER: t.DOUBLE,
        DataKind.BOOL: t.BOOL,
        DataKind.DATE: t.TIMESTAMP,
        DataKind.LIST: t.List(t.STRING),
    }
    return cel, types, [cel.FunctionDecl("date", [day])]


def _day_from_text(text: str) -> datetime:
    return _midnight(date.fromisoformat(text))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


_CONVERTERS: Mapping[DataKind, Callable[[Any], Any]] = {
    DataKind.DATE: _midnight,
    DataKind.LIST: list,
    DataKind.NUMBER: float,
}


def _declared(
    fields: Mapping[str, DataField], extra: Mapping[str, DataKind | DataField] | None
) -> Mapping[str, DataField]:
    if not extra:
        return fields
    more = {
        n: f if isinstance(f, DataField) else DataField(id=n, title=Text(n, n), kind=f)
        for n, f in extra.items()
    }
    return {**fields, **more}


def _options(field: DataField) -> tuple[str, ...]:
    return tuple(o for o, _title in field.options)


def _faults(node: Tree, options: Mapping[str, tuple[str, ...]], loops: int) -> Iterator[ExpressionFault]:
    """What CEL's types do not see: options of enums, functions that hide types, texts that are no dates."""
    match node:
        case Comprehension(variables, over, _, body, offset):
            yield from _faults(over, options, loops)
            if loops == MAX_LOOPS:
                yield too_nested(offset)
                return
            known = options.get(over.name, ()) if isinstance(over, Name) else ()
            inner = {n: o for n, o in options.items() if n not in variables}
            inner |= {v: known for v in variables if known}
            for part in body:
                yield from _faults(part, inner, loops + 1)
            return
        case Call("dyn" | "type" | "{}", _, offset):
            yield not_allowed(node.function, offset)
        case Call(function, (*_, Literal(str() as text, offset))) if function in _FROM_TEXT:
            if not _readable(function, text):
                yield bad_literal(function, text, offset)
        case Call("_==_" | "_!=_" | "@in", (left, right)):
            for a, b in ((left, right), (right, left)):
                if isinstance(a, Name) and a.name in options:
                    for literal in b.items if isinstance(b, Items) else (b,):
                        yield from _option(a.name, literal, options[a.name])
        case Call(function, arguments, offset) if function in _ORDER:
            enum = next((a.name for a in arguments if isinstance(a, Name) and a.name in options), None)
            if enum is not None:
                yield mixed_order(enum, offset)
    for child in _children(node):
        yield from _faults(child, options, loops)


def _option(name: str, literal: Tree, options: tuple[str, ...]) -> Iterator[ExpressionFault]:
    if isinstance(literal, Literal) and isinstance(literal.value, str) and literal.value not in options:
        near = nearest(literal.value, options)
        yield unknown_option(name, literal.value, options, near, literal.offset)


def _readable(function: str, text: str) -> bool:
    """True when `date`, `timestamp` or `duration` can read the text, or it is a pattern for `matches`."""
    literal = json.dumps(text)
    called = (
        f'"".matches({literal})'
        if function == "matches"
        else f"{function}({literal}) == {function}({literal})"
    )
    return isinstance(_environment(()).compile(called).eval().value(), bool)


def _collect(
    node: Tree, bound: frozenset[str], names: set[str], constants: dict[str | int | float, None]
) -> None:
    match node:
        case Name(name):
            if name not in bound:
                names.add(name)
        case Literal(str() | int() | float() as value) if not isinstance(value, bool):
            constants[value] = None
        case Comprehension(variables, over, accumulator, body):
            _collect(over, bound, names, constants)
            for part in body:
                _collect(part, bound | {*variables, accumulator}, names, constants)
            return
    for child in _children(node):
        _collect(child, bound, names, constants)


def _children(node: Tree) -> tuple[Tree, ...]:
    match node:
        case Call():
            return node.arguments
        case Items():
            return node.items
        case Other():
            return node.parts
        case Comprehension():
            return (node.over, *node.body)
        case _:
            return ()
