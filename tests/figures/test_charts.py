"""Figures of what takes time, and of how much each indicator changes."""

from dataclasses import replace
from functools import cache

import pytest

from jianban.workflows.analysis.measures import Options, measure
from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import PAPERS, indicators_figure, pages, parallel_figure, render, scene
from jianban.workflows.figures.chart_pages import indicators_parts, parallel_parts
from jianban.workflows.figures.layout_bars import HIGH
from jianban.workflows.figures.layout_indicators import ticks_to
from jianban.workflows.figures.layout_parallel import DISC
from jianban.workflows.figures.metrics import text_width
from jianban.workflows.figures.model import FigureLang, Group, ParallelFigure
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.parallel import NO_TIME
from jianban.workflows.figures.scene import Box, Route, Scene, Words
from jianban.workflows.figures.tasks import tasks_in
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Branch, Parallel
from jianban.workflows.texts import Text
from tests.figures.quality import findings, words
from tests.figures.samples import TAX, days, general, simple, stage, step

PROMISED = ("licensing/approval", "licensing/optimised")
LANGS = ("zh", "en", "both")
PAIRS = [
    ("deregistration/general", "deregistration/simple"),
    ("construction/project-serial", "construction/project-parallel"),
    ("deregistration/simple@2017-03", "deregistration/simple@2022-03", "deregistration/individual"),
    ("deregistration/court", "construction/permit"),
]


@cache
def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


@cache
def compared(*keys: str) -> Comparison:
    return compare([flow_of(k) for k in keys])


def timed(*flows: Flow) -> ParallelFigure:
    return parallel_figure(flows, [measure(f) for f in flows])


@pytest.fixture(scope="module")
def sample() -> ParallelFigure:
    return timed(compile_process(general()), compile_process(simple()))


@pytest.fixture(scope="module")
def construction() -> ParallelFigure:
    return timed(*(flow_of(k) for k in PAIRS[1]))


def test_branches_that_take_time_stand_side_by_side_and_the_longest_is_marked(sample):
    works = sample.panels[1].phases[0].works
    (group,) = [w for w in works if isinstance(w, Group)]
    assert {t.id: t.longest for t in tasks_in([group])} == {
        "publicity": True,
        "tax_check": False,
        "social_check": False,
    }


def test_a_stage_ends_with_the_decision_or_licence_that_closes_it(construction):
    gates = [[p.gate.title.zh for p in panel.phases if p.gate] for panel in construction.panels]
    assert gates == [
        ["核发建设用地规划许可证", "核发建设工程规划许可证", "颁发施工许可证", "办结不动产登记"],
        ["核发建设用地规划许可证", "审定方案并核发规划许可证", "颁发施工许可证", "办结不动产登记"],
    ]


def test_a_stage_in_which_no_office_decides_has_no_gate(sample):
    assert [p.gate for p in sample.panels[0].phases[:6]] == [None] * 6


def test_stages_of_the_same_titles_are_headed_once(construction, sample):
    assert construction.shared
    assert not sample.shared


def test_a_stage_spans_the_columns_of_what_it_stands_for(sample):
    spans = [(p.first, p.last) for p in sample.panels[1].phases]
    assert spans == [(1, 5), (6, 6)]


def test_steps_that_stand_for_each_other_share_a_row(construction):
    serial, parallel = (
        {t.id: t.row for t in tasks_in(panel.phases[2].works)} for panel in construction.panels
    )
    for name in (
        "decide_eia_form",
        "review_drawings",
        "decide_fire_design",
        "permit.intake",
        "permit.decide",
    ):
        assert serial[name] == parallel[name]


def test_what_is_merged_is_said_in_the_row_it_leaves(construction):
    serial, parallel = (panel.phases[1] for panel in construction.panels)
    rows = {t.row: t.title.zh for t in tasks_in(serial.works)}
    assert {rows[g.row]: g.said.zh for g in parallel.gone} == {
        "审定建设工程设计方案": "并入“审定方案并核发规划许可证”",
        "受理工程规划许可申请": "并入“统一受理工程建设申请”",
    }


