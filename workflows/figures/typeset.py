"""Texts as stacks of measured lines, and chips in rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jianban.workflows.figures.metrics import BOLD, REGULAR, clean, text_width, wrap
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.scene import Box, Group, Words
from jianban.workflows.figures.theme import Theme
from jianban.workflows.texts import Text

LEADING = 1.36
LATIN_LEADING = 1.28
LEAST = 6.6
"""The smallest English."""
TAIL = 5.0
"""Between two styles on one line."""
OVER, UNDER = 5.2, 3.1
"""How far the baselines of two small lines stand above and below that of the large line they follow."""
CLOSER = 1.2
"""How much nearer than elsewhere the two languages of a chip stand."""
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""In English: the font's curly quotes are as wide as a Chinese character."""
MIDDLE = 0.37
"""How far above the baseline the middle of Chinese characters lies, in sizes."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    weight: int
    color: str
    height: float
    tail: Line | None = None
    """What follows on the same baseline in another style."""
    gap: float = TAIL
    under: str = ""
    """The other language, small below it: both stand about the middle of what they follow."""

    @property
    def own(self) -> float:
        """Its width without the tail."""
        return max(text_width(self.text, self.size, self.weight), text_width(self.under, LEAST))

    @property
    def width(self) -> float:
        return self.own + (self.gap + self.tail.width if self.tail else 0)

    def draw(
        self, group: Group, x: float, baseline: float, anchor: str, room: tuple[float, float] | None
    ) -> None:
        if self.tail:
            x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * self.width
            anchor = "start"
        said = [(self.text, self.size, self.weight, baseline - (OVER if self.under else 0))]
        if self.under:
            said.append((self.under, LEAST, REGULAR, baseline + UNDER))
        for text, size, weight, at in said:
            words = Words(
                x=x,
                baseline=at,
                text=text,
                size=size,
                color=self.color,
                weight=weight,
                anchor=anchor,
                room=room,
            )
            group.shapes.append(words)
        if self.tail:
            self.tail.draw(group, x + self.own + self.gap, baseline, "start", room)


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

    def draw(
        self, group: Group, x: float, y: float, anchor: str = "start", room: tuple[float, float] | None = None
    ) -> float:
        """Put the lines into a group, the first one's top at y; returns the y below the last."""
        for line in self.lines:
            line.draw(group, x, y + line.height / 2 + MIDDLE * line.size, anchor, room)
            y += line.height
        return y


def lines(
    text: str,
    width: float,
    size: float,
    color: str,
    weight: int = REGULAR,
    *,
    even: bool = True,
    whole: bool = False,
) -> Stack:
    leading = LEADING if any(ord(c) > 0x2E80 for c in text) else LATIN_LEADING
    height = round(size * leading, 2)
    return Stack(
        tuple(
            Line(t, size, weight, color, height)
            for t in wrap(text, width, size, weight, even=even, whole=whole)
        )
    )


def first(text: Text, lang: FigureLang) -> str:
    """The main wording."""
    return clean(text.en.translate(STRAIGHT) if lang == "en" else text.zh)


def second(text: Text, lang: FigureLang) -> str:
    """The smaller wording beside it, empty where there is none."""
    return clean(text.en.translate(STRAIGHT)) if lang == "both" and clean(text.en) != clean(text.zh) else ""


def spoken(text: Text, lang: FigureLang) -> str:
    return " ".join(t for t in (first(text, lang), second(text, lang)) if t)


def titled(
    text: Text,
    lang: FigureLang,
    width: float,
    size: float,
    color: str,
    theme: Theme,
    *,
    small: float = 0,
    muted: str = "",
    weight: int = BOLD,
    inline: bool = False,
    whole: bool = False,
) -> Stack:
    """The main wording and, smaller below it (or `inline` beside it, where that fits), the other one."""
    size = max(size - 1, LEAST) if lang == "en" and size <= 11 else size
    main = lines(first(text, lang), width, size, color, weight, whole=whole)
    other = lines(second(text, lang), width, small or theme.english, muted or theme.muted)
    if inline and len(main.lines) == len(other.lines) == 1 and main.width + TAIL + other.width <= width:
        return Stack((replace(main.lines[0], tail=other.lines[0]),))
    return main + other


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

    def width(self, row: Sequence[Stack]) -> float:
        return sum(s.width + 2 * self.PAD for s in row) + self.GAP * (len(row) - 1)

    def _height(self, row: Sequence[Stack]) -> float:
        return max(s.height for s in row) + self.LIFT

    def draw(
        self,
        group: Group,
        x: float,
        y: float,
        width: float,
        fill: str,
        stroke: str | None = None,
        centred: bool = False,
    ) -> None:
        for row in self.rows:
            at = x + (width - self.width(row)) / 2 if centred else x
            height = self._height(row)
            for stack in row:
                wide = stack.width + 2 * self.PAD
                group.shapes.append(
                    Box(
                        x=at,
                        y=y,
                        width=wide,
                        height=height,
                        radius=min(height / 2, 5),
                        fill=fill,
                        stroke=stroke,
                        stroke_width=0.6,
                    )
                )
                stack.draw(group, at + wide / 2, y + self.LIFT / 2, "middle", (at, at + wide))
                at += wide + self.GAP
            y += height + self.GAP


def chip_rows(texts: Iterable[Text], lang: FigureLang, width: float, theme: Theme, color: str = "") -> Chips:
    """Facts as chips; in both languages the smaller one stands below."""
    rows: list[list[Stack]] = []
    used = 0.0
    for text in texts:
        stack = lines(first(text, lang), width - 2 * Chips.PAD, theme.chip_size, color or theme.ink)
        if other := lines(second(text, lang), width - 2 * Chips.PAD, LEAST, color or theme.muted).lines:
            close = (replace(line, height=line.height - CLOSER) for line in (*stack.lines, *other))
            stack = Stack(tuple(close))
        wide = stack.width + 2 * Chips.PAD
        if not rows or used + wide > width:
            rows.append([])
            used = 0.0
        rows[-1].append(stack)
        used += wide + Chips.GAP
    return Chips(tuple(tuple(r) for r in rows))
