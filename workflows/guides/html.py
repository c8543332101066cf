"""A guide as one HTML page that needs nothing else: for the screen, and on A4 when printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from jianban.workflows.figures.drawing import FORBIDDEN
from jianban.workflows.figures.export import characters, svg
from jianban.workflows.figures.fonts import face_rules
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.scene import FONT_STACK, Scene
from jianban.workflows.guides.model import Facts, Field, Guide, Lines, Note, Part, Picture, Records
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
from jianban.workflows.texts import Text

CONTENTS = Text("目录", "Contents")
FIGURE_PAGE = Text("{title}（{page}/{pages}）", "{title} ({page}/{pages})")
CODES = {"zh": "zh-CN", "en": "en"}

STYLE = f"""
:root {{ color-scheme: light; }}
body {{ margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; color: #1a1a1a; background: #fff;
  font-family: {FONT_STACK}; font-size: 16px; line-height: 1.6; }}
h1 {{ font-size: 1.75rem; line-height: 1.35; margin: 0 0 1.25rem; }}
h2 {{ font-size: 1.2rem; line-height: 1.4; margin: 2.5rem 0 .6rem; }}
nav ol {{ columns: 15rem; margin: 0; padding: .75rem 1rem; list-style: none; background: #f5f6f7; }}
a {{ color: #005a8c; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; min-width: 40rem; margin: 0 0 1rem; }}
th, td {{ border: 1px solid #8a9198; padding: .4rem .55rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }}
thead th, .facts th {{ background: #e9eef2; font-weight: 700; }}
tbody th {{ font-weight: 400; }}
.facts {{ min-width: 0; }}
.facts col:first-child {{ width: 24%; }}
td p, th p {{ margin: 0; }}
[lang=en].second {{ color: #595959; font-size: .875em; line-height: 1.4; }}
figure {{ margin: 1.5rem 0; }}
figure svg {{ width: 100%; height: auto; border: 1px solid #c9ced3; }}
figcaption {{ color: #595959; }}
@page {{ size: A4; margin: 18mm 16mm; }}
@page upright {{ size: A4; margin: 0; }}
@page wide {{ size: A4 landscape; margin: 0; }}
@media print {{
  body {{ max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.45; }}
  h1 {{ font-size: 18pt; }}
  h2 {{ font-size: 13pt; margin-top: 14pt; break-after: avoid; }}
  nav, figcaption, .figures {{ display: none; }}
  .scroll {{ overflow: visible; }}
  table {{ min-width: 0; font-size: 9.5pt; }}
  tr {{ break-inside: avoid; }}
  thead {{ display: table-header-group; }}
  figure {{ margin: 0; break-before: page; break-inside: avoid; }}
  figure.upright {{ page: upright; }}
  figure.wide {{ page: wide; }}
  figure svg {{ display: block; border: 0; }}
  figure.upright svg {{ width: 210mm; height: 296mm; }}
  figure.wide svg {{ width: 297mm; height: 209mm; }}
}}
"""


def to_html(
    guide: Guide,
    lang: GuideLang,
    pictures: Mapping[str, Sequence[Scene]] | None = None,
    *,
    embed_fonts: bool = True,
) -> str:
    """The guide as one page, with its figures and, unless it is told not to, the glyphs that it shows.

    Args:
        pictures: the pages of each figure, by its kind; a figure without any is left out.

    Raises:
        Unavailable: the fonts or Graphviz are not installed.
    """
    drawn = pictures or {}
    shown = [
        (section, body)
        for section in guide.sections
        if (body := "\n".join(_part(p, lang, drawn) for p in section.parts).strip())
    ]
    title = _text(in_line(guide.title, lang))
    lines = [f"<main>\n<h1>{'<br>'.join(map(_span, said(guide.title, lang)))}</h1>"]
    lines.append(f'<nav aria-label="{_text(in_line(CONTENTS, lang))}"><ol>')
    heads = [_text(heading(i, section.title, lang)) for i, (section, _) in enumerate(shown, 1)]
    lines += [f'<li><a href="#{s.id}">{head}</a></li>' for head, (s, _) in zip(heads, shown, strict=True)]
    lines.append("</ol></nav>")
    for head, (section, body) in zip(heads, shown, strict=True):
        mark = ' class="figures"' if all(isinstance(p, Picture) for p in section.parts) else ""
        lines.append(f'<section aria-labelledby="{section.id}">\n<h2 id="{section.id}"{mark}>{head}</h2>')
        lines.append(f"{body}\n</section>")
    body = "\n".join([*lines, "</main>"])
    glyphs = characters([s for scenes in drawn.values() for s in scenes])
    shown_glyphs = {w: glyphs.get(w, set()) | _shown(body) for w in (REGULAR, BOLD)}
    faces = face_rules(shown_glyphs) if embed_fonts else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{document_lang(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{faces}{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _shown(body: str) -> set[str]:
    return {c for c in body if c.isprintable()}


def _part(part: Part, lang: GuideLang, drawn: Mapping[str, Sequence[Scene]]) -> str:
    match part:
        case Facts(facts=facts):
            rows = "\n".join(
                f'<tr><th scope="row">{_title(f.field.title, lang)}</th><td>{_cell(f.lines, lang)}</td></tr>'
                for f in facts
            )
            head = "".join(f'<th scope="col">{_text(in_line(t, lang))}</th>' for t in (ITEM, CONTENT))
            return (
                f'<table class="facts"><colgroup><col><col></colgroup><thead><tr>{head}</tr></thead>\n'
                f"<tbody>\n{rows}\n</tbody></table>"
            )
        case Records():
            return _records(part, lang)
        case Note(text=text):
            return "".join(f"<p>{_span(line)}</p>" for line in said(text, lang))
        case Picture(id=kind, title=title):
            return "\n".join(_figures(kind, title, drawn.get(kind, ()), lang))
    return ""


def _records(records: Records, lang: GuideLang) -> str:
    columns = records.sheet.columns
    whole = sum(c.width for c in columns)
    widths = "".join(f'<col style="width:{100 * c.width / whole:.1f}%">' for c in columns)
    head = "".join(f'<th scope="col">{_title(c.title, lang)}</th>' for c in columns)
    spans = spanning(records)
    rows: list[str] = []
    for cells, span in zip(records.rows, spans, strict=True):
        told: list[str] = []
        for at, (column, lines) in enumerate(zip(columns, cells, strict=True)):
            if at == 0 and span == 0:
                continue
            tag = _tag(column, records.sheet.key, f' rowspan="{span}"' if at == 0 and span > 1 else "")
            told.append(f"<{tag}>{_cell(lines, lang)}</{tag.split()[0]}>")
        rows.append(f"<tr>{''.join(told)}</tr>")
    label = _text(in_line(records.sheet.title, lang))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table aria-label="{label}">'
        f"<colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )


def spanning(records: Records) -> tuple[int, ...]:
    """How many rows the first cell of each row stands for: 0 where the one above stands for it too.

    Only where the first column does not tell the rows apart.
    """
    if records.sheet.columns[0].id == records.sheet.key:
        return (1,) * len(records.rows)
    found: list[int] = []
    first = 0
    for at, row in enumerate(records.rows):
        if at and row[0] == records.rows[first][0]:
            found[first] += 1
            found.append(0)
        else:
            first = at
            found.append(1)
    return tuple(found)


def _tag(column: Field, key: str, span: str) -> str:
    return f'th scope="row"{span}' if column.id == key else f"td{span}"


def _figures(kind: str, title: Text, scenes: Sequence[Scene], lang: GuideLang) -> Iterator[str]:
    for page, scene in enumerate(scenes, 1):
        told = FIGURE_PAGE.format(title=title, page=page, pages=len(scenes)) if len(scenes) > 1 else title
        wide, high = scene.sheet or (scene.width, scene.height)
        turned = "wide" if wide > high else "upright"
        drawing = svg(scene, f"{kind}-{page}-")
        caption = f"<figcaption>{_text(in_line(told, lang))}</figcaption>"
        yield f'<figure class="{turned}">\n{drawing}{caption}</figure>'


def _title(title: Text, lang: GuideLang) -> str:
    return _lines(tuple(said(title, lang)), lang)


def _cell(lines: Lines, lang: GuideLang) -> str:
    return _lines(lines_of(lines, lang), lang)


def _lines(lines: Sequence[Said], lang: GuideLang) -> str:
    if len(lines) == 1:
        return _text(lines[0].text)
    return "".join(f"<p{_marks(line, lang)}>{_text(line.text)}</p>" for line in lines)


def _marks(line: Said, lang: GuideLang) -> str:
    if lang == "both" and line.lang == "en":
        return f' lang="{CODES[line.lang]}" class="second"'
    return ""


def _span(line: Said) -> str:
    return f'<span lang="{CODES[line.lang]}">{_text(line.text)}</span>'


def _text(text: str) -> str:
    return escape(FORBIDDEN.sub(" ", text))
