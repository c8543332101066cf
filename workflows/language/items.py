"""Choices, parallel blocks, blocks for each item, calls → the items of a stage or branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.exits import leading_to
from jianban.workflows.language.expressions import RESERVED
from jianban.workflows.language.model import (
    NEXT,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    DecisionRow,
    Each,
    End,
    Exit,
    Item,
    Join,
    JoinKind,
    Parallel,
    Process,
    Step,
)
from jianban.workflows.language.names import CALLED_STEP, EVENT, FIELD, Names
from jianban.workflows.language.other_cases import as_case
from jianban.workflows.language.schema import (
    BranchShape,
    CallShape,
    ChoiceBranchShape,
    ChoiceShape,
    EachShape,
    ItemShape,
    JoinForm,
    ParallelShape,
    StepShape,
)
from jianban.workflows.language.scope import Scope
from jianban.workflows.language.sends import sends_of
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.steps import Steps
from jianban.workflows.language.tables import decision
from jianban.workflows.language.terms import Basis, Cause, DataField, DataKind, Position
from jianban.workflows.texts import Text


class Items:
    """Desugars the items of one process."""

    def __init__(self, names: Names, steps: Steps) -> None:
        self.names = names
        self.steps = steps

    def items(self, shapes: list[ItemShape], scope: Scope, inherited: Basis) -> tuple[Item, ...]:
        items: list[Item] = []
        for shape in shapes:
            match shape:
                case StepShape():
                    items += self.steps.step(shape, scope, inherited)
                case ChoiceShape():
                    items.append(self._choice(shape, scope, inherited))
                case ParallelShape():
                    items.append(self._parallel(shape, scope, inherited))
                case EachShape():
                    items += self._each(shape, scope, inherited)
                case CallShape():
                    items += self._call(shape, scope, inherited)
        return tuple(items)

    def _choice(self, shape: ChoiceShape, scope: Scope, inherited: Basis) -> Choice:
        basis = self.names.basis(shape, inherited)
        otherwise = [b for b in shape.branches if b.when is None and shape.table is None]
        for branch in otherwise:
            if branch is not shape.branches[-1]:
                self.names.report("J133", _OTHERWISE, _OTHERWISE_REMEDY, branch.at())
        if len(marked := [b for b in shape.branches if b.main]) > 1:
            self.names.report("J133", _MAINS, _MAINS_REMEDY, marked[1].at("main"))
        if sum(b.likelihood or 0 for b in shape.branches) > _CERTAIN:
            self.names.report("J133", _LIKELY, _LIKELY_REMEDY, shape.at("branches"))
        self._branch_ids(shape.branches)
        branches = tuple(self._choice_branch(b, scope, basis) for b in shape.branches)
        table: tuple[DecisionRow, ...] = ()
        if shape.table is not None:
            fields = {**scope.fields, **scope.extra}
            table, conditions = decision(shape, fields, self.names, basis)
            branches = tuple(
                replace(b, guard=scope.condition(s, conditions[b.id], self.names.basis(s, basis)))
                if b.id in conditions
                else b
                for s, b in zip(shape.branches, branches, strict=True)
            )
        return Choice(
            id=shape.choice,
            title=shape.title.text if shape.title else _CHOICE,
            branches=branches,
            table=table,
            basis=basis,
            position=shape.at(),
        )

    def _choice_branch(self, shape: ChoiceBranchShape, scope: Scope, inherited: Basis) -> ChoiceBranch:
        basis = self.names.basis(shape, inherited)
        items = self.items(shape.steps, scope, basis)
        return ChoiceBranch(
            id=shape.branch,
            title=self._branch_title(shape, items),
            guard=scope.guard(shape, shape.when, None, basis),
            items=items,
            to=scope.target(shape.to, shape.at("to")),
            main=shape.main,
            likelihood=shape.likelihood,
            position=shape.at(),
        )

    def _parallel(self, shape: ParallelShape, scope: Scope, inherited: Basis) -> Parallel:
        basis = self.names.basis(shape, inherited)
        self._branch_ids(shape.branches)
        branches: list[Branch] = []
        for branch in shape.branches:
            own = self.names.basis(branch, basis)
            items = self.items(branch.steps, scope, own)
            branches.append(
                Branch(
                    id=branch.branch,
                    title=self._branch_title(branch, items),
                    items=items,
                    guard=scope.guard(branch, branch.when, None, own),
                    position=branch.at(),
                )
            )
        return Parallel(
            id=shape.parallel,
            title=shape.title.text if shape.title else _PARALLEL,
            branches=tuple(branches),
            join=self._join(shape, shape.join, len(branches)),
            basis=basis,
            position=shape.at(),
        )

    def _branch_ids(self, branches: Iterable[BranchShape | ChoiceBranchShape]) -> None:
        first: dict[str, Position] = {}
        for branch in branches:
            at = branch.at("branch")
            if branch.branch in first:
                message = _TWICE.format(id=branch.branch, line=first[branch.branch].line)
                self.names.report("J201", message, _TWICE_REMEDY, at)
            first.setdefault(branch.branch, at)

    def _branch_title(self, shape: BranchShape | ChoiceBranchShape, items: tuple[Item, ...]) -> Text:
        if shape.title:
            return shape.title.text
        if items:
            return items[0].title
        self.names.report("J111", _NO_TITLE.format(id=shape.branch), _NO_TITLE_REMEDY, shape.at("branch"))
        return _CHOICE

    def _join(self, shape: Shape, join: JoinForm, branches: int | None) -> Join:
        if isinstance(join, str):
            return Join(kind=JoinKind(join))
        if join < 1 or (branches is not None and join > branches):
            message = _JOIN.format(count=join, branches=branches) if branches is not None else _JOIN_POSITIVE
            self.names.report("J132", message, _JOIN_REMEDY, shape.at("join"))
        return Join(kind=JoinKind.COUNT, count=join)

    def _each(self, shape: EachShape, scope: Scope, inherited: Basis) -> Iterator[Each]:
        basis = self.names.basis(shape, inherited)
        over = self.names.find(scope.fields, shape.in_, FIELD, shape.at("in"))
        if over is not None and over.kind is not DataKind.LIST:
            self.names.report("J134", _NO_LIST.format(id=shape.in_), _NO_LIST_REMEDY, shape.at("in"))
        if shape.as_ in scope.fields or shape.as_ in scope.extra or shape.as_ in RESERVED:
            self.names.report("J134", _SHADOWS.format(id=shape.as_), _SHADOWS_REMEDY, shape.at("as"))
        options = over.options if over is not None else ()
        kind = DataKind.ENUM if options else DataKind.TEXT
        title = shape.title.text if shape.title else over.title if over else _CHOICE
        item = DataField(id=shape.as_, title=title, kind=kind, options=options)
        yield Each(
            id=shape.each,
            title=title,
            over=shape.in_,
            name=shape.as_,
            items=self.items(shape.steps, scope.inner(item), basis),
            join=self._join(shape, shape.join, None),
            basis=basis,
            position=shape.at(),
        )

    def _call(self, shape: CallShape, scope: Scope, inherited: Basis) -> Iterator[Call | Step]:
        basis = self.names.basis(shape, inherited)
        if not self.names.reference(shape.process, shape.at("process")):
            return
        try:
            process = self.names.processes.load(shape.process)
        except DefinitionError as error:
            self.names.report("J126", _CALLEE.format(id=shape.process), _CALLEE_REMEDY, shape.at("process"))
            self.names.problems.extend(error.problems)
            return
        own_case = shape.as_ == "case"
        for field in () if own_case else _carried(process):
            own = scope.fields.get(field.id)
            if own is not None and own.kind is not field.kind:
                self.names.report("J138", _CLASH.format(id=field.id), _CLASH_REMEDY, shape.at("process"))
        ends = {e.id: e for e in process.ends}
        for event in shape.on:
            self.names.find(ends, event, EVENT, shape.at("on", event))
        # a case of its own can also be withdrawn
        aside = set() if own_case else only_anywhere(process)
        exits = [
            e
            for end in process.ends
            if (e := self._call_exit(shape, end, end.id in aside, scope, basis)) is not None
        ]
        if exits and not any(e.main for e in exits):
            main = next((e for e in exits if ends[e.event].success), exits[0])
            exits = [replace(e, main=True) if e is main else e for e in exits]
        if own_case:
            yield as_case(shape, process, exits, scope, self.steps, basis)
            return
        for name in ("by", "within", "key_", "data", "brings"):
            if getattr(shape, name) is not None:
                key = name.rstrip("_")
                self.names.report("J139", _PART.format(key=key), _PART_REMEDY, shape.at(key))
        by_step = shape.replaces if isinstance(shape.replaces, dict) else {}
        ids = (self.names.processes.ids(shape.process) if by_step else None) or {}
        inner = {id_: True for id_, what in ids.items() if what in ("step", "call")}
        for step in by_step:
            self.names.find(inner, step, CALLED_STEP, shape.at("replaces", step))
        yield Call(
            id=shape.call,
            title=shape.title.text if shape.title else process.title,
            process=process,
            exits=tuple(exits),
            replaces=() if by_step else tuple(shape.replaces),
            replaced_by_step=tuple((step, tuple(ids)) for step, ids in by_step.items()),
            basis=basis,
            position=shape.at(),
        )

    def _call_exit(self, shape: CallShape, end: End, aside: bool, scope: Scope, basis: Basis) -> Exit | None:
        form = shape.on.get(end.id)
        place = shape.at("on", end.id)
        exit_ = leading_to(form) if isinstance(form, str) else form
        if isinstance(exit_, list) or (exit_ and exit_.model_fields_set - _CALL_EXIT):
            self.names.report("J139", _CALL_EXIT_FORM, _CALL_EXIT_REMEDY, place)
            return None
        to = exit_.to if exit_ else None
        if aside and to is None:
            return None
        if to is None and (not end.success or (exit_ is None and end.id in shape.on)):
            self.names.report("J135", _UNMAPPED.format(id=end.id), _UNMAPPED_REMEDY.format(id=end.id), place)
            return None
        if to is not None:
            scope.target(to, exit_.at("to") if exit_ and exit_._node else place)
        return Exit(
            event=end.id,
            title=exit_.title.text if exit_ and exit_.title else end.title,
            to=to or NEXT,
            cause=Cause.AUTO,
            sends=sends_of(exit_, scope) if exit_ and exit_._node else (),
            max=exit_.max if exit_ else None,
            main=bool(exit_ and exit_.main),
            likelihood=exit_.likelihood if exit_ else None,
            basis=self.names.basis(exit_, basis) if exit_ else basis,
            position=place,
        )


def only_anywhere(process: Process) -> set[str]:
    """The ends that nothing but withdrawal leads to; a case that runs within another cannot reach them."""
    reached = {t for s in process.stages for i in s.items for t in _targets(i)}
    return {a.to for a in process.anywhere if a.to is not None and a.to not in reached}


def _targets(item: Item) -> Iterator[str]:
    match item:
        case Step() | Call():
            yield from (e.to for e in item.exits)
        case Choice():
            yield from (b.to for b in item.branches)
    for one in _inside(item):
        yield from _targets(one)


def _carried(process: Process) -> Iterator[DataField]:
    """The data a case of a process carries, with that of the processes it calls."""
    yield from process.data
    for stage in process.stages:
        for item in stage.items:
            yield from _called(item)


def _called(item: Item) -> Iterator[DataField]:
    if isinstance(item, Call):
        yield from _carried(item.process)
    for one in _inside(item):
        yield from _called(one)


def _inside(item: Item) -> Iterator[Item]:
    match item:
        case Choice() | Parallel():
            yield from (i for b in item.branches for i in b.items)
        case Each():
            yield from item.items


_CLASH = Text(
    "数据项“{id}”在被调用的流程中是另一种类型",
    "the data field “{id}” is of another type in the called process",
)
_CLASH_REMEDY = Text(
    "一个办件只有一份数据，请统一类型，或换一个编号",
    "A case has its data once: let the types agree, or rename it",
)
_CERTAIN = 1 + 1e-9
_LIKELY = Text("各分支的可能性之和大于 1", "the likelihoods of the branches exceed 1 together")
_LIKELY_REMEDY = Text("请改小", "Lower them")
_CALL_EXIT = {"to", "title", "max", "main", "likelihood", "sends", "source", "assumed"}
_CHOICE = Text("判断", "Choice")
_PARALLEL = Text("并联办理", "In parallel")
_TWICE = Text("编号“{id}”在第 {line} 行已经用过", "the id “{id}” is already used on line {line}")
_TWICE_REMEDY = Text("请改用不重复的编号", "Choose another id")
_OTHERWISE = Text(
    "没有条件的分支须只有一个，并写在最后", "a branch without a condition must be the only such one, and last"
)
_OTHERWISE_REMEDY = Text("请补上 when，或移到最后", "Give it a `when`, or move it to the end")
_MAINS = Text("不止一个分支写了 main: true", "more than one branch is marked as main")
_MAINS_REMEDY = Text("只保留一个", "Keep one")
_NO_TITLE = Text("分支“{id}”没有名称", "branch “{id}” has no title")
_NO_TITLE_REMEDY = Text("请补上 title", "Add a `title`")
_JOIN = Text(
    "要求完成 {count} 个分支，而分支共 {branches} 个",
    "the join asks for {count} branches, but there are only {branches}",
)
_JOIN_POSITIVE = Text("汇合数目须为正数", "the number must be positive")
_JOIN_REMEDY = Text(
    "请写 all、any 或不超过分支数的正数", "Write all, any, or a number from 1 to that of the branches"
)
_NO_LIST = Text("数据项“{id}”不是列表", "the data field “{id}” is no list")
_NO_LIST_REMEDY = Text("请把它的类型改为 list，或换一个列表", "Make its type list, or name a list")
_SHADOWS = Text(
    "“{id}”已是数据项、外层的名称或条件语言的保留字",
    "“{id}” is already a data field, an outer name, or a word of the condition language",
)
_SHADOWS_REMEDY = Text("请换一个名称", "Choose another name")
_CALLEE = Text("被调用的流程“{id}”有错误", "the called process “{id}” has errors")
_CALLEE_REMEDY = Text("请先改正它", "Mend it first")
_UNMAPPED = Text("被调用流程的结果“{id}”没有去向", "the end “{id}” of the called process leads nowhere")
_UNMAPPED_REMEDY = Text("请在 on 中写 {id}: 去向", "Write {id}: target in `on`")
_PART = Text("在本办件内办理的调用不写 {key}", "a call within this case has no `{key}`")
_PART_REMEDY = Text("请删去，或写 as: case 另立办件", "Remove it, or open a case of its own with `as: case`")
_CALL_EXIT_FORM = Text(
    "调用的出口只写去向、名称、次数、主次、可能性、发出的内容和依据",
    "an exit of a call has a target, a title, max, main, likelihood, sends and a basis only",
)
_CALL_EXIT_REMEDY = Text("请删去其他内容；条件可用 choice", "Remove the rest; use a `choice` for conditions")
