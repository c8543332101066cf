"""The legend of a comparison: only what the figure uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jianban.workflows.figures.comparison_model import ComparisonFigure
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.figures.part_rows import FROM, TO, PartRow
from jianban.workflows.figures.scene import Box, Group
from jianban.workflows.figures.theme import Look, Theme
from jianban.workflows.figures.typeset import lines
from jianban.workflows.figures.words import MARKS, facts, joined
from jianban.workflows.texts import Text

STANDS_FOR = Text("所代替的原步骤", "Steps it stands for")
STOOD_FOR = Text("由哪一步骤代替", "Steps that stand for it")
BLOCK = Text("并联办理", "Side by side")
BESIDE = Text("非必经步骤", "Not in every case")
NUMBERS = Text("所代替的基准环节", "Stages of the base it stands for")
LETTERS = Text("在各方案中的处理", "How it fares in each variant")

Sample = Callable[[Group, float, float], None]
"""Draws into 28 by 14 points."""


def legend(figure: ComparisonFigure, rows: Sequence[PartRow], theme: Theme) -> list[tuple[Text, Sample]]:
    cards = [c for column in figure.columns for c in column.cards]
    parts = [p for c in cards for p in c.parts]
    used = {t.mark for c in cards for t in c.tags} | {m for p in parts for m in p.marks}
    words = dict.fromkeys((t.mark, t.word) for c in cards for t in c.tags)
    entries: list[tuple[Text, Sample]] = []
    for mark, look in theme.looks.items():
        if mark in used:
            sign = f"{look.sign} " if figure.lang == "en" else ""
            more = [w for m, w in words if m is mark and w.zh != MARKS[mark].zh]
            said = joined([MARKS[mark], *more])
            entries.append((Text(f"{look.sign} {said.zh}", f"{sign}{said.en}"), _card(look)))
    chips = [chip for c in cards for chip in c.chips]
    chips += [chip for r in rows if r.chips.rows for chip in (*r.part.times, *r.part.chips)]
    if told := facts(chips):
        entries.append((told, _chip(theme)))
    if any(r.refers and r.part.origin for r in rows):
        entries.append((STANDS_FOR, _number(f"{FROM} 1.1", theme)))
    if any(r.refers and r.part.heirs for r in rows):
        entries.append((STOOD_FOR, _number(f"{TO} 1.1", theme)))
    if any(s.parallel for p in parts for s in p.within):
        entries.append((BLOCK, _block(theme)))
    if any(p.aside for p in parts):
        entries.append((BESIDE, _hook(theme)))
    if any(column.cards for column in figure.columns[2:]):
        entries.append((NUMBERS, _disc(theme)))
    if len(figure.columns) > 2 and figure.columns[0].cards:
        letters = " ".join(column.letter for column in figure.columns[1:3])
        entries.append((LETTERS, _number(letters, theme, BOLD)))
    return entries


def _card(look: Look) -> Sample:
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
                Box(x=x + 2, y=y + 2, width=24, height=10, radius=3, stroke=look.stroke, stroke_width=0.7)
            )

    return draw


def _chip(theme: Theme) -> Sample:
    def draw(group: Group, x: float, y: float) -> None:
        group.shapes.append(
            Box(
                x=x,
                y=y,
                width=28,
                height=14,
                radius=5,
                fill=theme.paper,
                stroke=theme.rule,
                stroke_width=0.6,
            )
        )

    return draw


def _number(text: str, theme: Theme, weight: int = REGULAR) -> Sample:
    def draw(group: Group, x: float, y: float) -> None:
        lines(text, 40, 7.5, theme.muted, weight).draw(group, x, y + 2)

    return draw


def _block(theme: Theme) -> Sample:
    def draw(group: Group, x: float, y: float) -> None:
        for at in (16.0, 18.2):
            group.shapes.append(Box(x=x + at, y=y, width=0.8, height=14, fill=theme.frame))
        for at in (3.5, 10.0):
            group.shapes.append(Box(x=x + 18.2, y=y + at, width=5, height=0.8, fill=theme.frame))

    return draw


def _hook(theme: Theme) -> Sample:
    def draw(group: Group, x: float, y: float) -> None:
        group.shapes.append(Box(x=x + 16, y=y + 1, width=0.8, height=7, fill=theme.frame))
        group.shapes.append(Box(x=x + 16, y=y + 7.2, width=7, height=0.8, fill=theme.frame))

    return draw


def _disc(theme: Theme) -> Sample:
    def draw(group: Group, x: float, y: float) -> None:
        group.shapes.append(Box(x=x + 14, y=y + 1, width=12, height=12, radius=6, fill=theme.dark))
        number = lines("1", 12, 7, theme.on_dark, BOLD)
        number.draw(group, x + 20, y + 7 - number.height / 2, "middle")

    return draw
