"""A comparison in the terminal, laid out by rich."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Styled

from jianban.workflows.comparison.blocks import Block, Cell, Heading, Paragraph, Point, Points, Table, Tone

STYLES: dict[Tone, str] = {
    "changed": "yellow",
    "moved": "yellow",
    "made_parallel": "cyan",
    "made_sequential": "cyan",
    "merged": "blue",
    "split": "blue",
    "regrouped": "blue",
    "removed": "red",
    "added": "green",
    "better": "green",
    "worse": "red",
    "quiet": "dim",
    "strong": "bold",
}


def to_terminal(blocks: Iterable[Block], *, width: int, colour: bool) -> str:
    """Lay the blocks out in so many columns, with colours or without."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for block in blocks:
        for part in _render(block):
            console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _render(block: Block) -> Iterable[RenderableType]:
    match block:
        case Heading(text=text, level=level):
            return ["", Styled(text, "bold underline" if level == 1 else "bold")]
        case Paragraph(text=text, tone=tone):
            return [Styled(text, STYLES.get(tone, ""))]
        case Points(points=points):
            return [part for p in points for part in _point(p)]
        case Table():
            return ["", Styled(block.caption, "bold"), _table(block)]
    return []


def _point(point: Point) -> Iterable[RenderableType]:
    yield Padding(Styled(f"• {point.text}", STYLES.get(point.tone, "")), (0, 0, 0, 1))
    for at, text in enumerate(point.under, start=1):
        mark = f"{at}. " if point.numbered else "- "
        yield Padding(Styled(mark + text), (0, 0, 0, 5))


def _table(table: Table) -> Grid:
    grid = Grid(box=box.HORIZONTALS, show_edge=True, pad_edge=False, header_style="bold")
    for column in table.columns:
        grid.add_column(column.title, justify="right" if column.numeric else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(_cell(c) for c in row))
    return grid


def _cell(cell: Cell) -> Styled:
    return Styled("\n".join(cell.lines), STYLES.get(cell.tone, ""))
