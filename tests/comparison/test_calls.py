"""What stands for what where processes are called: steps of theirs, and the calls as a whole."""

from jianban.workflows.comparison.links import How
from jianban.workflows.comparison.matching import Given
from jianban.workflows.comparison.result import compare
from jianban.workflows.flow import Flow
from tests.comparison.test_matching import Matched, matched
from tests.comparison.variants import call, calling, stage, step, variant

PERMIT = variant("permit", stage("all", step("ask"), step("take"), step("grant")))
BASE = calling(
    variant("base", stage("all", step("open"), step("permit"), step("close"))), call("permit", PERMIT)
)


def of_base(*steps: str) -> Flow:
    return variant("other", stage("all", *steps), of=BASE.process.key)


def without_kept(groups: Matched) -> Matched:
    return [g for g in groups if g[2] is not How.ID]


def test_a_step_of_a_called_process_is_named_by_its_call() -> None:
    other = of_base(
        step("open", "replaces: [permit.ask, permit.take]"), step("close", "replaces: [permit.grant]")
    )
    assert matched(BASE, other) == [
        (("open", "permit.ask", "permit.take"), ("open",), How.REPLACES),
        # the call itself goes where its last step goes
        (("permit", "permit.grant", "close"), ("close",), How.REPLACES),
    ]


def test_a_call_goes_with_its_decision_and_not_with_what_follows_it() -> None:
    later = stage("all", step("ask"), step("grant")) + stage(
        "after", step("use"), more="after_decision: true\n"
    )
    shell = variant("base", stage("all", step("permit"), step("close")))
    base = calling(shell, call("permit", variant("permit", later)))
    other = variant(
        "other",
        stage("all", step("close", "replaces: [close, permit.grant]"), step("use", "replaces: [permit.use]")),
        of=base.process.key,
    )
    assert matched(base, other)[0] == (("permit", "permit.grant", "close"), ("close",), How.REPLACES)


def test_a_step_of_a_called_process_that_nothing_names_is_gone() -> None:
    other = of_base(step("open", "replaces: [permit.grant]"), step("close"))
    assert [g for g in matched(BASE, other) if not g[1]] == [
        (("permit.ask",), (), None),
        (("permit.take",), (), None),
    ]


def test_a_call_that_is_named_takes_along_all_its_steps_but_those_named_elsewhere() -> None:
    other = of_base(step("open", "replaces: [permit.ask]"), step("close", "replaces: [permit]"))
    assert matched(BASE, other) == [
        (("open", "permit.ask"), ("open",), How.REPLACES),
        (("permit", "permit.take", "permit.grant", "close"), ("close",), How.REPLACES),
    ]


def test_a_call_says_what_its_steps_stand_for() -> None:
    base = variant("base", stage("all", step("ask_permit"), step("grant_permit"), step("close")))
    by_step = {"ask": ("ask_permit",), "grant": ("grant_permit",)}
    shell = variant("other", stage("all", step("permit"), step("close")), of=base.process.key)
    other = calling(shell, call("permit", PERMIT, by_step=by_step))
    assert matched(base, other) == [
        (("ask_permit",), ("permit.ask",), How.REPLACES),
        ((), ("permit.take",), None),
        (("grant_permit",), ("permit", "permit.grant"), How.REPLACES),
        (("close",), ("close",), How.ID),
    ]


def test_a_call_may_stand_for_steps_as_a_whole() -> None:
    base = variant("base", stage("all", step("x"), step("y"), step("z")))
    shell = variant("other", stage("all", step("permit"), step("z")), of=base.process.key)
    other = calling(shell, call("permit", PERMIT, "x", "y"))
    inner = ("permit.ask", "permit.take", "permit.grant")
    assert matched(base, other)[0] == (("x", "y"), ("permit", *inner), How.REPLACES)


def test_inside_a_call_ids_mean_the_same_as_inside_what_it_stands_for() -> None:
    merged = variant(
        "merged", stage("all", step("ask"), step("handle", "replaces: [take, grant]")), of=PERMIT.process.key
    )
    shell = variant("other", stage("all", step("open"), step("build"), step("close")), of=BASE.process.key)
    other = calling(shell, call("build", merged, "permit"))
    assert matched(BASE, other)[1:4] == [
        (("permit",), ("build",), How.REPLACES),
        (("permit.ask",), ("build.ask",), How.ID),
        (("permit.take", "permit.grant"), ("build.handle",), How.REPLACES),
    ]


