"""Figures on paper: the orientation is chosen and long figures flow over pages, so that type never gets
smaller than it is designed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

from jianban.workflows.figures.chart_pages import (
    Parts,
    guide_parts,
    indicators_parts,
    overview_parts,
    paged_shapes,
    parallel_parts,
    services_parts,
    shapes,
)
from jianban.workflows.figures.comparison_model import ComparisonFigure
from jianban.workflows.figures.errors import FigureError
from jianban.workflows.figures.guide import GuideFigure
from jianban.workflows.figures.model import IndicatorsFigure, ParallelFigure, ProcessFigure
from jianban.workflows.figures.page import STRIP
from jianban.workflows.figures.paper_comparison import comparison_pages, groups
from jianban.workflows.figures.paper_process import process_pages
from jianban.workflows.figures.scene import Scene
from jianban.workflows.figures.services import ServicesFigure
from jianban.workflows.figures.strips import OverviewFigure
from jianban.workflows.texts import Text

PAPERS: Mapping[str, tuple[float, float]] = {
    "A4": (595.28, 841.89),
    "A3": (841.89, 1190.55),
    "A1": (1683.78, 2383.94),
    "16:9": (960.0, 540.0),
    "Word": (1560.0, 1552.0),
}
"""Width and height in points, ISO 216 upright; a slide of 16:9 is not turned. The largest page of Word serves
figures that no page of it would hold in one piece."""
LEAST_SCALE = 0.985
"""Type is designed at its smallest; rounding alone may shrink it."""
FILLED = tuple(part / 20 for part in range(10, 20))
"""How far pages that are filled alike may be filled."""
EMPTY = 0.45
"""A page less full than this is worse than a piece that does not stand with what it follows."""
PAGE_OF = Text("{title}（{page}/{pages}）", "{title} ({page}/{pages})")
TOO_LARGE = Text(
    "此图在 {paper} 上须缩小至 {percent}%，字号将低于下限。请用 {larger}",
    "On {paper} this figure would shrink to {percent}%, with type below the minimum. Use {larger}",
)
NO_PAPER = Text("更大的纸张（不指定 --paper）", "its own size (no --paper)")
Lay: TypeAlias = Callable[[Any], Scene]
Size: TypeAlias = tuple[float, float]


def pages_of(
    figure: Any, paper: str, lay: Lay, least: Callable[[ProcessFigure], tuple[float, float]]
) -> tuple[Scene, ...]:
    """The figure on one or more sheets; `least` says what a process needs at least.

    Raises:
        FigureError: what can't be parted is too large for the paper.
    """
    if isinstance(figure, ProcessFigure):
        return tuple(
            replace(scene, height=max(scene.height, scene.width * high / wide), sheet=(wide, high))
            for scene, (wide, high) in process_pages(figure, _sheets(paper), lay, least)
        )
    sheets = _sheets(paper)
    whole = max(map(lay, shapes(figure)), key=lambda scene: _best(figure, scene, sheets))
    if _scale(whole, sheets) >= LEAST_SCALE:
        return (_on(whole, sheets),)
    if isinstance(figure, ComparisonFigure):
        return _compared(figure, paper, lay)
    return _paged(figure, paper, lay, whole)


def _paged(figure: Any, paper: str, lay: Lay, refused: Scene) -> tuple[Scene, ...]:
    """A figure in parts, on as few pages as may be; `refused` is what it comes to in one piece."""
    plans: list[tuple[_Way, list[int]]] = []
    for shape, turned, larger in paged_shapes(figure, _sheets(paper)):
        for rank, parts in enumerate(_partings(shape)):
            way = _Way(parts, turned, lay, rank, larger)
            try:
                plans.append((way, way.cuts()))
                break
            except _TooLarge as error:
                refused = error.scene
    if not plans:
        raise _too_large(refused, paper)
    few, rank = min((len(cuts), way.rank) for way, cuts in plans)
    least = [(way, cuts) for way, cuts in plans if (len(cuts), way.rank) == (few, rank)]
    # Upright where that takes no more pages.
    alike = ((way, way.evened(cuts)) for way, cuts in least if way.sheets == least[0][0].sheets)
    way, cuts = max(alike, key=lambda plan: plan[0].worth(plan[1]))
    total = len(cuts) - 1
    laid = [
        lay(_numbered(way.parts.make(a, b), page, total)) for page, (a, b) in enumerate(pairwise(cuts), 1)
    ]
    # All are turned the same way where they can be.
    common = next((s for s in way.sheets if all(_fit(scene, s) >= LEAST_SCALE for scene in laid)), None)
    return tuple(_on(scene, [common] if common else way.sheets) for scene in laid)


class _TooLarge(Exception):
    """A part alone is larger than a sheet."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene


