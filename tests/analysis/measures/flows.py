"""Processes built in Python, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import strategies as st

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import (
    NEXT,
    Branch,
    Call,
    Choice,
    ChoiceBranch,
    Each,
    End,
    Exit,
    Item,
    Join,
    JoinKind,
    Kind,
    Outcome,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import (
    Agency,
    Channel,
    Duration,
    Effort,
    Fee,
    Guard,
    Limit,
    Material,
    MaterialUse,
    PartyKind,
    Role,
    Unit,
    Wait,
)
from jianban.workflows.texts import Text

SURE = Guard(expression="flag")


def text(word: str) -> Text:
    return Text(word, word)


def role(name: str, kind: PartyKind = PartyKind.GOVERNMENT) -> Role:
    return Role(id=name, title=text(name), agency=Agency(id=f"{name}_agency", title=text(name), kind=kind))


APPLICANT = role("applicant", PartyKind.APPLICANT)
OFFICE = role("office")
TASK = Kind(id="task", title=text("task"), interaction=False)
SUBMIT = Kind(id="submit", title=text("submit"), interaction=True)


def exit_(event: str, to: str = NEXT, **fields: Any) -> Exit:
    return Exit(event=event, title=text(event), to=to, **fields)


def step(name: str, *exits: Exit, by: Role = OFFICE, kind: Kind = TASK, **fields: Any) -> Step:
    return Step(
        id=name,
        title=text(name),
        kind=kind,
        by=(by,),
        exits=(exit_("complete", main=True), *exits),
        **fields,
    )


def days(amount: int) -> Duration:
    return Duration(amount, Unit.DAY)


def working_days(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_DAY)


def within(statutory: Duration, promised: Duration | None = None, counted_from: str | None = None) -> Limit:
    return Limit(statutory=statutory, promised=promised, counted_from=counted_from)


def choice(name: str, *branches: Sequence[Item], main: int | None = None, to: Sequence[str] = ()) -> Choice:
    targets = [*to, *[NEXT] * (len(branches) - len(to))]
    return Choice(
        id=name,
        title=text(name),
        branches=tuple(
            ChoiceBranch(
                id=f"{name}_{i}",
                title=text(f"{name}_{i}"),
                guard=SURE if i < len(branches) - 1 else None,
                items=tuple(items),
                to=target,
                main=i == main,
            )
            for i, (items, target) in enumerate(zip(branches, targets, strict=True))
        ),
    )


def parallel(
    name: str, *branches: Sequence[Item], join: Join | None = None, conditional: Sequence[int] = ()
) -> Parallel:
    return Parallel(
        id=name,
        title=text(name),
        join=join or Join(),
        branches=tuple(
            Branch(
                id=f"{name}_{i}",
                title=text(f"{name}_{i}"),
                items=tuple(items),
                guard=SURE if i in conditional else None,
            )
            for i, items in enumerate(branches)
        ),
    )


ANY = Join(kind=JoinKind.ANY)


def of(n: int) -> Join:
    return Join(kind=JoinKind.COUNT, count=n)


def stage(name: str, *items: Item, limit: Limit | None = None) -> Stage:
    return Stage(id=name, title=text(name), items=items, limit=limit)


def end(name: str, outcome: Outcome) -> End:
    return End(id=name, title=text(name), outcome=outcome)


ENDS = (
    end("granted", Outcome.GRANTED),
    end("refused", Outcome.REFUSED),
    end("granted_early", Outcome.GRANTED),
)


def process(*stages: Stage | Item, name: str = "sample", ends: Sequence[End] = ENDS) -> Process:
    """A process of stages; items that stand alone make one stage together."""
    loose = [s for s in stages if not isinstance(s, Stage)]
    return Process(
        id=name,
        version="1",
        title=text(name),
        stages=(*[s for s in stages if isinstance(s, Stage)], *([stage("stage", *loose)] if loose else [])),
        ends=tuple(ends),
    )


def flow(*stages: Stage | Item, ends: Sequence[End] = ENDS) -> Flow:
    return compile_process(process(*stages, ends=ends))


def material(name: str, shared: bool = False) -> Material:
    return Material(id=name, title=text(name), shared=shared)


PERIODS = st.builds(Duration, st.integers(1, 12), st.sampled_from([Unit.DAY, Unit.WORKING_DAY]))
JOINS = st.sampled_from([Join(), Join(), ANY, of(1), of(2), of(3)])


class _Author:
    """Writes a random process of a few steps."""

    def __init__(self, draw: st.DrawFn, budget: int) -> None:
        self.draw = draw
        self.budget = budget
        self.names = count()
        self.written: list[str] = []
        """Steps that every case has completed before, while that is plain."""

    def name(self, prefix: str) -> str:
        return f"{prefix}{next(self.names)}"

    def sequence(self, depth: int, least: int, prior: Sequence[str]) -> list[Item]:
        items: list[Item] = []
        before = list(prior)
        for _ in range(self.draw(st.integers(least, 3))):
            if self.budget <= 0 and len(items) >= least:
                break
            made = self.item(depth, before)
            items += made
            if isinstance(made[0], Step):
                before.append(made[0].id)
        return items

    def item(self, depth: int, before: Sequence[str]) -> list[Item]:
        kind = self.draw(st.sampled_from(["step", "step", "loop", "choice", "parallel", "each", "call"]))
        if depth == 0 or self.budget <= 1:
            kind = self.draw(st.sampled_from(["step", "loop"]))
        match kind:
            case "loop":
                name, aside = self.name("s"), self.name("aside")
                self.budget -= 2
                mended = step(aside, aside=True, visits=1)
                back = replace(mended, exits=(exit_("mended", to=name, main=True),))
                correct = exit_("correct", to=aside, max=1)
                return [self.step(before, name, correct), back]
            case "choice":
                branches = [self.sequence(depth - 1, 0, before) for _ in range(self.draw(st.integers(2, 3)))]
                to = [self.draw(st.sampled_from([NEXT, NEXT, NEXT, "refused"])), NEXT]
                return [choice(self.name("c"), *branches, to=to)]
            case "parallel":
                branches = [self.sequence(depth - 1, 1, before) for _ in range(self.draw(st.integers(1, 3)))]
                conditional = self.draw(st.sets(st.integers(0, 2), max_size=2))
                join = self.draw(JOINS)
                return [parallel(self.name("p"), *branches, join=join, conditional=sorted(conditional))]
            case "each":
                name = self.name("e")
                items = self.sequence(depth - 1, 1, before)
                return [
                    Each(
                        id=name,
                        title=text(name),
                        over="list",
                        name="item",
                        items=tuple(items),
                        join=self.draw(JOINS),
                    )
                ]
            case "call":
                return [self.call(depth)]
        return [self.step(before, self.name("s"))]

    def call(self, depth: int) -> Call:
        name = self.name("call")
        callee = process(*self.sequence(depth - 1, 1, ()), name=name)
        exits = (
            exit_("granted", main=True),
            exit_("refused", to="refused"),
            exit_("granted_early", to=self.draw(st.sampled_from([NEXT, "refused", "granted_early"]))),
        )
        return Call(id=name, title=text(name), process=callee, exits=exits)

    def step(self, before: Sequence[str], name: str, *exits: Exit) -> Step:
        self.budget -= 1
        draw = self.draw
        wait, limit = None, None
        if draw(st.booleans()):
            origin = draw(st.sampled_from([None, *before]))
            limit = within(draw(PERIODS), draw(st.none() | PERIODS), origin)
        if draw(st.integers(0, 3)) == 0:
            wait = Wait(duration=draw(PERIODS))
        targets = ["refused", "granted_early", None, None, None]
        if (target := draw(st.sampled_from(targets))) is not None:
            exits = (*exits, exit_("leave", to=target))
        return step(
            name,
            *exits,
            visits=draw(st.integers(0, 3)),
            fee=Fee(fen=draw(st.integers(0, 5000))),
            effort=Effort(minutes=draw(st.integers(0, 90))),
            limit=limit,
            wait=wait,
            by=draw(st.sampled_from([OFFICE, OFFICE, APPLICANT])),
        )


@st.composite
def processes(draw: st.DrawFn, budget: int = 9) -> Process:
    """Random processes of about `budget` steps: choices, joins of all kinds, loops, calls, leaving exits,
    stage limits."""
    author = _Author(draw, budget)
    items = author.sequence(3, 1, ())
    items = [*items, *author.sequence(2, 0, ())] if author.budget > 0 else items
    jump = draw(st.sampled_from(["none", "forward", "back"]))
    plain = [i for i in items if not (isinstance(i, Step) and i.aside)]
    if jump != "none" and len(plain) > 1:
        at = draw(st.integers(0, len(plain) - 1))
        other = draw(st.integers(at, len(plain) - 1) if jump == "forward" else st.integers(0, at))
        item = plain[at]
        items[items.index(item)] = _with_exit(item, exit_("jump", to=plain[other].id, max=1))
    cut = draw(st.integers(0, len(items)))
    limit = draw(st.none() | st.builds(within, PERIODS))
    return process(stage("first", *items[:cut], limit=limit), stage("second", *items[cut:]))


def _with_exit(item: Item, jump: Exit) -> Item:
    """The item with one more exit, on its first step."""
    match item:
        case Step():
            return replace(item, exits=(*item.exits, jump))
        case Each() if item.items:
            return replace(item, items=(_with_exit(item.items[0], jump), *item.items[1:]))
        case Parallel():
            first, *others = item.branches
            return replace(
                item,
                branches=(
                    replace(first, items=(_with_exit(first.items[0], jump), *first.items[1:])),
                    *others,
                ),
            )
    return item


def online(name: str, **fields: Any) -> Step:
    return step(name, by=APPLICANT, kind=SUBMIT, channel=Channel.ONLINE, **fields)


def asks(*materials: Material) -> tuple[MaterialUse, ...]:
    return tuple(MaterialUse(material=m) for m in materials)
