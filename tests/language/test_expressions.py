"""Conditions: what is proved when a definition is loaded, and what is refused when a case runs."""

import threading
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jianban.workflows.language.expression_faults import ExpressionFault
from jianban.workflows.language.expressions import (
    FUNCTIONS,
    MAX_LENGTH,
    RESERVED,
    EvaluationFault,
    ExpressionError,
    check,
    evaluate,
    program,
)
from jianban.workflows.language.terms import DataField, DataKind, Guard
from jianban.workflows.texts import Text


def field(name: str, kind: DataKind, *options: str) -> tuple[str, DataField]:
    return name, DataField(
        id=name, title=Text(name, name), kind=kind, options=tuple((o, Text(o, o)) for o in options)
    )


FIELDS = dict(
    [
        field("debts", DataKind.ENUM, "none", "settled", "open"),
        field("area", DataKind.INT),
        field("share", DataKind.NUMBER),
        field("fee", DataKind.MONEY),
        field("ok", DataKind.BOOL),
        field("name", DataKind.TEXT),
        field("since", DataKind.DATE),
        field("departments", DataKind.LIST, "fire", "planning"),
        field("tags", DataKind.LIST),
    ]
)


def holds(expression: str, **data: object) -> bool | EvaluationFault:
    return evaluate(Guard(expression=expression), FIELDS, data)  # type: ignore[arg-type]


