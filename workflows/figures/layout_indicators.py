"""Where everything in the charts stands: what each indicator was and is, as parts of the base, and the
periods of the critical path one after the other, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from operator import gt, lt

from jianban.workflows.figures.indicators import SAME, written
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Indicator, IndicatorsFigure, Leg, Timeline
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Outline, Route, Scene
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, first, lines, spoken, titled
from jianban.workflows.figures.words import joined
from jianban.workflows.texts import Text
from jianban.workflows.wording import NO_LIMIT, counted, format_number

WIDTH = 536.0
LABELS = 122.0
"""Left of the scale."""
CHANGES = 62.0
"""Right of it."""
ROW = 39.0
LEG = 22.0
"""The least height of a row of either chart."""
DOT = 9.0
BAR = 14.0
BASE_IS = Text("以“{name}”为 100", "{name} = 100")
DAYS_SINCE = Text("自办理开始起的平均日历天数", "Mean calendar days since the start")
TOTAL = Text("累计 {count} 天", "{count} day{s} in all")
WHERE = Text("时间花在哪里", "Where the time goes")
FROM_TO = Text(
    "从 {before} 天到 {after} 天：时间花在哪里", "From {before} days to {after}: where the time goes"
)
UNCHANGED = Text("{count} 天，未变：时间花在哪里", "{count} day{s}, as before: where the time goes")
LESS = Text("减少：{titles}", "Down: {titles}")
MORE = Text("增加：{titles}", "Up: {titles}")
ALL_SAME = Text("各项指标均未变", "Every indicator is as before")


def lay_indicators(figure: IndicatorsFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _Layout(figure, theme).scene()


class _Layout:
    def __init__(self, figure: IndicatorsFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        self.left, self.right = MARGIN + LABELS, MARGIN + WIDTH - CHANGES

    def scene(self) -> Scene:
        scene = Scene(
            2 * MARGIN + WIDTH,
            0,
            spoken(self.figure.title, self.lang),
            self._outline(),
            "en" if self.lang == "en" else "zh-CN",
            self.theme.paper,
        )
        page = Page(scene, self.lang, self.theme)
        page.header(self.figure.title, None)
        if len(self.figure.names) > 1 and self.figure.indicators:
            self._head(page, "page-changes", *self._changes())
            self._key(page)
            self._dumbbells(page)
        if any(t.legs for t in self.figure.timelines):
            self._timelines(page)
        page.notes(self.figure.notes)
        return page.close()

    def _head(self, page: Page, name: str, *texts: Text) -> None:
        group, theme = page.scene.group(name), self.theme
        for text in texts:
            stack = titled(text, self.lang, WIDTH, 11, theme.ink, theme, small=8, inline=True)
            page.y = stack.draw(group, MARGIN, page.y, room=(MARGIN, MARGIN + WIDTH))
        page.y += 7

    def _changes(self) -> list[Text]:
        """What gets less and what gets more, between two variants, or that nothing does."""
        known = ((i, [n for n in i.numbers if n is not None]) for i in self.figure.indicators)
        numbers = [(i, two) for i, two in known if len(i.numbers) == len(two) == 2]
        told: list[Text] = []
        for words, way in ((LESS, lt), (MORE, gt)):
            if titles := [_inside(i.title) for i, (a, b) in numbers if way(b, a)]:
                told.append(words.format(titles=joined(titles)))
        if not told and all(i.change == SAME for i in self.figure.indicators):
            told.append(ALL_SAME)
        return told

    def _color(self, variant: int) -> str:
        return self.theme.muted if variant == 0 else (self.theme.accent, self.theme.bad)[(variant - 1) % 2]

    def _dot(self, group: Group, x: float, y: float, variant: int) -> None:
        color, paper = self._color(variant), self.theme.paper
        hollow = variant != 1
        group.shapes.append(
            Box(
                x=x - DOT / 2,
                y=y - DOT / 2,
                width=DOT,
                height=DOT,
                radius=DOT / 2,
                fill=paper if hollow else color,
                stroke=color,
                stroke_width=2.2 if variant == 0 else 1.4,
            )
        )
        if variant > 1:
            group.shapes.append(
                Box(x=x - 1.5, y=y - 1.5, width=3, height=3, radius=0 if variant > 2 else 1.5, fill=color)
            )

    def _key(self, page: Page) -> None:
        """Which dot is which variant."""
        group, x, high = page.scene.group("page-key"), MARGIN, 0.0
        for i, name in enumerate(self.figure.names):
            label = titled(name, self.lang, 260, 9, self._color(i), self.theme, small=7, inline=True)
            if x + 14 + label.width > MARGIN + WIDTH and x > MARGIN:
                x, page.y, high = MARGIN, page.y + high + 4, 0.0
            self._dot(group, x + DOT / 2, page.y + 6.5, i)
            label.draw(group, x + 14, page.y)
            x += 14 + label.width + 24
            high = max(high, label.height)
        page.y += high + 12

    def _dumbbells(self, page: Page) -> None:
        theme = self.theme
        shares = [i.shares for i in self.figure.indicators]
        ticks = ticks_to(self.figure.highest)
        scale = (self.right - self.left - 40) / ticks[-1]
        top = page.y
        grid = page.scene.group("page-scale")
        y = top
        for i, (item, row) in enumerate(zip(self.figure.indicators, shares, strict=True)):
            group = page.scene.group(f"indicator-{i + 1}", spoken(item.title, self.lang))
            title = titled(item.title, self.lang, LABELS - 10, 10, theme.ink, theme)
            labels = self._labels(item)
            high = max(ROW, max(s.height for _, s in labels) + DOT + 10, title.height + 10)
            middle = y + high - 13
            title.draw(group, MARGIN, middle - title.height / 2, room=(MARGIN, self.left))
            xs = {k: self.left + 20 + s * scale for k, s in enumerate(row or ()) if s is not None}
            a, b = min(xs.values(), default=0), max(xs.values(), default=0)
            if b - a > DOT:
                bar = theme.stages[2] if len(item.values) == 2 else theme.rule
                group.shapes.append(Box(x=a, y=middle - 2, width=b - a, height=4, fill=bar))
            for k, x in reversed(xs.items()):
                self._dot(group, x, middle, k)
            if xs:
                self._said(group, [p for p in labels if p[0] in xs], xs, middle - DOT / 2 - 3)
                self._beyond(group, [stack for k, stack in labels if k not in xs], middle)
            else:
                places = {k: self.left + 60 + 110 * k for k in range(len(item.values))}
                self._said(group, labels, places, middle + title.height / 2)
            self._change(group, item, middle)
            y += high
        bottom = y + 4
        for tick in ticks:
            x = self.left + 20 + tick * scale
            grid.shapes.append(Box(x=x - 0.35, y=top, width=0.7, height=bottom - top, fill=theme.rule))
            lines(f"{tick:.0f}", 60, 8, theme.muted).draw(grid, x, bottom + 3, "middle")
        under = BASE_IS.format(name=self.figure.names[0])
        label = titled(under, self.lang, 400, 8, theme.muted, theme, weight=REGULAR, inline=True)
        page.y = label.draw(grid, (self.left + self.right) / 2, bottom + 17, "middle") + 20

    def _labels(self, item: Indicator) -> list[tuple[int, Stack]]:
        """Each variant's quantity as words; only once what several have."""
        found: dict[float | None, tuple[int, Stack]] = {}
        for k, (value, amount) in enumerate(zip(item.values, item.numbers, strict=True)):
            color = self.theme.muted if k == 0 else self._color(k)
            weight = REGULAR if k == 0 else BOLD
            wide = 300 if amount is not None or item.numbers[0] is None else CHANGES
            stack = titled(written(value), self.lang, wide, 9, color, self.theme, weight=weight, small=6.8)
            found.setdefault(amount, (k, stack))
        return list(found.values())

    def _said(
        self, group: Group, found: Sequence[tuple[int, Stack]], xs: Mapping[int, float], below: float
    ) -> None:
        """The quantities above their dots, moved apart where they would meet."""
        labels = sorted(((xs[k], stack) for k, stack in found), key=lambda p: p[0])
        places = [at for at, _ in labels]
        for i in range(1, len(labels)):
            apart = (labels[i - 1][1].width + labels[i][1].width) / 2 + 8
            places[i] = max(places[i], places[i - 1] + apart)
        moved = sum(p - at for p, (at, _) in zip(places, labels, strict=True)) / len(labels)
        beyond = places[-1] - moved + labels[-1][1].width / 2 - (MARGIN + WIDTH - CHANGES + 4)
        for place, (_, label) in zip(places, labels, strict=True):
            at = place - moved - max(0.0, beyond)
            self._clear(group, at - label.width / 2, below - label.height, label)
            label.draw(group, at, below - label.height, "middle")

    def _beyond(self, group: Group, labels: Sequence[Stack], middle: float) -> None:
        """Words for what has no place on the scale, right of it."""
        y = middle - sum(label.height for label in labels) / 2
        for label in labels:
            y = label.draw(group, MARGIN + WIDTH, y, "end", (self.right, MARGIN + WIDTH))

    def _clear(self, group: Group, x: float, y: float, label: Stack) -> None:
        """No line of the scale runs through a label."""
        wide, high = label.width + 4, label.height
        group.shapes.append(Box(x=x - 2, y=y, width=wide, height=high, fill=self.theme.paper))

    def _change(self, group: Group, item: Indicator, y: float) -> None:
        theme = self.theme
        if item.change is None:
            return
        color = theme.muted if item.better is None else theme.good if item.better else theme.bad
        size, weight = (8.5, REGULAR) if item.change is SAME else (11, BOLD)
        stack = titled(item.change, self.lang, CHANGES, size, color, theme, weight=weight, inline=True)
        stack.draw(group, MARGIN + WIDTH, y - stack.height / 2, "end", (self.right, MARGIN + WIDTH))

    def _timelines(self, page: Page) -> None:
        theme = self.theme
        legal = [t for t in self.figure.timelines if not t.promised]
        days = [format_number(t.total) for t in legal]
        head = WHERE
        if len(days) == 2 and not any(t.no_limit for t in legal):
            same = days[0] == days[1]
            head = counted(UNCHANGED, days[0]) if same else FROM_TO.format(before=days[0], after=days[1])
        self._head(page, "page-timelines", head)
        ticks = ticks_to(self.figure.most)
        scale = (self.right + CHANGES - 24 - self.left) / ticks[-1]
        grid = page.scene.group("page-days")
        top = page.y
        for timeline in self.figure.timelines:
            self._timeline(page, timeline, scale)
        for tick in ticks:
            x = self.left + tick * scale
            grid.shapes.append(Box(x=x - 0.35, y=top, width=0.7, height=page.y - top, fill=theme.rule))
            lines(f"{tick:.0f}", 60, 8, theme.muted).draw(grid, x, page.y + 3, "middle")
        # The scale lies under the bars.
        page.scene.groups.remove(grid)
        at = next(i for i, g in enumerate(page.scene.groups) if g.id.startswith("timeline-"))
        page.scene.groups.insert(at, grid)
        label = titled(DAYS_SINCE, self.lang, 400, 8, theme.muted, theme, weight=REGULAR, inline=True)
        page.y = label.draw(grid, (self.left + self.right) / 2, page.y + 17, "middle") + 12

    def _timeline(self, page: Page, timeline: Timeline, scale: float) -> None:
        theme, color = self.theme, self._color(timeline.order - 1)
        name = f"timeline-{timeline.order}{'-promised' if timeline.promised else ''}"
        group = page.scene.group(name, spoken(timeline.title, self.lang))
        name = titled(timeline.title, self.lang, WIDTH * 0.6, 9.5, color, theme, small=7, inline=True)
        self._clear(group, MARGIN, page.y, name)
        below = name.draw(group, MARGIN, page.y)
        if timeline.no_limit:
            said = titled(NO_LIMIT, self.lang, 160, 9.5, theme.ink, theme, small=7, weight=REGULAR)
            self._clear(group, self.left + 6, below + 4, said)
            page.y = said.draw(group, self.left + 6, below + 4) + 12
            return
        end = self.left + timeline.total * scale
        total = counted(TOTAL, format_number(timeline.total))
        said = titled(total, self.lang, 160, 9.5, color, theme, small=7)
        y, free = below + 4, end + 6
        for leg in timeline.legs:
            high, free = self._leg(group, leg, y, scale, timeline, end)
            y += high
        if not timeline.legs:
            y += LEG  # the line of nought days has a row of its own
        page.y = y + 12
        if not timeline.ended:
            return
        top = below - name.height if end > MARGIN + name.width + 6 else below
        group.shapes.append(
            Route(
                points=((end, top), (end, y)),
                stroke=color,
                stroke_width=1.4,
                dash=(4, 2.5),
                arrow=False,
            )
        )
        # Right of the last bar, or above the line where the page ends.
        if free + said.width <= MARGIN + WIDTH:
            at, anchor, y = free, "start", y - LEG / 2 - said.height / 2
        else:
            at, anchor, y = end - 6, "end", top
        self._clear(group, at - (said.width if anchor == "end" else 0), y, said)
        said.draw(group, at, y, anchor)

    def _leg(
        self, group: Group, leg: Leg, y: float, scale: float, timeline: Timeline, end: float
    ) -> tuple[float, float]:
        """One period; returns how high it is and where right of it there is room. A line runs down at
        `end`."""
        theme, color = self.theme, self._fill(timeline.order - 1)
        title = titled(leg.title, self.lang, LABELS - 8, 8.5, theme.ink, theme, small=6.8)
        high = max(LEG, title.height + 5)
        title.draw(group, MARGIN, y + (high - title.height) / 2, room=(MARGIN, self.left))
        x, wide = self.left + leg.start * scale, max(leg.length * scale, 1.5)
        bar = Box(
            x=x,
            y=y + high / 2 - BAR / 2,
            width=wide,
            height=BAR,
            fill=theme.paper if timeline.promised else color,
            stroke=self._color(timeline.order - 1) if timeline.promised else theme.paper,
            stroke_width=1.4 if timeline.promised else 0.8,
        )
        group.shapes.append(bar)
        on = theme.ink if timeline.promised else theme.on(color)
        inside = titled(leg.said, self.lang, 240, 8, on, theme, small=6.8, muted=on, inline=True)
        if inside.width + 6 <= wide:
            inside.draw(group, x + wide / 2, y + (high - inside.height) / 2, "middle", (x, x + wide))
            return high, end + 6
        beside = titled(leg.said, self.lang, 240, 8, theme.ink, theme, small=6.8, inline=True)
        at, free = x - beside.width - 5, end + 6
        if at <= self.left:
            at = x + wide + 7
            if at + beside.width + 3 > end:
                at = max(at, end + 6)
            free = max(free, at + beside.width + 8)
        self._clear(group, at, y + (high - beside.height) / 2, beside)
        beside.draw(group, at, y + (high - beside.height) / 2)
        return high, free

    def _fill(self, variant: int) -> str:
        return self.theme.frame if variant == 0 else self._color(variant)

    def _outline(self) -> Outline:
        names = [spoken(n, self.lang) for n in self.figure.names]
        told: list[tuple[str, list[str]]] = []
        for item in self.figure.indicators:
            values = [first(written(v), self.lang) for v in item.values]
            said = [f"{n}：{v}" for n, v in zip(names, values, strict=True)]
            told.append(
                (
                    spoken(item.title, self.lang),
                    [*said, *([spoken(item.change, self.lang)] if item.change else [])],
                )
            )
        for line in self.figure.timelines:
            legs = [f"{spoken(leg.title, self.lang)}：{first(leg.said, self.lang)}" for leg in line.legs]
            told.append((spoken(line.title, self.lang), legs))
        return told


def _inside(title: Text) -> Text:
    """A title inside a sentence."""
    return Text(title.zh, title.en[:1].lower() + title.en[1:])


def ticks_to(most: float) -> list[float]:
    """About five round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10 ** floor(log10(most / 5))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power * 5 >= most)
    return [step * i for i in range(ceil(most / step - 1e-9) + 1)]
