"""A guide as a Word file: styles, headings, tables whose heads repeat, figures as vectors on pages of their
own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from jianban.workflows.figures.documents import (
    HEAD,
    OFFICE,
    ROOT_RELATIONS,
    SMALL,
    TIGHT,
    WORD,
    core,
    document_part,
    drawn,
    packed,
    paragraph,
    relations,
    types,
)
from jianban.workflows.figures.drawing import FORBIDDEN
from jianban.workflows.figures.export import export, svg
from jianban.workflows.figures.scene import Scene
from jianban.workflows.guides.html import spanning
from jianban.workflows.guides.model import Facts, Guide, Note, Part, Picture, Records
from jianban.workflows.guides.wording import (
    CONTENT,
    ITEM,
    GuideLang,
    Said,
    document_lang,
    heading,
    in_line,
    lines_of,
    said,
)

DPI = 150
"""Of the pictures for readers that know no SVG."""
PAGE = (11906, 16838)
"""A4 in twips, 1/20 of a point."""
MARGIN = 1077
TEXT = PAGE[0] - 2 * MARGIN
FACT_WIDTHS = (1, 3)
FOOTERS = {"numbered": "footer1", "bare": "footer2"}
"""Pages of text carry a number; those of figures have no room for one."""
FONTS = 'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"'
BLACK = '<w:rFonts w:eastAsia="黑体"/><w:b/>'
"""The face of headings in official documents."""
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
LINES = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="6B737B"/>' for side in SIDES)
OWN = frozenset({"Cell", "Cell Head", "Note"})
"""Styles that Word does not have of itself."""
PADDING = "".join(f'<w:{side} w:w="85" w:type="dxa"/>' for side in ("left", "right"))


def _style(kind: str, name: str, rest: str = "", *, base: str = "", default: bool = False) -> str:
    own = "".join(word.capitalize() for word in name.split())
    mark = ' w:default="1"' if default else ' w:customStyle="1"' if name in OWN else ""
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return (
        f'<w:style w:type="{kind}"{mark} w:styleId="{own}"><w:name w:val="{name}"/>{based}'
        f"<w:qFormat/>{rest}</w:style>"
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


STYLES = (
    f'{HEAD}<w:styles xmlns:w="{WORD}"><w:docDefaults><w:rPrDefault><w:rPr>'
    f'<w:rFonts {FONTS} w:eastAsia="宋体"/>{_size(21)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="300" w:lineRule="auto"/>'
    "</w:pPr></w:pPrDefault></w:docDefaults>"
    + _style("paragraph", "Normal", default=True)
    + _style(
        "paragraph",
        "Title",
        '<w:pPr><w:keepNext/><w:spacing w:before="0" w:after="240"/><w:jc w:val="center"/></w:pPr>'
        f"<w:rPr>{BLACK}{_size(36)}</w:rPr>",
        base="Normal",
    )
    + _style(
        "paragraph",
        "heading 1",
        '<w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="280" w:after="100"/>'
        f'<w:outlineLvl w:val="0"/></w:pPr><w:rPr>{BLACK}{_size(28)}</w:rPr>',
        base="Normal",
    )
    + _style(
        "paragraph",
        "Cell",
        f'<w:pPr><w:spacing w:after="0" w:line="260" w:lineRule="auto"/></w:pPr><w:rPr>{_size(18)}</w:rPr>',
        base="Normal",
    )
    # it stays with the table that it explains
    + _style("paragraph", "Note", "<w:pPr><w:keepNext/></w:pPr>", base="Normal")
    + _style("paragraph", "Cell Head", f"<w:rPr>{BLACK}</w:rPr>", base="Cell")
    + _style(
        "paragraph",
        "footer",
        f'<w:pPr><w:jc w:val="center"/></w:pPr><w:rPr>{_size(18)}</w:rPr>',
        base="Normal",
    )
    + _style(
        "table", "Normal Table", f"<w:tblPr><w:tblCellMar>{PADDING}</w:tblCellMar></w:tblPr>", default=True
    )
    + _style(
        "table", "Table Grid", f"<w:tblPr><w:tblBorders>{LINES}</w:tblBorders></w:tblPr>", base="NormalTable"
    )
    + "</w:styles>"
)
NUMBER = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText>'
    '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def to_docx(guide: Guide, lang: GuideLang, pictures: Mapping[str, Sequence[Scene]] | None = None) -> bytes:
    """The guide as a file.

    Args:
        pictures: the pages of each figure, by its kind; a figure without any is left out.

    Raises:
        Unavailable: Graphviz, or the writer of PNG, is not installed.
    """
    shown = [
        (section, body)
        for section in guide.sections
        if (body := "".join(_part(p, lang) for p in section.parts))
    ]
    blocks = [_paragraph(tuple(said(guide.title, lang)), lang, "Title")]
    for number, (section, body) in enumerate(shown, 1):
        blocks.append(_paragraph((Said("zh", heading(number, section.title, lang)),), lang, "Heading1"))
        blocks.append(body)
    scenes = [
        s for part in guide.parts if isinstance(part, Picture) for s in (pictures or {}).get(part.id, ())
    ]
    pages, media, links = drawn(scenes, svg, lambda scene: export(scene, "png", DPI))
    blocks.append(_ended(pages))
    files = {
        "[Content_Types].xml": types("styles", *FOOTERS.values()),
        "_rels/.rels": ROOT_RELATIONS,
        "docProps/core.xml": core(in_line(guide.title, lang), document_lang(lang)),
        "word/styles.xml": STYLES.encode(),
        f"word/{FOOTERS['numbered']}.xml": _footer(f'<w:pPr><w:pStyle w:val="Footer"/></w:pPr>{NUMBER}'),
        f"word/{FOOTERS['bare']}.xml": _footer(f"<w:pPr>{TIGHT}{SMALL}</w:pPr>"),
        **media,
        "word/_rels/document.xml.rels": relations(
            ("styles", f"{OFFICE}/styles", "styles.xml"),
            *((name, f"{OFFICE}/footer", f"{file}.xml") for name, file in FOOTERS.items()),
            *links,
        ),
        "word/document.xml": document_part("".join(blocks)),
    }
    return packed(files)


def _ended(pages: Sequence[tuple[str, str]]) -> str:
    """The end of the section of the text, and a section for each figure."""
    text = (
        f'<w:sectPr>{_foot("numbered")}<w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/>'
        f'<w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" '
        'w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    if not pages:
        return text
    *first, last = [(d, s.replace("<w:sectPr>", f"<w:sectPr>{_foot('bare')}", 1)) for d, s in pages]
    ends = f"<w:p><w:pPr>{TIGHT}{SMALL}{text}</w:pPr></w:p>"
    return ends + "".join(paragraph(d, s) for d, s in first) + paragraph(last[0]) + last[1]


def _foot(name: str) -> str:
    return f'<w:footerReference w:type="default" r:id="{name}"/>'


def _footer(inner: str) -> bytes:
    return f'{HEAD}<w:ftr xmlns:w="{WORD}"><w:p>{inner}</w:p></w:ftr>'.encode()


def _part(part: Part, lang: GuideLang) -> str:
    match part:
        case Facts(facts=facts):
            head = [tuple(said(t, lang)) for t in (ITEM, CONTENT)]
            rows = [[tuple(said(f.field.title, lang)), lines_of(f.lines, lang)] for f in facts]
            return _table(FACT_WIDTHS, head, rows, (1,) * len(rows), lang, headed=True)
        case Records(sheet=sheet, rows=rows):
            head = [tuple(said(c.title, lang)) for c in sheet.columns]
            cells = [[lines_of(c, lang) for c in row] for row in rows]
            return _table([c.width for c in sheet.columns], head, cells, spanning(part), lang)
        case Note(text=text):
            return "".join(_paragraph((line,), lang, "Note") for line in said(text, lang))
        case Picture():
            return ""


def _table(
    shares: Sequence[int],
    head: Sequence[tuple[Said, ...]],
    rows: Sequence[Sequence[tuple[Said, ...]]],
    spans: Sequence[int],
    lang: GuideLang,
    *,
    headed: bool = False,
) -> str:
    """A table as wide as the text; `headed` when the first cell of each row is its head."""
    widths = [TEXT * share // sum(shares) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    lines = [
        "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
        + "".join(_cell(c, w, lang, head=True) for c, w in zip(head, widths, strict=True))
        + "</w:tr>"
    ]
    for row, span in zip(rows, spans, strict=True):
        merge = '<w:vMerge w:val="restart"/>' if span > 1 else "<w:vMerge/>" if span == 0 else ""
        first = _cell(row[0] if span else (), widths[0], lang, merge=merge, head=headed)
        rest = "".join(_cell(c, w, lang) for c, w in zip(row[1:], widths[1:], strict=True))
        lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{first}{rest}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>'
        f"<w:p><w:pPr>{TIGHT}</w:pPr></w:p>"
    )


def _cell(
    lines: tuple[Said, ...], width: int, lang: GuideLang, *, merge: str = "", head: bool = False
) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E9EEF2"/>' if head else ""
    style = "CellHead" if head else "Cell"
    body = "".join(_paragraph((line,), lang, style) for line in lines or (Said("zh", ""),))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}{shade}</w:tcPr>{body}</w:tc>'


def _paragraph(lines: tuple[Said, ...], lang: GuideLang, style: str = "Normal") -> str:
    runs = "<w:r><w:br/></w:r>".join(_runs(lines, lang))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _runs(lines: tuple[Said, ...], lang: GuideLang) -> Iterator[str]:
    for line in lines:
        second = lang == "both" and line.lang == "en"
        look = '<w:rPr><w:color w:val="595959"/></w:rPr>' if second else ""
        text = escape(FORBIDDEN.sub(" ", line.text))
        yield f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'
