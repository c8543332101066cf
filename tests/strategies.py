"""Random valid processes and their flows, for the property tests of every area.

`processes()` gives whole `Process`es that compile: nested choices, parallel blocks (all, any, n), blocks
for each item, counted loops, several ends, conditions over a few data fields. `flows()` gives them
compiled. Each feature can be switched off by name, e.g. `flows(max_items=6, loops=False)`. Everything is
drawn small: `max_items` bounds the steps and blocks of a process, `max_depth` how deeply blocks nest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.desugar import cited
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import (
    NEXT,
    Anywhere,
    AnywhereKind,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    Each,
    End,
    Exit,
    FirstReceiver,
    Item,
    Join,
    JoinKind,
    Outcome,
    Parallel,
    Process,
    Stage,
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
class _Builder:
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

    def items(self, depth: int, least: int, earlier: list[str]) -> tuple[Item, ...]:
        """Items of a list; `earlier` holds what its region has declared before it, and grows."""
        items: list[Item] = []
        count = self.draw(st.integers(least, 4))
        while len(items) < count and (self.made < self.room or len(items) < least):
            items += self.item(depth, earlier)
        return tuple(items)

    def item(self, depth: int, earlier: list[str]) -> list[Item]:
        self.made += 1
        f = self.features
        blocks = [
            name
            for name, on in (
                ("choice", f.choices),
                ("parallel", f.parallels),
                ("each", f.eaches),
                ("call", f.calls),
            )
            if on
        ]
        kind = self.pick(blocks) if blocks and depth < self.depth and self.chance(3) else "step"
        id_ = self.id(kind)
        made: list[Item]
        match kind:
            case "choice":
                made = [self.choice(id_, depth, earlier)]
            case "parallel":
                made = [self.parallel(id_, depth)]
            case "each":
                made = [self.each(id_, depth)]
            case "call":
                made = [self.call(id_)]
            case _:
                made = list(self.step(id_, earlier))
        earlier.append(id_)
        return made

    def choice(self, id_: str, depth: int, earlier: list[str]) -> Choice:
        guard, _ = self.guard()
        likely = self.chance(2)
        branches = [
            ChoiceBranch(
                id=f"{id_}_yes",
                title=Text("是", "Yes"),
                guard=guard,
                items=self.items(depth + 1, 0, earlier),
                main=likely,
                likelihood=0.75 if likely else None,
                to=self.target(),
            ),
            ChoiceBranch(
                id=f"{id_}_no",
                title=Text("否", "No"),
                guard=None,
                items=self.items(depth + 1, 0, earlier),
                likelihood=0.25 if likely else None,
                to=self.target(),
            ),
        ]
        return Choice(id=id_, title=self.title(id_), branches=tuple(branches), basis=self.basis())

    def target(self) -> str:
        return "refused" if self.features.ends and self.chance(5) else NEXT

    def parallel(self, id_: str, depth: int) -> Parallel:
        count = self.draw(st.integers(2, 3))
        branches = tuple(
            Branch(
                id=f"{id_}_{at}",
                title=Text(f"分支 {at}", f"Branch {at}"),
                items=self.items(depth + 1, 1, []),
                guard=self.guard()[0] if self.features.guards and self.chance(3) else None,
            )
            for at in range(count)
        )
        return Parallel(
            id=id_, title=self.title(id_), branches=branches, join=self.join(count), basis=self.basis()
        )

    def join(self, most: int) -> Join:
        kind = self.pick(JoinKind)
        return Join(kind=kind, count=self.draw(st.integers(1, most)) if kind is JoinKind.COUNT else None)

    def each(self, id_: str, depth: int) -> Each:
        return Each(
            id=id_,
            title=self.title(id_),
            over="offices",
            name=f"office_of_{id_}",
            items=self.items(depth + 1, 1, []),
            join=self.join(2),
            basis=self.basis(),
        )

    def call(self, id_: str) -> Call:
        callee = _Builder(self.draw, replace(self.features, calls=False, anywhere=False), 2, 1).process(
            "test/callee"
        )
        exits = tuple(
            Exit(event=e.id, title=e.title, to=NEXT if e.success else e.id, cause=Cause.AUTO, main=e.success)
            for e in callee.ends
        )
        return Call(id=id_, title=self.title(id_), process=callee, exits=exits, basis=self.basis())

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

    def anywhere(self) -> tuple[Anywhere, ...]:
        agent, officer = _SHARED.roles["agent"], _SHARED.roles["officer"]
        withdraw = Anywhere(
            kind=AnywhereKind.WITHDRAW,
            event="withdraw",
            title=Text("撤回", "Withdraw"),
            by=(agent,),
            to="withdrawn",
            except_at=(self.steps[0],),
            sends=self.sends(),
            basis=self.basis(),
        )
        suspend = Anywhere(
            kind=AnywhereKind.SUSPEND,
            event="suspend",
            title=Text("中止", "Suspend"),
            by=(officer,),
            resume="resume",
            resume_by=(officer, agent),
            reason_required=True,
            basis=self.basis(),
        )
        return tuple(a for a in (withdraw, suspend) if self.chance(3))

    def process(self, id_: str) -> Process:
        earlier: list[str] = []
        stages = [
            Stage(
                id=f"stage{at}",
                title=Text(f"环节 {at}", f"Stage {at}"),
                items=self.items(0, 1, earlier),
                lead=_SHARED.agencies["permit_office"] if self.features.details and self.chance(3) else None,
                basis=self.basis(),
            )
            for at in range(1, self.draw(st.integers(1, 3)) + 1)
        ]
        if not self.steps:
            (step,) = replace_features(self, asides=False).step(self.id("step"), [])
            stages.append(Stage(id="last", title=Text("最后", "Last"), items=(step,)))
        process = Process(
            id=id_,
            version="1",
            title=Text("随机流程", "Random process"),
            stages=tuple(stages),
            ends=tuple(replace(e, sends=self.sends()) for e in ENDS),
            summary=Text("用于测试", "For tests") if self.chance(3) else None,
            in_force_from=date(2024, 1, 1) if self.chance(3) else None,
            data=FIELDS,
            eligible=(replace(self.guard()[0], refusal=Text("不符合条件", "Not eligible")),)
            if self.chance(3)
            else (),
            anywhere=self.anywhere() if self.features.anywhere else (),
            basis=self.basis(),
        )
        return replace(process, documents=cited(process))


def replace_features(builder: _Builder, **changes: bool) -> _Builder:
    return replace(builder, features=replace(builder.features, **changes))


@st.composite
def _processes(draw: Any, features: Features, max_items: int, max_depth: int) -> Process:
    return _Builder(draw, features, draw(st.integers(1, max_items)), max_depth).process("test/random")


def processes(*, max_items: int = 8, max_depth: int = 2, **features: bool) -> st.SearchStrategy[Process]:
    """Valid processes of about `max_items` steps and blocks at most; `features` switches `Features` off."""
    return _processes(Features(**features), max_items, max_depth)


def flows(*, max_items: int = 8, max_depth: int = 2, **features: bool) -> st.SearchStrategy[Flow]:
    """The same, compiled."""
    return processes(max_items=max_items, max_depth=max_depth, **features).map(compile_process)
