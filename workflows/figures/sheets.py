"""One sheet of a process that takes several, or one of the drawings on it: what stands there, and where its
lines lead when what they lead to stands in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeAlias

from jianban.workflows.figures.model import (
    Band,
    Block,
    Card,
    Decision,
    FigureLang,
    Fork,
    Indicator,
    Link,
    LinkKind,
    Pill,
    ProcessFigure,
)
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

FROM_BEFORE = Text("接上页", "From the page before")
FROM = Text("接{places}", "From {places}")
ONWARD = Text("转：{title}（{place}）", "On to: {title} ({place})")
BACK = Text("退回：{title}（{place}）", "Back to: {title} ({place})")
JOINED = Text("{title}（汇合）", "{title} (join)")
SEE = Text("见{places}", "see {places}")
PAGE = Text("第 {pages} 页", "page {pages}")
PAGES = Text("第 {pages} 页", "pages {pages}")
DRAWING = Text("图 {letters}", "part {letters}")
DRAWINGS = Text("图 {letters}", "parts {letters}")
AND = Text("{first}、{second}", "{first}, {second}")
DETAIL = Text("{number} {title}", "{number} {title}")
PART = Text("{title}：{part}", "{title}: {part}")
WITHIN = Text("{process} · 环节 {number} {stage}", "{process} · stage {number}, {stage}")
LOW = 560.0
"""Paper lower than this has no room for more than a title above the lanes."""
ANY_PAGE = "88"
"""While it is not known which page: as wide as most."""

Unit: TypeAlias = tuple[Band, tuple[Block, ...]]
"""Blocks of a stage that stay together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What one card stands for, and sheets of its own show: a block, or all of one branch."""

    card: Card
    band: Band
    blocks: tuple[Block, ...]
    branch: bool
    number: str

    @property
    def heading(self) -> Text:
        return DETAIL.format(number=self.number, title=self.card.title)

    @property
    def members(self) -> Iterator[str]:
        yield from names(self.blocks)


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """On which page a drawing stands, and where there are several, by which letter it is known."""

    page: int
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where each thing stands, and each card that stands for others; and where these are shown."""

    homes: Mapping[str, Spot] = field(default_factory=dict)
    cards: Mapping[str, Spot] = field(default_factory=dict)
    details: Mapping[str, tuple[Spot, ...]] = field(default_factory=dict)

    def place(self, name: str, here: Spot | None) -> Text:
        spot = self.spot(name)
        return places((spot,), here) if spot else PAGE.format(pages=ANY_PAGE)

    def spot(self, name: str) -> Spot | None:
        return self.cards.get(name) or self.homes.get(name)

    def detail(self, name: str, here: Spot | None) -> Text:
        shown = self.details.get(name)
        return places(shown, here) if shown else PAGES.format(pages=f"{ANY_PAGE}–{ANY_PAGE}")


def places(spots: Iterable[Spot], here: Spot | None) -> Text:
    """In words, on the drawing `here`: drawings of the same page, then pages."""
    found = sorted(set(spots))
    near = [s.letter for s in found if here and s.page == here.page]
    far = [s.page for s in found if not (here and s.page == here.page)]
    said: list[Text] = []
    if near:
        letters = Text("、".join(near), ", ".join(near))
        said.append((DRAWINGS if len(near) > 1 else DRAWING).format(letters=letters))
    if far:
        said.append(on_pages(far))
    return said[0] if len(said) == 1 else AND.format(first=said[0], second=said[1])


def on_pages(pages: Iterable[int]) -> Text:
    """Page numbers in words; those that follow one another are told by the first and last."""
    numbers = sorted(set(pages))
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    said = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    words = Text("、".join(said), ", ".join(said))
    return (PAGES if len(numbers) > 1 else PAGE).format(pages=words)


