"""Trying conditions on a small domain finds what any data would show."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.analysis.rules.conditions import OTHER, survey, told
from jianban.workflows.language.expressions import Value, program
from jianban.workflows.language.terms import DataField, DataKind, Guard
from jianban.workflows.texts import Text

OPTIONS = (("large", Text("大型", "Large")), ("small", Text("小型", "Small")))
FIELDS = {
    f.id: f
    for f in (
        DataField(id="urgent", title=Text("加急", "Urgent"), kind=DataKind.BOOL),
        DataField(id="floors", title=Text("层数", "Floors"), kind=DataKind.INT),
        DataField(id="area", title=Text("面积", "Area"), kind=DataKind.NUMBER),
        DataField(id="price", title=Text("造价", "Price"), kind=DataKind.MONEY),
        DataField(id="size", title=Text("规模", "Size"), kind=DataKind.ENUM, options=OPTIONS),
        DataField(id="day", title=Text("日期", "Day"), kind=DataKind.DATE),
        DataField(id="kinds", title=Text("类型", "Kinds"), kind=DataKind.LIST, options=OPTIONS),
        DataField(id="name", title=Text("名称", "Name"), kind=DataKind.TEXT),
        DataField(id="tags", title=Text("标签", "Tags"), kind=DataKind.LIST),
    )
}
ATOMS = (
    "urgent", "floors > 3", "floors <= 5", "floors == -2", "area < 300.0", "area >= 300.5", 'size == "large"',
    'day < date("2024-07-01")', 'day >= date("2024-07-02")', '"small" in kinds',
    "kinds.exists(k, k == 'large')", 'name == "x"', "price > 100000", "!urgent", 'size in ["small"]',
)  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "urgent": st.booleans(),
    "floors": st.integers(-10, 10),
    "area": st.floats(290, 310),
    "price": st.integers(99_990, 100_010),
    "size": st.sampled_from(["large", "small"]),
    "day": st.dates(date(2024, 6, 25), date(2024, 7, 5)),
    "kinds": st.sampled_from([(), ("large",), ("small",), ("large", "small")]),
    "name": st.sampled_from(["x", "y"]),
    "tags": st.just(()),
}


@st.composite
def conditions(draw: st.DrawFn) -> str:
    one, other = draw(st.sampled_from(ATOMS)), draw(st.sampled_from(ATOMS))
    return draw(st.sampled_from([one, f"{one} && {other}", f"({one} || {other})", f"!({one}) && {other}"]))


@given(st.lists(conditions(), min_size=1, max_size=3), st.fixed_dictionaries(VALUES))
def test_whatever_data_show_a_trial_shows(expressions: list[str], data: dict[str, Value]) -> None:
    tried = survey([Guard(expression=e) for e in expressions], FIELDS)
    assert tried.exact
    shown = tuple(program(e, FIELDS)(data) is True for e in expressions)
    assert shown in {t.holds for t in tried.trials}


@pytest.mark.parametrize(
    "expression",
    [
        "floors * 2 > 3",
        "-floors > 3",
        "floors - 1 > 3",
        "double(floors) > area",
        'name.startsWith("x")',
        "size(tags) > 2",
    ],
)
def test_what_the_domain_cannot_decide_is_not_called_exact(expression: str) -> None:
    assert not survey([Guard(expression=expression)], FIELDS).exact


def test_too_many_combinations_are_not_tried() -> None:
    many = {f"f{i}": DataField(id=f"f{i}", title=Text("项", "Item"), kind=DataKind.BOOL) for i in range(13)}
    tried = survey([Guard(expression=" && ".join(many))], many)
    assert (tried.trials, tried.exact) == ((), False)


def test_data_are_told_in_both_languages() -> None:
    data: dict[str, Value] = {"size": "large", "urgent": True, "price": 1250, "kinds": (), "name": OTHER}
    assert told(data, FIELDS) == Text(
        "规模＝大型，加急＝是，造价＝12.50 元，类型＝（空），名称＝…",
        "Size = Large, Urgent = yes, Price = CNY 12.50, Kinds = (none), Name = …",
    )
