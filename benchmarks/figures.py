"""Figures, warm, to SVG: against a bare call of neato in the same process, in processor time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import process_time

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import comparison_figure, process_figure, render
from jianban.workflows.figures.drawing import render_dot
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process, Stage, Step

ROUNDS = 5
BARE = 'digraph { a [pos="0,0"] b [pos="200,0"] a -> b [pos="e,180,0 40,0 80,0 120,0 170,0"] }'
SIZES = (20, 40, 80)


def seconds(work: Callable[[], object]) -> float:
    """The best of some rounds, after one that warms up."""
    work()
    best = float("inf")
    for _ in range(ROUNDS):
        before = process_time()
        work()
        best = min(best, process_time() - before)
    return best


def _line(process: Process, count: int) -> Process:
    """A process of `count` steps one after the other, in stages of eight, made of the steps of another."""
    steps = [i for s in process.stages for i in s.items if isinstance(i, Step) and not i.aside]
    made = [
        replace(steps[k % len(steps)], id=f"step{k}", exits=(steps[0].exits[0],), replaces=(), collects=())
        for k in range(count)
    ]
    stages = tuple(
        Stage(id=f"stage{k}", title=process.stages[0].title, items=tuple(made[k : k + 8]))
        for k in range(0, count, 8)
    )
    return replace(process, stages=stages, anywhere=())


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    catalogue = Catalogue.default()
    bare = seconds(lambda: render_dot(BARE))
    yield "a bare call of neato", f"{1000 * bare:.1f} ms", "(the measure)"
    lengths: dict[int, float] = {}
    for size in SIZES:
        flow = compile_process(_line(catalogue.process("deregistration/general"), size))
        lengths[size] = seconds(lambda flow=flow: render(process_figure(flow)))
        goal = "≤150 ms" if size == SIZES[0] else ""
        yield f"a process of {size} steps", f"{1000 * lengths[size]:.0f} ms", goal
        yield f"a process of {size} steps, in bare calls", f"{lengths[size] / bare:.0f}×", ""
    growth = lengths[SIZES[-1]] / lengths[SIZES[0]]
    yield f"{SIZES[-1]} steps against {SIZES[0]}", f"{growth:.1f}×", "near n log n"
    pair = [compile_process(catalogue.process(f"deregistration/{k}")) for k in ("general", "simple")]
    comparison = compare(pair)
    both = seconds(lambda: render(comparison_figure(comparison)))
    yield "a comparison", f"{1000 * both:.0f} ms", "≤300 ms"
    yield "a comparison, in bare calls", f"{both / bare:.0f}×", ""
    parallel = compile_process(catalogue.process("construction/project-parallel"))
    readings = measure(parallel)
    largest = seconds(lambda: render(process_figure(parallel, readings)))
    yield "the largest process of the catalogue", f"{1000 * largest:.0f} ms", ""


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<52} {value:>10}  {goal and f'goal {goal}'}")


if __name__ == "__main__":
    main()