def test_what_only_some_cases_do_is_shown_and_not_counted(construction):
    works = construction.panels[0].phases[3].works
    assert [(t.id, t.optional) for t in tasks_in(works)] == [
        ("intake_planning_check", False),
        ("decide_planning_check", False),
        ("decide_fire_acceptance", True),
    ]
    assert construction.panels[0].phases[3].total.zh == "依次办理：5 + 20 + 30 = 55 个工作日"


def test_pages_of_a_chart_are_turned_the_same_way():
    found = pages(indicators_figure(compared(*PAIRS[1]), "zh"), "A4")
    assert len(found) > 1
    assert {page.sheet for page in found} == {PAPERS["A4"]}


@pytest.mark.parametrize("paper", ["A4", "16:9"])
def test_pages_lose_no_step_and_keep_the_variants_apart(construction, paper):
    count, steps = 0, []
    for parts in parallel_parts(construction):
        made = [parts.make(i, i + 1) for i in range(parts.count)]
        steps.append(
            sorted(t.id for f in made for n in f.panels for p in n.phases for t in tasks_in(p.works))
        )
        assert [len(f.bars) for f in made] == [0] * (parts.count - 1) + [2]
        assert {n.order for f in made for n in f.panels} == {1, 2}
        count += 1
    assert count == 4
    assert steps == steps[:1] * 4
    found = pages(construction, paper)
    assert len(found) > 1
    assert [f for page in found for f in findings(page)] == []


def test_bars_tell_the_change_that_the_table_tells():
    comparison = compared(*PAIRS[1])
    row = comparison.row("days_statutory")
    readings = [{row.id: r} for r in row.readings]
    figure = parallel_figure(comparison.flows, readings, "zh")
    assert [bar.percent for bar in figure.bars] == [0, row.percent(1)]
    assert row.percent(1) == -23.2
    assert any("（−23.2%）" in w.text for w in words(scene(figure)))


def test_bars_add_up_to_the_statutory_time(sample):
    for bar in sample.bars:
        assert sum(bar.parts) == pytest.approx(bar.total)


@pytest.mark.parametrize(
    "keys", [PAIRS[0], ("construction/permit-separate", "construction/permit-merged"), PROMISED]
)
def test_periods_follow_one_another_to_the_total(keys):
    for timeline in indicators_figure(compared(*keys)).timelines:
        ends = [leg.start + leg.length for leg in timeline.legs]
        assert [leg.start for leg in timeline.legs] == [0.0, *ends[:-1]]
        assert ends[-1] == pytest.approx(timeline.total)


def test_parts_of_a_chart_hold_each_row_once_on_the_same_scale():
    figure = indicators_figure(compared(*PAIRS[1]))
    for parts in indicators_parts(figure):
        made = [parts.make(i, i + 1) for i in range(parts.count)]
        assert [i for f in made for i in f.indicators] == list(figure.indicators)
        assert [leg for f in made for t in f.timelines for leg in t.legs] == [
            leg for t in figure.timelines for leg in t.legs
        ]
        assert {(f.most, f.highest) for f in made} == {(figure.most, figure.highest)}


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0, 1]), (7, [0, 2, 4, 6, 8]), (100, [0, 20, 40, 60, 80, 100])]
)
def test_ticks(most, ticks):
    assert ticks_to(most) == ticks


@pytest.mark.parametrize("keys", PAIRS, ids="~".join)
def test_charts_of_the_catalogue_can_be_read(keys):
    flows = [flow_of(k) for k in keys]
    readings = [measure(f) for f in flows]
    for lang in LANGS:
        assert findings(scene(indicators_figure(compared(*keys), lang))) == []
        assert findings(scene(parallel_figure(flows, readings, lang))) == []


