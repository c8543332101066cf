"""Files: accessible SVG, PDF and PNG, and errors that say what to do."""

import io
import re
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import (
    FORMATS,
    comparison_figure,
    parallel_figure,
    process_figure,
    render,
    render_pages,
    scene,
)
from jianban.workflows.figures import drawing as drawing_module
from jianban.workflows.figures.drawing import dot_source, render_dot
from jianban.workflows.figures.errors import FigureError, Unavailable
from jianban.workflows.figures.export import export, export_pages, svg
from jianban.workflows.figures.scene import Box, Route, Scene, Words
from tests.figures.samples import general, renamed, simple

SVG = "{http://www.w3.org/2000/svg}"
AWKWARD = 'a & b < c > "d" \\n \\l &amp; \x07 مرحبا 😀 𠮷 </text>'


def drawn(*shapes) -> Scene:
    result = Scene(200, 100, "title", [("heading", ["first", "second"])], "zh-CN")
    result.group("only", "a group").shapes.extend(shapes)
    return result


def words(text: str, **more) -> Words:
    return Words(**{"x": 10, "baseline": 30, "text": text, "size": 9, "color": "#000000"} | more)


@pytest.fixture(scope="module")
def figure():
    return process_figure(compile_process(simple()))


def test_text_stays_text():
    texts = [t.text for t in ET.fromstring(svg(drawn(words(AWKWARD)))).iter(f"{SVG}text")]
    assert texts == [AWKWARD.replace("\x07", " ")]


def test_words_stand_where_they_were_put_though_graphviz_thinks_the_line_too_long():
    shapes = (
        words("长" * 60, x=0),
        Box(x=10, y=20, width=30, height=10),
        Route(points=((0, 0), (50, 0)), stroke="#000000"),
    )
    root = ET.fromstring(svg(drawn(*shapes)))
    assert [(t.get("x"), t.get("y")) for t in root.iter(f"{SVG}text")] == [("0", "-70")]
    paths = [p.get("d", "") for p in root.iter(f"{SVG}path")]
    assert paths[0].startswith("M0,-100")


def test_every_step_is_a_labelled_group_of_its_own(figure):
    root = ET.fromstring(render(figure))
    groups = {g.get("id"): g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("id")}
    assert groups["publish"] == "填报简易注销公告 Publish the notice · 网办 online"
    assert {
        "commit",
        "publicity",
        "tax_check",
        "social_check",
        "apply",
        "receive",
        "correct",
        "decide",
    } <= set(groups)


def test_ids_are_unique(figure):
    ids = [e.get("id") for e in ET.fromstring(render(figure)).iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_the_description_tells_the_steps(figure):
    root = ET.fromstring(render(figure))
    told = root.findtext(f"{SVG}desc") or ""
    assert "公告通知加承诺" in told
    assert told.index("全体投资人书面承诺") < told.index("申请注销登记")


def test_in_english_nothing_is_said_with_chinese_marks():
    english = process_figure(compile_process(simple()), lang="en")
    for form in ("svg", "html"):
        said = render(english, form).decode()
        assert not set(said) & set("：；，、（）。")
    assert "commit in writing (Enterprise), 1 material, online; " in scene(english).description


def test_nothing_is_fetched_or_run(figure):
    text = render(figure).decode()
    assert not any(
        word in text for word in ("<script", "href", "<image", "foreignObject", "@import", "url(http")
    )


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_figure_gives_the_same_bytes(figure, form):
    assert render(figure, form, dpi=72) == render(figure, form, dpi=72)


def test_another_process_gives_the_same_bytes(figure):
    code = (
        "import sys; from tests.figures.samples import simple;"
        "from jianban.workflows.compiler import compile_process;"
        "from jianban.workflows.figures import process_figure, render;"
        "sys.stdout.buffer.write(render(process_figure(compile_process(simple()))))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout == render(figure)
    assert result.stderr == b""


def test_the_pdf_has_its_title_language_and_fonts(figure):
    with pikepdf.open(io.BytesIO(render(figure, "pdf"))) as document:
        assert str(document.docinfo["/Title"]) == "企业简易注销登记 Simplified deregistration"
        assert str(document.Root.Lang) == "zh-CN"
        fonts = {
            str(o.BaseFont)
            for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o
        }
    assert fonts
    assert all("NotoSansSC" in name for name in fonts)


def test_a_png_has_the_resolution_asked_for(figure):
    data = render(figure, "png", dpi=144)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20]) == pytest.approx(scene(figure).width * 2, abs=1)


