"""Figures of variants side by side."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import PAPERS, comparison_figure, pages, render, scene
from jianban.workflows.figures.comparison_model import ComparisonFigure, Part
from jianban.workflows.figures.model import Indicator, Mark
from jianban.workflows.figures.paper_comparison import CONTINUES, FROM_BEFORE, TO_NEXT, comparison_pages
from jianban.workflows.figures.part_rows import FROM, TO
from jianban.workflows.figures.scene import Words
from jianban.workflows.figures.stage_rows import Slots, places, rows
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_number
from tests.figures.catalogue import pairs
from tests.figures.quality import crossings, findings, words
from tests.figures.samples import general, simple

PAIRS = [
    *((a.key, b.key) for a, b in pairs(list(Catalogue.default().processes()))),
    ("construction/permit@2019-04", "deregistration/court@2022-03"),
    ("deregistration/simple@2024-07", "deregistration/general@2024-07"),
]
"""Those that belong together, two that have nothing in common, and two the wrong way round."""
TRIPLES = [
    ("deregistration/general@2024-07", "deregistration/simple@2024-07", "deregistration/individual@2022-03"),
    ("deregistration/simple@2017-03", "deregistration/simple@2022-03", "deregistration/simple@2024-07"),
    (
        "construction/project-serial@2019-04",
        "construction/project-parallel@2020-01",
        "construction/permit@2019-04",
    ),
]


def compared(*processes: Process) -> Comparison:
    return compare([compile_process(p) for p in processes])


@cache
def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


@cache
def drawn(*keys: str) -> ComparisonFigure:
    return comparison_figure(compare([flow_of(k) for k in keys]), "zh")


def part(figure: ComparisonFigure, column: int, name: str) -> Part:
    return next(p for c in figure.columns[column].cards for p in c.parts if p.id == name)


@pytest.fixture(scope="module")
def seven_to_two() -> Comparison:
    return compared(general(), simple())


@pytest.fixture(scope="module")
def simplified() -> ComparisonFigure:
    return drawn("deregistration/general@2024-07", "deregistration/simple@2024-07")


def test_a_merged_stage_spans_the_rows_of_those_it_replaces(seven_to_two):
    base, other = comparison_figure(seven_to_two).columns
    assert [(c.first, c.last) for c in base.cards] == [(i, i) for i in range(7)]
    assert [(c.id, c.first, c.last) for c in other.cards] == [
        ("notice_and_commitment", 1, 5),
        ("deregister", 6, 6),
    ]


def test_a_split_stage_spans_the_rows_of_those_that_stand_for_it(seven_to_two):
    base, other = comparison_figure(compared(simple(), general())).columns
    assert [(c.id, c.first, c.last) for c in base.cards] == [
        ("notice_and_commitment", 1, 5),
        ("deregister", 6, 6),
    ]
    assert [(c.first, c.last) for c in other.cards] == [(i, i) for i in range(7)]


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


def test_a_stage_with_a_step_that_lives_on_is_not_removed(simplified):
    base, other = simplified.columns
    tags = {c.id: c.tags[0] for c in base.cards}
    assert (tags["claims"].mark, tags["claims"].word.zh) == (Mark.MERGED, "部分并入")
    assert [n for n, t in tags.items() if t.mark is Mark.REMOVED] == ["assets", "distribution"]
    (merged,) = (r for r in simplified.relations if r.mark is Mark.MERGED)
    assert merged.sources == ("liquidation_group", "notice", "claims", "report")
    assert merged.partial == {"claims"}
    assert [n.zh for n in other.cards[0].notes] == [
        "由环节 1 成立清算组、2 公告通知、6 清算报告合并而成",
        "承接环节 3 登记债权的部分步骤",
        "不再办理环节 4 清理财产、5 分配财产",
    ]


@pytest.mark.parametrize("keys", PAIRS, ids="~".join)
def test_marks_of_stages_follow_from_their_steps(keys):
    figure = drawn(*keys)
    for column, alone in zip(figure.columns, (Mark.REMOVED, Mark.ADDED), strict=True):
        for card in column.cards:
            if card.mark is alone:
                assert {p.mark for p in card.parts} <= {alone}
            if card.mark is Mark.KEPT:
                assert {p.mark for p in card.parts} <= {Mark.KEPT}


@pytest.mark.parametrize("keys", PAIRS, ids="~".join)
def test_steps_name_each_other(keys):
    figure = drawn(*keys)
    base, other = ([p for c in column.cards for p in c.parts] for column in figure.columns)
    heirs = {(b.number, h) for b in base for h in b.heirs}
    assert heirs == {(n, o.number) for o in other for n, _ in o.origin}


def test_steps_inside_a_called_process_count_as_the_call():
    figure = drawn("construction/project-serial@2019-04", "construction/permit@2019-04")
    assert [c.mark for c in figure.columns[0].cards] == [
        Mark.REMOVED,
        Mark.REMOVED,
        Mark.CHANGED,
        Mark.REMOVED,
    ]
    call = part(figure, 0, "permit")
    assert call.mark is Mark.CHANGED
    assert call.heirs == tuple(p.number for c in figure.columns[1].cards for p in c.parts)


def test_a_merged_step_comes_from_the_call_whose_steps_it_takes_over():
    figure = drawn("construction/project-parallel@2020-01", "construction/project-low-risk@2020-04")
    call = part(figure, 0, "permit")
    assert call.mark is Mark.MERGED
    merged = [part(figure, 1, i) for i in ("apply_works_permit", "intake_works_permit", "decide_planning")]
    assert {p.number for p in merged} <= set(call.heirs)
    for step in merged:
        assert (call.number, call.title) in step.origin


def test_steps_that_run_side_by_side_stand_in_one_block(simplified):
    parts = simplified.columns[1].cards[0].parts
    blocks = [[s.title.zh for s in p.within if s.parallel] for p in parts]
    assert blocks == [[], [], ["公示期"], ["公示期"], ["公示期"], []]
    assert len({p.within[-1].branch for p in parts if p.within}) == 3
    assert not any("并联" in n.zh for p in parts for n in p.notes)


def test_steps_off_the_main_line_say_when_they_are_done(simplified):
    objection = part(simplified, 1, "objection_handling")
    assert objection.aside
    assert objection.when is not None
    assert objection.when.zh == "提出异议"
    petition = next(p for p in simplified.columns[0].cards[3].parts if p.when)
    assert (petition.title.zh, petition.when and petition.when.zh) == ("申请破产清算", "财产不足清偿债务")


def test_the_case_of_a_branch_has_the_question_where_the_answer_alone_says_nothing():
    figure = drawn("deregistration/one-by-one@2024-07", "deregistration/one-matter@2024-07")
    scopes = {s.title for c in figure.columns[0].cards for p in c.parts for s in p.within}
    assert Text("有无社会保险登记：有", "Is there a social insurance registration? Yes") in scopes
    assert Text("有", "Yes") not in scopes


def test_a_step_says_which_steps_it_stands_for(seven_to_two):
    figure = comparison_figure(seven_to_two)
    publish, apply = part(figure, 1, "publish"), part(figure, 1, "apply")
    assert [n for n, _ in publish.origin] == ["2.1", "2.2"]
    assert publish.mark is Mark.MERGED
    assert [n.en for n in apply.notes] == ["statutory limit: 30 days → 20 days", "visits: 1 → 0"]
    assert part(figure, 0, "notify").heirs == (publish.number,)


def arrows(figure: ComparisonFigure) -> list[str]:
    """The numbers of steps told after an arrow; the legend adds one of each kind."""
    return [w.text for w in words(scene(figure)) if w.text.startswith((f"{FROM} ", f"{TO} "))]


def test_numbers_are_told_only_where_they_differ():
    assert arrows(drawn("deregistration/simple@2022-03", "deregistration/simple@2024-07")) == []


def test_a_merged_step_says_what_it_became_even_under_the_same_number():
    figure = drawn("inspection/separate@2022-03", "inspection/joint@2022-03")
    legend = [f"{FROM} 1.1", f"{TO} 1.1"]
    objects = [f"{TO} 2.2"] * 3 + [f"{FROM} 2.2 3.2 3.5"]
    teams = [f"{TO} 2.4"] * 2 + [f"{FROM} 3.3 3.6"] + [f"{TO} 2.5", f"{FROM} 2.4"]  # what was 2.4 is 2.5
    visits = [f"{TO} 3.1"] * 3 + [f"{FROM} 3.1 3.4 3.7"]
    assert sorted(arrows(figure)) == sorted(objects + teams + visits + legend)


def test_a_legend_explains_only_arrows_that_are_drawn():
    """Where there is room, what a step stands for is told in words."""
    figure = drawn("licensing/approval@2022-01", "licensing/filing@2022-01")
    assert part(figure, 1, "receipt").origin
    assert {a[0] for a in arrows(figure)} == {TO}


def test_what_stays_the_same_gives_way_to_what_changes():
    figure = drawn("deregistration/general@2024-07", "deregistration/one-by-one@2024-07")
    shown = [i.title.en for i in figure.indicators]
    assert shown == ["Stages", "Steps", "Minimum wait", "Statutory time", "Visits", "Agencies"]


def test_what_is_done_for_each_of_several_is_no_case():
    figure = drawn("inspection/separate@2022-03", "inspection/joint@2022-03")
    said = [w.text for w in words(scene(figure))]
    assert "逐个办理：各部门认定" in said
    assert not [w for w in said if "限于：逐个" in w]


def test_a_promised_time_is_told_where_it_is_not_the_statutory_one():
    measured = [
        drawn("licensing/approval@2022-01", key).indicators
        for key in ("licensing/optimised@2022-01", "licensing/filing@2022-01")
    ]
    titles = [[i.title.zh for i in indicators] for indicators in measured]
    assert titles[0][2:4] == ["法定办结时限", "承诺办结时限"]
    assert measured[0][3].numbers == (35, 12)
    assert "承诺办结时限" not in titles[1]


def test_what_is_made_sequential_is_not_called_parallel():
    figure = drawn("construction/project-parallel@2020-01", "construction/project-serial@2019-04")
    notes = [n.zh for c in figure.columns[1].cards for p in c.parts for n in p.notes]
    assert any("改为先后办理" in n for n in notes)
    assert not any("并联" in n for n in notes)


def test_three_variants_are_told_apart_by_letters():
    figure = drawn(*TRIPLES[0])
    assert [c.letter for c in figure.columns] == ["A", "B", "C"]
    group, assets = figure.columns[0].cards[0], figure.columns[0].cards[3]
    assert [(t.letters, t.mark) for t in group.tags] == [("B", Mark.MERGED), ("C", Mark.REMOVED)]
    assert group.mark is None
    assert [(t.letters, t.mark) for t in assets.tags] == [("", Mark.REMOVED)]
    assert all(len(p.marks) == 2 for c in figure.columns[0].cards for p in c.parts)
    assert {r.column for r in figure.relations} == {1, 2}


def test_indicators_say_how_much_less(seven_to_two):
    stages = comparison_figure(seven_to_two).indicators[0]
    assert (stages.numbers, stages.change, stages.better) == ((7, 2), Text("−71.4%", "−71.4%"), True)


def test_variants_told_apart_by_their_versions_only(seven_to_two):
    figure = comparison_figure(compared(simple(), simple()))
    assert figure.title.zh == "企业简易注销登记：1版与1版对比"
    assert {c.mark for column in figure.columns for c in column.cards} == {Mark.KEPT}


def test_heads_say_what_a_variant_is(simplified):
    assert [f.zh for f in simplified.columns[1].facts] == ["2024-07版", "2024-07-01起施行", "适用条件 12 项"]


@pytest.mark.parametrize(
    ("wanted", "found"),
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
def test_places(wanted, found):
    assert places(wanted, Slots(3, {})) == found


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(
                st.lists(st.lists(st.integers(0, n - 1), max_size=3, unique=True).map(sorted), max_size=6),
                min_size=1,
                max_size=3,
            ),
        )
    )
)
def test_cards_of_a_column_never_share_a_row(drawn):
    base, columns = drawn
    spans, count = rows(base, columns)
    for column in spans:
        covered = [r for first, last in column for r in range(first, last + 1)]
        assert covered == sorted(set(covered))
        assert set(covered) <= set(range(count))


def said(indicator: Indicator) -> list[str]:
    return [" + ".join(f"{a.number} {a.unit.zh}" for a in value) for value in indicator.values]


def test_in_brief_stages_tell_their_times_but_not_their_steps():
    keys = ("deregistration/general@2024-07", "deregistration/simple@2024-07")
    brief = comparison_figure(compare([flow_of(k) for k in keys]), "zh", brief=True)
    full = drawn(*keys)
    assert (brief.relations, brief.rows) == (full.relations, full.rows)
    merged, matched = brief.columns[1].cards
    assert [bool(c.parts) for c in (*brief.columns[0].cards, merged, matched)] == [False] * 7 + [True, False]
    assert not any(p.origin for p in merged.parts)
    claims = brief.columns[0].cards[2]
    assert [c.zh for c in claims.chips] == ["等待 45日"]
    assert len(pages(brief, "A4")) == 1
    said = {w.text for g in scene(brief).groups for w in g.shapes if isinstance(w, Words)}
    assert not any(text.startswith("替代") for text in said)


def test_in_brief_many_times_are_told_by_what_they_come_to():
    keys = ("construction/project-serial@2019-04", "construction/project-parallel@2020-01")
    brief = comparison_figure(compare([flow_of(k) for k in keys]), "zh", brief=True)
    chips = {c.number: [chip.zh for chip in c.chips] for c in brief.columns[0].cards}
    assert chips[4][0] == "关键路径 55个工作日"
    assert chips[2][0] == "关键路径 50个工作日"


def test_titles_break_between_names_rather_than_inside_one():
    figure = drawn("construction/permit-separate@2019-04", "construction/permit-merged@2019-04")
    (heading,) = (g for g in scene(replace(figure, room=560)).groups if g.id == "page-title")
    assert [w.text[0] for w in heading.shapes if isinstance(w, Words)] == ["质", "与"]


def test_lines_leave_a_split_stage_in_its_own_colour():
    figure = drawn("services/one-window@2022-03", "services/one-by-one@2022-03")
    marks = {c.id: c.mark for c in figure.columns[0].cards}
    assert "拆分" in {t.word.zh for c in figure.columns[0].cards for t in c.tags}
    for relation in figure.relations:
        assert {marks[s] for s in relation.sources} == {relation.mark}


def test_the_figure_and_the_table_tell_the_same_change(seven_to_two):
    rows = {row.title: row for row in seven_to_two.measures}
    for item in comparison_figure(seven_to_two).indicators:
        percent = rows[item.title].percent(1)
        assert percent is not None
        assert item.change is not None
        told = item.change.zh.removesuffix("%").replace("−", "-").replace("不变", "0")
        assert float(told) == percent


def test_waiting_is_told_in_the_unit_of_the_law(seven_to_two):
    wait = comparison_figure(seven_to_two).indicators[2]
    change = Text("−55.6%", "−55.6%")
    assert (said(wait), wait.change, wait.note) == (["45 日", "20 日"], change, None)


def test_time_in_several_units_is_told_in_each_with_the_mean_beside_it(seven_to_two):
    time = comparison_figure(seven_to_two).indicators[3]
    assert said(time) == ["45 日 + 8 个工作日", "20 日 + 8 个工作日"]
    assert time.note is not None
    assert time.note.zh == f"平均 {' → '.join(map(format_number, filter(None, time.numbers)))} 天"


@pytest.mark.parametrize("keys", [*PAIRS, *TRIPLES], ids="~".join)
def test_links_of_a_comparison_hardly_cross(keys):
    """One must where stages that are merged stand around one that is not."""
    assert crossings(scene(drawn(*keys))) <= 1


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
@pytest.mark.parametrize("keys", TRIPLES, ids=len)
def test_comparisons_can_be_read_in_each_language(keys, lang):
    assert findings(scene(replace(drawn(*keys), lang=lang))) == []


SPLIT = [
    ("deregistration/general@2024-07", "deregistration/simple@2024-07"),
    ("construction/permit@2019-04", "construction/project-serial@2019-04"),
    *TRIPLES,
    (
        "deregistration/general@2017-03",
        "deregistration/general@2022-03",
        "deregistration/general@2024-07",
        "deregistration/court@2022-03",
        "deregistration/individual@2022-03",
        "deregistration/simple@2017-03",
        "deregistration/simple@2022-03",
        "deregistration/simple@2024-07",
    ),
]


@pytest.mark.parametrize(
    ("keys", "paper"),
    [(k, p) for i, k in enumerate(SPLIT) for j, p in enumerate(PAPERS) if (i + j) % 3 == 0],
    ids=lambda v: v if isinstance(v, str) else len(v),
)
def test_comparisons_fit_any_paper(keys, paper):
    found = pages(replace(drawn(*keys), lang="both"), paper)
    for page in found:
        assert findings(page) == []
        assert page.sheet is not None
        assert page.sheet == found[0].sheet
        assert min(page.sheet[0] / page.width, page.sheet[1] / page.height) >= 0.985


def steps(page: ComparisonFigure) -> list[tuple[Text, Text, str]]:
    """Title and version of each variant with the numbers of its steps."""
    return [(c.title, c.facts[0], p.number) for c in page.columns[1:] for s in c.cards for p in s.parts]


@pytest.mark.parametrize("keys", SPLIT, ids=len)
def test_pages_hold_every_step_once_and_the_notes_at_the_end(keys):
    figure = drawn(*keys)
    found = comparison_pages(figure, *PAPERS["A4"])
    assert len(found) > 1
    held = Counter(step for page in found for step in steps(page))
    assert held == Counter(steps(figure))
    assert [bool(page.notes) for page in found] == [False] * (len(found) - 1) + [True]
    assert found[0].indicators


def test_pages_of_some_variants_say_only_what_becomes_of_the_base_in_them():
    figure = drawn(*TRIPLES[0])
    parts = [comparison_pages(figure, 560, 840 * 4)[i] for i in range(2)]
    assert [[c.letter for c in page.columns] for page in parts] == [["A", "B"], ["A", "C"]]
    group = [page.columns[0].cards[0] for page in parts]
    assert [[(t.letters, t.mark) for t in card.tags] for card in group] == [
        [("", Mark.MERGED)],
        [("", Mark.REMOVED)],
    ]
    assert {len(p.marks) for card in group for p in card.parts} == {1}
    assert [i.numbers for i in parts[1].indicators] == [
        (i.numbers[0], i.numbers[2]) for i in figure.indicators
    ]


def test_rows_stand_closer_where_that_saves_a_page():
    figure = drawn("deregistration/general@2024-07", "deregistration/simple@2024-07")
    for paper, roomy, tight in (("A4", 3, 2), ("A3", 2, 1)):
        assert len(comparison_pages(figure, *PAPERS[paper])) == roomy
        assert len(pages(figure, paper)) == tight


def test_a_card_that_goes_on_says_so(simplified):
    first, second, _ = comparison_pages(simplified, *PAPERS["A4"])
    begun, went_on = first.columns[1].cards[0], second.columns[1].cards[0]
    assert begun.id == went_on.id
    assert begun.notes == (CONTINUES,)
    assert went_on.title.zh == f"{begun.title.zh}（续）"
    assert not {p.id for p in begun.parts} & {p.id for p in went_on.parts}
    assert first.columns[0].end == TO_NEXT
    assert second.columns[0].start == FROM_BEFORE


def test_a_stage_of_more_steps_than_a_page_holds_is_parted():
    process = general()
    steps = tuple(replace(process.stages[0].items[0], id=f"step{i}") for i in range(80))
    long = replace(process, stages=(replace(process.stages[0], items=steps), *process.stages[1:]))
    found = comparison_pages(comparison_figure(compared(long, simple()), "zh"), *PAPERS["A4"])
    held = [p.id for page in found for c in page.columns[0].cards for p in c.parts]
    assert [h for h in held if h.startswith("step")] == [s.id for s in steps]
    for page in found:
        assert scene(page).height <= PAPERS["A4"][1]


def test_the_same_bytes_twice(seven_to_two):
    assert render(comparison_figure(seven_to_two)) == render(comparison_figure(seven_to_two))
