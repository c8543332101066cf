"""Figures for a slide and for the public: stages in a row, the applicant's steps one below the other."""

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import guide_figure, overview_figure, scene
from jianban.workflows.language.catalogue import Catalogue
from tests.figures.quality import findings
from tests.figures.samples import general, simple

KEYS = [p.key for p in Catalogue.default().processes()]


def test_an_overview_shows_the_stages_with_who_acts():
    figure = overview_figure(compile_process(general()))
    assert [s.number for s in figure.stops] == [1, 2, 3, 4, 5, 6, 7]
    assert [s.id for s in figure.stops] == [s.id for s in general().stages]
    assert "企业" in figure.stops[0].who.zh


def test_a_guide_numbers_what_the_applicant_does_and_tells_what_offices_do_between():
    advice = guide_figure(compile_process(simple())).advice
    assert [a.number for a in advice if a.number] == list(range(1, sum(1 for a in advice if a.number) + 1))
    assert [a.id for a in advice if a.number] == ["commit", "publish", "apply"]
    assert any(a.number is None and "登记机关" in a.title.zh for a in advice)


def test_a_guide_says_what_to_bring_and_how():
    (apply,) = [a for a in guide_figure(compile_process(simple())).advice if a.id == "apply"]
    facts = {f.label.en: [v.zh for v in f.values] for f in apply.facts}
    assert facts["Bring"]
    assert facts["Time"] == ["时限 20日"]


@pytest.mark.parametrize("key", KEYS)
def test_strips_of_the_catalogue_can_be_read(key):
    flow = compile_process(Catalogue.default().process(key))
    readings = measure(flow)
    for lang in ("zh", "en", "both"):
        assert findings(scene(overview_figure(flow, readings, lang))) == []
        assert findings(scene(guide_figure(flow, readings, lang))) == []
