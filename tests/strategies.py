"""Random valid processes and their flows, for the property tests of every area.

`processes()` gives whole `Process`es that compile: nested choices, parallel blocks (all, any, n), blocks
for each item, counted loops, several ends, conditions over a few data fields. `flows()` gives them
compiled. Each feature can be switched off by name, e.g. `flows(max_items=6, loops=False)`. Everything is
drawn small: `max_items` bounds the steps and blocks of a process, `max_depth` how deeply blocks nest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.desugar import cited
from jianban.workflows.language.model import (
    NEXT,
    Anywhere,
    AnywhereKind,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    Each,
    Exit,
    Item,
    Join,
    JoinKind,
    Parallel,
    Process,
    Stage,
)
from jianban.workflows.language.terms import (
    Cause,
)
from jianban.workflows.texts import Text
from tests.step_strategies import CATALOGUE, ENDS, FIELDS, Features, StepBuilder


@dataclass(slots=True)
class _Builder(StepBuilder):
    """Whole processes."""

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

    def anywhere(self) -> tuple[Anywhere, ...]:
        agent, officer = CATALOGUE.shared.roles["agent"], CATALOGUE.shared.roles["officer"]
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
                lead=CATALOGUE.shared.agencies["permit_office"]
                if self.features.details and self.chance(3)
                else None,
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
