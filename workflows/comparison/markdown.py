"""A comparison as Markdown, with tables as GitHub writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jianban.workflows.comparison.blocks import Block, Cell, Heading, Paragraph, Point, Points, Table

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def to_markdown(blocks: Iterable[Block]) -> str:
    return "\n\n".join(text for block in blocks if (text := _render(block))) + "\n"


def _render(block: Block) -> str:
    match block:
        case Heading(text=text, level=level):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(text=text):
            return _plain(text)
        case Points(points=points):
            return "\n".join(_point(p) for p in points)
        case Table():
            return _table(block)
    return ""


def _point(point: Point) -> str:
    marks = (f"{at}." if point.numbered else "-" for at in range(1, len(point.under) + 1))
    under = [f"  {mark} {_plain(text)}" for mark, text in zip(marks, point.under, strict=True)]
    return "\n".join([f"- {_plain(point.text)}", *under])


def _table(table: Table) -> str:
    titles = [_plain(c.title) for c in table.columns]
    rules = ["---:" if c.numeric else "---" for c in table.columns]
    lines = [titles, rules, *([_cell(c) for c in row] for row in table.rows)]
    return f"## {_plain(table.caption)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    return "<br>".join(map(_plain, cell.lines))


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text).replace("\n", " ")
