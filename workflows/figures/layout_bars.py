"""Where time bars stand: one below the other, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.model import TimeBar
from jianban.workflows.figures.page import Page
from jianban.workflows.figures.scene import Box, Group, Route
from jianban.workflows.figures.typeset import Stack, lines, spoken, titled
from jianban.workflows.figures.words import PROMISED_AT_ONCE
from jianban.workflows.texts import Text
from jianban.workflows.wording import NO_LIMIT, counted, format_number

TIMES = Text("时间对比（平均日历天数，同一比例）", "Time in mean calendar days, on one scale")
TIME = Text("时间（平均日历天数）", "Time in mean calendar days")
SAVED = Text("节省 {count} 天（{percent}%）", "{count} day{s} saved ({percent}%)")
MORE = Text("增加 {count} 天（+{percent}%）", "{count} day{s} more (+{percent}%)")
DAYS = Text("{count} 天", "{count} day{s}")
PROMISED = Text("承诺 {count} 天", "{count} day{s} promised")
HIGH = 18.0
LOW = 7.0
"""Of a bar of what is promised, close below that of what the law allows."""
INK = 1.1


def lay_bars(page: Page, bars: Sequence[TimeBar]) -> None:
    """The bars, with what the second of two saves."""
    if not any(b.total for b in bars):
        return
    theme, lang = page.theme, page.lang
    title = TIMES if len(bars) > 1 else TIME
    group = page.scene.group("page-bars", spoken(title, lang))
    page.y = titled(title, lang, page.width, 9.5, theme.ink, theme, inline=True).draw(
        group, page.left, page.y
    )
    page.y += 5
    names = [titled(b.title, lang, 150, 8, theme.ink, theme, small=6.8) for b in bars]
    left = page.left + max(n.width for n in names) + 12
    totals = [
        titled(NO_LIMIT, lang, 110, 8, theme.muted, theme, weight=REGULAR, inline=True)
        if b.no_limit
        else titled(counted(DAYS, format_number(b.total)), lang, 110, 9.5, theme.ink, theme, inline=True)
        for b in bars
    ]
    scale = min(
        (page.right - left - 6 - t.width) / b.total for b, t in zip(bars, totals, strict=True) if b.total
    )
    timed = sorted({c for b in bars for c, days in zip(b.columns, b.parts, strict=True) if days})
    fills = {column: theme.stages[i % len(theme.stages)] for i, column in enumerate(timed)}
    ends: list[float] = []
    for bar, name, total in zip(bars, names, totals, strict=True):
        high = max(HIGH, name.height)
        middle = page.y + high / 2
        name.draw(group, left - 8, middle - name.height / 2, "end")
        end = _bar(page, group, bar, fills, left, middle, scale)
        total.draw(group, end + 6, middle - total.height / 2, room=(end, page.right))
        page.y += high + 7
        if bar.promised is not None:
            below = _promise(page, group, bar.promised, left, middle + HIGH / 2, scale)
            page.y = max(page.y, below + (1 if len(bars) == 1 else 8))
        ends.append(end)
        if len(ends) == len(bars) == 2:
            _difference(page, group, bars, (min(ends), max(ends)), (end + total.width + 16, middle))
    page.y += 5


def _bar(
    page: Page,
    group: Group,
    bar: TimeBar,
    fills: Mapping[int, str],
    x: float,
    middle: float,
    scale: float,
) -> float:
    """The parts of a bar, stages of one column alike; returns where it ends."""
    theme, begin = page.theme, x
    for number, (column, days) in enumerate(zip(bar.columns, bar.parts, strict=True), 1):
        wide = days * scale
        if not wide:
            continue
        fill = fills[column]
        group.shapes.append(
            Box(
                x=x,
                y=middle - HIGH / 2,
                width=wide,
                height=HIGH,
                fill=fill,
                stroke=theme.paper,
                stroke_width=1,
            )
        )
        color = theme.on(fill)
        full = lines(f"{number} · {format_number(days)}", 100, 8, color, BOLD)
        label = full if full.width + 6 <= wide else lines(format_number(days), 100, 7, color, BOLD)
        if label.width + 4 <= wide and len(bar.parts) > 1:
            label.draw(group, x + wide / 2, middle - label.height / 2, "middle", (x, x + wide))
        x += wide
    frame = Box(
        x=begin, y=middle - HIGH / 2, width=x - begin, height=HIGH, stroke=theme.frame, stroke_width=0.6
    )
    group.shapes.append(frame)
    return x


def _promise(page: Page, group: Group, days: float, x: float, y: float, scale: float) -> float:
    """A hollow bar from a point on; returns where it ends below."""
    theme = page.theme
    bar = Box(
        x=x, y=y + 2, width=days * scale, height=LOW, fill=theme.paper, stroke=theme.ink, stroke_width=0.9
    )
    if days:
        group.shapes.append(bar)
    said = counted(PROMISED, format_number(days)) if days else PROMISED_AT_ONCE
    label = titled(said, page.lang, 200, 8, theme.ink, theme, weight=REGULAR, inline=True, small=6.8)
    label.draw(group, x + bar.width + 6, bar.y + LOW / 2 - label.height / 2 + 1, room=(x, page.right))
    return bar.y + LOW


def _difference(
    page: Page, group: Group, bars: Sequence[TimeBar], span: tuple[float, float], free: tuple[float, float]
) -> None:
    """What the second bar saves, between the ends of both: beside it (from the point `free`) where there is
    room, else below."""
    before, after = (b.total for b in bars)
    percent = bars[1].percent
    if not percent:
        return
    theme = page.theme
    words = SAVED if after < before else MORE
    said = counted(words, format_number(abs(before - after)), percent=format_number(percent))
    color = theme.good if after < before else theme.bad
    label: Stack = titled(said, page.lang, 260, 9, color, theme, small=7, inline=True)
    begin, y = free
    if after < before and span[1] - begin >= label.width + 44:
        middle = (begin + span[1]) / 2
        ends = (middle - label.width / 2 - 6, begin), (middle + label.width / 2 + 6, span[1])
        for start, end in ends:
            group.shapes.append(Route(points=((start, y), (end, y)), stroke=color, stroke_width=INK))
        label.draw(group, middle, y - label.height / 2, "middle")
        return
    y, (a, b) = page.y + 2, span
    middle = (a + b) / 2
    for x in span:
        group.shapes.append(Box(x=x - 0.4, y=y - 7, width=0.8, height=12, fill=color))
    for end in span:
        route = Route(points=((middle, y), (end, y)), stroke=color, stroke_width=INK, arrow=b - a > 24)
        group.shapes.append(route)
    half = label.width / 2
    at = min(max(middle, page.left + half), page.right - half)
    page.y = label.draw(group, at, y + 6, "middle", (page.left, page.right)) + 4
