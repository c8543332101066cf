"""Where the stages of an overview and the steps of a service guide stand."""

from __future__ import annotations

from collections.abc import Sequence

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.page import MARGIN, Page
from jianban.workflows.figures.scene import Box, Group, Route, Scene
from jianban.workflows.figures.strips import Advice, GuideFigure, OverviewFigure, Stop
from jianban.workflows.figures.theme import PRINT, Theme
from jianban.workflows.figures.typeset import Chips, Stack, chip_rows, first, lines, spoken, titled
from jianban.workflows.texts import Text

SLIDE = 800.0
"""The width of an overview's drawing."""
ROW = 5
"""Stages side by side, at most."""
STRIP = 480.0
"""The width of a guide's."""
ARROW = 22.0
PAD = 11.0
DISC = 24.0
BESIDE = 7.0
"""Between the number of a stage and its title."""
FACT = 54.0
"""Room for the label of a fact."""
DONE = Text("办结：{end}", "Done: {end}")


def lay_overview(figure: OverviewFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    lang = figure.lang
    told = [f"{spoken(s.title, lang)}（{spoken(s.who, lang)}）" for s in figure.stops]
    page = _page(figure, None, SLIDE, told, theme)
    count = min(ROW, max(1, len(figure.stops)))
    rows = -(-len(figure.stops) // count)
    count = -(-len(figure.stops) // rows) if rows else count
    wide = (SLIDE - ARROW * (count - 1)) / count
    lines_ = page.scene.group("page-lines")
    page.y += 4
    for i in range(0, len(figure.stops), count):
        row = figure.stops[i : i + count]
        faces = [_Stage(s, lang, theme, wide) for s in row]
        high = max(f.height for f in faces)
        for k, face in enumerate(faces):
            left = MARGIN + k * (wide + ARROW)
            face.draw(
                page.scene.group(f"stage-{face.stop.id}", spoken(face.stop.title, lang)), left, page.y, high
            )
            if k:
                middle = page.y + high / 2
                lines_.shapes.append(_arrow(((left - ARROW, middle), (left, middle)), theme))
        end = MARGIN + len(row) * (wide + ARROW) - ARROW - wide / 2
        page.y += high
        if i + count < len(figure.stops):
            start = MARGIN + wide / 2
            points = ((end, page.y), (end, page.y + 13), (start, page.y + 13), (start, page.y + 28))
            lines_.shapes.append(_arrow(points, theme))
            page.y += 28
        elif figure.end:
            lines_.shapes.append(_arrow(((end, page.y), (end, page.y + 20)), theme))
            said = titled(
                figure.end, lang, 300, 9, theme.on_dark, theme, muted=theme.on_dark_muted, inline=True
            )
            half = said.width / 2 + 18
            left = min(max(end - half, MARGIN), MARGIN + SLIDE - 2 * half)
            page.y += 20
            page.y = _pill(page, "end", said, left, theme)
    page.y += 16
    page.notes(figure.notes)
    return page.close()


def _page(
    figure: OverviewFigure | GuideFigure,
    summary: Text | None,
    width: float,
    told: Sequence[str],
    theme: Theme,
) -> Page:
    lang = figure.lang
    scene = Scene(
        2 * MARGIN + width,
        0,
        spoken(figure.title, lang),
        [("", told)],
        "en" if lang == "en" else "zh-CN",
        theme.paper,
    )
    page = Page(scene, lang, theme)
    page.header(figure.title, summary)
    page.indicators(figure.indicators)
    return page


def _arrow(points: tuple[tuple[float, float], ...], theme: Theme) -> Route:
    return Route(points=points, stroke=theme.ink, stroke_width=1.3, name="on")


def _ended(text: Text, lang: FigureLang, theme: Theme) -> Stack:
    return titled(text, lang, 360, 9.5, theme.on_dark, theme, muted=theme.on_dark_muted, inline=True)


def _pill(page: Page, name: str, text: Stack, x: float, theme: Theme) -> float:
    """An end; returns the y below."""
    group = page.scene.group(name)
    wide, high = text.width + 36, text.height + 10
    group.shapes.append(
        Box(
            x=x,
            y=page.y,
            width=wide,
            height=high,
            radius=high / 2,
            fill=theme.dark,
            stroke=theme.ink,
            stroke_width=1.3,
            solid=True,
        )
    )
    text.draw(group, x + wide / 2, page.y + 5, "middle", (x, x + wide))
    return page.y + high


class _Stage:
    def __init__(self, stop: Stop, lang: FigureLang, theme: Theme, width: float) -> None:
        self.stop, self.theme, self.width = stop, theme, width
        inner = width - 2 * PAD
        self.title = titled(stop.title, lang, inner - DISC - BESIDE, 13, theme.ink, theme, small=8.5)
        self.who: Stack = titled(stop.who, lang, inner, 8.5, theme.muted, theme, weight=REGULAR)
        self.chips: Chips = chip_rows(stop.chips, lang, inner, theme)
        self.head = max(DISC, self.title.height)
        self.height = 2 * PAD + self.head + 5 + self.who.height + 9 + self.chips.height

    def draw(self, group: Group, x: float, y: float, height: float) -> None:
        theme = self.theme
        group.shapes.append(
            Box(
                x=x,
                y=y,
                width=self.width,
                height=height,
                radius=8,
                fill=theme.paper,
                stroke=theme.ink,
                stroke_width=1.2,
                solid=True,
            )
        )
        _disc(group, x + PAD, y + PAD, str(self.stop.number), theme)
        room = (x + PAD - 1, x + self.width - PAD + 1)
        # A short title stands level with the number.
        top = y + PAD + max(0.0, DISC - self.title.height) / 2
        self.title.draw(group, x + PAD + DISC + BESIDE, top, room=room)
        self.who.draw(group, x + PAD, y + PAD + self.head + 5, room=room)
        top = y + height - PAD - self.chips.height
        self.chips.draw(group, x + PAD, top, self.width - 2 * PAD, theme.chip)


def _disc(group: Group, x: float, y: float, said: str, theme: Theme) -> Box:
    disc = Box(x=x, y=y, width=DISC, height=DISC, radius=DISC / 2, fill=theme.good)
    group.shapes.append(disc)
    number = lines(said, DISC, 12, theme.on(theme.good), BOLD)
    number.draw(group, x + DISC / 2, y + (DISC - number.height) / 2, "middle")
    return disc


def lay_guide(figure: GuideFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    lang = figure.lang
    told = [
        " ".join(
            [
                spoken(a.title, lang),
                *(f"{first(f.label, lang)}：{'；'.join(first(v, lang) for v in f.values)}" for f in a.facts),
            ]
        )
        for a in figure.advice
    ]
    page = _page(figure, figure.summary, STRIP, told, theme)
    track = page.scene.group("page-track")
    x, below = MARGIN + DISC / 2, 0.0
    for advice in figure.advice:
        group = page.scene.group(f"step-{advice.id}", spoken(advice.title, lang))
        mark, end_of = (_meanwhile if advice.number is None else _step)(group, advice, page.y, lang, theme)
        if below:
            track.shapes.append(Route(points=((x, below), (x, mark.y)), stroke=theme.ink, arrow=False))
        below = mark.y + mark.height
        page.y = end_of + 12
    if figure.end:
        if below:
            track.shapes.append(_arrow(((x, below), (x, page.y + 4)), theme))
        page.y += 4
        end = _ended(DONE.format(end=figure.end), lang, theme)
        page.y = _pill(page, "end", end, MARGIN, theme) + 16
    page.notes(figure.notes)
    return page.close()


def _step(group: Group, advice: Advice, y: float, lang: FigureLang, theme: Theme) -> tuple[Box, float]:
    """A step of the applicant; returns its disc and the y below."""
    left, wide = MARGIN + DISC + 12, STRIP - DISC - 12
    inner = wide - 2 * PAD
    title = titled(advice.title, lang, inner, 12, theme.ink, theme, small=8)
    facts = [
        (
            titled(f.label, lang, FACT - 6, 8, theme.muted, theme, small=6.8),
            _values(f.values, lang, inner - FACT, theme),
        )
        for f in advice.facts
    ]
    high = 2 * PAD + title.height + sum(max(a.height, b.height) + 5 for a, b in facts)
    group.shapes.append(
        Box(
            x=left,
            y=y,
            width=wide,
            height=high,
            radius=7,
            fill=theme.paper,
            stroke=theme.ink,
            stroke_width=1,
        )
    )
    disc = _disc(group, MARGIN, y + PAD - 4, str(advice.number), theme)
    room = (left + PAD - 1, left + wide - PAD + 1)
    at = title.draw(group, left + PAD, y + PAD, room=room)
    for label, values in facts:
        at += 5
        label.draw(group, left + PAD, at, room=room)
        values.draw(group, left + PAD + FACT, at, room=room)
        at += max(label.height, values.height)
    return disc, y + high


def _values(values: Sequence[Text], lang: FigureLang, width: float, theme: Theme) -> Stack:
    stack = Stack()
    for i, value in enumerate(values, 1):
        said = Text(f"{i}. {value.zh}", f"{i}. {value.en}") if len(values) > 1 else value
        stack += titled(said, lang, width, 9, theme.ink, theme, weight=REGULAR, small=7, inline=True)
    return stack


def _meanwhile(group: Group, advice: Advice, y: float, lang: FigureLang, theme: Theme) -> tuple[Box, float]:
    """What offices do, beside a small disc; returns the disc and the y below."""
    left, wide = MARGIN + DISC + 12, STRIP - DISC - 12
    said = titled(advice.title, lang, wide - 2 * PAD, 8.5, theme.muted, theme, weight=REGULAR, small=7)
    high = said.height + 10
    dot = 9.0
    disc = Box(
        x=MARGIN + (DISC - dot) / 2,
        y=y + (high - dot) / 2,
        width=dot,
        height=dot,
        radius=dot / 2,
        fill=theme.paper,
        stroke=theme.muted,
        stroke_width=1.4,
    )
    group.shapes += [Box(x=left, y=y, width=wide, height=high, radius=5, fill=theme.zebra), disc]
    said.draw(group, left + PAD, y + 5, room=(left, left + wide))
    return disc, y + high