def test_the_same_bytes_twice():
    figure = indicators_figure(compared(*PAIRS[0]))
    assert render(figure) == render(figure)


def test_charts_fit_few_sheets_on_one_scale():
    for keys in PAIRS[:2]:
        for lang in LANGS:
            found = pages(indicators_figure(compared(*keys), lang), "A4")
            assert len(found) <= (3 if lang == "both" else 2)
            assert [f for page in found for f in findings(page)] == []
    flows = [flow_of(k) for k in PAIRS[1]]
    found = pages(parallel_figure(flows, [measure(f) for f in flows], "zh"), "A3")
    assert [f for page in found for f in findings(page)] == []


def test_twenty_branches_and_a_long_stage_fit_a_slide():
    checks = tuple(
        step(f"check{i}", f"第{i}项部门核查", f"Check number {i}", TAX, within=days(i + 1)) for i in range(20)
    )
    side_by_side = Parallel(
        id="checks",
        title=Text("并联核查", "Checks side by side"),
        branches=tuple(Branch(id=f"b_{s.id}", title=s.title, items=(s,)) for s in checks),
    )
    steps = tuple(step(f"s{i}", f"第{i}步审查", f"Review {i}", TAX, within=days(3)) for i in range(30))
    process = replace(
        simple(),
        stages=(stage("one", "核查", "Checks", side_by_side), stage("two", "审查", "Review", *steps)),
    )
    figure = timed(compile_process(process))
    found = pages(figure, "16:9")
    assert [f for page in found for f in findings(page)] == []
    cards = {w.text for page in found for w in words(page)}
    assert {s.title.zh for s in (*checks, *steps)} <= cards


def test_the_first_stage_of_each_variant_has_a_start_wherever_it_stands():
    keys = ("construction/permit-separate@2019-04", "construction/permit@2019-04")
    flows = [compile_process(Catalogue.default().process(key)) for key in keys]
    figure = parallel_figure(flows, [measure(f) for f in flows], "zh")
    assert [panel.phases[0].first for panel in figure.panels] == [0, 2]
    discs = [b for g in scene(figure).groups for b in g.shapes if isinstance(b, Box) and b.radius * 2 == DISC]
    assert len(discs) == 2


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("investment/government@2019-07", "无限时事项"),
        ("items/disguised@2020-01", "限时事项均视情况办理"),
        ("inspection/joint@2022-03", "1 项限时事项"),
        ("licensing/approval@2022-01", "3 项限时事项，依次办理"),
    ],
)
def test_how_many_steps_have_a_limit_is_told_as_one_would(key, said):
    flow = compile_process(Catalogue.default().process(key))
    (panel,) = parallel_figure([flow], [measure(flow)], "zh").panels
    assert panel.summary.zh == said


def test_no_word_of_the_title_of_an_empty_stage_is_broken():
    flow = compile_process(Catalogue.default().process("construction/permit@2019-04"))
    drawn = scene(parallel_figure([flow], [measure(flow)], "en"))
    assert "2 Examination" in [w.text for g in drawn.groups for w in g.shapes if isinstance(w, Words)]


def drawn(key: str, lang: FigureLang, paper: str = "") -> list[Scene]:
    flow = compile_process(Catalogue.default().process(key))
    figure = parallel_figure([flow], [measure(flow)], lang)
    return list(pages(figure, paper)) if paper else [scene(figure)]


@pytest.mark.parametrize("key", ["investment/government@2019-07", "construction/quality-supervision@2019-04"])
def test_few_stages_fill_the_width(key):
    (page,) = drawn(key, "zh")
    heads = [b for g in page.groups if g.id == "variant-1" for b in g.shapes if isinstance(b, Box)]
    frame, right = heads[0], max(b.x + b.width for b in heads[2:])
    assert 0 < frame.x + frame.width - right < 8


