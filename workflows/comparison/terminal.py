"""A comparison in the terminal: tables that fit the width, with lines broken as Chinese is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from unicodedata import combining, east_asian_width

from jianban.workflows.comparison.blocks import Block, Cell, Heading, Paragraph, Point, Points, Table, Tone

CODES: Mapping[Tone, str] = {
    "changed": "33",
    "moved": "33",
    "made_parallel": "36",
    "made_sequential": "36",
    "merged": "34",
    "split": "34",
    "regrouped": "34",
    "removed": "31",
    "added": "32",
    "better": "32",
    "worse": "31",
    "quiet": "2",
    "strong": "1",
}
"""The terminal's own colours, so that they suit a dark and a light background."""

GAP = "  "
NARROWEST = 10
"""Columns of a table are not squeezed below this."""
LEAST_WIDTH = 60
"""What does not fit into this is left to the terminal to break."""
LONGEST = 8
"""Sequences of more members are shown by their first and last."""
PIECES = re.compile(r"[ ]+|[^\s\u1100-\uffff]+|[\u1100-\uffff]")
"""What a line may be broken between: runs of Latin, and each character of Chinese."""
NOT_FIRST = "，。、；：！？）》〉”’】〕…—%"
NOT_LAST = "（《〈“‘【〔"
MARK = re.compile(rf"[，；、。](?![{NOT_FIRST}])")
"""What parts the members of a list."""


def to_terminal(blocks: Iterable[Block], *, width: int, colour: bool) -> str:
    """Lay the blocks out in so many columns, with colours or without."""
    lines = [line for block in blocks for line in _Layout(width, colour).block(block)]
    return "\n".join(line.rstrip() for line in lines[1:]) + "\n"


def cells(text: str) -> int:
    """How many columns a text takes."""
    return sum(map(_cells, text))


@cache
def _cells(character: str) -> int:
    return 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines: after a mark that leaves no more than a quarter of one empty; else anywhere
    between Chinese characters, but for punctuation; else at spaces."""
    lines, line = [], ""
    for piece in _unbroken(text, width):
        if line and cells(line + piece.rstrip()) > width:
            at = max((mark.end() for mark in MARK.finditer(line)), default=0)
            rest = line[at:]
            if not at or cells(rest) > width // 4 or cells(rest + piece.rstrip()) > width:
                at, rest = len(line), ""
            lines.append(line[:at].rstrip())
            line = (rest + piece).lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _unbroken(text: str, width: int) -> Iterator[str]:
    """The pieces of a text that stay whole."""
    held = ""
    for piece in PIECES.findall(text):
        while cells(piece) > width:
            yield held + piece[:width]
            held, piece = "", piece[width:]
        if held and (piece[0] in NOT_FIRST or held[-1] in NOT_LAST):
            held += piece
        else:
            if held:
                yield held
            held = piece
    if held:
        yield held


def _shortened(sequence: Sequence[str]) -> Sequence[str]:
    """A long sequence by its beginning and its end."""
    if len(sequence) <= LONGEST:
        return sequence
    return [*sequence[:2], "…", *sequence[2 - LONGEST :]]


class _Layout:
    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(width, LEAST_WIDTH)
        self.colour = colour

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(text=text, level=level):
                yield ""
                yield from self._paint(wrap(text, self.width), "1;4" if level == 1 else "1")
            case Paragraph(text=text, tone=tone):
                yield from self._paint(wrap(text, self.width), CODES.get(tone))
            case Points(points=points):
                for point in points:
                    yield from self._point(point)
            case Table():
                yield ""
                yield from self._paint(wrap(block.caption, self.width), "1")
                yield from self._table(block)

    def _paint(self, lines: Iterable[str], code: str | None) -> Iterator[str]:
        return (f"\x1b[{code}m{line}\x1b[0m" if self.colour and code and line else line for line in lines)

    def _point(self, point: Point) -> Iterator[str]:
        yield from self._paint(self._hung("• ", point.text), CODES.get(point.tone))
        if point.numbered:
            yield from self._hung("    ", " → ".join(_shortened(point.under)))
        else:
            for text in point.under:
                yield from self._hung("    - ", text)

    def _hung(self, mark: str, text: str) -> list[str]:
        """Lines of which only the first begins with the mark."""
        room = cells(mark)
        lines = wrap(text, self.width - room)
        return [(mark if at == 0 else " " * room) + line for at, line in enumerate(lines)]

    def _table(self, table: Table) -> Iterator[str]:
        head = tuple(Cell((c.title,), "strong") for c in table.columns)
        widths = self._widths([head, *table.rows])
        rule = "─" * (sum(widths) + len(GAP) * (len(widths) - 1))
        right = [c.numeric for c in table.columns]
        yield rule
        yield from self._row(head, widths, right)
        yield rule
        for row in table.rows:
            yield from self._row(row, widths, right)
        yield rule

    def _widths(self, rows: Sequence[Sequence[Cell]]) -> list[int]:
        """The widths the columns ask for, the widest made narrower until all fit."""
        widths = [
            max(cells(line) for row in rows for line in (*row[i].lines, "")) for i in range(len(rows[0]))
        ]
        excess = sum(widths) + len(GAP) * (len(widths) - 1) - self.width
        while excess > 0 and max(widths) > NARROWEST:
            widest = widths.index(max(widths))
            second = max((w for i, w in enumerate(widths) if i != widest), default=NARROWEST)
            cut = max(1, min(excess, widths[widest] - max(second, NARROWEST)))
            widths[widest] -= cut
            excess -= cut
        return widths

    def _row(self, row: Sequence[Cell], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
        columns = [
            [part for line in cell.lines for part in wrap(line, width)]
            for cell, width in zip(row, widths, strict=True)
        ]
        for at in range(max(map(len, columns))):
            parts: list[str] = []
            for cell, lines, width, numeric in zip(row, columns, widths, right, strict=True):
                text = lines[at] if at < len(lines) else ""
                space = " " * (width - cells(text))
                painted = next(iter(self._paint([text], CODES.get(cell.tone))))
                parts.append(space + painted if numeric else painted + space)
            yield GAP.join(parts)
