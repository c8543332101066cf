"""Figures inside documents: a Word file with the figure as vector, and a page for screens and screen
readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from jianban.workflows.figures.drawing import FORBIDDEN
from jianban.workflows.figures.errors import FigureError
from jianban.workflows.figures.scene import FONT_STACK, HIGH, MOST_SCALE, Scene
from jianban.workflows.texts import Text

EMU = 12700
"""English metric units of a point."""
TWIPS = 20
"""Of a point."""
WORD_MOST = 1584.0
"""The widest and highest page Word knows: 22 inches, in points."""
TOO_LARGE = Text(
    "Word 页面的边长不超过 22 英寸（55.88 厘米），此图须 {width} × {height} 厘米。"
    "请用 --paper A4 或 A3，或输出 pdf、svg",
    "A page of Word is at most 22 inches (55.88 cm) wide and high; this figure takes {width} × {height} cm. "
    "Use --paper A4 or A3, or write pdf or svg",
)
LINE = 4.0
"""Points that a line of the smallest type takes beyond the picture in it."""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
SVG_BLIP = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
PICTURE = 1000
"""Ids of pictures begin after it, those of drawings at 1: none occurs twice."""
TIGHT = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
SMALL = '<w:rPr><w:sz w:val="2"/></w:rPr>'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def docx(scenes: Sequence[Scene], svg: Callable[[Scene], str], png: Callable[[Scene], bytes]) -> bytes:
    """A Word file with a section for each scene: the figure as SVG, with a PNG for readers that know no SVG,
    and the steps as alternative text.

    Raises:
        FigureError: a page would be larger than Word knows.
    """
    pages, media, links = drawn(scenes, svg, png)
    *first, (last, section) = pages
    body = [paragraph(figure, section) for figure, section in first]
    files = {
        "[Content_Types].xml": types(),
        "_rels/.rels": ROOT_RELATIONS,
        "docProps/core.xml": core(scenes[0].document, scenes[0].lang),
        **media,
        "word/_rels/document.xml.rels": relations(*links),
        "word/document.xml": document_part(f"{''.join(body)}{paragraph(last)}{section}"),
    }
    return packed(files)


def drawn(
    scenes: Sequence[Scene], svg: Callable[[Scene], str], png: Callable[[Scene], bytes]
) -> tuple[list[tuple[str, str]], dict[str, bytes], list[tuple[str, str, str]]]:
    """Figures for a Word file: each with the section that it takes, their pictures as files, and the links to
    these.

    Raises:
        FigureError: a page would be larger than Word knows.
    """
    pages: list[tuple[str, str]] = []
    media: dict[str, bytes] = {}
    links: list[tuple[str, str, str]] = []
    for i, scene in enumerate(scenes, 1):
        page, figure = _sizes(scene)
        # Word sets the figure on its page itself.
        scene = replace(scene, sheet=None)
        media[f"word/media/figure{i}.png"] = png(scene)
        media[f"word/media/figure{i}.svg"] = svg(scene).encode()
        links += [(f"{form}{i}", f"{OFFICE}/image", f"media/figure{i}.{form}") for form in ("png", "svg")]
        pages.append((_drawing(i, scene, figure), _section(page, figure)))
    return pages, media, links


def paragraph(drawing: str, section: str = "") -> str:
    """A figure in a paragraph of no height beyond its own, with which a section may end."""
    return f"<w:p><w:pPr>{TIGHT}{SMALL}{section}</w:pPr><w:r>{SMALL}{drawing}</w:r></w:p>"


def document_part(body: str) -> bytes:
    """The text of a Word file, which may hold drawings."""
    return (
        f'{HEAD}<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}" '
        f'xmlns:wp="{DRAWING}/wordprocessingDrawing" xmlns:a="{DRAWING}/main" '
        f'xmlns:pic="{DRAWING}/picture"><w:body>{body}</w:body></w:document>'
    ).encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    """The parts of a Word file as one; the same parts give the same bytes."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # The date of an entry is that of no clock.
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, content)
    return out.getvalue()


def fits_word(scene: Scene) -> bool:
    """Whether one page of Word holds the figure at its own size."""
    return max(scene.width, scene.height + 2 * LINE) <= WORD_MOST


