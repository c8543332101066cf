"""Where several drawings of one process stand on a page: below one another, in columns side by side, with one
title above all and one legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from jianban.workflows.figures.layout_process import process_layout, process_legend
from jianban.workflows.figures.metrics import BOLD
from jianban.workflows.figures.model import ProcessFigure
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Diamond, Route, Scene, ShapeOf, Words
from jianban.workflows.figures.sheets import PanelsFigure
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import lines, spoken, titled

BETWEEN = 20.0
"""Between two drawings, beside or below one another."""
DISC = 16.0
"""Of the letter of a drawing."""
BESIDE = 8.0
"""Between it and the title."""
HEAD = 24.0
"""A drawing's letter and title, in one line, with the room below."""


def column_width(wide: float, columns: int) -> float:
    """The width of paper on which a drawing is as wide as in one of the columns of a page so wide."""
    return (wide - 2 * MARGIN - (columns - 1) * BETWEEN) / columns + 2 * MARGIN


def lay_panels(figure: PanelsFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    wide = column_width(figure.room[0], max(len(figure.columns), 1))
    columns = [
        [_Panel(letter, f, wide, theme) for letter, f in zip(letters, column, strict=True)]
        for letters, column in zip(figure.letters, figure.columns, strict=True)
    ]
    scene = _scene(figure, columns, theme)
    spare = figure.room[1] - scene.height
    if spare <= 0:
        return scene
    tallest = max((_height(column) for column in columns), default=0.0)
    for column in columns:
        rows = sum(panel.layout.grid.rows for panel in column)
        for panel in column:
            part = panel.layout.grid.rows / rows
            panel.layout.lengths.loosen((tallest + spare - _height(column)) * part)
    return _scene(figure, columns, theme)


def _scene(figure: PanelsFigure, columns: Sequence[Sequence[_Panel]], theme: Theme) -> Scene:
    panels = list(chain.from_iterable(columns))
    widths = [max(panel.layout.width for panel in column) - 2 * MARGIN for column in columns]
    scene = Scene(
        max(figure.room[0], 2 * MARGIN + sum(widths) + BETWEEN * (len(widths) - 1)),
        0,
        spoken(figure.title, figure.lang),
        [part for panel in panels for part in panel.layout.outline()],
        "en" if figure.lang == "en" else "zh-CN",
        theme.paper,
    )
    page = Page(scene, figure.lang, theme)
    page.header(figure.title, figure.summary, figure.in_force)
    page.indicators(figure.indicators)
    top = low = page.y
    left = 0.0
    for column, wide in zip(columns, widths, strict=True):
        page.y = top
        for panel in column:
            page.y += panel.draw(scene, left, page.y) + BETWEEN
        low = max(low, page.y - BETWEEN)
        left += wide + BETWEEN
    page.y = low + 12
    page.legend(process_legend([panel.layout.grid for panel in panels], theme))
    page.notes(figure.notes)
    return page.close()


def _height(column: Sequence[_Panel]) -> float:
    return sum(panel.height for panel in column) + BETWEEN * (len(column) - 1)


class _Panel:
    def __init__(self, letter: str, figure: ProcessFigure, wide: float, theme: Theme) -> None:
        self.letter, self.figure, self.theme = letter, figure, theme
        self.layout = process_layout(replace(figure, room=(wide, 0)), theme)
        room = self.layout.width - 2 * MARGIN - DISC - BESIDE
        self.title = titled(figure.title, figure.lang, room, 10.5, theme.ink, theme, small=7.5, inline=True)
        self.head = max(HEAD, self.title.height + HEAD - DISC)

    @property
    def height(self) -> float:
        return self.head + self.layout.height()

    def draw(self, scene: Scene, left: float, top: float) -> float:
        """Below `top`, `left` right of where it stands alone; returns its height."""
        own = Scene(self.layout.width, 0, "", [], "")
        self._title(own)
        page = Page(own, self.figure.lang, self.theme, y=self.head)
        self.layout.body(page)
        taken = {group.id for group in scene.groups}
        for group in own.groups:
            name = group.id if group.id not in taken else f"{group.id}-{self.letter}"
            scene.group(name, group.title).shapes.extend(_moved(s, left, top) for s in group.shapes)
        return self.height

    def _title(self, own: Scene) -> None:
        group = own.group(f"panel-{self.letter}")
        disc = Box(x=MARGIN, y=1, width=DISC, height=DISC, radius=4, fill=self.theme.dark)
        group.shapes.append(disc)
        letter = lines(self.letter, DISC, 10, self.theme.on_dark, BOLD)
        letter.draw(group, MARGIN + DISC / 2, 1 + (DISC - letter.height) / 2, "middle")
        left = MARGIN + DISC + BESIDE
        top = 1 + max(0.0, DISC - self.title.height) / 2
        self.title.draw(group, left, top, room=(left, self.layout.width - MARGIN))


def _moved(shape: ShapeOf, dx: float, dy: float) -> ShapeOf:
    match shape:
        case Route():
            return replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))
        case Words():
            room = shape.room and (shape.room[0] + dx, shape.room[1] + dx)
            return replace(shape, x=shape.x + dx, baseline=shape.baseline + dy, room=room)
        case Box() | Diamond():
            return replace(shape, x=shape.x + dx, y=shape.y + dy)
