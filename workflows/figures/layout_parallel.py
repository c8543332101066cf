"""Where everything in a figure of what takes time stands: stages as columns, variants as panels, time bars on
one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Panel, ParallelFigure, Phase, Task, Work
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Outline, Route, Scene
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, chip_rows, first, lines, spoken, titled
from jianban.workflows.texts import Text

CARD = {"zh": 158.0, "en": 172.0, "both": 172.0}
LEAST_WIDTH = 560.0
PAD = 7.0
CHANNEL = 34.0
"""Between two columns."""
GAP = 13.0
TURN = 20.0
"""Between a card and a bar, or two bars."""
BETWEEN = 8.0
"""Between branches."""
BAR = 4.0
INSET = 18.0
"""From a bar to the cards between it and the other one."""
INK = 1.1
TOTAL = Text("合计", "Total")
TIMES = Text("时间对比（平均日历天数，同一比例）", "Time in mean calendar days, on one scale")
SAVED = Text("节省 {days} 天（−{percent}%）", "{days} days saved (−{percent}%)")
MORE = Text("增加 {days} 天（+{percent}%）", "{days} days more (+{percent}%)")
DAYS = Text("{days} 天", "{days} days")
FORK = Text("并行分支/汇合", "Fork/Join")
LONGEST = Text("关键路径上的事项（决定总时间）", "On the critical path: it decides the time")


def lay_parallel(figure: ParallelFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _Layout(figure, theme).scene()


@dataclass(slots=True)
class _Ends:
    """Where a line enters and leaves: at the sides, and at the top and bottom."""

    west: tuple[float, float]
    east: tuple[float, float]
    north: tuple[float, float]
    south: tuple[float, float]


class _Layout:
    def __init__(self, figure: ParallelFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        self.column = max(
            CARD[self.lang] + 2 * INSET * _depth(p.works) for n in figure.panels for p in n.phases
        )
        count = max(len(n.phases) for n in figure.panels)
        self.width = max(count * (self.column + CHANNEL) + 6, LEAST_WIDTH)

    def scene(self) -> Scene:
        scene = Scene(
            2 * MARGIN + self.width,
            0,
            spoken(self.figure.title, self.lang),
            self._outline(),
            "en" if self.lang == "en" else "zh-CN",
            self.theme.paper,
        )
        page = Page(scene, self.lang, self.theme)
        page.header(self.figure.title, None)
        for i, panel in enumerate(self.figure.panels, 1):
            self._panel(page, i, panel)
        self._bars(page)
        page.legend(self._legend())
        page.notes(self.figure.notes)
        return page.close()

    def _panel(self, page: Page, index: int, panel: Panel) -> None:
        theme, top = self.theme, page.y
        accent = theme.dark if index == 1 else theme.good
        frame = page.scene.group(f"variant-{index}", spoken(panel.title, self.lang))
        title = titled(panel.title, self.lang, self.width * 0.55, 12, accent, theme, small=8, inline=True)
        y = title.draw(frame, MARGIN + 16, top + 8, room=(MARGIN + 12, MARGIN + self.width * 0.7))
        said = " + ".join(f"{a.number} {first(a.unit, self.lang)}" for a in panel.total)
        total = lines(" ".join((first(TOTAL, self.lang), said)), self.width * 0.42, 12, accent, BOLD)
        right = MARGIN + self.width - 10
        end = total.draw(frame, right, top + 8, "end", (MARGIN + 10, right)) if said else y
        if panel.mean:
            small = lines(first(panel.mean, self.lang), 200, 7.5, theme.muted)
            end = small.draw(frame, right, end, "end", (MARGIN + 10, right))
        y = max(y, end) + 8
        xs = [MARGIN + 14 + i * (self.column + CHANNEL) for i in range(len(panel.phases))]
        heads = [self._head(i, p) for i, p in enumerate(panel.phases, 1)]
        high = max((h.height for h in heads), default=0) + 10
        for x, head in zip(xs, heads, strict=True):
            box = Box(x=x - 4, y=y, width=self.column + CHANNEL - 8, height=high, fill=theme.head)
            frame.shapes.append(box)
            head.draw(frame, x + 4, y + 5, room=(x, x + box.width - 4))
        y += high + 12
        bottom, before = y, None
        wires = page.scene.group(f"variant-{index}-lines")
        for x, phase in zip(xs, panel.phases, strict=True):
            stage = page.scene.group(f"variant-{index}-{phase.id}", spoken(phase.title, self.lang))
            if phase.works:
                ends, low = self._sequence(stage, wires, phase.works, x, x + self.column, y)
                total = lines(first(phase.total, self.lang), self.column, 8, accent, BOLD)
                low = total.draw(stage, x, low + 8, room=(x - 1, x + self.column + 1))
            else:
                ends, low = self._passed(stage, phase.total, x, y)
            if before:
                middle = x - 14
                points = (before.east, (middle, before.east[1]), (middle, ends.west[1]), ends.west)
                wires.shapes.append(self._route(_straightened(points), f"to {phase.id}"))
            before, bottom = ends, max(bottom, low)
        height = bottom + 8 - top
        # The frame lies under all that stands in it.
        frame.shapes[:0] = [
            Box(x=MARGIN, y=top, width=self.width, height=height, stroke=theme.frame, stroke_width=0.9),
            Box(x=MARGIN, y=top, width=4, height=height, fill=accent),
        ]
        page.y = top + height + 12

    def _head(self, number: int, phase: Phase) -> Stack:
        said = Text(f"{number} {phase.title.zh}", f"{number} {phase.title.en}")
        return titled(said, self.lang, self.column + CHANNEL - 18, 9.5, self.theme.ink, self.theme)

    def _sequence(
        self, group: Group, wires: Group, works: Sequence[Work], x0: float, x1: float, y: float
    ) -> tuple[_Ends, float]:
        """Works (at least one) one below the other; returns where lines enter and leave, and the y below."""
        first_: _Ends | None = None
        before: tuple[Work, _Ends] | None = None
        for work in works:
            if before:
                both = isinstance(work, Task) and isinstance(before[0], Task)
                y += GAP if both else TURN
            ends, y = (
                self._task(group, work, x0, x1, y)
                if isinstance(work, Task)
                else self._group(group, wires, work.branches, x0, x1, y)
            )
            if before:
                a, b = before[1].south, ends.north
                middle = (a[1] + b[1]) / 2 - 3
                points = (a, (a[0], middle), (b[0], middle), b)
                wires.shapes.append(self._route(_straightened(points), f"{before[0].id} -> {work.id}"))
            first_ = first_ or ends
            before = (work, ends)
        assert first_ is not None, "there are works"
        assert before is not None
        last = before[1]
        return _Ends(west=first_.west, north=first_.north, east=last.east, south=last.south), y

    def _passed(self, group: Group, said: Text, x: float, y: float) -> tuple[_Ends, float]:
        """A stage in which nothing takes time."""
        theme, wide = self.theme, self.column
        words = titled(said, self.lang, wide - 20, 8.5, theme.muted, theme, weight=REGULAR, inline=True)
        box = Box(
            x=x,
            y=y,
            width=wide,
            height=words.height + 10,
            radius=5,
            stroke=theme.muted,
            stroke_width=0.8,
            dash=(3, 2),
            solid=True,
        )
        group.shapes.append(box)
        words.draw(group, x + wide / 2, y + 5, "middle", (x, x + wide))
        middle, below = y + box.height / 2, y + box.height
        return _Ends((x, middle), (x + wide, middle), (x + wide / 2, y), (x + wide / 2, below)), below

    def _task(self, group: Group, task: Task, x0: float, x1: float, y: float) -> tuple[_Ends, float]:
        theme, wide = self.theme, x1 - x0
        fill, color = (theme.accent, theme.on(theme.accent)) if task.longest else (theme.chip, theme.ink)
        chips = chip_rows(task.times, self.lang, wide * 0.5, theme, color)
        room = max(chips.width(r) for r in chips.rows)
        title = titled(task.title, self.lang, wide - room - 2 * PAD - 5, 9, theme.ink, theme)
        height = max(title.height, chips.height) + 2 * PAD - 3
        group.shapes.append(
            Box(
                x=x0,
                y=y,
                width=wide,
                height=height,
                radius=5,
                fill=theme.paper,
                stroke=theme.ink,
                stroke_width=INK if task.longest else 0.8,
                solid=True,
            )
        )
        middle = y + height / 2
        title.draw(group, x0 + PAD, middle - title.height / 2, room=(x0 + PAD - 1, x1 - room - PAD))
        chips.draw(group, x1 - PAD - room, middle - chips.height / 2, room, fill)
        centre = (x0 + x1) / 2
        return _Ends((x0, middle), (x1, middle), (centre, y), (centre, y + height)), y + height

    def _group(
        self,
        group: Group,
        wires: Group,
        branches: Sequence[Sequence[Work]],
        x0: float,
        x1: float,
        y: float,
    ) -> tuple[_Ends, float]:
        top, below = y, y
        ports: list[_Ends] = []
        for branch in branches:
            ends, below = self._sequence(group, wires, branch, x0 + INSET, x1 - INSET, y)
            ports.append(ends)
            y = below + BETWEEN
        for x in (x0, x1 - BAR):
            group.shapes.append(
                Box(x=x, y=top, width=BAR, height=below - top, fill=self.theme.ink, solid=True)
            )
        for ends in ports:
            into = ((x0 + BAR, ends.west[1]), ends.west)
            out = (ends.east, (x1 - BAR, ends.east[1]))
            wires.shapes.append(self._route(into, "fork"))
            wires.shapes.append(self._route(out, "join", arrow=False))
        middle = (top + below) / 2
        return (
            _Ends((x0, middle), (x1, middle), (x0 + BAR / 2, top), (x1 - BAR / 2, below)),
            below,
        )

    def _route(self, points: tuple[tuple[float, float], ...], name: str, arrow: bool = True) -> Route:
        return Route(points=points, stroke=self.theme.ink, stroke_width=INK, arrow=arrow, name=name)

    def _bars(self, page: Page) -> None:
        panels = self.figure.panels
        if not self.figure.most:
            return
        theme, group = self.theme, page.scene.group("page-bars", spoken(TIMES, self.lang))
        page.y = titled(TIMES, self.lang, self.width, 9.5, theme.ink, theme, inline=True).draw(
            group, MARGIN, page.y
        )
        page.y += 5
        names = [titled(n.title, self.lang, 150, 8, theme.ink, theme, small=6.8) for n in panels]
        left = MARGIN + max(n.width for n in names) + 12
        scale = (MARGIN + self.width - left - 70) / self.figure.most
        for i, (panel, name) in enumerate(zip(panels, names, strict=True)):
            high = max(18.0, name.height)
            name.draw(group, left - 8, page.y + (high - name.height) / 2, "end")
            x = left
            for k, days in enumerate(panel.bar.parts):
                color = theme.stages[k % len(theme.stages)]
                wide = days * scale
                if not wide:
                    continue
                group.shapes.append(
                    Box(
                        x=x,
                        y=page.y + high / 2 - 9,
                        width=wide,
                        height=18,
                        fill=color,
                        stroke=theme.paper,
                        stroke_width=1,
                    )
                )
                color, middle = theme.on(color), page.y + high / 2
                full = lines(f"{k + 1} · {days:.0f}", 100, 8, color, BOLD)
                label = full if full.width + 6 <= wide else lines(f"{days:.0f}", 100, 7, color, BOLD)
                if label.width + 4 <= wide and len(panel.bar.parts) > 1:
                    label.draw(group, x + wide / 2, middle - label.height / 2, "middle", (x, x + wide))
                x += wide
            said = first(DAYS.format(days=f"{panel.bar.total:.0f}"), self.lang)
            total = lines(said, 90, 9.5, theme.ink, BOLD)
            total.draw(group, x + 6, page.y + high / 2 - total.height / 2)
            if i == 1 and len(panels) == 2:
                end = left + panels[0].bar.total * scale
                self._difference(group, x + total.width + 16, end, page.y + high / 2)
            page.y += high + 8
        page.y += 6

    def _difference(self, group: Group, start: float, end: float, y: float) -> None:
        """What the second variant saves, between the ends of both bars, where there is room."""
        before, after = (n.bar.total for n in self.figure.panels)
        if not before or round(before) == round(after):
            return
        said = (SAVED if after < before else MORE).format(
            days=f"{abs(before - after):.0f}", percent=f"{100 * abs(before - after) / before:.0f}"
        )
        color = self.theme.good if after < before else self.theme.bad
        words = lines(first(said, self.lang), 220, 9, color, BOLD)
        if words.width > self.width + MARGIN - start:
            return
        spare = (end - start - words.width) / 2 - 6
        x = start
        if spare >= 16:
            x = start + spare + 6
            for points in (((x - 6, y), (start, y)), ((x + words.width + 6, y), (end, y))):
                group.shapes.append(Route(points=points, stroke=color, stroke_width=INK))
        words.draw(group, x, y - words.height / 2)

    def _legend(self) -> list[tuple[Text, Callable[[Group, float, float], None]]]:
        theme = self.theme
        works = [w for n in self.figure.panels for p in n.phases for w in p.works]

        def bar(group: Group, x: float, y: float) -> None:
            group.shapes.append(Box(x=x + 20, y=y, width=BAR, height=14, fill=theme.ink))

        def chip(group: Group, x: float, y: float) -> None:
            group.shapes.append(Box(x=x, y=y, width=28, height=13, radius=5, fill=theme.accent))

        entries: list[tuple[Text, Callable[[Group, float, float], None]]] = []
        if any(not isinstance(w, Task) for w in works):
            entries.append((FORK, bar))
        if works:
            entries.append((LONGEST, chip))
        return entries

    def _outline(self) -> Outline:
        return [
            (
                spoken(n.title, self.lang),
                [f"{spoken(p.title, self.lang)}：{spoken(p.total, self.lang)}" for p in n.phases],
            )
            for n in self.figure.panels
        ]


def _depth(works: Sequence[Work]) -> int:
    """How deep groups stand in one another."""
    return max((1 + max(map(_depth, w.branches)) for w in works if not isinstance(w, Task)), default=0)


def _straightened(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Without the corners at which a line goes straight on."""
    kept: list[tuple[float, float]] = []
    for i, point in enumerate(points):
        if 0 < i < len(points) - 1:
            (ax, ay), (bx, by) = kept[-1], points[i + 1]
            if (ax == point[0] == bx) or (ay == point[1] == by) or point == kept[-1]:
                continue
        kept.append(point)
    return tuple(kept)
