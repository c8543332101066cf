"""Texts as stacks of measured lines, and chips in rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jianban.workflows.figures.metrics import BOLD, REGULAR, clean, text_width, wrap
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.scene import Box, Group, Words
from jianban.workflows.figures.theme import Theme
from jianban.workflows.texts import Text

LEADING = 1.36
LATIN_LEADING = 1.28
MIDDLE = 0.37
"""How far above the baseline the middle of Chinese characters lies, in sizes."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    weight: int
    color: str
    height: float

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.weight)


@dataclass(frozen=True, slots=True)
class Stack:
    """Lines one below the other."""

    lines: tuple[Line, ...] = ()

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines)

    @property
    def width(self) -> float:
        return max((line.width for line in self.lines), default=0)

    def __add__(self, other: Stack) -> Stack:
        return Stack(self.lines + other.lines)

    def draw(self, group: Group, x: float, y: float, anchor: str = "start", room: tuple[float, float] | None = None) -> float:
        """Put the lines into a group, the first one's top at y; returns the y below the last."""
        for line in self.lines:
            group.shapes.append(
                Words(
                    x=x, baseline=y + line.height / 2 + MIDDLE * line.size, text=line.text, size=line.size,
                    color=line.color, weight=line.weight, anchor=anchor, room=room,
                )
            )  # fmt: skip
            y += line.height
        return y


def lines(text: str, width: float, size: float, color: str, weight: int = REGULAR) -> Stack:
    leading = LEADING if any(ord(c) > 0x2E80 for c in text) else LATIN_LEADING
    return Stack(tuple(Line(t, size, weight, color, round(size * leading, 2)) for t in wrap(text, width, size, weight)))


def first(text: Text, lang: FigureLang) -> str:
    """The main wording."""
    return clean(text.en if lang == "en" else text.zh)


def second(text: Text, lang: FigureLang) -> str:
    """The smaller wording beside it, empty where there is none."""
    return clean(text.en) if lang == "both" and clean(text.en) != clean(text.zh) else ""


def spoken(text: Text, lang: FigureLang) -> str:
    return " ".join(t for t in (first(text, lang), second(text, lang)) if t)


def titled(
    text: Text, lang: FigureLang, width: float, size: float, color: str, theme: Theme, *, small: float = 0, muted: str = "",
    weight: int = BOLD,
) -> Stack:  # fmt: skip
    """The main wording and, smaller below it, the other one."""
    size = size - 1 if lang == "en" and size <= 11 else size
    return lines(first(text, lang), width, size, color, weight) + lines(
        second(text, lang), width, small or theme.english, muted or theme.muted
    )


@dataclass(frozen=True, slots=True)
class Chips:
    """Small facts in rounded boxes, wrapped into rows."""

    rows: tuple[tuple[Stack, ...], ...]

    PAD = 4.0
    GAP = 3.0
    LIFT = 3.5

    @property
    def height(self) -> float:
        return sum(self._height(r) + self.GAP for r in self.rows) - (self.GAP if self.rows else 0)

    def _height(self, row: Sequence[Stack]) -> float:
        return max(s.height for s in row) + self.LIFT

    def draw(
        self, group: Group, x: float, y: float, width: float, fill: str, stroke: str | None = None, centred: bool = False
    ) -> None:
        for row in self.rows:
            total = sum(s.width + 2 * self.PAD for s in row) + self.GAP * (len(row) - 1)
            at = x + (width - total) / 2 if centred else x
            height = self._height(row)
            for stack in row:
                wide = stack.width + 2 * self.PAD
                group.shapes.append(
                    Box(x=at, y=y, width=wide, height=height, radius=min(height / 2, 5), fill=fill, stroke=stroke, stroke_width=0.6)
                )
                stack.draw(group, at + wide / 2, y + self.LIFT / 2, "middle", (at, at + wide))
                at += wide + self.GAP
            y += height + self.GAP


def chip_rows(texts: Iterable[Text], lang: FigureLang, width: float, theme: Theme) -> Chips:
    """Chips say the main wording only: the legend explains them."""
    rows: list[list[Stack]] = []
    used = 0.0
    for text in texts:
        stack = lines(first(text, lang), width - 2 * Chips.PAD, theme.chip_size, theme.ink)
        wide = stack.width + 2 * Chips.PAD
        if not rows or used + wide > width:
            rows.append([])
            used = 0.0
        rows[-1].append(stack)
        used += wide + Chips.GAP
    return Chips(tuple(tuple(r) for r in rows))
