"""Random steps of valid processes, with all that a step may have: see `strategies`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import (
    NEXT,
    End,
    Exit,
    FirstReceiver,
    Outcome,
    Step,
)
from jianban.workflows.language.terms import (
    NO_BASIS,
    Awaited,
    Basis,
    Cause,
    Channel,
    Citation,
    DataField,
    DataKind,
    Duration,
    Effort,
    Expiry,
    ExpiryKind,
    Fee,
    Guard,
    Limit,
    MaterialForm,
    MaterialUse,
    Send,
    SendKind,
    Unit,
    Wait,
)
from jianban.workflows.texts import Text

CATALOGUE = Catalogue(Path(__file__).parent / "language" / "data")
"""A small catalogue of its own, so that these tests do not depend on the real definitions."""

_RED = Text("红", "Red")
_GREEN = Text("绿", "Green")
FIELDS = (
    DataField(id="ready", title=Text("是否齐备", "Ready"), kind=DataKind.BOOL, default=True),
    DataField(id="area", title=Text("面积", "Area"), kind=DataKind.INT, default=100, personal=True),
    DataField(
        id="colour",
        title=Text("颜色", "Colour"),
        kind=DataKind.ENUM,
        options=(("red", _RED), ("green", _GREEN)),
    ),
    DataField(id="offices", title=Text("部门", "Offices"), kind=DataKind.LIST, default=("fire", "water")),
)
CONDITIONS = {
    "ready": ("!ready", ("ready",)),
    "area > 300": ("area <= 300", ("area",)),
    'colour == "red"': ('colour != "red"', ("colour",)),
    "ready && area > 50": ("!(ready && area > 50)", ("area", "ready")),
}
"""Condition → its contrary, and the fields both read."""

ENDS = (
    End(id="done", title=Text("准予", "Granted"), outcome=Outcome.GRANTED),
    End(id="refused", title=Text("不予许可", "Refused"), outcome=Outcome.REFUSED),
    End(id="lapsed", title=Text("已失效", "Lapsed"), outcome=Outcome.LAPSED),
    End(id="withdrawn", title=Text("已撤回", "Withdrawn"), outcome=Outcome.WITHDRAWN),
)
_SHARED = CATALOGUE.shared
_KINDS = ("task", "submit", "intake", "review", "decide", "publicity", "test", "deliver", "pay")
_MAIN_EVENTS = {k: next(e for e, x in kinds().shapes[k].exits.items() if x.main) for k in _KINDS}
_UNITS = (Unit.DAY, Unit.WORKING_DAY, Unit.MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a random process may contain."""

    choices: bool = True
    parallels: bool = True
    eaches: bool = True
    calls: bool = False
    """A called process is not in the test catalogue, so such a process does not load from its dump."""
    loops: bool = True
    """Counted exits back to an earlier item."""
    ends: bool = True
    """Exits to other ends, also out of parallel branches."""
    guards: bool = True
    """Conditional branches of parallel blocks, and one event with two guarded exits."""
    asides: bool = True
    timers: bool = True
    """Waiting periods that elapse and limits whose expiry answers."""
    anywhere: bool = True
    details: bool = True
    """Limits, materials, visits, fees, effort, sources, what is sent."""
    messages: bool = False
    """Exits that messages cause, which no actor of a test fires."""
    first_receivers: bool = False
    """Steps whose doer stays responsible, whom a test must then know."""


