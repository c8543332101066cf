"""What guides are written down as: pages that stand alone, files that Word opens, always the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.figures.scene import Scene
from jianban.workflows.guides import GuideLang, drawings, to_docx, to_html, to_markdown
from jianban.workflows.language.catalogue import Catalogue
from tests.guides.samples import LANGS, guide_of

KEY = "licensing/approval@2022-01"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@cache
def drawn(lang: GuideLang) -> Mapping[str, tuple[Scene, ...]]:
    return drawings(compile_process(Catalogue.default().process(KEY)), lang)


@cache
def page(lang: GuideLang) -> str:
    return to_html(guide_of(KEY), lang, drawn(lang))


@cache
def word(lang: GuideLang) -> bytes:
    return to_docx(guide_of(KEY), lang, drawn(lang))


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def outline(text: str) -> Outline:
    reader = Outline()
    reader.feed(text)
    return reader


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_stands_alone_and_can_be_read_aloud(lang: GuideLang) -> None:
    found = outline(page(lang))
    assert [a["lang"] for a in found.of("html")] == ["en" if lang == "en" else "zh-CN"]
    assert len(found.of("h1")) == 1
    linked = [v for _, attrs in found.tags for n, v in attrs.items() if n in {"src", "href"}]
    assert linked
    assert [v for v in linked if not (v or "").startswith("#")] == []
    ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {(v or "")[1:] for v in linked} <= set(ids)
    assert [a for a in found.of("th") if a.get("scope") not in {"col", "row"}] == []
    drawings_of_page = found.of("svg")
    assert len(drawings_of_page) == sum(map(len, drawn(lang).values()))
    assert {str(a.get("role")) for a in drawings_of_page} == {"img"}


def test_a_page_is_printed_on_a4_with_its_fonts_and_heads_that_repeat() -> None:
    text = page("zh")
    assert "@page { size: A4" in text
    assert "thead { display: table-header-group; }" in text
    assert text.count("@font-face") == 2
    assert "@font-face" not in to_html(guide_of(KEY), "zh", embed_fonts=False)


@pytest.mark.parametrize("lang", LANGS)
def test_a_word_file_is_whole(lang: GuideLang) -> None:
    with ZipFile(BytesIO(word(lang))) as archive:
        names = set(archive.namelist())
        parts = {n: ET.fromstring(archive.read(n)) for n in names if n.endswith((".xml", ".rels", ".svg"))}
    targets = [e.get("Target", "") for e in parts["word/_rels/document.xml.rels"]]
    assert {f"word/{t}" for t in targets} <= names
    ids = {e.get("Id") for e in parts["word/_rels/document.xml.rels"]}
    body = parts["word/document.xml"]
    used = {v for e in body.iter() for n, v in e.attrib.items() if n.endswith(("}embed", "}id"))}
    assert used <= ids
    styles = {e.get(f"{W}styleId") for e in parts["word/styles.xml"].iter(f"{W}style")}
    asked = {e.get(f"{W}val") for tag in ("pStyle", "tblStyle") for e in body.iter(f"{W}{tag}")}
    assert asked <= styles
    assert {"Title", "Heading1", "TableGrid"} <= asked


def test_tables_of_word_repeat_their_heads_and_figures_have_words() -> None:
    with ZipFile(BytesIO(word("zh"))) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))
        fonts = archive.read("word/styles.xml").decode()
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == len(list(body.iter(f"{W}tblHeader")))
    widths = [[c.get(f"{W}w") for c in t.iter(f"{W}gridCol")] for t in tables]
    cells = [[len(r.findall(f"{W}tc")) for r in t.findall(f"{W}tr")] for t in tables]
    assert [set(row) for row in cells] == [{len(w)} for w in widths]
    told = [e.get("descr", "") for e in body.iter() if e.tag.endswith("}docPr")]
    assert len(told) == sum(map(len, drawn("zh").values()))
    assert all(len(t) > 20 for t in told)
    assert 'w:eastAsia="宋体"' in fonts


def test_markdown_has_tables_of_equal_rows_and_links_to_figures() -> None:
    text = to_markdown(guide_of(KEY), "both", {"process": ["p-1.svg", "p-2.svg"]})
    assert re.findall(r"\]\(<(.*?)>\)", text) == ["p-1.svg", "p-2.svg"]
    grids: Sequence[str] = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(grids) > 5
    counts = [{len(re.findall(r"(?<!\\)\|", row)) for row in grid.splitlines()} for grid in grids]
    assert [c for c in counts if len(c) != 1] == []


def test_the_same_guide_gives_the_same_bytes() -> None:
    assert to_docx(guide_of(KEY), "both", drawn("both")) == word("both")
    assert to_html(guide_of(KEY), "both", drawn("both")) == page("both")
