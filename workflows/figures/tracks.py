"""Which of several lines in one channel runs where: tracks, ordered so that few lines cross."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from jianban.workflows.figures.routing import Place

NEXT = 0.001
"""The next track, against the next row or column."""


@dataclass(slots=True, eq=False)
class Segment:
    """A straight piece of one line, along one row (`across`) or one column of doubled places."""

    across: bool
    line: int
    low: float
    high: float
    before: int
    """Where the line comes from at the low end: −1 above or left, 1 below or right, 0 it ends here at a
    card."""
    after: int
    """The same at the high end."""
    together: str
    main: bool
    forward: bool = True
    """Whether the line runs from the low to the high end."""
    begin: float = 0
    end: float = 0
    """The low and the high end, once the tracks are known on which the line turns there."""
    track: float = 0
    cluster: int = 0
    """Pieces in the same row or column with the same number overlap, directly or through others."""


def segments(path: Sequence[Place], together: str, main: bool) -> list[Segment]:
    """The pieces of a path, in its order."""
    found: list[Segment] = []
    for i, (a, b) in enumerate(itertools.pairwise(path)):
        across = a[0] == b[0]
        along = 1 if across else 0
        first, last = a[along], b[along]
        turns = [
            0 if n is None else _sign(n[1 - along] - a[1 - along])
            for n in (path[i - 1] if i else None, path[i + 2] if i + 2 < len(path) else None)
        ]
        # A piece that ends at a card reaches only to its near side.
        low, high = float(min(first, last)), float(max(first, last))
        forward = first <= last
        before, after = turns if forward else reversed(turns)
        low += 0.5 * (before == 0)
        high -= 0.5 * (after == 0)
        piece = Segment(across, a[1 - along], low, high, before, after, together, main, forward, low, high)
        found.append(piece)
    return found


def loop(cell: Place, beyond: Place) -> list[Segment]:
    """The pieces of a line in one row that leaves a card, turns in the channel beside it and comes back."""
    (row, column), side = cell, beyond[1]
    # Lines from the other side of the channel turn before the loop: they do not meet it in its row.
    near, far = sorted((side + (column - side) / 4, (side + column) / 2))
    turn = _sign(column - side)
    # Both pieces in the row seem to turn upwards: so they lie together, above other lines on this side.
    turns = (-1, 0) if turn > 0 else (0, -1)
    out, back = (Segment(True, row, near, far, *turns, "", False, True, near, far) for _ in range(2))
    return [out, Segment(False, side, row, row, turn, turn, "", False, True, row, row), back]


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def assign(pieces: Sequence[Segment]) -> None:
    """Give the segments of one row or column their tracks: 0 in the middle of what overlaps, or at the main
    line."""
    for number, cluster in enumerate(_clusters(pieces)):
        ordered = _ordered(cluster)
        level: dict[int, int] = {}
        for i, piece in enumerate(ordered):
            above = [level[j] for j in range(i) if _overlap(ordered[j], piece)]
            same = [level[j] for j in range(i) if _together(ordered[j], piece)]
            level[i] = same[0] if same else max(above, default=-1) + 1
        top = max(level.values())
        mains = [level[i] for i, p in enumerate(ordered) if p.main]
        middle = mains[0] * 2 if mains and pieces[0].line % 2 else top
        for i, piece in enumerate(ordered):
            # Doubled, so that an even number of tracks has a middle too.
            piece.track = 2 * level[i] - middle
            piece.cluster = number


def refine(pieces: Sequence[Segment]) -> None:
    """Say exactly where the pieces of a line begin and end, from the tracks of those before and after."""
    for piece, before, after in zip(pieces, [None, *pieces], [*pieces[1:], None], strict=False):
        low, high = (before, after) if piece.forward else (after, before)
        piece.begin = piece.low + (NEXT * low.track if low else 0)
        piece.end = piece.high + (NEXT * high.track if high else 0)


def _together(a: Segment, b: Segment) -> bool:
    return bool(a.together) and a.together == b.together


def _overlap(a: Segment, b: Segment) -> bool:
    return a.low <= b.high and b.low <= a.high


def _clusters(pieces: Sequence[Segment]) -> list[list[Segment]]:
    """Pieces that overlap, directly or through others; those that run together count as one."""
    clusters: list[list[Segment]] = []
    for piece in pieces:
        touching = [c for c in clusters if any(_overlap(p, piece) for p in c)]
        merged = [p for c in touching for p in c] + [piece]
        clusters = [c for c in clusters if c not in touching] + [merged]
    return clusters


def _ordered(cluster: Sequence[Segment]) -> list[Segment]:
    """First the one that least wants to come after another still waiting; ties as declared."""
    waiting = list(cluster)
    wish = {
        (i, j): _wish(a, b)
        for i, a in enumerate(waiting)
        for j, b in enumerate(waiting)
        if i != j and _overlap(a, b) and not _together(a, b)
    }
    left = list(range(len(waiting)))
    order: list[Segment] = []
    while left:
        chosen = max(left, key=lambda i: (sum(wish.get((i, j), 0) for j in left), -i))
        left.remove(chosen)
        order.append(waiting[chosen])
    return order


def _wish(a: Segment, b: Segment) -> int:
    """Crossings saved when a comes before b, minus those saved the other way round."""
    wish = 0
    for place, turn in ((a.begin, a.before), (a.end, a.after)):
        if b.begin <= place <= b.end:
            wish -= turn
    for place, turn in ((b.begin, b.before), (b.end, b.after)):
        if a.begin <= place <= a.end:
            wish += turn
    return wish