@dataclass(slots=True)
class StepBuilder:
    draw: Callable[[st.SearchStrategy[Any]], Any]
    features: Features
    room: int
    depth: int
    made: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def id(self, what: str) -> str:
        self.ids[what] = self.ids.get(what, 0) + 1
        return f"{what}{self.ids[what]}"

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def title(self, id_: str) -> Text:
        return Text(f"事项 {id_}", f"Item {id_}")

    def guard(self) -> tuple[Guard, Guard]:
        """A condition and its contrary."""
        expression = self.pick(CONDITIONS)
        contrary, names = CONDITIONS[expression]
        return Guard(expression=expression, names=names), Guard(expression=contrary, names=names)

    def basis(self) -> Basis:
        if not self.features.details or self.chance(2):
            return NO_BASIS
        if self.chance(3):
            return Basis(assumed=Text("按经验估计", "Estimated"))
        document = self.pick(_SHARED.documents.values())
        article = self.pick(("", "4", "33(2)"))
        phrase = self.pick((None, "二十日", "应当在 3 个工作日内: ……不予登记"))
        return Basis(citations=(Citation(document=document, article=article, phrase=phrase),))

    def duration(self) -> Duration:
        return Duration(self.draw(st.integers(1, 60)), self.pick(_UNITS))

    def target(self) -> str:
        return "refused" if self.features.ends and self.chance(5) else NEXT

    def step(self, id_: str, earlier: list[str]) -> tuple[Step, ...]:
        f = self.features
        kind = self.pick(k for k in _KINDS if f.timers or k != "publicity")
        role = self.pick(_SHARED.roles.values())
        by = (role,)
        basis = self.basis()
        event = _MAIN_EVENTS[kind]
        titles = {e: x.title.text for e, x in kinds().shapes[kind].exits.items() if x.title}
        main = Exit(event=event, title=titles[event], by=by, main=True, basis=basis)
        wait = None
        if kind == "publicity":
            wait = Wait(duration=self.duration(), basis=basis)
            main = replace(main, cause=Cause.TIMER, by=(), after=wait.effective)
        exits = [main]
        steps: list[Step] = []
        if f.guards and self.chance(6) and kind != "publicity":
            guard, contrary = self.guard()
            exits = [
                replace(main, guard=replace(guard, basis=basis)),
                replace(main, guard=replace(contrary, basis=basis), main=False, to=self.target()),
            ]
        if f.ends and self.chance(4):
            exits.append(Exit(event="refuse", title=Text("不予", "Refuse"), to="refused", by=by, basis=basis))
        if f.loops and earlier and self.chance(4):
            exits.append(
                Exit(
                    event="return",
                    title=Text("退回", "Return"),
                    to=self.pick(earlier),
                    by=by,
                    basis=basis,
                    max=self.draw(st.integers(1, 2)),
                    likelihood=0.1,
                )
            )
        if f.messages and self.chance(3):
            exits.append(
                Exit(
                    event="hear",
                    title=Text("收到消息", "Hear"),
                    to=self.target(),
                    cause=Cause.MESSAGE,
                    message=Awaited(
                        name=self.pick(("licence.revoked", "repaired")),
                        key=self.pick((None, "colour")),
                        brings=(("area", "size"),) if self.chance(2) else (),
                    ),
                    sends=self.sends(),
                    basis=basis,
                )
            )
        limit = None
        if f.details and self.chance(2):
            limit = self.limit(basis)
        if f.timers and limit is not None and limit.statutory and kind != "publicity" and self.chance(3):
            kind_, to = (ExpiryKind.DEEM, exits[0]) if self.chance(2) else (ExpiryKind.END, None)
            if to is None:
                exits.append(
                    Exit(
                        event="lapse",
                        title=Text("逾期失效", "Lapse"),
                        to="lapsed",
                        cause=Cause.TIMER,
                        after=limit.legal,
                        basis=basis,
                    )
                )
                limit = replace(limit, expiry=Expiry(kind=kind_, event="lapse", basis=basis))
            elif len([e for e in exits if e.event == event]) == 1:
                limit = replace(limit, expiry=Expiry(kind=kind_, event=event, basis=basis))
                silent = replace(to, cause=Cause.TIMER, by=(), main=False, after=limit.legal)
                exits.insert(1, replace(silent, title=Text("逾期视为", "Deemed by expiry")))
        if f.asides and self.chance(6):
            correction = self.id("correction")
            exits.append(
                Exit(event="correct", title=Text("补正", "Correct"), to=correction, by=by, max=1, basis=basis)
            )
            steps.append(
                Step(
                    id=correction,
                    title=self.title(correction),
                    kind=kinds().kinds["correct"],
                    by=by,
                    aside=True,
                    exits=(
                        Exit(event="resubmit", title=Text("重新提交", "Resubmit"), to=id_, by=by, main=True),
                    ),
                )
            )
        step = Step(
            id=id_,
            title=self.title(id_),
            kind=kinds().kinds[kind],
            by=by,
            exits=tuple(exits),
            limit=limit,
            wait=wait,
            basis=basis,
        )
        if f.details:
            step = self.detailed(step)
        if f.first_receivers and self.chance(3):
            handover = (self.pick(_SHARED.roles.values()),) if self.chance(2) else ()
            step = replace(step, first_receiver=FirstReceiver(handover_by=handover))
        self.steps.append(id_)
        return (step, *steps)

    def limit(self, basis: Basis) -> Limit:
        statutory = self.duration() if self.chance(2) else None
        promised = self.duration() if statutory is None or self.chance(2) else None
        return Limit(
            statutory=statutory,
            reading=self.duration() if statutory and self.chance(4) else None,
            promised=promised,
            extension=self.duration() if self.chance(4) else None,
            counted_from=self.pick(self.steps) if self.steps and self.chance(6) else None,
            basis=basis,
            promised_basis=self.basis() if promised else NO_BASIS,
        )

    def detailed(self, step: Step) -> Step:
        others = [r for r in _SHARED.roles.values() if r != step.role]
        return replace(
            step,
            by=(*step.by, self.pick(others)) if self.chance(5) else step.by,
            note=Text("备注：“甲”", "A note: # 'x'") if self.chance(5) else None,
            materials=tuple(
                MaterialUse(
                    material=m,
                    form=self.pick(MaterialForm),
                    copies=self.draw(st.integers(1, 3)),
                    obtained_by_sharing=m.shared and self.chance(2),
                    optional=self.chance(5),
                    basis=self.basis(),
                )
                for m in _SHARED.materials.values()
                if self.chance(4)
            ),
            produces=(self.pick(_SHARED.materials.values()),) if self.chance(5) else (),
            visits=self.draw(st.integers(0, 2)),
            channel=self.pick(Channel),
            fee=Fee(fen=self.draw(st.integers(0, 99_999)), basis=self.basis()) if self.chance(4) else None,
            effort=Effort(minutes=self.draw(st.integers(0, 600)), external_fen=50, basis=self.basis())
            if self.chance(4)
            else None,
            stops_clock=self.chance(6),
            collects=(self.pick(FIELDS).id,) if self.chance(6) else (),
            replaces=("old_step",) if self.chance(6) else (),
            different_person_from=(self.pick(self.steps),) if self.steps and self.chance(6) else (),
            sends=self.sends(),
        )

    def sends(self) -> tuple[Send, ...]:
        if not self.features.details or self.chance(2):
            return ()
        text = Text("面积{area}，“{x”", "Area {area}") if self.chance(2) else None
        data = (("size", "area"), ("ready", "ready")) if self.chance(2) else ()
        key = self.pick((None, "colour"))
        role, agency = self.pick(_SHARED.roles.values()), self.pick(_SHARED.agencies.values())
        sends = (
            Send(kind=SendKind.NOTIFY, role=role, text=text, data=data),
            Send(kind=SendKind.ASK, agency=agency, text=text, data=data),
            Send(kind=SendKind.PUBLISH, name="website", text=text),
            Send(kind=SendKind.WEBHOOK, name="archive", data=data),
            Send(kind=SendKind.MESSAGE, name="area.known", key=key, data=data),
            Send(kind=SendKind.OPEN, name="demo/permit", key=key),
        )
        return tuple(s for s in sends if self.chance(3))
