"""One step: what its kind says and what it says itself → a `Step`, with the detours of its exits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jianban.workflows.language.exits import Exits, Host
from jianban.workflows.language.kinds import KindShape, kinds
from jianban.workflows.language.model import FirstReceiver, Step
from jianban.workflows.language.names import APPLICANT, FIELD, KIND, STEP, Names
from jianban.workflows.language.parts import (
    EffortShape,
    ExpiryShape,
    ExtensionShape,
    FeeShape,
    LimitShape,
    MaterialShape,
    WaitShape,
)
from jianban.workflows.language.periods import period
from jianban.workflows.language.schema import (
    CallShape,
    FirstReceiverShape,
    ProcessShape,
    StageShape,
    StepShape,
)
from jianban.workflows.language.scope import Scope
from jianban.workflows.language.sends import sends_of
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.terms import (
    Basis,
    Channel,
    Effort,
    Expiry,
    ExpiryKind,
    Fee,
    Limit,
    Material,
    MaterialForm,
    MaterialUse,
    Position,
    Role,
    Unit,
    Wait,
)
from jianban.workflows.texts import Text


@dataclass(slots=True)
class Steps:
    """Desugars steps of one process."""

    names: Names
    steps: Mapping[str, bool]
    """The ids of all steps, for references between them."""
    outcomes: Mapping[str, str]
    """Outcome → the first end with it."""

    def step(
        self,
        shape: StepShape,
        scope: Scope,
        inherited: Basis,
        *,
        id_: str = "",
        back: str | None = None,
        place: Position | None = None,
    ) -> list[Step]:
        """The step and the detours of its exits. `back`: where the main exit of a detour leads by default."""
        names = self.names
        place = place or shape.at()
        kind = names.find(kinds().kinds, shape.kind, KIND, shape.at("kind"))
        basis = names.basis(shape, inherited)
        if kind is None:
            # its exits can't be known, but its other names can be checked
            if shape.by is not None:
                names.roles(shape, "by", shape.by)
            self._materials(shape, basis)
            self._produces(shape)
            return []
        says = kinds().shapes[kind.id]
        by = self._by(shape, says, place)
        limit = self.limit(shape, basis, says.expiry)
        wait = self._wait(shape, scope, basis)
        host = Host(
            id=id_ or shape.step,
            shape=shape,
            scope=scope,
            basis=basis,
            by=by,
            limit=limit,
            wait=wait,
            back=back,
            place=place,
        )
        exits, detours = Exits(host, self).all()
        channel = shape.channel or ("counter" if shape.visits else says.channel or "internal")
        step = Step(
            id=id_ or shape.step,
            title=shape.title.text if shape.title else kind.title,
            kind=kind,
            by=by,
            exits=exits,
            note=shape.note.text if shape.note else None,
            materials=self._materials(shape, basis),
            produces=self._produces(shape),
            visits=shape.visits,
            channel=Channel(channel),
            fee=self._fee(shape, basis),
            effort=self._effort(shape, basis),
            limit=limit,
            wait=wait,
            stops_clock=kind.stops_clock if shape.stops_clock is None else shape.stops_clock,
            collects=self._known(shape, "collects", shape.collects, scope.fields, FIELD),
            replaces=tuple(shape.replaces),
            different_person_from=self._known(
                shape, "different_person_from", shape.different_person_from, self.steps, STEP
            ),
            first_receiver=self._first_receiver(shape),
            sends=sends_of(shape, scope, says.sends or ()),
            aside=shape.aside or back is not None,
            basis=basis,
            position=place,
        )
        return [step, *detours]

    def _by(self, shape: StepShape, says: KindShape, place: Position) -> tuple[Role, ...]:
        if shape.by is not None:
            return self.names.roles(shape, "by", shape.by)
        if says.by == APPLICANT and self.names.applicant is not None:
            return (self.names.applicant,)
        message = _NO_ROLE if says.by is None else _NO_APPLICANT
        remedy = _NO_ROLE_REMEDY if says.by is None else _NO_APPLICANT_REMEDY
        self.names.report("J111", message.format(step=shape.step), remedy, place)
        return ()

    def _known(
        self, shape: Shape, key: str, ids: list[str], known: Mapping[str, object], what: tuple[str, Text]
    ) -> tuple[str, ...]:
        for at, id_ in enumerate(ids):
            self.names.find(known, id_, what, shape.at(key, at))
        return tuple(ids)

    def limit(
        self,
        shape: StepShape | CallShape | StageShape | ProcessShape,
        basis: Basis,
        silence: ExpiryShape | None,
    ) -> Limit | None:
        """The limit under the key `within`; `silence` is what its expiry does when nothing is said of it."""
        within = shape.within
        if within is None:
            return None
        if not isinstance(within, LimitShape):
            return Limit(statutory=within, basis=basis, expiry=self._silence(silence, basis))
        own = self.names.basis(within, basis)
        if within.statutory is None and within.promised is None:
            self.names.report("J139", _NO_LIMIT, _NO_LIMIT_REMEDY, within.at())
        if within.reading is not None and within.statutory is None:
            self.names.report("J139", _READING_ALONE, _READING_ALONE_REMEDY, within.at("reading"))
        if within.warn is not None and within.warn.unit not in (Unit.DAY, Unit.WORKING_DAY):
            self.names.report("J139", _WARN_UNIT, _WARN_UNIT_REMEDY, within.at("warn"))
        if within.from_ is not None:
            self.names.find(self.steps, within.from_, STEP, within.at("from"))
        if within.expiry is not None:
            expiry = self._expiry(within.expiry, own)
        else:
            silent = within.statutory is not None and "expiry" not in within.model_fields_set
            expiry = self._silence(silence, own) if silent else None
        longer = within.extendable
        extension_by: tuple[Role, ...] = ()
        if isinstance(longer, ExtensionShape):
            extension_by = self.names.roles(longer, "by", longer.by) if longer.by is not None else ()
            longer = longer.for_
        return Limit(
            statutory=within.statutory,
            reading=within.reading,
            promised=within.promised,
            extension=longer,
            extension_by=extension_by,
            warn=within.warn,
            counted_from=within.from_,
            expiry=expiry,
            basis=own,
            promised_basis=Basis(
                citations=self.names.citations(within, "promised_source", within.promised_source),
                assumed=within.promised_assumed.text if within.promised_assumed else None,
            ),
        )

    @staticmethod
    def _silence(shape: ExpiryShape | None, basis: Basis) -> Expiry | None:
        return Expiry(kind=ExpiryKind(shape.then), event=shape.event, basis=basis) if shape else None

    def _expiry(self, shape: ExpiryShape, basis: Basis) -> Expiry:
        kind = ExpiryKind(shape.then)
        needs_event = kind in (ExpiryKind.DEEM, ExpiryKind.END)
        if needs_event != (shape.event is not None):
            message = _EXPIRY_EVENT if needs_event else _EXPIRY_NO_EVENT
            self.names.report("J137", message.format(then=shape.then), _EXPIRY_EVENT_REMEDY, shape.at())
        if (kind is ExpiryKind.ESCALATE) != (shape.role is not None):
            self.names.report("J137", _EXPIRY_ROLE, _EXPIRY_ROLE_REMEDY, shape.at())
        role = self.names.role(shape.role, shape.at("role")) if shape.role else None
        return Expiry(kind=kind, event=shape.event, role=role, basis=self.names.basis(shape, basis))

    def _wait(self, shape: StepShape, scope: Scope, basis: Basis) -> Wait | None:
        lasts = shape.lasts
        if not isinstance(lasts, WaitShape):
            return None if lasts is None else Wait(duration=lasts, basis=basis)
        found = period(self.names, lasts, self.steps, scope.fields)
        if found is None:
            return None
        length, origin = found
        own = self.names.basis(lasts, basis)
        return Wait(duration=length, reading=lasts.reading, origin=origin, basis=own)

    def _first_receiver(self, shape: StepShape) -> FirstReceiver | None:
        first = shape.first_receiver
        if isinstance(first, FirstReceiverShape):
            return FirstReceiver(handover_by=self.names.roles(first, "handover_by", first.handover_by))
        return FirstReceiver() if first else None

    def _materials(self, shape: StepShape, basis: Basis) -> tuple[MaterialUse, ...]:
        uses: list[MaterialUse] = []
        for at, form in enumerate(shape.materials):
            if isinstance(form, MaterialShape):
                material = self.names.material(form.material, form.at("material"))
                if material is not None:
                    uses.append(
                        MaterialUse(
                            material=material,
                            form=MaterialForm(form.form),
                            copies=form.copies,
                            obtained_by_sharing=form.shared,
                            optional=form.optional,
                            basis=self.names.basis(form, basis),
                        )
                    )
            elif (material := self.names.material(form, shape.at("materials", at))) is not None:
                uses.append(MaterialUse(material=material, basis=basis))
        return tuple(uses)

    def _produces(self, shape: StepShape) -> tuple[Material, ...]:
        found = [self.names.material(id_, shape.at("produces", at)) for at, id_ in enumerate(shape.produces)]
        return tuple(m for m in found if m is not None)

    def _fee(self, shape: StepShape, basis: Basis) -> Fee | None:
        if isinstance(shape.fee, FeeShape):
            return Fee(fen=shape.fee.yuan, basis=self.names.basis(shape.fee, basis))
        return None if shape.fee is None else Fee(fen=shape.fee, basis=basis)

    def _effort(self, shape: StepShape, basis: Basis) -> Effort | None:
        effort = shape.effort
        if isinstance(effort, EffortShape):
            return Effort(
                minutes=effort.minutes,
                external_fen=effort.external_yuan,
                basis=self.names.basis(effort, basis),
            )
        return None if effort is None else Effort(minutes=effort, basis=basis)


_NO_ROLE = Text("步骤“{step}”没有写由谁办理（by）", "step “{step}” does not say who does it (`by`)")
_NO_APPLICANT = Text(
    "步骤“{step}”应由申请人办理，但本流程没有申请人一方的角色",
    "step “{step}” is the applicant's, but no role of this process is on the applicant's side",
)
_NO_ROLE_REMEDY = Text("请补上 by", "Add `by`")
_NO_APPLICANT_REMEDY = Text(
    "请写 by；或由申请人一方的角色办理某个步骤",
    "Add `by`, or give some step to a role on the applicant's side",
)
_NO_LIMIT = Text("时限既非法定也非承诺", "the limit is neither statutory nor promised")
_NO_LIMIT_REMEDY = Text("请写 statutory 或 promised", "Give `statutory` or `promised`")
_READING_ALONE = Text("没有法定时限，无从理解", "there is no statutory limit to read")
_READING_ALONE_REMEDY = Text("请写 statutory，或删去 reading", "Give `statutory`, or remove `reading`")
_WARN_UNIT = Text("提前提醒的时间应以日或工作日计", "a warning comes days or working days before")
_WARN_UNIT_REMEDY = Text("写作 2 working days 或 3 days", "Write 2 working days, or 3 days")
_EXPIRY_EVENT = Text("“{then}”须写明发生的事件", "“{then}” needs the event that happens")
_EXPIRY_NO_EVENT = Text("“{then}”不引起事件", "“{then}” makes no event happen")
_EXPIRY_EVENT_REMEDY = Text(
    "视为（deem）和终止（end）写 event，其余不写", "Give `event` with deem and end, and only there"
)
_EXPIRY_ROLE = Text("上报须写明角色，其余后果不写", "escalation needs a role, and only escalation has one")
_EXPIRY_ROLE_REMEDY = Text("上报（escalate）写 role，其余不写", "Give `role` with escalate, and only there")
