"""Figures of one process: what they show, and that a reader can read them."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given

from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import FigureLang, process_figure, render, scene
from jianban.workflows.figures.cells import Grid
from jianban.workflows.figures.grid import grid
from jianban.workflows.figures.model import Card, Decision, Fork, Link, LinkKind, ProcessFigure
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.scene import Box, Route, Words
from jianban.workflows.figures.sheets import inside
from jianban.workflows.figures.tangles import untangled
from jianban.workflows.figures.theme import PRINT
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Item, Parallel, Process
from jianban.workflows.language.terms import Guard
from jianban.workflows.texts import Text
from tests.effort import examples
from tests.figures.quality import bends, crossings, findings, routes, words
from tests.figures.samples import ENTERPRISE, general, simple, stage, step
from tests.strategies import flows

LANGS = ("zh", "en", "both")
TANGLE = {
    "construction/crane-notice@2019-04": (0, 14),
    "construction/permit@2019-04": (0, 10),
    "construction/project-parallel@2020-01": (0, 62),
    "construction/project-serial@2019-04": (0, 89),
    "credit/publicity@2017-10": (0, 10),
    "deregistration/court@2022-03": (0, 18),
    "deregistration/general@2017-03": (0, 13),
    "deregistration/general@2022-03": (0, 13),
    "deregistration/general@2024-07": (0, 11),
    "deregistration/individual@2022-03": (1, 6),
    "deregistration/one-by-one@2024-07": (0, 25),
    "deregistration/simple@2017-03": (2, 9),
    "deregistration/simple@2021-08": (2, 9),
    "deregistration/simple@2022-03": (2, 11),
    "deregistration/simple@2024-07": (2, 11),
    "deregistration/simple-pudong@2021-10": (2, 9),
    "inspection/random@2022-03": (0, 7),
    "items/disguised@2020-01": (0, 6),
    "items/supervision@2020-01": (0, 6),
}
"""Crossings and bends, at most so many; lower a number when the layout gets better. Objections from every
branch of a fork come to one step beside it: there the lines of the branches must be crossed."""
OTHERS = (0, 1.2)
"""Of a process not named above: crossings, and bends for each of its links."""
KEYS = [p.key for p in Catalogue.default().processes()]


def figure_of(process: Process) -> ProcessFigure:
    return process_figure(compile_process(process))


def link(figure: ProcessFigure, source: str, target: str) -> Link:
    (found,) = [k for k in figure.links if (k.source, k.target) == (source, target)]
    return found


def test_lanes_are_the_agencies_with_the_applicant_first_and_the_public_last():
    assert [lane.title.zh for lane in figure_of(general()).lanes] == [
        "企业",
        "公示系统",
        "税务机关",
        "登记机关",
        "债权人",
    ]


@pytest.mark.parametrize(
    ("key", "source", "said"),
    [
        (
            "construction/permit@2019-04",
            "intake",
            Text("受理（逾期视同）", "Accept (or by expiry)"),
        ),
        (
            "licensing/commitment@2022-01",
            "rectify",
            Text("逾期不改或者仍不符合，撤销许可", "Not put right: permit revoked"),
        ),
    ],
)
def test_what_expiry_does_too_is_said_once(key, source, said):
    titles = [
        k.title for k in figure_of(Catalogue.default().process(key)).links if k.title and k.source == source
    ]
    assert [t for t in titles if "逾期" in t.zh] == [said]


def test_a_limit_of_a_loop_that_is_only_assumed_is_not_told():
    titles = [k.title for k in figure_of(Catalogue.default().process("licence/electronic@2022-03")).links]
    assert not [t for t in titles if t and "1000" in t.zh]


@pytest.mark.parametrize("key", ["licensing/abolished@2022-01", "deregistration/ex-officio@2024-07"])
def test_a_narrow_process_is_as_wide_as_its_page(key):
    flow = compile_process(Catalogue.default().process(key))
    drawn = scene(process_figure(flow, measure(flow), "zh"))
    lanes = next(g for g in drawn.groups if g.id == "page-lanes")
    right = max(s.x + s.width for s in lanes.shapes if not isinstance(s, Route))
    assert right == pytest.approx(drawn.width - MARGIN)


def test_numbers_in_several_rows_stand_below_one_another():
    flow = compile_process(Catalogue.default().process("licensing/filing@2022-01"))
    drawn = scene(process_figure(flow, measure(flow), "zh"))
    rows = [g for g in drawn.groups if g.id.startswith("page-indicators")]
    first, second = ([w.x for w in g.shapes if isinstance(w, Words) and w.size == 8][:3] for g in rows)
    assert first == second


def test_bands_are_the_stages():
    assert [band.id for band in figure_of(simple()).bands] == ["notice_and_commitment", "deregister"]


def test_branches_lie_between_two_bars():
    figure = figure_of(simple())
    (fork,) = [b for b in figure.bands[0].blocks if isinstance(b, Fork)]
    assert len(fork.branches) == 3
    assert link(figure, "publish", fork.id).main
    assert link(figure, "publicity", fork.join).title == Text("期满无异议", "No objection")
    assert link(figure, fork.join, "apply").main


@pytest.mark.parametrize(
    ("expression", "names", "said"),
    [
        (
            "concerns_others",
            ["concerns_others"],
            Text("涉及有关部门或者所在地政府职责", "Concerns other departments or the local government"),
        ),
        ("!evaluate", ["evaluate"], Text("需要委托中介服务机构评估：否", "Needs outside evaluation: no")),
        (
            "evaluate && in_catalogue",
            ["evaluate", "in_catalogue"],
            Text(
                "视情况：需要委托中介服务机构评估、列入政府核准的投资项目目录",
                "depending on: Needs outside evaluation, in the catalogue of projects to be verified",
            ),
        ),
        ("true", [], None),
    ],
)
def test_a_branch_called_as_its_step_is_led_to_by_its_condition(expression, names, said):
    process = Catalogue.default().process("investment/verification")

    def guarded(item: Item) -> Item:
        if not isinstance(item, Parallel):
            return item
        guard = Guard(expression=expression, names=tuple(names))
        return replace(item, branches=tuple(replace(b, guard=guard) if b.guard else b for b in item.branches))

    stages = tuple(replace(s, items=tuple(guarded(i) for i in s.items)) for s in process.stages)
    figure = figure_of(replace(process, stages=stages))
    (found,) = [k for k in figure.links if k.target == "reply"]
    assert found.title == said


def test_a_correction_is_a_loop_and_a_refusal_leads_out():
    figure = figure_of(simple())
    assert link(figure, "receive", "correct").kind is LinkKind.BACK
    assert link(figure, "correct", "receive").kind is LinkKind.BACK
    assert link(figure, "decide", "refused").kind is LinkKind.OUT
    assert link(figure, "decide", "done").kind is LinkKind.ON


def test_only_what_goes_back_is_dashed():
    figure = process_figure(compile_process(Catalogue.default().process("construction/project-serial")))
    onward = link(figure, "inspect_fire", "file_completion")
    assert (onward.kind, onward.main) == (LinkKind.ON, False)
    assert link(figure, "draw_fire", "inspect_fire").kind is LinkKind.ON
    assert link(figure, "decide_project", "evaluate_project").kind is LinkKind.BACK
    assert link(figure, "evaluate_project", "decide_project").kind is LinkKind.BACK
    dashed = {r.name for r in routes(scene(figure)) if r.name and r.dash}
    assert dashed == {f"{k.source} -> {k.target}" for k in figure.links if k.kind is LinkKind.BACK}


def test_a_correction_stands_in_the_row_of_the_step_that_asks_for_it():
    spots = grid(figure_of(simple())).spots
    assert spots["correct"].row == spots["receive"].row


def test_the_main_branch_of_a_choice_goes_straight_down():
    spots = grid(figure_of(general())).spots
    assert spots["solvency"].first == spots["distribute"].first
    assert spots["petition"].first != spots["solvency"].first


def test_what_several_branches_lead_to_stands_below_them_and_above_the_join():
    figure = figure_of(Catalogue.default().process("deregistration/simple"))
    spots = grid(figure).spots
    (fork,) = [b for b in figure.bands[0].blocks if isinstance(b, Fork)]
    sources = [k.source for k in figure.links if k.target == "objection_handling"]
    assert len(sources) > 1
    assert max(spots[s].row for s in sources) < spots["objection_handling"].row < spots[fork.join].row


def test_an_unsuccessful_end_stands_beside_each_step_that_leads_to_it():
    figure = figure_of(Catalogue.default().process("construction/permit"))
    spots = grid(figure).spots
    for source in ("examine", "decide"):
        end = spots[f"refused@{source}"]
        assert (end.row, end.first) == (spots[source].row, spots[source].first + 1)


def test_branches_through_the_same_lanes_stand_below_one_another():
    figure = figure_of(Catalogue.default().process("construction/project-serial"))
    spots = grid(figure).spots
    report, form = spots["decide_eia_report"], spots["apply_eia_form"]
    assert report.row < form.row
    assert spots["apply_eia_report"].first == form.first


def test_steps_go_on_beside_a_branch_from_which_nothing_comes_back():
    spots = grid(figure_of(Catalogue.default().process("deregistration/general"))).spots
    assert spots["plan"].row == spots["petition"].row


def test_no_two_things_share_a_cell():
    cells = [
        c
        for s in {n: s for n, s in grid(figure_of(simple())).spots.items() if "@" not in n}.values()
        for c in s.cells
    ]
    assert len(cells) == len(set(cells))


def test_indicators_are_the_readings():
    flow = compile_process(simple())
    figure = process_figure(flow, measure(flow))
    shown = {i.title.en: i.numbers for i in figure.indicators}
    assert shown["Stages"] == (2,)
    assert shown["Visits"] == (measure(flow)["visits"].value,)


def drawn_grid(key: str) -> Grid:
    return untangled(figure_of(Catalogue.default().process(key)), PRINT)[0]


def test_lines_are_drawn_otherwise_only_where_they_cross_or_wind():
    figure = figure_of(simple())
    assert untangled(figure, PRINT)[0] == grid(figure)


def test_branches_stand_left_and_right_of_a_decision_that_an_end_stands_beside():
    spots = drawn_grid("inspection/random@2022-03").spots
    assert spots["correct_order"].first < spots["follow_up"].first < spots["list_abnormal"].first


def test_an_end_stands_below_the_typical_way_to_it():
    spots = drawn_grid("inspection/random@2022-03").spots
    assert spots["closed"].first == spots["follow_up"].first


def test_a_fork_of_few_lanes_begins_with_the_branch_furthest_left():
    spots = drawn_grid("credit/publicity@2017-10").spots
    assert spots["verify_objection"].first < spots["hear"].first < spots["term"].first


def test_a_successful_end_stands_beside_its_steps_where_lines_to_it_would_wind():
    spots = drawn_grid("items/disguised@2020-01").spots
    end, decision, order = (spots[name] for name in ("cleared@disguised", "disguised", "order"))
    assert (end.row, end.first) == (decision.row, decision.first + 1)
    assert order.first == decision.first


def test_a_decision_that_opens_a_stage_stands_with_who_acts_next_in_a_typical_case():
    lanes = {}
    for key in ("items/supervision@2020-01", "investment/verification@2019-04"):
        figure = figure_of(Catalogue.default().process(key))
        blocks = [b for band in figure.bands for b in inside(band.blocks)]
        lanes |= {b.id: b.lane for b in blocks if isinstance(b, Decision)}
    assert (lanes["wait"], lanes["evaluation"]) == ("item_department", "investment_bureau")


def test_a_way_from_beside_comes_back_at_the_side_with_one_bend():
    drawn = scene(figure_of(Catalogue.default().process("inspection/random@2022-03")))
    (again,) = [r for r in routes(drawn) if r.name == "list_abnormal -> closed"]
    assert len(again.points) == 3
    assert again.points[1][1] == again.points[2][1]


@pytest.mark.parametrize("key", KEYS)
def test_no_line_runs_close_along_a_border_of_lanes(key):
    drawn = scene(figure_of(Catalogue.default().process(key)))
    (lanes,) = [g for g in drawn.groups if g.id == "page-lanes"]
    borders = [s.x for s in lanes.shapes if isinstance(s, Box) and s.width < 1 and s.x > MARGIN]
    down = [x for r in routes(drawn) for (x, _), (other, _) in pairwise(r.points) if x == other]
    assert not [x for x in down for border in borders if abs(x - border) < 6]


def test_air_between_rows_keeps_lines_off_the_borders_of_stages():
    figure = figure_of(Catalogue.default().process("items/inventory@2020-01"))
    close: list[float] = []
    for room in ((0.0, 0.0), (1190.0, 1400.0)):
        drawn = scene(replace(figure, room=room))
        stages = [g for g in drawn.groups if g.id.startswith("stage-")]
        borders = [s.y for g in stages for s in g.shapes if isinstance(s, Box) and s.height < 1]
        across = [y for r in routes(drawn) for (_, y), (_, other) in pairwise(r.points) if y == other]
        close.append(min(abs(y - border) for y in across for border in borders))
    assert close[1] > close[0] + 4


def test_what_an_aside_leads_on_to_stands_below_it():
    spots = drawn_grid("licence/electronic@2022-03").spots
    assert spots["delegated"].first == spots["authorise"].first
    assert spots["delegated"].row > spots["authorise"].row


@pytest.mark.parametrize("key", KEYS)
def test_no_process_of_the_catalogue_is_more_tangled_than_it_was(key):
    flow = compile_process(Catalogue.default().process(key))
    figure = process_figure(flow, None, "zh")
    drawn = scene(figure)
    most = TANGLE.get(key, (OTHERS[0], OTHERS[1] * len(figure.links)))
    assert (crossings(drawn) <= most[0], bends(drawn) <= most[1]) == (True, True)


@examples(60)
@given(flows())
def test_any_process_can_be_read_and_shows_all_its_links(flow):
    figure = process_figure(flow, None, "both")
    drawn = scene(figure)
    assert findings(drawn) == []
    assert len([r for r in routes(drawn) if r.name]) == len(figure.links)


@examples(40)
@given(flows())
def test_a_step_that_may_be_repeated_has_a_loop_at_its_side(flow):
    plain = process_figure(flow, None, "both")
    assume(not findings(scene(plain)))
    again = Text("申请延期（最多 2 次）", "Extend (up to 2×)")
    cards = [c.id for c in grid(plain).cards.values() if isinstance(c, Card)]
    loops = tuple(Link(source=c, target=c, kind=LinkKind.BACK, title=again) for c in cards)
    drawn = scene(replace(plain, links=(*plain.links, *loops)))
    assert findings(drawn) == []
    for card in cards:
        (route,) = [r for r in routes(drawn) if r.name == f"{card} -> {card}"]
        (x, top), (_, bottom) = route.points[0], route.points[-1]
        assert route.points[-1][0] == x
        assert route.dash
        assert top < bottom


def test_a_counted_exit_back_to_its_own_step_says_how_often():
    figure = process_figure(compile_process(Catalogue.default().process("construction/permit")))
    assert link(figure, "start_works", "start_works").title == Text(
        "申请延期开工（最多 2 次）", "Extend the start (up to 2×)"
    )


@pytest.mark.parametrize("lang", ["en", "both"])
def test_no_english_word_of_a_label_is_broken(lang):
    licence = compile_process(Catalogue.default().process("licence/electronic@2022-03"))
    texts = [w.text for w in words(scene(process_figure(licence, None, lang)))]
    assert any("authorisation" in text for text in texts)


def test_quotes_in_english_are_straight():
    titled = compile_process(replace(simple(), title=Text("“甲”", "The “first”")))
    told: dict[FigureLang, str] = {"zh": "“甲”", "en": 'The "first"', "both": 'The "first"'}
    for lang, said in told.items():
        assert said in [w.text for w in words(scene(process_figure(titled, None, lang)))]


def test_long_and_awkward_labels_are_wrapped():
    awkward = 'Inspect "A & B" <x> مرحبا 😀 ' * 10
    process = simple()
    first = process.stages[0]
    long = replace(first.items[0], title=Text("全体投资人书面承诺" * 33, awkward))
    process = replace(process, stages=(replace(first, items=(long, *first.items[1:])), *process.stages[1:]))
    for lang in LANGS:
        assert findings(scene(process_figure(compile_process(process), None, lang))) == []
    assert render(figure_of(process), "pdf")


def test_a_process_without_steps_is_drawn():
    empty = replace(simple(), stages=(), documents=())
    assert findings(scene(figure_of(empty))) == []
    assert render(figure_of(empty)).startswith(b"<svg")


def test_a_process_of_one_step_is_drawn():
    one = replace(simple(), stages=(stage("only", "唯一", "Only", step("do", "办理", "Do", ENTERPRISE)),))
    assert findings(scene(figure_of(one))) == []


def test_words_stand_on_the_line_to_an_end_where_there_is_room():
    figure = replace(
        figure_of(Catalogue.default().process("construction/permit@2019-04")), lang="zh", room=(1600.0, 0.0)
    )
    drawn = scene(figure)
    (label,) = [
        s
        for g in drawn.groups
        if g.id == "line-labels"
        for s in g.shapes
        if isinstance(s, Words) and s.text == "不通过"
    ]
    (said,) = [k for k in figure.links if k.title and k.title.zh == "不通过"]
    (line,) = [r for r in routes(drawn) if r.name.startswith(f"{said.source} -> ") and said.target in r.name]
    assert 0 < line.points[0][1] - label.baseline < label.size


@pytest.mark.parametrize("key", KEYS)
def test_a_stage_shows_only_agencies_that_have_a_part_in_it(key):
    for band in figure_of(Catalogue.default().process(key)).bands:
        blocks = list(inside(band.blocks))
        acting = {b.lane for b in blocks if isinstance(b, Card)}
        assert not acting or {b.lane for b in blocks if isinstance(b, Decision)} <= acting, band.id
