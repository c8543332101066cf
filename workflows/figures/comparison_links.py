"""The lines of a comparison: between the base and the variant beside it they run in the gap; columns further
off name the stages of the base by their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jianban.workflows.figures.comparison_model import ComparisonFigure, Relation, StageCard
from jianban.workflows.figures.metrics import BOLD
from jianban.workflows.figures.model import FigureLang, Mark
from jianban.workflows.figures.part_rows import TO
from jianban.workflows.figures.scene import Box, Group, Route, Scene
from jianban.workflows.figures.stage_cards import CardFace
from jianban.workflows.figures.theme import Look, Theme
from jianban.workflows.figures.typeset import lines, titled
from jianban.workflows.texts import Text

PARTLY = Text("部分", "part")
LANE = 11.0
"""Between the lines that run up and down."""
INTO = 36.0
"""From the last of them to the cards: room for an arrow and what it says."""
STUB = 44.0
"""From the cards of the base to the first of them: room for a sign."""
PORT = 14.0
"""Between lines that leave or enter a card."""
DISC = 12.0
ASIDE = 44.0
"""The gap before a column that is not beside the base."""

Faces = Mapping[str, CardFace]


@dataclass(slots=True)
class Bus:
    """Relations that share their way up and down: several sources of one target, or the targets of one
    group of sources."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    mark: Mark
    partial: frozenset[str]
    lane: int = 0
    source_ys: dict[str, float] = field(default_factory=dict)
    target_ys: dict[str, float] = field(default_factory=dict)


