"""The cards of a comparison: a stage with its steps, measured to the width of its column and drawn at its
place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jianban.workflows.figures.comparison_model import StageCard, Tag
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Mark
from jianban.workflows.figures.part_rows import SIGN, HeadRow, PartRow, Row, card_rows, draw_rows
from jianban.workflows.figures.scene import Box, Group
from jianban.workflows.figures.theme import Look, Theme
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, lines, titled
from jianban.workflows.texts import Text

PAD, TIGHT_PAD = 10.0, 8.0
INDENT = 34.0
"""Where the words begin, right of the disc with the number."""
SIDE = 8.0
"""Between the edge of the card and its rows."""
TAG = 15.0
TAG_PAD = 14.0
ROOMY_GAP = 6.0
LINE_GAP, TIGHT_GAP = 1.5, 0.8
"""Between the rows of a card: in boxes, in lines, in lines where a page is to be saved."""
ROOMY_MOST, LINE_MOST = 42.0, 12.0
"""How much more than that they are spread in a card that is higher than it needs to be."""
TOLD_FIRST = (Mark.ADDED, Mark.MERGED, Mark.CHANGED, Mark.PARALLEL)
"""Whose words are shown first where there is room."""


@dataclass(slots=True)
class CardFace:
    card: StageCard
    look: Look | None
    base: bool
    width: float
    title: Stack
    chips: Chips
    letters: str
    """Over the signs of the steps, where there are several."""
    rows: list[Row]
    tags: list[tuple[Stack, Look]]
    notes: Stack
    roomy: bool
    tight: bool
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
        letters = 12 if self.letters else 0
        if self.beside:
            return max(self.title.height, self.chips.height - 1) + letters
        return self.title.height + (self.chips.height + 4 if self.chips.rows else 0) + letters

    @property
    def gap(self) -> float:
        return ROOMY_GAP if self.roomy else TIGHT_GAP if self.tight else LINE_GAP

    @property
    def pad(self) -> float:
        """Above and below what is in it."""
        return TIGHT_PAD if self.tight else PAD

    @property
    def foot(self) -> float:
        return self.notes.height + 10 if self.notes.lines else 0

    @property
    def need(self) -> float:
        rows = sum(r.height + self.gap for r in self.rows)
        return 2 * self.pad + self.head + (6 + rows if self.rows else 0) + self.foot

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def fill(self) -> None:
        """Show what the definition says of the steps as far as there is room."""
        spare = self.height - self.need
        rows = [r for r in self.rows if isinstance(r, PartRow) and r.told.lines and r.part.mark in TOLD_FIRST]
        for row in sorted(rows, key=lambda r: TOLD_FIRST.index(r.part.mark or Mark.KEPT)):
            if row.told.height + 2 <= spare:
                row.shows_told = True
                spare -= row.told.height + 2

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
        top = self.y + self.pad
        fill = look.text if look else theme.dark
        disc = Box(x=self.x + 9, y=top - 1, width=18, height=18, radius=9, fill=fill)
        group.shapes.append(disc)
        lines(str(card.number), 18, 9.5, theme.on_dark, BOLD).draw(group, disc.x + 9, disc.y + 2.6, "middle")
        left = self.x + INDENT
        y = self.title.draw(group, left, top, room=(left - 1, self.x + self.width - 4))
        if self.beside:
            wide = self.chips.width(self.chips.rows[0])
            self.chips.draw(group, self.x + self.width - PAD - wide, top + 1.5, wide, theme.paper, theme.rule)
        elif self.chips.rows:
            self.chips.draw(group, left, y + 4, self.width - INDENT - PAD, theme.paper, theme.rule)
        self._letters(group, theme, top + self.head - 8.5)
        draw_rows(
            self.rows,
            self._tops(top + self.head + 6),
            group,
            theme,
            self.x + SIDE,
            self.width - 2 * SIDE,
        )
        if self.notes.lines:
            y = self.y + self.height - self.pad - self.notes.height
            rule = Box(x=self.x + PAD, y=y - 5, width=self.width - 2 * PAD, height=0.7, fill=stroke)
            group.shapes.append(rule)
            self.notes.draw(group, self.x + PAD, y, room=(self.x + PAD - 1, self.x + self.width - PAD + 1))
        self._tags(group, theme)

    def _letters(self, group: Group, theme: Theme, y: float) -> None:
        for i, letter in enumerate(self.letters):
            stack = lines(letter, 9, 6.8, theme.muted, BOLD)
            stack.draw(group, self.x + SIDE + 9 + SIGN * i, y, "middle")

    def _tops(self, y: float) -> list[float]:
        """Where the rows begin: spread over the height of the card."""
        gaps = max(1, sum(isinstance(r, PartRow) for r in self.rows))
        more = min(max(0.0, self.height - self.need) / gaps, ROOMY_MOST if self.roomy else LINE_MOST)
        tops: list[float] = []
        y += more / 2
        for row in self.rows:
            tops.append(y)
            # a heading stays with what it heads
            y += row.height + self.gap + (0 if isinstance(row, HeadRow) else more)
        return tops

    def _tags(self, group: Group, theme: Theme) -> None:
        places = _tag_places([stack.width + TAG_PAD for stack, _ in self.tags], self.width)
        for (stack, look), (left, right) in zip(self.tags, places, strict=True):
            x, wide = self.x + left, right - left
            high = max(TAG, stack.height + 1)
            y = self.y + TAG / 2 - high
            group.shapes.append(Box(x=x, y=y, width=wide, height=high, radius=4.5, fill=look.text))
            stack.draw(group, x + wide / 2, y + (high - stack.height) / 2, "middle", (x, x + wide))


def _tag_places(widths: Sequence[float], width: float) -> list[tuple[float, float]]:
    """Left and right of each tag on a card, from its left edge; none lies over the arrow into its middle."""
    found: list[tuple[float, float]] = []
    right = width - 9
    for wide in reversed(widths):
        if right > width / 2 and right - wide < width / 2 + 8:
            right = width / 2 - 8
        found.insert(0, (right - wide, right))
        right -= wide + 5
    return found


def card_face(
    card: StageCard,
    lang: FigureLang,
    theme: Theme,
    width: float,
    *,
    base: bool,
    roomy: bool,
    tight: bool = False,
    letters: str = "",
) -> CardFace:
    """A card measured to its width, with its steps in boxes (`roomy`) or in lines."""
    look = theme.looks[card.mark] if card.mark else None
    inner = width - INDENT - PAD
    notes = Stack()
    for note in card.notes:
        color = look.text if look else theme.ink
        notes += titled(note, lang, width - 2 * PAD, 7.5, color, theme, small=6.8, weight=REGULAR)
    return CardFace(
        card=card,
        look=look,
        base=base,
        width=width,
        title=titled(card.title, lang, inner, 11, theme.ink, theme, small=7.5, inline=True),
        chips=chip_rows(card.chips, lang, inner, theme),
        letters=letters if card.parts else "",
        rows=card_rows(card.parts, lang, theme, width - 2 * SIDE, tinted=not base, roomy=roomy),
        tags=_tag_words(card.tags, lang, theme, width),
        notes=notes,
        roomy=roomy,
        tight=tight,
    )


def _tag_words(tags: Sequence[Tag], lang: FigureLang, theme: Theme, width: float) -> list[tuple[Stack, Look]]:
    """The tags in words, on one line or one for each language; by letters and signs alone where there are too
    many."""
    for inline, worded in ((True, True), (False, True), (False, False)):
        found: list[tuple[Stack, Look]] = []
        for tag in tags:
            look = theme.looks[tag.mark]
            lead = f"{tag.letters} {look.sign}".strip()
            words = Text(
                f"{lead} {tag.word.zh}",
                tag.word.en if lang == "both" else f"{lead} {tag.word.en.capitalize()}",
            )
            if worded:
                muted = theme.on_dark_muted
                stack = titled(
                    words, lang, width, 8, theme.on_dark, theme, small=6.8, muted=muted, inline=inline
                )
            else:
                stack = lines(lead, width, 8, theme.on_dark, BOLD)
            found.append((stack, look))
        places = _tag_places([stack.width + TAG_PAD for stack, _ in found], width)
        if all(left > 0 for left, _ in places):
            break
    return found
