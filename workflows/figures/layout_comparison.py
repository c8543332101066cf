"""Where everything in a comparison stands: variants as columns, rows aligned to the base, links in the gap
between."""

from __future__ import annotations

from collections.abc import Callable

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import Column, ComparisonFigure, FigureLang, Mark, Relation
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Outline, Route, Scene
from jianban.workflows.figures.stage_cards import FROM, CardFace, card_face
from jianban.workflows.figures.theme import PRINT, Look, Theme
from jianban.workflows.figures.typeset import Stack, lines, spoken, titled
from jianban.workflows.figures.words import FACTS, MARKS
from jianban.workflows.texts import Text

WIDTH = {2: 300.0, 3: 270.0}
"""Of a column, by how many there are."""
NARROW = 250.0
GAP = 84.0
"""Between the first two columns, where the links run."""
STANDS_FOR = Text("所代替的原步骤", "Steps it stands for")
THIN = 26.0
ROW_GAP = 27.0


def lay_comparison(figure: ComparisonFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _Layout(figure, theme).scene()


class _Layout:
    def __init__(self, figure: ComparisonFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        self.width = WIDTH.get(len(figure.columns), NARROW)
        self.faces = [self._faces(c, i == 0) for i, c in enumerate(figure.columns)]
        self.rows = self._row_heights()
        for faces, column in zip(self.faces, figure.columns, strict=True):
            for i, face in enumerate(faces):
                roomy = card_face(column.cards[i], self.lang, theme, self.width, base=face.base, roomy=True)
                if not face.base and face.parts and roomy.need <= self._span(face.card.first, face.card.last):
                    faces[i] = roomy

    def _faces(self, column: Column, base: bool) -> list[CardFace]:
        return [card_face(c, self.lang, self.theme, self.width, base=base, roomy=False) for c in column.cards]

    def _row_heights(self) -> list[float]:
        """Each row as high as its cards need; what spans several makes them higher only when it must."""
        rows = [30.0] * self.figure.rows
        cards = sorted((f for faces in self.faces for f in faces), key=lambda f: f.card.last - f.card.first)
        self.rows = rows
        for face in cards:
            lacking = face.need - self._span(face.card.first, face.card.last)
            count = face.card.last - face.card.first + 1
            for r in range(face.card.first, face.card.last + 1):
                rows[r] += max(0.0, lacking / count)
        return rows

    def _span(self, begin: int, end: int) -> float:
        return sum(self.rows[begin : end + 1]) + ROW_GAP * (end - begin)

    def scene(self) -> Scene:
        figure = self.figure
        count = len(figure.columns)
        width = 2 * MARGIN + count * self.width + GAP + THIN * (count - 2)
        scene = Scene(
            width,
            0,
            spoken(figure.title, self.lang),
            self._outline(),
            "en" if self.lang == "en" else "zh-CN",
            self.theme.paper,
        )
        page = Page(scene, self.lang, self.theme)
        page.header(figure.title, None)
        page.indicators(figure.indicators)
        self._columns(page)
        page.rule()
        page.legend(self._legend())
        page.notes(figure.notes)
        return page.close()

    def _columns(self, page: Page) -> None:
        xs = [
            MARGIN + i * (self.width + THIN) + (GAP - THIN if i else 0)
            for i in range(len(self.figure.columns))
        ]
        heads = [self._head_stack(c) for c in self.figure.columns]
        height = max(h.height for h in heads) + 14
        for i, (x, head) in enumerate(zip(xs, heads, strict=True), 1):
            group = page.scene.group(f"variant-{i}")
            group.shapes.append(Box(x=x, y=page.y, width=self.width, height=height, fill=self.theme.head))
            head.draw(group, x + 12, page.y + 7, room=(x + 10, x + self.width - 6))
        y = page.y + height + 12
        top = y + max(self._pill(c.start, False).height for c in self.figure.columns) + 8 + ROW_GAP
        self.row_y: list[float] = []
        at = top
        for row in self.rows:
            self.row_y.append(at)
            at += row + ROW_GAP
        bottom = at
        for i, (x, faces, column) in enumerate(zip(xs, self.faces, self.figure.columns, strict=True)):
            for face in faces:
                face.x, face.y = x, self.row_y[face.card.first]
                face.height = self._span(face.card.first, face.card.last)
            self._flow(page.scene, i, x, column, y, bottom)
        self._links(page.scene, xs)
        for i, faces in enumerate(self.faces):
            for face in faces:
                face.draw(page.scene.group(f"variant-{i + 1}-{face.card.id}", self._spoken(face)), self.theme)
        page.y = bottom + max(self._pill(c.end, True).height for c in self.figure.columns) + 24

    def _head_stack(self, column: Column) -> Stack:
        theme, wide = self.theme, self.width - 24
        title = titled(column.title, self.lang, wide, 11, theme.ink, theme, small=8)
        if column.subtitle is None:
            return title
        return title + titled(
            column.subtitle, self.lang, wide, 7.5, theme.muted, theme, weight=REGULAR, inline=True
        )

    def _flow(self, scene: Scene, index: int, x: float, column: Column, top: float, bottom: float) -> None:
        """Start, end, and the arrows between the cards of one column."""
        theme, middle = self.theme, x + self.width / 2
        start, end = self._pill(column.start, False), self._pill(column.end, True)
        group = scene.group(f"flow-{index + 1}")
        stops = [top + start.height + 8]
        for face in self.faces[index]:
            stops += [face.y, face.y + face.height]
        stops.append(bottom)
        for a, b in zip(stops[::2], stops[1::2], strict=True):
            group.shapes.append(Route(points=((middle, a), (middle, b)), stroke=theme.ink, stroke_width=1.2))
        for stack, y, dark in ((start, top, False), (end, bottom, True)):
            wide = max(92.0, stack.width + 28)
            box = Box(
                x=middle - wide / 2,
                y=y,
                width=wide,
                height=stack.height + 8,
                radius=13,
                stroke=theme.ink,
                stroke_width=1.2,
                fill=theme.dark if dark else theme.paper,
                solid=True,
            )
            group.shapes.append(box)
            stack.draw(group, middle, y + 4, "middle", (box.x, box.x + wide))

    def _pill(self, text: Text, dark: bool) -> Stack:
        color, muted = (
            (self.theme.on_dark, self.theme.on_dark_muted) if dark else (self.theme.ink, self.theme.muted)
        )
        weight = BOLD if dark else REGULAR
        return titled(
            text,
            self.lang,
            self.width - 60,
            8.5,
            color,
            self.theme,
            muted=muted,
            weight=weight,
            inline=True,
            small=7,
        )

    def _links(self, scene: Scene, xs: list[float]) -> None:
        base = {f.card.id: f for f in self.faces[0]}
        other = {f.card.id: f for f in self.faces[1]}
        left, right = xs[0] + self.width, xs[1]
        alone = [
            r
            for r in self.figure.relations
            if sum(r.sources == o.sources for o in self.figure.relations) == 1
        ]
        straight = [r for r in alone if r.target and self._level(base, other, r)]
        buses = list(
            dict.fromkeys(r.sources for r in self.figure.relations if r.target and r not in straight)
        )
        for i, relation in enumerate(self.figure.relations):
            look = self.theme.looks[relation.mark]
            group = scene.group(f"link-{i + 1}")
            if relation.target is None:
                self._dropped(group, base[relation.sources[0]], left, look)
                continue
            target = other[relation.target]
            if relation in straight:
                self._straight(group, base[relation.sources[0]], left, right, relation.mark, look)
                continue
            bus = right - 20 - 9 * buses.index(relation.sources)
            sources = [base[s] for s in relation.sources]
            y = min(max(self._meeting(sources), target.y + 14), target.y + target.height - 14)
            for source in sources:
                start, end = (left, source.middle), (right, y)
                level = abs(source.middle - y) < 1
                points = ((left, y), end) if level else (start, (bus, source.middle), (bus, y), end)
                group.shapes.append(
                    Route(
                        points=points,
                        stroke=look.stroke,
                        stroke_width=max(1.2, look.width),
                        dash=look.dash,
                        name=f"{source.card.id} -> {target.card.id}",
                    )
                )

    @staticmethod
    def _meeting(sources: list[CardFace]) -> float:
        """Where lines from several cards come together: level with the one in the middle."""
        return sources[(len(sources) - 1) // 2].middle

    @staticmethod
    def _level(base: dict[str, CardFace], other: dict[str, CardFace], relation: Relation) -> bool:
        """Whether one card stands beside its only counterpart."""
        target = other[relation.target or ""]
        source = base[relation.sources[0]]
        return len(relation.sources) == 1 and target.y + 12 <= source.middle <= target.y + target.height - 12

    def _straight(
        self, group: Group, source: CardFace, left: float, right: float, mark: Mark, look: Look
    ) -> None:
        y, middle = source.middle, (left + right) / 2
        kept = mark is Mark.KEPT
        dash = (1.2, 2.4) if kept else look.dash
        shapes = group.shapes
        name = f"{source.card.id} -> "
        shapes.append(
            Route(
                points=((left, y), (middle - 9, y)),
                stroke=look.stroke,
                stroke_width=1.2,
                dash=dash,
                arrow=False,
                name=name,
            )
        )
        shapes.append(
            Route(
                points=((middle + 9, y), (right, y)),
                stroke=look.stroke,
                stroke_width=1.2,
                dash=dash,
                arrow=not kept,
                name=name,
            )
        )
        sign = lines(look.sign, 20, 10, look.text, BOLD)
        sign.draw(group, middle, y - sign.height / 2, "middle")

    def _dropped(self, group: Group, source: CardFace, left: float, look: Look) -> None:
        y = source.middle
        group.shapes.append(
            Route(
                points=((left, y), (left + 15, y)),
                stroke=look.stroke,
                stroke_width=1.2,
                dash=look.dash,
                arrow=False,
                name=source.card.id,
            )
        )
        sign = lines(look.sign, 20, 11, look.text, BOLD)
        sign.draw(group, left + 22, y - sign.height / 2, "middle")

    def _legend(self) -> list[tuple[Text, Callable[[Group, float, float], None]]]:
        used = {c.mark for column in self.figure.columns for c in column.cards}
        used |= {p.mark for column in self.figure.columns for c in column.cards for p in c.parts}

        def sample(look: Look) -> Callable[[Group, float, float], None]:
            def draw(group: Group, x: float, y: float) -> None:
                box = Box(
                    x=x,
                    y=y,
                    width=28,
                    height=14,
                    radius=4,
                    fill=look.tint,
                    stroke=look.stroke,
                    stroke_width=look.width,
                    dash=look.dash,
                    hatch=look.hatch,
                )
                group.shapes.append(box)
                if look.double:
                    group.shapes.append(
                        Box(
                            x=x + 2,
                            y=y + 2,
                            width=24,
                            height=10,
                            radius=3,
                            stroke=look.stroke,
                            stroke_width=0.7,
                        )
                    )

            return draw

        entries: list[tuple[Text, Callable[[Group, float, float], None]]] = []
        for mark, look in self.theme.looks.items():
            if mark in used:
                sign = f"{look.sign} " if self.lang == "en" else ""
                entries.append(
                    (Text(f"{look.sign} {MARKS[mark].zh}", f"{sign}{MARKS[mark].en}"), sample(look))
                )
        entries.append((FACTS, self._chip_sample))
        if any(p.origin for column in self.figure.columns for c in column.cards for p in c.parts):
            entries.append((STANDS_FOR, self._origin_sample))
        return entries

    def _chip_sample(self, group: Group, x: float, y: float) -> None:
        white, rule = self.theme.paper, self.theme.rule
        group.shapes.append(
            Box(x=x, y=y, width=28, height=14, radius=5, fill=white, stroke=rule, stroke_width=0.6)
        )

    def _origin_sample(self, group: Group, x: float, y: float) -> None:
        lines(f"{FROM} 1.1", 40, 7.5, self.theme.muted).draw(group, x, y + 2)

    def _spoken(self, face: CardFace) -> str:
        parts = "；".join(spoken(p.part.title, self.lang) for p in face.parts)
        word = f"（{spoken(face.card.word, self.lang)}）" if face.card.word else ""
        return f"{face.card.number} {spoken(face.card.title, self.lang)}{word}：{parts}"

    def _outline(self) -> Outline:
        return [
            (spoken(column.title, self.lang), [self._spoken(f) for f in faces])
            for column, faces in zip(self.figure.columns, self.faces, strict=True)
        ]
