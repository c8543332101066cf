"""How large the sheets of a process are, and how they stand on pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from string import ascii_lowercase
from typing import Any

from jianban.workflows.figures.layout_panels import BETWEEN, HEAD
from jianban.workflows.figures.model import ProcessFigure
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.scene import Box, Scene
from jianban.workflows.figures.sheets import Pages, Sheet, Spot
from jianban.workflows.texts import Text

PAGE_OF = Text("{title}（{page}/{pages}）", "{title} ({page}/{pages})")
LETTERS = (*ascii_lowercase, *map("".join, product(ascii_lowercase, repeat=2)))
"""By which the drawings on a page are known."""
FOOT = 38.0
"""What the legend of several drawings may take more than that of one, and the end of a column."""
Lay = Callable[[Any], Scene]
Size = tuple[float, float]


def fits(scene: Size, sheet: Size) -> bool:
    return scene[0] * LEAST_SCALE <= sheet[0] and scene[1] * LEAST_SCALE <= sheet[1]


LEAST_SCALE = 0.985
"""Type is designed at its smallest; rounding alone may shrink it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sheets in order, some below others; `across` of their columns stand on a page side by side."""

    sheets: tuple[Sheet, ...]
    paper: Size | None = None
    """Of the page, where it holds several columns."""
    across: int = 1
    heading: bool = False
    """The summary and the indicators stand above the columns of the first page, the notes below those of the
    last."""

    @property
    def pages(self) -> list[list[list[Sheet]]]:
        """Columns of each page, with the sheets of each."""
        columns: list[list[Sheet]] = []
        for sheet in self.sheets:
            if sheet.room is None:
                columns.append([])
            columns[-1].append(sheet)
        return [columns[i : i + self.across] for i in range(0, len(columns), self.across)]

    def placed(self, before: int) -> Plan:
        """The same after so many pages, with every sheet told where it stands."""
        sheets: list[Sheet] = []
        for page, columns in enumerate(self.pages, before + 1):
            own = [sheet for column in columns for sheet in column]
            letters = LETTERS if len(own) > 1 else ("",)
            sheets += (replace(s, spot=Spot(page, x)) for s, x in zip(own, letters, strict=False))
        return replace(self, sheets=tuple(sheets))

    @property
    def headed(self) -> bool:
        return self.heading or self.sheets[0].heading


class Sizes:
    """What fits on which paper; each figure is measured once."""

    def __init__(self, lay: Lay, least: Callable[[ProcessFigure], Size]) -> None:
        self.lay, self.least = lay, least
        self.leasts: dict[ProcessFigure, Size] = {}
        self.wholes: dict[ProcessFigure, tuple[Size, float]] = {}

    def bound(self, sheet: Sheet) -> Size:
        """What it needs at least."""
        figure = replace(sheet, heading=False, last=False).figure(Pages())
        if figure not in self.leasts:
            self.leasts[figure] = self.least(figure)
        return self.leasts[figure]

    def fits(self, sheet: Sheet, zoom: float = 1) -> bool:
        """Whether it fits its paper, `zoom` times as large as designed, or what is free of its column."""
        wide, high = self.bound(sheet)
        if sheet.room is not None:
            free = (sheet.size[0], sheet.room - HEAD - BETWEEN)
            if not fits((wide, high - 2 * MARGIN), free):
                return False
            (wide, _), body = self.whole(sheet)
            return fits((wide, body), free)
        paper = (sheet.size[0] / zoom, sheet.size[1] / zoom)
        return fits((wide, high), paper) and fits(self.whole(sheet, zoom)[0], paper)

    def whole(self, sheet: Sheet, zoom: float = 1) -> tuple[Size, float]:
        """The size it takes on its paper, and the height of its lanes."""
        figure = sheet.figure(Pages())
        title = PAGE_OF.format(title=figure.title, page=88, pages=88)
        figure = replace(figure, title=title, room=(sheet.size[0] / zoom, 0))
        if figure not in self.wholes:
            scene = self.lay(figure)
            lanes = next(g for g in scene.groups if g.id == "page-lanes")
            boxes = [b for b in lanes.shapes if isinstance(b, Box)]
            body = max(b.y + b.height for b in boxes) - min(b.y for b in boxes)
            self.wholes[figure] = (scene.width, scene.height), body
        return self.wholes[figure]
