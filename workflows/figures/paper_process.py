"""A process on paper: units of its stages flow over sheets; a block too large for one becomes a card there,
and its branches stand on sheets of their own, or where there is room below others and beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from jianban.workflows.figures.errors import TooLarge
from jianban.workflows.figures.layout_panels import HEAD, column_width
from jianban.workflows.figures.model import Band, Fork, ProcessFigure
from jianban.workflows.figures.scene import MOST_SCALE, Scene
from jianban.workflows.figures.sheet_plan import Planner
from jianban.workflows.figures.sheet_sizes import FOOT, PAGE_OF, Lay, Plan, Size, Sizes, fits
from jianban.workflows.figures.sheets import Pages, PanelsFigure, Sheet, Spot, inside, on_pages
from jianban.workflows.figures.strips import OverviewFigure, Stop
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

ALONE = 3
"""More sheets than these begin with an overview of the stages."""
MIXED = 1.05
"""Sheets turned both ways must save this much."""
FOLD = 0.5
"""How much of a page must be saved by a card that stands for others."""
COLUMNS = 2
"""Side by side on a slide, which is wider than what fits its height."""
ZOOMS = (MOST_SCALE, 1.4, 1.3, 1.2, 1.15, 1.1, 1.05, 1.0)
"""How much larger than designed a process may be drawn where the paper has room, all its sheets alike."""
PART_ON = Text("{part}：{pages}", "{part}: {pages}")
TOO_LARGE = Text(
    "有一个步骤的文字过长，一页放不下。请缩短其名称，或选用更大的纸张",
    "One step has more words than a page holds. Shorten its title, or choose larger paper",
)


def process_pages(
    figure: ProcessFigure, papers: Sequence[Size], lay: Lay, least: Callable[[ProcessFigure], Size]
) -> list[tuple[Scene, Size]]:
    """The process on as few pages as it takes, each with its size: all turned one way, unless fewer do when
    some are turned the other, and drawn close, or several drawings on a page, only where that saves one.

    Raises:
        TooLarge: one step alone is larger than a sheet.
    """
    if not any(band.blocks for band in figure.bands):
        return [(lay(figure), papers[0])]
    sizes = Sizes(lay, least)
    for stacked in (True, False):
        drawings = [_Drawing(plan, sizes) for plan in _plans(figure, papers, sizes, stacked=stacked)]
        for drawing in sorted(drawings, key=_Drawing.cost):
            pages = drawing.pages(papers)
            if pages:
                return pages
    raise TooLarge(TOO_LARGE)


def _plans(figure: ProcessFigure, papers: Sequence[Size], sizes: Sizes, *, stacked: bool) -> list[Plan]:
    ways = [[paper] for paper in papers] + ([list(papers)] if len(papers) > 1 else [])

    def plans(figure: ProcessFigure) -> Iterator[Plan]:
        for way in ways:
            plan = _plan(figure, way, sizes, stacked=stacked)
            if plan:
                yield plan

    found = list(plans(figure))
    few = min((len(plan.pages) for plan in found), default=ALONE)
    # Of many sheets only the way is tried that suits their shape.
    slides = all(wide > high for wide, high in papers)
    if few > 1 and (few <= ALONE or slides):
        found += plans(replace(figure, low=True))
    if few > 1 and (few <= ALONE or not slides):
        found += plans(replace(figure, low=True, narrow=True))
    if few > 1 and slides and stacked:
        found += _columns(replace(figure, low=True, narrow=True), papers[0], sizes)
    return found


def _plan(figure: ProcessFigure, papers: Sequence[Size], sizes: Sizes, *, stacked: bool) -> Plan | None:
    """With everything on few sheets where that is possible, else with an overview before them."""

    def planned(*, whole: bool) -> Plan | None:
        sheets = Planner(figure, papers, sizes, whole=whole, stacked=stacked).plan()
        return Plan(tuple(sheets)) if sheets else None

    bare = planned(whole=False)
    if bare is None or len(bare.pages) > ALONE:
        return bare
    whole = planned(whole=True)
    return whole if whole and len(whole.pages) <= max(ALONE, len(bare.pages)) else bare


def _columns(figure: ProcessFigure, paper: Size, sizes: Sizes) -> Iterator[Plan]:
    """In two columns on each page, with everything on few pages or with an overview before them."""
    width = column_width(paper[0], COLUMNS)
    for room in (_above(figure, paper, sizes), 0.0):
        size = (width, paper[1] - HEAD - FOOT - room)
        sheets = Planner(figure, [size], sizes, whole=False, stacked=True).plan()
        if sheets:
            plan = Plan(tuple(sheets), paper, COLUMNS, heading=room > 0)
            if room == 0 or len(plan.pages) <= ALONE:
                yield plan


def _above(figure: ProcessFigure, paper: Size, sizes: Sizes) -> float:
    """The height of the summary, the indicators and the notes of a page of columns."""
    page = PanelsFigure(
        title=figure.title,
        lang=figure.lang,
        room=(paper[0], 0),
        columns=(),
        letters=(),
        in_force=figure.in_force,
    )
    full = replace(page, summary=figure.summary, indicators=figure.indicators, notes=figure.notes)
    return sizes.lay(full).height - sizes.lay(page).height


class _Drawing:
    """A plan as pages, after those that tell the stages where it has such."""

    def __init__(self, plan: Plan, sizes: Sizes) -> None:
        self.plan, self.sizes, self.lay = plan, sizes, sizes.lay
        self.figure = plan.sheets[0].series.figure

    def cost(self) -> tuple[float, ...]:
        """Of plans on equally many pages the best has the fewest drawings, then the largest type where there
        is one page only, and fills its sheets."""
        sheets, pages = self.plan.sheets, len(self.plan.pages)
        waste = 0.0
        for sheet in sheets:
            filled = [need / have for need, have in zip(self.sizes.bound(sheet), sheet.size, strict=True)]
            waste += max(filled) / min(filled)
        count = pages + (not self.plan.headed)
        mixed = MIXED if len({s.size for s in sheets}) > 1 else 1
        folded = FOLD * len(sheets[0].series.folds)
        close = self.figure.low + self.figure.narrow
        zoom = self.zoom or 0.0 if pages == 1 else 0.0
        return count * mixed + folded, len(sheets) - pages, close, -zoom, waste

    @cached_property
    def zoom(self) -> float | None:
        """How much larger than designed it is drawn; None where the drawings on one page do not fit together
        after all."""
        return next((z for z in ZOOMS if all(self._fits(page, z) for page in self.plan.pages)), None)

    def pages(self, papers: Sequence[Size]) -> list[tuple[Scene, Size]]:
        """None where drawings on one page do not fit together after all."""
        plan, zoom = self.plan, self.zoom
        if zoom is None:
            return []
        cover: list[tuple[Scene, Size]] = []
        if not plan.headed:
            turned = [self._paper(page) for page in plan.pages]
            paper = max(papers, key=turned.count)
            cover = _cover(self.figure, plan, paper, zoom, self.lay)
            larger = (_cover(self.figure, plan, paper, z, self.lay) for z in ZOOMS if z > zoom)
            cover = next((c for c in larger if len(c) == len(cover)), cover)
        placed = plan.placed(len(cover))
        where = _where(placed)
        total = len(cover) + len(plan.pages)
        return cover + [self._drawn(page, where, total, zoom) for page in placed.pages]

    def _paper(self, page: Sequence[Sequence[Sheet]]) -> Size:
        return self.plan.paper or page[0][0].size

    def _several(self, page: Sequence[Sequence[Sheet]]) -> bool:
        return self.plan.heading or sum(map(len, page)) > 1

    def _fits(self, page: list[list[Sheet]], zoom: float) -> bool:
        paper = self._paper(page)
        if not self._several(page):
            return self.sizes.fits(replace(page[0][0], size=paper), zoom)
        scene, _ = self._drawn(page, Pages(), 88, zoom)
        return fits((scene.width, scene.height), (paper[0] / zoom, paper[1] / zoom))

    def _drawn(self, page: list[list[Sheet]], pages: Pages, total: int, zoom: float) -> tuple[Scene, Size]:
        paper = self._paper(page)
        first, last = page[0][0], page[-1][-1]
        ended = any(sheet.last for column in page for sheet in column)
        figure = replace(first, size=paper).figure(pages)
        if self._several(page):
            whole, sheets = self.figure, self.plan.sheets
            heading = first.heading or (self.plan.heading and first.units == sheets[0].units)
            noted = ended or (self.plan.heading and last.units == sheets[-1].units)
            figure = PanelsFigure(
                title=whole.title,
                lang=whole.lang,
                in_force=whole.in_force,
                columns=tuple(tuple(sheet.drawing(pages) for sheet in column) for column in page),
                letters=tuple(tuple(s.spot.letter if s.spot else "a" for s in column) for column in page),
                summary=whole.summary if heading else None,
                indicators=whole.indicators if heading else (),
                notes=whole.notes if noted else (),
            )
        if total > 1:
            number = first.spot.page if first.spot else total
            figure = replace(figure, title=PAGE_OF.format(title=figure.title, page=number, pages=total))
        return self.lay(replace(figure, room=(paper[0] / zoom, paper[1] / zoom))), paper


def _where(plan: Plan) -> Pages:
    homes: dict[str, Spot] = {}
    cards: dict[str, Spot] = {}
    details: dict[str, tuple[Spot, ...]] = {}
    for sheet in plan.sheets:
        assert sheet.spot
        own = sheet.series.fold
        if own:
            details[own.card.id] = (*details.get(own.card.id, ()), sheet.spot)
        for name, shown in sheet.here.items():
            if shown != name:
                continue
            if name in sheet.series.folds and not (own and own.card.id == name):
                cards.setdefault(name, sheet.spot)
            else:
                homes.setdefault(name, sheet.spot)
    return Pages(homes, cards, details)


def _cover(figure: ProcessFigure, plan: Plan, paper: Size, zoom: float, lay: Lay) -> list[tuple[Scene, Size]]:
    """The stages, and on which pages they are; where they flow over several, as few as it takes."""
    room = (paper[0] / zoom, paper[1] / zoom)
    count = 1
    while True:
        placed = plan.placed(count)
        stops = tuple(_stop(figure, band, placed) for band in figure.bands)
        scenes = _covers(figure, stops, len(plan.pages), room, lay)
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
            in_force=figure.in_force,
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


def _stop(figure: ProcessFigure, band: Band, plan: Plan) -> Stop:
    """A stage with its pages, and those of what cards in it stand for."""
    blocks = list(inside(band.blocks))
    lanes = {b.lane for b in blocks if not isinstance(b, Fork)}
    pages: list[int] = []
    parts: dict[Text, list[int]] = {}
    for sheet in plan.sheets:
        if sheet.spot and any(own.id == band.id for own, _ in sheet.units):
            fold = sheet.series.fold
            known = parts.setdefault(fold.heading, []) if fold else pages
            known.append(sheet.spot.page)
    contents = [PART_ON.format(part=part, pages=on_pages(on)) for part, on in parts.items()]
    return Stop(
        id=band.id,
        number=band.number,
        title=band.title,
        who=joined([lane.title for lane in figure.lanes if lane.id in lanes]),
        time=None,
        chips=(*band.chips, on_pages(pages), *contents),
    )
