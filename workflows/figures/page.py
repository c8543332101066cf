"""What surrounds the drawing: title, indicators, legend, notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from jianban.workflows.figures.metrics import BOLD, REGULAR, text_width
from jianban.workflows.figures.model import FigureLang, Indicator
from jianban.workflows.figures.scene import Box, Group, Route, Scene
from jianban.workflows.figures.theme import Theme
from jianban.workflows.figures.typeset import LEAST, MIDDLE, TAIL, Line, Stack, first, lines, second, titled
from jianban.workflows.figures.words import LEGEND
from jianban.workflows.texts import Text

MARGIN = 28.0
ARROW_ROOM = 22.0
FORMER = 11.0
"""The size of the values a figure starts from."""
SINCE, BEHIND = 8.0, 8.0
"""The size of the words on since when a process is in force, and the room before them."""
ENTRIES, NEAR = 16.0, 10.0
"""Between entries of a legend, and where nearer ones save a row."""
ROUNDING = 1e-6
STRIP = "page-indicators"
"""What the groups of rows of numbers are called."""


SEAMS = "）：，、；"
AND = "与"
"""Chinese titles of two lines break before what joins two names, or after a mark, rather than inside a
name."""


def _halves(text: str, width: float, size: float, weight: int) -> tuple[str, str] | None:
    """A title parted where it reads best, then the more evenly the better; None where it fits one line,
    takes more than two, or has no such place."""
    if text_width(text, size, weight) <= width:
        return None
    parted = ((text[:i], text[i:]) for i in range(1, len(text)) if text[i - 1] in SEAMS or text[i] == AND)
    longest = ((max(text_width(part, size, weight) for part in two), two) for two in parted)
    fitting = [(two[1][0] != AND, wide, two) for wide, two in longest if wide <= width]
    return min(fitting)[2] if fitting else None


@dataclass(frozen=True, slots=True)
class _Named:
    """An entry of a legend, and the room of a row."""

    sample: Callable[[Group, float, float], None]
    main: Stack
    small: Stack
    room: float

    @property
    def tall(self) -> bool:
        """What is too long for a row of its own stands on several lines."""
        return len(self.main.lines) > 1 or self._beside > self.room

    @property
    def width(self) -> float:
        return 34 + max(self.main.width, self.small.width) if self.tall else self._beside

    @property
    def _beside(self) -> float:
        return 34 + self.main.width + (4 + self.small.width if self.small.lines else 0)


def _rows(entries: Sequence[_Named], room: float) -> list[list[_Named]]:
    """As few rows as it takes, all about as wide."""

    def filled(room: float) -> list[list[_Named]]:
        rows: list[list[_Named]] = []
        used = 0.0
        for entry in entries:
            used += NEAR + entry.width
            if not rows or used > room:
                rows.append([])
                used = entry.width
            rows[-1].append(entry)
        return rows

    rows = filled(room)
    wide = [
        sum(e.width + NEAR for e in entries[a:b]) - NEAR
        for a in range(len(entries))
        for b in range(a + 1, len(entries) + 1)
    ]
    return next((even for w in sorted(wide) if len(even := filled(w + ROUNDING)) == len(rows)), rows)


@dataclass(slots=True)
class Page:
    """A scene being filled from the top; `y` is where the next thing goes."""

    scene: Scene
    lang: FigureLang
    theme: Theme
    y: float = MARGIN

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.scene.width - MARGIN

    @property
    def width(self) -> float:
        return self.right - self.left

    def header(self, title: Text, summary: Text | None, in_force: Text | None = None) -> None:
        """Title and summary; since when what is drawn is in force stands after the title, or below one that
        leaves no room for it. Nothing where the paper captions its figures itself."""
        theme = self.theme
        if not theme.headed:
            return
        since = in_force or Text("", "")
        told = first(since, self.lang)
        self._paragraph("page-title", first(title, self.lang), theme.title, theme.ink, BOLD, told, even=True)
        self.y += 2
        told = second(since, self.lang)
        self._paragraph("page-title-2", second(title, self.lang), 10, theme.muted, REGULAR, told)
        if summary:
            self.y += 3
            self._paragraph("page-summary", first(summary, self.lang), 8, theme.muted)
            self._paragraph("page-summary-2", second(summary, self.lang), 7, theme.muted)
        self.y += 11

    def _paragraph(
        self,
        name: str,
        text: str,
        size: float,
        color: str,
        weight: int = REGULAR,
        after: str = "",
        *,
        even: bool = False,
    ) -> None:
        """`after` is said in small print after the text."""
        if text:
            parts = _halves(text, self.width, size, weight) if even else ()
            stack = Stack()
            for part in parts or (text,):
                stack += lines(part, self.width, size, color, weight, even=even)
            small = lines(after, self.width, SINCE, self.theme.muted)
            last = stack.lines[-1]
            if small.lines and last.width + BEHIND + small.width <= self.width:
                stack = Stack((*stack.lines[:-1], replace(last, tail=small.lines[0], gap=BEHIND)))
            else:
                stack += small
            room = (self.left, self.right)
            self.y = stack.draw(self.scene.group(name), self.left, self.y, room=room)

    def indicators(self, items: Sequence[Indicator]) -> None:
        """A strip of numbers, in rows of equal columns where it takes several; with several values each, from
        the first to the others, and the change below."""
        if not items:
            return
        rooms = [self._room(i) for i in items]
        columns = rooms
        for count in range(1, len(items) + 1):
            per_row = ceil(len(items) / count)
            columns = [max(rooms[i::per_row]) for i in range(per_row)]
            if sum(columns) <= self.width:
                break
        spare = (self.width - sum(columns)) / len(columns)
        widths = [room + spare for room in columns]
        for i in range(0, len(items), len(widths)):
            row = items[i : i + len(widths)]
            self._strip(row, widths[: len(row)])
        self.y += 8

    def _strip(self, row: Sequence[Indicator], widths: Sequence[float]) -> None:
        theme, group = self.theme, self.scene.group(f"{STRIP}-{self.y:.0f}")
        titles = [
            titled(i.title, self.lang, wide - 20, 8, theme.ink, theme, weight=REGULAR)
            for i, wide in zip(row, widths, strict=True)
        ]
        head = max(t.height for t in titles)
        height = 40 + head + (13 if any(i.change or i.note for i in row) else 0)
        group.shapes.append(Box(x=self.left, y=self.y, width=self.width, height=height, fill=theme.zebra))
        x = self.left + 10
        for item, title, wide in zip(row, titles, widths, strict=True):
            if item is not row[0]:
                group.shapes.append(
                    Box(x=x - 10, y=self.y + 9, width=0.7, height=height - 18, fill=theme.rule)
                )
            room = (x, x + wide - 18)
            title.draw(group, x, self.y + 8, room=room)
            end = x
            for stack in self._values(item):
                if end > x:
                    points = ((end + 5, self.y + head + 21.5), (end + ARROW_ROOM - 4, self.y + head + 21.5))
                    group.shapes.append(Route(points=points, stroke=theme.muted, stroke_width=1.1))
                    end += ARROW_ROOM
                base = self.y + head + 21.5 + MIDDLE * stack.size
                stack.draw(group, end, base, "start", room)
                end += stack.width
            below = self._below(item)
            if below:
                below.draw(
                    group, x, self.y + head + 33 + below.height / 2 + MIDDLE * below.size, "start", room
                )
            x += wide
        self.y += height + 4

    def _room(self, item: Indicator) -> float:
        """The width an indicator needs."""
        values = self._values(item)
        below = self._below(item)
        wide = sum(v.width for v in values) + ARROW_ROOM * (len(values) - 1)
        return max(78.0, wide + 20, below.width + 20 if below else 0)

    def _values(self, item: Indicator) -> list[Line]:
        """Each value on one line: large numbers, small units; a unit common to all is said once."""
        units = {first(a.unit, self.lang) for v in item.values for a in v}
        common = len(units) == 1 and all(len(v) == 1 for v in item.values)
        found: list[Line] = []
        for i, value in enumerate(item.values):
            last = i == len(item.values) - 1
            size, weight, color = (
                (self.theme.value, BOLD, self.theme.ink) if last else (FORMER, REGULAR, self.theme.muted)
            )
            pieces: list[Line] = []
            for amount in value:
                if pieces:
                    pieces.append(Line("+", size * 0.7, REGULAR, self.theme.muted, size))
                if not amount.number:
                    told, other = first(amount.unit, self.lang), second(amount.unit, self.lang)
                    pieces.append(Line(told, FORMER, weight, color, size, under=other))
                    continue
                pieces.append(Line(amount.number, size, weight, color, size))
                if last or not common:
                    unit, other = first(amount.unit, self.lang), second(amount.unit, self.lang)
                    pieces.append(Line(unit, 8 if last else 7, REGULAR, color, size, under=other))
            line = pieces.pop()
            while pieces:
                line = replace(pieces.pop(), tail=line, gap=3)
            found.append(line)
        return found

    def _below(self, item: Indicator) -> Line | None:
        """The change, and the mean in small print."""
        theme = self.theme
        color = theme.muted if item.better is None else theme.good if item.better else theme.bad
        note = None
        if item.note:
            said = second(item.note, self.lang)
            tail = Line(said, LEAST, REGULAR, theme.muted, 10) if said else None
            note = Line(first(item.note, self.lang), 7, REGULAR, theme.muted, 10, tail=tail)
        if not item.change:
            return note
        said, weight = second(item.change, self.lang), REGULAR if item.better is None else BOLD
        if said:
            note = Line(said, LEAST, REGULAR, color, 10, tail=note)
        return Line(first(item.change, self.lang), 8, weight, color, 10, tail=note)

    def legend(self, entries: Sequence[tuple[Text, Callable[[Group, float, float], None]]]) -> None:
        """Samples of what is drawn with their names, wrapped into rows; each sample is 28 by 14 points."""
        theme, group = self.theme, self.scene.group("page-legend")
        name = titled(LEGEND, self.lang, 200, 8, theme.ink, theme, inline=True)
        name.draw(group, self.left, self.y)
        begin = self.left + name.width + 14
        room = self.right - begin
        named: list[_Named] = []
        for text, sample in entries:
            main = lines(first(text, self.lang), room - 34, 7.5, theme.ink)
            small = lines(second(text, self.lang), room - 34, 7, theme.muted)
            named.append(_Named(sample, main, small, room))
        for row in _rows(named, room):
            x, more = begin, 0.0
            free = room - sum(entry.width for entry in row)
            apart = min(ENTRIES, free / max(1, len(row) - 1))
            for entry in row:
                entry.sample(group, x, self.y - 1.5)
                below = entry.main.draw(group, x + 34, self.y + 0.4)
                if entry.tall:
                    more = max(more, entry.small.draw(group, x + 34, below) - self.y - 12)
                else:
                    entry.small.draw(group, x + 38 + entry.main.width, self.y + 1)
                x += entry.width + apart
            self.y += 18 + more
        self.y += 2

    def notes(self, texts: Sequence[Text]) -> None:
        """Each in both languages on one line where that fits."""
        for i, text in enumerate(texts, 1):
            name, foot, muted = f"page-note-{i}", self.theme.foot, self.theme.muted
            main = lines(first(text, self.lang), self.width, foot, muted, even=False)
            other = lines(second(text, self.lang), self.width, 6.5, muted, even=False)
            if len(main.lines) == len(other.lines) == 1 and main.width + TAIL + other.width <= self.width:
                main, other = Stack((replace(main.lines[0], tail=other.lines[0]),)), Stack()
            self.y = (main + other).draw(
                self.scene.group(name), self.left, self.y, room=(self.left, self.right)
            )
            self.y += 2

    def rule(self) -> None:
        self.scene.group("page-rule").shapes.append(
            Box(x=self.left, y=self.y, width=self.width, height=0.7, fill=self.theme.rule)
        )
        self.y += 9

    def close(self) -> Scene:
        self.scene.height = self.y + MARGIN - 6
        return self.scene
