"""Where everything in a process figure stands: lengths for the grid, lines on their tracks, labels beside their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from jianban.workflows.figures.faces import CARD_WIDTH, PILL_WIDTH, Face, face
from jianban.workflows.figures.grid import Grid, grid
from jianban.workflows.figures.metrics import BOLD
from jianban.workflows.figures.model import Card, Decision, Fork, Link, LinkKind, ProcessFigure
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.routing import EAST, NORTH, SOUTH, WEST, Net, Place, routes
from jianban.workflows.figures.scene import Box, Diamond, Group, Route, Scene
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.tracks import Segment, assign, segments
from jianban.workflows.figures.typeset import Stack, first, lines, second, spoken, titled
from jianban.workflows.texts import Text

BAND_WIDTH = 80.0
TRACK = 8.0
"""Between lines in a channel."""
PORT = 13.0
"""Between lines at the top or bottom of a card."""
SIDE_PORT = 20.0
"""Between lines at the side of a card, at least."""
LABEL = 46.0
"""The widest label beside a line at the side of a card."""
UNDER = 58.0
"""The widest label below a card, right of its line."""
GUTTER = 9.0
STUB = 9.0
HEAD = 13.0
"""Room for an arrowhead before a card."""
OTHER = Text("其他结果", "Other outcomes")
NOT_DRAWN = Text("空白流程", "An empty process")

LEGEND = {
    "pill": Text("起止", "Start/End"),
    "card": Text("步骤", "Step"),
    "call": Text("子流程", "Sub-process"),
    "decision": Text("判断", "Decision"),
    "fork": Text("并行/汇合", "Fork/Join"),
    "back": Text("退回、补正", "Return"),
    "chip": Text("时限、材料、跑动次数", "Limits, documents, visits"),
}

LEAVING = {
    LinkKind.ON: {SOUTH: 0.0, EAST: 26.0, WEST: 26.0},
    LinkKind.BACK: {WEST: 0.0, EAST: 2.0, SOUTH: 16.0, NORTH: 18.0},
    LinkKind.OUT: {EAST: 0.0, WEST: 12.0, SOUTH: 18.0},
}
ENTERING = {
    LinkKind.ON: {NORTH: 0.0, WEST: 30.0, EAST: 30.0},
    LinkKind.BACK: {WEST: 0.0, EAST: 0.0, NORTH: 10.0, SOUTH: 12.0},
    LinkKind.OUT: {WEST: 0.0},
}
BRANCH = {EAST: 0.0, WEST: 0.0, SOUTH: 12.0}
"""A branch that is not the main one leaves a decision (or a step that may be left in several ways) at its side."""


@dataclass(slots=True)
class _Line:
    link: Link
    path: list[Place]
    pieces: list[Segment]
    label: Stack = field(default_factory=Stack)
    small: Stack = field(default_factory=Stack)

    @property
    def side(self) -> Place:
        (a, b), (c, d) = self.path[0], self.path[1]
        return ((c > a) - (c < a), (d > b) - (d < b))

    @property
    def sideways(self) -> bool:
        return bool(self.side[1])

    @property
    def label_width(self) -> float:
        return max(self.label.width, self.small.width)


def lay_process(figure: ProcessFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _Layout(figure, theme).scene()


class _Layout:
    def __init__(self, figure: ProcessFigure, theme: Theme) -> None:
        self.figure, self.theme, self.lang = figure, theme, figure.lang
        self.grid: Grid = grid(figure)
        self.faces: dict[str, Face] = {}
        for name, spot in self.grid.spots.items():
            thing = self.grid.cards[name]
            width = (spot.last - spot.first + 1) * CARD_WIDTH[self.lang] - 12
            join = isinstance(thing, Fork) and name == thing.join
            self.faces[name] = face(thing, self.lang, theme, join=join, width=width)
        self.lines = self._lines()

    def _lines(self) -> list[_Line]:
        nets = {i: self._net(link) for i, link in enumerate(self.grid.links)}
        order = sorted(nets, key=lambda i: (self._urgency(self.grid.links[i]), i))
        spots = [s.cells for s in self.grid.spots.values()]
        found = dict(
            zip(
                order, routes(self.grid.rows, self.grid.columns, spots, [nets[i] for i in order]), strict=True
            )
        )
        result: list[_Line] = []
        for i, link in enumerate(self.grid.links):
            if not found[i]:
                continue
            line = _Line(link, found[i], segments(found[i], nets[i].together, link.main))
            if link.title:
                wide = LABEL if line.sideways else UNDER
                line.label = lines(first(link.title, self.lang), wide, self.theme.label, self.theme.ink)
                line.small = lines(second(link.title, self.lang), wide, 6.5, self.theme.muted)
            result.append(line)
        grouped: dict[tuple[bool, int], list[Segment]] = {}
        for line in result:
            for piece in line.pieces:
                grouped.setdefault((piece.across, piece.line), []).append(piece)
        for pieces in grouped.values():
            assign(pieces)
        self.pieces = grouped
        return result

    def _urgency(self, link: Link) -> int:
        if link.main:
            return 0
        near = self.grid.spots[link.source].row == self.grid.spots[link.target].row
        return {LinkKind.BACK: 1 if near else 4, LinkKind.ON: 2, LinkKind.OUT: 3}[link.kind]

    def _net(self, link: Link) -> Net:
        leaving = LEAVING[link.kind]
        if link.kind is LinkKind.ON and not link.main and not isinstance(self.grid.cards[link.source], Fork):
            leaving = BRANCH
        entering = ENTERING[link.kind]
        together = "" if link.kind is LinkKind.BACK else link.target
        return Net(
            sources=self.grid.spots[link.source].cells,
            targets=self.grid.spots[link.target].cells,
            leaving=leaving,
            entering=entering,
            together=together,
        )

    def scene(self) -> Scene:
        self._rows()
        self._columns()
        width = max(self.xs[-1] + self.channel_width[-1] + MARGIN, 420.0)
        title = spoken(self.figure.title, self.lang)
        scene = Scene(width, 0, title, self._description(), "en" if self.lang == "en" else "zh-CN")
        page = Page(scene, self.lang, self.theme)
        page.header(self.figure.title, self.figure.subtitle)
        page.indicators(self.figure.indicators)
        self._body(page)
        page.legend(self._legend())
        page.notes(self.figure.notes)
        return page.close()

    # Lengths

    def _range(self, across: bool, line: int) -> tuple[float, float]:
        """The lowest and highest track of a row or column, in steps from its middle."""
        tracks = [p.track / 2 for p in self.pieces.get((across, line), ())]
        return min(tracks, default=0), max(tracks, default=0)

    def _rows(self) -> None:
        rows = range(self.grid.rows)
        self.spacing = {r: self._spacing(r) for r in rows}
        for line in self.lines:
            for end, side in ((line.link.source, 0), (line.link.target, -1)):
                piece = line.pieces[side]
                if piece.across:
                    self._stretch(self.faces[end], abs(piece.track / 2) * self.spacing[(piece.line - 1) // 2])
        self.row_height = []
        for r in rows:
            low, high = self._range(True, 2 * r + 1)
            tall = 0.0
            for name, spot in self.grid.spots.items():
                if spot.row == r:
                    tall = max(tall, self.faces[name].height)
            if self.grid.outcomes is not None and high > low:
                tall = max(tall, (high - low + 1) * self.spacing[r])
            self.row_height.append(tall)
        self.label_height = [0.0] * (self.grid.rows + 1)
        for line in self.lines:
            if line.label.lines and not line.sideways:
                at = line.path[0][0] // 2 + (1 if line.side == SOUTH else 0)
                self.label_height[at] = max(self.label_height[at], line.label.height + line.small.height + 2)
        self.channel_height = []
        for i in range(self.grid.rows + 1):
            low, high = self._range(True, 2 * i)
            busy = (True, 2 * i) in self.pieces
            room = STUB + HEAD + (high - low) * TRACK
            label = self.label_height[i]
            self.channel_height.append(max(room + label, 24.0) if busy else max(24.0, label + HEAD))
        self.channel_height[0], self.channel_height[-1] = 12.0, max(10.0, self.channel_height[-1] - 12)

    def _stretch(self, face_: Face, offset: float) -> None:
        if isinstance(face_.thing, Card):
            face_.height = max(face_.height, 2 * offset + 16)

    def _spacing(self, row: int) -> float:
        """Between lines that run through a row: what their labels and the ends they lead to need."""
        need = SIDE_PORT
        crowded: set[tuple[str, Place]] = set()
        for line in self.lines:
            if line.sideways and line.path[0][0] == 2 * row + 1 and line.label.lines:
                port = (line.link.source, line.side)
                # The words below one line and above the next meet only when both have some.
                both = port in crowded
                crowded.add(port)
                high = (line.label.height, line.small.height)
                need = max(need, (sum(high) if both else max(high)) + 5)
        for name, spot in self.grid.spots.items():
            if spot.row == row and spot.first == self.grid.outcomes:
                need = max(need, self.faces[name].height + 6)
        return need

    def _columns(self) -> None:
        count = self.grid.columns
        west, east = [0.0] * (count + 1), [0.0] * (count + 1)
        for line in self.lines:
            if line.label.lines and line.sideways:
                column = (line.path[0][1] - 1) // 2
                if line.side == EAST:
                    west[column + 1] = max(west[column + 1], line.label_width + 6)
                else:
                    east[column] = max(east[column], line.label_width + 6)
        self.xs: list[float] = []
        self.channel_width: list[float] = []
        self.centres: list[float] = []
        self.column_x: list[float] = []
        x = MARGIN + BAND_WIDTH
        for j in range(count + 1):
            low, high = self._range(False, 2 * j)
            busy = (False, 2 * j) in self.pieces
            wide = west[j] + east[j] + (high - low) * TRACK + GUTTER + (HEAD if busy else GUTTER)
            self.xs.append(x)
            self.channel_width.append(wide)
            self.centres.append(x + west[j] + GUTTER - low * TRACK)
            x += wide
            if j < count:
                self.column_x.append(x)
                x += self._column_width(j)

    def _column_width(self, column: int) -> float:
        return PILL_WIDTH if column == self.grid.outcomes else CARD_WIDTH[self.lang]

    # Places

    def _body(self, page: Page) -> None:
        top = page.y
        lanes = self._lane_titles()
        head = max(s.height for _, _, s in lanes) + 10
        y = top + head
        self.channel_y: list[float] = []
        self.row_y: list[float] = []
        for r in range(self.grid.rows + 1):
            self.channel_y.append(y)
            y += self.channel_height[r]
            if r < self.grid.rows:
                self.row_y.append(y)
                y += self.row_height[r]
        bottom = y
        self._place()
        self._backdrop(page.scene, lanes, top, head, bottom)
        drawn = [(line, self._points(line)) for line in self.lines]
        for i, (line, points) in enumerate(drawn):
            group = page.scene.group(f"line-{i + 1}")
            group.shapes.append(self._route(line, points))
        for name, face_ in self.faces.items():
            face_.draw(page.scene.group(name.replace("@", "-"), face_.spoken(self.lang)), self.theme)
        labels = page.scene.group("labels")
        for line, points in drawn:
            self._label(labels, line, points)
        page.y = bottom + 12

    def _place(self) -> None:
        for name, spot in self.grid.spots.items():
            face_ = self.faces[name]
            left, right = self.column_x[spot.first], self.column_x[spot.last] + self._column_width(spot.last)
            if isinstance(face_.thing, Fork):
                face_.x, face_.width = left + 6, right - left - 12
            else:
                face_.x = (left + right - face_.width) / 2
            middle = self.row_y[spot.row] + self.row_height[spot.row] / 2
            if spot.first == self.grid.outcomes:
                # An end stands where the line to it runs, against the left of its column.
                line = next(k for k in self.lines if k.link.target == name)
                middle += line.pieces[-1].track / 2 * self.spacing[spot.row]
                face_.x = left
            face_.y = middle - face_.height / 2

    def _across(self, piece: Segment) -> float:
        """The y of a horizontal piece."""
        index, cell = divmod(piece.line, 2)
        if cell:
            return self.row_y[index] + self.row_height[index] / 2 + piece.track / 2 * self.spacing[index]
        low, _ = self._range(True, piece.line)
        return self.channel_y[index] + self.label_height[index] + STUB + (piece.track / 2 - low) * TRACK

    def _down(self, piece: Segment) -> float:
        """The x of a vertical piece."""
        index, cell = divmod(piece.line, 2)
        if cell:
            return self.column_x[index] + self._column_width(index) / 2 + piece.track / 2 * PORT
        return self.centres[index] + piece.track / 2 * TRACK

    def _points(self, line: _Line) -> list[tuple[float, float]]:
        places = [self._across(p) if p.across else self._down(p) for p in line.pieces]
        points: list[tuple[float, float]] = []
        for piece, place, after in zip(line.pieces, places, places[1:], strict=False):
            points.append((after, place) if piece.across else (place, after))
        start = self._port(line.link.source, line.pieces[0], places[0], line.path[0], line.path[1])
        end = self._port(line.link.target, line.pieces[-1], places[-1], line.path[-1], line.path[-2])
        return [start, *points, end]

    def _port(
        self, name: str, piece: Segment, place: float, cell: Place, beyond: Place
    ) -> tuple[float, float]:
        face_ = self.faces[name]
        side = (
            (beyond[0] > cell[0]) - (beyond[0] < cell[0]),
            (beyond[1] > cell[1]) - (beyond[1] < cell[1]),
        )
        middle = face_.x + face_.width / 2
        return (
            face_.edge(0, place - face_.middle, side) if piece.across else face_.edge(place - middle, 0, side)
        )

    # Drawing

    def _route(self, line: _Line, points: list[tuple[float, float]]) -> Route:
        theme, kind = self.theme, line.link.kind
        stroke = theme.muted if kind is LinkKind.OUT else theme.ink
        width = 1.2 if line.link.main else 0.9
        return Route(
            points=tuple(points), stroke=stroke, stroke_width=width, dash=(3.5, 2.2) if kind is LinkKind.BACK else (),
            name=f"{line.link.source} -> {line.link.target}",
        )  # fmt: skip

    def _label(self, group: Group, line: _Line, points: list[tuple[float, float]]) -> None:
        if not line.label.lines:
            return
        x, y = points[0]
        if line.sideways:
            anchor = "start" if line.side == EAST else "end"
            x += 4 if line.side == EAST else -4
            line.label.draw(group, x, y - 1.5 - line.label.height, anchor)
            line.small.draw(group, x, y + 1.5, anchor)
        elif line.side == SOUTH:
            line.small.draw(group, x + 4, line.label.draw(group, x + 4, y + 2))
        else:
            line.label.draw(group, x + 4, y - 2 - line.label.height - line.small.height)
            line.small.draw(group, x + 4, y - 2 - line.small.height)

    def _lane_titles(self) -> list[tuple[float, float, Stack]]:
        """Left, right and title of each lane."""
        spans = [
            (self._edge(a), self._edge(b + 1), lane.title)
            for lane, (_, a, b) in zip(self.figure.lanes, self.grid.lanes, strict=True)
        ]
        if self.grid.outcomes is not None:
            spans.append((self._edge(self.grid.outcomes), self._edge(self.grid.outcomes + 1), OTHER))
        if not spans:
            spans.append((self._edge(0), self._edge(1), NOT_DRAWN))
        return [
            (
                a,
                b,
                titled(t, self.lang, b - a - 12, self.theme.head_size, self.theme.ink, self.theme, small=7.5),
            )
            for a, b, t in spans
        ]

    def _edge(self, channel: int) -> float:
        """Where one lane ends and the next begins: beside the lines that run there."""
        if channel == 0:
            return self.xs[0]
        if channel == self.grid.columns:
            return self.xs[-1] + self.channel_width[-1]
        _, high = self._range(False, 2 * channel)
        busy = (False, 2 * channel) in self.pieces
        return self.centres[channel] + (high * TRACK + GUTTER / 2 if busy else 0)

    def _backdrop(
        self, scene: Scene, lanes: list[tuple[float, float, Stack]], top: float, head: float, bottom: float
    ) -> None:
        theme = self.theme
        group = scene.group("lanes")
        left, right = MARGIN, lanes[-1][1]
        group.shapes.append(Box(x=left, y=top, width=right - left, height=head, fill=theme.head))
        for i, (a, b, _) in enumerate(lanes):
            if i % 2 == 0:
                group.shapes.append(
                    Box(x=a, y=top + head, width=b - a, height=bottom - top - head, fill=theme.zebra)
                )
        for a, b, stack in lanes:
            group.shapes.append(Box(x=a, y=top, width=0.7, height=bottom - top, fill=theme.rule))
            stack.draw(group, (a + b) / 2, top + (head - stack.height) / 2, "middle", (a + 2, b - 2))
        for number, (band, (begin, end)) in enumerate(
            zip(self.figure.bands, self.grid.bands, strict=True), 1
        ):
            shapes = scene.group(f"stage-{band.id}", spoken(band.title, self.lang))
            y, below = self._boundary(begin), self._boundary(end + 1)
            shapes.shapes.append(Box(x=left, y=y, width=right - left, height=0.7, fill=theme.rule))
            shapes.shapes.append(Box(x=left, y=y, width=3, height=below - y, fill=theme.dark))
            self._band(shapes, number, band.title, y)
        if self.grid.bands:
            y = self._boundary(self.grid.bands[-1][1] + 1)
            group.shapes.append(Box(x=left, y=y, width=right - left, height=0.7, fill=theme.rule))
        group.shapes.append(
            Box(x=left, y=top, width=right - left, height=bottom - top, stroke="#8D959C", stroke_width=0.9)
        )

    def _boundary(self, row: int) -> float:
        if row >= self.grid.rows:
            return self.channel_y[-1] + self.channel_height[-1]
        busy = (True, 2 * row) in self.pieces
        label = self.label_height[row]
        return self.channel_y[row] + (
            label + STUB / 2 if busy else max(label + 2, self.channel_height[row] / 2)
        )

    def _band(self, group: Group, number: int, title: Text, y: float) -> None:
        theme = self.theme
        disc = Box(x=MARGIN + 10, y=y + 9, width=15, height=15, radius=7.5, fill=theme.dark)
        group.shapes.append(disc)
        lines(str(number), 15, 8.5, "#FFFFFF", BOLD).draw(group, disc.x + 7.5, y + 11, "middle")
        room = (MARGIN + 10, MARGIN + BAND_WIDTH - 4)
        stack = titled(title, self.lang, room[1] - room[0], 9.5, theme.ink, theme)
        stack.draw(group, room[0], y + 28, room=room)

    def _legend(self) -> list[tuple[Text, Callable[[Group, float, float], None]]]:
        theme = self.theme
        cards = self.grid.cards.values()
        shown: Iterable[tuple[str, bool]] = (
            ("pill", True),
            ("card", any(isinstance(c, Card) for c in cards)),
            ("call", any(isinstance(c, Card) and c.shape == "call" for c in cards)),
            ("decision", any(isinstance(c, Decision) for c in cards)),
            ("fork", any(isinstance(c, Fork) for c in cards)),
            ("back", any(k.kind is LinkKind.BACK for k in self.grid.links)),
            ("chip", any(isinstance(c, Card) and c.chips for c in cards)),
        )

        def sample(kind: str) -> Callable[[Group, float, float], None]:
            def draw(group: Group, x: float, y: float) -> None:
                ink = {"stroke": theme.ink, "stroke_width": 1.1}
                match kind:
                    case "pill":
                        group.shapes.append(
                            Box(x=x, y=y, width=28, height=13, radius=6.5, fill=theme.paper, **ink)
                        )
                    case "card" | "call":
                        group.shapes.append(
                            Box(x=x, y=y, width=28, height=13, radius=4, fill=theme.paper, **ink)
                        )
                        if kind == "call":
                            inner = Box(
                                x=x + 2,
                                y=y + 2,
                                width=24,
                                height=9,
                                radius=2.5,
                                stroke=theme.ink,
                                stroke_width=0.6,
                            )
                            group.shapes.append(inner)
                    case "decision":
                        group.shapes.append(
                            Diamond(x=x, y=y - 1, width=28, height=15, fill=theme.decision, **ink)
                        )
                    case "fork":
                        group.shapes.append(Box(x=x, y=y + 4, width=28, height=BAR_SAMPLE, fill=theme.ink))
                    case "back":
                        points = ((x, y + 6.5), (x + 28, y + 6.5))
                        group.shapes.append(
                            Route(points=points, stroke=theme.ink, stroke_width=0.9, dash=(3.5, 2.2))
                        )
                    case _:
                        group.shapes.append(Box(x=x, y=y, width=28, height=13, radius=5, fill=theme.chip))

            return draw

        return [(LEGEND[kind], sample(kind)) for kind, wanted in shown if wanted]

    def _description(self) -> str:
        """The steps in words, stage by stage, for those who do not see the figure."""
        lanes = {lane.id: lane.title for lane in self.figure.lanes}
        told: list[str] = []
        for band, (begin, end) in zip(self.figure.bands, self.grid.bands, strict=True):
            cards = [
                (s.row, n, c)
                for n, c in self.grid.cards.items()
                if isinstance(c, Card) and begin <= (s := self.grid.spots[n]).row <= end
            ]
            steps = "；".join(
                f"{spoken(c.title, self.lang)}（{spoken(lanes[c.lane], self.lang)}）"
                for _, _, c in sorted(cards, key=lambda t: t[0])
            )
            told.append(f"{spoken(band.title, self.lang)}：{steps}")
        return "。".join(told)


BAR_SAMPLE = 5.0
