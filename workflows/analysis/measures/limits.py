"""The limits of offices on the typical run."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.timing import Time
from jianban.workflows.flow import Node
from jianban.workflows.language.model import Duration, Stage


def limited(context: Context, time: Time, other: Time) -> Iterator[tuple[Node | Stage, Duration, Duration]]:
    """Each step or stage of the typical run with a limit of an office, and that limit by two times.

    The limit of a stage stands for those of its steps.
    """
    steps = context.typical.steps
    passed = {n.stage for n in steps}
    stages: set[str | None] = set()
    for stage in context.flow.process.stages:
        first, second = time.stage_limit(stage), other.stage_limit(stage)
        if stage.id in passed and first is not None and second is not None:
            stages.add(stage.id)
            yield stage, first, second
    for node in steps:
        first, second = time.step_limit(step_of(node)), other.step_limit(step_of(node))
        if node.stage not in stages and first is not None and second is not None:
            yield node, first, second
