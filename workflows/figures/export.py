"""Scenes as files: SVG made accessible, PDF and PNG made from it. The same scene gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from html import escape
from io import BytesIO
from typing import Any, Literal
from xml.etree import ElementTree as ET

from jianban.workflows.figures.documents import docx, html
from jianban.workflows.figures.drawing import FORBIDDEN, dot_source, render_dot, shape_id
from jianban.workflows.figures.errors import FigureError, missing
from jianban.workflows.figures.fonts import face_rules, prepare_fonts
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.scene import (
    FONT_STACK,
    HIGH,
    MOST_SCALE,
    Box,
    Diamond,
    Route,
    Scene,
    ShapeOf,
    Words,
)
from jianban.workflows.texts import Text

Format = Literal["svg", "png", "pdf", "docx", "html", "dot"]
FORMATS: tuple[Format, ...] = ("svg", "png", "pdf", "docx", "html", "dot")
MAX_PIXELS = 120_000_000
"""Of a PNG; it takes four bytes of memory for each."""
_SVG = "{http://www.w3.org/2000/svg}"


def export(scene: Scene, form: Format, dpi: int = 200) -> bytes:
    """The scene as SVG, PNG (at `dpi`), PDF, Word file, HTML page or DOT source.

    Raises:
        FigureError: the format is unknown, or the picture or page would be too large.
        Unavailable: a part is not installed.
    """
    return export_pages((scene,), form, dpi)[0]


def export_pages(
    scenes: Sequence[Scene], form: Format, dpi: int = 200, *, embed_fonts: bool = False
) -> tuple[bytes, ...]:
    """A file for each page, or one for all where the format knows pages.

    A PDF and an HTML page always bring their glyphs along, an SVG only with `embed_fonts`.

    Raises:
        FigureError: as `export`.
    """
    match form:
        case "dot":
            return tuple(dot_source(s).encode() for s in scenes)
        case "svg":
            return tuple(svg(s, embed_fonts=embed_fonts).encode() for s in scenes)
        case "png":
            return tuple(_png(s, dpi) for s in scenes)
        case "pdf":
            return (_settled([_converter().svg_to_pdf(svg(s)) for s in scenes], scenes[0]),)
        case "docx":
            return (docx(scenes, svg, lambda scene: _png(scene, dpi)),)
        case "html":
            return (html(scenes, svg, _faces(scenes)).encode(),)
    raise FigureError(
        Text(
            f"未知格式“{form}”。可用：{'、'.join(FORMATS)}",
            f"Unknown format “{form}”. Use one of {', '.join(FORMATS)}",
        )
    )


def _faces(scenes: Sequence[Scene]) -> str:
    """The glyphs of a page: what is drawn, and what the list says in regular and bold."""
    shown = characters(scenes)
    listed = {c for s in scenes for said in (s.document, s.description) for c in said}
    return face_rules({weight: shown.get(weight, set()) | listed for weight in (REGULAR, BOLD)})


def _png(scene: Scene, dpi: int) -> bytes:
    width, height, _ = _viewed(scene)
    if dpi < 1 or width * height * (dpi / 72) ** 2 > MAX_PIXELS:
        raise FigureError(
            Text(
                f"分辨率 {dpi} 不可用：图片不得超过 {MAX_PIXELS:,} 像素。请改用较小的 dpi，或输出 svg、pdf",
                f"A resolution of {dpi} cannot be drawn: a picture has at most {MAX_PIXELS:,} pixels. "
                "Give a smaller dpi, or write svg or pdf",
            )
        )
    return _converter().svg_to_png(svg(scene), scale=dpi / 72)


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise missing("vl-convert-python", Text("输出 PNG、PDF", "write PNG and PDF")) from None
    vl_convert.register_font_directory(str(prepare_fonts().folder))
    return vl_convert


def _settled(pages: Sequence[bytes], scene: Scene) -> bytes:
    """One PDF of all pages, without dates and random ids, with its title and language."""
    try:
        import pikepdf
    except ImportError:
        raise missing("pikepdf", Text("输出 PDF", "write PDF")) from None
    with ExitStack() as stack:
        document, *others = (stack.enter_context(pikepdf.open(BytesIO(page))) for page in pages)
        for other in others:
            document.pages.extend(other.pages)
        for key in ("/Info", "/ID"):
            if key in document.trailer:
                del document.trailer[key]
        if "/Metadata" in document.Root:
            del document.Root.Metadata
        document.docinfo["/Title"] = scene.document
        document.Root.Lang = pikepdf.String(scene.lang)
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        out = BytesIO()
        document.save(out, deterministic_id=True, linearize=False)
        return out.getvalue()


def svg(scene: Scene, prefix: str = "", *, embed_fonts: bool = False) -> str:
    """Graphviz's drawing, regrouped: one labelled group per step, text as text, shapes that Graphviz lacks
    put in.

    `prefix` begins every id, to tell apart those of several drawings in one page.
    """
    drawn = _drawn(render_dot(dot_source(scene)))
    width, height, view = _viewed(scene)
    hatches = sorted({s.hatch for g in scene.groups for s in g.shapes if isinstance(s, Box) and s.hatch})
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="{view}" font-family="{FONT_STACK}" '
        f'xml:lang="{scene.lang}" role="img" aria-labelledby="{prefix}figure-title '
        f'{prefix}figure-desc">',
        f'<title id="{prefix}figure-title">{_text(scene.title)}</title>',
        f'<desc id="{prefix}figure-desc">{_text(scene.description)}</desc>',
    ]
    if embed_fonts:
        lines.append(f"<style>{face_rules(characters([scene]))}</style>")
    lines += [
        f'<defs><pattern id="{prefix}figure-hatch-{i}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0,0V6" stroke="{color}" stroke-width="1.6"/></pattern>'
        "</defs>"
        for i, color in enumerate(hatches)
    ]
    x, y, wide, high = view.split()
    lines.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{scene.paper}"/>')
    # Graphviz counts y upwards from the bottom.
    lines.append(f'<g transform="translate(0 {_n(scene.height)})">')
    for g, group in enumerate(scene.groups):
        label = f' role="group" aria-label="{_text(group.title)}"' if group.title else ""
        lines.append(f'<g id="{prefix}{group.id}"{label}>')
        for s, shape in enumerate(group.shapes):
            lines += _elements(shape, drawn[shape_id(g, s)], scene.height, hatches, prefix)
        lines.append("</g>")
    lines += ["</g>", "</svg>", ""]
    return "\n".join(lines)


def characters(scenes: Iterable[Scene]) -> dict[int, set[str]]:
    """Those that scenes show, by weight."""
    found: dict[int, set[str]] = {}
    for shape in (s for scene in scenes for g in scene.groups for s in g.shapes):
        if isinstance(shape, Words):
            weight = BOLD if shape.weight >= BOLD else REGULAR
            found.setdefault(weight, set()).update(shape.text)
    return found


def _viewed(scene: Scene) -> tuple[float, float, str]:
    """The width and height of the paper, and the part of the plane that it shows."""
    if scene.sheet is None:
        return scene.width, scene.height, f"0 0 {_n(scene.width)} {_n(scene.height)}"
    width, height = scene.sheet
    scale = min(width / scene.width, height / scene.height, MOST_SCALE)
    wide, high = width / scale, height / scale
    left, top = (scene.width - wide) / 2, (scene.height - high) * HIGH
    return width, height, f"{_n(left)} {_n(top)} {_n(wide)} {_n(high)}"


def _drawn(data: bytes) -> dict[str, ET.Element]:
    """Graphviz's elements by id, moved so that the page begins at (0, 0).

    Graphviz rounds glyphs to pixels when it measures, may think a long line wider than the page, and moves
    all to make room.
    """
    found = {e.get("id", ""): e for e in ET.fromstring(data).iter(f"{_SVG}g")}
    page = found["page"].find(f"{_SVG}polygon")
    assert page is not None
    corners = [tuple(map(float, p.split(","))) for p in page.get("points", "").split()]
    left, bottom = min(x for x, _ in corners), max(y for _, y in corners)
    if left or bottom:

        def moved(match: re.Match[str]) -> str:
            return f"{_n(float(match[1]) - left)},{_n(float(match[2]) - bottom)}"

        for name, element in found.items():
            if re.fullmatch(r"g\d+s\d+", name):
                for shape in element:
                    for key in sorted({"d", "points"}.intersection(shape.keys())):
                        shape.set(key, re.sub(r"(-?[\d.]+),(-?[\d.]+)", moved, shape.get(key, "")))
    return found


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _text(text: str) -> str:
    """Escaped for text and attributes, without the characters XML forbids."""
    return escape(FORBIDDEN.sub(" ", text))


def _elements(shape: ShapeOf, drawn: ET.Element, height: float, hatches: list[str], prefix: str) -> list[str]:
    match shape:
        case Words():
            style = f'font-size="{_n(shape.size)}"'
            style += ' font-weight="700"' if shape.weight >= BOLD else ""
            style += f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
            place = f'x="{_n(shape.x)}" y="{_n(shape.baseline - height)}"'
            return [f'<text {place} {style} fill="{shape.color}">{_text(shape.text)}</text>']
        case Box():
            # Graphviz fixes the radius of its corners and knows no hatch.
            radius = f' rx="{_n(shape.radius)}"' if shape.radius else ""
            place = (
                f'<rect x="{_n(shape.x)}" y="{_n(shape.y - height)}" width="{_n(shape.width)}" '
                f'height="{_n(shape.height)}"{radius}'
            )
            lines = [f'{place} fill="{shape.fill or "none"}"{_stroke(shape)}/>']
            if shape.hatch:
                lines.append(f'{place} fill="url(#{prefix}figure-hatch-{hatches.index(shape.hatch)})"/>')
            return lines
        case Diamond():
            points = drawn.find(f"{_SVG}polygon")
            assert points is not None
            return [f'<polygon points="{points.get("points")}" fill="{shape.fill}"{_stroke(shape)}/>']
        case Route():
            path = drawn.find(f"{_SVG}path")
            assert path is not None
            lines = [f'<path d="{path.get("d")}" fill="none"{_stroke(shape)}/>']
            # The stroke belongs to the head's length, as Graphviz reckons it.
            head = f'fill="{shape.stroke}" stroke="{shape.stroke}" stroke-width="{_n(shape.stroke_width)}"'
            lines += [f'<polygon points="{p.get("points")}" {head}/>' for p in drawn.iter(f"{_SVG}polygon")]
            return lines


def _stroke(shape: Box | Diamond | Route) -> str:
    if not shape.stroke or not shape.stroke_width:
        return ""
    dash = (
        ""
        if isinstance(shape, Diamond) or not shape.dash
        else f' stroke-dasharray="{" ".join(map(_n, shape.dash))}"'
    )
    return f' stroke="{shape.stroke}" stroke-width="{_n(shape.stroke_width)}"{dash}'
