"""A comparison over pages: rows move to the next page whole where they can; a card that spans more rows than
fit goes on there, and so does a stage of more steps than fit a page. More variants than fit side by side are
compared with the base on pages of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from jianban.workflows.figures.comparison_model import LETTERS, Column, ComparisonFigure, StageCard
from jianban.workflows.figures.layout_comparison import (
    ComparisonLayout,
    lay_comparison,
    least_width,
    row_heights,
)
from jianban.workflows.figures.stage_cards import card_face
from jianban.workflows.figures.theme import PRINT
from jianban.workflows.texts import Text

CONTINUED = Text("{title}（续）", "{title} (continued)")
CONTINUES = Text("本环节续见下页", "This stage goes on on the next page")
FROM_BEFORE = Text("接上页", "From the page before")
TO_NEXT = Text("接下页", "On to the next page")
NUMBERED = Text("{title}（88/88）", "{title} (88/88)")
"""A title as wide as one with page numbers."""
LEAST_ROOM = 170.0
"""A first page with less for the stages shows the numbers only."""
MOST_SHORT = 120.0
"""How much of a page may be kept free for what is not known before it is filled."""
FEW = 3
"""Up to so many pages are filled alike; of more, one that is emptier than others is less conspicuous."""
FILLED = (0.9, 0.8, 0.7, 0.6)
"""How far pages may be filled so that all are filled alike."""
FULL = 0.55
"""How much of a page must be used for a cut that no card lies across to be preferred."""


def groups(figure: ComparisonFigure, wide: float) -> int:
    """On how many pages beside each other the variants would stand."""
    return sum(1 for _ in _groups(figure, wide))


def comparison_pages(figure: ComparisonFigure, wide: float, high: float) -> list[ComparisonFigure]:
    """The figures of the pages of a sheet of paper, measured as all themes set type."""
    pages: list[ComparisonFigure] = []
    *others, last = _groups(figure, wide)
    for group in (*others, last):
        pages += _evened(replace(group, room=wide), high, last=group is last)
    return pages


def _evened(figure: ComparisonFigure, high: float, *, last: bool) -> list[ComparisonFigure]:
    """As few pages as it takes; of the ways to fill a few, that whose emptiest page is fullest."""
    found = _Pages(figure, high, last=last).all()
    if not 1 < len(found) <= FEW:
        return found
    ways = [found]
    for part in FILLED:
        pages = _Pages(figure, part * high, last=last).all()
        if len(pages) > len(found):
            break
        ways.append(pages)
    return max(ways, key=lambda pages: min(lay_comparison(page).height for page in pages))


def _groups(figure: ComparisonFigure, wide: float) -> Iterator[ComparisonFigure]:
    """The base with as many of the others as fit side by side."""
    others = len(figure.columns) - 1
    most = next((n for n in range(others, 1, -1) if least_width(_with(figure, 1, n + 1)) <= wide), 1)
    for begin in range(1, others + 1, most):
        yield _with(figure, begin, min(begin + most, others + 1))


def _with(figure: ComparisonFigure, begin: int, end: int) -> ComparisonFigure:
    if end - begin == len(figure.columns) - 1:
        return figure
    return replace(
        figure,
        indicators=tuple(
            replace(
                i,
                values=(i.values[0], *i.values[begin:end]),
                numbers=(i.numbers[0], *i.numbers[begin:end]),
                note=None,
            )
            for i in figure.indicators
        ),
        columns=(_seen_from(figure.columns[0], begin, end), *figure.columns[begin:end]),
        relations=tuple(
            replace(r, column=r.column - begin + 1) for r in figure.relations if begin <= r.column < end
        ),
    )


def _seen_from(base: Column, begin: int, end: int) -> Column:
    """The base with what becomes of it in some of the variants only."""
    letters = LETTERS[begin:end]
    cards: list[StageCard] = []
    for card in base.cards:
        tags = [replace(t, letters="".join(x for x in t.letters if x in letters)) for t in card.tags]
        tags = [t for t, old in zip(tags, card.tags, strict=True) if t.letters or not old.letters]
        if len(tags) == 1:
            tags = [replace(tags[0], letters="")]
        parts = tuple(replace(p, marks=p.marks[begin - 1 : end - 1]) for p in card.parts)
        cards.append(replace(card, tags=tuple(tags), parts=parts))
    return replace(base, cards=tuple(cards))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is not yet on a page of a card."""

    card: StageCard
    begun: bool = False


