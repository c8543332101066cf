"""The cards of a figure of what takes time, and the columns and rows they stand in: as wide and as high as
the cards of all variants need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jianban.workflows.figures.metrics import BOLD, REGULAR, text_width
from jianban.workflows.figures.model import (
    FigureLang,
    Gone,
    Mark,
    Panel,
    ParallelFigure,
    Phase,
    Task,
    Work,
)
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.scene import Box, Group
from jianban.workflows.figures.tasks import tasks_in
from jianban.workflows.figures.theme import Theme
from jianban.workflows.figures.typeset import LEAST, Chips, Stack, chip_rows, first, lines, second, titled
from jianban.workflows.texts import Text

LEAST_WIDTH = 540.0
"""Room for the titles and the time bars, on a part of the figure too."""
CARD, WIDEST_CARD = 104.0, 136.0
"""The width of a card, and up to which few cards are widened."""
GATE, WIDEST_GATE = 44.0, 66.0
"""The least width of a gate, and that up to which long words widen it."""
ENTRY = 21.0
"""Before the cards of a column: room for the line that comes in."""
EXIT = 12.0
"""Between them and a gate."""
INSET = 14.0
"""From a bar to the cards between it and the other one."""
BAR = 4.0
SPINE = 14.0
"""From the left of a card to the line to the next one."""
EMPTY = 74.0
"""The width of a column in which nothing takes time."""
HEAD, HEAD_PAD = 10.0, 20.0
"""The size of the title of a stage, and what stands beside it."""
GAP = 9.0
"""Between cards side by side."""
LED = 14.0
"""Between a card and the next one that its arrow leads to."""
TURN = 18.0
"""Between a card and a bar, or two bars."""
PAD = 7.0
LEAST_HEIGHT = 34.0
SPREAD = 72.0
"""What rows are set apart, at most, so that a column is as high as the others."""


@dataclass(slots=True)
class Face:
    """A task as a card."""

    title: Stack
    small: Stack
    chips: Chips
    longest: bool
    optional: bool
    width: float

    @property
    def beside(self) -> bool:
        """Whether the chips stand beside the English."""
        wide = max((self.chips.width(r) for r in self.chips.rows), default=0)
        return self.small.width + wide + 4 <= self.width - 2 * PAD

    @property
    def height(self) -> float:
        small, chips = self.small.height, self.chips.height
        return 9 + self.title.height + (max(small, chips) if self.beside else small + chips + 1)

    def draw(self, group: Group, x: float, y: float, high: float, theme: Theme) -> None:
        group.shapes.append(
            Box(
                x=x,
                y=y,
                width=self.width,
                height=high,
                radius=5,
                fill=theme.paper,
                stroke=theme.muted if self.optional else theme.ink,
                stroke_width=0.8,
                dash=(3, 2) if self.optional else (),
                solid=True,
            )
        )
        room = (x + PAD - 1, x + self.width - PAD + 1)
        at = y + 5 + (high - self.height) / 2
        at = self.title.draw(group, x + PAD, at, room=room)
        below = self.small.draw(group, x + PAD, at, room=room)
        if not self.beside:
            at = below + 1
        wide = max((self.chips.width(r) for r in self.chips.rows), default=0)
        fill, stroke = (theme.accent, None) if self.longest else (theme.chip, theme.chip_edge)
        if self.optional:
            fill, stroke = theme.paper, theme.rule
        self.chips.draw(group, x + self.width - PAD - wide, at, wide, fill, stroke)


def face_of(task: Task, lang: FigureLang, theme: Theme, width: float) -> Face:
    inner = width - 2 * PAD
    ink = theme.muted if task.optional else theme.ink
    size = 8.0 if lang == "en" else 9.0
    weight = REGULAR if task.optional else BOLD
    color = theme.on(theme.accent) if task.longest else ink
    return Face(
        title=lines(first(task.title, lang), inner, size, ink, weight),
        small=lines(second(task.title, lang), inner, theme.english, theme.muted),
        chips=chip_rows(task.times, lang, inner, theme, color),
        longest=task.longest,
        optional=task.optional,
        width=width,
    )


@dataclass(slots=True)
class GateFace:
    """A decision, licence or filing as a wall at the end of a stage."""

    title: Stack
    times: Sequence[Stack]
    longest: bool
    width: float

    @property
    def height(self) -> float:
        return self._inside + 14

    @property
    def _inside(self) -> float:
        times = sum(t.height + 7 for t in self.times)
        return self.title.height + (times + 3 if times else 0)

    def draw(self, group: Group, x: float, y: float, high: float, theme: Theme) -> None:
        group.shapes.append(
            Box(x=x, y=y, width=self.width, height=high, radius=6, fill=theme.dark, solid=True)
        )
        at, room = y + (high - self._inside) / 2, (x, x + self.width)
        at = self.title.draw(group, x + self.width / 2, at, "middle", room) + 3
        for said in self.times:
            box = Box(
                x=x + 3,
                y=at + 3,
                width=self.width - 6,
                height=said.height + 4,
                radius=4,
                fill=theme.accent if self.longest else theme.chip,
            )
            group.shapes.append(box)
            at = said.draw(group, x + self.width / 2, at + 5, "middle", room) + 2


def gate_face(task: Task, lang: FigureLang, theme: Theme, width: float) -> GateFace:
    size = _gate_size(lang)
    title = lines(first(task.title, lang), width - 6, size, theme.on_dark, BOLD, whole=True)
    title += lines(second(task.title, lang), width - 5, LEAST, theme.on_dark_muted)
    color = theme.on(theme.accent if task.longest else theme.chip)
    times = [
        lines(first(said, lang), width - 7, LEAST if lang == "en" else 7, color, whole=True)
        + lines(second(said, lang), width - 7, LEAST, color)
        for said in task.times
    ]
    return GateFace(title, times, task.longest, width)


def _gate_size(lang: FigureLang) -> float:
    return 7.5 if lang == "en" else 9.0


def _gate_width(tasks: Iterable[Task], lang: FigureLang) -> float:
    """Wide enough for the longest English word."""
    size, weight = (LEAST, REGULAR) if lang == "both" else (_gate_size(lang), BOLD)
    words = [w for t in tasks for w in t.title.en.split()] if lang != "zh" else []
    return min(max([GATE, *(text_width(w, size, weight) + 7 for w in words)]), WIDEST_GATE)


@dataclass(slots=True)
class GoneFace:
    """What is no longer done here."""

    text: Stack

    @property
    def height(self) -> float:
        return self.text.height + 8

    def draw(self, group: Group, x: float, y: float, high: float, theme: Theme) -> None:
        wide, y = CARD - SPINE - 12, y + (high - self.height) / 2
        group.shapes.append(Box(x=x, y=y, width=wide, height=self.height, radius=3, fill=theme.zebra))
        self.text.draw(group, x + 5, y + 4, room=(x, x + wide))


@dataclass(slots=True)
class _Rows:
    """Heights of the rows of one column that are in use, and of the gaps above them."""

    high: dict[int, float] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)
    """The rows above which a line turns."""
    led: set[int] = field(default_factory=set)
    """The rows to which a line leads straight down."""
    more: float = 0
    """Added to every gap."""

    @property
    def height(self) -> float:
        last = max(self.high)
        return self.top(last) + self.high[last]

    def need(self, row: int, high: float) -> None:
        self.high[row] = max(self.high.get(row, LEAST_HEIGHT), high)

    def top(self, row: int) -> float:
        above = sorted(r for r in self.high if r <= row)
        return sum(self.high[r] for r in above[:-1]) + sum(self._gap(r) + self.more for r in above[1:])

    def _gap(self, row: int) -> float:
        return TURN if row in self.apart else LED if row in self.led else GAP


class Columns:
    """Where columns and their rows stand; the same for all panels."""

    def __init__(self, figure: ParallelFigure, theme: Theme) -> None:
        self.lang: FigureLang = figure.lang
        self.theme = theme
        phases = [p for panel in figure.panels for p in panel.phases]
        self.first = min((p.first for p in phases), default=0)
        count = max((p.last + 1 for p in phases), default=0)
        self.depth = [max((_depth(p.works) for p in phases if p.first == c), default=0) for c in range(count)]
        self.gate = _gate_width([p.gate for p in phases if p.gate], figure.lang)
        self.wide = CARD
        self._place(phases, count)
        if (spare := MARGIN + LEAST_WIDTH - 8 - self.right) > 0 and count:
            cards = len({p.first for p in phases if p.works})
            self.wide = min(CARD + spare / max(cards, 1), WIDEST_CARD)
            spare -= cards * (self.wide - CARD)
            self._place(phases, count, spare / (count - self.first))
        self.rows = [_Rows() for _ in range(count)]
        self._faces = {
            id(t): face_of(t, self.lang, theme, self.wide) for p in phases for t in tasks_in(p.works)
        }
        for phase in phases:
            self._measure(phase)
        # All first rows are equally high, so that lines from stage to stage run straight.
        used = [r for r in self.rows if r.high]
        high = max([LEAST_HEIGHT, *(r.high[min(r.high)] for r in used)])
        for rows in used:
            rows.need(min(rows.high), high)
        self.middle = high / 2
        gates = [gate_face(p.gate, self.lang, theme, self.gate).height for p in phases if p.gate]
        highest = max([*(r.height for r in used), *gates], default=0)
        for rows in used:
            rows.more = min((highest - rows.height) / max(1, len(rows.high) - 1), SPREAD)

    def _measure(self, phase: Phase) -> None:
        rows = self.rows[phase.first]
        for task in tasks_in(phase.works):
            rows.need(task.row, self.face(task).height)
        for gone in phase.gone:
            rows.need(gone.row, self.gone(gone).height)
        for first_row, last_row in _bars(phase.works):
            rows.apart |= {first_row, last_row + 1}
        rows.led.update(_led(phase.works))

    def _place(self, phases: Sequence[Phase], count: int, more: float = 0) -> None:
        wide = [EMPTY if c >= self.first else 0.0 for c in range(count)]
        for phase in sorted(phases, key=lambda p: p.last - p.first):
            need = self._need(phase) - sum(wide[phase.first : phase.last])
            wide[phase.last] = max(wide[phase.last], need)
        self.left: list[float] = []
        x = MARGIN + 6
        self._ends: list[float] = []
        for column, each in enumerate(wide):
            self.left.append(x)
            x += each + (more if column >= self.first else 0)
            self._ends.append(x)
        self.right = x

    def _need(self, phase: Phase) -> float:
        # No word of the title is broken.
        size, weight = (HEAD - 1, BOLD) if self.lang == "en" else (self.theme.english, REGULAR)
        words = f"{phase.number}\N{NO-BREAK SPACE}{phase.title.en}".split(" ") if self.lang != "zh" else []
        least = HEAD_PAD + max((text_width(word, size, weight) for word in words), default=0)
        return max(self._body(phase), least)

    def _body(self, phase: Phase) -> float:
        if not phase.works and not phase.gate:
            return EMPTY
        inset = INSET * self.depth[phase.first]
        cards = self.wide + 2 * inset if phase.works else 0.0
        return ENTRY + cards + (EXIT if phase.works else 0) + (self.gate if phase.gate else 0)

    def end(self, column: int) -> float:
        return self._ends[column]

    def card(self, column: int) -> float:
        """Where the cards of a column begin."""
        return self.left[column] + ENTRY + INSET * self.depth[column]

    def face(self, task: Task) -> Face:
        return self._faces[id(task)]

    def gone(self, gone: Gone) -> GoneFace:
        look = self.theme.looks[Mark.MERGED if gone.merged else Mark.REMOVED]
        said = Text(f"{look.sign} {gone.said.zh}", f"{look.sign} {gone.said.en}")
        wide = CARD - SPINE - 12 - 9
        return GoneFace(titled(said, self.lang, wide, 7.5, look.text, self.theme, weight=REGULAR, small=6.6))

    def row_y(self, column: int, row: int) -> float:
        return self.rows[column].top(row)

    def row_high(self, column: int, row: int) -> float:
        return self.rows[column].high[row]

    def height(self, panel: Panel) -> float:
        """How high the stages of a panel are, gates included."""
        found = [2 * self.middle]
        for phase in panel.phases:
            if phase.gate:
                found.append(gate_face(phase.gate, self.lang, self.theme, self.gate).height)
            used = [t.row for t in tasks_in(phase.works)] + [g.row for g in phase.gone]
            found += [self.row_y(phase.first, r) + self.row_high(phase.first, r) for r in used]
        return max(found)


def _depth(works: Sequence[Work]) -> int:
    """How deep groups stand in one another."""
    return max((1 + max(map(_depth, w.branches)) for w in works if not isinstance(w, Task)), default=0)


def _bars(works: Sequence[Work]) -> Iterator[tuple[int, int]]:
    """The first and last row of every group."""
    for work in works:
        if not isinstance(work, Task):
            rows = [t.row for t in tasks_in([work])]
            yield min(rows), max(rows)
            for branch in work.branches:
                yield from _bars(branch)


def _led(works: Sequence[Work]) -> Iterator[int]:
    """The rows of the tasks that follow another task."""
    for before, after in pairwise(works):
        if isinstance(before, Task) and isinstance(after, Task):
            yield after.row
    for work in works:
        if not isinstance(work, Task):
            for branch in work.branches:
                yield from _led(branch)
