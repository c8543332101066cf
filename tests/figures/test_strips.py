"""Figures for a slide and for the public: stages in a row, the applicant's steps one below the other."""

from dataclasses import replace
from datetime import date
from itertools import cycle

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import guide_figure, overview_figure, pages, process_figure
from jianban.workflows.figures import scene as laid
from jianban.workflows.figures.guide import AdviceKind
from jianban.workflows.figures.indicators import written
from jianban.workflows.figures.layout_guide import MORE, lay_guide
from jianban.workflows.figures.layout_strips import lay_overview
from jianban.workflows.figures.page import STRIP
from jianban.workflows.figures.process import in_force, typical_steps
from jianban.workflows.figures.scene import Box, Route, Words
from jianban.workflows.figures.theme import PRINT
from jianban.workflows.figures.words import facts as told
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.terms import PartyKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import AFTER_DECISION, NO_LIMIT, NO_OFFICE, ON_THE_SPOT
from tests.figures.quality import findings
from tests.figures.samples import general, simple

KEYS = [p.key for p in Catalogue.default().processes()]
LANGS = ("zh", "en", "both")


def test_an_overview_shows_the_stages_with_who_acts():
    figure = overview_figure(compile_process(general()))
    assert [s.number for s in figure.stops] == [1, 2, 3, 4, 5, 6, 7]
    assert [s.id for s in figure.stops] == [s.id for s in general().stages]
    assert "企业" in figure.stops[0].who.zh


@pytest.mark.parametrize("key", KEYS)
def test_the_steps_of_the_stages_of_an_overview_come_to_its_total(key):
    flow = compile_process(Catalogue.default().process(key))
    figure = overview_figure(flow, measure(flow))
    counted = [stop.chips for stop in figure.stops if AFTER_DECISION not in stop.chips]
    chips = [chip.en.removesuffix("s").split() for chips in counted for chip in chips]
    (total,) = [i.numbers for i in figure.indicators if i.title.en == "Steps"]
    assert sum(int(words[0]) for words in chips if words[1:] == ["step"]) == total[0]


def test_an_overview_says_so_where_stages_share_materials():
    notes = {}
    for key in ("construction/permit-separate@2019-04", "construction/permit-merged@2019-04"):
        flow = compile_process(Catalogue.default().process(key))
        notes[key] = [n for n in overview_figure(flow, measure(flow)).notes if "只计一次" in n.zh]
    assert list(map(len, notes.values())) == [1, 0]


def test_the_columns_of_a_guide_are_joined_and_a_page_says_that_others_follow():
    figure = guide_figure(
        compile_process(Catalogue.default().process("deregistration/general@2022-03")), lang="zh"
    )
    scenes = pages(figure, "16:9")
    assert len(scenes) > 1
    for scene in scenes:
        last = scene is scenes[-1]
        marks = [b for g in scene.groups for b in g.shapes if isinstance(b, Box) and b.radius == b.width / 2]
        ends = [r.points[-1] for g in scene.groups for r in g.shapes if isinstance(r, Route) and r.arrow]
        across = [(x, y) for x, y in ends if any((x, y) == (b.x, b.y + b.height / 2) for b in marks)]
        said = [w.text for g in scene.groups for w in g.shapes if isinstance(w, Words)]
        columns = len({round(b.x + b.width / 2) for b in marks})
        assert len(across) == columns - 1
        assert (MORE.zh in said) is not last


@pytest.mark.parametrize("key", ["licensing/optimised@2022-01", "construction/project-hefei-private@2020-01"])
def test_a_guide_tells_the_time_that_is_promised_beside_the_statutory_one(key):
    flow = compile_process(Catalogue.default().process(key))
    told = {i.title.zh: i.values for i in guide_figure(flow, measure(flow)).indicators}
    assert told["承诺办结时限"] != told["法定办结时限"]


def test_a_guide_ends_where_the_typical_case_does():
    flow = compile_process(Catalogue.default().process("items/disguised@2020-01"))
    end = guide_figure(flow, measure(flow)).end
    assert end
    assert end.zh == "不构成变相审批"


@pytest.mark.parametrize("lang", LANGS)
def test_a_single_stage_takes_no_more_than_half_of_an_overview_and_its_end_stands_beside_it(lang):
    flow = compile_process(Catalogue.default().process("licensing/abolished@2022-01"))
    scene = lay_overview(overview_figure(flow, measure(flow), lang))
    (stage,) = [g.shapes[0] for g in scene.groups if g.id.startswith("stage-")]
    (end,) = [g.shapes[0] for g in scene.groups if g.id == "end"]
    assert isinstance(stage, Box)
    assert isinstance(end, Box)
    assert stage.width < scene.width / 2
    assert end.x > stage.x + stage.width
    assert end.y + end.height / 2 == pytest.approx(stage.y + stage.height / 2)


