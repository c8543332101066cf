"""What can be wrong with a condition, said in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jianban.workflows.language.spelling import nearest
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFault:
    text: Text
    remedy: Text
    offset: int
    """Where it stands, in characters of the expression from 0."""
    suggestion: str | None = None
    """The nearest known name or option, when one is near."""


EVALUATION = {
    "missing": Text("缺少数据：{names}", "Data is missing: {names}"),
    "divide by zero": Text("条件的计算中除数为零", "The condition divides by zero"),
    "overflow": Text("条件的计算结果超出整数范围", "The condition computes a number that is too large"),
    "Index error": Text(
        "条件引用了清单中不存在的项", "The condition asks for an item that the list does not have"
    ),
    "value type": Text("数据的类型与所声明的不符", "A value does not have the type that is declared"),
    "": Text("条件无法计算", "The condition cannot be computed"),
}

_TYPES = {
    "int": Text("整数", "a whole number"),
    "uint": Text("无符号整数", "an unsigned number"),
    "double": Text("小数", "a decimal number"),
    "string": Text("文字", "text"),
    "bool": Text("是非值", "true or false"),
    "bytes": Text("字节串", "bytes"),
    "google.protobuf.Timestamp": Text("日期", "a date"),
    "timestamp": Text("日期", "a date"),
    "google.protobuf.Duration": Text("时长", "a length of time"),
    "duration": Text("时长", "a length of time"),
    "null_type": Text("空值", "nothing"),
    "list": Text("清单", "a list"),
    "map": Text("对照表", "a map"),
}

_OPERATORS = {
    "_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "@in": "in",
    "_&&_": "&&", "_||_": "||", "!_": "!", "-_": "-", "_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/",
    "_%_": "%", "_[_]": "[]", "_?_:_": "?:",
}  # fmt: skip

_MISTAKES = {
    "and": "&&", "AND": "&&", "or": "||", "OR": "||", "not": "!", "NOT": "!", "=": "==", "<>": "!=",
    "“": '"', "”": '"',
    "‘": "'", "’": "'", "（": "(", "）": ")", "，": ",", "；": ";", "&": "&&", "|": "||",
    "≥": ">=", "≤": "<=", "≠": "!=", "＝": "==", "＞": ">", "＜": "<", "！": "!", "或": "||", "或者": "||",
    "且": "&&", "并且": "&&", "非": "!",
}  # fmt: skip
"""What people write out of habit, and how CEL writes it."""

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")


def read_cel_errors(
    report: str, expression: str, names: Sequence[str], functions: Sequence[str]
) -> list[ExpressionFault]:
    """The faults in what the CEL compiler reports."""
    found: dict[int, ExpressionFault] = {}
    syntax = False
    for line, column, message in _ERROR.findall(report):
        offset = _offset(expression, int(line), int(column))
        is_syntax = "yntax error" in message or "parsetree" in message
        if is_syntax and syntax:
            continue  # one slip in the syntax makes the parser complain at several places
        syntax = syntax or is_syntax
        found.setdefault(offset, _fault(message, expression, offset, names, functions))
    if not found or "recursion" in report:
        return [_NESTED] if "recursion" in report else [_unclear(0)]
    return list(found.values())


def _offset(expression: str, line: int, column: int) -> int:
    """Lines count from 1 and columns from 1; -1 when the compiler knows no place."""
    if line < 1 or column < 1:
        return 0
    return sum(len(row) + 1 for row in expression.split("\n")[: line - 1]) + column - 1


def _fault(
    message: str, expression: str, offset: int, names: Sequence[str], functions: Sequence[str]
) -> ExpressionFault:
    if match := re.search(r"undeclared reference to '([^']*)'", message):
        name = match[1]
        if expression[offset : offset + 1] == "(":
            return _unknown(_FUNCTION, name, functions, offset - len(name))
        return _unknown(_NAME, name, names, offset)
    if match := re.search(r"no matching overload for '([^']*)' applied to '\((.*)\)'", message):
        return _mismatch(match[1], _split(match[2]), offset)
    if match := re.search(r"reserved identifier: (\w+)", message):
        return ExpressionFault(
            text=Text(f"“{match[1]}”是保留字", f"“{match[1]}” is a reserved word"),
            remedy=Text("请给该数据项换一个编号", "Give the data field another id"),
            offset=offset,
        )
    if match := re.search(r"of type '([^']*)' cannot be the (operand of a select|range)", message):
        return ExpressionFault(
            text=Text(f"{_type(match[1]).zh}没有下级内容", f"There is nothing inside {_type(match[1]).en}"),
            remedy=Text(
                "只有清单可以逐项判断；请直接写数据项的编号",
                "Only a list has items; write the field's id alone",
            ),
            offset=offset,
        )
    if "yntax error" in message or "parsetree" in message:
        return _syntax(expression, offset)
    if "exists" in message or "macro" in message or "has()" in message or "variable name" in message:
        return ExpressionFault(
            text=Text("函数的写法不对", "A function is written wrongly"),
            remedy=Text(
                '请写成如 departments.exists(d, d == "fire") 的形式',
                'Write it like departments.exists(d, d == "fire")',
            ),
            offset=offset,
        )
    if "literal" in message:
        return ExpressionFault(
            text=Text("常量写法不对", "A constant is written wrongly"),
            remedy=Text(
                "请检查数字的范围和文字中的反斜杠", "Check the size of numbers and the backslashes in texts"
            ),
            offset=offset,
        )
    return _unclear(offset)


_NAME = (
    Text("没有名为“{name}”的数据项", "There is no data field “{name}”"),
    Text("请先在 data 中声明该数据项", "Declare it under `data`"),
)
_FUNCTION = (
    Text("没有可以这样使用的函数“{name}”", "There is no function “{name}” that can be used like this"),
    Text("可用的函数有：{known}", "The functions are: {known}"),
)


def _unknown(texts: tuple[Text, Text], name: str, known: Sequence[str], offset: int) -> ExpressionFault:
    near = None if name in known else nearest(name, known)
    remedy = texts[1].format(known=Text("、".join(known), ", ".join(known)))
    if near is not None:
        remedy = Text(f"是否应为“{near}”？", f"Did you mean “{near}”?")
    return ExpressionFault(
        text=texts[0].format(name=name),
        remedy=remedy,
        offset=max(0, offset),
        suggestion=near,
    )


def _mismatch(function: str, types: list[str], offset: int) -> ExpressionFault:
    sign = _OPERATORS.get(function, function)
    named = [_type(t) for t in types]
    if len(named) == 2:
        text = Text(
            f"“{sign}”两边的类型不合：{named[0].zh}与{named[1].zh}",
            f"“{sign}” cannot take {named[0].en} and {named[1].en}",
        )
    else:
        text = Text(
            f"“{sign}”不能用于" + "、".join(n.zh for n in named),
            f"“{sign}” cannot take " + ", ".join(n.en for n in named),
        )
    return ExpressionFault(text=text, remedy=_mismatch_remedy(sign, set(types)), offset=offset)


def _mismatch_remedy(sign: str, types: set[str]) -> Text:
    if types == {"int", "double"}:
        return Text(
            "小数须与小数比较，如写 3.0 而不写 3；金额以分计，写整数",
            "Compare decimals with decimals: write 3.0 rather than 3; money is in fen, a whole number",
        )
    if "google.protobuf.Timestamp" in types and "string" in types:
        return Text('日期请写成 date("2024-07-01")', 'Write a date as date("2024-07-01")')
    if "string" in types and types & {"int", "double", "bool"} and sign not in ("&&", "||", "!"):
        return Text(
            "文字须加引号，数字和 true、false 不加引号", "Quote texts; do not quote numbers, true or false"
        )
    if sign in ("&&", "||", "!", "?:"):
        return Text("请先比较，再用 &&、|| 或 ! 连接", "Compare first, then combine with &&, || or !")
    if any(t.startswith("list") for t in types):
        return Text(
            '判断清单是否含有某项，请写 "a" in items', 'To ask whether a list has an item, write "a" in items'
        )
    return Text("请把两边改成同一类型", "Make both sides the same type")


def _type(cel: str) -> Text:
    name = cel.split("(", 1)[0]
    return _TYPES.get(name.lower() if name.isupper() else name, Text("其他类型", "another type"))


def _split(types: str) -> list[str]:
    """Split `int, list(string)` at its outer commas."""
    parts, depth = [""], 0
    for c in types:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [p.strip() for p in parts]


def _syntax(expression: str, offset: int) -> ExpressionFault:
    for at, word in _words_around(expression, offset):
        if word in _MISTAKES:
            return ExpressionFault(
                text=Text(f"条件中不能写 {word}", f"A condition cannot have {word}"),
                remedy=Text(f"请改写为 {_MISTAKES[word]}", f"Write {_MISTAKES[word]} instead"),
                offset=at,
                suggestion=_MISTAKES[word],
            )
    rest = expression[offset:].strip()
    if not rest:
        return ExpressionFault(
            text=Text("条件没有写完", "The condition is not complete"),
            remedy=Text(
                "请补全条件，并检查括号和引号是否成对",
                "Complete it, and check that brackets and quotes are paired",
            ),
            offset=min(offset, len(expression)),
        )
    if ord(rest[0]) > 127:
        return ExpressionFault(
            text=Text(f"条件中出现了引号之外的“{rest[0]}”", f"“{rest[0]}” stands outside quotes"),
            remedy=Text(
                "编号只用英文字母；中文须写在引号内", "Ids are in ASCII letters; put Chinese text in quotes"
            ),
            offset=offset,
        )
    return ExpressionFault(
        text=Text(f"条件在“{rest[:12]}”处写法不对", f"The condition is written wrongly at “{rest[:12]}”"),
        remedy=Text(
            "请检查括号、引号和运算符（== != < > && || ! in）",
            "Check brackets, quotes and operators (== != < > && || ! in)",
        ),
        offset=offset,
    )


def _words_around(expression: str, offset: int) -> Iterator[tuple[int, str]]:
    """The words at and right before the place, nearest first."""
    words = [(m.start(), m[0]) for m in re.finditer(r"\w+|[<>=!]+|&+|\|+|[^\w\s]", expression)]
    at = next((i for i, (start, word) in enumerate(words) if start + len(word) > offset), len(words))
    yield from words[at : at + 1]
    yield from words[max(0, at - 1) : at]


def _unclear(offset: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text("条件写法不对", "The condition is written wrongly"),
        remedy=Text("请按 CEL 的语法改写", "Write it as CEL, the Common Expression Language, wants it"),
        offset=offset,
    )


_NESTED = ExpressionFault(
    text=Text("条件嵌套过深", "The condition is nested too deeply"),
    remedy=Text("请减少括号和运算的层数", "Use fewer brackets and operators inside one another"),
    offset=0,
)


def too_long(length: int, most: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text(f"条件有 {length} 个字符，过长", f"The condition has {length} characters, too many"),
        remedy=Text(f"请缩短到 {most} 个字符以内", f"Shorten it to {most} characters or fewer"),
        offset=most,
    )


def too_nested(offset: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text(
            "逐项判断（exists、all 等）套叠过多", "Too many list functions (exists, all …) inside one another"
        ),
        remedy=Text("请最多套叠两层", "Nest two of them at most"),
        offset=offset,
    )


def unwritable(offset: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text("条件中有不能使用的字符", "The condition holds a character that cannot be used"),
        remedy=Text("请删去该字符", "Remove that character"),
        offset=offset,
    )


def not_bool(cel_type: str) -> ExpressionFault:
    kind = _type(cel_type)
    return ExpressionFault(
        text=Text(
            f"条件的结果是{kind.zh}，不是“是”或“否”", f"The condition gives {kind.en}, not true or false"
        ),
        remedy=Text(
            '请写成比较，如 area > 300 或 debts == "none"',
            'Compare something, e.g. area > 300 or debts == "none"',
        ),
        offset=0,
    )


def not_allowed(function: str, offset: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text(f"条件中不能使用“{function}”", f"“{function}” cannot be used in a condition"),
        remedy=Text("请直接比较数据项", "Compare the fields directly"),
        offset=offset,
    )


def bad_literal(function: str, text: str, offset: int) -> ExpressionFault:
    good = {
        "date": 'date("2024-07-01")',
        "timestamp": 'timestamp("2024-07-01T00:00:00Z")',
        "duration": 'duration("72h")',
        "matches": 'name.matches("^A[0-9]+$")',
    }[function]
    return ExpressionFault(
        text=Text(f"“{function}”读不懂“{text}”", f"“{function}” cannot read “{text}”"),
        remedy=Text(f"请写成如 {good} 的形式", f"Write it like {good}"),
        offset=offset,
    )


def mixed_order(name: str, offset: int) -> ExpressionFault:
    return ExpressionFault(
        text=Text(f"“{name}”的选项没有大小先后", f"The options of “{name}” have no order"),
        remedy=Text("请用 ==、!= 或 in 比较", "Compare with ==, != or in"),
        offset=offset,
    )


def unknown_option(
    name: str, value: str, options: Sequence[str], near: str | None, offset: int
) -> ExpressionFault:
    remedy = Text("可选的有：" + "、".join(options), "The options are: " + ", ".join(options))
    if near is not None:
        remedy = Text(f"是否应为“{near}”？", f"Did you mean “{near}”?")
    return ExpressionFault(
        text=Text(f"“{name}”没有选项“{value}”", f"“{name}” has no option “{value}”"),
        remedy=remedy,
        offset=offset,
        suggestion=near,
    )
