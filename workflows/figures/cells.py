"""The cells of a process figure: rows and columns, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from jianban.workflows.figures.model import Card, Decision, Fork, Link, Pill

Cell: TypeAlias = tuple[int, int]
"""Row and column."""
Way: TypeAlias = tuple[tuple[str, int], ...]
"""The blocks around a step, each with the number of the branch it is in; the outermost first."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The cells of one thing: a row, and columns `first` to `last` included."""

    row: int
    first: int
    last: int

    @property
    def cells(self) -> tuple[tuple[int, int], ...]:
        return tuple((self.row, c) for c in range(self.first, self.last + 1))


@dataclass(slots=True)
class Grid:
    rows: int = 0
    lanes: list[tuple[str, int, int]] = field(default_factory=list)
    """Lane id, first and last column."""
    columns: int = 0
    pills: set[int] = field(default_factory=set)
    """The columns in which only ends stand."""
    spots: dict[str, Spot] = field(default_factory=dict)
    cards: dict[str, Card | Decision | Fork | Pill] = field(default_factory=dict)
    straight: dict[str, str] = field(default_factory=dict)
    """Decisions below which another branch than the main one stands → its first block."""
    bands: list[tuple[int, int]] = field(default_factory=list)
    """First and last row of each band of the figure."""
    links: list[Link] = field(default_factory=list)
    """The figure's links, each to its own copy of an unsuccessful end."""
