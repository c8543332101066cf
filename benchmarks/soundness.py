"""Soundness: every model of the catalogue, wide parallel blocks, and large random flows."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import (
    Branch,
    Choice,
    ChoiceBranch,
    End,
    Exit,
    Item,
    Outcome,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import Agency, DataField, DataKind, Guard, PartyKind, Role
from jianban.workflows.texts import Text

SEED = 20260101
OFFICE = Agency(id="office", title=Text("登记机关", "Registrar"), kind=PartyKind.GOVERNMENT)
OFFICER = Role(id="officer", title=Text("审查人员", "Officer"), agency=OFFICE)
ENDS = (
    End(id="granted", title=Text("准予", "Granted"), outcome=Outcome.GRANTED),
    End(id="refused", title=Text("不予许可", "Refused"), outcome=Outcome.REFUSED),
)

READY = DataField(id="ready", title=Text("齐备", "Ready"), kind=DataKind.BOOL)


def titled(id_: str) -> Text:
    return Text(id_, id_)


def step(id_: str, *targets: str) -> Step:
    exits = tuple(Exit(event=f"e{i}", title=titled(t), to=t, by=(OFFICER,)) for i, t in enumerate(targets))
    return Step(id=id_, title=titled(id_), kind=kinds().kinds["task"], by=(OFFICER,), exits=exits)


def flow_of(items: tuple[Item, ...]) -> Flow:
    stage = Stage(id="stage", title=titled("stage"), items=items)
    return compile_process(
        Process(id="bench", version="1", title=titled("bench"), stages=(stage,), ends=ENDS, data=(READY,))
    )


def parallel(branches: int, steps: int, *, trapped: bool = False) -> Flow:
    """Branches side by side, each of so many steps that can refuse.

    When trapped, none can refuse and the last branch never finishes: a counterexample needs all others.
    """

    def exits(branch: int, at: int) -> tuple[str, ...]:
        if not trapped:
            return ("next", "refused")
        return (f"s{branch}_{at}",) if (branch, at) == (branches - 1, steps - 1) else ("next",)

    made = tuple(
        Branch(
            id=f"b{b}",
            title=titled(f"b{b}"),
            items=tuple(step(f"s{b}_{s}", *exits(b, s)) for s in range(steps)),
        )
        for b in range(branches)
    )
    return flow_of((Parallel(id="block", title=titled("block"), branches=made),))


def random_flow(nodes: int, seed: int) -> Flow:
    """Steps, choices and parallel blocks at random, with exits back and out."""
    chance = random.Random(seed)
    made = 0

    def items(reach: list[str], depth: int) -> Iterator[Item]:
        nonlocal made
        ids = []
        for _ in range(chance.randint(2, 6) if depth else nodes):
            if made >= nodes:
                break
            made += 1
            ids.append(f"n{made}")
            yield item(ids[-1], [*reach, *ids], depth)

    def item(id_: str, reach: list[str], depth: int) -> Item:
        kind = chance.random()
        if depth > 4 or kind < 0.7:
            return step(id_, "next", *chance.sample(reach, chance.randint(0, 2)))
        if kind < 0.85:
            branches = tuple(
                ChoiceBranch(
                    id=f"{id_}{b}",
                    title=titled(b),
                    guard=Guard(expression="ready", names=("ready",)) if b == "a" else None,
                    items=tuple(items(reach, depth + 1)),
                )
                for b in "ab"
            )
            return Choice(id=id_, title=titled(id_), branches=branches)
        branches = tuple(
            Branch(id=b, title=titled(b), items=tuple(items(reach, depth + 1)))
            for b in "abcd"[: chance.randint(2, 4)]
        )
        return Parallel(id=id_, title=titled(id_), branches=branches)

    return flow_of(tuple(items(["granted", "refused"], 0)))


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """The best of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    flows = [compile_process(p) for p in Catalogue.default().processes()]
    median = statistics.median(seconds(partial(soundness, f)) for f in flows)
    yield f"soundness, median of {len(flows)} models", f"{median * 1e3:.2f} ms", "≤1 ms"
    for name, flow in (("soundness", parallel(10, 5)), ("counterexample", parallel(10, 5, trapped=True))):
        yield f"{name}, 10 branches × 5 steps", f"{seconds(partial(soundness, flow)) * 1e3:.2f} ms", "≤10 ms"
    large = [random_flow(1000, SEED + i) for i in range(5)]
    worst = max(seconds(partial(soundness, f), 3) for f in large)
    yield "soundness, worst of 5 random flows of 1,000 nodes", f"{worst * 1e3:.0f} ms", "≤100 ms"


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<52} {value:>10}  goal {goal}")


if __name__ == "__main__":
    main()