class Links:
    """The links of the first two columns. Their lanes are known before anything has its place."""

    def __init__(self, figure: ComparisonFigure) -> None:
        base, other = ({c.id: c for c in column.cards} for column in figure.columns[:2])
        self.cards = base, other
        self.base: Faces = {}
        self.other: Faces = {}
        mine = [r for r in figure.relations if r.column == 1]
        self.dropped = [s for r in mine if r.target is None for s in r.sources if s in base]
        self.added = [r.target for r in mine if not r.sources and r.target in other]
        linked = [r for r in mine if r.target in other and any(s in base for s in r.sources)]
        self.buses = self._grouped(linked)
        self.lanes = self._lanes()

    @property
    def gap(self) -> float:
        return STUB + INTO + LANE * max(0, self.lanes - 1)

    def _grouped(self, relations: Sequence[Relation]) -> list[Bus]:
        found: dict[tuple[str, ...], Bus] = {}
        for relation in relations:
            assert relation.target
            sources = tuple(s for s in relation.sources if s in self.cards[0])
            known = found.get((*sources, relation.mark))
            if known:
                known.targets = (*known.targets, relation.target)
            else:
                found[(*sources, relation.mark)] = Bus(
                    sources, (relation.target,), relation.mark, relation.partial
                )
        return list(found.values())

    def _lanes(self) -> int:
        """Give each bus a lane that no other needs in the same rows; returns how many there are."""
        taken: list[list[tuple[int, int]]] = []
        for bus in sorted(self.buses, key=lambda b: (self._rows(b), b.sources)):
            if self._beside(bus):
                continue
            begin, end = self._rows(bus)
            bus.lane = next(
                (i for i, lane in enumerate(taken) if all(end < a or b < begin for a, b in lane)), len(taken)
            )
            taken += [[]] * (bus.lane == len(taken))
            taken[bus.lane] = [*taken[bus.lane], (begin, end)]
        return len(taken)

    def _rows(self, bus: Bus) -> tuple[int, int]:
        base, other = self.cards
        cards = [base[s] for s in bus.sources] + [other[t] for t in bus.targets]
        return min(c.first for c in cards), max(c.last for c in cards)

    def _beside(self, bus: Bus) -> bool:
        """Whether a card stands beside its only counterpart, and a straight line can join them."""
        if len(bus.sources) != 1 or len(bus.targets) != 1:
            return False
        a, b = self.cards[0][bus.sources[0]], self.cards[1][bus.targets[0]]
        return a.first <= b.last and b.first <= a.last

    def draw(
        self,
        scene: Scene,
        theme: Theme,
        lang: FigureLang,
        base: Sequence[CardFace],
        other: Sequence[CardFace],
    ) -> None:
        """Between the right edge of the base and the left edge of the other column; both have cards."""
        self.base, self.other = {f.card.id: f for f in base}, {f.card.id: f for f in other}
        left, right = base[0].x + base[0].width, other[0].x
        self._ports()
        middle = left + STUB / 2 if self.lanes else (left + right) / 2
        for i, name in enumerate(self.dropped, 1):
            self._stub(scene.group(f"link-dropped-{i}"), theme, self.base[name], Mark.REMOVED, left, middle)
        for i, name in enumerate(self.added, 1):
            self._stub(scene.group(f"link-added-{i}"), theme, self.other[name], Mark.ADDED, right, right - 22)
        for i, bus in enumerate(self.buses, 1):
            group = scene.group(f"link-{i}")
            look = theme.looks[bus.mark]
            if self._beside(bus):
                self._straight(group, bus, look, theme, left, right, middle)
            else:
                self._bus(group, bus, look, theme, lang, left, right)

    def _ports(self) -> None:
        """Where each line leaves and enters its cards, so that no two meet there."""
        for faces, ends in ((self.base, "sources"), (self.other, "targets")):
            at: dict[str, list[Bus]] = {}
            for bus in self.buses:
                for name in getattr(bus, ends):
                    at.setdefault(name, []).append(bus)
            for name, buses in at.items():
                ordered = sorted(buses, key=lambda b: self._centre(b, ends))
                for i, bus in enumerate(ordered):
                    y = faces[name].middle + PORT * (i - (len(ordered) - 1) / 2)
                    (bus.source_ys if ends == "sources" else bus.target_ys)[name] = y
        for bus in self.buses:
            self._levelled(bus)
            if self._beside(bus):
                self._leave_level(bus)

    def _centre(self, bus: Bus, ends: str) -> float:
        """The middle of what a line leads to, seen from one of its ends."""
        faces, names = (self.other, bus.targets) if ends == "sources" else (self.base, bus.sources)
        return sum(faces[n].middle for n in names) / len(names)

    def _levelled(self, bus: Bus) -> None:
        """Enter a card level with a line that comes to it, where nothing else enters."""
        for name in bus.targets:
            face = self.other[name]
            if sum(name in b.targets for b in self.buses) > 1:
                continue
            ys = [y for y in bus.source_ys.values() if face.y + 14 <= y <= face.y + face.height - 14]
            if ys:
                bus.target_ys[name] = min(ys, key=lambda y: abs(y - face.middle))
            elif len(bus.sources) == 1:
                bus.target_ys[name] = min(
                    max(bus.source_ys[bus.sources[0]], face.y + 14), face.y + face.height - 14
                )

    def _leave_level(self, bus: Bus) -> None:
        """Leave a card level with where the line goes, where nothing else leaves."""
        (source,), (target,) = bus.sources, bus.targets
        face, y = self.base[source], bus.target_ys[target]
        alone = sum(source in b.sources for b in self.buses) == 1
        if alone and face.y + 14 <= y <= face.y + face.height - 14:
            bus.source_ys[source] = y

    def _stub(
        self, group: Group, theme: Theme, face: CardFace, mark: Mark, edge: float, middle: float
    ) -> None:
        """A short line to a sign: nothing stands for the card on the other side."""
        look, y = theme.looks[mark], face.middle
        near = middle + (-8 if edge < middle else 8)
        group.shapes.append(
            Route(
                points=((edge, y), (near, y)),
                stroke=look.stroke,
                stroke_width=1.2,
                dash=look.dash or (3.5, 2.5),
                arrow=False,
                name=face.card.id,
            )
        )
        sign = lines(look.sign, 20, 11, look.text, BOLD)
        sign.draw(group, middle, y - sign.height / 2, "middle")

    def _straight(
        self, group: Group, bus: Bus, look: Look, theme: Theme, left: float, right: float, middle: float
    ) -> None:
        """With the sign of the relation in the line; where the two ports differ, the line steps after it."""
        (source,), (target,) = bus.sources, bus.targets
        y, end = bus.source_ys[source], bus.target_ys[target]
        kept = bus.mark is Mark.KEPT
        dash = (1.2, 2.4) if kept else look.dash
        name = f"{source} -> {target}"
        bend = right - INTO / 2
        for points, arrow in (
            (((left, y), (middle - 9, y)), False),
            (
                ((middle + 9, y), (right, y))
                if y == end
                else ((middle + 9, y), (bend, y), (bend, end), (right, end)),
                not kept,
            ),
        ):
            group.shapes.append(
                Route(points=points, stroke=look.stroke, stroke_width=1.2, dash=dash, arrow=arrow, name=name)
            )
        sign = lines(look.sign, 20, 10, look.text, BOLD)
        sign.draw(group, middle, y - sign.height / 2, "middle")

    def _bus(
        self,
        group: Group,
        bus: Bus,
        look: Look,
        theme: Theme,
        lang: FigureLang,
        left: float,
        right: float,
    ) -> None:
        """Lines from the sources to one line up or down, and from it an arrow to each target."""
        x = right - INTO - LANE * bus.lane
        ys = [*bus.source_ys.values(), *bus.target_ys.values()]
        top, bottom = min(ys), max(ys)
        one = bus.target_ys if len(bus.targets) == 1 else bus.source_ys
        hub = next(iter(one.values())) if len(one) == 1 else (top + bottom) / 2
        near = x - 6

        def line(*points: tuple[float, float], dash: tuple[float, ...] = (), arrow: bool = False) -> None:
            group.shapes.append(
                Route(
                    points=points,
                    stroke=look.stroke,
                    stroke_width=max(1.2, look.width),
                    dash=dash,
                    arrow=arrow,
                    name=f"{' '.join(bus.sources)} -> {' '.join(bus.targets)}",
                )
            )

        for source, y in bus.source_ys.items():
            part = source in bus.partial
            line((left, y), (near, y), dash=(3.5, 2.5) if part else ())
            turns = y in (top, bottom) and y != hub
            line((near, y), (x, y), *([(x, hub)] if turns else []))
            if part:
                said = titled(PARTLY, lang, near - left - 6, 7, look.text, theme, small=6.5, inline=True)
                said.draw(group, left + 6, y - said.height - 1)
        for y in bus.target_ys.values():
            turns = y in (top, bottom) and y != hub
            line(*([(x, hub)] if turns else []), (x, y), (right, y), arrow=True)
        if bus.lane == 0 and len(bus.targets) == 1 and len(bus.sources) > 1:
            said = lines(f"{len(bus.sources)}{TO}1", INTO, 8, look.text, BOLD)
            said.draw(group, x + INTO / 2 - 2, hub - said.height - 1.5, "middle")


