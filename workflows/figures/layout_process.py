"""Where everything in a process figure stands: lengths for the grid, lines on their tracks, labels beside
their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from jianban.workflows.figures.density import density
from jianban.workflows.figures.faces import Face, face
from jianban.workflows.figures.grid import Grid, grid
from jianban.workflows.figures.lengths import HEAD, Lengths
from jianban.workflows.figures.lines import Line, Lines
from jianban.workflows.figures.metrics import BOLD, text_width
from jianban.workflows.figures.model import (
    Card,
    Decision,
    FigureLang,
    Fork,
    LinkKind,
    Pill,
    ProcessFigure,
)
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.routing import EAST, SOUTH, Place
from jianban.workflows.figures.scene import Box, Diamond, Group, Outline, Route, Scene
from jianban.workflows.figures.tangles import untangled
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.tracks import Segment
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, first, lines, spoken, titled
from jianban.workflows.figures.words import facts
from jianban.workflows.texts import Text

WIDEST_BAND = 110.0
"""Up to which long words widen the titles of stages."""
NARROWEST = 420.0
"""A page, so that its title and numbers have room."""
DISC = 28.0
"""Room for the number above the title of a stage."""

LEGEND = {
    "pill": Text("起止", "Start/End"),
    "card": Text("步骤", "Step"),
    "call": Text("子流程", "Sub-process"),
    "decision": Text("判断", "Decision"),
    "fork": Text("并联/汇合", "Fork/Join"),
    "back": Text("退回、往返", "Back, or there and back"),
}


def lay_process(figure: ProcessFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    layout = process_layout(figure, theme)
    scene = layout.scene()
    spare = figure.room[1] - scene.height
    if spare <= 0:
        return scene
    layout.lengths.loosen(spare)
    return layout.scene()


def process_layout(figure: ProcessFigure, theme: Theme) -> ProcessLayout:
    """The figure measured, its lines found."""
    return ProcessLayout(figure, theme, *untangled(figure, theme))


def least_size(figure: ProcessFigure, theme: Theme = PRINT) -> tuple[float, float]:
    """Width and height that the figure has at least: without its lines, its title and its notes."""
    layout = ProcessLayout(figure, theme, grid(figure), Lines([], {}))
    return layout.width, 2 * MARGIN + layout.lengths.height


class ProcessLayout:
    def __init__(self, figure: ProcessFigure, theme: Theme, grid: Grid, lines: Lines) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        self.grid, self.lines = grid, lines
        self.close = close = density(figure)
        self.faces: dict[str, Face] = {}
        for name, spot in self.grid.spots.items():
            thing = self.grid.cards[name]
            width = (spot.last - spot.first + 1) * close.card - 12
            join = isinstance(thing, Fork) and name == thing.join
            self.faces[name] = face(thing, self.lang, theme, close, join=join, width=width)
        self.lengths = Lengths(self.grid, self.faces, self.lines, close)
        self.band_width = self._band_width()
        self.left = MARGIN + self.band_width
        spare = max(NARROWEST, figure.room[0]) - self.left - MARGIN - self.lengths.width
        self.lengths.card += max(0.0, spare) / (self.grid.columns - len(self.grid.pills))
        self.bands = self._band_labels()
        self.ends = {k.link.target: k for k in self.lines.all if k.link.kind is LinkKind.OUT}

    @property
    def width(self) -> float:
        """Of the page it needs."""
        return self.left + MARGIN + self.lengths.width

    def scene(self) -> Scene:
        title = spoken(self.figure.title, self.lang)
        scene = Scene(
            self.width,
            0,
            title,
            self.outline(),
            "en" if self.lang == "en" else "zh-CN",
            self.theme.paper,
        )
        page = Page(scene, self.lang, self.theme)
        page.header(self.figure.title, self.figure.summary, self.figure.in_force)
        page.indicators(self.figure.indicators)
        self.body(page)
        page.legend(process_legend([self.grid], self.theme))
        page.notes(self.figure.notes)
        return page.close()

    def body(self, page: Page) -> None:
        """The lanes and all in them, from where the page is filled to."""
        top = page.y
        lanes, head = self._head(top)
        self.lengths.place(self.left, top + head)
        bottom = self.lengths.bottom
        self._place()
        self._backdrop(page.scene, lanes, top, head, bottom)
        drawn = [(line, self._points(line)) for line in self.lines.all]
        for i, (line, points) in enumerate(drawn):
            group = page.scene.group(f"line-{i + 1}")
            group.shapes.append(self._route(line, points))
        for name, face_ in self.faces.items():
            face_.draw(page.scene.group(re.sub("[@:]", "-", name), face_.spoken(self.lang)), self.theme)
        labels = page.scene.group("line-labels")
        starts: dict[tuple[float, Place], list[float]] = {}
        for line, points in drawn:
            starts.setdefault((points[0][1], line.side), []).append(points[0][0])
        for line, points in drawn:
            self._label(labels, line, points, starts)
        page.y = bottom + 12

    def height(self) -> float:
        """Of the lanes and all in them."""
        return self._head(0)[1] + self.lengths.height

    def _head(self, top: float) -> tuple[list[tuple[float, float, Stack]], float]:
        """The titles of the lanes, and how high they are."""
        self.lengths.place(self.left, top)
        lanes = self._lane_titles()
        return lanes, max(s.height for _, _, s in lanes) + 10

    def _place(self) -> None:
        at = self.lengths
        for name, spot in self.grid.spots.items():
            face_ = self.faces[name]
            left, right = at.column_x[spot.first], at.column_x[spot.last] + at.column_width(spot.last)
            if isinstance(face_.thing, Fork):
                face_.x, face_.width = left + 6, right - left - 12
            else:
                face_.x = (left + right - face_.width) / 2
            middle = at.row_y[spot.row] + at.row_height[spot.row] / 2
            line = self.ends.get(name)
            if line is not None:
                # An end stands where the line to it runs, against the left of its column.
                if line.pieces[-1].across:
                    middle += line.pieces[-1].track / 2 * at.spacing[spot.row]
                face_.x = left
            face_.y = middle - face_.height / 2

    def _points(self, line: Line) -> list[tuple[float, float]]:
        places = [self.lengths.across(p) if p.across else self.lengths.down(p) for p in line.pieces]
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

    def _route(self, line: Line, points: list[tuple[float, float]]) -> Route:
        theme, kind = self.theme, line.link.kind
        end = self.grid.cards[line.link.target]
        success = isinstance(end, Pill) and end.success
        stroke = theme.muted if kind is LinkKind.OUT and not success else theme.ink
        width = 1.2 if line.link.main else 0.9
        return Route(
            points=tuple(points),
            stroke=stroke,
            stroke_width=width,
            dash=(3.5, 2.2) if kind is LinkKind.BACK else (),
            name=f"{line.link.source} -> {line.link.target}",
        )

    def _label(
        self,
        group: Group,
        line: Line,
        points: list[tuple[float, float]],
        starts: Mapping[tuple[float, Place], Sequence[float]],
    ) -> None:
        """`starts` are the x of all lines by the height and side where they leave."""
        if not line.label.lines:
            return
        x, y = points[0]
        if line.sideways:
            # Beside the tip, where a line leaves a diamond's slanted edge.
            source = self.faces[line.link.source]
            x = source.x + (source.width if line.side == EAST else 0)
            anchor = "start" if line.side == EAST else "end"
            x += 4 if line.side == EAST else -4
            if line.beside:
                words, end = line.label + line.small, self.faces[line.link.target]
                # On the line where there is room before its tip; else above the end as well.
                clear = 0 if x + words.width <= end.x - HEAD else end.height / 2
                words.draw(group, x, y - clear - 1.5 - words.height)
                return
            line.label.draw(group, x, y - 1.5 - line.label.height, anchor)
            line.small.draw(group, x, y + 1.5, anchor)
        elif line.side == SOUTH:
            # Left of its line where another one leaves on the right.
            crowded = any(0 < other - x < line.label_width + 6 for other in starts.get((y, SOUTH), ()))
            x, anchor = (x - 4, "end") if crowded else (x + 4, "start")
            line.small.draw(group, x, line.label.draw(group, x, y + 2, anchor), anchor)
        else:
            height = line.label.height + line.small.height
            # Halfway up where there is room: just above a card run the lines that come to it.
            top = min(y - 2 - height, (y + points[1][1] - height) / 2)
            line.small.draw(group, x + 4, line.label.draw(group, x + 4, top))

    def _lane_titles(self) -> list[tuple[float, float, Stack]]:
        """Left, right and title of each lane."""
        spans = [
            (self.lengths.between_columns(a), self.lengths.between_columns(b + 1), lane.title)
            for lane, (_, a, b) in zip(self.figure.lanes, self.grid.lanes, strict=True)
        ]
        return [
            (
                a,
                b,
                titled(t, self.lang, b - a - 12, self.theme.head_size, self.theme.ink, self.theme, small=7.5),
            )
            for a, b, t in spans
        ]

    def _backdrop(
        self, scene: Scene, lanes: list[tuple[float, float, Stack]], top: float, head: float, bottom: float
    ) -> None:
        theme = self.theme
        group = scene.group("page-lanes")
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
        for band, (begin, end), label in zip(self.figure.bands, self.grid.bands, self.bands, strict=True):
            shapes = scene.group(f"stage-{band.id}", spoken(band.title, self.lang))
            y, below = self.lengths.between_rows(begin), self.lengths.between_rows(end + 1)
            shapes.shapes.append(Box(x=left, y=y, width=right - left, height=0.7, fill=theme.rule))
            shapes.shapes.append(Box(x=left, y=y, width=3, height=below - y, fill=theme.dark))
            self._band(shapes, band.number, label, y)
        if self.grid.bands:
            y = self.lengths.between_rows(self.grid.bands[-1][1] + 1)
            group.shapes.append(Box(x=left, y=y, width=right - left, height=0.7, fill=theme.rule))
        group.shapes.append(
            Box(x=left, y=top, width=right - left, height=bottom - top, stroke=theme.frame, stroke_width=0.9)
        )

    def _band(self, group: Group, number: int, label: tuple[Stack, Chips], y: float) -> None:
        theme, left = self.theme, MARGIN + 10
        disc = Box(x=left, y=y + 9, width=15, height=15, radius=7.5, fill=theme.dark)
        group.shapes.append(disc)
        lines(str(number), 15, 8.5, theme.on_dark, BOLD).draw(group, disc.x + 7.5, y + 11, "middle")
        title, chips = label
        below = title.draw(group, left, y + DISC, room=(left, self.left - 4))
        chips.draw(group, left, below + 3, self.band_width - 14, theme.chip, theme.chip_edge)

    def _band_width(self) -> float:
        """Wide enough for the longest word, and the longest part of a limit."""
        wide = [self.close.band - 14]
        for band in self.figure.bands:
            for word in band.title.en.split() if self.lang != "zh" else ():
                stack = titled(Text("", word), self.lang, WIDEST_BAND, 9.5, self.theme.ink, self.theme)
                wide.append(stack.width)
            for part in (p for chip in band.chips for p in first(chip, self.lang).split()):
                wide.append(text_width(part, self.theme.chip_size) + 2 * Chips.PAD)
        return min(max(wide) + 14, WIDEST_BAND)

    def _band_labels(self) -> list[tuple[Stack, Chips]]:
        """Title and limit of each stage; its rows are made high enough for them."""
        labels: list[tuple[Stack, Chips]] = []
        for band, (begin, end) in zip(self.figure.bands, self.grid.bands, strict=True):
            title = titled(band.title, self.lang, self.band_width - 14, 9.5, self.theme.ink, self.theme)
            chips = chip_rows(band.chips, self.lang, self.band_width - 14, self.theme)
            labels.append((title, chips))
            self.lengths.raise_rows(begin, end, DISC + title.height + chips.height + 6)
        return labels

    def outline(self) -> Outline:
        """The steps in words, stage by stage."""
        lanes = {lane.id: lane.title for lane in self.figure.lanes}
        told: list[tuple[str, list[str]]] = []
        for band, (begin, end) in zip(self.figure.bands, self.grid.bands, strict=True):
            cards = [
                (s.row, c)
                for n, c in self.grid.cards.items()
                if isinstance(c, Card) and begin <= (s := self.grid.spots[n]).row <= end
            ]
            cards.sort(key=lambda t: t[0])
            steps = [self._said(c, lanes[c.lane]) for _, c in cards]
            told.append((f"{band.number} {spoken(band.title, self.lang)}", steps))
        return told

    def _said(self, card: Card, lane: Text) -> str:
        facts = "".join(f"，{first(chip, self.lang)}" for chip in card.chips)
        return f"{spoken(card.title, self.lang)}（{spoken(lane, self.lang)}）{facts}"


def process_legend(
    grids: Sequence[Grid], theme: Theme
) -> list[tuple[Text, Callable[[Group, float, float], None]]]:
    """Of what is drawn in these."""
    cards = [c for grid in grids for c in grid.cards.values()]
    shown: Iterable[tuple[str, bool]] = (
        ("pill", True),
        ("card", any(isinstance(c, Card) for c in cards)),
        ("call", any(isinstance(c, Card) and c.shape == "call" for c in cards)),
        ("decision", any(isinstance(c, Decision) for c in cards)),
        ("fork", any(isinstance(c, Fork) for c in cards)),
        ("back", any(k.kind is LinkKind.BACK for grid in grids for k in grid.links)),
    )
    told = facts(chip for c in cards if isinstance(c, Card) for chip in c.chips)

    def sample(kind: str) -> Callable[[Group, float, float], None]:
        def draw(group: Group, x: float, y: float) -> None:
            ink = {"stroke": theme.ink, "stroke_width": 1.1}
            match kind:
                case "pill":
                    group.shapes.append(
                        Box(x=x, y=y, width=28, height=13, radius=6.5, fill=theme.paper, **ink)
                    )
                case "card" | "call":
                    group.shapes.append(Box(x=x, y=y, width=28, height=13, radius=4, fill=theme.paper, **ink))
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
                    edge = {"stroke": theme.chip_edge, "stroke_width": 0.6}
                    group.shapes.append(Box(x=x, y=y, width=28, height=13, radius=5, fill=theme.chip, **edge))

        return draw

    entries = [(LEGEND[kind], sample(kind)) for kind, wanted in shown if wanted]
    return [*entries, (told, sample("chip"))] if told else entries


BAR_SAMPLE = 5.0
