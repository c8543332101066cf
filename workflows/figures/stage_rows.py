"""The rows of a comparison: which of them the card of each stage stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]
"""First and last row, both included."""
Place = tuple[int, int, int]
"""First and last base row; or the base row it stands after, twice, and which extra row there (from 1)."""


@dataclass(slots=True)
class Slots:
    """Rows: those of the base, each followed by the extra ones that other columns need after it."""

    base: int
    extra: dict[int, int]

    def index(self, row: int, extra: int = 0) -> int:
        """Of a base row (−1: before the first), or of the `extra`-th row after it."""
        return row + sum(n for at, n in self.extra.items() if at < row) + extra

    @property
    def count(self) -> int:
        return self.base + sum(self.extra.values())


def rows(base: int, columns: Sequence[Sequence[Sequence[int]]]) -> tuple[list[list[Span]], int]:
    """Where the cards of the base and of each other column stand, and how many rows there are.

    A card stands beside the base stages it stands for; what stands for none takes a free row, or a new one. A
    base stage that several stand for spans the rows of all of them.

    Args:
        base: how many stages the base has.
        columns: for each card of each other column, in order, the base stages it stands for.
    """
    slots = Slots(base, {})
    placed = [places(wanted, slots) for wanted in columns]
    longest = [0] * base
    for wanted, found in zip(columns, placed, strict=True):
        for stages, (row, _, extra) in zip(wanted, found, strict=True):
            if row in stages:
                longest[row] = max(longest[row], extra)
    spans = [[(slots.index(i), slots.index(i, longest[i])) for i in range(base)]]
    spans += [[(slots.index(a, extra), slots.index(b, extra)) for a, b, extra in found] for found in placed]
    return spans, slots.count


def places(wanted: Sequence[Sequence[int]], slots: Slots) -> list[Place]:
    found: list[Place] = []
    free = 0
    for i, stages in enumerate(wanted):
        later = min((r[0] for r in wanted[i + 1 :] if r and r[0] >= free), default=slots.base)
        first, last = (
            (max(free, stages[0]), min(stages[-1], max(later - 1, stages[0]))) if stages else (free, free)
        )
        if first > last or first >= slots.base or (not stages and free >= later):
            after = free - 1
            extra = 1 + sum(1 for p in found if p[2] and p[0] == after)
            slots.extra[after] = max(slots.extra.get(after, 0), extra)
            found.append((after, after, extra))
        else:
            found.append((first, last, 0))
            free = last + 1
    return found
