"""Load, compile and analyse definitions of 10, 100 and 1,000 steps: how time grows with size.

The definitions have what real ones have: a stage per ten steps, limits, waits, corrections, refusals, a
choice, three parallel branches, materials. Imports, the catalogue and the calendar are warm. In processor
time and without garbage collection, which the command line all but turns off.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from itertools import pairwise

from jianban.workflows.analysis.measures import measure
from jianban.workflows.analysis.rules import check
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.loader import load_text

SIZES = (10, 100, 1000)
ROUNDS = 3

HEAD = """\
process: bench/scale
version: "2024-01"
title: {zh: 规模测试, en: Scale}
in_force: {from: 2024-01-01}
source: licensing_law:42
data:
  urgent: {title: {zh: 加急, en: Urgent}, type: bool, default: false}
stages:
"""
STAGE = """\
  - stage: stage_N
    title: {zh: 环节N, en: Stage N}
    steps:
      - step: apply_N
        title: {zh: 申请N, en: Apply N}
        kind: submit
        by: developer
        materials: [construction_permit_application, identity_proof]
        effort: 30 minutes
      - step: intake_N
        title: {zh: 受理N, en: Intake N}
        kind: intake
        by: housing_officer
        within: 5 working days
      - choice: choice_N
        title: {zh: 判断N, en: Choice N}
        branches:
          - branch: urgent_N
            title: {zh: 加急N, en: Urgent N}
            when: urgent
            steps:
              - step: note_N
                title: {zh: 登记N, en: Note N}
                kind: task
                by: housing_officer
          - branch: usual_N
            title: {zh: 一般N, en: Usual N}
            main: true
            steps:
              - step: file_N
                title: {zh: 建档N, en: File N}
                kind: task
                by: housing_officer
                within: 1 working day
      - parallel: reviews_N
        title: {zh: 并联审查N, en: Reviews N}
        branches:
          - branch: a_N
            title: {zh: 规划N, en: Planning N}
            steps:
              - step: planning_N
                title: {zh: 规划审查N, en: Planning review N}
                kind: review
                by: planning_officer
                within: {statutory: 10 working days, promised: 5 working days}
          - branch: b_N
            title: {zh: 消防N, en: Fire N}
            when: "!urgent"
            steps:
              - step: fire_N
                title: {zh: 消防核查N, en: Fire inspection N}
                kind: inspect
                by: fire_reviewer
                visits: 1
                within: 7 working days
          - branch: c_N
            title: {zh: 公示N, en: Notice N}
            steps:
              - step: publicity_N
                title: {zh: 公示N, en: Notice N}
                kind: publicity
                by: housing_officer
                lasts: 7 days
      - step: decide_N
        title: {zh: 决定N, en: Decide N}
        kind: decide
        by: housing_decider
        within: 3 working days
      - step: deliver_N
        title: {zh: 送达N, en: Deliver N}
        kind: deliver
        by: housing_officer
        within: 1 working day
"""
ENDS = """\
ends:
  granted: {outcome: granted, title: {zh: 准予, en: Granted}}
  refused: {outcome: refused, title: {zh: 不予许可, en: Refused}}
  not_accepted: {outcome: not_accepted, title: {zh: 不予受理, en: Not accepted}}
"""
STEPS = STAGE.count("step: ") + STAGE.count("kind: intake")
"""The steps of a stage, with the correction that each intake brings along."""


def definition(steps: int) -> str:
    """A definition of about so many steps."""
    stages = range(max(1, round(steps / STEPS)))
    return HEAD + "".join(re.sub(r"N\b", str(n), STAGE) for n in stages) + ENDS


def seconds(text: str) -> dict[str, float]:
    """The processor time of each part of the work, as in the quickest of some rounds."""
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        marks = [time.process_time()]
        process = load_text(text)
        marks.append(time.process_time())
        flow = compile_process(process)
        marks.append(time.process_time())
        measure(flow)
        marks.append(time.process_time())
        check(flow)
        marks.append(time.process_time())
        gc.enable()
        parts = [b - a for a, b in pairwise(marks)]
        rounds.append(dict(zip(("load", "compile", "measure", "check"), parts, strict=True)))
    return min(rounds, key=lambda parts: sum(parts.values()))


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    seconds(definition(SIZES[0]))
    totals = []
    for size in SIZES:
        parts = seconds(definition(size))
        totals.append(sum(parts.values()))
        detail = ", ".join(f"{name} {1e3 * s:.0f}" for name, s in parts.items())
        goal = "≤1 s" if size == SIZES[-1] else ""
        yield f"load, compile and analyse {size:,} steps ({detail} ms)", f"{totals[-1]:.3f} s", goal
    growth = (totals[-1] / SIZES[-1]) / (totals[-2] / SIZES[-2])
    yield f"a step of {SIZES[-1]:,} against a step of {SIZES[-2]:,}", f"{growth:.2f}×", "≤1.5×"


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<90} {value:>10}  {goal and f'goal {goal}'}")


if __name__ == "__main__":
    main()
