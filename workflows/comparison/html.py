"""A comparison as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from jianban.workflows.comparison.blocks import Block, Cell, Figure, Heading, Paragraph, Point, Points, Table
from jianban.workflows.texts import Lang

LANGUAGES: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}

# text colours reach a contrast of 4.5 on white; each tone is also said in words
STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; color: #1a1a1a; background: #fff;
  font: 16px/1.6 "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.3; margin: 0 0 1.5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; margin: 2.5rem 0 0; }
caption { text-align: left; font-size: 1.2rem; font-weight: 700; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid #c9ced3; }
thead th { border-bottom: 2px solid #3a3f45; }
tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.wide { position: relative; }
figure { margin: 2.5rem 0 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { color: #595959; }
.removed, .worse { color: #a84300; }
.merged, .split, .regrouped, .made_parallel, .made_sequential { color: #005a8c; }
.added, .better { color: #00694c; }
.changed, .moved { color: #7a5200; }
.quiet { color: #595959; }
td.removed:not(:nth-child(2)) { text-decoration: line-through; text-decoration-thickness: 1px; }
@media print { body { max-width: none; padding: 0; } tr { break-inside: avoid; } }
"""


def to_html(blocks: Iterable[Block], lang: Lang, *, figure: str = "") -> str:
    """A whole page; `figure` is an SVG to stand where the report has its drawing."""
    blocks = tuple(blocks)
    title = next((b.text for b in blocks if isinstance(b, Heading)), "")
    body = "\n".join(text for block in blocks if (text := _render(block, figure)))
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[lang]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


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
            svg = figure[figure.find("<svg") :]
            return f"<figure>\n{svg}\n<figcaption>{escape(title)}</figcaption>\n</figure>" if figure else ""


def _point(point: Point) -> str:
    kind = "ol" if point.numbered else "ul"
    under = "".join(f"<li>{escape(text)}</li>" for text in point.under)
    inner = f"\n<{kind}>{under}</{kind}>\n" if under else ""
    return f"<li{_class(point.tone)}>{escape(point.text)}{inner}</li>\n"


def _table(table: Table) -> str:
    numeric = [c.numeric for c in table.columns]
    head = "".join(f'<th scope="col"{_class("number" if c.numeric else "")}>{escape(c.title)}</th>' for c in table.columns)
    rows = []
    for row in table.rows:
        cells = [f'<th scope="row"{_class(row[0].tone)}>{_lines(row[0])}</th>']
        cells += [
            f"<td{_class(' '.join(filter(None, (c.tone, 'number' if right else ''))))}>{_lines(c)}</td>"
            for c, right in zip(row[1:], numeric[1:], strict=True)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    body = "\n".join(rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.caption)}">\n<table>\n'
        f"<caption>{escape(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        "</table>\n</div>"
    )


def _lines(cell: Cell) -> str:
    return "<br>".join(map(escape, cell.lines))


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