class _Pages:
    def __init__(self, figure: ComparisonFigure, high: float, *, last: bool) -> None:
        self.figure, self.high, self.last = figure, high, last
        self.layout = ComparisonLayout(figure, PRINT)
        self.rest = [[_Rest(c) for c in column.cards] for column in figure.columns]
        self.row = 0
        self.needs: dict[tuple[int, StageCard, bool], float] = {}

    def all(self) -> list[ComparisonFigure]:
        pages: list[ComparisonFigure] = []
        while not pages or self.row < self.figure.rows:
            pages.append(self._page(first=not pages))
        return pages

    def _page(self, *, first: bool) -> ComparisonFigure:
        """The next page; what is on it is taken from the rest."""
        begun = self.row > 0 or any(r.begun for column in self.rest for r in column)
        bare = replace(
            self.figure,
            title=NUMBERED.format(title=self.figure.title),
            indicators=self.figure.indicators if first else (),
            rows=0,
            columns=tuple(
                replace(
                    c,
                    cards=(),
                    summary=c.summary if first else None,
                    facts=c.facts if first else c.facts[:1],
                    start=FROM_BEFORE if begun else c.start,
                )
                for c in self.figure.columns
            ),
        )
        onward = replace(bare, notes=(), columns=tuple(replace(c, end=TO_NEXT) for c in bare.columns))
        ending = bare if self.last else replace(bare, notes=())
        short = 0.0
        page, rest, row = self._filled(ending, onward, short)
        while (over := lay_comparison(page).height - self.high) > 0 and short < MOST_SHORT:
            # the legend is as high as what it explains
            short += over + 1
            page, rest, row = self._filled(ending, onward, short)
        if first and (over > 0 or self.high - lay_comparison(onward).height < LEAST_ROOM):
            blank = tuple(replace(c, start=None, end=None) for c in bare.columns)
            return replace(bare, title=self.figure.title, notes=(), columns=blank)
        self.rest, self.row = rest, row
        return replace(page, title=self.figure.title)

    def _filled(
        self, ending: ComparisonFigure, onward: ComparisonFigure, short: float
    ) -> tuple[ComparisonFigure, list[list[_Rest]], int]:
        """A page, what is left after it, and the row to go on with; `short` of the height stays free."""
        whole = self.high - lay_comparison(ending).height - short
        room = self.high - lay_comparison(onward).height - short
        if self._height(self.figure.rows) <= whole:
            return self._cut(ending, self.figure.rows)
        fitting = [e for e in range(self.row + 1, self.figure.rows) if self._height(e) <= room]
        if not fitting:
            page, rest, row = self._torn(onward, room)
            # the notes take their room from the last of it
            return self._torn(ending, whole) if row == self.figure.rows else (page, rest, row)
        end = fitting[-1]
        clean = [e for e in fitting if not self._across(e) and self._height(e) >= FULL * room]
        return self._cut(onward, clean[-1] if clean else end)

    def _across(self, end: int) -> bool:
        return any(r.card.first < end <= r.card.last for column in self.rest for r in column)

    def _height(self, end: int) -> float:
        """Of the rows from the current one to before another; of cards that go on only the head counts."""
        rows = self._rows(end)
        return sum(rows) + self.layout.gap * len(rows)

    def _rows(self, end: int) -> list[float]:
        begin = self.row
        needs = [
            (max(c.first, begin) - begin, min(c.last, end - 1) - begin, self._need(i, c, roomy=False))
            for i, column in enumerate(self._pieces(end)[0])
            for c in column
        ]
        return row_heights(end - begin, needs, self.layout.gap)

    def _need(self, column: int, card: StageCard, *, roomy: bool) -> float:
        """The height of a card, wherever it stands."""
        key = (column, replace(card, first=0, last=0), roomy)
        if key not in self.needs:
            self.needs[key] = card_face(
                card,
                self.figure.lang,
                PRINT,
                self.layout.width,
                base=column == 0,
                roomy=roomy,
                tight=self.figure.tight,
                letters="" if column else self.layout.letters,
            ).need
        return self.needs[key]

    def _pieces(
        self, end: int, spans: Sequence[float] = (), room: float | None = None
    ) -> tuple[list[list[StageCard]], list[list[_Rest]]]:
        """The cards that stand before a row, and what is left of all.

        A card that goes on takes the steps that fit the rows it spans here, whose heights are `spans`; with
        `room`, every card takes what fits that height.
        """
        here: list[list[StageCard]] = []
        left: list[list[_Rest]] = []
        for index, column in enumerate(self.rest):
            here.append([])
            left.append([r for r in column if r.card.first >= end])
            for rest in column:
                card, ends = rest.card, rest.card.last < end
                if card.first >= end:
                    continue
                piece = self._titled(rest)
                mine = spans[max(card.first - self.row, 0) :]
                high = room if room is not None else sum(mine) + self.layout.gap * (len(mine) - 1)
                count = len(card.parts)
                if not ends or room is not None:
                    count = self._fitting(index, piece, high, end)
                if count < len(card.parts) or not ends:
                    left[-1].append(_Rest(replace(card, parts=card.parts[count:]), True))
                    piece = replace(piece, parts=card.parts[:count], notes=(CONTINUES,))
                here[-1].append(piece)
            left[-1].sort(key=lambda r: r.card.first)
        return here, left

    def _titled(self, rest: _Rest) -> StageCard:
        if not rest.begun:
            return rest.card
        return replace(rest.card, title=CONTINUED.format(title=rest.card.title), chips=())

    def _fitting(self, column: int, card: StageCard, room: float, end: int) -> int:
        """How many steps of a card fit a height: at least one of a card that ends before a row; of one that
        goes on as many as its rows here are of those still to come, more where these stand in boxes, and one
        is kept for the page where it ends."""
        count = len(card.parts)
        if card.last < end:
            return self._most(column, card, room, min(1, count), count, roomy=False)
        first = max(card.first, self.row)
        share = ceil(count * self.layout.span(first, end - 1) / self.layout.span(first, card.last))
        fair = min(self._most(column, card, room, 0, max(count - 1, 0), roomy=False), share)
        if end - first == 1:
            return fair
        return self._most(column, card, room, fair, max(count - 1, 0), roomy=True)

    def _most(self, column: int, card: StageCard, room: float, low: int, high: int, *, roomy: bool) -> int:
        """How many steps fit, between bounds of which the lower is taken to fit."""
        while low < high:
            middle = (low + high + 1) // 2
            whole = middle == len(card.parts)
            shown = replace(card, parts=card.parts[:middle], notes=card.notes if whole else (CONTINUES,))
            fits = self._need(column, shown, roomy=roomy) <= room
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    def _cut(self, frame: ComparisonFigure, end: int) -> tuple[ComparisonFigure, list[list[_Rest]], int]:
        cards, left = self._pieces(end, self._rows(end))
        return self._part(frame, cards, end), left, end

    def _torn(self, frame: ComparisonFigure, room: float) -> tuple[ComparisonFigure, list[list[_Rest]], int]:
        """One row that is higher than a page: as much of it as fits."""
        end = self.row + 1
        cards, left = self._pieces(end, room=room - self.layout.gap)
        done = not any(r.card.last < end for column in left for r in column)
        if not done:
            frame = replace(frame, columns=tuple(replace(c, end=TO_NEXT) for c in frame.columns), notes=())
        return self._part(frame, cards, end), left, end if done else self.row

    def _part(
        self, frame: ComparisonFigure, cards: Sequence[Sequence[StageCard]], end: int
    ) -> ComparisonFigure:
        begin = self.row
        columns = tuple(
            replace(
                column,
                cards=tuple(
                    replace(c, first=max(c.first, begin) - begin, last=min(c.last, end - 1) - begin)
                    for c in own
                ),
            )
            for column, own in zip(frame.columns, cards, strict=True)
        )
        return replace(frame, rows=end - begin, columns=columns)
