"""The cards of a comparison: a stage with its steps, measured to the width of its column and drawn at its
place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Mark, Part, StageCard
from jianban.workflows.figures.scene import Box, Group
from jianban.workflows.figures.theme import Look, Theme
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, first, lines, titled
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

PAD = 10.0
INDENT = 34.0
"""Where the words begin, right of the disc with the number."""
TAG = 15.0
ROOMY_GAP = 6.0
TIGHT_GAP = 1.5
"""Between the steps of a card."""
SPREAD = 16.0
"""The most air between the steps of a card; what is left makes the steps higher."""
STANDS_FOR = Text("替代 {steps}", "in place of {steps}")
FROM = "←"
"""Before the numbers of the steps of the base."""


@dataclass(slots=True)
class PartFace:
    """One step inside a card: sign and number, title, and either its times at the right or chips below."""

    part: Part
    look: Look | None
    roomy: bool
    title: Stack
    number: Stack
    aside: Stack = field(default_factory=Stack)
    chips: Chips = field(default_factory=lambda: Chips(()))
    notes: Stack = field(default_factory=Stack)
    extra: float = 0
    """Height beyond what it needs; what it says stands in the middle."""

    @property
    def height(self) -> float:
        pad = 10.0 if self.roomy else 3.0
        body = max(self.title.height, self.aside.height)
        return (
            body
            + (self.chips.height + 4 if self.chips.rows else 0)
            + (self.notes.height + 2 if self.notes.lines else 0)
            + pad
            + self.extra
        )

    def draw(self, group: Group, theme: Theme, x: float, y: float, width: float, tinted: bool) -> None:
        look = self.look
        if tinted and look:
            group.shapes.append(
                Box(
                    x=x,
                    y=y,
                    width=width,
                    height=self.height,
                    radius=4,
                    fill=look.tint,
                    stroke=look.stroke if self.roomy else None,
                    stroke_width=0.7,
                    dash=look.dash,
                )
            )
            if not self.roomy and self.part.mark is not Mark.KEPT:
                group.shapes.append(Box(x=x, y=y, width=2, height=self.height, fill=look.stroke))
        y += (5 if self.roomy else 1.5) + self.extra / 2
        if look:
            lines(look.sign, 12, 8, look.text, BOLD).draw(group, x + 9, y + 0.6, "middle")
        self.number.draw(group, x + 16, y + 1.2)
        left = x + 34
        room = (left - 1, x + width - 2)
        end = self.title.draw(group, left, y, room=room)
        self.aside.draw(group, x + width - 5, y + 0.6, "end", room)
        end = max(end, y + self.aside.height)
        if self.chips.rows:
            self.chips.draw(group, left, end + 3, width - 40, theme.paper, theme.rule)
            end += self.chips.height + 4
        self.notes.draw(group, left, end + 1, room=room)


def part_face(part: Part, lang: FigureLang, theme: Theme, width: float, roomy: bool) -> PartFace:
    inner = width - 40
    look = theme.looks[part.mark] if part.mark else None
    color = look.text if look else theme.muted
    number = lines(part.number, 30, 6.8, theme.muted)
    numbers = " ".join(n for n, _ in part.origin)
    origin = lines(f"{FROM} {numbers}" if numbers else "", inner / 3, 6.8, color)
    notes = Stack()
    for note in part.notes:
        notes += titled(note, lang, inner, 7, color, theme, small=6.5, weight=REGULAR, inline=True)
    if roomy:
        stood = [Text(f"{n} {t.zh}", f"{n} {t.en}") for n, t in part.origin]
        if part.mark is Mark.MERGED or len(stood) > 1:
            told = STANDS_FOR.format(steps=joined(stood))
            notes += titled(told, lang, inner, 7.5, color, theme, small=6.8, weight=REGULAR)
            origin = Stack()
        title = titled(part.title, lang, inner - origin.width, 9, theme.ink, theme, inline=True)
        chips = chip_rows((*part.times, *part.chips), lang, inner, theme)
        return PartFace(part, look, roomy, title, number, origin, chips, notes)
    aside = Stack()
    for time in part.times:
        aside += lines(first(time, lang), 90, 7, theme.ink)
    if origin.lines and aside.lines:
        aside = Stack((replace(aside.lines[0], tail=origin.lines[0]), *aside.lines[1:], *origin.lines[1:]))
    aside = aside if aside.lines else origin
    wide = inner - (aside.width + 6 if aside.lines else 0)
    title = titled(part.title, lang, wide, 8, theme.ink, theme, small=6.5, weight=REGULAR, inline=True)
    return PartFace(part, look, roomy, title, number, aside, notes=notes)


@dataclass(slots=True)
class CardFace:
    card: StageCard
    look: Look | None
    base: bool
    width: float
    title: Stack
    chips: Chips
    parts: list[PartFace]
    word: Stack
    notes: Stack
    x: float = 0
    y: float = 0
    height: float = 0

    @property
    def beside(self) -> bool:
        """Whether the chips fit right of the title."""
        wide = max((self.chips.width(r) for r in self.chips.rows), default=0)
        return len(self.chips.rows) == 1 and self.title.width + wide + 8 <= self.width - INDENT - PAD

    @property
    def head(self) -> float:
        if self.beside:
            return max(self.title.height, self.chips.height - 1)
        return self.title.height + (self.chips.height + 4 if self.chips.rows else 0)

    @property
    def need(self) -> float:
        gap = ROOMY_GAP if self.roomy else TIGHT_GAP
        parts = sum(p.height + gap for p in self.parts)
        notes = self.notes.height + 10 if self.notes.lines else 0
        return 2 * PAD + self.head + (6 + parts if self.parts else 0) + notes

    @property
    def roomy(self) -> bool:
        return any(p.roomy for p in self.parts)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def draw(self, group: Group, theme: Theme) -> None:
        card, look = self.card, self.look
        stroke, width = (look.stroke, look.width) if look else (theme.ink, 1.0)
        group.shapes.append(
            Box(
                x=self.x,
                y=self.y,
                width=self.width,
                height=self.height,
                radius=7,
                stroke=stroke,
                stroke_width=width,
                fill=look.tint if look and self.base else theme.paper,
                dash=look.dash if look else (),
                hatch=look.hatch if look else None,
                solid=True,
            )
        )
        if look and look.double:
            group.shapes.append(
                Box(
                    x=self.x + 2.5,
                    y=self.y + 2.5,
                    width=self.width - 5,
                    height=self.height - 5,
                    radius=5,
                    stroke=stroke,
                    stroke_width=0.7,
                )
            )
        top = self.y + PAD
        disc = Box(
            x=self.x + 9, y=top - 1, width=18, height=18, radius=9, fill=look.text if look else theme.dark
        )
        group.shapes.append(disc)
        lines(str(card.number), 18, 9.5, theme.on_dark, BOLD).draw(group, disc.x + 9, disc.y + 2.6, "middle")
        left = self.x + INDENT
        room = (left - 1, self.x + self.width - 4)
        y = self.title.draw(group, left, top, room=room)
        if self.beside:
            wide = self.chips.width(self.chips.rows[0])
            self.chips.draw(group, self.x + self.width - PAD - wide, top + 1.5, wide, theme.paper, theme.rule)
        elif self.chips.rows:
            self.chips.draw(group, left, y + 4, self.width - INDENT - PAD, theme.paper, theme.rule)
        self._parts(group, theme, top + self.head + 6)
        if self.notes.lines:
            y = self.y + self.height - PAD - self.notes.height
            group.shapes.append(
                Box(x=self.x + PAD, y=y - 5, width=self.width - 2 * PAD, height=0.7, fill=stroke)
            )
            self.notes.draw(group, self.x + PAD, y, room=(self.x + PAD - 1, self.x + self.width - PAD + 1))
        if look:
            self._tag(group, look)

    def _parts(self, group: Group, theme: Theme, y: float) -> None:
        for part, top in zip(self.parts, self._tops(y), strict=True):
            part.draw(group, theme, self.x + 8, top, self.width - 16, tinted=not self.base)

    def _tops(self, y: float) -> list[float]:
        """Where the parts begin, spread over the height of the card."""
        gap = ROOMY_GAP if self.roomy else TIGHT_GAP
        count, most = len(self.parts), SPREAD if self.roomy else SPREAD - 4
        spare = max(0.0, self.height - self.need)
        more = min(spare / (count + 1), most - gap)
        if self.roomy:
            for part in self.parts:
                part.extra = min((spare - more * (count + 1)) / count, part.height)
        tops: list[float] = []
        y += more
        for part in self.parts:
            tops.append(y)
            y += part.height + gap + more
        return tops

    def _tag(self, group: Group, look: Look) -> None:
        wide = self.word.width + 14
        x = self.x + self.width - wide - 9
        group.shapes.append(Box(x=x, y=self.y - TAG / 2, width=wide, height=TAG, radius=4.5, fill=look.text))
        self.word.draw(group, x + wide / 2, self.y - self.word.height / 2, "middle", (x, x + wide))


def card_face(
    card: StageCard, lang: FigureLang, theme: Theme, width: float, *, base: bool, roomy: bool
) -> CardFace:
    look = theme.looks[card.mark] if card.mark else None
    inner = width - INDENT - PAD
    title = titled(card.title, lang, inner, 11, theme.ink, theme, small=7.5, inline=True)
    chips = chip_rows(card.chips, lang, inner, theme)
    parts = [part_face(p, lang, theme, width - 16, roomy) for p in card.parts]
    word = Stack()
    if look and card.word:
        said = Text(f"{look.sign} {card.word.zh}", f"{look.sign} {card.word.en.capitalize()}")
        word = lines(first(said, lang), 120, 8, theme.on_dark, BOLD)
    notes = Stack()
    for note in card.notes:
        color = look.text if look else theme.ink
        notes += titled(note, lang, width - 2 * PAD, 7.5, color, theme, small=6.8, weight=REGULAR)
    return CardFace(card, look, base, width, title, chips, parts, word, notes)