def fault(expression: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as error:
        check(expression, FIELDS)
    return error.value


def faults(expression: str) -> tuple[ExpressionFault, ...]:
    try:
        check(expression, FIELDS)
    except ExpressionError as error:
        return error.faults
    return ()


def test_names_are_sorted_and_constants_kept_in_order() -> None:
    checked = check('name == "甲" || area > 300 && debts != "open" && area < 900', FIELDS)
    assert checked.names == ("area", "debts", "name")
    assert checked.constants == ("甲", 300, "open", 900)


def test_the_variable_of_a_list_macro_is_no_field() -> None:
    assert check('departments.exists(d, d == "fire")', FIELDS).names == ("departments",)
    assert check("tags.all(name, name.size() > 2) && ok", FIELDS).names == ("ok", "tags")


def test_extra_names_are_known_and_typed() -> None:
    assert check('department == "fire"', FIELDS, {"department": DataKind.TEXT}).names == ("department",)
    with pytest.raises(ExpressionError):
        check("department > 3", FIELDS, {"department": DataKind.TEXT})


@pytest.mark.parametrize(
    ("expression", "offset", "suggestion"),
    [
        ("debt == 'open'", 0, "debts"),
        ("ok &&\n aera > 3", 7, "area"),
        ('"办理" == name && aera > 3', 16, "area"),
        ("debts == 'opn'", 9, "open"),
        ("debts in ['none', 'setled']", 18, "settled"),
        ("'fires' in departments", 0, "fire"),
        ("departments.exists(d, d == 'fires')", 27, "fire"),
        ("departments.exists(d, tags.all(t, d == 'fires'))", 39, "fire"),
        ("area == 3 and ok", 10, "&&"),
        ("area ≥ 3", 5, ">="),
        ("area > 3 或者 ok", 9, "||"),
        ("area = 3", 5, "=="),
        ("not ok", 0, "!"),
        ("debts == “open”", 9, '"'),
        ("siz(tags) > 1", 0, "size"),
    ],
)
def test_a_slip_is_placed_and_the_nearest_word_suggested(
    expression: str, offset: int, suggestion: str
) -> None:
    error = fault(expression)
    assert (error.offset, error.suggestion) == (offset, suggestion)
    assert suggestion in error.text.zh
    assert suggestion in error.text.en


@pytest.mark.parametrize(
    ("expression", "zh"),
    [
        ("area == '300'", "整数与文字"),
        ("area > 3.5", "3.0"),
        ("share == 1", "3.0"),
        ("since > '2024-01-01'", 'date("2024-07-01")'),
        ("ok == 'true'", "加引号"),
        ("area && ok", "先比较"),
        ("departments == 'fire'", "in items"),
        ("area", "结果是整数"),
        ("debts", "结果是文字"),
        ("", "没有写完"),
        ("ok && (", "没有写完"),
        ("debts == 'open", "写法不对"),
        ("面积 > 3", "引号之外"),
        ("if == 1", "保留字"),
        ("area.size", "没有下级内容"),
        ("ok.exists(x, x)", "没有下级内容"),
        ("has(ok)", "函数的写法"),
        ("dyn(area) == 'x'", "不能使用“dyn”"),
        ("debts > 'none'", "没有大小先后"),
        ("since > date('2024-02-30')", "读不懂“2024-02-30”"),
        ("since > timestamp('today')", "读不懂“today”"),
        ("name.matches('(')", "读不懂“(”"),
        ("name == '\\ud800'", "常量"),
        ("name == 'a\0'", "不能使用的字符"),
        ("name == '\ud800'", "不能使用的字符"),
        ("tags.all(a, tags.all(b, tags.all(c, a == b)))", "套叠过多"),
        ("(" * 400 + "ok" + ")" * 400, "嵌套过深"),
        ("+".join(["area"] * 40) + " > 1", "嵌套过深"),
        ("ok" + "||ok" * MAX_LENGTH, "过长"),
        ("area > 99999999999999999999", "常量"),
        ("google.protobuf.Any{} == 1", "不能使用"),
        ("{'a': area}['a'] == 1", "不能使用"),
        ("（area > 3）", "请改写为 ("),
    ],
)
def test_errors_are_told_in_chinese_and_english(expression: str, zh: str) -> None:
    error = fault(expression)
    assert zh in error.text.zh
    assert "INVALID_ARGUMENT" not in error.text.en
    assert all("一" <= c <= "鿿" for c in error.faults[0].text.zh[-1:] if c.isalpha())
    assert not any("一" <= c <= "鿿" for c in error.faults[0].remedy.en)


def test_all_slips_of_one_expression_are_told_together() -> None:
    error = fault("debt == 'x' && aera > 3")
    assert [(f.offset, f.suggestion) for f in error.faults] == [(0, "debts"), (15, "area")]


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_as_a_field_never_breaks_the_check(word: str) -> None:
    fields = FIELDS | dict([field(word, DataKind.INT)])
    with pytest.raises(ExpressionError):
        check(f"{word} == 3", fields)
    assert check("ok", fields).names == ("ok",)


def test_every_offered_function_exists() -> None:
    for name in FUNCTIONS:
        with pytest.raises(ExpressionError) as error:
            check(f"{name}()", FIELDS)
        assert error.value.suggestion is None, name


def test_conditions_hold_or_not() -> None:
    assert holds("area > 300 && debts != 'open'", area=301, debts="none") is True
    assert holds("area > 300", area=300) is False
    assert holds("share > 0.5", share=1) is True
    assert holds("since >= date('2024-07-01')", since=date(2024, 7, 1)) is True
    assert holds("since >= date('2024-07-01')", since=date(2024, 6, 30)) is False
    assert holds("'fire' in departments", departments=("planning", "fire")) is True
    assert holds("departments.exists(d, d == 'fire')", departments=()) is False


def test_missing_data_is_a_refusal_that_names_it() -> None:
    result = holds("area > 300 && ok", area=301)
    assert isinstance(result, EvaluationFault)
    assert result.missing == ("ok",)
    assert not result
    assert "ok" in result.text.zh
    assert isinstance(holds("area > 300", area=None), EvaluationFault)


def test_data_that_is_not_needed_may_be_missing() -> None:
    assert holds("ok || area > 300", ok=True) is True
    assert holds("ok && area > 300", ok=False) is False


@pytest.mark.parametrize(
    ("expression", "data", "zh"),
    [
        ("1 / area > 1", {"area": 0}, "除数为零"),
        ("area + 9223372036854775807 > 0", {"area": 1}, "超出整数范围"),
        ("tags[3] == 'a'", {"tags": ("a",)}, "不存在的项"),
        ("area > 1", {"area": "x"}, "类型"),
        ("area > 1", {"area": 2**70}, "计算"),
        ("ok", {"ok": 1}, "类型"),
    ],
)
def test_what_cannot_be_computed_is_a_refusal(expression: str, data: dict[str, object], zh: str) -> None:
    result = holds(expression, **data)
    assert isinstance(result, EvaluationFault)
    assert zh in result.text.zh


@given(st.text(max_size=60))
@example("{}{}{}")
@example("`")
def test_any_text_is_checked_or_refused_cleanly(expression: str) -> None:
    for f in faults(expression):
        assert 0 <= f.offset <= len(expression)
        assert f.text.zh
        assert f.remedy.en


words = st.sampled_from(
    [
        *FIELDS,
        *FUNCTIONS,
        "==",
        "!=",
        "<",
        "&&",
        "||",
        "!",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "3",
        "2.5",
        "'a'",
        "?",
        ":",
    ]
)


@given(st.lists(words, max_size=12).map(" ".join))
def test_any_row_of_words_is_checked_or_refused_cleanly(expression: str) -> None:
    found = faults(expression)
    assert all(0 <= f.offset <= len(expression) for f in found)
    if not found:
        assert set(check(expression, FIELDS).names) <= set(FIELDS)
        assert isinstance(program(expression, FIELDS)({}), bool | EvaluationFault)


def test_a_program_is_compiled_once_and_shared_by_threads() -> None:
    wanted = "area > 300 && departments.exists(d, d == 'fire')"
    assert program(wanted, FIELDS) is program(wanted, FIELDS)
    compiled = program(wanted, FIELDS)
    wrong: list[int] = []

    def work(start: int) -> None:
        for area in range(start, start + 400):
            if compiled({"area": area, "departments": ("fire",)}) is not (area > 300):
                wrong.append(area)

    threads = [threading.Thread(target=work, args=(100,)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []
