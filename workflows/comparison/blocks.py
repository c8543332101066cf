"""What a report is made of, before it is laid out for a terminal, as Markdown or as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal[
    "",
    "kept",
    "changed",
    "moved",
    "made_parallel",
    "made_sequential",
    "merged",
    "split",
    "regrouped",
    "removed",
    "added",
    "better",
    "worse",
    "quiet",
    "strong",
]
"""What a text is about; a layout may colour it, but never says anything by colour alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: one or more lines."""

    lines: tuple[str, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    title: str
    numeric: bool = False
    """Numbers stand to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """A row of a single cell is a heading across all columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An item of a list, with a list of its own under it."""

    text: str
    tone: Tone = ""
    under: tuple[str, ...] = ()
    numbered: bool = False
    """True when what stands under it is a sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Where a drawing goes, in a layout that can hold one."""

    title: str


Block: TypeAlias = Table | Heading | Paragraph | Points | Figure
