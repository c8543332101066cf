"""Where everything in a figure of what takes time stands: stages as columns, variants as panels, time bars on
one scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jianban.workflows.figures.indicators import written
from jianban.workflows.figures.layout_bars import lay_bars
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang, Panel, ParallelFigure, Phase, Task, Work
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.parallel_columns import (
    BAR,
    EMPTY,
    ENTRY,
    HEAD,
    INSET,
    LEAST_WIDTH,
    SPINE,
    Columns,
    gate_face,
)
from jianban.workflows.figures.scene import Box, Group, Outline, Route, Scene
from jianban.workflows.figures.tasks import tasks_in
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, first, spoken, titled
from jianban.workflows.texts import Text

PAD = 7.0
DISC = 9.0
"""Of the start."""
INK = 1.1
TOTAL = Text("合计 {time}", "Total {time}")
FORK = Text("并联/汇合", "Fork/Join")
LONGEST = Text("关键路径上的事项（决定总时间）", "On the critical path: it decides the time")
EXIT_OF = Text("阶段出口：决定、发证或备案", "Way out of the stage: a decision, licence or filing")
OPTIONAL = Text("视情况办理，不计入时间", "In some cases only: not in the totals")
GOES_ON = Text("{title}（续）", "{title}, continued")
GONE = Text("已合并或不再办理", "Merged or no longer done")


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
    wall: tuple[float, float] | None = None
    """Of a gate: from which y to which a line may leave it."""


class _Layout:
    def __init__(self, figure: ParallelFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        self.columns = Columns(figure, theme)
        self.width = max(self.columns.right - MARGIN + 8, LEAST_WIDTH)

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
        if self.figure.shared and len(self.figure.panels) > 1:
            self._heads(scene.group("page-stages"), page, self.figure.panels[0].phases)
            page.y += 8
        for panel in self.figure.panels:
            self._panel(page, panel)
        lay_bars(page, self.figure.bars)
        if entries := self._legend():
            page.legend(entries)
        page.notes(self.figure.notes)
        return page.close()

    def _heads(self, group: Group, page: Page, phases: Sequence[Phase]) -> None:
        """The titles of the stages on top of their columns."""
        theme = self.theme
        places = [(self.columns.left[p.first] + 8, self.columns.end(p.last) + 3) for p in phases]
        stacks = [self._head(p, b - a - 2 * PAD) for p, (a, b) in zip(phases, places, strict=True)]
        high = max((s.height for s in stacks), default=0) + 11
        for stack, (a, b) in zip(stacks, places, strict=True):
            group.shapes.append(
                Box(
                    x=a,
                    y=page.y,
                    width=b - a,
                    height=high,
                    fill=theme.head,
                    stroke=theme.rule,
                    stroke_width=0.5,
                )
            )
            stack.draw(group, a + PAD, page.y + (high - stack.height) / 2, room=(a, b))
        page.y += high

    def _head(self, phase: Phase, wide: float) -> Stack:
        title = GOES_ON.format(title=phase.title) if phase.begun else phase.title
        said = Text(f"{phase.number} {title.zh}", f"{phase.number} {title.en}")
        head = titled(said, self.lang, wide, HEAD, self.theme.ink, self.theme)
        if phase.merged:
            muted = self.theme.muted
            head += titled(phase.merged, self.lang, wide, 7.5, muted, self.theme, weight=REGULAR, inline=True)
        return head

    def _panel(self, page: Page, panel: Panel) -> None:
        theme, top = self.theme, page.y
        accent = theme.dark if panel.order == 1 else theme.good
        frame = page.scene.group(f"variant-{panel.order}", spoken(panel.title, self.lang))
        page.y = self._title(frame, panel, top + 8, accent) + 6
        if not self.figure.shared or len(self.figure.panels) == 1:
            self._heads(frame, page, panel.phases)
            page.y += 7
        wires = page.scene.group(f"variant-{panel.order}-lines")
        high = self.columns.height(panel)
        below = page.y + high
        before: _Ends | None = None
        for phase in panel.phases:
            stage = page.scene.group(f"variant-{panel.order}-{phase.id}", spoken(phase.title, self.lang))
            ends = self._phase(stage, wires, phase, page.y, high)
            self._enter(wires, before, ends, phase)
            if before is None:
                self._begin(stage, wires, phase, ends)
            before = ends
            below = max(below, self._sums(stage, phase, page.y + high + 7, accent))
        height = below + 8 - top
        # The frame lies under all that stands in it.
        frame.shapes[:0] = [
            Box(x=MARGIN, y=top, width=self.width, height=height, stroke=theme.frame, stroke_width=0.9),
            Box(x=MARGIN, y=top, width=4, height=height, fill=accent),
        ]
        page.y = top + height + 8

    def _begin(self, group: Group, wires: Group, phase: Phase, ends: _Ends) -> None:
        """The line that leads into the first stage, from the start or from another page."""
        theme, x, y = self.theme, MARGIN + 8, ends.west[1]
        if phase.number == 1 and not phase.begun:
            disc = Box(
                x=x,
                y=y - DISC / 2,
                width=DISC,
                height=DISC,
                radius=DISC / 2,
                fill=theme.paper,
                stroke=theme.ink,
                stroke_width=1.3,
            )
            group.shapes.append(disc)
            x += DISC
        wires.shapes.append(self._route(((x, y), ends.west), "start"))

    def _title(self, group: Group, panel: Panel, y: float, accent: str) -> float:
        theme, right = self.theme, MARGIN + self.width - 10
        total = Stack()
        if panel.total:
            total += titled(
                TOTAL.format(time=written(panel.total)),
                self.lang,
                400,
                12,
                accent,
                theme,
                small=8,
                inline=True,
            )
        if panel.mean:
            total += titled(panel.mean, self.lang, 320, 7.5, theme.muted, theme, weight=REGULAR, inline=True)
        room = right - total.width - 12 - (MARGIN + 14)
        title = Stack()
        if panel.title != self.figure.title:
            title += titled(panel.title, self.lang, room, 12, accent, theme, small=8, inline=True)
        title += titled(panel.summary, self.lang, room, 8, theme.muted, theme, weight=REGULAR, inline=True)
        end = title.draw(group, MARGIN + 14, y, room=(MARGIN + 10, MARGIN + 15 + room))
        return max(end, total.draw(group, right, y, "end", (MARGIN + 10, right)))

    def _sums(self, group: Group, phase: Phase, y: float, accent: str) -> float:
        """What the stage takes, below its column; returns the y below."""
        left, right = self.columns.left[phase.first] + ENTRY, self.columns.end(phase.last) + 4
        color = accent if phase.works or phase.gate else self.theme.muted
        weight = BOLD if phase.works or phase.gate else REGULAR
        said = Stack()
        if phase.total:
            said += titled(phase.total, self.lang, right - left, 8, color, self.theme, weight=weight)
        if phase.later:
            muted = self.theme.muted
            said += titled(phase.later, self.lang, right - left, 7, muted, self.theme, weight=REGULAR)
        return said.draw(group, left, y, room=(left - 1, right + 1))

    def _phase(self, group: Group, wires: Group, phase: Phase, y: float, high: float) -> _Ends:
        """A stage; returns where lines enter and leave it."""
        left = self.columns.left[phase.first]
        ends: _Ends | None = None
        if phase.works:
            ends = self._sequence(group, wires, phase.works, self.columns.card(phase.first), y, phase.first)
        for gone in phase.gone:
            face = self.columns.gone(gone)
            x, at = self.columns.card(phase.first) + SPINE + 12, y + self.columns.row_y(phase.first, gone.row)
            face.draw(group, x, at, self.columns.row_high(phase.first, gone.row), self.theme)
        if phase.gate:
            alone = not phase.works and len(self.figure.panels) == 1
            x = left + ENTRY if alone else self.columns.end(phase.last) - self.columns.gate
            bar = gate_face(phase.gate, self.lang, self.theme, self.columns.gate)
            bar.draw(group, x, y, high, self.theme)
            at = ends.east[1] if ends else y + self.columns.middle
            if ends:
                wires.shapes.append(self._route((ends.east, (x, at)), f"to {phase.gate.id}"))
            west = ends.west if ends else (x, at)
            below = y + high
            return _Ends(west, (x + bar.width, at), (x, y), (x, below), wall=(y, below))
        if ends is None:
            # Nothing takes time: the line goes through.
            x, middle = left + ENTRY, y + self.columns.middle
            wide = EMPTY - ENTRY
            box = Box(
                x=x,
                y=middle - 7,
                width=wide,
                height=14,
                radius=7,
                stroke=self.theme.muted,
                stroke_width=0.8,
                dash=(1.5, 2),
                solid=True,
            )
            group.shapes.append(box)
            return _Ends((x, middle), (x + wide, middle), (x, middle), (x, middle))
        return ends

    def _enter(self, wires: Group, before: _Ends | None, ends: _Ends, phase: Phase) -> None:
        """The line from the stage before: straight out of a gate, else round the corner."""
        if before is None:
            return
        (x, y), west = before.east, ends.west
        if before.wall and before.wall[0] <= west[1] <= before.wall[1]:
            points: tuple[tuple[float, float], ...] = ((x, west[1]), west)
        else:
            middle = self.columns.left[phase.first] + 4
            points = _straightened(((x, y), (middle, y), (middle, west[1]), west))
        wires.shapes.append(self._route(points, f"to {phase.id}"))

    def _sequence(
        self, group: Group, wires: Group, works: Sequence[Work], x: float, y: float, column: int
    ) -> _Ends:
        """Works (at least one) one below the other; cards begin at x."""
        first_: _Ends | None = None
        before: tuple[Work, _Ends] | None = None
        for work in works:
            if isinstance(work, Task):
                face = self.columns.face(work)
                at, high = y + self.columns.row_y(column, work.row), self.columns.row_high(column, work.row)
                face.draw(group, x, at, high, self.theme)
                middle = at + high / 2
                ends = _Ends((x, middle), (x + face.width, middle), (x + SPINE, at), (x + SPINE, at + high))
            else:
                ends = self._group(group, wires, work.branches, x, y, column)
            if before:
                points = self._down(before, (work, ends))
                wires.shapes.append(self._route(points, f"{before[0].id} -> {work.id}"))
            first_ = first_ or ends
            before = (work, ends)
        assert first_ is not None, "there are works"
        assert before is not None
        last = before[1]
        return _Ends(west=first_.west, north=first_.north, east=last.east, south=last.south)

    def _down(self, a: tuple[Work, _Ends], b: tuple[Work, _Ends]) -> tuple[tuple[float, float], ...]:
        """The line from one work to the next: it turns close to a bar."""
        start, end = a[1].south, b[1].north
        middle = start[1] + 8 if not isinstance(a[0], Task) else end[1] - 11
        return _straightened((start, (start[0], middle), (end[0], middle), end))

    def _group(
        self,
        group: Group,
        wires: Group,
        branches: Sequence[Sequence[Work]],
        x: float,
        y: float,
        column: int,
    ) -> _Ends:
        ports = [self._sequence(group, wires, branch, x, y, column) for branch in branches]
        rows = [t.row for branch in branches for t in tasks_in(branch)]
        top = y + self.columns.row_y(column, min(rows))
        below = y + self.columns.row_y(column, max(rows)) + self.columns.row_high(column, max(rows))
        west = min(p.west[0] for p in ports) - INSET
        east = max(p.east[0] for p in ports) + INSET - BAR
        for bar in (west, east):
            group.shapes.append(
                Box(x=bar, y=top, width=BAR, height=below - top, fill=self.theme.ink, solid=True)
            )
        for ends in ports:
            wires.shapes.append(self._route(((west + BAR, ends.west[1]), ends.west), "fork"))
            wires.shapes.append(self._route((ends.east, (east, ends.east[1])), "join", arrow=False))
        middle = ports[(len(ports) - 1) // 2].west[1]
        return _Ends((west, middle), (east + BAR, middle), (west + BAR / 2, top), (east + BAR / 2, below))

    def _route(self, points: tuple[tuple[float, float], ...], name: str, arrow: bool = True) -> Route:
        return Route(points=points, stroke=self.theme.ink, stroke_width=INK, arrow=arrow, name=name)

    def _legend(self) -> list[tuple[Text, Callable[[Group, float, float], None]]]:
        theme = self.theme
        phases = [p for n in self.figure.panels for p in n.phases]
        tasks = [t for p in phases for t in _shown(p)]

        def sample(**look: object) -> Callable[[Group, float, float], None]:
            def draw(group: Group, x: float, y: float) -> None:
                place: dict[str, object] = {"x": x, "y": y, "width": 28, "height": 13, "radius": 4} | look
                place["x"] = x + (28 - float(str(place["width"]))) / 2
                group.shapes.append(Box(**place))  # pyright: ignore[reportArgumentType]

            return draw

        entries: list[tuple[bool, Text, Callable[[Group, float, float], None]]] = [
            (any(t.longest for t in tasks), LONGEST, sample(fill=theme.accent)),
            (any(p.gate for p in phases), EXIT_OF, sample(width=9, fill=theme.dark)),
            (
                any(not isinstance(w, Task) for p in phases for w in p.works),
                FORK,
                sample(width=BAR, radius=0, fill=theme.ink),
            ),
            (
                any(t.optional for t in tasks),
                OPTIONAL,
                sample(stroke=theme.muted, stroke_width=0.9, dash=(3, 2)),
            ),
            (
                any(p.gone for p in phases),
                GONE,
                sample(fill=theme.zebra, stroke=theme.rule, stroke_width=0.5, radius=2),
            ),
        ]
        return [(text, draw) for wanted, text, draw in entries if wanted]

    def _outline(self) -> Outline:
        told: list[tuple[str, list[str]]] = []
        for panel in self.figure.panels:
            stages: list[str] = []
            for phase in panel.phases:
                tasks = "、".join(self._told(t) for t in _shown(phase))
                total = spoken(phase.total, self.lang) if phase.total else ""
                stages.append("，".join(t for t in (spoken(phase.title, self.lang), tasks, total) if t))
            told.append((spoken(panel.title, self.lang), stages))
        return told

    def _told(self, task: Task) -> str:
        return " ".join((first(task.title, self.lang), *(first(t, self.lang) for t in task.times)))


def _shown(phase: Phase) -> Iterable[Task]:
    yield from tasks_in(phase.works)
    if phase.gate:
        yield phase.gate


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