def test_totals_of_bars_stay_within_the_margins():
    (page,) = drawn("construction/project-parallel@2020-01", "both")
    (bars,) = (g for g in page.groups if g.id == "page-bars")
    ends = [w.x + text_width(w.text, w.size, w.weight) for w in bars.shapes if isinstance(w, Words)]
    assert max(ends) <= page.width - MARGIN + 1e-6


def test_a_limit_of_the_whole_is_told_where_no_stage_takes_the_time():
    flow = compile_process(Catalogue.default().process("construction/project-low-risk@2020-04"))
    (panel,) = parallel_figure([flow], [measure(flow)], "zh").panels
    assert panel.summary.zh == "4 项限时事项，依次办理；全流程时限 15 个工作日"
    assert {p.total.zh for p in panel.phases if p.total} == {"计入全流程时限"}


def test_one_time_alone_is_not_told_as_a_sequence():
    flow = compile_process(Catalogue.default().process("licensing/approval@2022-01"))
    (panel,) = parallel_figure([flow], [measure(flow)], "zh").panels
    totals = [p.total.zh for p in panel.phases if p.total]
    assert totals == ["5 个工作日", "无限时事项", "依次办理：20 + 10 = 30 个工作日"]


@pytest.mark.parametrize("process", Catalogue.default().processes(), ids=lambda p: p.key)
def test_no_stage_that_shows_a_time_is_said_to_have_none(process):
    flow = compile_process(process)
    (panel,) = parallel_figure([flow], [measure(flow)], "zh").panels
    assert [p.title.zh for p in panel.phases if list(tasks_in(p.works)) and p.total == NO_TIME] == []


@pytest.mark.parametrize("lang", ["zh", "both"])
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("construction/project-low-risk@2020-04", ["办理", "不动产", "登记"]),
        ("licensing/approval@2022-01", ["颁发、", "送达", "许可证"]),
    ],
)
def test_a_gate_has_rather_more_lines_than_a_broken_word(key, said, lang):
    (page,) = drawn(key, lang)
    texts = [w.text for g in page.groups for w in g.shapes if isinstance(w, Words)]
    assert said in [texts[i : i + len(said)] for i in range(len(texts))]


def test_a_construction_project_fits_one_sheet():
    assert len(drawn("construction/project-hefei-government@2020-01", "zh", "A4")) == 1


def test_what_is_promised_stands_beside_what_the_law_allows():
    comparison = compared(*PROMISED)
    figure = indicators_figure(comparison, "en")
    assert [(t.order, t.promised) for t in figure.timelines] == [(1, False), (2, False), (2, True)]
    (promise,) = [t for t in figure.timelines if t.promised]
    assert promise.total == comparison.row("days_promised").values[1]
    assert promise.total < figure.timelines[1].total
    assert [leg.said.en for leg in promise.legs] == ["1 working day", "10 working days", "1 working day"]
    said = [w.text for w in words(scene(figure))]
    assert "Hollow bars show what is promised." in said
    assert {"51.1 days in all", "17.4 days in all"} <= set(said)


def test_bars_tell_what_is_promised_where_it_is_less():
    figure = timed(*(flow_of(k) for k in PROMISED))
    assert [bar.promised for bar in figure.bars] == [None, compared(*PROMISED).row("days_promised").values[1]]
    assert "承诺 17.4 天" in [w.text for w in words(scene(figure))]


def test_a_time_without_a_limit_is_no_point_of_the_scale():
    figure = indicators_figure(compared("licensing/approval", "licensing/abolished"), "en")
    (time,) = [i for i in figure.indicators if i.title.en == "Statutory time"]
    assert (time.numbers, time.shares, time.change) == ((35, None), (100, None), None)
    drawn = scene(figure)
    assert [w.text for w in words(drawn)].count("no limit set") == 2
    assert not any("0 days" in w.text for w in words(drawn))
    (row,) = [g for g in drawn.groups if g.title == "Statutory time"]
    assert sum(isinstance(s, Box) and s.radius > 0 for s in row.shapes) == 1
    bars = timed(*(flow_of(k) for k in ("licensing/approval", "licensing/abolished"))).bars
    assert [b.no_limit for b in bars] == [False, True]


