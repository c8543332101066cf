"""A Word file as blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from jianban.workflows.guides.reading.blocks import Block, Grid, GuideError, Heading, Line, Row, filled, tidy
from jianban.workflows.texts import Text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = "word/document.xml"
AROUND = frozenset(f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "customXml"))
"""What may stand around a part of the text."""
MOST = 64 * 1024 * 1024
"""Bytes of the text of a Word file, unpacked."""
NO_WORD = Text(
    "不是 Word 文件（.docx）。旧的 .doc 请先另存为 .docx",
    "it is no Word file (.docx). Save an old .doc as .docx first",
)
BROKEN = Text(
    "Word 文件已损坏（{reason}）。请在 Word 中打开后另存",
    "the Word file is damaged ({reason}). Open it in Word and save it anew",
)
TOO_LARGE = Text(
    "Word 文件的正文过大，请只留办事指南", "the text of the Word file is too large: leave the guide only"
)
PARAGRAPH = Text("第 {number} 段", "paragraph {number}")
TABLE_ROW = Text("表 {table} 第 {row} 行", "table {table}, row {row}")
HEADING = re.compile(r"(?i)heading|title|标题|[1-9]$")


def read_docx(content: bytes) -> list[Block]:
    """
    Raises:
        GuideError: it is no Word file, or a damaged or too large one.
    """
    body = _document(content).find(f"{W}body")
    found: list[Block] = []
    paragraphs = tables = 0
    for element in _blocks(body) if body is not None else ():
        if element.tag == f"{W}p":
            paragraphs += 1
            if text := tidy(_text(element)):
                kind = Heading if _heads(element) else Line
                found.append(kind(text=text, place=PARAGRAPH.format(number=paragraphs)))
        else:
            tables += 1
            rows = [
                Row(cells=cells, place=TABLE_ROW.format(table=tables, row=number))
                for number, cells in enumerate(_rows(element), 1)
                if filled(cells)
            ]
            if rows:
                found.append(Grid(rows=tuple(rows)))
    return found


def _document(content: bytes) -> ET.Element:
    try:
        with ZipFile(BytesIO(content)) as archive:
            if archive.getinfo(DOCUMENT).file_size > MOST:
                raise GuideError(TOO_LARGE)
            data = archive.read(DOCUMENT)
    except (BadZipFile, KeyError) as error:
        raise GuideError(NO_WORD) from error
    except (OSError, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
        raise GuideError(BROKEN.format(reason=error)) from error
    # no writer of Word files declares entities, which could be made to grow without bound
    if b"<!DOCTYPE" in data:
        raise GuideError(BROKEN.format(reason="DOCTYPE"))
    try:
        return ET.fromstring(data)
    except ET.ParseError as error:
        raise GuideError(BROKEN.format(reason=error)) from error


def _blocks(parent: ET.Element) -> Iterator[ET.Element]:
    """Paragraphs and tables in order, those in content controls and insertions too."""
    for child in parent:
        if child.tag in {f"{W}p", f"{W}tbl"}:
            yield child
        elif child.tag in AROUND:
            yield from _blocks(child)


def _inside(parent: ET.Element, tag: str) -> Iterator[ET.Element]:
    """The rows of a table or the cells of a row, without those of tables inside them."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in AROUND:
            yield from _inside(child, tag)


def _heads(paragraph: ET.Element) -> bool:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return style is not None and HEADING.match(style.get(f"{W}val", "")) is not None


def _text(element: ET.Element) -> str:
    told: list[str] = []
    for part in element.iter():
        if part.tag == f"{W}t":
            told.append(part.text or "")
        elif part.tag in {f"{W}br", f"{W}cr"}:
            told.append("\n")
        elif part.tag == f"{W}tab":
            told.append(" ")
        elif part.tag == f"{W}p":
            told.append("\n")
    return "".join(told)


def _rows(table: ET.Element) -> Iterator[tuple[str, ...]]:
    above: dict[int, str] = {}
    """By column: the text of a cell that may go on below."""
    for row in _inside(table, f"{W}tr"):
        cells: list[str] = []
        for cell in _inside(row, f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            merge = properties.find(f"{W}vMerge") if properties is not None else None
            span = properties.find(f"{W}gridSpan") if properties is not None else None
            at = len(cells)
            text = tidy(_text(cell))
            if merge is not None and merge.get(f"{W}val", "continue") == "continue":
                text = above.get(at, "")
            above[at] = text
            wide = span.get(f"{W}val", "1") if span is not None else "1"
            cells += [text, *[""] * (min(int(wide), 64) - 1 if wide.isdecimal() else 0)]
        yield tuple(cells)
