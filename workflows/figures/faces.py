"""What stands in the cells of a process figure: cards, diamonds, bars and pills, measured and drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from jianban.workflows.figures.density import Density
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import Card, Decision, FigureLang, Fork, Pill, Shape
from jianban.workflows.figures.scene import Box, Diamond, Group
from jianban.workflows.figures.theme import Theme
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, first, lines, second, spoken, titled

PAD = 7.0
BAR = 5.0


@dataclass(slots=True)
class Face:
    """One thing at its size; layout sets the place and may make it taller."""

    thing: Card | Decision | Fork | Pill
    text: Stack
    width: float
    height: float
    chips: Chips = field(default_factory=lambda: Chips(()))
    x: float = 0
    y: float = 0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def edge(self, dx: float, dy: float, side: tuple[int, int]) -> tuple[float, float]:
        """Where a line meets it: `dx`, `dy` from its middle, on a side given as (down, right)."""
        x, y = self.x + self.width / 2 + dx, self.middle + dy
        slant = 1.0
        if isinstance(self.thing, Decision):
            slant = 1 - min(1, abs(dy) * 2 / self.height if side[1] else abs(dx) * 2 / self.width)
        if side[1]:
            return self.x + self.width / 2 + side[1] * self.width / 2 * slant, y
        return x, self.middle + side[0] * self.height / 2 * slant

    def draw(self, group: Group, theme: Theme) -> None:
        match self.thing:
            case Card():
                self._card(group, theme, self.thing)
            case Decision():
                group.shapes.append(
                    Diamond(
                        x=self.x,
                        y=self.y,
                        width=self.width,
                        height=self.height,
                        fill=theme.decision,
                        stroke=theme.ink,
                        stroke_width=1.1,
                    )
                )
                self._centred(group, self.width * 0.1)
            case Fork():
                group.shapes.append(
                    Box(
                        x=self.x,
                        y=self.y,
                        width=self.width,
                        height=self.height,
                        fill=theme.ink,
                        solid=True,
                        radius=2,
                    )
                )
                self._centred(group, 4)
            case Pill(success=success):
                group.shapes.append(
                    Box(
                        x=self.x,
                        y=self.y,
                        width=self.width,
                        height=self.height,
                        radius=min(self.height / 2, 13),
                        fill=theme.dark if success else theme.paper,
                        stroke=theme.ink,
                        stroke_width=1.3,
                        solid=True,
                    )
                )
                self._centred(group, 5)

    def _centred(self, group: Group, inset: float) -> None:
        room = (self.x + inset, self.x + self.width - inset)
        self.text.draw(group, self.x + self.width / 2, self.middle - self.text.height / 2, "middle", room)

    def _card(self, group: Group, theme: Theme, card: Card) -> None:
        box = Box(
            x=self.x,
            y=self.y,
            width=self.width,
            height=self.height,
            radius=6,
            fill=theme.paper,
            stroke=theme.ink,
            stroke_width=1.1,
            solid=True,
        )
        group.shapes.append(box)
        if card.shape is Shape.CALL:
            inner = Box(
                x=self.x + 3,
                y=self.y + 3,
                width=self.width - 6,
                height=self.height - 6,
                radius=4,
                stroke=theme.ink,
                stroke_width=0.6,
            )
            group.shapes.append(inner)
        body = self.text.height + (self.chips.height + 4 if self.chips.rows else 0)
        top = self.middle - body / 2
        room = (self.x + PAD - 2, self.x + self.width - PAD + 2)
        top = self.text.draw(group, self.x + self.width / 2, top, "middle", room)
        self.chips.draw(group, self.x + 4, top + 4, self.width - 8, theme.chip, theme.chip_edge, centred=True)

    def spoken(self, lang: FigureLang) -> str:
        title = spoken(self.thing.title, lang)
        return " · ".join([title, *(spoken(c, lang) for c in getattr(self.thing, "chips", ()))])


def face(
    thing: Card | Decision | Fork | Pill,
    lang: FigureLang,
    theme: Theme,
    close: Density,
    *,
    join: bool = False,
    width: float = 0,
) -> Face:
    """A thing measured. `width` is that of a bar; `join` tells the lower bar of a fork from the upper one."""
    card = close.card
    match thing:
        case Card():
            inner = card - 2 * PAD
            text = titled(thing.title, lang, inner, theme.step, theme.ink, theme, whole=True)
            chips = chip_rows(thing.chips, lang, card - 8, theme)
            height = text.height + 2 * PAD + (chips.height + 4 if chips.rows else 0)
            return Face(thing, text, card, max(height, 34), chips)
        case Decision():
            text = titled(thing.title, lang, card * 0.56, theme.step, theme.ink, theme, whole=True)
            height = text.height / (1 - min(text.width, card * 0.6) / card) + 8
            return Face(thing, text, card, height)
        case Fork():
            words = thing.note if join else thing.title
            if words is None:
                return Face(thing, Stack(), width, BAR)
            told = (first(words, lang), second(words, lang))
            text = lines("  ".join(filter(None, told)), width - 12, 7.5, theme.on_dark, BOLD)
            if len(text.lines) > 1:
                text = sum((lines(t, width - 12, 7.5, theme.on_dark, BOLD) for t in told), Stack())
            return Face(thing, text, width, text.height + 5)
        case Pill():
            color = theme.on_dark if thing.success else theme.ink
            text = titled(
                thing.title,
                lang,
                close.pill - close.rim,
                8.5,
                color,
                theme,
                muted=theme.on_dark_muted if thing.success else theme.muted,
                weight=BOLD if thing.success else REGULAR,
                small=6.5,
                whole=True,
            )
            return Face(thing, text, max(60, text.width + close.rim), text.height + 8)