@pytest.mark.parametrize("dpi", [0, 100_000])
def test_a_png_too_large_or_empty_is_refused(figure, dpi):
    with pytest.raises(FigureError, match="dpi"):
        render(figure, "png", dpi=dpi)


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(FigureError, match="svg, png, pdf, docx, html, dot"):
        export(drawn(), "bmp")  # type: ignore[arg-type]


def test_without_graphviz_the_package_is_named(monkeypatch):
    monkeypatch.setattr(drawing_module, "_library", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="pygraphviz"):
        render_dot("digraph {}")


def test_graphviz_draws_the_source_as_it_is(figure):
    source = dot_source(scene(figure))
    assert source.startswith("digraph figure {")
    assert "全体投资人书面承诺" in source


def test_a_title_of_three_hundred_characters_is_wrapped():
    long = renamed(simple(), "企业简易注销登记" * 38, "Simplified deregistration & <more> " * 9)
    texts = [
        t.text or "" for t in ET.fromstring(render(process_figure(compile_process(long)))).iter(f"{SVG}text")
    ]
    assert "".join(texts).startswith("企业简易注销登记" * 38)


def test_a_word_file_holds_the_figure_as_vector_with_a_fallback_and_words():
    figure = process_figure(compile_process(simple()))
    drawn = scene(figure)
    content = render(figure, "docx", dpi=60)
    assert content == render(figure, "docx", dpi=60)
    with ZipFile(BytesIO(content)) as archive:
        assert archive.read("word/media/figure1.svg").decode() == render(figure).decode()
        assert archive.read("word/media/figure1.png").startswith(b"\x89PNG")
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(archive.read(name))
        document = ET.fromstring(archive.read("word/document.xml"))
    (words,) = [e for e in document.iter() if e.tag.endswith("}docPr")]
    assert words.get("descr") == drawn.description
    assert words.get("title") == drawn.title


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def named(parts: dict[str, bytes], name: str, tag: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(parts[name]).iter() if e.tag.endswith(f"}}{tag}")]


def test_a_word_file_declares_each_part_and_finds_all_it_refers_to(figure):
    for content in (render(figure, "docx", dpi=40), *render_pages(figure, "docx", paper="A3", dpi=40)):
        parts = parts_of(content)
        types = ET.fromstring(parts["[Content_Types].xml"])
        endings = {e.get("Extension") for e in types if e.get("Extension")}
        declared = {e.get("PartName", "").removeprefix("/") for e in types if e.get("PartName")}
        assert all(n in declared or n.rsplit(".", 1)[1] in endings for n in parts if n[0] != "[")
        related = {
            e.get("Id", ""): e.get("Target") for e in ET.fromstring(parts["word/_rels/document.xml.rels"])
        }
        assert all(f"word/{target}" in parts for target in related.values())
        wanted = [
            value
            for e in ET.fromstring(parts["word/document.xml"]).iter()
            for key, value in e.attrib.items()
            if key.endswith("}embed")
        ]
        assert sorted(wanted) == sorted(related)
        ids = [e.get("id") for t in ("docPr", "cNvPr") for e in named(parts, "word/document.xml", t)]
        assert len(ids) == len(set(ids))


def test_a_word_page_is_as_large_as_the_figure(figure):
    drawn = scene(figure)
    parts = parts_of(render(figure, "docx", dpi=40))
    (extent,) = named(parts, "word/document.xml", "extent")
    assert [int(extent.get(k, "")) / 12700 for k in ("cx", "cy")] == pytest.approx(
        [drawn.width, drawn.height]
    )