@pytest.mark.parametrize("turned", [False, True])
def test_no_variant_without_a_limit_is_lost_between_pages(turned):
    keys = ("licensing/approval", "licensing/abolished")
    figure = indicators_figure(compared(*(reversed(keys) if turned else keys)), "en")
    for parts in indicators_parts(figure):
        made = [parts.make(i, i + 1) for i in range(parts.count)]
        assert [t.title for f in made for t in f.timelines if not t.legs] == [
            t.title for t in figure.timelines if not t.legs
        ]


def test_a_stage_that_merges_others_ends_before_the_column_of_the_next():
    panels = timed(*(flow_of(f"deregistration/{k}") for k in ("one-by-one", "one-matter"))).panels
    assert [(p.title.zh, p.first, p.last) for p in panels[1].phases] == [
        ("一次申请", 0, 2),
        ("办理注销", 3, 3),
    ]
    assert panels[0].phases[3].title.zh == "办理注销"
    assert panels[1].phases[0].merged == Text("由原环节 1、2、3、5、6 合并", "merges stages 1, 2, 3, 5, 6")


def test_what_is_promised_on_the_spot_is_told_in_words():
    drawn_ = scene(timed(flow_of("deregistration/one-matter")))
    assert "承诺当场办结" in [w.text for w in words(drawn_)]


@pytest.mark.parametrize("key", ["deregistration/general@2017-03", "construction/project-parallel"])
def test_an_arrow_from_card_to_card_has_a_shaft(key):
    arrows = [
        r
        for g in scene(timed(flow_of(key))).groups
        for r in g.shapes
        if isinstance(r, Route) and " -> " in r.name and len(r.points) == 2
    ]
    assert arrows
    assert min(b[1] - a[1] for (a, b) in (r.points for r in arrows)) > 13


def test_the_first_variant_keeps_its_rows_where_the_other_does_something_else():
    first, other = timed(*(flow_of(f"licensing/{n}") for n in ("approval", "commitment"))).panels
    assert [t.row for p in first.phases for t in tasks_in(p.works)] == [0, 0]
    assert [t.row for t in tasks_in(other.phases[-1].works)] == [1]


def test_parts_of_bars_look_alike_for_one_stage_and_unlike_for_the_next():
    figure = timed(*(flow_of(f"deregistration/{n}") for n in ("one-by-one", "one-matter")))
    (before,), (after,) = _fills(figure)
    assert before == after
    three, seven = _fills(timed(flow_of("deregistration/general")))[0]
    assert three != seven


def _fills(figure: ParallelFigure) -> list[list[str | None]]:
    """The fills of the parts of each bar, from above."""
    (bars,) = (g for g in scene(figure).groups if g.id == "page-bars")
    parts = [b for b in bars.shapes if isinstance(b, Box) and b.height == HIGH and b.fill]
    return [[b.fill for b in parts if b.y == y] for y in sorted({b.y for b in parts})]


@pytest.mark.parametrize("year", [2019, 2020])
def test_charts_tell_the_year_of_their_means(year):
    comparison = compare([flow_of(k) for k in PAIRS[1]], options=Options(year=year))
    readings = [measure(f, Options(year=year)) for f in comparison.flows]
    for figure in (indicators_figure(comparison), parallel_figure(comparison.flows, readings)):
        assert sum(f"以 {year} 年各日为起始日" in note.zh for note in figure.notes) == 1


def test_a_chart_of_what_stays_the_same_says_so():
    keys = ("investment/monitoring", "investment/government-monitoring")
    figure = indicators_figure(compared(*keys), "both")
    said = [w.text for w in words(scene(figure))]
    assert {"各项指标均未变", "Every indicator is as before"} <= set(said)
    assert not any("关键路径" in text for text in said)
