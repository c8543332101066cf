"""A checked shape → a `Process`: all sugar gone, all names resolved, all conditions checked."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache

from jianban.workflows.language.data import data_fields
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.guidance import Guidance, ItemType, Statement, Tier
from jianban.workflows.language.items import Items
from jianban.workflows.language.kinds import OUTCOMES, kinds
from jianban.workflows.language.model import NEXT, Anywhere, AnywhereKind, End, Kind, Outcome, Process, Stage
from jianban.workflows.language.names import (
    END,
    FIELD,
    REPLACED,
    REPLACED_STAGE,
    STEP,
    Names,
    Processes,
    Shared,
)
from jianban.workflows.language.parts import GuidanceShape, StatementShape
from jianban.workflows.language.schema import AnywhereShape, EndShape, ProcessShape, StageShape, StepShape
from jianban.workflows.language.scope import Declared, Scope, conditions, declared, inside
from jianban.workflows.language.sends import sends_of
from jianban.workflows.language.steps import Steps
from jianban.workflows.language.terms import (
    NO_BASIS,
    Agency,
    Basis,
    Citation,
    DataField,
    DataKind,
    Document,
    Duration,
    Limit,
    Position,
    Role,
)
from jianban.workflows.language.validation import in_order
from jianban.workflows.texts import Text


def desugar(shape: ProcessShape, shared: Shared, processes: Processes) -> Process:
    """The process a shape describes.

    Raises:
        DefinitionError: with everything that is wrong with its names, conditions and parts.
    """
    problems: list[Problem] = []
    process = _Desugaring(shape, Names(shared, processes, problems, shape.extends)).process()
    if problems:
        raise DefinitionError(in_order(problems))
    return process


class _Desugaring:
    def __init__(self, shape: ProcessShape, names: Names) -> None:
        self.shape = shape
        self.names = names
        named = self._distinct([*declared(shape), *conditions(shape)])
        self.declared = {id_: one for id_, one in named.items() if one.what != "condition"}
        self.names.settle_applicant(
            (d.shape.by if isinstance(d.shape.by, str) else d.shape.by[0])
            for d in self.declared.values()
            if isinstance(d.shape, StepShape) and d.shape.by
        )
        self.data = data_fields(shape, names.problems)
        self.scope = Scope(self.names, {f.id: f for f in self.data}, dict.fromkeys(self.declared, True))
        outcomes: dict[str, str] = {}
        for id_, end in shape.ends.items():
            outcomes.setdefault(end.outcome, id_)
        self.step_ids = {d.id: True for d in self.declared.values() if d.what == "step"}
        self.steps = Steps(self.names, self.step_ids, outcomes)
        self.items = Items(self.names, self.steps)

    def process(self) -> Process:
        shape = self.shape
        basis = self.names.basis(shape, NO_BASIS)
        eligible = [self.scope.guard(c, c.when, c.else_, self.names.basis(c, basis)) for c in shape.eligible]
        stages = tuple(self._stage(s, basis) for s in shape.stages)
        ends = tuple(self._end(id_, e, basis) for id_, e in shape.ends.items())
        anywhere = tuple(self._anywhere(id_, a, basis) for id_, a in shape.anywhere.items())
        self._replaced()
        self._afterwards()
        period = shape.in_force
        if period is not None and period.to is not None and period.to < period.from_:
            self.names.report("J139", _BACKWARDS, _BACKWARDS_REMEDY, period.at("to"))
        process = Process(
            id=shape.process,
            version=shape.version,
            title=shape.title.text,
            stages=stages,
            ends=ends,
            summary=shape.summary.text if shape.summary else None,
            in_force_from=shape.in_force.from_ if shape.in_force else None,
            in_force_to=shape.in_force.to if shape.in_force else None,
            variant_of=shape.variant_of,
            data=self.data,
            business_key=self._business_key(),
            eligible=tuple(g for g in eligible if g is not None),
            anywhere=anywhere,
            guidance=self._guidance(shape.guide, basis),
            limit=self._limit(shape, basis),
            basis=basis,
            position=shape.at(),
        )
        return replace(process, documents=cited(process))

    def _guidance(self, shape: GuidanceShape | None, inherited: Basis) -> Guidance | None:
        if shape is None:
            return None

        def statement(said: StatementShape | None) -> Statement | None:
            return said and Statement(text=said.text, basis=self.names.basis(said, basis))

        basis = self.names.basis(shape, inherited)
        return Guidance(
            item_type=ItemType(shape.type) if shape.type is not None else None,
            tiers=tuple(map(Tier, shape.tiers)),
            enquiries=statement(shape.enquiries),
            complaints=statement(shape.complaints),
            remedies=statement(shape.remedies),
            basis=basis,
        )

    def _business_key(self) -> str | None:
        name = self.shape.business_key
        if name is None:
            return None
        field = self.names.find(self.scope.fields, name, FIELD, self.shape.at("business_key"))
        if field is not None and (
            field.kind is not DataKind.TEXT or field.personal or field.known or field.default is not None
        ):
            self.names.report("J139", _KEY.format(id=name), _KEY_REMEDY, self.shape.at("business_key"))
        return name

    def _distinct(self, found: list[Declared]) -> dict[str, Declared]:
        first: dict[str, Declared] = {}
        for one in found:
            if one.id in first or one.id == NEXT:
                line = first[one.id].position.line if one.id in first else 0
                message = _TWICE.format(id=one.id, line=line) if line else _RESERVED.format(id=one.id)
                self.names.report("J201", message, _TWICE_REMEDY, one.position)
            else:
                first[one.id] = one
        return first

    def _stage(self, shape: StageShape, inherited: Basis) -> Stage:
        basis = self.names.basis(shape, inherited)
        return Stage(
            id=shape.stage,
            title=shape.title.text,
            items=self.items.items(shape.steps, self.scope, basis),
            replaces=tuple(shape.replaces),
            limit=self._limit(shape, basis),
            lead=self.names.agency(shape.lead, shape.at("lead")) if shape.lead else None,
            note=shape.note.text if shape.note else None,
            after_decision=shape.after_decision,
            basis=basis,
            position=shape.at(),
        )

    def _afterwards(self) -> None:
        """Check that what comes after the decision comes last, and after something."""
        marks = [s.after_decision for s in self.shape.stages]
        if marks[0] or marks != sorted(marks):
            at = next(s for s in self.shape.stages if s.after_decision)
            self.names.report("J139", _AFTER.format(id=at.stage), _AFTER_REMEDY, at.key_at("after_decision"))

    def _limit(self, shape: StageShape | ProcessShape, basis: Basis) -> Limit | None:
        """The limit of a stage or of the whole process; no event of a step can follow from it."""
        limit = self.steps.limit(shape, basis, None)
        if limit is not None and limit.expiry is not None and limit.expiry.event is not None:
            self.names.report("J137", _STAGE_EVENT, _STAGE_EVENT_REMEDY, shape.at("within", "expiry"))
        return limit

    def _end(self, id_: str, shape: EndShape, inherited: Basis) -> End:
        outcome = Outcome(shape.outcome)
        if (outcome is Outcome.SWITCHED) != (shape.switch is not None):
            self.names.report("J139", _SWITCH.format(id=id_), _SWITCH_REMEDY, shape.at("outcome"))
        for key in ("offers", "switch"):
            if (reference := getattr(shape, key)) is not None:
                self.names.reference(reference, shape.at(key))
        return End(
            id=id_,
            title=shape.title.text if shape.title else OUTCOMES[outcome],
            outcome=outcome,
            offers=shape.offers,
            switch_to=shape.switch,
            sends=sends_of(shape, self.scope),
            basis=self.names.basis(shape, inherited),
            position=self.shape.at("ends", id_),
        )

    def _anywhere(self, id_: str, shape: AnywhereShape, inherited: Basis) -> Anywhere:
        if (shape.to is None) == (shape.resume is None):
            self.names.report("J136", _ANYWHERE.format(id=id_), _ANYWHERE_REMEDY, shape.at())
        if shape.to is not None:
            self.names.find(self.shape.ends, shape.to, END, shape.at("to"))
        title = shape.title.text if shape.title else kinds().events.get(id_)
        if title is None:
            self.names.report("J111", _NO_TITLE.format(id=id_), _NO_TITLE_REMEDY, shape.at())
            title = Text(id_, id_)
        basis = self.names.basis(shape, inherited)
        return Anywhere(
            kind=AnywhereKind.SUSPEND if shape.resume else AnywhereKind.WITHDRAW,
            event=id_,
            title=title,
            by=self.names.roles(shape, "by", shape.by),
            to=shape.to,
            resume=shape.resume.event if shape.resume else None,
            resume_by=self.names.roles(shape.resume, "by", shape.resume.by) if shape.resume else (),
            reason_required=shape.reason == "required",
            stops_clock=shape.stops_clock,
            except_at=tuple(
                s for at, e in enumerate(shape.except_) for s in self._steps_of(e, shape.at("except", at))
            ),
            sends=sends_of(shape, self.scope),
            guard=self.scope.guard(shape, shape.when, shape.else_, basis),
            basis=basis,
            position=self.shape.at("anywhere", id_),
        )

    def _steps_of(self, id_: str, position: Position) -> list[str]:
        """The steps an id stands for: itself, or those of a stage or block."""
        whole = self.declared.get(id_)
        if whole is None or whole.what in ("end", "call"):
            self.names.find(self.step_ids, id_, STEP, position)
            return []
        return [d.id for d in inside(whole) if d.what == "step"]

    def _replaced(self) -> None:
        """Check that what is replaced exists in the base, when the base can be loaded."""
        base = self.shape.variant_of
        if base is None or not self.names.reference(base, self.shape.at("variant_of")):
            return
        # a merge in a variant replaces steps of what it extends
        found = [self.names.processes.ids(b) for b in (base, self.shape.extends) if b is not None]
        if None in found:
            return
        parts = [part for ids in found for part in sorted((ids or {}).items())]
        stages, steps = ({i: True for i, what in parts if (what == "stage") is is_} for is_ in (True, False))
        for one in self.declared.values():
            match getattr(one.shape, "replaces", ()):
                case dict() as by_step:
                    named = [(id_, (step, at)) for step, ids in by_step.items() for at, id_ in enumerate(ids)]
                case ids:
                    named = [(id_, (at,)) for at, id_ in enumerate(ids)]
            known, what = (stages, REPLACED_STAGE) if one.what == "stage" else (steps, REPLACED)
            for id_, place in named:
                self.names.find(known, id_, what, one.shape.at("replaces", *place))


def cited(process: Process) -> tuple[Document, ...]:
    """Every document cited anywhere in a process, in order of first citation."""
    found: dict[str, Document] = {}
    _cite(process, found, set())
    return tuple(found.values())


def _cite(value: object, found: dict[str, Document], seen: set[int]) -> None:
    kind = type(value)
    if kind is tuple:
        for one in value:  # pyright: ignore[reportGeneralTypeIssues]
            _cite(one, found, seen)
    elif isinstance(value, Citation):
        found.setdefault(value.document.id, value.document)
    elif (names := _citing(kind)) and id(value) not in seen:
        seen.add(id(value))
        for name in names:
            _cite(getattr(value, name), found, seen)


_UNCITING = (Text, Position, Duration, Kind, Role, Agency, DataField)


@cache
def _citing(kind: type) -> tuple[str, ...]:
    """The fields of a value in which something may be cited."""
    if not is_dataclass(kind) or issubclass(kind, _UNCITING):
        return ()
    return tuple(f.name for f in fields(kind) if _CITING.search(str(f.type)))


_CITING = re.compile(
    r"Basis|Citation|Process|Stage|Item|Branch|Exit|Guard|Limit|Expiry|Wait|Material|Fee|Effort|End|Any"
    r"|Guidance|Statement"
)


_KEY = Text("“{id}”不能作为业务主键", "“{id}” can be no business key")
_KEY_REMEDY = Text(
    "业务主键应为 text 类型的数据项，不是个人信息，没有默认值，也不由留存的消息得知",
    "It is a field of type text that is no personal data, has no default and is not known from kept messages",
)
_TWICE = Text("编号“{id}”在第 {line} 行已经用过", "the id “{id}” is already used on line {line}")
_TWICE_REMEDY = Text("请改用不重复的编号", "Choose another id")
_RESERVED = Text("“{id}”另有含义，不能作编号", "“{id}” means something else and cannot be an id")
_STAGE_EVENT = Text(
    "环节和全流程的时限期满不引起事件", "the limit of a stage or of the whole process makes no event happen"
)
_STAGE_EVENT_REMEDY = Text(
    "请写 warn 或 escalate，或把时限写在步骤上", "Use warn or escalate, or put the limit on a step"
)
_SWITCH = Text("结果“{id}”的类型与 switch 不一致", "the end “{id}” and its `switch` do not fit")
_SWITCH_REMEDY = Text(
    "转办（switched）写 switch，其余不写", "Give `switch` with the outcome switched, and only there"
)
_ANYWHERE = Text(
    "“{id}”应写 to（撤回）或 resume（中止）之一",
    "“{id}” needs either `to` (a withdrawal) or `resume` (a suspension)",
)
_ANYWHERE_REMEDY = Text("请写其一，且只写其一", "Give exactly one of them")
_AFTER = Text(
    "环节“{id}”在决定之后，其后却还有决定之前的环节，或者其前没有环节",
    "stage “{id}” is after the decision, yet a stage before the decision follows it, or none precedes it",
)
_AFTER_REMEDY = Text(
    "决定之后的环节（after_decision）写在最后", "Stages with `after_decision` come last, after others"
)
_BACKWARDS = Text("失效日期早于生效日期", "it goes out of force before it comes into force")
_BACKWARDS_REMEDY = Text("请核对 from 和 to", "Check `from` and `to`")
_NO_TITLE = Text("“{id}”没有名称", "“{id}” has no title")
_NO_TITLE_REMEDY = Text("请补上 title", "Add a `title`")