def test_on_paper_a_word_file_keeps_the_shape_of_the_figure(figure):
    (content,) = render_pages(figure, "docx", paper="A3", dpi=40)
    parts = parts_of(content)
    for i, extent in enumerate(named(parts, "word/document.xml", "extent"), 1):
        root = ET.fromstring(parts[f"word/media/figure{i}.svg"])
        wide, high = (float(root.get(k, "")) for k in ("width", "height"))
        assert int(extent.get("cx", "")) / int(extent.get("cy", "")) == pytest.approx(wide / high, rel=1e-3)


def test_what_no_page_of_word_holds_flows_over_several_without_shrinking():
    figure = process_figure(compile_process(general()), None, "both")
    bands = tuple(replace(b, id=f"{b.id}-{i}") for i in range(3) for b in figure.bands)
    tall = replace(figure, bands=bands)
    assert scene(tall).height > 1584
    parts = parts_of(render(tall, "docx", dpi=20))
    extents = named(parts, "word/document.xml", "extent")
    assert len(extents) > 1
    for i, extent in enumerate(extents, 1):
        high = float(ET.fromstring(parts[f"word/media/figure{i}.svg"]).get("height", ""))
        assert int(extent.get("cy", "")) / 12700 == pytest.approx(high, abs=0.1)
    sides = [int(s.get(k, "")) / 20 for s in named(parts, "word/document.xml", "pgSz") for k in s.attrib]
    assert max(sides) <= 1584


def test_paper_larger_than_words_is_refused(figure):
    with pytest.raises(FigureError, match="22 inches"):
        render_pages(figure, "docx", paper="A1")


def test_a_page_says_the_same_as_a_list():
    figure = process_figure(compile_process(simple()), None, "zh")
    page = render(figure, "html").decode()
    told = [item for _, items in scene(figure).outline for item in items]
    assert len(told) == len(compile_process(simple()).steps)
    for item in told:
        assert f"<li>{escape(item)}</li>" in page
    assert '<html lang="zh-CN">' in page


class Ids(HTMLParser):
    """The ids of a page, and those it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.own: list[str] = []
        self.wanted: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        for key, found in attrs:
            value = found or ""
            if key == "id":
                self.own.append(value)
            elif key.startswith("aria-") and key.endswith("by"):
                self.wanted |= set(value.split())
            else:
                self.wanted |= set(re.findall(r"url\(#([^)]*)\)", value))

    handle_startendtag = handle_starttag


@pytest.mark.parametrize("form", ["svg", "html"])
@pytest.mark.parametrize("paper", [None, "A3"])
def test_every_id_is_unique_and_every_reference_resolves(form, paper):
    flows = [compile_process(p) for p in (general(), simple())]
    figures = (comparison_figure(compare(flows)), process_figure(flows[0]), parallel_figure(flows, [{}, {}]))
    for figure in figures:
        for page in render_pages(figure, form, paper=paper):
            ids = Ids(page.decode())
            assert len(ids.own) == len(set(ids.own))
            assert ids.wanted
            assert ids.wanted <= set(ids.own)


def embedded(text: str) -> dict[int, set[str]]:
    """The characters of the fonts in a drawing, by weight."""
    found = re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\)", text)
    return {
        int(weight): {chr(c) for c in TTFont(BytesIO(b64decode(data))).getBestCmap() or {}}
        for weight, data in found
    }


def test_embedded_fonts_hold_the_characters_drawn(figure):
    (content,) = render_pages(figure, embed_fonts=True)
    fonts = embedded(content.decode())
    said: dict[int, set[str]] = {400: set(), 700: set()}
    for text in ET.fromstring(content).iter(f"{SVG}text"):
        said[int(text.get("font-weight", "400"))] |= set(text.text or "")
    assert fonts == said
    assert render_pages(figure, embed_fonts=True) == (content,)
    assert b"@font-face" not in render(figure)


def test_a_page_brings_its_fonts(figure):
    page = render(figure, "html").decode()
    fonts = embedded(page)
    listed = {c for _, items in scene(figure).outline for item in items for c in item}
    assert listed <= fonts[400]
    assert set(scene(figure).title) <= fonts[700]


def test_characters_the_font_lacks_are_left_to_the_reader():
    (content,) = export_pages([drawn(words("中 مرحبا 😀"))], "svg", embed_fonts=True)
    assert embedded(content.decode())[400] == {"中", " "}
