"""Cells that span rows and columns, laid out on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Spanned:
    text: str = ""
    down: int = 1
    right: int = 1


def laid(rows: Sequence[Sequence[Spanned]]) -> list[tuple[str, ...]]:
    """The text of every place: what spans rows stands in each of them, what spans columns in the first."""
    waiting: dict[int, tuple[str, int]] = {}
    """By column: the text that reaches down, and for how many more rows."""
    found: list[tuple[str, ...]] = []
    for cells in rows:
        line: list[str] = []
        rest = list(cells)
        fresh: dict[int, tuple[str, int]] = {}
        while rest or any(column >= len(line) for column in waiting):
            at = len(line)
            if at in waiting:
                text, more = waiting.pop(at)
                line.append(text)
                if more > 1:
                    fresh[at] = (text, more - 1)
            elif rest:
                cell = rest.pop(0)
                for k in range(cell.right):
                    text = cell.text if k == 0 else ""
                    line.append(text)
                    if cell.down > 1:
                        fresh[at + k] = (text, cell.down - 1)
            else:
                line.append("")
        waiting = fresh
        found.append(tuple(line))
    return found
