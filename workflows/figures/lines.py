"""The lines of a process figure: where they run in the grid, on which tracks, with which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jianban.workflows.figures.density import Density
from jianban.workflows.figures.grid import Grid
from jianban.workflows.figures.metrics import text_width
from jianban.workflows.figures.model import Card, Decision, FigureLang, Fork, Link, LinkKind, Pill
from jianban.workflows.figures.routing import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    Net,
    Place,
    State,
    path,
    routes,
)
from jianban.workflows.figures.theme import Theme
from jianban.workflows.figures.tracks import Segment, assign, loop, refine, segments
from jianban.workflows.figures.typeset import Stack, first, lines, second

LEAVING = {
    LinkKind.ON: {SOUTH: 0.0, EAST: 26.0, WEST: 26.0},
    LinkKind.BACK: {WEST: 0.0, EAST: 2.0, SOUTH: 16.0, NORTH: 18.0},
    LinkKind.OUT: {EAST: 0.0, WEST: 12.0, SOUTH: 60.0},
}
ENTERING = {
    LinkKind.ON: {NORTH: 0.0, WEST: 30.0, EAST: 30.0},
    LinkKind.BACK: {WEST: 0.0, EAST: 0.0, NORTH: 10.0, SOUTH: 40.0},
    LinkKind.OUT: {WEST: 0.0},
}
REJOINING = {NORTH: 0.0, WEST: 7.0, EAST: 7.0}
"""A branch may come back from the side, where that saves it a bend."""
BRANCH = {EAST: 0.0, WEST: 0.0, SOUTH: 12.0}
"""A branch that is not the main one leaves a decision (or a step that may be left in several ways) at its
side."""
UPWARDS = 4.0
"""What it costs to pass a row against the order of the steps."""
SMALL = 6.5
"""The size of the other language."""
WIDER = 1.4
"""How much wider than others a label may be, so that no word is broken and brackets stay on one line."""
TIP = 30.0
"""A tip of a diamond has room for one line."""


@dataclass(slots=True)
class Line:
    link: Link
    path: list[Place]
    pieces: list[Segment]
    label: Stack = field(default_factory=Stack)
    small: Stack = field(default_factory=Stack)
    beside: bool = False
    """Whether it runs straight to an end beside its step with nothing between: its words stand above both."""

    @property
    def side(self) -> Place:
        (a, b), (c, d) = self.path[0], self.path[1]
        return ((c > a) - (c < a), (d > b) - (d < b))

    @property
    def sideways(self) -> bool:
        return bool(self.side[1])

    @property
    def label_width(self) -> float:
        """The room the label needs in the channel beside the card."""
        return 0 if self.beside else max(self.label.width, self.small.width)


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines, and their pieces by row (True) or column (False) of doubled places."""

    all: Sequence[Line]
    pieces: Mapping[tuple[bool, int], Sequence[Segment]]
    ways: Sequence[tuple[Net, Sequence[State]]] = ()
    """How the line of each link was to be found, and what was found."""

    def busy(self, across: bool, line: int) -> bool:
        return (across, line) in self.pieces

    def range(self, across: bool, line: int) -> tuple[float, float]:
        """The lowest and highest track of a row or column, in steps from its middle."""
        tracks = [p.track / 2 for p in self.pieces.get((across, line), ())]
        return min(tracks, default=0), max(tracks, default=0)


def find_lines(grid: Grid, before: Lines | None = None) -> Lines:
    """A line for every link of the grid that has a way, still without words.

    `before` are the lines of a grid in which all things stand at the same places: those to be found as they
    were keep their way.
    """
    nets = [_net(grid, link) for link in grid.links]
    order = sorted(range(len(nets)), key=lambda i: (_urgency(grid, grid.links[i]), i))
    spots = [s.cells for s in grid.spots.values()]
    known = dict(enumerate(before.ways)) if before else {}
    kept = {k: known[i][1] for k, i in enumerate(order) if i in known and known[i][0] == nets[i]}
    ways = routes(grid.rows, grid.columns, spots, [nets[i] for i in order], kept)
    found = dict(zip(order, ways, strict=True))
    result: list[Line] = []
    pieces: dict[tuple[bool, int], list[Segment]] = {}
    for i, link in enumerate(grid.links):
        if not found[i]:
            continue
        turns = path(found[i], nets[i])
        again = link.source == link.target
        cut = loop(*turns[:2]) if again else segments(turns, nets[i].together, link.main)
        line = Line(link, turns, cut)
        result.append(line)
        for piece in line.pieces:
            pieces.setdefault((piece.across, piece.line), []).append(piece)
    for group in pieces.values():
        assign(group)
    # Lines that turn in the same channel are told apart by their tracks there: first those along rows.
    for across in (True, False):
        for line in result:
            if line.link.source != line.link.target:
                refine(line.pieces)
        for (along, _), group in pieces.items():
            if along is across:
                assign(group)
    return Lines(result, pieces, [(net, found[i]) for i, net in enumerate(nets)])