def test_pages_of_a_guide_are_turned_alike():
    figure = guide_figure(compile_process(Catalogue.default().process("deregistration/general@2022-03")))
    assert len({scene.sheet for scene in pages(figure, "A4")}) == 1


def test_a_short_guide_or_overview_is_drawn_large_on_a_slide():
    flow = compile_process(Catalogue.default().process("licensing/filing@2022-01"))
    for figure in (guide_figure(flow, measure(flow), "zh"), overview_figure(flow, measure(flow), "zh")):
        (scene,) = pages(figure, "16:9")
        assert scene.sheet
        assert scene.sheet[0] / scene.width > 1.25


def test_a_guide_numbers_what_the_applicant_does_and_tells_what_offices_do_between():
    advice = guide_figure(compile_process(simple())).advice
    assert [a.number for a in advice if a.number] == list(range(1, sum(1 for a in advice if a.number) + 1))
    assert [a.id for a in advice if a.number] == ["commit", "publish", "apply"]
    assert any(a.kind is AdviceKind.OFFICES and "登记机关" in a.title.zh for a in advice)


def facts(key: str, step: str) -> dict[str, list[str]]:
    figure = guide_figure(compile_process(Catalogue.default().process(key)))
    (advice,) = [a for a in figure.advice if a.id == step]
    return {f.label.en: [v.zh for v in f.values] for f in advice.facts}


def test_a_guide_says_who_where_what_to_bring_and_by_when():
    apply = facts("deregistration/simple@2022-03", "apply")
    assert apply["Who"] == ["经办人"]
    assert apply["Where"] == ["网上办理（市场主体登记机关）"]
    assert apply["Bring"][0] == "注销登记申请书（原件）"
    assert "由机关共享获取" in apply["No need"][0]
    assert apply["When"] == ["自“公示”起 20日内，否则：逾期未申请，须重新公示"]


def test_a_guide_says_for_whom_the_procedure_is_not():
    before = facts("deregistration/simple@2022-03", "before")
    assert "债权债务尚未清偿完结" in before["Ruled out"]


def test_a_guide_says_what_may_come_of_it():
    offices = facts("construction/permit@2019-04", "intake-offices")
    assert offices["Corrections"] == ["一次性告知补正（最多 1 次）：补正申请材料、网上办理"]
    assert "尚未确定建筑施工企业" in offices["Refused if"]
    assert "不予受理" in offices["Otherwise"]


def test_a_guide_tells_the_visit_that_an_office_asks_for():
    offices = facts("construction/quality-supervision@2019-04", "receive-offices")
    assert offices["Quality station"] == ["核对登记（时限 5个工作日）；出具质量监督通知书（到现场 1 次）"]


def test_a_guide_calls_no_supervising_unit_an_authority():
    figure = guide_figure(compile_process(Catalogue.default().process("construction/crane-notice@2019-04")))
    titles = [a.title.zh for a in figure.advice if a.kind is AdviceKind.OFFICES]
    assert titles == ["有关单位办理：监理单位", "机关办理：建设工程安全监督机构"]


def test_a_guide_breaks_no_label_that_has_room_beside_the_facts():
    figure = guide_figure(compile_process(Catalogue.default().process("access/check@2022-03")), lang="zh")
    said = {w.text for g in lay_guide(figure).groups for w in g.shapes if isinstance(w, Words)}
    assert {"登记后取得许可", "依法平等进入"} <= said


@pytest.mark.parametrize("key", KEYS)
def test_no_figure_tells_a_time_where_none_is_set(key):
    flow = compile_process(Catalogue.default().process(key))
    readings = measure(flow)
    statutory = readings["days_statutory"]
    acting = {n.step.role.agency.kind for n in typical_steps(flow) if n.step} - {PartyKind.APPLICANT}
    for figure in (
        guide_figure(flow, readings),
        process_figure(flow, readings),
        overview_figure(flow, readings),
    ):
        (time,) = [i for i in figure.indicators if i.title == statutory.title]
        told = written(time.values[0])
        assert (told == NO_LIMIT) is statutory.no_limit is (time.numbers == (None,))
        assert (told == ON_THE_SPOT) is (bool(statutory.detail) and not statutory.value)
        assert (told == NO_OFFICE) is not (acting or statutory.no_limit or statutory.detail)
        assert not told.en.startswith("0 ")


