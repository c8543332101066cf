"""Wild flows for the soundness tests.

Most are wrong in some way: dead ends, endless loops, jumps out of branches, joins on any and on two,
conditional branches, lists and calls, all nested. Every condition and list is a field of its own, so that
data can make any combination of them hold.
"""

from __future__ import annotations

from itertools import count

from hypothesis import strategies as st

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.model import (
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
from jianban.workflows.language.terms import Agency, DataField, DataKind, Guard, PartyKind, Role
from jianban.workflows.texts import Text

KIND = Kind(id="task", title=Text("办理", "task"), interaction=False)
CLERK = Role(
    id="clerk", title=Text("经办人", "clerk"),
    agency=Agency(id="office", title=Text("登记机关", "registrar"), kind=PartyKind.GOVERNMENT),
)  # fmt: skip


def title(text: str) -> Text:
    return Text(text, text)


def end(id_: str, outcome: Outcome = Outcome.GRANTED) -> End:
    return End(id=id_, title=title(id_), outcome=outcome)


class Writer:
    """Writes a random process; targets are drawn from all that stand in the same region or around it."""

    def __init__(self, draw: st.DrawFn, *, calls: bool) -> None:
        self.draw = draw
        self.calls = calls
        self.ids = count()
        self.left = draw(st.integers(2, 9))
        self.fields: list[DataField] = []

    def field(self, kind: DataKind) -> str:
        id_ = f"f{len(self.fields)}"
        default = () if kind is DataKind.LIST else False
        self.fields.append(DataField(id=id_, title=title(id_), kind=kind, default=default))
        return id_

    def guard(self) -> Guard:
        id_ = self.field(DataKind.BOOL)
        return Guard(expression=id_, names=(id_,))

    def process(self) -> Process:
        ends = ("granted", "refused")
        items = self.items(ends, depth=0)
        return Process(
            id="random", version="1", title=title("random"), ends=tuple(map(end, ends)),
            stages=(Stage(id="stage", title=title("stage"), items=items),), data=tuple(self.fields),
        )  # fmt: skip

    def items(self, around: tuple[str, ...], depth: int) -> tuple[Item, ...]:
        size = self.draw(st.integers(0 if depth else 1, 3))
        ids = [f"n{next(self.ids)}" for _ in range(min(size, max(self.left, 0 if depth else 1)))]
        self.left -= len(ids)
        reach = (*around, *ids)
        return tuple(self.item(i, reach, depth) for i in ids)

    def item(self, id_: str, reach: tuple[str, ...], depth: int) -> Item:
        blocks = ["step", "step", "choice", "parallel", "parallel", "each", *(["call"] if self.calls else [])]
        match self.draw(st.sampled_from(blocks)) if depth < 3 and self.left > 0 else "step":
            case "choice":
                branches = tuple(
                    ChoiceBranch(
                        id=f"{id_}_{b}", title=title(b), guard=self.guard() if b == "a" else None,
                        to=self.to(reach), items=self.items(reach, depth + 1),
                    )
                    for b in "ab"
                )  # fmt: skip
                return Choice(id=id_, title=title(id_), branches=branches)
            case "parallel":
                names = "abc"[: self.draw(st.integers(2, 3))]
                branches = tuple(
                    Branch(
                        id=b, title=title(b), items=self.items(reach, depth + 1),
                        guard=self.guard() if self.draw(st.integers(0, 2)) == 0 else None,
                    )
                    for b in names
                )  # fmt: skip
                return Parallel(id=id_, title=title(id_), branches=branches, join=self.join())
            case "each":
                items = self.items(reach, depth + 1)
                return Each(
                    id=id_,
                    title=title(id_),
                    over=self.field(DataKind.LIST),
                    name=f"{id_}_item",
                    items=items,
                    join=self.join(),
                )
            case "call":
                called = Writer(self.draw, calls=False)
                called.left = min(called.left, 4)
                called.fields = self.fields
                process = called.process()
                exits = tuple(self.exit(e.id, reach) for e in process.ends[: self.draw(st.integers(1, 2))])
                return Call(id=id_, title=title(id_), process=process, exits=exits)
            case _:
                exits = tuple(
                    self.exit(f"e{i}", reach) for i in range(self.draw(st.sampled_from([0, 1, 1, 2, 2])))
                )
                aside = self.draw(st.integers(0, 5)) == 0
                return Step(id=id_, title=title(id_), kind=KIND, by=(CLERK,), exits=exits, aside=aside)

    def exit(self, event: str, reach: tuple[str, ...]) -> Exit:
        return Exit(event=event, title=title(event), to=self.to(reach), by=(CLERK,))

    def to(self, reach: tuple[str, ...]) -> str:
        return self.draw(st.one_of(st.just("next"), st.just("next"), st.sampled_from(reach)))

    def join(self) -> Join:
        return self.draw(
            st.sampled_from([Join(), Join(), Join(kind=JoinKind.ANY), Join(kind=JoinKind.COUNT, count=2)])
        )


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    while True:
        try:
            return compile_process(Writer(draw, calls=True).process())
        except DefinitionError:  # a target inside a choice's branch of another block
            continue
