"""What a part of a definition may refer to: ids, data, and the names of enclosing `each` blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jianban.workflows.language.expressions import ExpressionError, check
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import NEXT
from jianban.workflows.language.names import TARGET, Names
from jianban.workflows.language.parts import ConditionShape, Words
from jianban.workflows.language.reader import Mapping as MappingNode
from jianban.workflows.language.reader import Scalar
from jianban.workflows.language.schema import (
    CallShape,
    ChoiceShape,
    EachShape,
    ExitShape,
    ItemShape,
    ParallelShape,
    ProcessShape,
    StageShape,
    StepShape,
)
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.terms import Basis, DataField, Guard, Position
from jianban.workflows.texts import Text


@dataclass(slots=True)
class Scope:
    names: Names
    fields: Mapping[str, DataField]
    targets: Mapping[str, bool]
    """Every id of the process that an exit may lead to."""
    extra: Mapping[str, DataField] = field(default_factory=dict)
    """Names of the items of enclosing `each` blocks."""
    checked: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)
    """Names read by expressions already found right."""

    def inner(self, item: DataField) -> Scope:
        return Scope(self.names, self.fields, self.targets, {**self.extra, item.id: item}, self.checked)

    def target(self, to: str, position: Position) -> str:
        """The target, checked: `next`, or an id of the process."""
        if to != NEXT:
            self.names.find(self.targets, to, TARGET, position)
        return to

    def guard(
        self, shape: Shape, when: str | list[ConditionShape] | None, refusal: Words | None, basis: Basis
    ) -> Guard | None:
        """The condition under the shape's key `when`, checked; None when there is none or it is wrong."""
        if when is None:
            if refusal is not None:
                self.names.report("J139", _ELSE_ALONE, _ELSE_ALONE_REMEDY, shape.key_at("else"))
            return None
        parts: tuple[Guard, ...] = ()
        if isinstance(when, str):
            expression, names = when, self._read(shape, when)
        else:
            made = [self.guard(c, c.when, c.else_, self.names.basis(c, basis)) for c in when]
            parts = tuple(g for g in made if g is not None)
            expression = " && ".join(f"({g.expression})" for g in parts)
            names = tuple(sorted({n for g in parts for n in g.names})) if len(parts) == len(made) else None
        if names is None:
            return None
        return Guard(
            expression=expression,
            names=names,
            refusal=refusal.text if refusal else None,
            parts=parts,
            basis=basis,
            position=shape.at("when"),
        )

    def condition(self, shape: Shape, expression: str, basis: Basis) -> Guard | None:
        """A condition that is written elsewhere than in the shape itself."""
        names = self._read(shape, expression)
        if names is None:
            return None
        return Guard(expression=expression, names=names, basis=basis, position=shape.at())

    def _read(self, shape: Shape, expression: str) -> tuple[str, ...] | None:
        """The data fields a condition reads; None when it is wrong."""
        key = (expression, tuple(self.extra))
        if key not in self.checked:
            try:
                self.checked[key] = check(expression, self.fields, self.extra).names
            except ExpressionError as error:
                for fault in error.faults:
                    self.names.report("J130", fault.text, fault.remedy, _inside(shape, fault.offset))
                return None
        return self.checked[key]


def _inside(shape: Shape, offset: int) -> Position:
    """The place in the file of a place in the expression."""
    start = shape.at("when")
    node = shape._node.entries.get("when") if isinstance(shape._node, MappingNode) else None
    if not isinstance(node, Scalar) or node.inset is None:
        return start
    return Position(file=start.file, line=start.line, column=start.column + node.inset + offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An id of the process and where it stands."""

    id: str
    what: str
    """The key that declares it: `step`, `stage`, …; `end` for ends."""
    shape: Shape
    position: Position


def declared(process: ProcessShape) -> Iterator[Declared]:
    """Every id of the one namespace that stages, steps, blocks and ends share, in the order of the file."""
    for stage in process.stages:
        yield _declared("stage", stage.stage, stage)
        yield from _items(stage.steps)
    for id_, end in process.ends.items():
        yield Declared(id=id_, what="end", shape=end, position=process.at("ends", id_))


def conditions(process: ProcessShape) -> Iterator[Declared]:
    """The conditions of a process that have an id, which only variants use: no exit leads there."""
    for shape in process.eligible:
        if shape.condition is not None:
            yield _declared("condition", shape.condition, shape)


def inside(one: Declared) -> Iterator[Declared]:
    """The declarations within a stage or block; a step stands for itself and its detours."""
    match one.shape:
        case StageShape():
            yield from _items(one.shape.steps)
        case StepShape() | ChoiceShape() | ParallelShape() | EachShape():
            yield from _items([one.shape])
        case _:
            return


def _items(items: list[ItemShape]) -> Iterator[Declared]:
    for item in items:
        match item:
            case StepShape():
                yield _declared("step", item.step, item)
                yield from _detours(item)
            case ChoiceShape():
                yield _declared("choice", item.choice, item)
                for branch in item.branches:
                    yield from _items(branch.steps)
            case ParallelShape():
                yield _declared("parallel", item.parallel, item)
                for branch in item.branches:
                    yield from _items(branch.steps)
            case EachShape():
                yield _declared("each", item.each, item)
                yield from _items(item.steps)
            case CallShape():
                yield _declared("call", item.call, item)


def _declared(what: str, id_: str, shape: Shape) -> Declared:
    return Declared(id=id_, what=what, shape=shape, position=shape.at(what))


def _detours(step: StepShape) -> Iterator[Declared]:
    """The steps written (or implied by the kind) as `via` of the step's exits."""
    for form in step.on.values():
        for exit_ in form if isinstance(form, list) else [form]:
            if isinstance(exit_, ExitShape) and exit_.via is not None:
                yield _declared("step", exit_.via.step, exit_.via)
                yield from _detours(exit_.via)
    kind = kinds().shapes.get(step.kind)
    for event, implied in kind.exits.items() if kind else ():
        if implied.via is not None and not redirected(step, event):
            yield Declared(
                id=detour_id(step.step, implied.via), what="step", shape=implied.via, position=step.at("step")
            )


def redirected(step: StepShape, event: str) -> bool:
    """Whether the step itself says where an event of its kind leads, so that no detour applies."""
    if event not in step.on:
        return False
    form = step.on[event]
    return not isinstance(form, ExitShape) or form.to is not None or form.via is not None


def detour_id(step: str, detour: StepShape) -> str:
    """The id of a detour that a kind implies."""
    return f"{step}_{detour.step}"


_ELSE_ALONE = Text("有 else 而没有 when", "`else` without `when`")
_ELSE_ALONE_REMEDY = Text("请补上条件 when，或删去 else", "Add the condition `when`, or remove `else`")
