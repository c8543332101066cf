"""Where everything in a comparison stands: variants as columns, rows aligned to the base, links in the gap
between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jianban.workflows.figures.comparison_legend import legend
from jianban.workflows.figures.comparison_links import ASIDE, Links, draw_numbers
from jianban.workflows.figures.comparison_model import Column, ComparisonFigure
from jianban.workflows.figures.metrics import BOLD, REGULAR, text_width
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.part_rows import PartRow
from jianban.workflows.figures.scene import Box, Outline, Route, Scene
from jianban.workflows.figures.stage_cards import CardFace, card_face
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, first, lines, second, spoken, titled
from jianban.workflows.texts import Text

WIDTH = {2: 300.0, 3: 270.0}
"""Of a column, by how many there are."""
NARROW = 250.0
LEAST, MOST = 190.0, 540.0
"""How narrow and how wide a column may become on a given paper."""
ROW_GAP, TIGHT_ROW_GAP = 27.0, 18.0
LEAST_ROW = 30.0
SUMMARY_LINES = 3
"""What the definitions say in sum is left out when one of them takes more."""


def lay_comparison(figure: ComparisonFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return ComparisonLayout(figure, theme).scene()


def least_width(figure: ComparisonFigure) -> float:
    """Of the paper the figure needs."""
    count = len(figure.columns)
    return 2 * MARGIN + count * LEAST + Links(figure).gap + ASIDE * (count - 2)


def row_heights(count: int, needs: Sequence[tuple[int, int, float]], gap: float) -> list[float]:
    """Each row as high as its cards need; what spans several makes them higher only when it must.

    Args:
        count: of rows.
        needs: for each card its first and last row and the height it needs.
        gap: between two rows.
    """
    rows = [LEAST_ROW] * count
    for begin, end, need in sorted(needs, key=lambda n: n[1] - n[0]):
        number = end - begin + 1
        lacking = need - sum(rows[begin : end + 1]) - gap * (number - 1)
        for r in range(begin, end + 1):
            rows[r] += max(0.0, lacking / number)
    return rows


class ComparisonLayout:
    """Cards measured to their columns, rows as high as these need."""

    def __init__(self, figure: ComparisonFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.lang: FigureLang = figure.lang
        count = len(figure.columns)
        self.links = Links(figure)
        self.gap = TIGHT_ROW_GAP if figure.tight else ROW_GAP
        self.letters = "".join(c.letter for c in figure.columns[1:]) if count > 2 else ""
        self.width = WIDTH.get(count, NARROW)
        if figure.room is not None:
            # how wide the gap is depends on the rows only
            free = figure.room - 2 * MARGIN - self.links.gap - ASIDE * (count - 2)
            self.width = min(max(free / count, LEAST), MOST)
        self.faces = self._all(roomy=False)
        self.rows = row_heights(
            figure.rows,
            [(f.card.first, f.card.last, f.need) for faces in self.faces for f in faces],
            self.gap,
        )
        for tight, roomy in zip(self.faces, self._all(roomy=True), strict=True):
            for i, face in enumerate(roomy):
                room = self.span(face.card.first, face.card.last)
                if face.card.last > face.card.first and face.rows and face.need <= room:
                    tight[i] = face
                    face.height = room
                    face.fill()

    def face(self, column: int, index: int, *, roomy: bool) -> CardFace:
        return card_face(
            self.figure.columns[column].cards[index],
            self.lang,
            self.theme,
            self.width,
            base=column == 0,
            roomy=roomy,
            tight=self.figure.tight,
            letters="" if column else self.letters,
        )

    def _all(self, *, roomy: bool) -> list[list[CardFace]]:
        return [
            [self.face(i, k, roomy=roomy) for k in range(len(column.cards))]
            for i, column in enumerate(self.figure.columns)
        ]

    def span(self, begin: int, end: int) -> float:
        return sum(self.rows[begin : end + 1]) + self.gap * (end - begin)

    def scene(self) -> Scene:
        figure = self.figure
        count = len(figure.columns)
        width = 2 * MARGIN + count * self.width + self.links.gap + ASIDE * (count - 2)
        scene = Scene(
            max(width, figure.room or 0),
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
        if figure.rows or figure.notes:
            page.rule()
        rows = [r for faces in self.faces for f in faces for r in f.rows if isinstance(r, PartRow)]
        entries = legend(figure, rows, self.theme)
        if entries:
            page.legend(entries)
        page.notes(figure.notes)
        return page.close()

    def _columns(self, page: Page) -> None:
        figure, count = self.figure, len(self.figure.columns)
        used = count * self.width + self.links.gap + ASIDE * (count - 2)
        left = (page.scene.width - used) / 2
        xs = [left + i * (self.width + ASIDE) + (self.links.gap - ASIDE if i else 0) for i in range(count)]
        heads = self._heads()
        height = max(h.height for h in heads) + 14
        for i, (x, head, column) in enumerate(zip(xs, heads, figure.columns, strict=True), 1):
            group = page.scene.group(f"variant-{i}")
            group.shapes.append(Box(x=x, y=page.y, width=self.width, height=height, fill=self.theme.head))
            inner = x + 12
            if column.letter:
                disc = Box(x=x + 9, y=page.y + 7, width=16, height=16, radius=8, fill=self.theme.dark)
                group.shapes.append(disc)
                letter = lines(column.letter, 16, 9, self.theme.on_dark, BOLD)
                letter.draw(group, disc.x + 8, disc.y + 8 - letter.height / 2, "middle")
                inner = x + 31
            head.draw(group, inner, page.y + 7, room=(inner - 2, x + self.width - 6))
        y = page.y + height + 12
        starts = [self._pill(c.start, False).height for c in figure.columns if c.start]
        if not starts:
            page.y = y
            return
        top = y + max(starts) + 8 + self.gap
        self.row_y: list[float] = []
        at = top
        for row in self.rows:
            self.row_y.append(at)
            at += row + self.gap
        bottom = at
        for i, (x, faces, column) in enumerate(zip(xs, self.faces, figure.columns, strict=True)):
            for face in faces:
                face.x, face.y = x, self.row_y[face.card.first]
                face.height = self.span(face.card.first, face.card.last)
            self._flow(page.scene, i, x, column, y, bottom)
        if self.faces[0] and self.faces[1]:
            self.links.draw(page.scene, self.theme, self.lang, *self.faces[:2])
        base = figure.columns[0].cards
        for i in range(2, count):
            draw_numbers(page.scene, self.theme, figure.relations, i, base, self.faces[i])
        for i, faces in enumerate(self.faces):
            for face in faces:
                face.draw(page.scene.group(f"variant-{i + 1}-{face.card.id}", self._spoken(face)), self.theme)
        page.y = bottom + max(self._pill(c.end, True).height for c in figure.columns if c.end) + 24

    def _heads(self) -> list[Stack]:
        """Titles, subtitles, and what the definitions say in sum where that is short and may take room."""
        theme, found, sums = self.theme, list[Stack](), list[Stack]()
        for column in self.figure.columns:
            wide = self.width - (43 if column.letter else 24)
            found.append(
                titled(column.title, self.lang, wide, 11, theme.ink, theme, small=8)
                + self._facts(column, wide)
            )
            if column.summary and not self.figure.tight:
                sums.append(titled(column.summary, self.lang, wide, 7.2, theme.muted, theme, weight=REGULAR))
        most = SUMMARY_LINES * (2 if self.lang == "both" else 1)
        if len(sums) == len(found) and all(len(s.lines) <= most for s in sums):
            return [_apart(a) + b for a, b in zip(found, sums, strict=True)]
        return found

    def _facts(self, column: Column, wide: float) -> Stack:
        """On as few lines as keep each fact whole."""
        stack = Stack()
        for size, say in ((7.5, first), (7, second)):
            line = ""
            for fact in filter(None, (say(f, self.lang) for f in column.facts)):
                longer = f"{line} · {fact}" if line else fact
                if line and text_width(longer, size) > wide:
                    stack += lines(line, wide, size, self.theme.muted)
                    longer = fact
                line = longer
            stack += lines(line, wide, size, self.theme.muted)
        return stack

    def _flow(self, scene: Scene, index: int, x: float, column: Column, top: float, bottom: float) -> None:
        """Start, end, and the arrows between the cards of one column."""
        theme, middle = self.theme, x + self.width / 2
        assert column.start
        assert column.end
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

    def _spoken(self, face: CardFace) -> str:
        parts = "；".join(spoken(p.title, self.lang) for p in face.card.parts)
        tags = [f"{t.letters} {spoken(t.word, self.lang)}".strip() for t in face.card.tags]
        word = f"（{'；'.join(tags)}）" if tags else ""
        return f"{face.card.number} {spoken(face.card.title, self.lang)}{word}：{parts}"

    def _outline(self) -> Outline:
        return [
            (spoken(column.title, self.lang), [self._spoken(f) for f in faces])
            for column, faces in zip(self.figure.columns, self.faces, strict=True)
        ]


def _apart(stack: Stack) -> Stack:
    """With a little air below."""
    *others, last = stack.lines
    return Stack((*others, replace(last, height=last.height + 3)))
