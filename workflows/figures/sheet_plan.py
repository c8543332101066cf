"""How a process is put on sheets of one size: which blocks become cards that stand for others, and where the
sheets are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import log

from jianban.workflows.figures.layout_panels import BETWEEN, HEAD
from jianban.workflows.figures.model import (
    Band,
    Block,
    Card,
    Decision,
    Fork,
    LinkKind,
    ProcessFigure,
    Shape,
)
from jianban.workflows.figures.sheet_sizes import FOOT, Size, Sizes, fits
from jianban.workflows.figures.sheets import Fold, Series, Sheet, Unit, branched, inside
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted

STEPS = Text("{count} 个步骤", "{count} step{s}")
BRANCHES = Text("{count} 个分支", "{count} branches")
AND_MORE = Text("{title}等 {count} 步", "{title} and more")
SOME = Text("分支 {first}–{last}（共 {count} 个）", "branches {first}–{last} of {count}")
ONE = Text("分支 {first}（共 {count} 个）", "branch {first} of {count}")


class Unfit(Exception):
    """One step alone is larger than a sheet."""


LEAST_FREE = 150.0
"""With less free below a drawing, none is tried there."""


@dataclass(slots=True)
class _Cut:
    pages: int
    badness: int
    uneven: int
    end: int


class Planner:
    """On paper of the sizes `papers`: the same turned, or only one, or a column of a page. Where they are
    `stacked`, sheets of what cards stand for stand below others with room for them."""

    def __init__(
        self,
        figure: ProcessFigure,
        papers: Sequence[Size],
        sizes: Sizes,
        *,
        whole: bool,
        stacked: bool = False,
    ) -> None:
        self.figure, self.papers, self.sizes = figure, papers, sizes
        self.whole = whole
        """The first sheet has the summary and the indicators, the last of the main ones the notes."""
        self.stacked = stacked
        self.folds: dict[str, Fold] = {}
        self.counted: dict[str, int] = {}
        self.last: Sheet | None = None
        self.free = 0.0
        """What is free below the last sheet."""

    def plan(self) -> list[Sheet] | None:
        units = list(units_of((band, band.blocks) for band in self.figure.bands))
        try:
            return list(self._sequence(None, units))
        except Unfit:
            return None

    def _fitted(self, sheet: Sheet) -> Sheet | None:
        """The sheet on the paper of whose shape it is most; None if it fits none."""
        wide, high = self.sizes.bound(sheet)
        papers = sorted(self.papers, key=lambda p: abs(log(wide / high) - log(p[0] / p[1])))
        turned = (replace(sheet, size=paper) for paper in papers)
        return next((t for t in turned if self.sizes.fits(t)), None)

    def _fitting(self, sheet: Sheet) -> bool:
        return self._fitted(sheet) is not None

    def _put(self, sheet: Sheet) -> Sheet:
        """The sheet, where there is room below the last one; what goes on from one does not stand below it:
        it is cut only where a page ends."""
        last = self.last
        if self.stacked and last and last.series is not sheet.series and self.free > LEAST_FREE:
            below = replace(sheet, size=last.size, room=self.free)
            sheet = below if self.sizes.fits(below) else sheet
        (_, high), body = self.sizes.whole(sheet)
        if sheet.room is None:
            self.free = sheet.size[1] - high - HEAD - FOOT
        else:
            self.free = sheet.room - body - HEAD - BETWEEN
        self.last = sheet
        return sheet

    def _hopeful(self, sheet: Sheet) -> bool:
        """Whether it may fit, as far as can be said without its lines."""
        least = self.sizes.bound(sheet)
        return any(fits(least, paper) for paper in self.papers)

    def _series(self, fold: Fold | None, units: Sequence[Unit]) -> Series:
        return Series(figure=self.figure, fold=fold, units=tuple(units), folds=self.folds)

    # What is too large becomes a card

    def _sequence(self, fold: Fold | None, units: Sequence[Unit]) -> Iterator[Sheet]:
        """Sheets of units one after the other, followed by those of what their cards stand for."""
        small: list[Unit] = []
        for band, blocks in units:
            small += ((band, part) for part in self._reduced(fold, band, blocks))
        sheets = [self._put(sheet) for sheet in self._cuts(self._series(fold, small))]
        yield from sheets
        for sheet in sheets:
            yield from self._details(sheet)

    def _details(self, sheet: Sheet) -> Iterator[Sheet]:
        for block in inside(b for _, blocks in sheet.units for b in blocks):
            fold = self.folds.get(block.id)
            if fold is None or fold is sheet.series.fold:
                continue
            if fold.branch:
                yield from self._sequence(fold, list(units_of([(fold.band, fold.blocks)])))
            else:
                yield from self._branches(fold)

    def _reduced(
        self, within: Fold | None, band: Band, blocks: tuple[Block, ...]
    ) -> Iterable[tuple[Block, ...]]:
        """The unit, or what of it fits: corrections apart from their step, or a card that stands for a
        block."""

        def fits(changed: tuple[Block, ...]) -> bool:
            unit = (band, changed)
            return self._fitting(
                Sheet(size=self.papers[0], series=self._series(within, [unit]), units=(unit,))
            )

        block, *rest = blocks
        if fits(blocks):
            return (blocks,)
        if isinstance(block, Card):
            return ((b,) for b in blocks)
        smaller = self._inner(within, band, block, lambda b: fits((b, *rest)))
        if smaller is not None:
            return ((smaller, *rest),)
        folded = (self._folded(within, band, (block,), branch=False), *rest)
        return (folded,) if fits(folded) else ((b,) for b in folded)

    def _inner(
        self, within: Fold | None, band: Band, block: Decision | Fork, fits: Callable[[Decision | Fork], bool]
    ) -> Decision | Fork | None:
        """The block with as few of the blocks in its branches made cards as it takes; None if that does not
        do."""
        nested = [b for branch in block.branches for b in branch if not isinstance(b, Card)]
        nested.sort(key=lambda b: -len(list(inside([b]))))
        before, counted = dict(self.folds), dict(self.counted)
        for inner in nested:
            card = self._folded(within, band, (inner,), branch=False)
            branches = tuple(tuple(card if b is inner else b for b in branch) for branch in block.branches)
            block = replace(block, branches=branches)
            if fits(block):
                return block
        self._restore(before, counted)
        return None

    def _folded(self, within: Fold | None, band: Band, blocks: tuple[Block, ...], *, branch: bool) -> Card:
        above = within.number if within else str(band.number)
        self.counted[above] = self.counted.get(above, 0) + 1
        number = f"{above}.{self.counted[above]}"
        head = blocks[0]
        cards = [b for b in inside(blocks) if isinstance(b, Card)]
        title, chips = head.title, [counted(STEPS, len(cards))]
        if branch and len(cards) > 1:
            title = AND_MORE.format(title=head.title, count=len(cards))
        elif not branch and not isinstance(head, Card) and len(head.branches) > 1:
            chips.insert(0, BRANCHES.format(count=len(head.branches)))
        lane = head.lane if isinstance(head, Card | Decision) else _lead(head)
        card = Card(
            id=f"{head.id}-branch" if branch else head.id,
            title=title,
            lane=lane or self.figure.lanes[0].id,
            shape=Shape.CALL,
            chips=tuple(chips),
        )
        self.folds[card.id] = Fold(card=card, band=band, blocks=blocks, branch=branch, number=number)
        return card

    # Sheets of branches

    def _branches(self, fold: Fold) -> Iterator[Sheet]:
        before, counted = dict(self.folds), dict(self.counted)
        found = self._grouped(fold)
        if found is None:
            self._restore(before, counted)
            yield from self._apart(fold)
            return
        sheets = [self._put(sheet) for sheet in found]
        yield from sheets
        for sheet in sheets:
            yield from self._details(sheet)

    def _restore(self, folds: Mapping[str, Fold], counted: Mapping[str, int]) -> None:
        self.folds.clear()
        self.folds.update(folds)
        self.counted = dict(counted)

    def _grouped(self, fold: Fold) -> list[Sheet] | None:
        """The branches side by side, as many as fit, between their bars or below their decision; None if one
        alone does not fit."""
        block = fold.blocks[0]
        assert not isinstance(block, Card)
        block = replace(
            block, branches=tuple(self._branch(fold, block, i) for i in range(len(block.branches)))
        )
        series = self._series(fold, [(fold.band, (block,))])
        count = len(block.branches)
        straight = next((i for i, b in enumerate(block.branches) if not b), 0)

        def sheet(begin: int, end: int) -> Sheet:
            part = (ONE if end - begin == 1 else SOME).format(first=begin + 1, last=end, count=count)
            return Sheet(
                size=self.papers[0],
                series=series,
                units=((fold.band, (branched(block, range(begin, end)),)),),
                part=part if end - begin < count else None,
                aside=not begin <= straight < end,
            )

        found: list[Sheet] = []
        begin = 0
        while begin < count:
            fitting = takewhile(bool, (self._fitted(sheet(begin, e)) for e in range(begin + 1, count + 1)))
            fitted = [s for s in fitting if s]
            if not fitted:
                return None
            found.append(fitted[-1])
            begin += len(fitted)
        return found

    def _apart(self, fold: Fold) -> Iterator[Sheet]:
        """The block alone, with the ways to its branches; then the sheets of each branch."""
        block = fold.blocks[0]
        assert not isinstance(block, Card)
        unit = (
            fold.band,
            (
                replace(block, branches=((),), main=0)
                if isinstance(block, Decision)
                else replace(block, branches=((),)),
            ),
        )
        sheet = Sheet(size=self.papers[0], series=self._series(fold, [unit]), units=(unit,))
        gate = self._fitted(sheet)
        if gate is None:
            raise Unfit
        yield self._put(gate)
        for branch in block.branches:
            if branch:
                self._folded(fold, fold.band, branch, branch=True)
                inner = self.folds[f"{branch[0].id}-branch"]
                yield from self._sequence(inner, list(units_of([(fold.band, branch)])))

    def _branch(self, fold: Fold, block: Decision | Fork, number: int) -> tuple[Block, ...]:
        def fits(alone: Decision | Fork) -> bool:
            series = self._series(fold, [(fold.band, (alone,))])
            part = SOME.format(first=88, last=88, count=88)
            return self._fitting(Sheet(size=self.papers[0], series=series, units=series.units, part=part))

        alone = branched(block, [number])
        if fits(alone) or not alone.branches[0]:
            return alone.branches[0]
        smaller = self._inner(fold, fold.band, alone, fits)
        if smaller is not None:
            return smaller.branches[0]
        return (self._folded(fold, fold.band, alone.branches[0], branch=True),)

    # Where to cut

    def _run(self, series: Series, begin: int, end: int) -> Sheet:
        main = self.whole and series.fold is None
        return Sheet(
            size=self.papers[0],
            series=series,
            units=series.units[begin:end],
            heading=main and begin == 0,
            last=main and end == len(series.units),
        )

    def _cuts(self, series: Series) -> list[Sheet]:
        """As few sheets as it takes, cut between stages or where one line crosses, and evenly filled: the
        best of what may fit is tried until all of it does."""
        furthest = self._furthest(series)
        while True:
            found: list[Sheet] = []
            for begin, end in self._best(series, furthest):
                fitted = self._fitted(self._run(series, begin, end))
                if fitted is not None:
                    found.append(fitted)
                elif end == begin + 1:
                    raise Unfit
                else:
                    # What begins earlier and ends there holds it too.
                    for earlier in range(begin + 1):
                        furthest[earlier] = min(furthest[earlier], end - 1)
                    break
            else:
                return found

    def _furthest(self, series: Series) -> list[int]:
        """For each unit how far a sheet that begins with it may reach."""
        count = len(series.units)
        furthest: list[int] = []
        end = 0
        for begin in range(count):
            end = max(end, begin + 1)
            while end < count and self._hopeful(self._run(series, begin, end + 1)):
                end += 1
            furthest.append(end)
        return furthest

    def _best(self, series: Series, furthest: Sequence[int]) -> list[tuple[int, int]]:
        count = len(series.units)
        best: dict[int, _Cut] = {count: _Cut(0, 0, 0, count)}
        sizes = [sum(1 for _ in inside(blocks)) for _, blocks in series.units]
        bad = [self._badness(series, cut) for cut in range(count)] + [0]
        for begin in range(count - 1, -1, -1):
            options = [
                _Cut(
                    best[end].pages + 1,
                    best[end].badness + bad[end],
                    best[end].uneven + sum(sizes[begin:end]) ** 2,
                    end,
                )
                for end in range(begin + 1, furthest[begin] + 1)
            ]
            best[begin] = min(options, key=lambda o: (o.pages, o.badness, o.uneven))
        cuts: list[tuple[int, int]] = []
        begin = 0
        while begin < count:
            cuts.append((begin, best[begin].end))
            begin = best[begin].end
        return cuts

    def _badness(self, series: Series, cut: int) -> int:
        """None between stages; else by how many steps the cut parts from those that lead on to them."""
        units = series.units
        if cut == 0 or units[cut - 1][0].id != units[cut][0].id:
            return 0
        before, after = series.shown(units[:cut]), series.shown(units[cut:])
        crossing = {
            k.target
            for k in self.figure.links
            if k.kind is LinkKind.ON and k.source in before and k.target in after
        }
        return 1 if len(crossing) <= 1 else 3


def _lead(block: Block) -> str:
    """The lane of most of its steps."""
    lanes = [b.lane for b in inside([block]) if isinstance(b, Card)]
    return max(lanes, key=lanes.count, default="")


def units_of(parts: Iterable[tuple[Band, Sequence[Block]]]) -> Iterator[Unit]:
    """One block each, with the corrections beside it."""
    for band, blocks in parts:
        unit: list[Block] = []
        for block in blocks:
            if unit and not (isinstance(block, Card) and block.aside):
                yield band, tuple(unit)
                unit = []
            unit.append(block)
        if unit:
            yield band, tuple(unit)
