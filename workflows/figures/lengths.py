"""Lengths for the grid of a process figure: how high its rows and how wide its columns and channels must
be. Columns of ends are as wide as these; lines in a row are as near as their own labels and ends allow."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.figures.density import Density
from jianban.workflows.figures.faces import Face
from jianban.workflows.figures.grid import Grid
from jianban.workflows.figures.lines import Lines
from jianban.workflows.figures.model import Card, LinkKind
from jianban.workflows.figures.routing import EAST, SOUTH, Place
from jianban.workflows.figures.tracks import Segment

TRACK = 8.0
"""Between lines in a channel."""
PORT = 13.0
"""Between lines at the top or bottom of a card."""
SIDE_PORT = 20.0
"""Between lines at the side of a card, at least."""
GUTTER = 9.0
STUB = 9.0
HEAD = 13.0
"""Room for an arrowhead before a card."""
AIR = 20.0
"""What the channel above a row is heightened by, at most, to fill the paper."""


class Lengths:
    """Rows and columns at their places, once `place` has said where the grid begins."""

    def __init__(self, grid: Grid, faces: Mapping[str, Face], lines: Lines, close: Density) -> None:
        self.grid, self.faces, self.lines = grid, faces, lines
        self.close = close
        self.card = close.card
        self.air = 0.0
        """What every channel between rows has been heightened by."""
        self._rows()
        self._columns()

    def raise_rows(self, begin: int, end: int, height: float) -> None:
        """Make the rows from `begin` to `end` at least so high together."""
        have = sum(self.row_height[begin : end + 1]) + sum(self.channel_height[begin + 1 : end + 1])
        self.row_height[end] += max(0.0, height - have)

    def loosen(self, spare: float) -> None:
        """Spread a height over the channels between rows."""
        self.air = min(spare / max(1, self.grid.rows), AIR)
        self.channel_height[1:-1] = [high + self.air for high in self.channel_height[1:-1]]

    def place(self, left: float, top: float) -> None:
        x, y = left, top
        self.channel_x: list[float] = []
        self.column_x: list[float] = []
        self.channel_y: list[float] = []
        self.row_y: list[float] = []
        for j, wide in enumerate(self.channel_width):
            self.channel_x.append(x)
            x += wide
            if j < self.grid.columns:
                self.column_x.append(x)
                x += self.column_width(j)
        for r, high in enumerate(self.channel_height):
            self.channel_y.append(y)
            y += high
            if r < self.grid.rows:
                self.row_y.append(y)
                y += self.row_height[r]
        self.right, self.bottom = x, y

    @property
    def width(self) -> float:
        return sum(self.channel_width) + sum(self.column_width(j) for j in range(self.grid.columns))

    @property
    def height(self) -> float:
        return sum(self.channel_height) + sum(self.row_height)

    def _rows(self) -> None:
        rows = range(self.grid.rows)
        self.spacing = {r: self._spacing(r) for r in rows}
        for line in self.lines.all:
            for end, side in ((line.link.source, 0), (line.link.target, -1)):
                piece = line.pieces[side]
                if piece.across:
                    self._stretch(self.faces[end], abs(piece.track / 2) * self.spacing[(piece.line - 1) // 2])
        self.row_height = []
        for r in rows:
            tall = 0.0
            for name, spot in self.grid.spots.items():
                if spot.row == r:
                    tall = max(tall, self.faces[name].height)
            for line in self.lines.all:
                if line.sideways and line.path[0][0] == 2 * r + 1:
                    above = max(line.label.height, line.small.height) + 2
                    offset = abs(line.pieces[0].track / 2) * self.spacing[r]
                    tall = max(tall, 2 * (offset + above))
            self.row_height.append(tall)
        for line in self.lines.all:
            if line.link.kind is LinkKind.OUT and line.pieces[-1].across:
                row = self.grid.spots[line.link.target].row
                offset = line.pieces[-1].track / 2 * self.spacing[row]
                below = self.faces[line.link.target].height / 2
                above = below + (line.label.height + line.small.height + 2 if line.beside else 0)
                need = 2 * max(above - offset, below + offset)
                self.row_height[row] = max(self.row_height[row], need)
        self.label_height = [0.0] * (self.grid.rows + 1)
        for line in self.lines.all:
            if line.label.lines and not line.sideways:
                at = line.path[0][0] // 2 + (1 if line.side == SOUTH else 0)
                self.label_height[at] = max(self.label_height[at], line.label.height + line.small.height + 2)
        self.channel_height = []
        least = self.close.channel
        for i in range(self.grid.rows + 1):
            low, high = self.lines.range(True, 2 * i)
            busy = self.lines.busy(True, 2 * i)
            room = STUB + HEAD + (high - low) * TRACK
            label = self.label_height[i]
            self.channel_height.append(max(least, room + label) if busy else max(least, label + HEAD))
        self.channel_height[0], self.channel_height[-1] = 12.0, max(10.0, self.channel_height[-1] - 12)

    def _stretch(self, face_: Face, offset: float) -> None:
        if isinstance(face_.thing, Card):
            face_.height = max(face_.height, 2 * offset + 16)

    def _spacing(self, row: int) -> float:
        """Between lines that run through a row: what the labels and ends of those that need most do; the
        tracks of the others are drawn together."""
        need: dict[int, float] = {}
        above: dict[tuple[str, Place], float] = {}
        for line in sorted(self.lines.all, key=lambda line: line.pieces[0].track):
            cluster = line.pieces[0].cluster
            if line.sideways and line.path[0][0] == 2 * row + 1 and line.label.lines and not line.beside:
                port = (line.link.source, line.side)
                label, small = line.label.height, line.small.height
                words = max(label, small, above.get(port, 0) + label)
                above[port] = small
                need[cluster] = max(need.get(cluster, SIDE_PORT), words + 5)
            last = line.pieces[-1]
            if line.link.kind is LinkKind.OUT and last.across and last.line == 2 * row + 1:
                words = line.label.height + line.small.height + 2 if line.beside else 0
                high = self.faces[line.link.target].height + words + 4
                need[last.cluster] = max(need.get(last.cluster, SIDE_PORT), high)
        most = max(need.values(), default=SIDE_PORT)
        for piece in self.lines.pieces.get((True, 2 * row + 1), ()):
            piece.track *= need.get(piece.cluster, SIDE_PORT) / most
        return most

    def _columns(self) -> None:
        count = self.grid.columns
        west, east = [0.0] * (count + 1), [0.0] * (count + 1)
        for line in self.lines.all:
            if line.label.lines and line.sideways:
                column = (line.path[0][1] - 1) // 2
                if line.side == EAST:
                    west[column + 1] = max(west[column + 1], line.label_width + 6)
                else:
                    east[column] = max(east[column], line.label_width + 6)
        self.west = west
        self.channel_width: list[float] = []
        for j in range(count + 1):
            low, high = self.lines.range(False, 2 * j)
            head = HEAD if self.lines.busy(False, 2 * j) else GUTTER
            self.channel_width.append(west[j] + east[j] + (high - low) * TRACK + GUTTER + head)

    def column_width(self, column: int) -> float:
        if column not in self.grid.pills:
            return self.card
        ends = [self.faces[n].width for n, s in self.grid.spots.items() if s.first == column]
        return max(self.close.beside - HEAD, *ends)

    def across(self, piece: Segment) -> float:
        """The y of a horizontal piece."""
        index, cell = divmod(piece.line, 2)
        if cell:
            return self.row_y[index] + self.row_height[index] / 2 + piece.track / 2 * self.spacing[index]
        low, _ = self.lines.range(True, piece.line)
        above = self.label_height[index] + self._stub(index)
        return self.channel_y[index] + above + (piece.track / 2 - low) * TRACK

    def _stub(self, channel: int) -> float:
        """From the words in a channel between rows to its first line."""
        return STUB + (self.air / 2 if 0 < channel < self.grid.rows else 0)

    def down(self, piece: Segment) -> float:
        """The x of a vertical piece."""
        index, cell = divmod(piece.line, 2)
        if cell:
            return self.column_x[index] + self.column_width(index) / 2 + piece.track / 2 * PORT
        return self._track(index, piece.track / 2)

    def _track(self, channel: int, track: float) -> float:
        low, _ = self.lines.range(False, 2 * channel)
        return self.channel_x[channel] + self.west[channel] + GUTTER + (track - low) * TRACK

    def between_columns(self, channel: int) -> float:
        """Where one lane ends and the next begins: midway between the lines that run there and the arrowheads
        of the next column."""
        if channel == 0:
            return self.channel_x[0]
        if channel == self.grid.columns:
            return self.right
        _, high = self.lines.range(False, 2 * channel)
        return self._track(channel, high) + (HEAD / 2 if self.lines.busy(False, 2 * channel) else 0)

    def between_rows(self, row: int) -> float:
        """Where one stage ends and the next begins, above a row: above the lines that run there."""
        if row >= self.grid.rows:
            return self.bottom
        label = self.label_height[row]
        busy = self.lines.busy(True, 2 * row)
        return self.channel_y[row] + (
            label + self._stub(row) / 2 if busy else max(label + 2, self.channel_height[row] / 2)
        )
