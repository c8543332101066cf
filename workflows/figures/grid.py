"""Rows and columns of a process figure: which cell each card stands in, before any length is known.

Steps follow one another downwards. A lane has as many columns as branches need side by side in it; a
correction stands in the row of the step that asks for it; ends that are no success are repeated, each in
the row it is reached from, in a column of their own at the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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
    """The column of the unsuccessful ends."""
    columns: int = 0
    spots: dict[str, Spot] = field(default_factory=dict)
    cards: dict[str, Card | Decision | Fork | Pill] = field(default_factory=dict)
    bands: list[tuple[int, int]] = field(default_factory=list)
    """First and last row of each band of the figure."""
    links: list[Link] = field(default_factory=list)
    """The figure's links, each to its own copy of an unsuccessful end."""


def grid(figure: ProcessFigure) -> Grid:
    return _Placer(figure).placed()


Widths = dict[str, int]


def _side_by_side(block: Decision | Fork) -> Sequence[tuple[tuple[Block, ...], str | None]]:
    """The branches from left to right: as declared, but a decision's main branch first, with the decision's
    lane."""
    if isinstance(block, Fork):
        return [(b, None) for b in block.branches]
    main = (block.branches[block.main], block.lane)
    return [main, *((b, None) for i, b in enumerate(block.branches) if i != block.main)]


class _Placer:
    def __init__(self, figure: ProcessFigure) -> None:
        self.figure = figure
        self.grid = Grid()
        self.taken: dict[tuple[int, int], str] = {}
        self.asides = self._sources_of_asides()
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
            last = self._place(band.blocks, row, base, widths)
            out.bands.append((row, last - 1))
            row = last
        entry = next((k.target for k in figure.links if k.source == figure.start.id), None)
        column = out.spots[entry].first if entry in out.spots else 0
        self._put(figure.start, 0, column, column)
        row = self._successes(row)
        out.rows = row
        self._outcomes()
        return out

    def _sources_of_asides(self) -> dict[str, list[Card]]:
        """For each step, the asides that stand beside it."""
        asides: dict[str, Card] = {}

        def find(blocks: Iterable[Block]) -> None:
            for block in blocks:
                if isinstance(block, Card):
                    if block.aside:
                        asides[block.id] = block
                else:
                    for branch in block.branches:
                        find(branch)

        for band in self.figure.bands:
            find(band.blocks)
        sources: dict[str, list[Card]] = {}
        claimed: set[str] = set()
        for link in self.figure.links:
            if link.target in asides and link.target not in claimed and link.source not in asides:
                claimed.add(link.target)
                sources.setdefault(link.source, []).append(asides[link.target])
        self.loose = {a for a in asides if a not in claimed}
        return sources

    def _widths(self, blocks: Sequence[Block]) -> Widths:
        """How many columns the blocks need in each lane."""
        total: Widths = {}
        for block in blocks:
            for lane, width in self._width(block).items():
                total[lane] = max(total.get(lane, 0), width)
        return total

    def _width(self, block: Block) -> Widths:
        match block:
            case Card():
                widths: Widths = {block.lane: 1}
                for aside in self.asides.get(block.id, ()):
                    widths[aside.lane] = widths.get(aside.lane, 0) + 1
                return widths
            case Decision() | Fork():
                sums: Widths = {}
                for branch, main in _side_by_side(block):
                    for lane, width in self._branch_widths(branch, main).items():
                        sums[lane] = sums.get(lane, 0) + width
                return sums

    def _branch_widths(self, branch: Sequence[Block], main: str | None) -> Widths:
        """The main branch of a decision (in lane `main`) keeps a column free for its line, even when it is
        empty."""
        widths = self._widths(branch)
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

    def _place(self, blocks: Sequence[Block], row: int, base: Widths, room: Widths) -> int:
        """Place blocks downwards from a row, centred in the columns they may use; returns the next free
        row."""
        for block in blocks:
            needs = self._width(block)
            at = {
                lane: base.get(lane, 0) + (room.get(lane, width) - width) // 2
                for lane, width in needs.items()
            }
            match block:
                case Card() if block.aside and block.id not in self.loose:
                    continue
                case Card():
                    column = self.columns[block.lane] + at[block.lane]
                    row = self._free(row, column, column)
                    self._put(block, row, column, column)
                    row = self._place_asides(block, row, at)
                case Decision():
                    straight = self._branch_widths(block.branches[block.main], block.lane)[block.lane]
                    column = self.columns[block.lane] + at[block.lane] + (straight - 1) // 2
                    row = self._free(row, column, column)
                    self._put(block, row, column, column)
                    row = self._branches(block, row + 1, at)
                case Fork():
                    spans = [(self.columns[lane] + at[lane], width) for lane, width in needs.items()]
                    first = min((column for column, _ in spans), default=0)
                    last = max((column + width - 1 for column, width in spans), default=0)
                    row = self._free(row, first, last)
                    self._put(block, row, first, last)
                    end = self._free(self._branches(block, row + 1, at), first, last)
                    self._put(block, end, first, last, block.join)
                    row = end + 1
        return row

    def _free(self, row: int, first: int, last: int) -> int:
        """The row, or the next below in which these columns are free: the bars of a branch may reach over
        others."""
        while any((row, column) in self.taken for column in range(first, last + 1)):
            row += 1
        return row

    def _place_asides(self, card: Card, row: int, at: Widths) -> int:
        bottom = row
        for aside in self.asides.get(card.id, ()):
            column = self.columns[aside.lane] + at[aside.lane]
            while (row, column) in self.taken:
                column += 1
            self._put(aside, row, column, column)
        return bottom + 1

    def _branches(self, block: Decision | Fork, row: int, at: Widths) -> int:
        used: Widths = {}
        end = row
        for branch, main in _side_by_side(block):
            widths = self._branch_widths(branch, main)
            base = {lane: at.get(lane, 0) + used.get(lane, 0) for lane in widths}
            end = max(end, self._place(branch, row, base, widths))
            for lane, width in widths.items():
                used[lane] = used.get(lane, 0) + width
        return end

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
        out, ends = self.grid, {e.id: e for e in self.figure.ends}
        for link in self.figure.links:
            if link.source not in out.spots or (link.target not in out.spots and link.target not in ends):
                continue
            if link.kind is not LinkKind.OUT:
                out.links.append(link)
                continue
            if out.outcomes is None:
                out.outcomes = out.columns
                out.columns += 1
            row = out.spots[link.source].row
            name = f"{link.target}@{row}"
            out.spots[name] = Spot(row, out.outcomes, out.outcomes)
            out.cards[name] = ends[link.target]
            out.links.append(replace(link, target=name))
