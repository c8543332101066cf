"""What a waiting case takes: bytes for each of 10,000 cases of the simplified deregistration, just opened.

Counted are the objects that a case adds, its facts and the record of its opening included. The applicant's id
and the time of opening are the caller's objects; the second figure adds them.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from jianban.engine.case import Actor, Case, Open
from jianban.engine.walks import Walk, walk
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue

CASES = 10_000
START = datetime(2024, 9, 2, 9)


def bytes_each(make: Callable[[int], object]) -> float:
    """The memory of one object, without the list that keeps them."""
    make(0)
    kept: list[object] = [None] * CASES
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for n in range(CASES):
        kept[n] = make(n)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return size / CASES


def eligible_data(flow: Flow) -> dict[str, object]:
    """The facts with which a generated walk opens a case."""
    found = walk(flow, next(e.id for e in flow.ends), START)
    assert isinstance(found, Walk)
    opening = found.commands[0]
    assert isinstance(opening, Open)
    return dict(opening.data or {})


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    flow = compile_process(Catalogue.default().process("deregistration/simple"))
    data = eligible_data(flow)
    people = [f"person-{n}" for n in range(CASES)]
    times = [START + timedelta(minutes=n) for n in range(CASES)]

    def case(n: int) -> Case:
        return Case.open(flow, data, actor=Actor(people[n], ["investors"]), now=times[n])

    def whole(n: int) -> Case:
        actor = Actor(f"person-{n}", ["investors"])
        return Case.open(flow, data, actor=actor, now=START + timedelta(minutes=n))

    yield f"a waiting case with {len(data)} facts", f"{bytes_each(case):.0f} bytes", "≤500 bytes"
    yield "the same with its own applicant's id and time", f"{bytes_each(whole):.0f} bytes", ""


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<60} {value:>10}  {goal and 'goal ' + goal}")


if __name__ == "__main__":
    main()