def label(grid: Grid, lines: Lines, lang: FigureLang, theme: Theme, close: Density) -> None:
    """Give the lines their words."""
    for line in lines.all:
        _label(grid, line, lines.pieces, lang, theme, close)


def _urgency(grid: Grid, link: Link) -> int:
    """Which lines choose their way first: the main ones, then short ways to a correction; loops take the
    side that is left."""
    if _straight(grid, link):
        return 0
    if link.source == link.target:
        return 5
    return {LinkKind.BACK: 1 if _near(grid, link) else 4, LinkKind.ON: 2, LinkKind.OUT: 3}[link.kind]


def _label(
    grid: Grid,
    line: Line,
    pieces: Mapping[tuple[bool, int], Sequence[Segment]],
    lang: FigureLang,
    theme: Theme,
    close: Density,
) -> None:
    title, end = line.link.title, grid.cards[line.link.target]
    if title is None:
        return
    straight = line.link.kind is LinkKind.OUT and len(line.pieces) == 1
    if straight and first(title, lang) == first(end.title, lang):
        # The end says itself how it was reached.
        return
    row, column = line.path[0]
    line.beside = straight and not any(
        p.low <= row <= p.high for p in pieces.get((False, column + line.side[1]), ())
    )
    wide = close.beside if line.beside else close.side if line.sideways else close.under
    most = WIDER * wide if line.sideways and not line.beside else wide
    line.label = _low(first(title, lang), (wide, most), theme.label, theme.ink)
    line.small = _low(second(title, lang), (wide, most), SMALL, theme.muted)


def _low(text: str, widths: Sequence[float], size: float, color: str) -> Stack:
    """The words at the first of these widths at which they take two lines, or else the fewest."""
    tried = (_said(text, width, size, color) for width in widths)
    return min(tried, key=lambda said: max(2, len(said.lines)))


def _said(text: str, width: float, size: float, color: str) -> Stack:
    """The words of a line; what stands in brackets has lines of its own where it takes several."""
    before, bracket, inside = text.partition("（" if "（" in text else " (")
    aside = (bracket + inside).strip()
    # Room for the longest word of English too, and for what stands in brackets, where it is little more.
    asked = (aside, *(word for word in before.split() if word.isascii()))
    width = max(width, *(w for t in asked if (w := text_width(t, size)) <= WIDER * width))
    whole = lines(text, width, size, color, whole=True)
    if len(whole.lines) < 2 or not bracket:
        return whole
    return lines(before, width, size, color, whole=True) + lines(aside, width, size, color)


def _straight(grid: Grid, link: Link) -> bool:
    """Whether it goes on below its source: as the main one does, unless another branch stands there."""
    below = grid.straight.get(link.source)
    return link.main if below is None else link.target == below


def _near(grid: Grid, link: Link) -> bool:
    return grid.spots[link.source].row == grid.spots[link.target].row


def _rejoins(grid: Grid, link: Link) -> bool:
    """Whether it comes from beside to what another way leads to in one column."""
    spots, target = grid.spots, link.target
    if link.kind is not LinkKind.ON or spots[link.source].first == spots[target].first:
        return False
    leading = (spots[k.source] for k in grid.links if k.target == target and k.kind is LinkKind.ON)
    return any(s.first == s.last == spots[target].first for s in leading)


def _net(grid: Grid, link: Link) -> Net:
    target = grid.cards[link.target]
    beside = isinstance(target, Card) and target.aside and _near(grid, link)
    fork = isinstance(grid.cards[link.source], Fork)
    branch = link.kind is LinkKind.ON and not fork and not _straight(grid, link)
    # The sides of a decision are for what leaves it; a bar is entered from above.
    rejoining = (branch or _rejoins(grid, link)) and isinstance(target, Card | Pill)
    return Net(
        sources=grid.spots[link.source].cells,
        targets=grid.spots[link.target].cells,
        leaving=BRANCH if branch else LEAVING[link.kind],
        # What stands beside the main line is entered from the side.
        entering=ENTERING[LinkKind.BACK] if beside else REJOINING if rejoining else ENTERING[link.kind],
        apart=TIP if isinstance(grid.cards[link.source], Decision) else 0,
        upwards=0 if link.kind is LinkKind.BACK else UPWARDS,
        together="" if link.kind is LinkKind.BACK else link.target,
        shunned=frozenset(place for *ends, place in grid.shunned if ends == [link.source, link.target]),
    )
