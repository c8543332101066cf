"""Files: accessible SVG, PDF and PNG, and errors that say what to do."""

import io
import subprocess
import sys
from html import escape
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pikepdf
import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import FORMATS, process_figure, render, scene
from jianban.workflows.figures import drawing as drawing_module
from jianban.workflows.figures.drawing import dot_source, render_dot
from jianban.workflows.figures.errors import FigureError
from jianban.workflows.figures.export import export, svg
from jianban.workflows.figures.scene import Box, Route, Scene, Words
from tests.figures.samples import renamed, simple

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
    with pytest.raises(FigureError, match="pygraphviz"):
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


def test_a_page_says_the_same_as_a_list():
    figure = process_figure(compile_process(simple()), None, "zh")
    page = render(figure, "html").decode()
    told = [item for _, items in scene(figure).outline for item in items]
    assert len(told) == len(compile_process(simple()).steps)
    for item in told:
        assert f"<li>{escape(item)}</li>" in page
    assert '<html lang="zh-CN">' in page
