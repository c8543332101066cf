"""What the figure of a comparison shows: variants as columns of cards, and how these stand to one another."""

from __future__ import annotations

from dataclasses import dataclass

from jianban.workflows.figures.model import FigureLang, Indicator, Mark
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What several steps of a stage stand inside of: a block of parallel branches, or one branch of a
    choice."""

    id: str
    title: Text
    parallel: bool = False
    branch: str = ""
    """Which branch of the block."""
    each: bool = False
    """Done for each of several things; else, unless parallel, done in one case only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A step inside the card of its stage."""

    id: str
    number: str
    """Of its stage and within it, e.g. `7.3`; notes refer to steps of other variants by it."""
    title: Text
    marks: tuple[Mark, ...] = ()
    """In the base, one for each variant compared with it; else one."""
    times: tuple[Text, ...] = ()
    chips: tuple[Text, ...] = ()
    origin: tuple[tuple[str, Text], ...] = ()
    """Number and title of the steps of the base it stands for."""
    heirs: tuple[str, ...] = ()
    """For a step of the base of two: the numbers of the steps that stand for it."""
    within: tuple[Scope, ...] = ()
    """From the outermost in."""
    aside: bool = False
    """Off the main line."""
    when: Text | None = None
    """The only case in which it is done."""
    told: Text | None = None
    """What the definition says of it, where there is room."""
    notes: tuple[Text, ...] = ()
    """What changed."""

    @property
    def mark(self) -> Mark | None:
        """What all variants compared with agree on."""
        return self.marks[0] if len(set(self.marks)) == 1 else None


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What three or more variants are called by inside a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """How a stage fares, in words, and in which variants (by letter) when not in all."""

    mark: Mark
    word: Text
    letters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCard:
    """A stage of one variant; it stands in the rows `first` to `last` of the figure, both included."""

    id: str
    number: int
    title: Text
    first: int
    last: int
    tags: tuple[Tag, ...] = ()
    chips: tuple[Text, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[Text, ...] = ()
    """Which stages of the base it stands for, and which it makes needless."""

    @property
    def mark(self) -> Mark | None:
        """What all variants compared with agree on."""
        return self.tags[0].mark if len({t.mark for t in self.tags}) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One variant."""

    title: Text
    letter: str
    """Empty where two stand side by side and need none."""
    facts: tuple[Text, ...]
    """Version, when it is in force, how many conditions an applicant must meet."""
    summary: Text | None
    start: Text | None
    end: Text | None
    """None on a page that shows no stages."""
    cards: tuple[StageCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """From cards of the base to one of another column; without sources the card is new, without a target
    the sources are dropped."""

    column: int
    """Of the target, from 1; the base is 0."""
    sources: tuple[str, ...]
    target: str | None
    mark: Mark
    partial: frozenset[str] = frozenset()
    """The sources of which only some steps live on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFigure:
    """Variants side by side; the first is the base, and rows align to its stages."""

    title: Text
    lang: FigureLang
    indicators: tuple[Indicator, ...]
    rows: int
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...]
    notes: tuple[Text, ...] = ()
    room: float | None = None
    """The width it is laid out for; None: as wide as is comfortable."""
    tight: bool = False
    """With less air and no summaries, where that saves a page."""