def inside(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks and all within them."""
    for block in blocks:
        yield block
        if not isinstance(block, Card):
            for branch in block.branches:
                yield from inside(branch)


def names(blocks: Iterable[Block]) -> Iterator[str]:
    for block in inside(blocks):
        yield block.id
        if isinstance(block, Fork):
            yield block.join


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Sheets that follow one another: those of the process, or of a fold; every unit stands on one."""

    figure: ProcessFigure
    fold: Fold | None
    units: tuple[Unit, ...]
    folds: Mapping[str, Fold]
    """By card, also those of other series."""

    def shown(self, units: Iterable[Unit]) -> dict[str, str]:
        """For what stands in the units, itself; for what a card stands for, the card."""
        found: dict[str, str] = {}
        for _, blocks in units:
            for name in names(blocks):
                fold = self.folds.get(name)
                if fold and fold is not self.fold:
                    found |= dict.fromkeys(fold.members, name)
                found[name] = name
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    series: Series
    units: tuple[Unit, ...]
    size: tuple[float, float]
    """Of the paper; on low paper it is without the line below the title."""
    part: Text | None = None
    """Which branches are shown, when not all."""
    aside: bool = False
    """The straight ways out of a decision that stands on several sheets are drawn on another."""
    heading: bool = False
    """With the summary and the indicators of the process."""
    last: bool = False
    """With the notes of the process."""
    room: float | None = None
    """What is free of the column it stands in, below other drawings; None where it begins one."""
    spot: Spot | None = None
    """Where it stands, once that is known."""

    @property
    def stages(self) -> Text:
        """The stages it shows."""
        titles = dict.fromkeys(band.title for band, _ in self.units)
        return joined(list(titles))

    @property
    def terse(self) -> bool:
        return self.size[1] < LOW

    @property
    def here(self) -> dict[str, str]:
        return self.series.shown(self.units)

    def figure(self, pages: Pages) -> ProcessFigure:
        return _Drawn(self, pages).figure()

    def drawing(self, pages: Pages) -> ProcessFigure:
        """The same as one of several on a page: its title says which stages, or which part, it shows."""
        fold = self.series.fold
        title = self.stages
        if fold:
            title = fold.heading
            title = PART.format(title=title, part=self.part) if self.part else title
        return replace(self.figure(pages), title=title, summary=None, indicators=(), notes=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelsFigure:
    """Drawings of parts of one process on one page, below one another in columns: each with its letter."""

    title: Text
    lang: FigureLang
    room: tuple[float, float] = (0, 0)
    """Width and height of the page."""
    columns: tuple[tuple[ProcessFigure, ...], ...]
    letters: tuple[tuple[str, ...], ...]
    summary: Text | None = None
    indicators: tuple[Indicator, ...] = ()
    notes: tuple[Text, ...] = ()
    in_force: Text | None = None


class _Drawn:
    """The figure of one sheet."""

    def __init__(self, sheet: Sheet, pages: Pages) -> None:
        self.sheet, self.pages = sheet, pages
        self.whole, self.fold = sheet.series.figure, sheet.series.fold
        self.here = sheet.here
        self.near = sheet.series.shown(sheet.series.units)
        self.titles = _titles(self.whole)
        self.ends = {e.id: e for e in self.whole.ends}
        self.pills: dict[str, Pill] = {}
        self.links: list[Link] = []
        self.entered: dict[str, Link] = {}
        self.come = False
        """Whether a line comes here from elsewhere."""
        self.origins: dict[Spot, None] = {}

    def figure(self) -> ProcessFigure:
        whole, sheet = self.whole, self.sheet
        for link in whole.links:
            self._link(link)
        if not self.entered:
            for link in whole.links:
                if link.source not in self.here and link.target in self.here:
                    self._enter(link, self.here[link.target])
        bands = self._bands()
        cards = [b for band in bands for b in inside(band.blocks)]
        used = {b.lane for b in cards if not isinstance(b, Fork)}
        return replace(
            whole,
            title=self.title,
            summary=whole.summary if sheet.heading else self._within(),
            indicators=whole.indicators if sheet.heading else (),
            lanes=tuple(lane for lane in whole.lanes if lane.id in used) or whole.lanes[:1],
            bands=bands,
            start=self._start(),
            ends=tuple(self.pills.values()),
            links=(*self.entered.values(), *self.links),
            notes=whole.notes if sheet.last else (),
        )

    @property
    def title(self) -> Text:
        fold, part = self.fold, self.sheet.part
        if not fold:
            return self.whole.title
        title = fold.heading
        return PART.format(title=title, part=part) if part and self.sheet.terse else title

    def _within(self) -> Text | None:
        if not self.fold or self.sheet.terse:
            return None
        band = self.fold.band
        said = WITHIN.format(process=self.whole.title, number=band.number, stage=band.title)
        part = self.sheet.part
        return Text(f"{said.zh} · {part.zh}", f"{said.en} · {part.en}") if part else said

    def _bands(self) -> tuple[Band, ...]:
        bands: dict[str, Band] = {}
        for band, blocks in self.sheet.units:
            known = bands[band.id].blocks if band.id in bands else ()
            bands[band.id] = replace(band, blocks=(*known, *(self._referring(b) for b in blocks)))
        return tuple(bands.values())

    def _referring(self, block: Block) -> Block:
        """Cards that stand for others say on which page these are."""
        if isinstance(block, Card):
            if not self._folded(block.id):
                return block
            return replace(
                block, chips=(*block.chips, SEE.format(places=self.pages.detail(block.id, self.sheet.spot)))
            )
        branches = tuple(tuple(self._referring(b) for b in branch) for branch in block.branches)
        return replace(block, branches=branches)

    def _folded(self, name: str) -> bool:
        fold = self.sheet.series.folds.get(name)
        return fold is not None and fold is not self.fold

    def _gate(self) -> str:
        """The block whose branches stand on several sheets."""
        fold = self.fold
        return fold.blocks[0].id if fold and not fold.branch else ""

    def _link(self, link: Link) -> None:
        source, target = self.here.get(link.source), self.here.get(link.target)
        if source is None:
            if target is not None and link.kind is LinkKind.ON:
                self._enter(link, target)
            return
        if self._folded(source):
            if link.kind is LinkKind.ON and source != target:
                link = replace(link, source=source, title=None)
                self._lead(link, target)
        elif target is None and link.source == self._gate() and self._elsewhere(link):
            return
        else:
            self._lead(link, target)

    def _elsewhere(self, link: Link) -> bool:
        return link.target in self.near or (self.sheet.aside and not link.source.endswith(":join"))

    def _enter(self, link: Link, target: str) -> None:
        fold = self.fold
        gate = fold.blocks[0] if fold and not fold.branch else None
        if isinstance(gate, Fork) and target == gate.join:
            return
        if link.source not in self.ends:
            self.come = True
            self.origins |= dict.fromkeys(self._origin(link.source))
            start = Link(source=self.whole.start.id, target=target, kind=LinkKind.ON, main=link.main)
            known = self.entered.get(target)
            self.entered[target] = start if known is None else replace(known, main=known.main or link.main)

    def _origin(self, source: str) -> Iterator[Spot]:
        """Where one comes from."""
        card = self.fold.card.id if self.fold else ""
        name = self.near.get(source) or (card if card in self.pages.cards else source)
        if spot := self.pages.spot(name):
            yield spot

    def _start(self) -> Pill:
        start = self.whole.start
        first = next((k.target for k in self.whole.links if k.source == start.id), None)
        if self.fold is None and (first is None or first in self.here):
            return start
        come = places(self.origins, self.sheet.spot) if self.origins else PAGE.format(pages=ANY_PAGE)
        said = FROM.format(places=come) if self.come else FROM_BEFORE
        return Pill(id=start.id, title=said)

    def _lead(self, link: Link, target: str | None) -> None:
        if target is None:
            target = self._pill(link)
        kind = link.kind
        if target in self.pills and not (self.pills[target].onward or self.pills[target].success):
            kind = LinkKind.OUT
        drawn = replace(link, target=target, kind=kind)
        twice = [k for k in self.links if (k.source, k.target) == (drawn.source, drawn.target)]
        if twice and self._folded(drawn.source):
            self.links[self.links.index(twice[0])] = replace(twice[0], main=twice[0].main or link.main)
        else:
            self.links.append(drawn)

    def _pill(self, link: Link) -> str:
        """The end a line leads to, or the pill that says where it goes on."""
        if link.target in self.ends:
            self.pills[link.target] = self.ends[link.target]
            return link.target
        forward = link.kind is LinkKind.ON
        # A way that is not the main one leads to the side.
        below = forward and (
            link.main or not any(k.main for k in self.whole.links if k.source == link.source)
        )
        name = f"{'on' if below else 'to' if forward else 'back'}-{link.target.replace(':', '-')}"
        said = (ONWARD if forward else BACK).format(
            title=self.titles[link.target],
            place=self.pages.place(self.near.get(link.target, link.target), self.sheet.spot),
        )
        self.pills[name] = Pill(id=name, title=said, onward=below)
        return name


def _titles(figure: ProcessFigure) -> dict[str, Text]:
    titles: dict[str, Text] = {}
    for block in inside(b for band in figure.bands for b in band.blocks):
        titles[block.id] = block.title
        if isinstance(block, Fork):
            titles[block.join] = JOINED.format(title=block.title)
    return titles


def branched(block: Decision | Fork, branches: Iterable[int]) -> Decision | Fork:
    """The block with some of its branches."""
    kept = tuple(branches)
    cut = replace(block, branches=tuple(block.branches[i] for i in kept))
    if isinstance(cut, Decision) and isinstance(block, Decision):
        return replace(cut, main=kept.index(block.main) if block.main in kept else 0)
    return cut
