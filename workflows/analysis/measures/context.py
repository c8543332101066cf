"""What the measures of one flow share, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from jianban.workflows.analysis.counts import Weight, least, most
from jianban.workflows.analysis.graph import Shape
from jianban.workflows.analysis.measures.reading import Figures, Number, Options, Part
from jianban.workflows.analysis.periods import EvenPeriods, Periods, RealPeriods, days_of
from jianban.workflows.analysis.timing import Moment, Pace, Time, Timing
from jianban.workflows.analysis.typical import TypicalRun, typical_run
from jianban.workflows.flow import Flow, Node
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Step
from jianban.workflows.texts import Text

REFERENCE_YEAR = 2024
"""The year for definitions without a date in force: its working days are all announced."""

NO_RUN = Text("没有能够办成的路径", "no run ends granted")
TYPICAL = Text("典型路径", "typical run")


class NoRun(JianbanError):
    """No run of the flow ends granted."""

    def __init__(self) -> None:
        super().__init__(NO_RUN)


class Context:
    def __init__(self, flow: Flow, options: Options) -> None:
        self.flow = flow
        self.options = options
        self._finishes: dict[tuple[Time, Pace], Moment | None] = {}
        self._ranges: dict[tuple[tuple[str, int], ...], tuple[int | None, int | None]] = {}

    @cached_property
    def shape(self) -> Shape:
        return Shape(self.flow)

    @cached_property
    def run(self) -> TypicalRun | None:
        return typical_run(self.shape, self.options.items)

    @property
    def typical(self) -> TypicalRun:
        """The typical run.

        Raises:
            NoRun: there is none.
        """
        if self.run is None:
            raise NoRun
        return self.run

    @property
    def year(self) -> int:
        if self.options.year is not None:
            return self.options.year
        first = self.options.start or self.flow.process.in_force_from
        return first.year if first is not None else REFERENCE_YEAR

    @cached_property
    def real(self) -> RealPeriods:
        return RealPeriods(self.options.calendar)

    @cached_property
    def even(self) -> EvenPeriods:
        return EvenPeriods(self.real, self.year)

    @cached_property
    def starts(self) -> list[int]:
        """The days of the year."""
        return days_of(self.year)

    def finish(self, time: Time, pace: Pace) -> Moment:
        """When the case is granted, for each start date of the year.

        Raises:
            NoRun: no run ends so.
            CalendarError: the run leaves the years of the calendar.
        """
        if (time, pace) not in self._finishes:
            self._finishes[time, pace] = self.timing(time, pace, self.real).finish(self.starts)
        moment = self._finishes[time, pace]
        if moment is None:
            raise NoRun
        return moment

    def provisional(self, first: int, moments: Iterable[Moment]) -> tuple[int, ...]:
        """The years, from the first on, that moments lie in and whose adjusted days are not announced yet."""
        ends = [max(moment.days) for moment in moments if moment.leg is not None]
        last = date.fromordinal(int(max(ends))).year if ends else first - 1
        return tuple(y for y in range(first, last + 1) if self.options.calendar.provisional(y))

    def timing(self, time: Time, pace: Pace, periods: Periods) -> Timing:
        typical = self.typical if pace is Pace.TYPICAL else None
        return Timing(self.shape, typical, periods, time, pace)

    @cached_property
    def steps(self) -> Figures:
        """The number of steps completed."""
        return self.total(lambda node: 1)

    def total(self, weight: Weight, scale: Callable[[int], Number] = int) -> Figures:
        """The sum of the steps' weights over the typical run, with its parts, and the least and most over all
        runs."""
        steps = [(n, w) for n in self.typical.steps if (w := weight(n))]
        low, high = self._range(
            {n.id: w for n in self.shape.reached if n.step is not None and (w := weight(n))}
        )
        return Figures(
            value=scale(sum(w for _, w in steps)),
            low=None if low is None else scale(low),
            high=None if high is None else scale(high),
            note=TYPICAL,
            detail=tuple(Part(id=n.id, title=n.title, value=scale(w)) for n, w in steps),
            by_stage=self.by_stage(steps, scale),
        )

    def _range(self, weights: dict[str, int]) -> tuple[int | None, int | None]:
        """The least and most sum of the steps' weights over all runs; several measures may weigh alike."""
        key = tuple(weights.items())
        if key not in self._ranges:

            def weight(node: Node) -> int:
                return weights.get(node.id, 0)

            items = self.options.items
            self._ranges[key] = least(self.shape, weight, items), most(self.shape, weight, items)
        return self._ranges[key]

    def by_stage(
        self, values: Iterable[tuple[Node, Number]], scale: Callable[..., Number] = lambda v: v
    ) -> tuple[Part, ...]:
        """The sums of the values for each stage of the process."""
        sums: dict[str | None, Number] = {}
        for node, value in values:
            sums[node.stage] = sums.get(node.stage, 0) + value
        return tuple(
            Part(id=s.id, title=s.title, value=scale(sums.get(s.id, 0))) for s in self.flow.process.stages
        )


def step_of(node: Node) -> Step:
    """The step of a step node."""
    assert node.step is not None
    return node.step
