"""What the pages' examples leave out: the other ways to break a rule, and what must not be found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.soundness import DefectKind, soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.model import (
    Anywhere,
    AnywhereKind,
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
    Outcome,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import (
    Agency,
    Basis,
    Cause,
    DataField,
    DataKind,
    Duration,
    Guard,
    Limit,
    PartyKind,
    Position,
    Role,
    Unit,
)
from jianban.workflows.texts import Text
from tests.analysis.soundness.wild_flows import flows
from tests.effort import examples

CLERK = Role(
    id="clerk",
    title=Text("经办人", "Clerk"),
    agency=Agency(id="office", title=Text("登记机关", "Registrar"), kind=PartyKind.GOVERNMENT),
)
ASSUMED = Basis(assumed=Text("示例", "Example"))
READY = DataField(id="ready", title=Text("齐备", "Ready"), kind=DataKind.BOOL)
LEVEL = DataField(id="level", title=Text("层级", "Level"), kind=DataKind.INT)
LIST = DataField(id="offices", title=Text("部门", "Offices"), kind=DataKind.LIST)


def text(id_: str) -> Text:
    return Text(f"中{id_}", id_)


def when(expression: str) -> Guard:
    names = tuple(n for n in ("level", "offices", "ready") if n in expression)
    return Guard(expression=expression, names=names, basis=ASSUMED)


def way(event: str = "complete", to: str = "next", **more: object) -> Exit:
    exit_ = Exit(event=event, title=text(event), to=to, by=(CLERK,), main=event == "complete")
    return replace(exit_, **more)  # pyright: ignore[reportArgumentType]


def step(id_: str, *exits: Exit, **more: object) -> Step:
    made = Step(id=id_, title=text(id_), kind=kinds().kinds["task"], by=(CLERK,), exits=exits or (way(),))
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def process(*items: Item, **more: object) -> Process:
    made = Process(
        id="example",
        version="1",
        title=text("example"),
        stages=(Stage(id="stage", title=text("stage"), items=items),),
        ends=(
            End(id="granted", title=text("granted"), outcome=Outcome.GRANTED),
            End(id="refused", title=text("refused"), outcome=Outcome.REFUSED),
        ),
        data=(READY, LEVEL, LIST),
    )
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def found(process: Process, code: str) -> list[str]:
    return [p.message.en for p in check(compile_process(process)) if p.code == code]


def branch(id_: str, *items: Item, guard: Guard | None = None) -> Branch:
    return Branch(id=id_, title=text(id_), items=items, guard=guard)


def test_findings_come_in_the_order_of_the_file_with_their_severity() -> None:
    late = step("late", aside=True, position=Position(file="a.yaml", line=9, column=3))
    early = step(
        "early",
        way(),
        way("refuse", "refused"),
        aside=True,
        position=Position(file="a.yaml", line=4, column=3),
    )
    problems = check(compile_process(process(step("one"), late, early)))
    assert [(p.code, p.position.line, p.severity) for p in problems if p.code == "J205"] == [
        ("J205", 4, Severity.ERROR),
        ("J205", 9, Severity.ERROR),
    ]


def test_a_block_that_no_case_reaches_is_reported_once() -> None:
    block = Parallel(
        id="block", title=text("block"), branches=(branch("a", step("x")), branch("b", step("y")))
    )
    assert found(process(step("one", way(to="granted")), block), "J205") == ["No case can come to “block”"]


def test_a_step_without_exits_stops_every_case() -> None:
    silent = replace(step("silent"), exits=())
    assert found(process(silent), "J206") == ["“silent” has no way on: cases stop there"]


def test_a_dead_end_inside_a_branch_is_found_there() -> None:
    silent = replace(step("silent"), exits=())
    block = Parallel(id="block", title=text("block"), branches=(branch("a", silent), branch("b", step("y"))))
    assert found(process(block), "J206") == ["“silent” has no way on: cases stop there"]
    assert found(process(block), "J210") == ["“block” can never join: nothing completes “a”"]


def test_a_branch_without_end_is_no_dead_end_where_another_suffices() -> None:
    watch = step("watch", way(to="watch"))
    block = Parallel(
        id="block",
        title=text("block"),
        branches=(branch("a", watch), branch("b", step("y"))),
        join=Join(kind=JoinKind.ANY),
    )
    assert found(process(block), "J206") == []
    assert found(process(replace(block, join=Join())), "J206") == [
        "Cases can only go round “watch” and never reach an end"
    ]


@given(flows())
@examples(150)
def test_what_keeps_a_flow_from_its_ends_is_found_by_the_rules(flow: Flow) -> None:
    if any(n.kind is NodeKind.CALL for n in flow.nodes.values()):
        return  # what is wrong in a called process is found there
    defects = soundness(flow).defects
    codes = {p.code for p in check(flow)}
    assert any(d.kind is not DefectKind.DEAD_STEP for d in defects) == ("J206" in codes)
    assert not any(d.kind is DefectKind.DEAD_STEP for d in defects) or "J205" in codes


def test_a_stage_may_not_count_its_limit_from_a_later_step() -> None:
    limit = Limit(statutory=Duration(5, Unit.DAY), counted_from="second")
    first = Stage(id="one", title=text("one"), items=(step("first"),), limit=limit)
    second = Stage(id="two", title=text("two"), items=(step("second"),))
    assert found(replace(process(), stages=(first, second)), "J217") == [
        "The limit of “one” counts from “second”, but “second” can never come before it"
    ]


def test_the_same_event_by_a_person_and_by_silence_does_not_overlap() -> None:
    deemed = way(cause=Cause.TIMER, by=(), after=Duration(5, Unit.WORKING_DAY))
    assert found(process(step("intake", way(), deemed)), "J207") == []


def test_two_ways_without_a_condition_overlap() -> None:
    assert found(process(step("one", way(), way(to="refused"))), "J207") == [
        "“complete” of “one” has two targets without a condition"
    ]


def test_a_way_without_a_condition_overlaps_with_any_other() -> None:
    assert found(process(step("one", way(guard=when("level > 3")), way(to="refused"))), "J207") == [
        "The ways of “complete” to “granted” and “refused” of “one” can both be open, e.g. Level = 4"
    ]


def chosen(*conditions: str | None) -> Process:
    branches = tuple(
        ChoiceBranch(
            id=f"b{i}", title=text(f"b{i}"), guard=None if c is None else when(c), items=(step(f"s{i}"),)
        )
        for i, c in enumerate(conditions)
    )
    return process(Choice(id="sort", title=text("sort"), branches=branches))


def test_branches_of_a_choice_must_not_overlap_except_for_the_last() -> None:
    assert found(chosen("level > 3", "level > 5", None), "J207") == [
        "“b0” and “b1” of “sort” can both be open, e.g. Level = 6"
    ]
    assert found(chosen("level > 3", "level <= 3"), "J207") == []
    assert found(chosen("level > 3", None), "J207") == []


def test_a_choice_is_tried_at_the_constants_it_mentions() -> None:
    assert found(chosen("level > 3", "level < 3"), "J208") == [
        "Choice “sort” leaves a case out, e.g. Level = 3: no branch is open"
    ]
    assert found(chosen("level > 3", "level <= 3"), "J208") == []


def test_a_refusal_with_a_reason_is_no_gap() -> None:
    reason = replace(when("level > 3"), refusal=text("too low"))
    ways = way(guard=reason), way(to="refused", guard=when("level < 3"))
    assert found(process(step("one", *ways)), "J209") == []


def test_a_join_on_more_branches_than_there_are() -> None:
    block = Parallel(
        id="block",
        title=text("block"),
        branches=(branch("a", step("x")), branch("b", step("y"))),
        join=Join(kind=JoinKind.COUNT, count=3),
    )
    assert found(process(block), "J210") == ["“block” joins when 3 branches are done, but it has only 2"]


def test_a_join_on_any_needs_only_one_branch_that_completes() -> None:
    block = Parallel(
        id="block",
        title=text("block"),
        branches=(branch("a", step("x", way(to="refused"))), branch("b", step("y"))),
        join=Join(kind=JoinKind.ANY),
    )
    assert found(process(block), "J210") == []


def test_counted_exits_off_a_loop_do_not_run_out() -> None:
    assert found(process(step("once", way(max=1))), "J211") == []


def test_a_loop_through_a_block_is_found_at_the_exit_that_goes_back() -> None:
    back = way("again", "first", position=Position(file="a.yaml", line=7, column=1))
    block = Parallel(
        id="block",
        title=text("block"),
        branches=(branch("a", step("x", way(), back)), branch("b", step("y"))),
    )
    problems = [p for p in check(compile_process(process(step("first"), block))) if p.code == "J212"]
    assert [(p.message.en, p.position.line) for p in problems] == [
        ("Nothing bounds how often a case goes round “first”, “x”", 7)
    ]


def suspend(**more: object) -> Anywhere:
    made = Anywhere(
        kind=AnywhereKind.SUSPEND,
        event="suspend",
        title=text("suspend"),
        by=(CLERK,),
        resume="resume",
        resume_by=(CLERK,),
    )
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def test_nobody_may_resume() -> None:
    assert found(process(step("one"), anywhere=(suspend(resume_by=()),)), "J213") == [
        "Nobody may fire “resume”"
    ]
    assert found(process(step("one"), anywhere=(suspend(),)), "J213") == []


@pytest.mark.parametrize(
    ("exits", "message"),
    [
        ((way("joined"),), "Event “joined” of “one” is the built-in event of a join"),
        (
            (way(), way("refused", "granted")),
            "Event “refused” of “one” has the name of an end, but leads to “granted”",
        ),
        (
            (way(), way("resume", "refused")),
            "Event “resume” is an exit of “one” and declared under `anywhere` as well",
        ),
    ],
)
def test_event_names_that_mislead(exits: tuple[Exit, ...], message: str) -> None:
    assert found(process(step("one", *exits), anywhere=(suspend(),)), "J214") == [message]


def test_an_event_may_be_declared_where_the_other_is_not_allowed() -> None:
    one = step("one", way(), way("suspend", "refused"))
    assert found(process(one, anywhere=(suspend(except_at=("one",)),)), "J214") == []


def test_a_withdrawal_reaches_its_end() -> None:
    ends = (
        End(id="granted", title=text("granted"), outcome=Outcome.GRANTED),
        End(id="withdrawn", title=text("withdrawn"), outcome=Outcome.WITHDRAWN),
    )
    withdraw = Anywhere(
        kind=AnywhereKind.WITHDRAW, event="withdraw", title=text("withdraw"), by=(CLERK,), to="withdrawn"
    )
    assert found(process(step("one"), ends=ends, anywhere=(withdraw,)), "J215") == []
    assert found(process(step("one"), ends=ends), "J215") == ["No case can end with “withdrawn”"]


def test_steps_side_by_side_can_be_kept_apart() -> None:
    apart = step("y", different_person_from=("x",))
    block = Parallel(id="block", title=text("block"), branches=(branch("a", step("x")), branch("b", apart)))
    assert found(process(block), "J216") == []


def test_the_other_branch_of_a_choice_never_comes_before() -> None:
    branches = (
        ChoiceBranch(id="a", title=text("a"), guard=when("ready"), items=(step("x"),)),
        ChoiceBranch(id="b", title=text("b"), guard=None, items=(step("y", different_person_from=("x",)),)),
    )
    assert len(found(process(Choice(id="sort", title=text("sort"), branches=branches)), "J216")) == 1


def test_a_limit_may_count_from_a_step_before_the_block() -> None:
    limit = Limit(statutory=Duration(5, Unit.DAY), counted_from="first")
    each = Each(id="each", title=text("each"), over="offices", name="office", items=(step("x", limit=limit),))
    assert found(process(step("first"), each), "J217") == []


def test_main_exits_that_go_round() -> None:
    ways = way(to="two"), way("leave", "granted")
    assert found(process(step("one"), step("two", *ways)), "J218") == [
        "By the main exits a case comes back to “two”"
    ]


def test_a_process_that_can_grant_nothing() -> None:
    ends = (End(id="refused", title=text("refused"), outcome=Outcome.REFUSED),)
    assert found(process(step("one"), ends=ends), "J218") == ["No case can be granted"]


def test_conditions_of_eligibility_that_contradict_each_other() -> None:
    eligible = when("level > 5"), when("ready"), when("level < 3")
    assert found(process(step("one"), eligible=eligible), "J219") == [
        "Nobody can meet all the conditions of eligibility"
    ]
    assert found(process(step("one"), eligible=eligible[:2]), "J219") == []


def test_conditions_inside_an_each_see_the_item() -> None:
    guard = Guard(expression='office == "fire"', names=("office",), basis=ASSUMED)
    ways = way(guard=guard), way(to="refused", guard=guard)
    each = Each(id="each", title=text("each"), over="offices", name="office", items=(step("x", *ways),))
    assert len(found(process(each), "J207")) == 1


def test_a_called_process_is_not_checked_again() -> None:
    inner = process(step("one"), step("silent", aside=True), id="inner")
    call = Call(
        id="call",
        title=text("call"),
        process=inner,
        exits=(way("granted"), way("refused", "refused")),
    )
    assert found(inner, "J205") == ["No case can come to “silent”"]
    assert found(process(call), "J205") == []


@pytest.mark.parametrize(
    ("promised", "statutory", "longer"),
    [
        (Duration(6, Unit.WORKING_DAY), Duration(5, Unit.WORKING_DAY), True),
        (Duration(5, Unit.WORKING_DAY), Duration(5, Unit.DAY), False),
        (Duration(8, Unit.DAY), Duration(5, Unit.WORKING_DAY), True),
        (Duration(7, Unit.DAY), Duration(5, Unit.WORKING_DAY), False),
        (Duration(1, Unit.MONTH), Duration(30, Unit.DAY), False),
        (Duration(2, Unit.MONTH), Duration(30, Unit.DAY), True),
        (Duration(48, Unit.HOUR), Duration(1, Unit.DAY), False),
    ],
)
def test_promises_in_other_units(promised: Duration, statutory: Duration, longer: bool) -> None:
    limit = Limit(promised=promised, statutory=statutory, basis=ASSUMED, promised_basis=ASSUMED)
    assert bool(found(process(step("one", limit=limit)), "J304")) is longer
