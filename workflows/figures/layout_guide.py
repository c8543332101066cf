"""Where the steps of a service guide stand: below one another beside their numbers, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from jianban.workflows.figures.guide import Advice, AdviceKind, Fact, GuideFigure
from jianban.workflows.figures.layout_strips import arrow, disc, pill, strip_page
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.page import MARGIN
from jianban.workflows.figures.scene import Box, Group, Route, Scene
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Stack, first, lines, second, spoken, titled
from jianban.workflows.texts import Text

STRIP = 524.0
"""The width of the steps, with their numbers."""
HALF = 436.0
"""The same, of several columns."""
BETWEEN = 24.0
DISC = 24.0
DOT = 9.0
PAD = 11.0
LEAST_LABEL, MOST_LABEL = 46.0, 84.0
"""The width of the labels of facts."""
BESIDE = 8.0
"""Between a label and its fact."""
APART = 11.0
DONE = Text("办结：{end}", "Done: {end}")
MORE = Text("接下页", "continued on the next page")


def lay_guide(figure: GuideFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    lang = figure.lang
    wide = figure.room or (STRIP if figure.columns == 1 else HALF)
    told = [_told(a, lang) for a in figure.advice]
    full = figure.columns * wide + (figure.columns - 1) * BETWEEN
    page = strip_page(figure, figure.summary, full, told, theme)
    label = _label_width([f.label for a in figure.advice for f in a.facts], lang, theme)
    cards = [_Card(a, wide - DISC - 12, label, lang, theme) for a in figure.advice]
    top = low = page.y
    left, last = MARGIN, None
    for column, part in enumerate(_columns(cards, figure.columns)):
        before, bottom, left = last, page.y, MARGIN + column * (wide + BETWEEN)
        page.y = top
        track = page.scene.group(f"page-track-{column + 1}")
        for card in part:
            advice = card.advice
            group = page.scene.group(f"step-{advice.id}", spoken(advice.title, lang))
            mark = card.draw(group, left, page.y)
            if last and last is before:
                track.shapes.append(arrow(_across(last, bottom, mark), theme))
            elif last:
                track.shapes.append(
                    Route(points=_down(last, mark.y), stroke=theme.ink, arrow=False, name="track")
                )
            last = mark
            page.y += card.height + APART
        low = max(low, page.y)
    lead = page.scene.group("page-lead")
    if last and figure.end:
        lead.shapes.append(arrow(_down(last, page.y + 4), theme))
        page.y += 4
        said = titled(
            DONE.format(end=figure.end),
            lang,
            wide - 40,
            10,
            theme.on_dark,
            theme,
            muted=theme.on_dark_muted,
            inline=True,
        )
        page.y = pill(page, "end", said, left, page.y, theme) + 4
    elif last and figure.more:
        lead.shapes.append(arrow(_down(last, page.y + 6), theme))
        said = titled(MORE, lang, wide - DISC - 12, 8, theme.muted, theme, small=7, inline=True)
        page.y = said.draw(lead, left + DISC + 12, page.y - 4)
    page.y = max(low, page.y) + 10
    page.notes(figure.notes)
    return page.close()


def _down(mark: Box, y: float) -> tuple[tuple[float, float], ...]:
    """From below a mark straight down to y."""
    x = mark.x + mark.width / 2
    return ((x, mark.y + mark.height), (x, y))


def _across(mark: Box, bottom: float, target: Box) -> tuple[tuple[float, float], ...]:
    """From the last mark of a column below its cards, which end above `bottom`, and up between the columns to
    the first mark of the next."""
    (x, y), (_, low) = _down(mark, bottom)
    between, middle = target.x - BETWEEN / 2 - (DISC - target.width) / 2, target.y + target.height / 2
    return ((x, y), (x, low), (between, low), (between, middle), (target.x, middle))


def _columns(cards: Sequence[_Card], count: int) -> list[list[_Card]]:
    """The cards in columns as even as can be."""
    heights = [c.height + APART for c in cards]

    def highest(cuts: tuple[int, ...]) -> float:
        return max(sum(heights[a:b]) for a, b in pairwise((0, *cuts, len(cards))))

    count = max(1, min(count, len(cards)))
    cuts = min(combinations(range(1, len(cards)), count - 1), key=highest)
    return [list(cards[a:b]) for a, b in pairwise((0, *cuts, len(cards)))]


class _Card:
    def __init__(self, advice: Advice, width: float, label: float, lang: FigureLang, theme: Theme) -> None:
        self.advice, self.width, self.theme, self.beside = advice, width, theme, label + BESIDE
        inner = width - 2 * PAD
        step = advice.kind is AdviceKind.STEP
        color = theme.muted if advice.kind is AdviceKind.OFFICES else theme.ink
        size = 12 if step else 9.5
        self.title = titled(
            advice.title, lang, inner, size, color, theme, small=8 if step else 7, inline=True
        )
        self.facts = [
            (
                _label(f.label, lang, label, theme),
                _values(f, lang, inner - self.beside, theme),
            )
            for f in advice.facts
        ]
        self.basis = Stack()
        if advice.basis:
            self.basis = lines(first(advice.basis, lang), inner, 7, theme.muted, even=False)
            self.basis += lines(second(advice.basis, lang), inner, 6.6, theme.muted, even=False)
        self.pad = PAD if step else 8.0
        rows = sum(max(a.height, b.height) + 4 for a, b in self.facts)
        foot = self.basis.height + 5 if self.basis.lines else 0
        self.height = 2 * self.pad + self.title.height + rows + foot

    def draw(self, group: Group, x: float, y: float) -> Box:
        """Beside its number or dot, which is returned."""
        theme, left = self.theme, x + DISC + 12
        kind = self.advice.kind
        step = kind is AdviceKind.STEP
        fill = {AdviceKind.STEP: theme.paper, AdviceKind.CHECK: theme.decision}.get(kind, theme.zebra)
        group.shapes.append(
            Box(
                x=left,
                y=y,
                width=self.width,
                height=self.height,
                radius=7,
                fill=fill,
                stroke=theme.ink if step else theme.rule,
                stroke_width=1 if step else 0.8,
            )
        )
        middle = y + self.pad + (self.title.lines[0].height / 2 if self.title.lines else 0)
        if step:
            mark = disc(group, x, middle - DISC / 2, str(self.advice.number), theme)
        else:
            mark = Box(
                x=x + (DISC - DOT) / 2,
                y=middle - DOT / 2,
                width=DOT,
                height=DOT,
                radius=DOT / 2,
                fill=theme.paper,
                stroke=theme.muted,
                stroke_width=1.4,
            )
            group.shapes.append(mark)
        room = (left + PAD - 1, left + self.width - PAD + 1)
        at = self.title.draw(group, left + PAD, y + self.pad, room=room)
        for label, values in self.facts:
            at += 4
            label.draw(group, left + PAD, at + 0.6, room=room)
            values.draw(group, left + PAD + self.beside, at, room=room)
            at += max(label.height, values.height)
        if self.basis.lines:
            self.basis.draw(group, left + PAD, at + 5, room=room)
        return mark


def _label(label: Text, lang: FigureLang, width: float, theme: Theme) -> Stack:
    return titled(label, lang, width, 8, theme.muted, theme, small=6.8)


def _label_width(labels: Sequence[Text], lang: FigureLang, theme: Theme) -> float:
    """As wide as the widest label, or as those that take several lines at the most need."""
    widths = (_label(t, lang, MOST_LABEL, theme).width for t in labels)
    return max(LEAST_LABEL, *widths)


def _values(fact: Fact, lang: FigureLang, width: float, theme: Theme) -> Stack:
    stack = Stack()
    for number, value in enumerate(fact.values, fact.start):
        value = Text(value.zh, value.en[:1].upper() + value.en[1:])
        said = f"{number}. {first(value, lang)}" if fact.many else first(value, lang)
        size = 8.0 if lang == "en" else 9.0
        main = lines(said, width, size, theme.ink, even=False)
        other = lines(second(value, lang), width, 7, theme.muted, even=False)
        inline = len(main.lines) == len(other.lines) == 1 and main.width + 5 + other.width <= width
        if inline:
            main, other = Stack((replace(main.lines[0], tail=other.lines[0]),)), Stack()
        stack += main + other
    return stack


def _told(advice: Advice, lang: FigureLang) -> str:
    facts = [f"{first(f.label, lang)}：{'；'.join(first(v, lang) for v in f.values)}" for f in advice.facts]
    return " ".join([spoken(advice.title, lang), *facts])
