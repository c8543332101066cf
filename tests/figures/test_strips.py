"""Figures for a slide and for the public: stages in a row, the applicant's steps one below the other."""

from itertools import cycle

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import guide_figure, overview_figure, pages
from jianban.workflows.figures.guide import AdviceKind
from jianban.workflows.language.catalogue import Catalogue
from tests.figures.quality import findings
from tests.figures.samples import general, simple

KEYS = [p.key for p in Catalogue.default().processes()]
LANGS = ("zh", "en", "both")


def test_an_overview_shows_the_stages_with_who_acts():
    figure = overview_figure(compile_process(general()))
    assert [s.number for s in figure.stops] == [1, 2, 3, 4, 5, 6, 7]
    assert [s.id for s in figure.stops] == [s.id for s in general().stages]
    assert "企业" in figure.stops[0].who.zh


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
    assert "债权债务尚未清偿完结" in before["Not for"]


def test_a_guide_says_what_may_come_of_it():
    offices = facts("construction/permit@2019-04", "intake-offices")
    assert offices["To mend"] == ["一次性告知补正（最多 1 次）：补正申请材料、网上办理"]
    assert "尚未确定建筑施工企业" in offices["Not if"]
    assert "不予受理" in offices["If not"]


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
