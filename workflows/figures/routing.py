"""Lines between cards along the channels of a grid, right-angled, never through an occupied cell.

Coordinates are doubled: cell (row, column) is the place (2·row+1, 2·column+1); even numbers are the
channels between rows and columns. Each line is found by A* over places and directions. The costs say what
is ugly: a bend, a crossing, a channel shared with another line (lines to the same target may run together),
an entry where another line leaves.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = tuple[int, int]
Place = tuple[int, int]
NORTH, EAST, SOUTH, WEST = (-1, 0), (0, 1), (1, 0), (0, -1)
BEND = 8.0
CROSSING = 9.0
SHUNNED = 40.0
"""A place that a line rather goes round, and another line then."""
SHARED = 1.5
BESIDE = 0.2
"""Where a line begins to run beside another, and where it goes on."""
OPPOSITE = 6.0
"""A side where one line enters and another leaves."""
CELL = 3.0
"""Passing a row or a column, against 1 for a channel."""
ROUNDS = 2
"""Lines are found anew once all others are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """A line to be found: the cells it may leave from and enter, with the cost of each side."""

    sources: tuple[Cell, ...]
    targets: tuple[Cell, ...]
    leaving: Mapping[Place, float]
    entering: Mapping[Place, float]
    """By the side of the target entered."""
    apart: float = 0
    """What it costs to leave by a side where another line leaves."""
    upwards: float = 0
    """What each place upwards costs more."""
    together: str = ""
    """Lines with the same word may run in one track."""
    shunned: frozenset[Place] = frozenset()
    """Where it rather does not go; it then rather crosses no other line either."""


State = tuple[Place, Place]
"""A place, and the way a line takes to or from it."""


@dataclass(slots=True)
class _Used:
    across: dict[Place, list[str]] = field(default_factory=dict)
    down: dict[Place, list[str]] = field(default_factory=dict)
    ports: dict[State, list[bool]] = field(default_factory=dict)
    """Cell and side → for each line there, whether it leaves (True) or enters (False)."""

    def note(self, states: Sequence[State], net: Net, change: Callable[[list[Any], Any], None]) -> None:
        """Add a line, or take it away."""
        if net.sources == net.targets:
            (cell, side), (beyond, _) = states
            for taken in (self.across, self.down):
                change(taken.setdefault(beyond, []), "")
            change(self.ports.setdefault((cell, side), []), True)
            change(self.ports.setdefault((cell, side), []), False)
            return
        for (place, _), (_, way) in itertools.pairwise(states):
            change((self.across if way[1] else self.down).setdefault(place, []), net.together)
        for place, way in states:
            change((self.across if way[1] else self.down).setdefault(place, []), net.together)
        (start, leave), (end, enter) = states[0], states[-1]
        change(self.ports.setdefault((start, leave), []), True)
        change(self.ports.setdefault((end, (-enter[0], -enter[1])), []), False)


def routes(
    rows: int,
    columns: int,
    occupied: Iterable[Sequence[Cell]],
    nets: Sequence[Net],
    known: Mapping[int, Sequence[State]],
) -> list[Sequence[State]]:
    """For each net the places its line goes through; none where there is no way.

    `occupied` holds the cells of each thing, neighbours in one row: it closes the channels between them too.
    `known` says which way some of the lines have already; they keep it.
    """
    blocked = {
        (2 * cells[0][0] + 1, x)
        for cells in occupied
        for x in range(2 * cells[0][1] + 1, 2 * cells[-1][1] + 2)
    }
    used = _Used()
    found: list[Sequence[State]] = [known.get(i, ()) for i in range(len(nets))]
    for i, states in known.items():
        if states:
            used.note(states, nets[i], list.append)
    for _ in range(ROUNDS):
        for i, net in enumerate(nets):
            if i in known:
                continue
            if found[i]:
                used.note(found[i], net, list.remove)
            found[i] = (
                _turned(net, used)
                if net.sources == net.targets
                else _search(2 * rows, 2 * columns, blocked, net, used)
            )
            if found[i]:
                used.note(found[i], net, list.append)
    return found


