"""A decision table means what its rows say, first that fits; gaps and dead rows are found exactly."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.language.dump import dump
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.expressions import program
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Choice, Process
from jianban.workflows.language.tables import table_rows
from tests.strategies import CATALOGUE

HEAD = """process: example/table
version: "1"
title: {zh: 表, en: Table}
source: licensing_act:4
data:
  colour: {title: {zh: 颜色, en: Colour}, enum: {red: {zh: 红, en: Red}, green: {zh: 绿, en: Green}}}
  area: {title: {zh: 面积, en: Area}, type: int}
  ready: {title: {zh: 齐备, en: Ready}, type: bool}
  price: {title: {zh: 价, en: Price}, type: money}
  weight: {title: {zh: 重, en: Weight}, type: number}
  since: {title: {zh: 自, en: Since}, type: date}
  name: {title: {zh: 名, en: Name}, type: text}
  offices: {title: {zh: 部门, en: Offices}, type: list}
stages:
  - stage: all
    title: {zh: 全部, en: All}
    steps:
      - choice: which
        table:
"""
TAIL = """
        branches:
          - {branch: one, title: {zh: 一, en: One}}
          - {branch: two, title: {zh: 二, en: Two}}
      - {step: end_it, title: {zh: 末, en: End}, by: clerk}
ends:
  done: {outcome: granted}
