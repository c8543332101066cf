"""What a figure shows, apart from where it stands (layout), how it looks (theme) and who draws it
(Graphviz)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from jianban.workflows.texts import Text

FigureLang = Literal["zh", "en", "both"]
"""`both`: Chinese first, with smaller English."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is written, and its unit; or only words, where there is no number."""

    number: str
    unit: Text


Quantity: TypeAlias = tuple[Amount, ...]
"""Amounts that add up: “20 日 + 3 个工作日”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One quantity on top of a figure for each thing shown."""

    title: Text
    values: tuple[Quantity, ...]
    numbers: tuple[float | None, ...]
    """What the values come to, in one unit: what changes and charts are reckoned with; None where no limit is
    set."""
    note: Text | None = None
    """The mean of a time that the law states in several units."""
    change: Text | None = None
    """For a comparison of two: how the last differs from the first, e.g. −55.6%."""
    better: bool | None = None
    """Whether the change eases the burden; None when there is none."""

    @property
    def shares(self) -> tuple[float | None, ...] | None:
        """Each number in percent of the first; None where that is 0 or no number."""
        base = self.numbers[0]
        return tuple(None if n is None else 100 * n / base for n in self.numbers) if base else None


class Shape(StrEnum):
    STEP = "step"
    CALL = "call"
    """Another process, run as one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One step."""

    id: str
    title: Text
    lane: str
    shape: Shape = Shape.STEP
    chips: tuple[Text, ...] = ()
    aside: bool = False
    """Off the main line: it stands beside the step that leads to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A choice: exactly one of the branches; an empty one goes straight on."""

    id: str
    title: Text
    lane: str
    branches: tuple[tuple[Block, ...], ...]
    main: int = 0
    """The branch of the typical path, which goes straight down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Branches that run side by side, between two bars; `id` names the upper one and `join` the lower."""

    id: str
    join: str
    title: Text
    branches: tuple[tuple[Block, ...], ...]
    note: Text | None = None
    """How many branches must be done, when not all."""


Block: TypeAlias = Card | Decision | Fork


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stage."""

    id: str
    number: int
    title: Text
    blocks: tuple[Block, ...]
    chips: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """The start or an end."""

    id: str
    title: Text
    success: bool = False
    onward: bool = False
    """To another page: it stands where a success would."""


class LinkKind(StrEnum):
    ON = "on"
    """To what comes next."""
    BACK = "back"
    """A loop, or the way to a correction."""
    OUT = "out"
    """To an end that is no success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    source: str
    target: str
    kind: LinkKind
    title: Text | None = None
    main: bool = False
    """Part of the typical path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigure:
    """One process: stages as bands, agencies as lanes."""

    title: Text
    summary: Text | None
    lang: FigureLang
    indicators: tuple[Indicator, ...]
    lanes: tuple[Lane, ...]
    bands: tuple[Band, ...]
    start: Pill
    ends: tuple[Pill, ...]
    links: tuple[Link, ...]
    notes: tuple[Text, ...] = ()
    """What may happen anywhere, and where the figures come from."""
    in_force: Text | None = None
    """Since when, or between which dates."""
    room: tuple[float, float] = (0, 0)
    """Width and height of the paper, over which its lanes and rows are spread; 0: as much as they need."""
    low: bool = False
    """With less air between the rows, where that saves a sheet."""
    narrow: bool = False
    """With narrower cards, ends and labels, where that saves a sheet."""


class Mark(StrEnum):
    """How a stage or step of one variant stands to another variant."""

    KEPT = "kept"
    REMOVED = "removed"
    MERGED = "merged"
    ADDED = "added"
    CHANGED = "changed"
    PARALLEL = "parallel"
    """Done side by side with others, where it was one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step that takes time."""

    id: str
    title: Text
    times: tuple[Text, ...]
    longest: bool
    """On the critical path: it decides when the stage is done."""
    row: int = 0
    """Of its column: steps of several variants that stand for each other share one."""
    optional: bool = False
    """Done in some cases only; not in the totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Branches side by side, each of one work after the other."""

    id: str
    title: Text
    branches: tuple[tuple[Work, ...], ...]


Work: TypeAlias = Task | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What the base does in a row and this variant does not."""

    row: int
    said: Text
    merged: bool
    """Done as part of another step, rather than not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stage; it stands in the columns `first` to `last` of the figure, both included."""

    id: str
    number: int
    title: Text
    first: int
    last: int
    works: tuple[Work, ...]
    total: Text | None
    """None where it goes on on another page."""
    gate: Task | None = None
    """The decision, licence or filing with which the stage is left."""
    gone: tuple[Gone, ...] = ()
    later: Text | None = None
    """What some cases still do after the gate."""
    merged: Text | None = None
    """Which stages of the base it stands for, when several."""
    begun: bool = False
    """It goes on from the column or page before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBar:
    """Mean calendar days of the stages, in order. They add up to the total: what takes longer on some start
    dates only is spread over them."""

    title: Text
    columns: tuple[int, ...]
    """Of the figure, of the stage of each part."""
    parts: tuple[float, ...]
    total: float
    no_limit: bool = False
    """None is set: the total of 0 is no time."""
    promised: float | None = None
    """The total by what is promised, where that is less than what the law allows."""
    percent: float | None = None
    """How much more or less than the first, by the rule of all comparisons; None where that is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One variant."""

    order: int
    """Its place among the variants, from 1."""
    title: Text
    summary: Text
    """How many steps take time, and how many of them side by side."""
    phases: tuple[Phase, ...]
    total: Quantity
    mean: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelFigure:
    """What takes time in each variant: serial or side by side."""

    title: Text
    lang: FigureLang
    panels: tuple[Panel, ...]
    shared: bool
    """All variants have the same stages: they are headed once."""
    bars: tuple[TimeBar, ...]
    """One for each variant."""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A period on the critical path, in mean calendar days from the start. They add up to the total, as the
    parts of a bar do."""

    title: Text
    said: Text
    """As the law states it."""
    start: float
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The critical path of one variant, by what the law allows or by what is promised."""

    order: int
    """Its variant's place among all, from 1."""
    title: Text
    legs: tuple[Leg, ...]
    total: float
    promised: bool = False
    no_limit: bool = False
    """None is set: the total of 0 is no time."""
    ended: bool = True
    """False where it goes on on another page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorsFigure:
    """How much each indicator changes from the first variant to the others, and where the time goes."""

    title: Text
    lang: FigureLang
    names: tuple[Text, ...]
    indicators: tuple[Indicator, ...]
    timelines: tuple[Timeline, ...]
    most: float
    """The days that timelines are scaled to, on every page."""
    highest: float
    """The part of the base, in percent, that changes are scaled to, on every page."""
    notes: tuple[Text, ...] = ()