def _turned(net: Net, used: _Used) -> list[State]:
    """The way round on the side where the fewest lines are."""
    ((row, column),) = net.sources
    cell = (2 * row + 1, 2 * column + 1)

    def price(side: Place) -> float:
        beyond = (cell[0], cell[1] + side[1])
        busy = len(set(used.ports.get((cell, side), ())))
        return _price(beyond, side, net, used, True) + net.leaving[side] + OPPOSITE * busy

    side = min((WEST, EAST), key=price)
    return [(cell, side), ((cell[0], cell[1] + side[1]), side)]


def path(states: Sequence[State], net: Net) -> list[Place]:
    """Where a line starts, bends and ends.

    A line back to the cell it leaves turns round in the channel beside it: cell, channel, channel, cell.
    """
    if net.sources == net.targets:
        (cell, _), (beyond, _) = states
        return [cell, beyond, beyond, cell]
    bends = (place for (place, way), (_, turn) in itertools.pairwise(states) if turn != way)
    return [states[0][0], *bends, states[-1][0]]


def _search(bottom: int, right: int, blocked: set[Place], net: Net, used: _Used) -> list[State]:
    goals = {(2 * r + 1, 2 * c + 1) for r, c in net.targets}
    low = min(x for _, x in goals), max(x for _, x in goals)
    level = next(iter(goals))[0]

    def remaining(place: Place) -> float:
        y, x = place
        return 2.0 * (abs(y - level) + max(0, low[0] - x, x - low[1]))

    queue: list[tuple[float, int, float, Place, Place]] = []
    best: dict[State, float] = {}
    came: dict[State, State | None] = {}
    count = 0
    starts = {(2 * r + 1, 2 * c + 1) for r, c in net.sources}
    for start in sorted(starts):
        for side, cost in net.leaving.items():
            first = (start[0] + side[0], start[1] + side[1])
            if first in blocked:
                continue
            others = used.ports.get((start, side), ())
            cost += OPPOSITE * (False in others) + net.apart * (True in others)
            state = (start, side)
            best[state] = cost
            came[state] = None
            heapq.heappush(queue, (cost + remaining(start), count, cost, start, side))
            count += 1
    while queue:
        _, _, cost, place, way = heapq.heappop(queue)
        if cost > best.get((place, way), cost):
            continue
        if place in goals and came[(place, way)] is not None:
            return _walked(came, (place, way))
        turns = (way,) if place in starts else (way, (way[1], way[0]), (-way[1], -way[0]))
        for turn in turns:
            ahead = (place[0] + turn[0], place[1] + turn[1])
            if not (0 <= ahead[0] <= bottom and 0 <= ahead[1] <= right):
                continue
            more = cost + (BEND if turn != way else 0) + (net.upwards if turn == NORTH else 0)
            if ahead in goals:
                side = (-turn[0], -turn[1])
                if side not in net.entering:
                    continue
                more += net.entering[side] + (OPPOSITE if True in used.ports.get((ahead, side), ()) else 0)
            elif ahead in blocked:
                continue
            else:
                more += _price(ahead, turn, net, used, turn != way or place in starts)
            more += CELL if (ahead[0] % 2 and turn[0]) or (ahead[1] % 2 and turn[1]) else 1
            state = (ahead, turn)
            if more < best.get(state, float("inf")) - 1e-9:
                best[state] = more
                came[state] = (place, way)
                heapq.heappush(queue, (more + remaining(ahead), count, more, ahead, turn))
                count += 1
    return []


def _walked(came: Mapping[State, State | None], last: State) -> list[State]:
    states = [last]
    while (before := came[states[-1]]) is not None:
        states.append(before)
    return states[::-1]


def _price(place: Place, way: Place, net: Net, used: _Used, fresh: bool) -> float:
    """What other lines make a place cost; running beside one costs where that begins."""
    along, against = (used.across, used.down) if way[1] else (used.down, used.across)
    shared = SHARED if fresh else BESIDE
    beside, crossed, together = along.get(place), against.get(place), net.together
    price = SHUNNED if place in net.shunned else 0.0
    if beside:
        price += shared * sum(1 for t in beside if not together or t != together)
    if crossed:
        each = SHUNNED if net.shunned else CROSSING
        price += each * sum(1 for t in crossed if not together or t != together)
    return price
