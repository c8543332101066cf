"""Figures on paper: type never smaller than designed, nothing lost between pages."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import (
    PAPERS,
    FigureError,
    comparison_figure,
    guide_figure,
    overview_figure,
    pages,
    process_figure,
    render_pages,
)
from jianban.workflows.figures.scene import Scene
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from tests.figures.quality import findings, words
from tests.figures.samples import general, simple

KEYS = [p.key for p in Catalogue.default().processes()]


def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


def scale(page: Scene) -> float:
    assert page.sheet is not None
    return min(page.sheet[0] / page.width, page.sheet[1] / page.height)


def test_a_long_process_flows_over_pages_with_every_step_on_one_of_them():
    flow = compile_process(general())
    found = pages(process_figure(flow, measure(flow), "zh"), "A4")
    assert len(found) > 1
    groups = [g.id for page in found for g in page.groups]
    for node in flow.steps:
        assert groups.count(node.id) == 1


def test_paper_is_turned_to_fit():
    flow = compile_process(simple())
    (page,) = pages(process_figure(flow, measure(flow), "zh"), "A1")
    wide, high = PAPERS["A1"]
    assert page.sheet in {(wide, high), (high, wide)}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("key", KEYS)
def test_pages_of_the_catalogue_can_be_read_or_say_which_paper_is_large_enough(key, paper):
    flow, named = flow_of(key), ""
    for figure in (process_figure(flow, measure(flow), "zh"), guide_figure(flow, measure(flow), "zh")):
        try:
            found = pages(figure, paper)
        except FigureError as error:
            named += error.text.en
            continue
        for page in found:
            assert findings(page) == []
            assert scale(page) >= 0.98
    assert not named or "Use A3" in named or "Use A1" in named


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
@pytest.mark.parametrize("key", KEYS)
def test_every_overview_of_the_catalogue_fits_one_slide(key, lang):
    flow = flow_of(key)
    (page,) = pages(overview_figure(flow, measure(flow), lang), "16:9")
    assert scale(page) >= 1
    assert findings(page) == []


def test_an_overview_of_many_stages_flows_over_slides():
    figure = overview_figure(compile_process(general()), None, "both")
    figure = replace(figure, stops=tuple(replace(s, id=f"{s.id}{i}") for i in range(3) for s in figure.stops))
    found = pages(figure, "16:9")
    assert len(found) > 1
    assert [w.text for p in found for w in words(p)].count("准予注销，企业终止") == 1
    for page in found:
        assert findings(page) == []
    groups = [g.id for page in found for g in page.groups]
    assert [g for g in groups if g.startswith("stage-")] == [f"stage-{s.id}" for s in figure.stops]


def test_a_comparison_is_cut_where_no_card_lies_across():
    keys = ("construction/project-serial", "construction/project-parallel")
    figure = comparison_figure(compare([flow_of(k) for k in keys]), "zh")
    found = pages(figure, "A3")
    assert len(found) > 1
    for page in found:
        assert findings(page) == []
    said = [w.text for page in found for w in words(page)]
    first, last = ([w.text for w in words(page)] for page in (found[0], found[-1]))
    assert "开始" in first
    assert "接下页" in first
    assert "接上页" in last
    assert "开始" not in last
    for column in figure.columns:
        for card in column.cards:
            assert any(card.title.zh in text for text in said)


def test_pages_are_one_pdf_or_a_file_each():
    flow = compile_process(general())
    figure = process_figure(flow, measure(flow), "zh")
    (pdf,) = render_pages(figure, "pdf", paper="A4")
    drawings = render_pages(figure, "svg", paper="A4")
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) == len(drawings)
        box = document.pages[0].mediabox
    assert {round(float(box[2])), round(float(box[3]))} == {595, 842}
    assert render_pages(figure, "pdf", paper="A4") == (pdf,)
