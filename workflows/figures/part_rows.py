"""The rows inside the card of a stage: its steps, and headings over those that stand in one block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jianban.workflows.figures.comparison_model import Part, Scope
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Mark
from jianban.workflows.figures.scene import Box, Group
from jianban.workflows.figures.theme import Look, Theme
from jianban.workflows.figures.typeset import LEAST, Chips, Line, Stack, chip_rows, lines, titled
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text

STANDS_FOR = Text("替代 {steps}", "in place of {steps}")
PARALLEL = Text("并联：{title}", "in parallel: {title}")
ONLY = Text("限于：{what}", "only: {what}")
FROM = "←"
"""Before the numbers of the steps of the base."""
TO = "→"
"""Before the numbers of the steps that stand for one of the base."""
SIGN = 10.0
"""Between the signs of a step, one for each variant."""
STEP_IN = 9.0
"""For each block around a step."""
ASIDE_IN = 13.0
"""For a step off the main line."""
NUMBER = 16.0
TITLE = 35.0
TOLD_LINES = 4
"""What the definition says of a step is left out when it takes more."""


@dataclass(slots=True)
class HeadRow:
    """Over the steps of a block."""

    scope: Scope
    depth: int
    title: Stack
    left: float

    @property
    def height(self) -> float:
        return self.title.height + 2

    def draw(self, group: Group, theme: Theme, x: float, y: float, width: float) -> None:
        left = x + self.left + STEP_IN * self.depth
        self.title.draw(group, left, y + 1, room=(left - 1, x + width - 2))


@dataclass(slots=True)
class PartRow:
    """One step: signs and number, title, and either its times at the right or chips below."""

    part: Part
    looks: tuple[Look, ...]
    roomy: bool
    tinted: bool
    width: float
    title: Stack
    number: Stack
    aside: Stack
    chips: Chips
    notes: Stack
    refers: bool = False
    """Whether it gives the numbers of the steps of the other variant after an arrow."""
    told: Stack = field(default_factory=Stack)
    """Shown only when there is room."""
    shows_told: bool = False

    @property
    def depth(self) -> int:
        return len(self.part.within)

    @property
    def indent(self) -> float:
        return indent(self.part)

    @property
    def height(self) -> float:
        more = (s.height + 2 for s in (self.notes, self._said) if s.lines)
        chips = self.chips.height + 4 if self.chips.rows else 0
        body = max(self.title.height, self.aside.height)
        return body + chips + sum(more) + (10.0 if self.roomy else 3.0)

    @property
    def _said(self) -> Stack:
        return self.told if self.shows_told else Stack()

    def draw(self, group: Group, theme: Theme, x: float, y: float, width: float) -> None:
        look = self.looks[0]
        inner = self.indent if self.roomy else 0.0
        if self.tinted or self.roomy:
            box = Box(
                x=x + inner,
                y=y,
                width=width - inner,
                height=self.height,
                radius=4,
                fill=look.tint if self.tinted else theme.paper,
                stroke=look.stroke if self.roomy else None,
                stroke_width=0.7,
                dash=look.dash,
            )
            group.shapes.append(box)
            if self.roomy and look.double:
                group.shapes.append(
                    replace(
                        box,
                        x=box.x + 2,
                        y=y + 2,
                        width=box.width - 4,
                        height=box.height - 4,
                        radius=3,
                        fill=None,
                    )
                )
            if not self.roomy and self.part.mark is not Mark.KEPT:
                group.shapes.append(Box(x=x, y=y, width=2, height=self.height, fill=look.stroke))
        middle = y + (5 if self.roomy else 1.5)
        for i, each in enumerate(self.looks):
            sign = lines(each.sign, 12, 8, each.text, BOLD)
            sign.draw(group, x + inner + 9 + SIGN * i, middle + 0.6, "middle")
        shift = self.indent + SIGN * (len(self.looks) - 1)
        self.number.draw(group, x + shift + NUMBER, middle + 1.2)
        left = x + shift + TITLE
        room = (left - 1, x + width - 2)
        end = self.title.draw(group, left, middle, room=room)
        self.aside.draw(group, x + width - 5, middle + 0.6, "end", room)
        end = max(end, middle + self.aside.height)
        if self.chips.rows:
            self.chips.draw(group, left, end + 3, room[1] - left, theme.paper, theme.rule)
            end += self.chips.height + 4
        for stack in (self.notes, self._said):
            if stack.lines:
                end = stack.draw(group, left, end + 1, room=room) + 1


Row = HeadRow | PartRow


def indent(part: Part) -> float:
    return STEP_IN * len(part.within) + ASIDE_IN * part.aside


def card_rows(
    parts: Sequence[Part], lang: FigureLang, theme: Theme, width: float, *, tinted: bool, roomy: bool
) -> list[Row]:
    """The rows of a card, with a heading wherever a block begins."""
    found: list[Row] = []
    around: tuple[str, ...] = ()
    signs = max((len(p.marks) for p in parts), default=1)
    left = NUMBER + SIGN * (signs - 1)
    for part in parts:
        ids = tuple(s.id for s in part.within)
        for depth, scope in enumerate(part.within):
            if ids[: depth + 1] != around[: depth + 1]:
                words = PARALLEL if scope.parallel else ONLY
                said = scope.title if scope.each else words.format(title=scope.title, what=scope.title)
                room = width - left - STEP_IN * depth - 4
                title = titled(said, lang, room, 7, theme.muted, theme, small=6.5, weight=BOLD, inline=True)
                found.append(HeadRow(scope, depth, title, left))
        around = ids
        found.append(_part_row(part, lang, theme, width, tinted=tinted, roomy=roomy))
    return found


def draw_rows(
    rows: Sequence[Row], tops: Sequence[float], group: Group, theme: Theme, x: float, width: float
) -> None:
    """The rows at their places, with a line along each block and a hook before each step beside the main
    line."""
    for row, y in zip(rows, tops, strict=True):
        row.draw(group, theme, x, y, width)
    for i, (row, y) in enumerate(zip(rows, tops, strict=True)):
        if isinstance(row, HeadRow):
            held = [(r, t) for r, t in zip(rows[i + 1 :], tops[i + 1 :], strict=True)]
            count = next((n for n, (r, _) in enumerate(held) if not _inside(r, row)), len(held))
            _block(group, theme, x, row, y, held[:count])
        elif row.part.aside:
            left = x + row.indent - ASIDE_IN + (3 if row.roomy else NUMBER + SIGN * (len(row.looks) - 1) + 1)
            mid = y + (5 if row.roomy else 1.5) + 6
            group.shapes.append(Box(x=left, y=y - 1, width=0.8, height=mid - y + 1.8, fill=theme.frame))
            group.shapes.append(Box(x=left, y=mid, width=8, height=0.8, fill=theme.frame))


def _inside(row: Row, head: HeadRow) -> bool:
    if isinstance(row, HeadRow):
        return row.depth > head.depth
    return any(s.id == head.scope.id for s in row.part.within)


def _block(
    group: Group, theme: Theme, x: float, head: HeadRow, y: float, held: Sequence[tuple[Row, float]]
) -> None:
    """A line along the steps of a block: double, with a tick for each branch, where they run in parallel."""
    last, top = held[-1]
    roomy = isinstance(last, PartRow) and last.roomy
    left = x + STEP_IN * head.depth + (1.5 if roomy else head.left + 1)
    begin, end = y + head.height + 1, top + last.height - 1.5
    group.shapes.append(Box(x=left, y=begin, width=0.8, height=end - begin, fill=theme.frame))
    if not head.scope.parallel:
        return
    group.shapes.append(Box(x=left + 2.2, y=begin, width=0.8, height=end - begin, fill=theme.frame))
    branch = None
    for row, at in held:
        here = row.part.within if isinstance(row, PartRow) else ()
        name = next((s.branch for s in here if s.id == head.scope.id), branch)
        if name != branch:
            branch = name
            mid = at + (11 if roomy else 7.5)
            group.shapes.append(Box(x=left + 2.2, y=mid, width=4, height=0.8, fill=theme.frame))


def _part_row(
    part: Part, lang: FigureLang, theme: Theme, width: float, *, tinted: bool, roomy: bool
) -> PartRow:
    looks = tuple(theme.looks[m] for m in part.marks)
    inner = width - TITLE - 5 - indent(part) - SIGN * (len(looks) - 1)
    color = looks[0].text
    ink, weight = (theme.muted, REGULAR) if part.aside else (theme.ink, BOLD if roomy else REGULAR)
    notes = Stack()
    for note in part.notes:
        notes += titled(note, lang, inner, 7, color, theme, small=6.5, weight=REGULAR, inline=True)
    links = _links(part, inner / 3, color)
    chips, times = Chips(()), Stack()
    if roomy:
        chips = chip_rows((*part.times, *part.chips), lang, inner, theme)
        if part.origin and (part.mark is Mark.MERGED or len(part.origin) > 1):
            stood = [Text(f"{n} {t.zh}", f"{n} {t.en}") for n, t in part.origin]
            told = STANDS_FOR.format(steps=joined(stood))
            notes += titled(told, lang, inner, 7.5, color, theme, small=6.8, weight=REGULAR)
            links = Stack()
    else:
        for time in part.times:
            times += titled(time, lang, 90, 7, theme.ink, theme, weight=REGULAR, small=LEAST)
    refers = bool(links.lines)
    if links.lines and times.lines:
        head = replace(times.lines[0], tail=links.lines[0])
        times, links = Stack((head, *times.lines[1:], *links.lines[1:])), Stack()
    right = times + links
    wide = inner - (right.width + 6 if right.lines else 0)
    title = titled(
        part.title, lang, wide, 9 if roomy else 8, ink, theme, small=6.5, weight=weight, inline=True
    )
    if part.when:
        title = _with_case(
            title,
            titled(
                ONLY.format(what=part.when),
                lang,
                wide,
                7,
                theme.muted,
                theme,
                small=6.5,
                weight=REGULAR,
                inline=True,
            ),
            wide,
        )
    told = Stack()
    if roomy and part.told:
        told = titled(part.told, lang, inner, 7.2, theme.muted, theme, small=6.6, weight=REGULAR)
    return PartRow(
        part=part,
        looks=looks,
        roomy=roomy,
        tinted=tinted,
        width=width,
        title=title,
        number=lines(part.number, 30, 6.8, theme.muted),
        aside=right,
        chips=chips,
        notes=notes,
        refers=refers,
        told=told if 0 < len(told.lines) <= TOLD_LINES * (2 if lang == "both" else 1) else Stack(),
    )


def _links(part: Part, width: float, color: str) -> Stack:
    """The numbers of the steps of the other variant, unless it is that of the same number, not merged."""
    numbers = part.heirs or tuple(n for n, _ in part.origin)
    if not numbers or (numbers == (part.number,) and part.mark is not Mark.MERGED):
        return Stack()
    return lines(f"{TO if part.heirs else FROM} {' '.join(numbers)}", max(width, 60), 6.8, color)


def _with_case(title: Stack, case: Stack, width: float) -> Stack:
    """The case in which a step is done, after its title where that fits, else below it."""
    if len(title.lines) == len(case.lines) == 1 and title.width + case.width + 5 <= width:
        return Stack((_tailed(title.lines[0], case.lines[0]),))
    return title + case


def _tailed(line: Line, tail: Line) -> Line:
    return replace(line, tail=_tailed(line.tail, tail) if line.tail else tail)
