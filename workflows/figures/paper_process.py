"""A process on paper: units of its stages flow over sheets; a block too large for one becomes a card there,
and its branches stand on sheets of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from jianban.workflows.figures.errors import TooLarge
from jianban.workflows.figures.model import (
    Band,
    Fork,
    ProcessFigure,
)
from jianban.workflows.figures.scene import Scene
from jianban.workflows.figures.sheet_plan import PAGE_OF, Lay, Planner, Size, Sizes, fits
from jianban.workflows.figures.sheets import Pages, Sheet, inside
from jianban.workflows.figures.strips import OverviewFigure, Stop
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

ALONE = 3
"""More sheets than these begin with an overview of the stages."""
MIXED = 1.1
"""Sheets turned both ways must save this much."""
ZOOMS = (2.0, 1.8, 1.6, 1.5, 1.4, 1.3, 1.2, 1.15, 1.1, 1.05)
"""How much larger than designed a process may be drawn where the paper has room, all its sheets alike."""
ON_PAGES = Text("第 {pages} 页", "page {pages}")
TOO_LARGE = Text(
    "有一个步骤的文字过长，一页放不下。请缩短其名称，或选用更大的纸张",
    "One step has more words than a page holds. Shorten its title, or choose larger paper",
)


def process_pages(
    figure: ProcessFigure, papers: Sequence[Size], lay: Lay, least: Callable[[ProcessFigure], Size]
) -> list[tuple[Scene, Size]]:
    """The process on as few sheets as it takes, each with its size: all turned one way, unless fewer do when
    some are turned the other, and drawn close only where that saves one.

    Raises:
        TooLarge: one step alone is larger than a sheet.
    """
    if not any(band.blocks for band in figure.bands):
        return [(lay(figure), papers[0])]
    sizes = Sizes(lay, least)
    ways = [[paper] for paper in papers] + ([list(papers)] if len(papers) > 1 else [])

    def plans(figure: ProcessFigure) -> list[list[Sheet]]:
        return [plan for way in ways if (plan := _plan(figure, way, sizes)) is not None]

    found = plans(figure)
    few = min(map(len, found), default=ALONE)
    # Of many sheets only the way is tried that suits their shape.
    slides = all(wide > high for wide, high in papers)
    if few > 1 and (few <= ALONE or slides):
        found += plans(replace(figure, low=True))
    if few > 1 and (few <= ALONE or not slides):
        found += plans(replace(figure, low=True, narrow=True))
    if not found:
        raise TooLarge(TOO_LARGE)
    plan = min(found, key=lambda plan: _cost(plan, sizes))
    figure = plan[0].series.figure
    zoom = next((z for z in ZOOMS if all(sizes.fits(sheet, z) for sheet in plan)), 1.0)
    cover: list[tuple[Scene, Size]] = []
    if not plan[0].heading:
        turned = [s.size for s in plan]
        paper = max(papers, key=turned.count)
        cover = _cover(figure, plan, paper, zoom, lay)
        larger = (_cover(figure, plan, paper, z, lay) for z in ZOOMS if z > zoom)
        cover = next((c for c in larger if len(c) == len(cover)), cover)
    return cover + _drawn(plan, len(cover), zoom, lay)


def _cost(plan: Sequence[Sheet], sizes: Sizes) -> tuple[float, ...]:
    """Of plans on equally many pages the best has the fewest cards that stand for others and fills its
    sheets."""
    waste = 0.0
    for sheet in plan:
        filled = [need / have for need, have in zip(sizes.bound(sheet), sheet.size, strict=True)]
        waste += max(filled) / min(filled)
    pages = len(plan) + (not plan[0].heading)
    if len({s.size for s in plan}) > 1:
        pages *= MIXED
    figure = plan[0].series.figure
    return pages, figure.low + figure.narrow, len(plan[0].series.folds), waste


def _plan(figure: ProcessFigure, papers: Sequence[Size], sizes: Sizes) -> list[Sheet] | None:
    """With everything on few sheets where that is possible, else with an overview before them."""
    bare = Planner(figure, papers, sizes, whole=False).plan()
    if bare is None or len(bare) > ALONE:
        return bare
    whole = Planner(figure, papers, sizes, whole=True).plan()
    return whole if whole is not None and len(whole) <= max(ALONE, len(bare)) else bare


def _drawn(plan: Sequence[Sheet], before: int, zoom: float, lay: Lay) -> list[tuple[Scene, Size]]:
    pages = _pages(plan, before)
    total = before + len(plan)
    scenes: list[tuple[Scene, Size]] = []
    for page, sheet in enumerate(plan, before + 1):
        figure = sheet.figure(pages)
        title = PAGE_OF.format(title=figure.title, page=page, pages=total) if total > 1 else figure.title
        room = (sheet.size[0] / zoom, sheet.size[1] / zoom)
        scenes.append((lay(replace(figure, title=title, room=room)), sheet.size))
    return scenes


def _pages(plan: Sequence[Sheet], before: int) -> Pages:
    homes: dict[str, int] = {}
    cards: dict[str, int] = {}
    details: dict[str, tuple[int, int]] = {}
    for page, sheet in enumerate(plan, before + 1):
        own = sheet.series.fold
        if own:
            begin, _ = details.get(own.card.id, (page, page))
            details[own.card.id] = begin, page
        for name, shown in sheet.here.items():
            if shown != name:
                continue
            if name in sheet.series.folds and not (own and own.card.id == name):
                cards.setdefault(name, page)
            else:
                homes.setdefault(name, page)
    return Pages(homes, cards, details)


def _cover(
    figure: ProcessFigure, plan: Sequence[Sheet], paper: Size, zoom: float, lay: Lay
) -> list[tuple[Scene, Size]]:
    """The stages, and on which pages they are; where they flow over several, as few as it takes."""
    room = (paper[0] / zoom, paper[1] / zoom)
    count = 1
    while True:
        on: dict[str, list[int]] = {}
        for page, sheet in enumerate(plan, count + 1):
            for band, _ in sheet.units:
                on.setdefault(band.id, []).append(page)
        stops = tuple(_stop(figure, band, on.get(band.id, [])) for band in figure.bands)
        scenes = _covers(figure, stops, len(plan), room, lay)
        if len(scenes) <= count:
            return [(scene, paper) for scene in scenes]
        count = len(scenes)


def _covers(figure: ProcessFigure, stops: Sequence[Stop], rest: int, room: Size, lay: Lay) -> list[Scene]:
    def made(begin: int, end: int, page: int, total: int) -> OverviewFigure:
        last = end == len(stops)
        said = (*((figure.summary,) if figure.summary else ()), *figure.notes)
        return OverviewFigure(
            title=PAGE_OF.format(title=figure.title, page=page, pages=total),
            lang=figure.lang,
            indicators=figure.indicators if begin == 0 else (),
            stops=tuple(stops[begin:end]),
            end=next((e.title for e in figure.ends if e.success), None) if last else None,
            notes=said if last else (),
            room=room[0],
        )

    def fitting(begin: int, end: int) -> bool:
        scene = lay(made(begin, end, 88, 88))
        return fits((scene.width, scene.height), room)

    cuts = [0]
    while cuts[-1] < len(stops):
        begin = cuts[-1]
        ends = range(len(stops), begin + 1, -1)
        cuts.append(next((e for e in ends if fitting(begin, e)), begin + 1))
    total = len(cuts) - 1 + rest
    return [lay(made(a, b, page, total)) for page, (a, b) in enumerate(pairwise(cuts), 1)]


def _stop(figure: ProcessFigure, band: Band, pages: Sequence[int]) -> Stop:
    blocks = list(inside(band.blocks))
    lanes = {b.lane for b in blocks if not isinstance(b, Fork)}
    on = f"{pages[0]}–{pages[-1]}" if len(set(pages)) > 1 else str(pages[0])
    return Stop(
        id=band.id,
        number=band.number,
        title=band.title,
        who=joined([lane.title for lane in figure.lanes if lane.id in lanes]),
        time=None,
        chips=(*band.chips, ON_PAGES.format(pages=on)),
    )
