"""Where the stages of an overview stand; what it has in common with a service guide."""

from __future__ import annotations

from collections.abc import Sequence

from jianban.workflows.figures.guide import GuideFigure
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Route, Scene
from jianban.workflows.figures.strips import OverviewFigure, Stop
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, lines, spoken, titled
from jianban.workflows.texts import Text

SLIDE = 796.0
"""The width of an overview's drawing."""
ARROW = 22.0
STAGE = (SLIDE - 4 * ARROW) / 5
"""The least width of a stage: five stand side by side on a slide."""
LEAST_PARTS = 2
"""A stage is no wider than half of the drawing."""
PAD = 11.0
DISC = 24.0
BESIDE = 7.0
"""Between the number of a stage and its title."""


def lay_overview(figure: OverviewFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    lang = figure.lang
    told = [
        "，".join([spoken(t, lang) for t in (s.title, s.who, *([s.time] if s.time else ()))])
        for s in figure.stops
    ]
    width = figure.room - 2 * MARGIN if figure.room else SLIDE
    page = strip_page(figure, None, width, told, theme)
    count = min(int((width + ARROW) / (STAGE + ARROW)), max(1, len(figure.stops)))
    rows = -(-len(figure.stops) // count)
    count = -(-len(figure.stops) // rows) if rows else count
    parts = max(count, LEAST_PARTS)
    wide = (width - ARROW * (parts - 1)) / parts
    lines_ = page.scene.group("page-lines")
    all_faces = [_Stage(s, lang, theme, wide) for s in figure.stops]
    if not all(f.beside for f in all_faces):
        for face in all_faces:
            face.heighten()
    page.y += 4
    for i in range(0, len(figure.stops), count):
        row = figure.stops[i : i + count]
        faces = all_faces[i : i + count]
        high, chips = max(f.height for f in faces), max(f.chips.height for f in faces)
        for k, face in enumerate(faces):
            left = MARGIN + k * (wide + ARROW)
            face.draw(
                page.scene.group(f"stage-{face.stop.id}", spoken(face.stop.title, lang)),
                left,
                page.y,
                high,
                chips,
            )
            if k:
                middle = page.y + high / 2
                lines_.shapes.append(arrow(((left - ARROW, middle), (left, middle)), theme))
        end = MARGIN + len(row) * (wide + ARROW) - ARROW - wide / 2
        page.y += high
        if i + count < len(figure.stops):
            start = MARGIN + wide / 2
            points = ((end, page.y), (end, page.y + 13), (start, page.y + 13), (start, page.y + 28))
            lines_.shapes.append(arrow(points, theme))
            page.y += 28
        elif figure.end:
            said = titled(
                figure.end, lang, 300, 9, theme.on_dark, theme, muted=theme.on_dark_muted, inline=True
            )
            half = said.width / 2 + 18
            right = end + wide / 2
            if right + ARROW + 2 * half <= MARGIN + width:
                middle = page.y - high / 2
                lines_.shapes.append(arrow(((right, middle), (right + ARROW, middle)), theme))
                pill(page, "end", said, right + ARROW, middle - pill_height(said) / 2, theme)
            else:
                lines_.shapes.append(arrow(((end, page.y), (end, page.y + 20)), theme))
                left = min(max(end - half, MARGIN), MARGIN + width - 2 * half)
                page.y = pill(page, "end", said, left, page.y + 20, theme)
    page.y += 12
    page.notes(figure.notes)
    return page.close()


def strip_page(
    figure: OverviewFigure | GuideFigure,
    summary: Text | None,
    width: float,
    told: Sequence[str],
    theme: Theme,
) -> Page:
    lang = figure.lang
    scene = Scene(
        2 * MARGIN + width,
        0,
        spoken(figure.title, lang),
        [("", told)],
        "en" if lang == "en" else "zh-CN",
        theme.paper,
    )
    page = Page(scene, lang, theme)
    page.header(figure.title, summary, figure.in_force)
    page.indicators(figure.indicators)
    return page


def arrow(points: tuple[tuple[float, float], ...], theme: Theme) -> Route:
    return Route(points=points, stroke=theme.ink, stroke_width=1.3, name="on")


def pill_height(text: Stack) -> float:
    return text.height + 10


def pill(page: Page, name: str, text: Stack, x: float, y: float, theme: Theme) -> float:
    """An end; returns the y below."""
    group = page.scene.group(name)
    wide, high = text.width + 36, pill_height(text)
    group.shapes.append(
        Box(
            x=x,
            y=y,
            width=wide,
            height=high,
            radius=high / 2,
            fill=theme.dark,
            stroke=theme.ink,
            stroke_width=1.3,
            solid=True,
        )
    )
    text.draw(group, x + wide / 2, y + 5, "middle", (x, x + wide))
    return y + high


class _Stage:
    def __init__(self, stop: Stop, lang: FigureLang, theme: Theme, width: float) -> None:
        self.stop, self.theme, self.width = stop, theme, width
        inner = width - 2 * PAD
        self.title = titled(stop.title, lang, inner - DISC - BESIDE, 13, theme.ink, theme, small=8.5)
        self.who: Stack = titled(stop.who, lang, inner, 8.5, theme.muted, theme, weight=REGULAR)
        self.chips: Chips = chip_rows(stop.chips, lang, inner, theme)
        self.time = Stack()
        if stop.time:
            self.time += titled(stop.time, lang, inner, 11, theme.good, theme, small=6.8)
        self.head = max(DISC, self.title.height)
        self.height = 2 * PAD + self.head + 5 + self.who.height + 6
        self.height += self.chips.height + 3
        taken = DISC + BESIDE + self.title.width + 8
        self.beside = taken + self.time.width <= inner

    def heighten(self) -> None:
        """Make room for the time above the chips."""
        self.beside = False
        self.height += self.time.height + 4 if self.stop.time else 0

    def draw(self, group: Group, x: float, y: float, height: float, chips: float) -> None:
        """At the size of the others in its row; times and chips stand level with theirs."""
        theme = self.theme
        group.shapes.append(
            Box(
                x=x,
                y=y,
                width=self.width,
                height=height,
                radius=8,
                fill=theme.paper,
                stroke=theme.ink,
                stroke_width=1.2,
                solid=True,
            )
        )
        disc(group, x + PAD, y + PAD, str(self.stop.number), theme)
        room = (x + PAD - 1, x + self.width - PAD + 1)
        # A short title stands level with the number.
        top = y + PAD + max(0.0, DISC - self.title.height) / 2
        self.title.draw(group, x + PAD + DISC + BESIDE, top, room=room)
        self.who.draw(group, x + PAD, y + PAD + self.head + 5, room=room)
        top = y + height - PAD - chips
        if self.beside:
            self.time.draw(group, x + self.width - PAD, y + PAD + 4, "end", room)
        else:
            self.time.draw(group, x + PAD, top - self.time.height - 4, room=room)
        self.chips.draw(group, x + PAD, top, self.width - 2 * PAD, theme.chip, theme.chip_edge)


def disc(group: Group, x: float, y: float, said: str, theme: Theme) -> Box:
    disc = Box(x=x, y=y, width=DISC, height=DISC, radius=DISC / 2, fill=theme.good)
    group.shapes.append(disc)
    number = lines(said, DISC, 12, theme.on(theme.good), BOLD)
    number.draw(group, x + DISC / 2, y + (DISC - number.height) / 2, "middle")
    return disc