"""


def table(*rows: str) -> str:
    return HEAD + "".join(f"          - {row}\n" for row in rows) + TAIL.lstrip("\n")


def choice(process: Process) -> Choice:
    (found,) = [i for s in process.stages for i in s.items if isinstance(i, Choice)]
    return found


def taken(process: Process, data: dict[str, Any]) -> str:
    """The branch that the conditions choose."""
    for branch in choice(process).branches:
        if branch.guard is None or program(branch.guard.expression, process.fields)(data) is True:
            return branch.id
    return ""


AREAS = (0, 1, 2, 3, 4, 5, 6)
CELLS: dict[str, dict[str, tuple[Any, ...]]] = {
    "colour": {"red": ("red",), "green": ("green",), "[red, green]": ("red", "green")},
    "area": {
        "2": (2,),
        "'<3'": (0, 1, 2),
        "'<=3'": (0, 1, 2, 3),
        "'>3'": (4, 5, 6),
        "'>=4'": (4, 5, 6),
        "2..4": (2, 3, 4),
        "[1, '>= 5']": (1, 5, 6),
    },
    "ready": {"true": (True,), "false": (False,)},
}
Row = tuple[dict[str, str], str]
ROWS = st.lists(
    st.tuples(
        st.fixed_dictionaries({}, optional={n: st.sampled_from(list(cells)) for n, cells in CELLS.items()}),
        st.sampled_from(["one", "two"]),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS)
def test_the_first_row_that_fits_decides_and_what_is_left_out_is_found(rows: list[Row]) -> None:
    rows = [*rows, ({}, "one"), ({"ready": "true"}, "two")][: len(rows) + len(rows) % 3]
    written = [f"{{when: {{{', '.join(f'{n}: {c}' for n, c in w.items())}}}, then: {b}}}" for w, b in rows]
    every = [
        dict(zip(CELLS, values, strict=True)) for values in product(("red", "green"), AREAS, (True, False))
    ]

    def first(data: dict[str, Any]) -> int | None:
        fits = (i for i, (w, _) in enumerate(rows) if all(data[n] in CELLS[n][c] for n, c in w.items()))
        return next(fits, None)

    hits = [first(data) for data in every]
    expected = {"J146"} if None in hits else set[str]()
    expected |= {"J147"} if len(set(hits) - {None}) < len(rows) else set()
    unused = {"one", "two"} - {b for _, b in rows}
    if unused or expected:
        with pytest.raises(DefinitionError) as failure:
            load_text(table(*written), CATALOGUE)
        assert {p.code for p in failure.value.problems} == ({"J145"} if unused else expected)
        return
    process = load_text(table(*written), CATALOGUE)
    assert [taken(process, data) for data in every] == [rows[hit][1] for hit in hits if hit is not None]
    assert load_text(dump(process), CATALOGUE) == process


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("price: '>= 12.5'", {"price": 1250}, {"price": 1249}),
        ("price: 1..2", {"price": 200}, {"price": 201}),
        ("weight: '< 2.5'", {"weight": 2.4}, {"weight": 2.5}),
        ("since: 2024-01-01..2024-06-30", {"since": date(2024, 6, 30)}, {"since": date(2024, 7, 1)}),
        ("name: [甲, 乙]", {"name": "乙"}, {"name": "丙"}),
        ("area: -5", {"area": -5}, {"area": 5}),
    ],
)
def test_ranges_of_every_kind(cell: str, inside: dict[str, Any], outside: dict[str, Any]) -> None:
    process = load_text(table(f"{{when: {{{cell}}}, then: one}}", "{then: two}"), CATALOGUE)
    assert (taken(process, inside), taken(process, outside)) == ("one", "two")


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (("{when: {since: '<=2024-01-31'}, then: one}", "{when: {since: '>=2024-02-01'}, then: two}"), []),
        (("{when: {weight: '<=1'}, then: one}", "{when: {weight: '>=2'}, then: two}"), ["J146"]),
        (("{when: {price: '<=1'}, then: one}", "{when: {price: '>=1.01'}, then: two}"), []),
        (("{when: {name: 甲}, then: one}", "{when: {ready: true}, then: two}"), ["J146"]),
        (("{when: {offices: fire}, then: one}", "{then: two}"), ["J145"]),
        (("{when: {area: 5..2}, then: one}", "{then: two}"), ["J145"]),
        (("{when: {colour: blue}, then: one}", "{then: two}"), ["J145"]),
        (("{when: {ready: 1}, then: one}", "{then: two}"), ["J145"]),
        (("{when: {nothing: 1}, then: one}", "{then: two}"), ["J125"]),
        (("{then: one}", "{then: two}"), ["J147"]),
    ],
)
def test_what_is_wrong_with_a_table(rows: tuple[str, ...], codes: list[str]) -> None:
    try:
        load_text(table(*rows), CATALOGUE)
        found: list[str] = []
    except DefinitionError as error:
        found = [p.code for p in error.problems]
    assert found == codes


def test_a_gap_is_told_by_an_example() -> None:
    with pytest.raises(DefinitionError) as failure:
        load_text(table("{when: {area: '<10'}, then: one}", "{when: {area: '>20'}, then: two}"), CATALOGUE)
    (problem,) = failure.value.problems
    assert problem.message.en == "the table leaves a case out, e.g. Area: 10"


def test_a_table_too_large_to_check_is_refused() -> None:
    data = "".join(f"  b{i}: {{title: {{zh: 乙, en: B}}, type: bool}}\n" for i in range(40))
    every = ", ".join(f"b{i}: true" for i in range(40))
    rows = [f"{{when: {{b{i}: true, b{i + 20}: true}}, then: two}}" for i in range(20)]
    text = table(f"{{when: {{{every}}}, then: one}}", *rows, "{then: two}").replace(
        "data:\n", "data:\n" + data
    )
    with pytest.raises(DefinitionError) as failure:
        load_text(text, CATALOGUE)
    assert [p.code for p in failure.value.problems] == ["J145"]


def test_the_table_is_told_to_people() -> None:
    process = load_text(
        table("{when: {colour: red, price: '>=5', ready: true}, then: one}", "{then: two}"), CATALOGUE
    )
    assert [(w.zh, t.zh) for w, t in table_rows(choice(process), process.fields)] == [
        ("颜色：红，价：≥ 5 元，齐备：是", "一"),
        ("其余情形", "二"),
    ]