def draw_numbers(
    scene: Scene,
    theme: Theme,
    relations: Sequence[Relation],
    column: int,
    base: Sequence[StageCard],
    other: Sequence[CardFace],
) -> None:
    """Before the cards of a column: the numbers of the stages of the base they stand for, with an arrow."""
    for face in other:
        target, x = face.card.id, face.x
        mine = [r for r in relations if r.column == column and r.target == target]
        if not mine:
            continue
        group = scene.group(f"link-{column}-{target}")
        look = theme.looks[mine[0].mark]
        y = face.middle
        sources = [c for c in base for r in mine if c.id in r.sources]
        if not sources:
            if any(not r.sources for r in mine):
                sign = lines(look.sign, 20, 11, look.text, BOLD)
                sign.draw(group, x - 20, y - sign.height / 2, "middle")
            continue
        top = y - (DISC + 2) * len(sources) / 2 + 1
        for i, source in enumerate(sources):
            disc = Box(
                x=x - 34, y=top + (DISC + 2) * i, width=DISC, height=DISC, radius=DISC / 2, fill=look.text
            )
            group.shapes.append(disc)
            number = lines(str(source.number), 20, 7, theme.on_dark, BOLD)
            number.draw(group, disc.x + DISC / 2, disc.y + (DISC - number.height) / 2, "middle")
        group.shapes.append(
            Route(
                points=((x - 20, y), (x, y)),
                stroke=look.stroke,
                stroke_width=max(1.2, look.width),
                name=f"{sources[0].id} -> {target}",
                arrow=mine[0].mark is not Mark.KEPT,
            )
        )
        if len(sources) > 1:
            high = (DISC + 2) * len(sources) - 2
            group.shapes.append(Box(x=x - 20.5, y=top, width=1, height=high, fill=look.stroke))
