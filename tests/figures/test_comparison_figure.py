"""Figures of variants side by side."""

import pytest

from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import comparison_figure, render, scene
from jianban.workflows.figures.comparison import _places, _Slots
from jianban.workflows.figures.model import Indicator, Mark
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from tests.figures.quality import findings
from tests.figures.samples import general, simple


def compared(*processes: Process) -> Comparison:
    return compare([compile_process(p) for p in processes])


@pytest.fixture(scope="module")
def seven_to_two() -> Comparison:
    return compared(general(), simple())


def test_a_merged_stage_spans_the_rows_of_those_it_replaces(seven_to_two):
    base, other = comparison_figure(seven_to_two).columns
    assert [(c.first, c.last) for c in base.cards] == [(i, i) for i in range(7)]
    assert [(c.id, c.first, c.last) for c in other.cards] == [
        ("notice_and_commitment", 1, 5),
        ("deregister", 6, 6),
    ]


def test_every_change_is_marked_on_both_sides(seven_to_two):
    figure = comparison_figure(seven_to_two)
    base, other = figure.columns
    assert [c.mark for c in base.cards] == [Mark.REMOVED, *[Mark.MERGED] * 5, Mark.CHANGED]
    assert [c.mark for c in other.cards] == [Mark.MERGED, Mark.CHANGED]
    assert {(r.sources, r.target, r.mark) for r in figure.relations} == {
        (("group",), None, Mark.REMOVED),
        (("notice", "claims", "assets", "distribution", "report"), "notice_and_commitment", Mark.MERGED),
        (("deregister",), "deregister", Mark.CHANGED),
    }


def test_a_step_says_which_steps_it_stands_for(seven_to_two):
    other = comparison_figure(seven_to_two).columns[1]
    parts = {p.id: p for c in other.cards for p in c.parts}
    assert [n for n, _ in parts["publish"].origin] == ["2.1", "2.2"]
    assert parts["publish"].mark is Mark.MERGED
    assert [n.en for n in parts["apply"].notes] == ["statutory limit: 30 days → 20 days", "visits: 1 → 0"]


def test_indicators_say_how_much_less(seven_to_two):
    stages = comparison_figure(seven_to_two).indicators[0]
    assert (stages.numbers, stages.change, stages.better) == ((7, 2), "−71%", True)


def test_variants_told_apart_by_their_versions_only(seven_to_two):
    figure = comparison_figure(compared(simple(), simple()))
    assert figure.title.zh == "企业简易注销登记：1版与1版对比"
    assert {c.mark for column in figure.columns for c in column.cards} == {Mark.KEPT}


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([[0], [1]], [(0, 0, 0), (1, 1, 0)]),
        ([[0, 1], [2]], [(0, 1, 0), (2, 2, 0)]),
        ([[], [0]], [(-1, -1, 1), (0, 0, 0)]),
        ([[0], [], [], [2]], [(0, 0, 0), (1, 1, 0), (1, 1, 1), (2, 2, 0)]),
        ([[2], [0]], [(2, 2, 0), (2, 2, 1)]),
        ([[0, 2], [1]], [(0, 0, 0), (1, 1, 0)]),
        ([[0], [0], [0]], [(0, 0, 0), (0, 0, 1), (0, 0, 2)]),
    ],
)
def test_rows(wanted, places):
    assert _places(wanted, _Slots(3, {})) == places


def said(indicator: Indicator) -> list[str]:
    return [" + ".join(f"{a.number} {a.unit.zh}" for a in value) for value in indicator.values]


def test_waiting_is_told_in_the_unit_of_the_law(seven_to_two):
    wait = next(i for i in comparison_figure(seven_to_two).indicators if i.title.zh == "法定最短等待")
    assert (said(wait), wait.change, wait.note) == (["45 日", "20 日"], "−56%", None)


def test_time_in_several_units_is_told_in_each_with_the_mean_beside_it(seven_to_two):
    time = next(i for i in comparison_figure(seven_to_two).indicators if i.title.zh == "法定办结时限")
    assert said(time) == ["45 日 + 8 个工作日", "20 日 + 8 个工作日"]
    assert time.note is not None
    assert time.note.zh == f"平均 {time.numbers[0]:.1f} → {time.numbers[1]:.1f} 天"


PAIRS = [
    ("deregistration/general@2022-03", "deregistration/simple@2022-03"),
    ("deregistration/simple@2022-03", "deregistration/general@2022-03"),
    ("deregistration/general@2017-03", "deregistration/simple@2017-03"),
    ("construction/project-serial", "construction/project-parallel"),
    ("construction/permit", "deregistration/simple"),
    ("deregistration/simple@2017-03", "deregistration/simple@2022-03", "deregistration/individual"),
]


@pytest.mark.parametrize("keys", PAIRS, ids="~".join)
def test_comparisons_of_the_catalogue_can_be_read(keys):
    comparison = compared(*(Catalogue.default().process(k) for k in keys))
    for lang in ("zh", "en", "both"):
        assert findings(scene(comparison_figure(comparison, lang))) == []


def test_the_same_bytes_twice(seven_to_two):
    assert render(comparison_figure(seven_to_two)) == render(comparison_figure(seven_to_two))
