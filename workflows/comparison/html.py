"""A comparison as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from jianban.workflows.comparison.blocks import (
    Block,
    Cell,
    Figure,
    Heading,
    Paragraph,
    Point,
    Points,
    Table,
)
from jianban.workflows.texts import Lang

LANGUAGES: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}

# text colours reach a contrast of 4.5 on white; whatever a colour says is also said in words
STYLE = """
:root { color-scheme: light; }
body {
  margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; color: #1a1a1a; background: #fff;
  font-family: "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  font-size: 16px; line-height: 1.6;
}
h1 { font-size: 1.75rem; line-height: 1.3; margin: 0 0 1.5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
.scroll { overflow-x: auto; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-size: 1.2rem; font-weight: 700; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; }
thead th { border-bottom: 2px solid #3a3f45; }
tbody th, tbody td { border-bottom: 1px solid #c9ced3; font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 2.5rem 0 0; }
figure svg { width: 100%; height: auto; }
figcaption { color: #595959; }
.removed, .worse { color: #a84300; }
.merged, .split, .regrouped, .made_parallel, .made_sequential { color: #005a8c; }
.added, .better { color: #00694c; }
.changed, .moved { color: #7a5200; }
.quiet { color: #595959; }
@media print {
  body { max-width: none; padding: 0; }
  tr { break-inside: avoid; }
}
"""

PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""

TABLE = """<div class="scroll" role="region" tabindex="0" aria-label="{caption}">
<table>
<caption>{caption}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>"""


def to_html(blocks: Iterable[Block], lang: Lang, *, figure: str = "") -> str:
    """A whole page; `figure` is an SVG to stand where the report has its drawing."""
    blocks = tuple(blocks)
    title = next((b.text for b in blocks if isinstance(b, Heading)), "")
    body = "\n".join(text for block in blocks if (text := _render(block, figure)))
    return PAGE.format(lang=LANGUAGES[lang], title=escape(title), style=STYLE, body=body)


def _render(block: Block, figure: str) -> str:
    match block:
        case Heading(text=text, level=level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text=text, tone=tone):
            return f"<p{_class(tone)}>{escape(text)}</p>"
        case Points(points=points):
            return f"<ul>\n{''.join(map(_point, points))}</ul>"
        case Table():
            return _table(block)
        case Figure(title=title):
            # an SVG file may begin with an XML declaration, which has no place inside a page
            svg = figure[figure.find("<svg") :]
            return f"<figure>\n{svg}\n<figcaption>{escape(title)}</figcaption>\n</figure>" if figure else ""


def _point(point: Point) -> str:
    kind = "ol" if point.numbered else "ul"
    under = "".join(f"<li>{escape(text)}</li>" for text in point.under)
    inner = f"\n<{kind}>{under}</{kind}>\n" if under else ""
    return f"<li{_class(point.tone)}>{escape(point.text)}{inner}</li>\n"


def _table(table: Table) -> str:
    kinds = ["number" if c.numeric else "" for c in table.columns]
    head = "".join(
        f'<th scope="col"{_class(kind)}>{escape(column.title)}</th>'
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = []
    for first, *rest in table.rows:
        cells = [f'<th scope="row"{_class(first.tone)}>{_lines(first)}</th>']
        cells += [
            f"<td{_class(cell.tone, kind)}>{_lines(cell)}</td>"
            for cell, kind in zip(rest, kinds[1:], strict=True)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return TABLE.format(caption=escape(table.caption), head=head, body="\n".join(rows))


def _lines(cell: Cell) -> str:
    return "<br>".join(map(escape, cell.lines))


def _class(*names: str) -> str:
    told = " ".join(filter(None, names))
    return f' class="{told}"' if told else ""
