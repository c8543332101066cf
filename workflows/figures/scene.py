"""A drawing as plain shapes at their places. Points, x to the right, y down; order is z-order and reading
order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from jianban.workflows.figures.metrics import REGULAR, text_width

FONT_STACK = "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

MOST_SCALE = 1.5
"""A small figure on large paper grows no larger."""
HIGH = 0.4
"""The part of the free height of paper that is above the figure: it stands rather high than low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle; `radius` up to half its height makes a stadium or a disc."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1
    dash: tuple[float, ...] = ()
    hatch: str | None = None
    solid: bool = False
    """True for what a line must not cross and nothing else may overlap: cards, pills, bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diamond:
    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str
    stroke_width: float = 1
    solid: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `anchor` says which point of the baseline x is."""

    x: float
    baseline: float
    text: str
    size: float
    color: str
    weight: int = REGULAR
    anchor: str = "start"
    room: tuple[float, float] | None = None
    """The x range it must stay within, for the checks."""

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.weight)

    @property
    def left(self) -> float:
        return self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A line of horizontal and vertical pieces with rounded corners."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    stroke_width: float = 1
    dash: tuple[float, ...] = ()
    radius: float = 5
    arrow: bool = True
    name: str = ""
    """What it links, e.g. `submit -> intake`."""


Outline: TypeAlias = Sequence[tuple[str, Sequence[str]]]
"""What a figure says, for those who do not see it: headings (or empty), each with its items in order."""
LATIN = str.maketrans({"：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")", "。": "."})
"""Layouts join what is said with Chinese marks; in English it has those of English."""
ShapeOf: TypeAlias = Box | Diamond | Words | Route


@dataclass(slots=True)
class Group:
    """Shapes that belong together: one step, one link, the header. `title` is read by screen readers."""

    id: str
    title: str = ""
    shapes: list[ShapeOf] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    width: float
    height: float
    title: str
    outline: Outline
    lang: str
    """`zh-CN` or `en`."""
    paper: str = "#FFFFFF"
    """The colour of the ground."""
    sheet: tuple[float, float] | None = None
    """Width and height of the paper it is fitted to; None: the paper is as large as the figure."""
    groups: list[Group] = field(default_factory=list)
    of: str | None = None
    """The title of the whole that it is a page of, where its own title tells the page."""

    def __post_init__(self) -> None:
        self.outline = [(self._marked(head), [*map(self._marked, items)]) for head, items in self.outline]

    def _marked(self, said: str) -> str:
        return said.translate(LATIN) if self.lang == "en" else said

    @property
    def document(self) -> str:
        """The title of a file of all pages."""
        return self.of or self.title

    @property
    def description(self) -> str:
        """What the figure says, in one text."""
        return " ".join(
            self._marked((f"{heading}：" if heading else "") + "；".join(items) + "。")
            for heading, items in self.outline
        )

    def group(self, group_id: str, title: str = "") -> Group:
        group = Group(group_id, self._marked(title))
        self.groups.append(group)
        return group
