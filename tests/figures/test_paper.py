"""Figures on paper: type never smaller than designed, nothing lost between pages."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import cycle, pairwise
from random import Random
from zipfile import ZipFile

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import (
    PAPERS,
    comparison_figure,
    guide_figure,
    overview_figure,
    pages,
    process_figure,
    render_pages,
    scene,
)
from jianban.workflows.figures.layout_process import NARROWEST, least_size
from jianban.workflows.figures.model import Block, Card, Decision, Lane, ProcessFigure
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.paper_process import process_pages
from jianban.workflows.figures.scene import Route, Scene, Words
from jianban.workflows.figures.sheets import inside
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.texts import Text
from tests.effort import examples
from tests.figures.catalogue import pairs
from tests.figures.quality import area, findings, routes, words
from tests.figures.samples import general, simple
from tests.strategies import flows

KEYS = [p.key for p in Catalogue.default().processes()]
PAIRS = [(a.key, b.key) for a, b in pairs(Catalogue.default().processes())]


def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


def filled(page: Scene) -> float:
    """The part of the height within the margins that is used."""
    groups = [s for g in page.groups for s in g.shapes if not isinstance(s, Route)]
    low = max(area(s)[3] for s in groups) * scale(page)
    assert page.sheet is not None
    return (low - MARGIN) / (page.sheet[1] - 2 * MARGIN)


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


@pytest.mark.parametrize("key", ["deregistration/ex-officio", "investment/filing", "investment/monitoring"])
def test_paper_is_turned_so_that_the_type_is_largest(key):
    flow = flow_of(key)
    figure = process_figure(flow, measure(flow), "zh")
    (page,) = pages(figure, "A3")
    upright = PAPERS["A3"]
    alone = [
        process_pages(figure, [sheet], scene, least_size) for sheet in (upright, (upright[1], upright[0]))
    ]
    largest = max(min(w / found.width, h / found.height) for ((found, (w, h)),) in alone)
    assert scale(page) == pytest.approx(largest)


EMPTIEST = 0.4
"""The part of a page that is used at least, unless it is the last one."""
SHEETS = ("A4", "A3", "16:9", "A1")
LANGS = ("zh", "en", "both")


def loses_nothing(figure: ProcessFigure, found: Sequence[Scene]) -> None:
    """Each step stands on one page, each end on some, each line leads on from where its step stands; the
    notes stand once."""
    groups = [g.id for page in found for g in page.groups]
    cards = [b for band in figure.bands for b in inside(band.blocks) if isinstance(b, Card)]
    assert [c.id for c in cards if groups.count(c.id) != 1] == []
    assert groups.count("page-note-1") == bool(figure.notes)
    said = "".join(w.text for page in found for w in words(page))
    for end in figure.ends:
        title = end.title.en if figure.lang == "en" else end.title.zh
        assert "".join(title.split()) in "".join(said.split())
    drawn = {r.name.split("@")[0] for page in found for r in routes(page)}
    names = {"on", "to", "back"}
    for link in figure.links:
        target = link.target.replace(":", "-")
        ways = {f"{link.source} -> {link.target}{card}" for card in ("", "-branch")}
        ways |= {f"{link.source} -> {n}-{target}" for n in names}
        assert drawn & ways or link.source == figure.start.id


@pytest.mark.parametrize(("key", "paper", "lang"), list(zip(KEYS, cycle(SHEETS), cycle(LANGS), strict=False)))
def test_every_process_goes_on_paper_and_loses_nothing(key, paper, lang):
    flow = flow_of(key)
    figure = process_figure(flow, measure(flow), lang)
    found = pages(figure, paper)
    for page in found:
        assert findings(page) == []
        assert scale(page) >= 0.98
    loses_nothing(figure, found)
    assert min(map(filled, found[:-1]), default=1) >= EMPTIEST


@pytest.mark.parametrize("key", ["credit/publicity", "enterprise/tax-visits"])
def test_a_page_of_several_drawings_loses_nothing(key):
    flow = flow_of(key)
    figure = process_figure(flow, measure(flow), "zh")
    found = pages(figure, "A3")
    loses_nothing(figure, found)


@pytest.mark.parametrize(
    "key", ["construction/project-serial@2019-04", "construction/project-parallel@2020-01"]
)
def test_no_page_before_the_last_is_half_empty(key):
    flow = flow_of(key)
    found = pages(process_figure(flow, measure(flow), "zh"), "A3")
    assert min(map(filled, found[:-1])) >= 0.58


@pytest.mark.parametrize("key", [k for k in KEYS if k.startswith("deregistration/")])
def test_what_offices_do_stands_on_the_page_of_the_step_it_follows(key):
    flow = flow_of(key)
    found = pages(guide_figure(flow, measure(flow), "zh"), "A4")
    first = [next(g.id for g in page.groups if g.id.startswith("step-")) for page in found]
    assert [name for name in first if name.endswith("-offices")] == []


@pytest.mark.parametrize(("key", "lang"), list(zip(KEYS, cycle(LANGS), strict=False)))
def test_every_process_of_the_catalogue_can_be_read_when_drawn_close(key, lang):
    figure = process_figure(flow_of(key), None, lang)
    drawn = scene(figure)
    low = scene(replace(figure, low=True))
    narrow = scene(replace(figure, low=True, narrow=True))
    assert [*findings(low), *findings(narrow)] == []
    assert low.height < drawn.height
    assert narrow.width < drawn.width or drawn.width == NARROWEST


@pytest.mark.parametrize(
    ("key", "paper", "count"),
    [
        ("deregistration/simple@2022-03", "A3", 1),
        ("inspection/random@2022-03", "A3", 1),
        ("construction/permit-separate@2019-04", "A3", 1),
        ("deregistration/general@2022-03", "A3", 2),
    ],
)
def test_a_process_is_drawn_close_where_that_saves_a_sheet(key, paper, count):
    flow = flow_of(key)
    found = pages(process_figure(flow, measure(flow), "zh"), paper)
    assert len(found) == count
    assert any("（1/1）" in w.text for page in found for w in words(page)) is False


def spread(figure: ProcessFigure, count: int, chance: Random) -> ProcessFigure:
    """The figure with its steps in any of so many lanes."""
    lanes = tuple(Lane(id=f"lane-{i}", title=Text(f"部门 {i}", f"Agency {i}")) for i in range(count))

    def moved(block: Block) -> Block:
        if isinstance(block, Card):
            return replace(block, lane=chance.choice(lanes).id)
        branches = tuple(tuple(moved(b) for b in branch) for branch in block.branches)
        if isinstance(block, Decision):
            return replace(block, branches=branches, lane=chance.choice(lanes).id)
        return replace(block, branches=branches)

    bands = tuple(replace(band, blocks=tuple(moved(b) for b in band.blocks)) for band in figure.bands)
    return replace(figure, lanes=lanes, bands=bands)


@examples(4)
@given(
    flows(max_items=80, max_depth=4),
    st.integers(1, 8),
    st.randoms(use_true_random=False),
    st.sampled_from(SHEETS),
    st.sampled_from(LANGS),
)
def test_any_process_goes_on_any_paper(flow, count, chance, paper, lang):
    figure = spread(process_figure(flow, None, lang), count, chance)
    found = pages(figure, paper)
    assert min(scale(page) for page in found) >= 0.98
    loses_nothing(figure, found)


def test_a_block_too_wide_is_one_card_that_tells_the_pages_of_its_branches():
    figure = process_figure(flow_of("construction/project-parallel"), None, "zh")
    found = pages(figure, "A4")
    said = [[w.text for w in words(page)] for page in found]
    contents, at = (i for i, texts in enumerate(said) if any(t.startswith("3.1 ") for t in texts))
    (title,) = [t for t in said[at] if t.startswith("3.1 ")]
    assert contents == 0
    assert any(t.startswith("3.1 ") and t.endswith(f"第 {at + 1} 页") for t in said[contents])
    name = title.removeprefix("3.1 ").partition("（")[0]
    cards = [g for page in found for g in page.groups if g.title.startswith(name)]
    assert any(f"见第 {at + 1} 页" in w.text for g in cards for w in g.shapes if isinstance(w, Words))


def test_many_pages_begin_with_the_stages():
    figure = process_figure(flow_of("construction/project-serial"), None, "zh")
    first, *_ = pages(figure, "A4")
    groups = [g.id for g in first.groups]
    assert [g for g in groups if g.startswith("stage-")] == [f"stage-{b.id}" for b in figure.bands]


@pytest.mark.parametrize(("key", "lang"), list(zip(KEYS, cycle(LANGS), strict=False)))
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


def test_a_file_of_several_pages_has_the_title_of_the_whole():
    keys = ("deregistration/general@2024-07", "deregistration/simple@2024-07")
    figure = comparison_figure(compare([flow_of(k) for k in keys]), "zh")
    assert len(render_pages(figure, "svg", paper="A4")) > 1
    title = "企业一般注销登记与企业简易注销登记对比"
    with pikepdf.open(BytesIO(*render_pages(figure, "pdf", paper="A4"))) as pdf:
        assert str(pdf.docinfo["/Title"]) == title
    with ZipFile(BytesIO(*render_pages(figure, "docx", paper="A4", dpi=20))) as word:
        assert f">{title}<" in word.read("docProps/core.xml").decode()
    (page,) = render_pages(figure, "html", paper="A4")
    assert f"<title>{title}</title>" in page.decode()


EMPTIEST_COMPARISON = 0.65
EMPTIEST_GUIDE = 0.46
EMPTIEST_OF_THREE = 0.4
"""Of several pages of a guide the emptiest is filled at least so far; steps too long to stand differently
leave less where there are more than two."""


@pytest.mark.parametrize(("key", "lang"), list(zip(KEYS, cycle(LANGS), strict=False)))
def test_the_pages_of_a_guide_are_filled_alike(key, lang):
    flow = flow_of(key)
    found = pages(guide_figure(flow, measure(flow), lang), "A4")
    if len(found) > 1:
        assert min(map(filled, found)) >= (EMPTIEST_GUIDE if len(found) == 2 else EMPTIEST_OF_THREE)


@pytest.mark.parametrize(
    "key", ["investment/government", "deregistration/court@2022-03", "deregistration/simple-pudong"]
)
def test_a_guide_of_several_pages_has_larger_type_where_they_have_room(key):
    flow = flow_of(key)
    found = pages(guide_figure(flow, measure(flow), "zh"), "A4")
    assert len(found) == 2
    assert scale(found[0]) == pytest.approx(scale(found[1]), rel=0.02)
    assert min(map(scale, found)) >= 1.05


@pytest.mark.parametrize("keys", PAIRS)
def test_the_pages_of_a_comparison_are_well_filled(keys):
    found = pages(comparison_figure(compare([flow_of(k) for k in keys]), "zh"), "A4")
    assert len(found) == 1 or min(map(filled, found)) >= EMPTIEST_COMPARISON


def test_no_objection_goes_round_the_page_to_spare_a_crossing():
    flow = flow_of("deregistration/simple@2024-07")
    lines = [r for p in pages(process_figure(flow, measure(flow), "en"), "A4") for r in routes(p)]
    objections = [r for r in lines if r.name.endswith(" -> objection_handling")]
    assert len(objections) == 3
    for route in objections:
        length = sum(abs(a - c) + abs(b - d) for (a, b), (c, d) in pairwise(route.points))
        (a, b), (c, d) = route.points[0], route.points[-1]
        assert length <= 1.5 * (abs(a - c) + abs(b - d)), route.name
