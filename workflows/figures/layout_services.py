"""Where everything in the figure of service items stands: subjects as rows, indicators as columns; in each
cell a dot for every item, or a share as a bar; below, the items beyond their thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Outline, Scene
from jianban.workflows.figures.services import Dot, Offender, Panel, ServicesFigure, Strip
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, first, lines, second, spoken, titled
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_number

WIDTH = 539.0
LABELS = 84.0
"""Left of the panels."""
GAP = 12.0
"""Between panels."""
SHARES = {"promised": 2.8, "compression": 2.1, "materials": 2.0, "visits": 2.0}
"""How wide the panels of dots are, one to another."""
BAR_PANEL = 40.0
INSET = 7.0
"""From the side of a panel to the ends of its scale."""
PLAIN, NUMBERED = 2.9, 5.4
"""Radii of dots."""
LEAST = 25.0
"""Of a row."""
PAD = 5.0
MEAN = 7.0
"""How high the mark of an average stands at the foot of a row."""
TICK = 17.0
"""The least distance of two ticks of a scale."""
COLUMNS = 2
"""Of the list of items beyond thresholds."""
BY_SUBJECT = Text("各主题的事项", "The items of each subject")
BEYOND = Text("未达到要求的事项", "Items beyond their thresholds")
ITEMS = Text("{count} 项", "items: {count}")
ITEM = Text("事项", "item")
BROKEN = Text("未达到要求（编号见下）", "beyond its threshold, see below")
AVERAGE = Text("平均值", "average")
EACH = Text("单个事项的要求", "threshold of an item")
OVERALL = Text("平均值、比率的要求", "threshold of averages, rates")
OF_EACH, OF_AVERAGE = Text("单项", "each"), Text("平均", "mean")


def lay_services(figure: ServicesFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _Layout(figure, theme).scene()


class _Layout:
    def __init__(self, figure: ServicesFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        dots = [p for p in figure.panels if not p.rate]
        bars = [p for p in figure.panels if p.rate]
        free = WIDTH - LABELS - len(bars) * BAR_PANEL - (len(figure.panels) - 1) * GAP
        part = free / sum(SHARES[p.id] for p in dots)
        self.places: dict[str, tuple[float, float]] = {}
        x = MARGIN + LABELS
        for panel in figure.panels:
            wide = BAR_PANEL if panel.rate else part * SHARES[panel.id]
            self.places[panel.id] = (x, x + wide)
            x += wide + GAP

    def scene(self) -> Scene:
        figure, lang = self.figure, self.lang
        scene = Scene(
            2 * MARGIN + WIDTH,
            0,
            spoken(figure.title, lang),
            self._outline(),
            "en" if lang == "en" else "zh-CN",
            self.theme.paper,
        )
        page = Page(scene, lang, self.theme)
        page.header(figure.title, figure.summary)
        page.indicators(figure.indicators)
        if figure.strips:
            self._head(page, "page-subjects", BY_SUBJECT)
            self._strips(page)
            self._legend(page)
        if figure.offenders:
            self._head(page, "page-beyond", BEYOND)
            self._offenders(page)
        page.notes(figure.notes)
        return page.close()

    def _head(self, page: Page, name: str, text: Text) -> None:
        page.y += 4
        stack = titled(text, self.lang, WIDTH, 11, self.theme.ink, self.theme, small=8, inline=True)
        page.y = stack.draw(page.scene.group(name), MARGIN, page.y, room=(MARGIN, MARGIN + WIDTH)) + 6

    def _strips(self, page: Page) -> None:
        theme, figure = self.theme, self.figure
        self._titles(page)
        top = page.y
        ground = page.scene.group("page-panels")
        for i, strip in enumerate(figure.strips):
            group = page.scene.group(f"subject-{strip.id}", spoken(strip.title, self.lang))
            label = titled(strip.title, self.lang, LABELS - 8, 9, theme.ink, theme, small=6.8)
            label += self._small(ITEMS.format(count=strip.count), LABELS - 8, 7.5)
            swarms = {
                p.id: list(swarm(strip.dots[p.id], self._scale(p))) for p in figure.panels if not p.rate
            }
            reach = max([abs(y) + r for found in swarms.values() for _, y, r in found], default=0)
            high = max(LEAST, 2 * reach + 2 * PAD + MEAN, label.height + PAD)
            color = theme.paper if i % 2 else theme.zebra
            ground.shapes.append(Box(x=MARGIN, y=page.y, width=WIDTH, height=high, fill=color))
            middle = page.y + high / 2
            label.draw(group, MARGIN + 4, middle - label.height / 2, room=(MARGIN, MARGIN + LABELS))
            for panel in figure.panels:
                if panel.rate:
                    self._share(group, panel, strip, middle, color)
                else:
                    self._swarm(group, panel, strip, swarms[panel.id], page.y, high)
            page.y += high
        for panel in figure.panels:
            self._lines(ground, panel, top, page.y)
        page.y += 15

    def _titles(self, page: Page) -> None:
        theme, group = self.theme, page.scene.group("page-columns")
        stacks: list[tuple[Panel, Stack]] = []
        for panel in self.figure.panels:
            left, right = self.places[panel.id]
            stack = titled(panel.title, self.lang, right - left, 8.5, theme.ink, theme, small=6.6)
            unit = Text(panel.unit.zh.removeprefix("个"), panel.unit.en)
            if unit.en == panel.title.en.lower():
                unit = Text(unit.zh, "" if self.lang == "en" else unit.zh)
            if not panel.rate:
                stack += self._small(unit, right - left, 7)
            demands = ((panel.overall, OF_AVERAGE, theme.accent), (panel.each, OF_EACH, theme.bad))
            for demand, words, color in demands:
                if demand:
                    said = demand.said if panel.rate else f"{spoken(words, self.lang)} {demand.said}"
                    stack += lines(said, right - left, 7.5, color, BOLD)
            stacks.append((panel, stack))
        high = max(s.height for _, s in stacks)
        for panel, stack in stacks:
            left, right = self.places[panel.id]
            stack.draw(group, left, page.y + high - stack.height, room=(left, right))
        page.y += high + 4

    def _small(self, text: Text, width: float, size: float) -> Stack:
        muted = self.theme.muted
        return titled(text, self.lang, width, size, muted, self.theme, weight=REGULAR, inline=True, small=6.6)

    def _scale(self, panel: Panel) -> tuple[float, float]:
        """Where the scale begins, and the points for one unit of it."""
        left, right = self.places[panel.id]
        if panel.rate:
            return left, (right - left) / 100
        return left + INSET, (right - left - 2 * INSET) / ticks(panel.most, right - left - 2 * INSET)[-1]

    def _lines(self, group: Group, panel: Panel, top: float, bottom: float) -> None:
        """The scale below the rows, and the thresholds through them."""
        theme = self.theme
        start, unit = self._scale(panel)
        if panel.rate:
            if panel.overall:
                group.shapes += dashes(start + panel.overall.bound * unit, top, bottom, theme.accent)
            return
        left, right = self.places[panel.id]
        for tick in ticks(panel.most, right - left - 2 * INSET):
            x = start + tick * unit
            group.shapes.append(Box(x=x - 0.3, y=top, width=0.6, height=bottom - top, fill=theme.rule))
            lines(format_number(tick), 40, 7, theme.muted).draw(group, x, bottom + 2, "middle")
        if panel.overall and not (panel.each and panel.each.bound == panel.overall.bound):
            group.shapes += dashes(start + panel.overall.bound * unit, top, bottom, theme.accent)
        if panel.each:
            x = start + panel.each.bound * unit
            group.shapes.append(Box(x=x - 0.5, y=top, width=1, height=bottom - top, fill=theme.bad))

    def _swarm(
        self,
        group: Group,
        panel: Panel,
        strip: Strip,
        found: Sequence[tuple[Dot, float, float]],
        top: float,
        high: float,
    ) -> None:
        start, unit = self._scale(panel)
        middle = top + (high - MEAN) / 2
        for dot, y, radius in found:
            disc(group, start + max(dot.value, 0) * unit, middle + y, radius, dot.number, self.theme)
        mean = strip.overall[panel.id]
        if mean is not None and len(found) > 1:
            self._mean(group, start + max(mean, 0) * unit, top + high - MEAN)

    def _mean(self, group: Group, x: float, top: float) -> None:
        group.shapes.append(Box(x=x - 1.1, y=top, width=2.2, height=MEAN, fill=self.theme.ink))

    def _share(self, group: Group, panel: Panel, strip: Strip, middle: float, ground: str) -> None:
        theme, value = self.theme, strip.overall[panel.id]
        left, right = self.places[panel.id]
        if value is None:
            return
        met = panel.overall is None or (value >= panel.overall.bound)
        color = theme.accent if met else theme.bad
        said = lines(f"{format_number(value)}%", right - left, 8, theme.ink if met else theme.bad, BOLD)
        group.shapes.append(
            Box(
                x=left - 1,
                y=middle - said.height - 0.5,
                width=said.width + 2,
                height=said.height,
                fill=ground,
            )
        )
        said.draw(group, left, middle - said.height - 0.5, room=(left - 1, right + 8))
        group.shapes.append(
            Box(
                x=left,
                y=middle + 1.5,
                width=right - left,
                height=6,
                fill=theme.chip,
                stroke=theme.rule,
                stroke_width=0.5,
            )
        )
        if value:
            group.shapes.append(
                Box(
                    x=left,
                    y=middle + 1.5,
                    width=(right - left) * value / 100,
                    height=6,
                    fill=color,
                    hatch=None if met else theme.paper,
                )
            )

    def _legend(self, page: Page) -> None:
        theme, panels = self.theme, self.figure.panels
        dots = [d for s in self.figure.strips for found in s.dots.values() for d in found]
        entries = [(ITEM, lambda g, x, y: disc(g, x + 14, y + 7, PLAIN, None, theme))]
        if any(d.number for d in dots):
            entries.append((BROKEN, lambda g, x, y: disc(g, x + 14, y + 7, NUMBERED, 1, theme)))
        entries.append((AVERAGE, lambda g, x, y: self._mean(g, x + 14, y + 4)))
        if any(p.each for p in panels):
            entries.append(
                (
                    EACH,
                    lambda g, x, y: g.shapes.append(Box(x=x + 13.5, y=y, width=1, height=14, fill=theme.bad)),
                )
            )
        if any(p.overall for p in panels):
            entries.append(
                (OVERALL, lambda g, x, y: g.shapes.extend(dashes(x + 14, y, y + 14, theme.accent)))
            )
        page.legend(entries)

    def _offenders(self, page: Page) -> None:
        """In columns, read downwards; the items are numbered as in the chart."""
        wide = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS
        laid = [(o, *self._offender(o, wide - 18)) for o in self.figure.offenders]
        heights = [sum(head.height + 1 for _, head in heads) + told.height + 6 for _, heads, told in laid]
        column, used, bottom = 0, 0.0, page.y
        for (offender, heads, told), high in zip(laid, heights, strict=True):
            if used and used + high / 2 > sum(heights) / COLUMNS and column + 1 < COLUMNS:
                column, used = column + 1, 0.0
            x, y = MARGIN + column * (wide + GAP), page.y + used
            name = spoken(offender.items[0][1], self.lang)
            group = page.scene.group(f"beyond-{offender.items[0][0]}", name)
            room = (x + 14, x + wide)
            for place, head in heads:
                disc(group, x + NUMBERED, y + NUMBERED + 0.8, NUMBERED, place, self.theme)
                y = head.draw(group, x + 16, y, room=room) + 1
            told.draw(group, x + 16, y, room=room)
            used += high
            bottom = max(bottom, page.y + used)
        page.y = bottom + 4

    def _offender(self, offender: Offender, wide: float) -> tuple[list[tuple[int, Stack]], Stack]:
        """The items, each with its number, and what is beyond their thresholds."""
        theme = self.theme
        heads = [
            (number, titled(title, self.lang, wide, 8.5, theme.ink, theme, small=6.8))
            for number, title in offender.items
        ]
        stack = Stack()
        for fault, cause in offender.faults:
            stack += titled(fault, self.lang, wide, 7.5, theme.bad, theme, small=6.6, inline=True)
            stack += lines(first(cause, self.lang), wide, 7.2, theme.muted, even=False)
            stack += lines(second(cause, self.lang), wide, 6.6, theme.muted, even=False)
        return heads, stack

    def _outline(self) -> Outline:
        told: list[tuple[str, list[str]]] = []
        for strip in self.figure.strips:
            said = [
                f"{spoken(p.title, self.lang)}：{format_number(value)} {first(p.unit, self.lang)}"
                for p in self.figure.panels
                if (value := strip.overall[p.id]) is not None
            ]
            told.append((spoken(strip.title, self.lang), said))
        for offender in self.figure.offenders:
            faults = [f"{spoken(f, self.lang)}：{spoken(c, self.lang)}" for f, c in offender.faults]
            names = "；".join(f"{place} {spoken(title, self.lang)}" for place, title in offender.items)
            told.append((names, faults))
        return told


def ticks(most: float, room: float) -> list[float]:
    """Round numbers from 0 to at least `most`, as many as stand apart in the room."""
    for power in count():
        for step in (1, 2, 5):
            step *= 10**power
            steps = max(1, ceil(most / step - 1e-9))
            if room / steps >= TICK:
                return [float(step * i) for i in range(steps + 1)]
    raise AssertionError


def swarm(dots: Sequence[Dot], scale: tuple[float, float]) -> Iterator[tuple[Dot, float, float]]:
    """Each dot with how far it stands from the middle of its row, and its radius: as near as it can without
    touching those before it. Numbered ones come first."""
    start, unit = scale
    placed: list[tuple[float, float, float]] = []
    for dot in sorted(dots, key=lambda d: (d.number is None, d.value, d.number or 0)):
        x, radius = start + max(dot.value, 0) * unit, NUMBERED if dot.number else PLAIN
        y = next(
            y
            for step in count()
            for y in ((step / 2, -step / 2) if step else (0.0,))
            if all((x - a) ** 2 + (y - b) ** 2 >= (radius + r + 0.6) ** 2 for a, b, r in placed)
        )
        placed.append((x, y, radius))
        yield dot, y, radius


def disc(group: Group, x: float, y: float, radius: float, place: int | None, theme: Theme) -> None:
    """An item: hollow, or filled with its number when it is beyond a threshold."""
    group.shapes.append(
        Box(
            x=x - radius,
            y=y - radius,
            width=2 * radius,
            height=2 * radius,
            radius=radius,
            fill=theme.bad if place else theme.paper,
            stroke=theme.bad if place else theme.accent,
            stroke_width=0.6 if place else 1.2,
        )
    )
    if place:
        said = lines(str(place), 20, 6.6, theme.on(theme.bad), BOLD)
        said.draw(group, x, y - said.height / 2, "middle")


def dashes(x: float, top: float, bottom: float, color: str) -> Iterator[Box]:
    """An upright dashed line that lies under what it meets."""
    y = top
    while y < bottom:
        yield Box(x=x - 0.5, y=y, width=1, height=min(3.5, bottom - y), fill=color)
        y += 6