class _Way:
    """A figure of one shape in parts, drawn `larger` than designed; cuts are where pages begin and the last
    ends."""

    def __init__(self, parts: Parts, sheets: Sequence[Size], lay: Lay, rank: int, larger: float) -> None:
        self.parts, self.sheets, self.lay, self.larger = parts, sheets, lay, larger
        self.rank = rank
        """How many coarser partings have a part that fits no sheet."""
        self._laid: dict[tuple[int, int], Scene] = {}

    def cuts(self, filled: float = 1) -> list[int]:
        """When each page is filled as far as may be, at most up to a part of its height.

        Raises:
            _TooLarge: a part alone is larger than that.
        """
        cuts = [0]
        while cuts[-1] < self.parts.count:
            cuts.append(self._furthest(cuts[-1], filled))
        return cuts

    def evened(self, cuts: list[int]) -> list[int]:
        """The cuts, or as many by which pages are filled alike, rather than all but the last as far as may
        be, whatever is worth most."""
        if not self.parts.even:
            return cuts
        found = {tuple(cuts): None}
        for part in FILLED:
            with suppress(_TooLarge):
                even = self.cuts(part)
                if len(even) == len(cuts):
                    found[tuple(even)] = None
        return list(max(found, key=self.worth))

    def worth(self, cuts: Sequence[int]) -> tuple[float, ...]:
        """Most are cuts that leave no page rather empty, of these those that separate the fewest pieces from
        what they follow, then those that give the largest type, then those whose emptiest page is fullest."""
        laid = [self._scene(a, b) for a, b in pairwise(cuts)]
        emptiest = min(s.height / s.width / max(high / wide for wide, high in self.sheets) for s in laid)
        return min(emptiest, EMPTY), -sum(map(self.parts.follows, cuts)), self.larger, emptiest

    def _scene(self, begin: int, end: int) -> Scene:
        if (begin, end) not in self._laid:
            self._laid[begin, end] = self.lay(_numbered(self.parts.make(begin, end), 1, 1))
        return self._laid[begin, end]

    def _furthest(self, begin: int, filled: float) -> int:
        """How far the parts from `begin` on fit one sheet."""

        def fits(end: int) -> bool:
            scene = self._scene(begin, end)
            scale = _scale(replace(scene, height=scene.height / filled), self.sheets)
            return scale >= LEAST_SCALE * self.larger

        low, high = begin + 1, self.parts.count
        if not fits(low):
            raise _TooLarge(self._scene(begin, low))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(middle) else (low, middle - 1)
        return next((cut for cut in range(low, begin, -1) if self.parts.clean(cut)), low)


def _compared(figure: ComparisonFigure, paper: str, lay: Lay) -> tuple[Scene, ...]:
    """A comparison with as many variants side by side and on as few pages as the paper allows, upright and
    with air between the rows where that does not matter."""
    laid: list[tuple[int, list[ComparisonFigure], Size]] = []
    for sheet in _sheets(paper):
        least = groups(figure, sheet[0])
        laid.append((least, comparison_pages(figure, *sheet), sheet))
        if len(laid[-1][1]) > least:
            laid.append((least, comparison_pages(replace(figure, tight=True), *sheet), sheet))
    refused: list[Scene] = []
    for _, found, sheet in sorted(laid, key=lambda way: (way[0], len(way[1]))):
        total = len(found)
        scenes = [lay(_numbered(p, i, total) if total > 1 else p) for i, p in enumerate(found, 1)]
        large = [s for s in scenes if _fit(s, sheet) < LEAST_SCALE]
        if not large:
            return tuple(replace(s, height=max(s.height, sheet[1]), sheet=sheet) for s in scenes)
        refused += large
    raise _too_large(min(refused, key=lambda s: _scale(s, _sheets(paper))), paper)


def _too_large(scene: Scene, paper: str) -> FigureError:
    scale = _scale(scene, _sheets(paper))
    larger = next((p for p in ("A3", "A1") if _scale(scene, _sheets(p)) >= LEAST_SCALE), None)
    return FigureError(TOO_LARGE.format(paper=paper, percent=f"{100 * scale:.0f}", larger=larger or NO_PAPER))


def _sheets(paper: str) -> tuple[Size, ...]:
    wide, high = PAPERS[paper]
    return ((wide, high),) if wide > high else ((wide, high), (high, wide))


def _scale(scene: Scene, sheets: Sequence[Size]) -> float:
    return max(_fit(scene, sheet) for sheet in sheets)


def _best(figure: Any, scene: Scene, sheets: Sequence[Size]) -> tuple[bool, float]:
    """The larger the better; but the numbers of an overview stand in one row on paper wide enough for it."""
    scale = _scale(scene, sheets)
    rows = sum(g.id.startswith(STRIP) for g in scene.groups)
    return isinstance(figure, OverviewFigure) and scale >= LEAST_SCALE and rows < 2, scale


def _fit(scene: Scene, sheet: Size) -> float:
    wide, high = sheet
    return min(wide / scene.width, high / scene.height)


def _on(scene: Scene, sheets: Sequence[Size]) -> Scene:
    """Turned as it is largest, with what is left of the sheet below: the titles of all pages stand at one
    height."""
    wide, high = sheet = max(sheets, key=lambda sheet: _fit(scene, sheet))
    return replace(scene, height=max(scene.height, scene.width * high / wide), sheet=sheet)


def _numbered(figure: Any, page: int, pages: int) -> Any:
    return replace(figure, title=PAGE_OF.format(title=figure.title, page=page, pages=pages))


def _partings(figure: object) -> Iterator[Parts]:
    """How a figure may be parted, the best way first."""
    match figure:
        case GuideFigure():
            yield from guide_parts(figure)
        case OverviewFigure():
            yield overview_parts(figure)
        case ParallelFigure():
            yield from parallel_parts(figure)
        case IndicatorsFigure():
            yield from indicators_parts(figure)
        case ServicesFigure():
            yield services_parts(figure)
        case _:
            return
