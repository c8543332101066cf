"""Where ends that are no success stand: beside the step that leads to them, once for each.

They share the column right of their step where all of them have room there; else they get a column of their
own. The grid is widened for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from jianban.workflows.figures.cells import Cell, Grid, Way
from jianban.workflows.figures.model import Card, Decision, LinkKind, ProcessFigure


def stand_ends(
    figure: ProcessFigure,
    grid: Grid,
    taken: Mapping[Cell, str],
    claims: Mapping[Cell, Way],
    beside: Mapping[str, Sequence[Card]],
    chosen: Container[str],
) -> None:
    """Put these ends into the grid, and all links, each to its own copy of an end.

    `taken` says what stands in a cell, `claims` which branch a cell belongs to, `beside` which asides stand
    beside a step, `chosen` which other ends are to stand like these.
    """
    _Ends(figure, grid, taken, claims, beside).stand(chosen)


class _Ends:
    def __init__(
        self,
        figure: ProcessFigure,
        grid: Grid,
        taken: Mapping[Cell, str],
        claims: Mapping[Cell, Way],
        beside: Mapping[str, Sequence[Card]],
    ) -> None:
        self.figure, self.grid = figure, grid
        self.taken, self.claims, self.beside = taken, claims, beside

    def stand(self, chosen: Container[str]) -> None:
        out, ends = self.grid, {e.id: e for e in self.figure.ends}
        leading: dict[str, list[str]] = {}
        for link in self.figure.links:
            if link.source not in out.spots or (link.target not in out.spots and link.target not in ends):
                continue
            if link.kind is LinkKind.OUT or link.target in chosen:
                name = f"{link.target}@{link.source}"
                out.cards[name] = ends[link.target]
                leading.setdefault(link.source, []).append(name)
                link = replace(link, target=name, kind=LinkKind.OUT)
            out.links.append(link)
        by_column: dict[int, list[str]] = {}
        for source in leading:
            by_column.setdefault(out.spots[source].last, []).append(source)
        lasts = {last for _, _, last in out.lanes}
        rows: dict[str, int] = {}
        after: dict[str, int] = {}
        cut: set[int] = set()
        for column, sources in by_column.items():
            found = {} if column in lasts else self._shared(sources, column + 1)
            if found:
                rows |= found
                after |= dict.fromkeys(sources, column)
                continue
            for source in sources:
                rows[source], after[source] = self._apart(source, lasts, leading)
                cut.add(after[source])
        self._spread(sorted(cut))
        for source, names in leading.items():
            column = after[source] + 1 + sum(c < after[source] for c in cut)
            for name in names:
                out.spots[name] = replace(out.spots[source], row=rows[source], first=column, last=column)
            out.rows = max(out.rows, rows[source] + 1)

    def _shared(self, sources: Sequence[str], column: int) -> dict[str, int]:
        """The rows of the ends in a column that cards use too, each beside its step or, where an aside stands
        there, a row below; none when there is no room."""
        found: dict[str, int] = {}
        for source in sources:
            spot = self.grid.spots[source]
            own = self.claims.get(spot.cells[-1], ())
            for row in (spot.row, spot.row + 1):
                claim = self.claims.get((row, column), ())
                free = (row, column) not in self.taken and claim == own[: len(claim)]
                if free and row not in found.values() and (row == spot.row or self._calm(row, spot.last)):
                    found[source] = row
                    break
            else:
                return {}
        return found

    def _apart(self, source: str, lasts: Container[int], leading: Container[str]) -> tuple[int, int]:
        """The row of ends in a column of their own, and the column after which it comes: beyond asides in the
        same lane; one in the next lane is reached above them."""
        spot = self.grid.spots[source]
        row, column = spot.row, spot.last
        asides = {a.id for a in self.beside.get(source, ())}
        while column not in lasts and self.taken.get((row, column + 1)) in asides:
            column += 1
        below = self.taken.get((row + 1, column))
        if (
            column == spot.last
            and self.taken.get((row, column + 1)) in asides
            and self._calm(row + 1, column)
            and (below is None or (below not in leading and below != self.taken.get((row + 1, column + 1))))
        ):
            row += 1
        return row, column

    def _calm(self, row: int, column: int) -> bool:
        """Whether ends of the row above may stand in a row: it belongs to the same stage or to none, and no
        decision stands before them."""
        below = self.taken.get((row, column), "")
        return not isinstance(self.grid.cards.get(below), Decision) and all(
            row != first for first, _ in self.grid.bands
        )

    def _spread(self, cut: Sequence[int]) -> None:
        """Put a new column after each of those given."""
        out = self.grid

        def moved(column: int) -> int:
            return column + bisect_left(cut, column)

        out.spots = {n: replace(s, first=moved(s.first), last=moved(s.last)) for n, s in out.spots.items()}
        ends = {last: moved(last) + (last in cut) for _, _, last in out.lanes}
        out.lanes = [(lane, moved(first), ends[last]) for lane, first, last in out.lanes]
        out.pills = {moved(column) + 1 for column in cut}
        out.columns += len(cut)
