"""Every figure and rule of a definition that needs a source, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.language.model import Choice, Item, Parallel, Step
from jianban.workflows.language.terms import Basis, Guard, Limit, Position
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True)
class Figure:
    what: Text
    basis: Basis
    position: Position


LIMIT = Text("“{title}”的办理时限", "the time limit of “{title}”")
PROMISE = Text("“{title}”的承诺时限", "the promised limit of “{title}”")
EXPIRY = Text("“{title}”期满的后果", "the consequence when “{title}” runs out of time")
WAIT = Text("“{title}”的期间", "the waiting period of “{title}”")
MATERIAL = Text("“{title}”要求的材料“{material}”", "the material “{material}” asked in “{title}”")
FEE = Text("“{title}”的收费", "the fee of “{title}”")
EFFORT = Text("“{title}”的申请人耗时", "the applicant's effort for “{title}”")
CONDITION = Text("“{title}”的条件“{when}”", "the condition “{when}” of “{title}”")
ELIGIBLE = Text("办理条件“{when}”", "the condition of eligibility “{when}”")


def figures(facts: Facts) -> Iterator[Figure]:
    """Limits, waits, materials, fees, effort and conditions of the process itself, in order."""
    process = facts.process
    for guard in process.eligible:
        yield from _guard(ELIGIBLE, process.title, guard)
    for whole in (process, *process.stages):
        if whole.limit is not None:
            yield from _limit(whole.title, whole.limit, whole.position)
    for item in facts.items:
        yield from _item(item)
    for anywhere in process.anywhere:
        if anywhere.guard is not None:
            yield from _guard(CONDITION, anywhere.title, anywhere.guard)


def bases(facts: Facts) -> Iterator[tuple[Basis, Position]]:
    """Everything that can cite a source, with its place."""
    process = facts.process
    yield process.basis, process.position
    for end in process.ends:
        yield end.basis, end.position
    for stage in process.stages:
        yield stage.basis, stage.position
    for item in facts.items:
        yield item.basis, item.position
        if isinstance(item, Step):
            for exit_ in item.exits:
                yield exit_.basis, exit_.position
    for anywhere in process.anywhere:
        yield anywhere.basis, anywhere.position
    for figure in figures(facts):
        yield figure.basis, figure.position


def _item(item: Item) -> Iterator[Figure]:
    match item:
        case Step():
            yield from _step(item)
        case Choice() | Parallel():
            for branch in item.branches:
                if branch.guard is not None:
                    yield from _guard(CONDITION, branch.title, branch.guard)


def _step(step: Step) -> Iterator[Figure]:
    title, at = step.title, step.position
    if step.limit is not None:
        yield from _limit(title, step.limit, at)
    if step.wait is not None:
        yield Figure(WAIT.format(title=title), step.wait.basis, at)
    for use in step.materials:
        yield Figure(MATERIAL.format(title=title, material=use.material.title), use.basis, at)
    if step.fee is not None:
        yield Figure(FEE.format(title=title), step.fee.basis, at)
    if step.effort is not None:
        yield Figure(EFFORT.format(title=title), step.effort.basis, at)
    for exit_ in step.exits:
        if exit_.guard is not None:
            yield from _guard(CONDITION, exit_.title, exit_.guard)


def _limit(title: Text, limit: Limit, at: Position) -> Iterator[Figure]:
    if limit.legal is not None:
        yield Figure(LIMIT.format(title=title), limit.basis, at)
    if limit.promised is not None:
        yield Figure(PROMISE.format(title=title), limit.promised_basis, at)
    if limit.expiry is not None:
        yield Figure(EXPIRY.format(title=title), limit.expiry.basis, at)


def _guard(words: Text, title: Text, guard: Guard) -> Iterator[Figure]:
    for part in guard.parts or (guard,):
        position = part.position if part.position.line else guard.position
        yield Figure(words.format(title=title, when=part.expression), part.basis, position)
