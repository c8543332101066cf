"""Distinct things met on a run: materials, agencies, roles.

They are counted on the typical run. The fewest over all runs is a set-cover problem, which has no fast exact
answer, and would describe a case that nobody has; what the whole process can ask for is given beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from jianban.workflows.analysis.measures.context import TYPICAL, Context, step_of
from jianban.workflows.analysis.measures.reading import Figures, Part
from jianban.workflows.flow import Node, NodeKind
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import MaterialUse
from jianban.workflows.texts import Text

Things = Iterable[tuple[str, Text]]
"""Ids and titles."""


def distinct(context: Context, things: Callable[[Step], Things], times: int = 1) -> Figures:
    """How many distinct things the steps of the typical run name, `times` or more times each.

    The detail says how many times each is named.
    """
    steps = context.typical.steps
    stages: dict[str, list[Node]] = {s.id: [] for s in context.flow.process.stages}
    for node in steps:
        stages[node.stage or ""].append(node)
    return Figures(
        value=len(met := _met(steps, things, times)),
        whole=len(_met([n for n in context.shape.reached if n.kind is NodeKind.STEP], things, times)),
        note=TYPICAL,
        detail=met,
        by_stage=tuple(
            Part(id=s.id, title=s.title, value=len(_met(stages[s.id], things, times)))
            for s in context.flow.process.stages
        ),
    )


def _met(steps: Sequence[Node], things: Callable[[Step], Things], times: int) -> tuple[Part, ...]:
    titles: dict[str, Text] = {}
    counts: dict[str, int] = {}
    for node in steps:
        for thing, title in dict(things(step_of(node))).items():
            titles[thing] = title
            counts[thing] = counts.get(thing, 0) + 1
    return tuple(Part(id=t, title=titles[t], value=n) for t, n in counts.items() if n >= times)


def asked(step: Step) -> tuple[MaterialUse, ...]:
    """The materials that the applicant must hand in at a step."""
    return tuple(m for m in step.materials if not m.optional and not m.obtained_by_sharing)
