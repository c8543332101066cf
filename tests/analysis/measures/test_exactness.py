"""The dynamic programming of the measures against every run listed one by one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jianban.workflows.analysis.counts import least, most
from jianban.workflows.analysis.dominance import unavoidable
from jianban.workflows.analysis.graph import Shape
from jianban.workflows.analysis.periods import RealPeriods
from jianban.workflows.analysis.timing import Pace, Time, Timing
from jianban.workflows.analysis.typical import typical_run
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Node
from jianban.workflows.language.model import Process
from tests.analysis.measures.brute import finishes, runs
from tests.analysis.measures.flows import processes

CALENDAR = WorkCalendar.china()
STARTS = st.dates(date(2023, 1, 1), date(2024, 12, 31))
slowly = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def visits(node: Node) -> int:
    return node.step.visits if node.step else 0


def fen(node: Node) -> int:
    return node.step.fee.fen if node.step and node.step.fee else 0


def one(node: Node) -> int:
    return 1


@slowly
@given(process=processes())
def test_least_and_most_are_those_of_all_runs(process: Process) -> None:
    flow = compile_process(process)
    shape = Shape(flow)
    found = runs(flow)
    for weight in (one, visits, fen):
        sums = [sum(weight(flow.nodes[s]) for s in run) for run in found]
        assert least(shape, weight, items=1) == min(sums, default=None)
        assert most(shape, weight, items=1) == max(sums, default=None)


@slowly
@given(process=processes())
def test_unavoidable_steps_are_in_every_run(process: Process) -> None:
    flow = compile_process(process)
    found = runs(flow)
    expected = frozenset.intersection(*found) if found else frozenset()
    assert {n.id for n in unavoidable(Shape(flow))} == expected


@slowly
@given(process=processes())
def test_typical_run_is_one_of_the_runs(process: Process) -> None:
    flow = compile_process(process)
    found = runs(flow)
    run = typical_run(Shape(flow), items=1)
    assert (run is None) == (not found)
    assert run is None or frozenset(n.id for n in run.steps) in found


@slowly
@given(process=processes(budget=7), start=STARTS)
def test_fastest_and_slowest_days_are_those_of_all_runs(process: Process, start: date) -> None:
    flow = compile_process(process)
    shape = Shape(flow)
    later = start + timedelta(days=5)
    for time, promised in ((Time.WAITING, None), (Time.STATUTORY, False), (Time.PROMISED, True)):
        found = [finishes(flow, CALENDAR, day, promised) for day in (start, later)]
        for pace, expected in ((Pace.FASTEST, min), (Pace.SLOWEST, max)):
            timing = Timing(shape, None, RealPeriods(CALENDAR), time, pace)
            moment = timing.finish([start.toordinal(), later.toordinal()])
            assert (moment is None) == (not found[0])
            assert moment is None or moment.days == [expected(days).toordinal() for days in found]


@slowly
@given(process=processes(budget=7), start=STARTS)
def test_typical_days_are_those_of_a_run(process: Process, start: date) -> None:
    flow = compile_process(process)
    shape = Shape(flow)
    run = typical_run(shape, items=1)
    assume(run is not None)
    for time, promised in ((Time.STATUTORY, False), (Time.PROMISED, True)):
        moment = Timing(shape, run, RealPeriods(CALENDAR), time, Pace.TYPICAL).finish([start.toordinal()])
        assert moment is not None
        assert date.fromordinal(int(moment.days[0])) in finishes(flow, CALENDAR, start, promised)


@slowly
@given(process=processes(), start=STARTS, time=st.sampled_from(Time), pace=st.sampled_from(Pace))
def test_a_critical_path_runs_without_a_gap_from_the_start_to_the_finish(
    process: Process, start: date, time: Time, pace: Pace
) -> None:
    shape = Shape(compile_process(process))
    timing = Timing(shape, typical_run(shape, items=1), RealPeriods(CALENDAR), time, pace)
    finish = timing.finish([start.toordinal()])
    assume(finish is not None)
    assert finish is not None
    ends = [start.toordinal(), *(leg.ends[0] for leg in finish.legs)]
    assert [leg.starts[0] for leg in finish.legs] == ends[:-1]
    assert finish.days[0] == ends[-1]
