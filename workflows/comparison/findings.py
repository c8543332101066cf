"""What a comparison finds, before it is told: the values that every layout reads."""

from __future__ import annotations

from dataclasses import dataclass

from jianban.workflows.comparison.behaviour import Behaviour
from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.measures import Row
from jianban.workflows.comparison.pairs import Matches
from jianban.workflows.flow import Flow


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One variant against the base."""

    base: Flow
    other: Flow
    matches: Matches
    differences: tuple[Difference, ...]
    behaviour: Behaviour

    def at(self, level: Level) -> tuple[Difference, ...]:
        """The differences of one level, in the order of the base."""
        return tuple(d for d in self.differences if d.level is level)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What there is to say of two or more variants; the first is the base of the comparison."""

    flows: tuple[Flow, ...]
    measures: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    """One for each variant after the first."""

    def row(self, measure: str) -> Row:
        return next(r for r in self.measures if r.id == measure)
