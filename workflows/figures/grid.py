"""Rows and columns of a process figure: which cell each card stands in, before any length is known.

Steps follow one another downwards, those of a lane below one another in its first column. Branches stand
side by side, except the branches of a decision that go through several lanes and meet in one: they stand
below one another, so that their lines do not cross. A correction stands in the row of the step that asks for
it; what several branches lead to, below them. An end that is no success stands beside the step that leads to
it, once for each, in a column of its own where the next one has no room. `Choices` make exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from statistics import mean
from typing import TypeAlias

from jianban.workflows.figures.cells import PLAIN, Cell, Choices, Grid, Spot, Way
from jianban.workflows.figures.ends import stand_ends
from jianban.workflows.figures.model import Block, Card, Decision, Fork, LinkKind, Pill, ProcessFigure


def grid(figure: ProcessFigure, choices: Choices = PLAIN) -> Grid:
    return _Placer(figure, choices).placed()


Widths = dict[str, int]
Stacked: TypeAlias = tuple[Sequence[tuple[int, Sequence[Block]]], str | None]
"""Branches with their numbers, one below another; and the lane where the line of a decision's main branch
runs, even where that is empty."""


def _within(blocks: Iterable[Block], way: Way = ()) -> Iterator[tuple[Block, Way]]:
    for block in blocks:
        yield block, way
        if not isinstance(block, Card):
            for i, branch in enumerate(block.branches):
                yield from _within(branch, (*way, (block.id, i)))


class _Placer:
    def __init__(self, figure: ProcessFigure, choices: Choices) -> None:
        self.figure, self.choices = figure, choices
        self.grid = Grid(shunned=choices.shunned)
        self.taken: dict[Cell, str] = {}
        self.order = {lane.id: i for i, lane in enumerate(figure.lanes)}
        self.depth = 0
        """The lowest row taken."""
        self.claims: dict[Cell, Way] = {}
        """The branch that cells belong to: lines of others do not lead into them."""
        self.beside: dict[str, list[Card]] = {}
        self.below: dict[str, list[Card]] = {}
        self._asides()
        self.columns: dict[str, int] = {}
        self.typical = self._typical()

    def placed(self) -> Grid:
        figure, out = self.figure, self.grid
        blocks = [b for band in figure.bands for b in band.blocks]
        widths = self._widths(blocks)
        base: Widths = dict.fromkeys((lane.id for lane in figure.lanes), 0)
        for block in blocks:
            if isinstance(block, Decision):
                left = sum(self._widths(b)[block.lane] for _, b in self._lefts(block))
                base[block.lane] = max(base[block.lane], left)
        for lane in figure.lanes:
            self.columns[lane.id] = out.columns
            width = base[lane.id] + max(1, widths.get(lane.id, 0))
            out.lanes.append((lane.id, out.columns, out.columns + width - 1))
            out.columns += width
        out.columns = max(out.columns, 1)
        row = 1
        for band in figure.bands:
            last = max(self._place(band.blocks, row, base), self.depth + 1)
            out.bands.append((row, last - 1))
            row = last
        entry = next((k.target for k in figure.links if k.source == figure.start.id), None)
        column = out.spots[entry].first if entry in out.spots else 0
        self._put(figure.start, 0, column, column)
        out.rows = self._successes(row)
        stand_ends(figure, out, self.taken, self.claims, self.beside, self.choices.beside)
        out.straight |= dict(self.choices.below)
        return out

    def _typical(self) -> set[str]:
        """What the main lines lead through from the start."""
        found = {self.figure.start.id}
        while more := {k.target for k in self.figure.links if k.main and k.source in found} - found:
            found |= more
        return found

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
        lanes = {a.id: a.lane for a in chain.from_iterable(self.beside.values())}
        self.shifted = {
            k.target
            for k in self.figure.links
            if k.target in self.loose and lanes.get(k.source) == asides[k.target].lane
        }
        """What an aside leads on to in the same lane: it stands below that aside."""

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
            if self._barred([b for _, b in numbered if b]):
                return [(numbered, None)]
            if block.id in self.choices.turned:
                numbered.sort(key=lambda b: self._middle(b[1]))
            return [([branch], None) for branch in numbered]
        lefts = [i for i, _ in self._lefts(block)]
        full = [b for i, b in numbered if b and i not in lefts]
        main = numbered.pop(block.main)
        others = [b for b in numbered if b[1] and b[0] not in lefts]
        used = [set(self._widths(b)) for b in full]
        through = any(a & b and len(a | b) > 1 for a, b in combinations(used, 2))
        if through or self._barred(full):
            # The longest first: past the others its line has a short way.
            below = sorted([main, *others] if main[1] else others, key=lambda b: -self._length(b[1]))
            return [(below, block.lane)] if main[1] else [([main], block.lane), (below, None)]
        groups: list[Stacked] = [([main], block.lane), *(([b], None) for b in others)]
        # Seen from a lane further right, the first branch is the last.
        leftwards = main[1] and all(
            self.order[lane] < self.order[block.lane] for lanes in used for lane in lanes
        )
        return groups[::-1] if leftwards else groups

    def _lefts(self, block: Decision) -> list[tuple[int, Sequence[Block]]]:
        """The branches that stand left of a decision."""
        return [(i, b) for i, b in enumerate(block.branches) if (block.id, i) in self.choices.left]

    def _middle(self, blocks: Sequence[Block]) -> float:
        """Of the lanes that blocks stand in."""
        return mean(self.order[lane] for lane in self._widths(blocks)) if self._widths(blocks) else 0.0

    def _barred(self, branches: Sequence[Sequence[Block]]) -> bool:
        """Whether a bar in one of the branches would reach over another one beside it."""
        if len(branches) < 2:
            return False
        reach: list[tuple[int, int, bool]] = []
        for branch in branches:
            at = [self.order[lane] for lane in self._widths(branch)]
            bar = any(isinstance(b, Fork) for b, _ in _within(branch))
            reach.append((min(at, default=0), max(at, default=0), bar))
        return any((a[2] or b[2]) and a[0] <= b[1] and b[0] <= a[1] for a, b in combinations(reach, 2))

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
                widths: Widths = {block.lane: 1 + (block.id in self.shifted)}
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
        self.depth = max(self.depth, row)

    def _place(self, blocks: Sequence[Block], row: int, base: Widths, way: Way = ()) -> int:
        """Place blocks downwards from a row, from the columns `base` of their lanes on; returns the next free
        row."""
        for block in blocks:
            match block:
                case Card() if block.aside and block.id not in self.loose:
                    continue
                case Card():
                    column = self._column(block.lane, base) + (block.id in self.shifted)
                    row = self._free(row, self._spans(block, base))
                    self._put(block, row, column, column)
                    self._place_asides(self.beside.get(block.id, ()), row, base)
                    row += 1
                case Decision():
                    column = self._column(block.lane, base)
                    row = self._free(row, [(column, column)])
                    self._put(block, row, column, column)
                    end = self._branches(block, row + 1, base, way)
                    row = row + 1 if self._leaves(block) else end
                case Fork():
                    spans = self._spans(block, base)
                    first = min((a for a, _ in spans), default=0)
                    last = max((b for _, b in spans), default=0)
                    row = self._free(row, [(first, last)])
                    self._put(block, row, first, last)
                    end = self._free(self._branches(block, row + 1, base, way), [(first, last)])
                    self._put(block, end, first, last, block.join)
                    row = end + 1
        return row

    def _leaves(self, block: Decision) -> bool:
        """Whether nothing comes back from the other branches, so that the steps after an empty main one go on
        beside them."""
        blocks = [b for branch in block.branches for b, _ in _within(branch)]
        inside = {b.id for b in blocks} | {b.join for b in blocks if isinstance(b, Fork)}
        back = any(
            k.source in inside and k.target not in inside and k.kind is LinkKind.ON for k in self.figure.links
        )
        return not block.branches[block.main] and not back

    def _column(self, lane: str, base: Widths) -> int:
        return self.columns[lane] + base.get(lane, 0)

    def _spans(self, block: Block, base: Widths) -> list[tuple[int, int]]:
        """First and last column of what a block needs in each lane."""
        starts = ((self._column(lane, base), width) for lane, width in self._width(block).items())
        return [(first, first + width - 1) for first, width in starts]

    def _free(self, row: int, spans: Iterable[tuple[int, int]]) -> int:
        """The row, or the next below in which these columns are free: the bars of a branch may reach over
        others."""
        columns = [column for first, last in spans for column in range(first, last + 1)]
        while any((row, column) in self.taken for column in columns):
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
        for number, branch in self._lefts(block) if isinstance(block, Decision) else ():
            widths = self._widths(branch)
            base = {lane: column - widths.get(lane, 0) for lane, column in base.items()}
            inside = (*way, (block.id, number))
            end = max(end, self._place(branch, row, base, inside), self.depth + 1)
            parts.append((base, widths, inside))
        for group, main in self._groups(block):
            number, first = group[0]
            if isinstance(block, Decision) and main is not None and number != block.main:
                self.grid.straight[block.id] = first[0].id
            below = row
            for number, branch in group:
                below = self._place(branch, below, used, (*way, (block.id, number)))
                if len(group) > 1:
                    below = max(below, self.depth + 1)
            widths = self._group_widths(group, main)
            parts.append((dict(used), widths, (*way, (block.id, group[0][0]))))
            for lane, width in widths.items():
                used[lane] = used.get(lane, 0) + width
            end = max(end, below, self.depth + 1)
        for left, widths, branch in parts:
            for lane, width in widths.items():
                for column in range(self._column(lane, left), self._column(lane, left) + width):
                    for each in range(row, end):
                        self.claims.setdefault((each, column), branch)
        asides = self.below.get(block.id, ())
        self._place_asides(asides, end, used)
        return end + bool(asides)

    def _successes(self, row: int) -> int:
        """The successful ends below everything, each under the step that leads to it; first those of steps,
        since a bar leads to any column below it."""
        free = 0
        low = [e for e in self.figure.ends if (e.success or e.onward) and e.id not in self.choices.beside]
        joins = {k.target for k in self.figure.links if isinstance(self.grid.cards[k.source], Fork)}
        for end in sorted(low, key=lambda e: e.id in joins):
            column = self._below(end)
            while (row, column) in self.taken and column < self.grid.columns - 1:
                column += 1
            if (row, column) in self.taken:
                row, free = row + 1, 0
            self._put(end, row, column, column)
            free = 1
        return row + free

    def _below(self, end: Pill) -> int:
        """The column in which an end stands: that of the typical way to it where nothing stands in between,
        else of the lowest step that leads to it."""
        links = [k for k in self.figure.links if k.target == end.id]
        for link in links:
            column = self._outlet(link.source)
            rows = range(self.grid.spots[link.source].row + 1, self.depth + 1)
            free = not any((row, column) in self.taken for row in rows)
            if link.main and link.source in self.typical and free:
                return column
        lowest = max(links, key=lambda k: self.grid.spots[k.source].row, default=None)
        return self._outlet(lowest.source) if lowest else 0

    def _outlet(self, name: str) -> int:
        """The column below which a line goes on: of a bar that in which its fork is entered."""
        spot, thing = self.grid.spots[name], self.grid.cards[name]
        entered = (k.source for k in self.figure.links if isinstance(thing, Fork) and k.target == thing.id)
        columns = (s.first for n in entered if (s := self.grid.spots[n]).first == s.last)
        return next((c for c in columns if spot.first <= c <= spot.last), spot.first)
