"""One event in a case, against the bare machines it runs on.

The bare run triggers the same transitions, in the same order, on plain shared `transitions` machines with
the same settings: no roles, no conditions, no record of what happened, no joins. The engine's run is whole
cases by `Case.fire`, less what opening them takes. python-statemachine runs the line, one machine for each
case. All in processor time, best of several rounds, the kinds taking turns.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise

import statemachine
from transitions import Machine

from benchmarks.soundness import OFFICER, flow_of, step
from jianban.engine.case import Actor, Case
from jianban.engine.machine import moving_node
from jianban.engine.state import Token
from jianban.workflows.flow import Arc, Flow, NodeKind
from jianban.workflows.language.model import Branch, Parallel, Step
from jianban.workflows.language.terms import Guard
from jianban.workflows.texts import Text

NOW = datetime(2024, 3, 4, 9)
ACTOR = Actor("wang", [OFFICER.id])
STEPS = 20
BRANCHES, DEPTH = 4, 5
RUNS, ROUNDS = 30, 30


def line() -> Flow:
    return flow_of(tuple(step(f"s{n}", "next") for n in range(STEPS)))


def guarded() -> Flow:
    """The same line; every step is left on a condition."""
    steps = (step(f"s{n}", "next") for n in range(STEPS))
    return flow_of(tuple(_on_condition(s) for s in steps))


def _on_condition(plain: Step) -> Step:

    guard = Guard(expression="ready", names=("ready",))
    return replace(plain, exits=tuple(replace(e, guard=guard) for e in plain.exits))


def parallel() -> Flow:
    """A step, then four branches of five steps side by side."""
    branches = tuple(
        Branch(
            id=f"b{b}", title=Text("支", "b"), items=tuple(step(f"s{b}_{n}", "next") for n in range(DEPTH))
        )
        for b in range(BRANCHES)
    )
    return flow_of(
        (step("first", "next"), Parallel(id="block", title=Text("并联", "block"), branches=branches))
    )


def places(flow: Flow) -> list[str]:
    """The steps in the order they are fired: branches take turns."""
    steps = [n.id for n in flow.steps]
    return sorted(steps, key=lambda s: int(s.rpartition("_")[2]) if "_" in s else -1)


def run(flow: Flow, at: Sequence[str]) -> Case:
    case = opened(flow)
    for place in at:
        case.fire("e0", actor=ACTOR, now=NOW, at=place)
    return case


def opened(flow: Flow) -> Case:
    return Case.open(flow, {"ready": True}, actor=ACTOR, now=NOW)


def bare(flow: Flow, arcs: Sequence[Arc]) -> Callable[[], None]:
    machines = {
        region.id: Machine(
            model=None,
            states=list(region.nodes),
            initial=region.initial,
            transitions=[
                {"trigger": a.id, "source": moving_node(flow, a), "dest": a.target}
                for a in flow.arcs
                if flow.nodes[a.target].region == region.id
            ],
            send_event=True,
            auto_transitions=False,
            model_attribute="node",
        )
        for region in flow.regions.values()
    }
    moves = [(a.source, machines[flow.nodes[a.target].region].events[a.id].trigger) for a in arcs]

    def go() -> None:
        token = Token("", NOW)
        for source, trigger in moves:
            token.node = source
            trigger(token)

    return go


def taken(flow: Flow, at: Sequence[str]) -> list[Arc]:
    """The arcs that a run takes: one for each step, and the joins."""
    joins = [a for n in flow.nodes.values() if n.kind is NodeKind.FORK for a in flow.outgoing[n.id]]
    return [flow.outgoing[s][0] for s in at] + joins


def other_library() -> Callable[[], None]:
    states = [
        statemachine.State(name=f"s{n}", initial=n == 0, final=n == STEPS, value=f"s{n}")
        for n in range(STEPS + 1)
    ]
    go = states[0].to(states[1])
    for source, target in pairwise(states[1:]):
        go |= source.to(target)
    body = {f"s{n}": state for n, state in enumerate(states)}
    kind = type("Line", (statemachine.StateMachine,), {**body, "go": go})

    def work() -> None:
        machine = kind()
        for _ in range(STEPS):
            machine.send("go")

    return work


def seconds(works: Sequence[Callable[[], object]]) -> list[float]:
    """The best processor time of one call of each, without garbage collection, as `timeit` has it."""
    best = [float("inf")] * len(works)
    gc.disable()
    for _ in range(ROUNDS):
        for i, work in enumerate(works):
            start = time.process_time()
            for _ in range(RUNS):
                work()
            best[i] = min(best[i], (time.process_time() - start) / RUNS)
        gc.collect()
    gc.enable()
    return best


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    for name, flow, goal in (
        ("a line of steps", line(), "≤2×"),
        ("parallel branches", parallel(), "≤2×"),
        ("every step on a condition", guarded(), ""),
    ):
        at = places(flow)
        case = run(flow, at)
        assert case.end is not None
        whole, opening, floor = seconds(
            [partial(run, flow, at), partial(opened, flow), bare(flow, taken(flow, at))]
        )
        per_event = (whole - opening) / len(at)
        yield f"a fire, {name}", f"{per_event * 1e6:.1f} µs", ""
        yield f"against a bare transitions machine, {name}", f"{(whole - opening) / floor:.2f}×", goal
    line_, at = line(), places(line())
    ours, theirs = seconds([partial(run, line_, at), other_library()])
    yield "a whole case against python-statemachine, a line of steps", f"{ours / theirs:.2f}×", ""


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<60} {value:>10}  {goal and 'goal ' + goal}")


if __name__ == "__main__":
    main()
