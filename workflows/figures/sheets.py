"""One sheet of a process that takes several: what stands on it, and where its lines lead when what they lead
to stands on another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from jianban.workflows.figures.model import (
    Band,
    Block,
    Card,
    Decision,
    Fork,
    Link,
    LinkKind,
    Pill,
    ProcessFigure,
)
from jianban.workflows.texts import Text

FROM_BEFORE = Text("接上页", "From the page before")
FROM_PAGES = Text("接第 {pages} 页", "From page {pages}")
ONWARD = Text("转：{title}（第 {page} 页）", "On to: {title} (page {page})")
BACK = Text("退回：{title}（第 {page} 页）", "Back to: {title} (page {page})")
JOINED = Text("{title}（汇合）", "{title} (join)")
SEE = Text("见第 {pages} 页", "see page {pages}")
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
    def members(self) -> Iterator[str]:
        yield from names(self.blocks)


@dataclass(frozen=True, slots=True)
class Pages:
    """On which page each thing stands, and each card that stands for others; and on which these are shown."""

    homes: Mapping[str, int] = field(default_factory=dict)
    cards: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, name: str) -> str:
        return str(self.cards.get(name) or self.homes.get(name) or ANY_PAGE)

    def detail(self, name: str) -> str:
        begin, end = self.details.get(name, (0, 0))
        if not begin:
            return f"{ANY_PAGE}–{ANY_PAGE}"
        return str(begin) if begin == end else f"{begin}–{end}"


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

    @property
    def terse(self) -> bool:
        return self.size[1] < LOW

    @property
    def here(self) -> dict[str, str]:
        return self.series.shown(self.units)

    def figure(self, pages: Pages, title: Text | None = None) -> ProcessFigure:
        return _Drawn(self, pages).figure(title)


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
        self.origins: dict[str, None] = {}

    def figure(self, title: Text | None) -> ProcessFigure:
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
            title=title or self.title,
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
        title = DETAIL.format(number=fold.number, title=fold.card.title)
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
            return replace(block, chips=(*block.chips, SEE.format(pages=self.pages.detail(block.id))))
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
            self.origins[self._origin(link.source)] = None
            start = Link(source=self.whole.start.id, target=target, kind=LinkKind.ON, main=link.main)
            known = self.entered.get(target)
            self.entered[target] = start if known is None else replace(known, main=known.main or link.main)

    def _origin(self, source: str) -> str:
        """The page from which one comes here."""
        if source in self.near:
            return self.pages.of(self.near[source])
        card = self.fold.card.id if self.fold else ""
        return self.pages.of(card if card in self.pages.cards else source)

    def _start(self) -> Pill:
        start = self.whole.start
        first = next((k.target for k in self.whole.links if k.source == start.id), None)
        if self.fold is None and (first is None or first in self.here):
            return start
        pages = sorted(self.origins, key=int)
        said = FROM_PAGES.format(pages=Text("、".join(pages), ", ".join(pages))) if pages else FROM_BEFORE
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
            title=self.titles[link.target], page=self.pages.of(self.near.get(link.target, link.target))
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
