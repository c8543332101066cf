"""What the applicant has to bring, go and work for, and how much less when materials are asked no more.

Papers are counted over all steps of the process, each copy; distinct materials, visits and minutes are the
measures of the same names, on the typical run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jianban.workflows.analysis.measures.context import Context, NoRun
from jianban.workflows.analysis.measures.effort import MEASURE as EFFORT
from jianban.workflows.analysis.measures.materials import MEASURE as MATERIALS
from jianban.workflows.analysis.measures.reading import Measure, Options
from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.measures.visits import MEASURE as VISITS
from jianban.workflows.analysis.reform.advice import Relief
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Flow, Node
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import MaterialUse, PartyKind

SUBMIT = "submit"
"""The kind of step at which the applicant hands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    papers: int
    """Copies asked at all steps together."""
    materials: int
    """Distinct materials on the typical run."""
    visits: int
    minutes: int

    def __add__(self, other: Burden) -> Burden:
        return Burden(
            papers=self.papers + other.papers,
            materials=self.materials + other.materials,
            visits=self.visits + other.visits,
            minutes=self.minutes + other.minutes,
        )

    def __sub__(self, other: Burden) -> Burden:
        return Burden(
            papers=self.papers - other.papers,
            materials=self.materials - other.materials,
            visits=self.visits - other.visits,
            minutes=self.minutes - other.minutes,
        )


NO_BURDEN = Burden(papers=0, materials=0, visits=0, minutes=0)


def burden(flow: Flow) -> Burden:
    context = Context(flow, Options())
    return Burden(
        papers=sum(use.copies for node in flow.steps if node.step for use in asked(node.step)),
        materials=_read(context, MATERIALS),
        visits=_read(context, VISITS),
        minutes=_read(context, EFFORT),
    )


def _read(context: Context, measure: Measure) -> int:
    try:
        return int(measure.compute(context).value or 0)
    except NoRun:
        return 0


def relieved(facts: Facts, reliefs: Iterable[Relief]) -> Flow:
    """The flow in which these materials are asked no more.

    Applying takes its visit and effort with papers or without. Only the second hand-in of one application,
    which brings nothing but these, costs neither any more.
    """
    flow = facts.flow
    by_step: dict[str, list[Relief]] = {}
    for relief in reliefs:
        by_step.setdefault(relief.node, []).append(relief)
    nodes = dict(flow.nodes)
    for id_, own in by_step.items():
        step = flow.nodes[id_].step
        assert step is not None
        lighter = replace(step, materials=_left(step, own))
        if not asked(lighter) and _only_brings(facts, flow.nodes[id_]):
            lighter = replace(lighter, visits=0, effort=None)
        nodes[id_] = replace(flow.nodes[id_], step=lighter)
    return Flow(
        process=flow.process, regions=flow.regions, nodes=nodes, arcs=flow.arcs, anywhere=flow.anywhere
    )


def _left(step: Step, reliefs: Iterable[Relief]) -> tuple[MaterialUse, ...]:
    dropped = {r.material for r in reliefs if not r.shared}
    shared = {r.material for r in reliefs if r.shared}
    demanded = {use.material.id for use in asked(step)}
    return tuple(
        replace(use, obtained_by_sharing=True) if use.material.id in shared & demanded else use
        for use in step.materials
        if use.material.id not in dropped & demanded
    )


def _only_brings(facts: Facts, node: Node) -> bool:
    """True for an application's second hand-in: the applicant's step just before led to the same receipt."""
    step = node.step
    if step is None or not _submits(step) or step.fee is not None or step.collects:
        return False
    receipt = _receipt(facts, node)
    return any(
        other.step is not None
        and other.id != node.id
        and _submits(other.step)
        and facts.can_follow(node.id, other.id)
        and not facts.can_follow(other.id, node.id)
        and _receipt(facts, other) == receipt
        for other in facts.flow.steps
    )


def _submits(step: Step) -> bool:
    return step.kind.id == SUBMIT and _applicant(step)


def _applicant(step: Step) -> bool:
    return step.role.agency.kind is PartyKind.APPLICANT


def _receipt(facts: Facts, node: Node) -> frozenset[str]:
    """The first steps after this one that are not the applicant's."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [target for target, _ in facts.following[node.id]]
    while todo:
        at = facts.flow.nodes[todo.pop()]
        if at.id in seen:
            continue
        seen.add(at.id)
        if at.step is not None and not _applicant(at.step):
            found.add(at.id)
        else:
            todo += [target for target, _ in facts.following[at.id]]
    return frozenset(found)