@pytest.mark.parametrize("key", KEYS)
def test_no_number_of_a_figure_is_nothing_that_asks_nothing(key):
    flow = compile_process(Catalogue.default().process(key))
    readings = measure(flow)
    titles = {readings[name].title for name in ("days_minimum", "agencies", "handoffs")}
    shown = process_figure(flow, readings).indicators
    assert not [i for i in shown if i.title in titles and not any(i.numbers)]


@pytest.mark.parametrize(("key", "lang"), list(zip(KEYS, cycle(LANGS), strict=False)))
def test_the_numbers_of_an_overview_stand_in_one_row_on_a_slide(key, lang):
    flow = compile_process(Catalogue.default().process(key))
    first = pages(overview_figure(flow, measure(flow), lang), "16:9")[0]
    assert len([g for g in first.groups if g.id.startswith(STRIP)]) == 1


def test_versions_of_one_procedure_are_told_apart_on_every_page():
    versions = [
        compile_process(p)
        for p in Catalogue.default().processes()
        if p.id == "deregistration/general" and p.in_force_from
    ]
    assert len(versions) > 1
    for make in (process_figure, overview_figure, guide_figure):
        for lang in LANGS:
            for flow, since in zip(versions, map(in_force, (f.process for f in versions)), strict=True):
                assert since
                for page in pages(make(flow, measure(flow), lang), "16:9"):
                    said = [w.text for g in page.groups for w in g.shapes if isinstance(w, Words)]
                    assert {t for t in (since.zh, since.en) if t in said} == {
                        t for t, others in ((since.zh, "en"), (since.en, "zh")) if lang != others
                    }


def test_a_version_without_an_end_is_in_force_until_further_notice():
    process = replace(general(), in_force_from=date(2022, 3, 1))
    assert in_force(process) == Text("自2022年3月1日起施行", "in force from 2022-03-01")
    ended = replace(process, in_force_to=date(2024, 6, 30))
    assert in_force(ended) == Text(
        "2022年3月1日至2024年6月30日施行", "in force from 2022-03-01 to 2024-06-30"
    )
    assert in_force(replace(process, in_force_from=None)) is None


def test_what_captions_its_figures_itself_is_not_told_since_when_they_are_in_force():
    flow = compile_process(replace(general(), in_force_from=date(2022, 3, 1)))
    for headed in (True, False):
        drawn = laid(overview_figure(flow, None, "zh"), replace(PRINT, headed=headed))
        said = [w.text for g in drawn.groups for w in g.shapes if isinstance(w, Words)]
        assert ("自2022年3月1日起施行" in said) is headed


def test_every_step_of_a_guide_names_its_basis():
    figure = guide_figure(compile_process(Catalogue.default().process("construction/permit@2019-04")))
    assert all(a.basis for a in figure.advice if a.kind is not AdviceKind.CHECK)


@pytest.mark.parametrize(
    ("key", "lang", "paper"), list(zip(KEYS, cycle(LANGS), cycle(("A4", "16:9")), strict=False))
)
def test_strips_of_the_catalogue_can_be_read_on_paper(key, lang, paper):
    flow = compile_process(Catalogue.default().process(key))
    readings = measure(flow)
    for figure in (overview_figure(flow, readings, lang), guide_figure(flow, readings, lang)):
        assert [f for page in pages(figure, paper) for f in findings(page)] == []


def test_times_of_an_overview_stand_level():
    flow = compile_process(Catalogue.default().process("construction/project-parallel@2020-01"))
    drawn = laid(overview_figure(flow, measure(flow), "both"))
    stages = [g for g in drawn.groups if g.id.startswith("stage-")]
    times = [w.baseline for g in stages for w in g.shapes if isinstance(w, Words) and w.size == 11]
    assert len(times) == 4
    assert len(set(times)) == 1


def test_an_overview_says_so_where_the_time_is_that_of_the_whole():
    flow = compile_process(Catalogue.default().process("construction/project-low-risk@2020-04"))
    figure = overview_figure(flow, measure(flow))
    assert not any(stop.time for stop in figure.stops)
    assert "办结时限为全流程的时限，不分到各环节" in figure.notes[0].zh


def test_what_is_done_on_the_spot_is_given_no_limit_of_time():
    offices = facts("licensing/commitment@2022-01", "decide-offices")
    assert offices["Licensing authority"] == ["当场作出许可决定并发证（当场）"]
    assert told([ON_THE_SPOT]) == Text("须当场办结", "Done on the spot")
