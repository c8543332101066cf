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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Where a figure is drawn otherwise than by its plain rules; `tangles` finds out what is worth it."""

    below: frozenset[tuple[str, str]] = frozenset()
    """Steps and decisions, each with what its line straight down leads to, `""` for nothing."""
    left: frozenset[tuple[str, int]] = frozenset()
    """Decisions, each with the number of a branch that stands left of it."""
    turned: frozenset[str] = frozenset()
    """Forks whose branches stand from left to right as their lanes do, not as they are told."""
    beside: frozenset[str] = frozenset()
    """Successful ends that stand beside the steps that lead to them, as others do."""
    shunned: frozenset[tuple[str, str, Cell]] = frozenset()
    """Source and target of lines, each with a place (of `routing`) that it goes round."""


PLAIN = Choices()


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
    """Steps and decisions from which another line than the main one goes straight down → where it leads."""
    bands: list[tuple[int, int]] = field(default_factory=list)
    """First and last row of each band of the figure."""
    links: list[Link] = field(default_factory=list)
    """The figure's links, each to its own copy of an end that stands beside its step."""
    shunned: frozenset[tuple[str, str, Cell]] = frozenset()
    """Source and target of links, each with a place (of `routing`) that its line goes round."""