def _sizes(scene: Scene) -> tuple[tuple[float, float], tuple[float, float]]:
    """The page, and the figure on it."""
    page = scene.sheet or (scene.width, scene.height + 2 * LINE)
    if max(page) > WORD_MOST:
        width, height = (f"{side / 72 * 2.54:.0f}" for side in page)
        raise FigureError(TOO_LARGE.format(width=width, height=height))
    scale = min(page[0] / scene.width, (page[1] - 2 * LINE) / scene.height, MOST_SCALE)
    return page, (scene.width * scale, scene.height * scale)


def _section(page: tuple[float, float], figure: tuple[float, float]) -> str:
    """The page, with margins that set the figure where paper has it: in the middle, rather high than low."""
    width, height = (round(side * TWIPS) for side in page)
    side = round((page[0] - figure[0]) / 2 * TWIPS)
    top = round((page[1] - figure[1] - 2 * LINE) * HIGH * TWIPS)
    turned = ' w:orient="landscape"' if width > height else ""
    margins = f'w:top="{top}" w:right="{side}" w:bottom="0" w:left="{side}" w:header="0" w:footer="0"'
    return (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar {margins} w:gutter="0"/></w:sectPr>'
    )


def _drawing(number: int, scene: Scene, size: tuple[float, float]) -> str:
    wide, high = (round(side * EMU) for side in size)
    told = f'descr="{_text(scene.description)}" title="{_text(scene.title)}"'
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{number}" name="Figure {number}" {told}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{DRAWING}/picture">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{PICTURE + number}" name="figure{number}.svg"/>'
        "<pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="png{number}"><a:extLst>'
        f'<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
        f'<asvg:svgBlip xmlns:asvg="{SVG_BLIP}" r:embed="svg{number}"/></a:ext></a:extLst></a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )


def types(*parts: str) -> bytes:
    """The kinds of the parts; besides the text and what every file has, those named: `styles`, `footer1`."""
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    more = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{word}.{part.rstrip("0123456789")}+xml"/>'
        for part in parts
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="svg" ContentType="image/svg+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
        f'{more}<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>'
    ).encode()


def relations(*links: tuple[str, str, str]) -> bytes:
    """Links to other parts: their ids, kinds and places."""
    lines = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{to}"/>' for i, kind, to in links)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'.encode()


ROOT_RELATIONS = relations(
    ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
    ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
)


def core(title: str, lang: str) -> bytes:
    """The title and language of a Word file, without dates and names."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{_text(title)}</dc:title><dc:language>{lang}</dc:language></cp:coreProperties>"
    ).encode()


def html(scenes: Sequence[Scene], svg: Callable[[Scene, str], str], faces: str) -> str:
    """A page with the figures, and what they say as a list; `faces` is CSS of the fonts.

    The drawings are hidden from screen readers, for whom the lists say the same.
    """
    first = scenes[0]
    # The figure shows its title itself, unless it is drawn without.
    hidden = ' class="heard"' if any(g.id == "page-title" for g in first.groups) else ""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{first.lang}">',
        f'<head><meta charset="utf-8"><title>{_text(first.document)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{faces}body{{margin:2rem auto;max-width:72rem;padding:0 1rem;font-family:{FONT_STACK};"
        f"line-height:1.6}}figure{{margin:0 0 2rem}}svg{{width:100%;height:auto}}"
        ".heard{position:absolute;clip-path:inset(50%)}</style></head>",
        f"<body><main><h1{hidden}>{_text(first.document)}</h1>",
    ]
    for i, scene in enumerate(scenes, 1):
        drawing = svg(scene, f"p{i}-").replace(' role="img"', ' aria-hidden="true"', 1)
        lines.append(f"<figure>{drawing}</figure>")
        for heading, items in scene.outline:
            if heading:
                lines.append(f"<h2>{_text(heading)}</h2>")
            lines += ["<ol>", *(f"<li>{_text(item)}</li>" for item in items), "</ol>"]
    return "\n".join([*lines, "</main></body></html>", ""])


def _text(text: str) -> str:
    return escape(FORBIDDEN.sub(" ", text))