def test_calls_matched_by_title_match_their_steps_by_id() -> None:
    permit = call("permit", PERMIT, title="施工许可")
    retitled = variant("permit", stage("all", step("ask", title="申请"), step("take"), step("grant")))
    base = calling(variant("base", stage("all", step("permit"))), permit)
    other = calling(variant("other", stage("all", step("build"))), call("build", retitled, title="施工许可"))
    assert matched(base, other) == [
        (("permit",), ("build",), How.TITLE),
        (("permit.ask",), ("build.ask",), How.ID),
        (("permit.take",), ("build.take",), How.TITLE),
        (("permit.grant",), ("build.grant",), How.TITLE),
    ]


def test_two_calls_of_one_process_are_told_apart_by_their_ids() -> None:
    first, second = call("first", PERMIT), call("second", PERMIT)
    base = calling(variant("base", stage("all", step("first"), step("second"))), first, second)
    shell = variant(
        "other", stage("all", step("one", "replaces: [first.ask]"), step("both")), of=base.process.key
    )
    other = calling(shell, call("both", PERMIT, "first", "second"))
    assert matched(base, other) == [
        (("first", "second"), ("both",), How.REPLACES),
        (("first.ask", "second.ask"), ("one", "both.ask"), How.REPLACES),
        (("first.take", "second.take"), ("both.take",), How.ID),
        (("first.grant", "second.grant"), ("both.grant",), How.ID),
    ]


def test_a_process_called_by_a_called_one() -> None:
    around = calling(variant("around", stage("all", step("start"), step("permit"))), call("permit", PERMIT))
    base = calling(variant("base", stage("all", step("whole"), step("end"))), call("whole", around))
    other = variant(
        "other",
        stage(
            "all", step("both", "replaces: [whole.start, whole.permit.ask]"), step("end", "replaces: [whole]")
        ),
        of=base.process.key,
    )
    assert matched(base, other) == [
        (
            ("whole", "whole.permit", "whole.permit.take", "whole.permit.grant", "end"),
            ("end",),
            How.REPLACES,
        ),
        (("whole.start", "whole.permit.ask"), ("both",), How.REPLACES),
    ]
    by_step = {"permit.grant": ("end",)}
    deep = calling(
        variant("deep", stage("all", step("whole")), of="test/plain"), call("whole", around, by_step=by_step)
    )
    plain = variant("plain", stage("all", step("start"), step("end")))
    assert (("end",), ("whole", "whole.permit", "whole.permit.grant"), How.REPLACES) in matched(plain, deep)


def test_matches_through_a_variant_between_reach_into_calls() -> None:
    plain = variant(
        "plain", stage("all", step("open"), step("ask_permit"), step("grant_permit"), step("close"))
    )
    by_step = {"ask": ("ask_permit",), "grant": ("grant_permit",)}
    shell = variant(
        "between", stage("all", step("open"), step("permit"), step("close")), of=plain.process.key
    )
    between = calling(shell, call("permit", PERMIT, by_step=by_step))
    last = variant(
        "last",
        stage("all", step("open", "replaces: [permit.ask]"), step("close", "replaces: [permit]")),
        of=between.process.key,
    )
    assert matched(plain, last, chain=[between]) == [
        (("open", "ask_permit"), ("open",), How.CHAIN),
        (("grant_permit", "close"), ("close",), How.CHAIN),
    ]


def test_the_caller_may_say_what_a_call_stands_for() -> None:
    other = variant("other", stage("all", step("open"), step("close")))
    groups = matched(BASE, other, given=Given(steps={"close": ("permit", "close")}))
    assert groups[1] == (
        ("permit", "permit.ask", "permit.take", "permit.grant", "close"),
        ("close",),
        How.GIVEN,
    )
    new = calling(
        variant("new", stage("all", step("open"), step("permit"), step("close"))), call("permit", PERMIT)
    )
    groups = matched(BASE, new, given=Given(steps={"permit.ask": ()}))
    assert without_kept(groups) == [((), ("permit.ask",), None), (("permit.ask",), (), None)]


def test_the_table_tells_in_which_call_a_step_stands() -> None:
    other = of_base(
        step("open", "replaces: [permit.ask, permit.take]"), step("close", "replaces: [permit.grant]")
    )
    told = compare([BASE, other]).render("markdown", "en")
    assert "① permit › take" in told


def test_an_end_inside_a_call_is_compared_like_one_outside() -> None:
    refuse = "on: {refuse: {to: refused, title: {zh: 驳回, en: Refuse}}}"
    permit = variant("permit", stage("all", step("ask", refuse), step("grant")))
    base = calling(variant("base", stage("all", step("permit"))), call("permit", permit))
    other = variant(
        "other",
        stage(
            "all", step("ask", f"replaces: [permit.ask]\n{refuse}"), step("grant", "replaces: [permit.grant]")
        ),
        of=base.process.key,
    )
    asked = next(d for d in compare([base, other]).pairs[0].differences if d.other == ("ask",))
    assert (asked.base, asked.changes) == (("permit.ask",), ())
