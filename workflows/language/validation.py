"""Data against a model: either the model, or every problem with its place, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from typing import Any, TypeVar

from pydantic import ValidationError

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.parts import Words
from jianban.workflows.language.reader import Mapping, Node, Sequence
from jianban.workflows.language.reader_faults import WIDE_REMEDY
from jianban.workflows.language.shape import (
    FILLED,
    ID,
    MESSAGE,
    PROCESS_ID,
    PROCESS_REF,
    SOURCE,
    STEP_REF,
    VERSION,
    Findings,
    Shape,
    plain,
    position_at,
)
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import Position
from jianban.workflows.texts import Text

ShapeT = TypeVar("ShapeT", bound=Shape)


def validate(node: Node, model: type[ShapeT]) -> tuple[ShapeT | None, list[Problem]]:
    """The model made of a node, or None with everything that is wrong with its shape."""
    findings = Findings()
    errors: list[Any] = []
    made: ShapeT | None = None
    try:
        made = model.model_validate(plain(node), context=findings)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=True)
    problems, meant = _unknown_keys(findings)
    for error in errors:
        problem = _problem(node, error, meant)
        if problem is not None:
            problems.append(problem)
    return (None if problems else made), in_order(problems)


def in_order(problems: list[Problem]) -> list[Problem]:
    """In the order of the file, each once."""
    ordered = sorted(problems, key=lambda p: (p.position.file, p.position.line, p.position.column, p.code))
    return list(dict.fromkeys(ordered))


def _unknown_keys(findings: Findings) -> tuple[list[Problem], set[tuple[int, str]]]:
    problems: list[Problem] = []
    meant: set[tuple[int, str]] = set()
    """Keys that a misspelt one stands for: their absence is not reported as well."""
    for node, name, known in findings.unknown:
        lacking = known - node.entries.keys()
        before, wide, _ = name.partition("：")
        near = before if wide and before in lacking else nearest(name, lacking)
        remedy = WIDE_REMEDY if wide else suggestion(near, known)
        if near:
            meant.add((id(node), near))
        problems.append(
            Problem(
                code="J110",
                message=_UNKNOWN_KEY.format(key=name),
                remedy=remedy,
                position=node.key_position(name),
            )
        )
    return problems, meant


def suggestion(near: str | None, known: Any) -> Text:
    """“Did you mean …?”, or else what there is."""
    if near is not None:
        return _MEANT.format(name=near)
    names = sorted(known)
    shown = names[:_SHOWN]
    more = len(names) - len(shown)
    zh = "、".join(shown) + (f" 等 {len(names)} 个" if more else "")
    en = ", ".join(shown) + (f" and {more} more" if more else "")
    return Text(f"可用的有：{zh}", f"Known: {en}") if names else _NONE_KNOWN


_SHOWN = 12


def _problem(root: Node, error: MappingOf[str, Any], meant: set[tuple[int, str]]) -> Problem | None:
    kind: str = error["type"]
    loc: tuple[str | int, ...] = error["loc"]
    context: MappingOf[str, Any] = error.get("ctx", {})
    if kind == "missing":
        holder = _node_at(root, loc[:-1])
        if (id(holder), str(loc[-1])) in meant:
            return None
        message, remedy = _MISSING.format(key=loc[-1]), _MISSING_REMEDY.format(key=loc[-1])
        return Problem(code="J111", message=message, remedy=remedy, position=holder.position)
    of_key = bool(loc) and loc[-1] == "[key]"
    position = _key_position(root, loc[:-1]) if of_key else position_at(root, loc)
    code, message, remedy = _wording(kind, context, error.get("input"))
    return Problem(code=code, message=message, remedy=remedy, position=position)


def _wording(kind: str, context: MappingOf[str, Any], given: object) -> tuple[str, Text, Text]:
    shown = show(given)
    if given is None and kind not in ("item", "literal_error"):
        return "J119", _EMPTY, _EMPTY_REMEDY
    if kind == "string_pattern_mismatch":
        place = re.split('[“”"「」]', str(given), maxsplit=1)[0].rstrip()
        quoted = context["pattern"] == SOURCE and place != str(given) and re.match(SOURCE, place)
        code, message, remedy = _PHRASE if quoted else _PATTERNS[context["pattern"]]
        return code, message.format(given=shown), remedy
    if kind == "literal_error":
        near = nearest(given, options(context)) if isinstance(given, str) else None
        return "J113", _NOT_ALLOWED.format(given=shown), suggestion(near, options(context))
    if kind.startswith("form_"):
        expected = _FORMS[kind.removeprefix("form_")]
        return (
            "J112",
            _WRONG_TYPE.format(given=shown, expected=expected),
            _WRONG_TYPE_REMEDY.format(expected=expected),
        )
    if kind in _BOUNDS:
        bound = context[_BOUNDS[kind]]
        return "J117", _OUT_OF_RANGE.format(given=shown), _RANGES[kind].format(bound=bound)
    if kind == "model_type" and context["class_name"] == Words.__name__:
        return "J112", _WRONG_TYPE.format(given=shown), _BILINGUAL
    if kind in _TYPES:
        expected = _TYPES[kind]
        remedy = _QUOTE if kind == "string_type" and isinstance(given, int | float) else _WRONG_TYPE_REMEDY
        return "J112", _WRONG_TYPE.format(given=shown, expected=expected), remedy.format(expected=expected)
    code, message, remedy = _OTHERS.get(kind, _UNFORESEEN)
    return code, message.format(given=shown), remedy


def options(context: MappingOf[str, Any]) -> list[str]:
    """What may be written where only certain words may, from the context of a `literal_error`."""
    return context["expected"].replace(" or ", ", ").replace("'", "").split(", ")


def show(given: object) -> Text:
    """A value as an error message shows it."""
    if isinstance(given, dict):
        return Text("一组键值", "a mapping")
    if isinstance(given, list):
        return Text("一个列表", "a list")
    if given is None:
        return Text("空", "nothing")
    words = str(given).lower() if isinstance(given, bool) else str(given)
    words = words if len(words) <= 60 else words[:57] + "…"
    words = " ".join(words.split())
    return Text(f"“{words}”", f"“{words}”")


def _node_at(node: Node, loc: tuple[str | int, ...]) -> Node:
    for part in loc:
        if isinstance(node, Mapping) and part in node.entries:
            node = node.entries[str(part)]
        elif isinstance(node, Sequence) and isinstance(part, int):
            node = node.items[part]
    return node


def _key_position(root: Node, loc: tuple[str | int, ...]) -> Position:
    holder = _node_at(root, loc[:-1])
    return holder.key_position(str(loc[-1])) if isinstance(holder, Mapping) else holder.position


_UNKNOWN_KEY = Text("不认识的键“{key}”", "unknown key “{key}”")
_MEANT = Text("是否应为“{name}”？", "Did you mean “{name}”?")
_NONE_KNOWN = Text("此处没有可用的名称", "There are none here")
_MISSING = Text("缺少“{key}”", "“{key}” is missing")
_MISSING_REMEDY = Text("请补上“{key}”", "Add “{key}”")
_EMPTY = Text("此处没有内容", "nothing is given here")
_EMPTY_REMEDY = Text("请填写，或删去这个键", "Fill it in, or remove the key")
_NOT_ALLOWED = Text("{given}不是允许的取值", "{given} is not one of the allowed values")
_WRONG_TYPE = Text("{given}的类型不对", "{given} is of the wrong type")
_WRONG_TYPE_REMEDY = Text("应为{expected}", "It should be {expected}")
_QUOTE = Text("应为{expected}，请加引号", "It should be {expected}: put it in quotes")
_BILINGUAL = Text("请写中英两种文字：{zh: …, en: …}", "Write it in both languages: {zh: …, en: …}")
_OUT_OF_RANGE = Text("{given}超出范围", "{given} is out of range")

_BOUNDS = {
    "greater_than_equal": "ge",
    "greater_than": "gt",
    "less_than_equal": "le",
    "less_than": "lt",
}
_RANGES = {
    "greater_than_equal": Text("不得小于 {bound}", "At least {bound}"),
    "greater_than": Text("须大于 {bound}", "More than {bound}"),
    "less_than_equal": Text("不得大于 {bound}", "At most {bound}"),
    "less_than": Text("须小于 {bound}", "Less than {bound}"),
}
_TYPES = {
    "string_type": Text("文字", "text"),
    "int_type": Text("整数", "a whole number"),
    "int_from_float": Text("整数", "a whole number"),
    "float_type": Text("数", "a number"),
    "bool_type": Text("是非值（true 或 false）", "true or false"),
    "list_type": Text("列表", "a list"),
    "dict_type": Text("一组键值", "a mapping of keys to values"),
    "model_type": Text("一组键值", "a mapping of keys to values"),
    "model_attributes_type": Text("一组键值", "a mapping of keys to values"),
}
_FORMS = {
    "sources": Text("“文件:条”或其列表", "“document:article” or a list of those"),
    "ids": Text("一个编号或编号的列表", "an id or a list of ids"),
    "limit": Text("期限（如 3 working days）或一组键值", "a duration such as “3 working days”, or a mapping"),
    "timer": Text("期间（如 20 days）或一组键值", "a duration such as “20 days”, or a mapping"),
    "wait": Text("期间（如 20 days）或一组键值", "a duration such as “20 days”, or a mapping"),
    "extension": Text("期间（如 10 days）或一组键值", "a duration such as “10 days”, or a mapping"),
    "material": Text("材料编号或一组键值", "the id of a material, or a mapping"),
    "fee": Text("金额（元）或一组键值", "an amount in yuan, or a mapping"),
    "effort": Text("用时（如 2 hours）或一组键值", "a time such as “2 hours”, or a mapping"),
    "exit": Text(
        "去向、一组键值、其列表，或 null（删去）",
        "a target, a mapping, a list of mappings, or null to remove it",
    ),
    "message": Text(
        "消息名称（如 licence.revoked）或一组键值", "a name such as licence.revoked, or a mapping"
    ),
    "fields": Text("数据项的列表，或“名称: 数据项”", "a list of fields, or a mapping of names to fields"),
    "first": Text("true、false 或一组键值", "true, false or a mapping"),
    "when": Text("条件（CEL）或条件的列表", "a condition in CEL, or a list of conditions"),
    "replaces": Text(
        "编号的列表，或“被调用流程的步骤: 编号的列表”",
        "a list of ids, or a mapping of steps of the called process to lists of ids",
    ),
    "of": Text("编号，或编号的列表", "ids, or lists of ids"),
}
_PATTERNS = {
    ID: (
        "J114",
        Text("{given}不能作编号", "{given} cannot be an id"),
        Text(
            "编号用小写字母开头，只含小写字母、数字和下划线",
            "Ids are lower case: a letter, then letters, digits, “_”",
        ),
    ),
    STEP_REF: (
        "J114",
        Text("{given}不能指称步骤", "{given} cannot refer to a step"),
        Text(
            "写步骤的编号；被调用流程的步骤写作“调用.步骤”",
            "Write its id; for one of a called process, call.step",
        ),
    ),
    MESSAGE: (
        "J114",
        Text("{given}不能作消息名称", "{given} cannot be the name of a message"),
        Text("消息名称如 licence.revoked", "Write it like licence.revoked"),
    ),
    PROCESS_ID: (
        "J114",
        Text("{given}不能作流程编号", "{given} cannot be the id of a process"),
        Text("流程编号如 deregistration/simple", "Write it like deregistration/simple"),
    ),
    PROCESS_REF: (
        "J114",
        Text("{given}不能指称流程", "{given} cannot refer to a process"),
        Text(
            "写作 deregistration/simple 或 deregistration/simple@2022-03",
            "Write deregistration/simple, with or without @2022-03",
        ),
    ),
    VERSION: (
        "J114",
        Text("{given}不能作版本号", "{given} cannot be a version"),
        Text("版本号如 2022-03", "Write it like 2022-03"),
    ),
    SOURCE: (
        "J114",
        Text("{given}不能指称依据", "{given} cannot refer to a source"),
        Text("写作“文件:条”，如 company_law:235", "Write “document:article”, e.g. company_law:235"),
    ),
    FILLED: ("J119", Text("文字为空", "the text is empty"), Text("请填写", "Fill it in")),
}
_PHRASE = (
    "J144",
    Text("{given}的引文写法不对", "{given} does not quote as a citation does"),
    Text(
        "引文写在条之后，用一对中文引号，里面不再用双引号，如 company_law_2023:235 “六十日内”",
        "After the article, in one pair of Chinese quotes: company_law_2023:235 “六十日内”",
    ),
)
_OTHERS = {
    "limit": (
        "J115",
        Text("{given}不是时限", "{given} is no limit"),
        Text(
            "写作 20 days、3 working days、2 months、1 year、4 hours；当场办结的写 0",
            "Write 20 days, 3 working days, 2 months, 1 year or 4 hours; 0 for on the spot",
        ),
    ),
    "duration": (
        "J115",
        Text("{given}不是期限", "{given} is no duration"),
        Text(
            "写作 20 days、3 working days、2 months、1 year 或 4 hours",
            "Write 20 days, 3 working days, 2 months, 1 year or 4 hours",
        ),
    ),
    "effort": (
        "J115",
        Text("{given}不是用时", "{given} is no time of work"),
        Text("写作 90 minutes 或 2 hours", "Write 90 minutes or 2 hours"),
    ),
    "date": (
        "J116",
        Text("{given}不是日期", "{given} is no date"),
        Text("请写实有的日期，格式如 2022-03-01", "Write a day that exists, in the form 2022-03-01"),
    ),
    "money": (
        "J117",
        Text("{given}不是金额", "{given} is no amount of money"),
        Text("以元为单位，至多两位小数", "In yuan, with at most two decimals"),
    ),
    "item": (
        "J118",
        Text("看不出是哪一类内容", "this is none of the known items"),
        Text(
            "每一项应含 step、choice、parallel、each 或 call 之一",
            "An item has one of the keys step, choice, parallel, each or call",
        ),
    ),
    "edit": (
        "J118",
        Text("看不出是哪一种修改", "this is none of the known edits"),
        Text(
            "每一项应含 remove、update、insert、move、parallel 或 merge 之一",
            "An edit has one of the keys remove, update, insert, move, parallel or merge",
        ),
    ),
    "too_short": ("J119", Text("列表为空", "the list is empty"), Text("至少写一项", "Give at least one")),
    "finite_number": (
        "J117",
        Text("{given}不是有限的数", "{given} is not finite"),
        Text("请写普通的数", "Write a number"),
    ),
}
_UNFORESEEN = (
    "J112",
    Text("{given}不合格式", "{given} does not fit the format"),
    Text("请核对格式", "Check the format"),
)
