"""The limits of offices on the typical run."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.measures.context import Context, step_of
from jianban.workflows.analysis.timing import Time
from jianban.workflows.flow import Node
from jianban.workflows.language.model import Duration, Stage


def limited(context: Context, *times: Time) -> Iterator[tuple[Node | Stage, *tuple[Duration, ...]]]:
    """Each step or stage of the typical run with a limit of an office, and that limit by each time.

    The limit of a stage stands for those of its steps.
    """
    steps = context.typical.steps
    passed = {n.stage for n in steps}
    stages: set[str] = set()
    for stage in context.flow.process.stages:
        limits = [d for t in times if (d := t.stage_limit(stage)) is not None]
        if stage.id in passed and len(limits) == len(times):
            stages.add(stage.id)
            yield (stage, *limits)
    for node in steps:
        limits = [d for t in times if (d := t.step_limit(step_of(node))) is not None]
        if node.stage not in stages and len(limits) == len(times):
            yield (node, *limits)
