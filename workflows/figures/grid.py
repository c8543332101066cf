"""Rows and columns of a process figure: which cell each card stands in, before any length is known.

Steps follow one another downwards, those of a lane below one another in its first column. Branches stand
side by side, except the branches of a decision that go through several lanes and meet in one: they stand
below one another, so that their lines do not cross. A correction stands in the row of the step that asks for
it; what several branches lead to, below them. An end that is no success stands beside the step that leads to
it, once for each, in a column of its own where the next one has no room.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from jianban.workflows.figures.model import Block, Card, Decision, Fork, Link, LinkKind, Pill, ProcessFigure


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
    outcomes: int | None = None
    """A column for pills only at the far right; this layout needs none."""
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


def grid(figure: ProcessFigure) -> Grid:
    return _Placer(figure).placed()


Widths = dict[str, int]
Stacked: TypeAlias = tuple[Sequence[tuple[int, Sequence[Block]]], str | None]
"""Branches with their numbers, one below another; and the lane where the line of a decision's main branch
runs, even where that is empty."""
Way = tuple[tuple[str, int], ...]
"""The blocks around a step, each with the number of the branch it is in; the outermost first."""


def _within(blocks: Iterable[Block], way: Way = ()) -> Iterator[tuple[Block, Way]]:
    for block in blocks:
        yield block, way
        if not isinstance(block, Card):
            for i, branch in enumerate(block.branches):
                yield from _within(branch, (*way, (block.id, i)))


class _Placer:
    def __init__(self, figure: ProcessFigure) -> None:
        self.figure = figure
        self.grid = Grid()
        self.taken: dict[tuple[int, int], str] = {}
        self.claims: dict[tuple[int, int], Way] = {}
        """The branch that cells belong to: lines of others do not lead into them."""
        self.beside: dict[str, list[Card]] = {}
        self.below: dict[str, list[Card]] = {}
        self._asides()
        self.columns: dict[str, int] = {}

    def placed(self) -> Grid:
        figure, out = self.figure, self.grid
        widths = self._widths([b for band in figure.bands for b in band.blocks])
        for lane in figure.lanes:
            self.columns[lane.id] = out.columns
            width = max(1, widths.get(lane.id, 0))
            out.lanes.append((lane.id, out.columns, out.columns + width - 1))
            out.columns += width
        out.columns = max(out.columns, 1)
        base = dict.fromkeys(self.columns, 0)
        row = 1
        for band in figure.bands:
            last = self._place(band.blocks, row, base)
            out.bands.append((row, last - 1))
            row = last
        entry = next((k.target for k in figure.links if k.source == figure.start.id), None)
        column = out.spots[entry].first if entry in out.spots else 0
        self._put(figure.start, 0, column, column)
        out.rows = self._successes(row)
        self._outcomes()
        return out

    def _asides(self) -> None:
        """For each step the asides that stand beside it, for each block those that stand below its
        branches."""
        ways = {
            name: way
            for band in self.figure.bands
            for block, way in _within(band.blocks)
            for name in ((block.id, block.join) if isinstance(block, Fork) else (block.id,))
        }
        cards = (b for band in self.figure.bands for b, _ in _within(band.blocks))
        asides = {c.id: c for c in cards if isinstance(c, Card) and c.aside}
        sources: dict[str, list[str]] = {}
        for link in self.figure.links:
            if link.target in asides and link.source not in asides:
                sources.setdefault(link.target, []).append(link.source)
        steps = {b.id for band in self.figure.bands for b, _ in _within(band.blocks) if isinstance(b, Card)}
        self.loose = set(asides)
        for aside, leading in sources.items():
            block = self._parted([ways[s] for s in leading if s in ways])
            first = next((s for s in leading if s in steps), None)
            if block is not None:
                self.below.setdefault(block, []).append(asides[aside])
            elif first is not None:
                self.beside.setdefault(first, []).append(asides[aside])
            else:
                continue
            self.loose.discard(aside)

    @staticmethod
    def _parted(ways: Sequence[Way]) -> str | None:
        """The block whose branches part these ways, if any."""
        for steps in zip(*ways, strict=False):
            if len({branch for _, branch in steps}) > 1:
                return steps[0][0] if len({block for block, _ in steps}) == 1 else None
            if len(set(steps)) > 1:
                return None
        return None

    def _groups(self, block: Decision | Fork) -> Sequence[Stacked]:
        """The branches from left to right."""
        numbered: list[tuple[int, Sequence[Block]]] = list(enumerate(block.branches))
        if isinstance(block, Fork):
            return [([branch], None) for branch in numbered]
        main = numbered.pop(block.main)
        others = [b for b in numbered if b[1]]
        used = [set(self._widths(b)) for _, b in [main, *others] if b]
        if any(a & b and len(a | b) > 1 for i, a in enumerate(used) for b in used[i + 1 :]):
            # The longest first: past the others its line has a short way.
            below = sorted([main, *others] if main[1] else others, key=lambda b: -self._length(b[1]))
            return [(below, block.lane)] if main[1] else [([main], block.lane), (below, None)]
        groups: list[Stacked] = [([main], block.lane), *(([b], None) for b in others)]
        order = {lane.id: i for i, lane in enumerate(self.figure.lanes)}
        # Seen from a lane further right, the first branch is the last.
        leftwards = main[1] and all(order[lane] < order[block.lane] for lanes in used for lane in lanes)
        return groups[::-1] if leftwards else groups

    def _length(self, blocks: Iterable[Block]) -> int:
        """How many steps one below another there are at least."""
        return sum(
            not b.aside if isinstance(b, Card) else 1 + max((self._length(c) for c in b.branches), default=0)
            for b in blocks
        )

    def _widths(self, blocks: Sequence[Block]) -> Widths:
        """How many columns the blocks need in each lane."""
        total: Widths = {}
        for block in blocks:
            for lane, width in self._width(block).items():
                total[lane] = max(total.get(lane, 0), width)
        return total

    def _width(self, block: Block) -> Widths:
        match block:
            case Card() if block.aside and block.id not in self.loose:
                return {}
            case Card():
                widths: Widths = {block.lane: 1}
                for aside in self.beside.get(block.id, ()):
                    widths[aside.lane] = widths.get(aside.lane, 0) + 1
                return widths
            case Decision() | Fork():
                sums: Widths = {}
                for group, main in self._groups(block):
                    for lane, width in self._group_widths(group, main).items():
                        sums[lane] = sums.get(lane, 0) + width
                for aside in self.below.get(block.id, ()):
                    sums[aside.lane] = sums.get(aside.lane, 0) + 1
                return sums

    def _group_widths(self, group: Sequence[tuple[int, Sequence[Block]]], main: str | None) -> Widths:
        widths: Widths = {}
        for _, branch in group:
            for lane, width in self._widths(branch).items():
                widths[lane] = max(widths.get(lane, 0), width)
        if main is not None:
            widths[main] = max(1, widths.get(main, 0))
        return widths

    def _put(
        self, thing: Card | Decision | Fork | Pill, row: int, first: int, last: int, name: str = ""
    ) -> None:
        name = name or thing.id
        self.grid.spots[name] = spot = Spot(row, first, last)
        self.grid.cards[name] = thing
        self.taken |= dict.fromkeys(spot.cells, name)

    def _place(self, blocks: Sequence[Block], row: int, base: Widths, way: Way = ()) -> int:
        """Place blocks downwards from a row, from the columns `base` of their lanes on; returns the next free
        row."""
        for block in blocks:
            match block:
                case Card() if block.aside and block.id not in self.loose:
                    continue
                case Card():
                    column = self._column(block.lane, base)
                    row = self._free(row, column, column)
                    self._put(block, row, column, column)
                    self._place_asides(self.beside.get(block.id, ()), row, base)
                    row += 1
                case Decision():
                    column = self._column(block.lane, base)
                    row = self._free(row, column, column)
                    self._put(block, row, column, column)
                    row = self._branches(block, row + 1, base, way)
                case Fork():
                    spans = [(self._column(lane, base), n) for lane, n in self._width(block).items()]
                    first = min((column for column, _ in spans), default=0)
                    last = max((column + width - 1 for column, width in spans), default=0)
                    row = self._free(row, first, last)
                    self._put(block, row, first, last)
                    end = self._free(self._branches(block, row + 1, base, way), first, last)
                    self._put(block, end, first, last, block.join)
                    row = end + 1
        return row

    def _column(self, lane: str, base: Widths) -> int:
        return self.columns[lane] + base.get(lane, 0)

    def _free(self, row: int, first: int, last: int) -> int:
        """The row, or the next below in which these columns are free: the bars of a branch may reach over
        others."""
        while any((row, column) in self.taken for column in range(first, last + 1)):
            row += 1
        return row

    def _place_asides(self, asides: Iterable[Card], row: int, base: Widths) -> None:
        for aside in asides:
            column = self._column(aside.lane, base)
            while (row, column) in self.taken:
                column += 1
            self._put(aside, row, column, column)

    def _branches(self, block: Decision | Fork, row: int, base: Widths, way: Way) -> int:
        """The branches, and what several of them lead to; returns the next free row."""
        used = dict(base)
        end = row
        parts: list[tuple[Widths, Widths, Way]] = []
        for group, main in self._groups(block):
            number, first = group[0]
            if isinstance(block, Decision) and main is not None and number != block.main:
                self.grid.straight[block.id] = first[0].id
            below = row
            for number, branch in group:
                below = self._place(branch, below, used, (*way, (block.id, number)))
            widths = self._group_widths(group, main)
            parts.append((dict(used), widths, (*way, (block.id, group[0][0]))))
            for lane, width in widths.items():
                used[lane] = used.get(lane, 0) + width
            end = max(end, below)
        for left, widths, branch in parts:
            for lane, width in widths.items():
                for column in range(self._column(lane, left), self._column(lane, left) + width):
                    for each in range(row, end):
                        self.claims.setdefault((each, column), branch)
        asides = self.below.get(block.id, ())
        self._place_asides(asides, end, used)
        return end + bool(asides)

    def _successes(self, row: int) -> int:
        """The successful ends below everything, each under the step that leads to it."""
        free = 0
        for end in self.figure.ends:
            if not (end.success or end.onward):
                continue
            sources = [self.grid.spots[k.source] for k in self.figure.links if k.target == end.id]
            column = max(sources, key=lambda s: s.row, default=Spot(0, 0, 0)).first
            while (row, column) in self.taken and column < self.grid.columns - 1:
                column += 1
            if (row, column) in self.taken:
                row, free = row + 1, 0
            self._put(end, row, column, column)
            free = 1
        return row + free

    def _outcomes(self) -> None:
        """The other ends, right of the steps that lead to them."""
        out, ends = self.grid, {e.id: e for e in self.figure.ends}
        leading: dict[str, list[str]] = {}
        for link in self.figure.links:
            if link.source not in out.spots or (link.target not in out.spots and link.target not in ends):
                continue
            if link.kind is LinkKind.OUT:
                name = f"{link.target}@{link.source}"
                out.cards[name] = ends[link.target]
                leading.setdefault(link.source, []).append(name)
                link = replace(link, target=name)
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
                out.spots[name] = Spot(rows[source], column, column)
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
                if free and row not in found.values() and (row == spot.row or self._follows(row)):
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
            and self._follows(row + 1)
            and (below is None or (below not in leading and below != self.taken.get((row + 1, column + 1))))
        ):
            row += 1
        return row, column

    def _follows(self, row: int) -> bool:
        """Whether a row belongs to the stage of the row above, or to none."""
        return all(row != first for first, _ in self.grid.bands)

    def _spread(self, cut: Sequence[int]) -> None:
        """Put a new column after each of those given."""
        out = self.grid

        def moved(column: int) -> int:
            return column + bisect_left(cut, column)

        out.spots = {n: Spot(s.row, moved(s.first), moved(s.last)) for n, s in out.spots.items()}
        ends = {last: moved(last) + (last in cut) for _, _, last in out.lanes}
        out.lanes = [(lane, moved(first), ends[last]) for lane, first, last in out.lanes]
        out.pills = {moved(column) + 1 for column in cut}
        out.columns += len(cut)
