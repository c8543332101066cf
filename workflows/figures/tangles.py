"""Which of the ways a figure may be drawn tangles its lines least.

The plain rules of `grid` and `lines` draw most figures without a crossing. Where lines cross, what leads to
it is drawn otherwise, one thing after the other, as long as that is worth it: lines leave another way, a
branch stands on the other side of its decision, the branches of a fork change places, an end stands beside
its steps. The same is tried where lines wind, with some bends for each. Every way is laid out in the grid and
its crossings are counted; so the search is exact about what it compares, and costs nothing for most figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil, floor
from typing import TypeAlias

from jianban.workflows.figures.cells import PLAIN, Choices, Grid
from jianban.workflows.figures.density import density
from jianban.workflows.figures.grid import grid
from jianban.workflows.figures.lines import Line, Lines, find_lines, label
from jianban.workflows.figures.model import Block, Card, Decision, Fork, Link, LinkKind, ProcessFigure
from jianban.workflows.figures.routing import Place
from jianban.workflows.figures.theme import Theme
from jianban.workflows.figures.tracks import Segment

CROSSING = 8.0
"""How many bends a crossing is as bad as."""
COLUMN = 2.0
"""The same of one more column."""
LENGTH = 0.35
"""The same of a row or column, or a channel between them, that a line runs through."""
AROUND = 4
"""How much more each counts, beyond twice as many as lie between the ends: it goes round the page."""
WINDS = 4
"""Bends of a line that is drawn otherwise though it crosses none."""
TRIES = 1200
"""How many lines are found for one figure at most, over all the ways in which it is drawn."""
FAR = 1_000_000.0

Level: TypeAlias = tuple[int, float]
"""A place on one axis: the row or column of doubled places, and the track in it."""
Crossings: TypeAlias = Mapping[tuple[Level, Level], Sequence[tuple[Link, Segment]]]
"""The points where lines cross, each with two of them and their pieces there."""


def untangled(figure: ProcessFigure, theme: Theme) -> tuple[Grid, Lines]:
    """The grid of a figure and its lines."""

    def drawn(choices: Choices, before: tuple[Grid, Lines] | None = None) -> tuple[Grid, Lines]:
        cells = grid(figure, choices)
        known = before[1] if before and before[0].spots == cells.spots else None
        return cells, find_lines(cells, known)

    best, choices, tries = drawn(PLAIN), PLAIN, TRIES
    while True:
        crossings = _crossings(best[1])
        # Fewer crossings are worth what they cost; without any, only a much simpler way is.
        least, better = _price(*best) - (0 if crossings else CROSSING / 3), None
        for other in _others(figure, choices, crossings, best[1]):
            found = drawn(other, best)
            tries -= sum(a is not b for (_, a), (_, b) in zip(best[1].ways, found[1].ways, strict=True))
            whole = len(found[1].all) == len(best[1].all)
            if figure.narrow and found[0].columns > best[0].columns:
                continue
            fewer = len(_crossings(found[1])) < max(1, len(crossings))
            if whole and fewer and _price(*found) < least:
                least, better = _price(*found), (found, other)
            # Of a real tangle, what frees half of it is not compared with the rest.
            if tries <= 0 or (better and len(crossings) > 2 * max(1, len(_crossings(better[0][1])))):
                break
        if better is None:
            break
        best, choices = better
    label(*best, figure.lang, theme, density(figure))
    return best


def _price(cells: Grid, lines: Lines) -> float:
    bends = sum((len(line.pieces) - 1) * (1 + line.link.main) for line in lines.all)
    length = 0.0
    for line in lines.all:
        own = sum(_apart(a, b) for a, b in pairwise(line.path))
        length += own + max(0, own - 2 * _apart(line.path[0], line.path[-1])) * AROUND
    return CROSSING * len(_crossings(lines)) + bends + COLUMN * cells.columns + LENGTH * length


def _apart(a: Place, b: Place) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _others(figure: ProcessFigure, choices: Choices, crossings: Crossings, lines: Lines) -> Iterator[Choices]:
    """The choices, each with one thing drawn otherwise: with what crosses or else winds."""
    crossed = [link for pair in crossings.values() for link, _ in pair]
    if not crossed:
        crossed = [line.link for line in lines.all if len(line.pieces) > WINDS]
    blocks = {b.id: b for band in figure.bands for b in _within(band.blocks)}
    sources = list(dict.fromkeys(k.source for k in crossed))
    spine = [b for band in figure.bands for b in band.blocks if isinstance(b, Decision)]
    for block in spine:
        for i, branch in enumerate(block.branches):
            one = bool(branch) and all(isinstance(b, Card) and b.lane == block.lane for b in branch)
            if block.id in sources and one and i != block.main:
                yield replace(choices, left=choices.left ^ {(block.id, i)})
    ends = {k.source for k in crossed} | {k.target for k in crossed}
    for block in blocks.values():
        if isinstance(block, Fork) and ends & {b.id for b in _within([block])}:
            yield replace(choices, turned=choices.turned ^ {block.id})
    low = [e for e in figure.ends if (e.success or e.onward) and e.id not in choices.beside]
    for end in low if crossed and len(low) > 1 else ():
        leading = [k.source for k in figure.links if k.target == end.id]
        if end.success and all(isinstance(blocks.get(s), Card | Decision) for s in leading):
            yield replace(choices, beside=choices.beside | {end.id})
    for source in sources:
        ways = [k.target for k in figure.links if k.source == source and k.kind is LinkKind.ON]
        if len(ways) > 1 and not isinstance(blocks.get(source), Fork):
            kept = frozenset(p for p in choices.below if p[0] != source)
            for way in [*ways, ""]:
                yield replace(choices, below=kept | {(source, way)})
    for pair in crossings.values():
        for (link, _), (_, other) in (pair, pair[::-1]):
            places = {(link.source, link.target, place) for place in _places(other)}
            yield replace(choices, shunned=choices.shunned | places)


def _places(piece: Segment) -> Iterator[Place]:
    """What a piece of a line runs through."""
    for along in range(ceil(piece.low), floor(piece.high) + 1):
        yield (piece.line, along) if piece.across else (along, piece.line)


def _within(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        for branch in () if isinstance(block, Card) else block.branches:
            yield from _within(branch)


def _crossings(lines: Lines) -> Crossings:
    across: list[tuple[Level, Level, Level, tuple[Link, Segment]]] = []
    down: list[tuple[Level, Level, Level, tuple[Link, Segment]]] = []
    for line in lines.all:
        for piece, (low, high) in zip(line.pieces, _reaches(line), strict=True):
            found = ((piece.line, piece.track), low, high, (line.link, piece))
            (across if piece.across else down).append(found)
    return {
        (x, y): (one, other)
        for y, left, right, one in across
        for x, top, bottom, other in down
        if left < x < right and top < y < bottom
    }


def _reaches(line: Line) -> Iterator[tuple[Level, Level]]:
    """From where to where each piece of a line runs on its axis, the lower first."""
    turns = [
        _edge(line.path[0], line.path[1], line.pieces[0].across),
        *((piece.line, piece.track) for piece in line.pieces),
        _edge(line.path[-1], line.path[-2], line.pieces[-1].across),
    ]
    for before, after in zip(turns, turns[2:], strict=False):
        yield min(before, after), max(before, after)


def _edge(cell: Place, beyond: Place, across: bool) -> Level:
    """The side of a card on which a line leaves for, or comes from, a place beyond."""
    here, there = cell[across], beyond[across]
    return here, FAR if there > here else -FAR
