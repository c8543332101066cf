"""Choices, parallel branches, branches for each item, and calls."""

from datetime import date, timedelta

import pytest

from jianban.engine.case import Actor, Case, RecordKind, Rule
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.model import Call, End, Exit, Outcome, Process, Stage
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Text
from tests.engine.flows import (
    MONDAY,
    agent,
    clerk,
    done,
    fire_officer,
    flow,
    officer,
    opened,
    places,
    refused,
    steps,
)

DATA = """
data:
  area: {title: {zh: 面积, en: Area}, type: int, default: 100}
  offices:
    title: {zh: 部门, en: Offices}
    type: list
    options: {fire: {zh: 消防, en: Fire}, water: {zh: 水务, en: Water}}
"""


def task(name: str, by: str = "clerk", more: str = "") -> str:
    return f"{{step: {name}, title: {{zh: {name}, en: {name}}}, kind: task, by: {by}{more}}}"


def parallel(join: str, first: str = "", exits: str = "") -> str:
    return f"""
    - parallel: check
      title: {{zh: 并联, en: Checks}}
      join: {join}
      branches:
        - branch: a
          title: {{zh: 甲, en: A}}
          {first}
          steps: [{task("a1", more=exits)}, {task("a2")}]
        - branch: b
          title: {{zh: 乙, en: B}}
          steps: [{task("b1")}]
        - branch: c
          title: {{zh: 丙, en: C}}
          steps: [{task("c1")}]
    - {task("after")}
    """


def complete(case: Case, *steps: str, actor: Actor = clerk) -> None:
    for step in steps:
        done(case.fire("complete", actor=actor, now=MONDAY, at=step))


def kinds(case: Case, kind: RecordKind) -> list[str]:
    return [r.node for r in case.history if r.kind is kind]


def test_all_branches_must_be_done() -> None:
    case = opened(steps(parallel("all")))
    assert places(case) == ["a1", "b1", "c1"]
    complete(case, "b1", "a1", "c1")
    assert places(case) == ["a2"]
    complete(case, "a2")
    assert places(case) == ["after"]
    assert kinds(case, RecordKind.JOINED) == ["check"]
    assert kinds(case, RecordKind.CANCELLED) == []


def test_any_branch_is_enough_and_the_rest_is_cancelled() -> None:
    case = opened(steps(parallel("any")))
    complete(case, "a1", "b1")
    assert places(case) == ["after"]
    assert kinds(case, RecordKind.CANCELLED) == ["a2", "c1"]


def test_some_branches_are_enough() -> None:
    case = opened(steps(parallel("2")))
    complete(case, "b1")
    assert places(case) == ["a1", "c1"]
    complete(case, "c1")
    assert places(case) == ["after"]


def test_a_conditional_branch_is_opened_when_its_condition_holds_at_the_fork() -> None:
    guarded = steps(parallel("all", first="when: area > 300"), DATA)
    assert places(opened(guarded, {"area": 301})) == ["a1", "b1", "c1"]
    small = opened(guarded, {"area": 300})
    complete(small, "b1")
    done(small.fire("complete", actor=clerk, now=MONDAY, at="c1", data={"area": 400}))
    assert places(small) == ["after"]


def test_a_count_asks_no_more_than_the_branches_that_were_opened() -> None:
    case = opened(steps(parallel("3", first="when: area > 300"), DATA))
    complete(case, "b1", "c1")
    assert places(case) == ["after"]


def test_a_block_without_a_live_branch_is_passed_at_once() -> None:
    case = opened(
        steps(
            f"""
            - parallel: check
              title: {{zh: 并联, en: Checks}}
              branches:
                - {{branch: a, title: {{zh: 甲, en: A}}, when: area > 300, steps: [{task("a1")}]}}
                - {{branch: b, title: {{zh: 乙, en: B}}, when: area > 400, steps: [{task("b1")}]}}
            - {task("after")}
            """,
            DATA,
        )
    )
    assert places(case) == ["after"]


def test_an_event_at_several_places_asks_which_is_meant() -> None:
    case = opened(steps(parallel("all")))
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY))
    assert refusal.code is Rule.AMBIGUOUS
    assert "a1、b1、c1" in refusal.text.zh
    assert refused(case.fire("complete", actor=clerk, now=MONDAY, at="after")).code is Rule.PLACE


def test_roles_can_tell_places_apart() -> None:
    case = opened(
        steps(
            f"""
            - parallel: check
              title: {{zh: 并联, en: Checks}}
              branches:
                - {{branch: a, title: {{zh: 甲, en: A}}, steps: [{task("a1", "officer")}]}}
                - {{branch: b, title: {{zh: 乙, en: B}}, steps: [{task("b1", "fire_officer")}]}}
            """
        )
    )
    assert refused(case.fire("complete", actor=clerk, now=MONDAY)).code is Rule.ROLE
    done(case.fire("complete", actor=fire_officer, now=MONDAY))
    assert places(case) == ["a1"]
    done(case.fire("complete", actor=officer, now=MONDAY))
    assert case.end is not None


def test_an_exit_out_of_a_branch_cancels_the_others() -> None:
    exits = ", on: {reject: {to: refused}, return: {to: check, max: 1}}"
    case = opened(steps(parallel("all", exits=exits)))
    complete(case, "b1")
    done(case.fire("return", actor=clerk, now=MONDAY))
    assert places(case) == ["a1", "b1", "c1"]
    assert kinds(case, RecordKind.CANCELLED) == ["c1"]
    done(case.fire("reject", actor=clerk, now=MONDAY))
    assert case.end is not None
    assert case.end.id == "refused"
    assert kinds(case, RecordKind.CANCELLED) == ["c1", "b1", "c1"]


OUT = ", on: {switch: {to: last}}"
NESTED = f"""
- parallel: outer
  title: {{zh: 外, en: Outer}}
  branches:
    - branch: a
      title: {{zh: 甲, en: A}}
      steps:
        - parallel: inner
          title: {{zh: 内, en: Inner}}
          join: any
          branches:
            - {{branch: x, title: {{zh: 子, en: X}}, steps: [{task("x1", more=OUT)}]}}
            - {{branch: y, title: {{zh: 丑, en: Y}}, steps: [{task("y1")}]}}
    - {{branch: b, title: {{zh: 乙, en: B}}, steps: [{task("b1")}]}}
- {task("after")}
- {task("last")}
"""


def test_blocks_nest() -> None:
    case = opened(steps(NESTED))
    assert places(case) == ["b1", "x1", "y1"]
    complete(case, "y1", "b1")
    assert places(case) == ["after"]


def test_an_exit_can_leave_several_blocks_at_once() -> None:
    case = opened(steps(NESTED))
    done(case.fire("switch", actor=clerk, now=MONDAY))
    assert places(case) == ["last"]
    assert [r.node for r in case.history if r.kind is RecordKind.CANCELLED] == ["b1", "y1"]


CHOICE = f"""
- {task("ask", more=", collects: [area]")}
- choice: size
  title: {{zh: 规模, en: Size}}
  branches:
    - {{branch: large, title: {{zh: 大, en: Large}}, when: area > 300, steps: [{task("large_check")}]}}
    - {{branch: tiny, title: {{zh: 微, en: Tiny}}, when: area < 10, to: refused}}
    - {{branch: other, title: {{zh: 其他, en: Other}}}}
- {task("after")}
"""


@pytest.mark.parametrize(
    ("area", "node", "branch"),
    [(301, "large_check", "large"), (9, "refused", "tiny"), (300, "after", "other")],
)
def test_a_choice_is_made_at_once_by_the_data(area: int, node: str, branch: str) -> None:
    case = opened(steps(CHOICE, DATA))
    decision = done(case.fire("complete", actor=clerk, now=MONDAY, data={"area": area}))
    assert (decision.records[1].kind, decision.records[1].event, decision.records[1].target) == (
        RecordKind.ROUTED, branch, node,
    )  # fmt: skip
    assert decision.state.tokens[0].node == node


def test_a_choice_that_cannot_be_made_refuses_the_event_before_it() -> None:
    data = (
        "data: {area: {title: {zh: 面积, en: Area}, type: int}, big: {title: {zh: 大, en: Big}, type: bool}}"
    )
    case = opened(
        steps(
            f"""
            - {task("ask")}
            - choice: size
              title: {{zh: 规模, en: Size}}
              branches:
                - {{branch: large, title: {{zh: 大, en: Large}}, when: area > 300, steps: [{task("check")}]}}
                - {{branch: small, title: {{zh: 小, en: Small}}, when: area < 100, to: refused}}
            """,
            data,
        )
    )
    before = case.state, case.history
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY))
    assert (refusal.code, refusal.missing) == (Rule.DATA, ("area",))
    assert refused(case.fire("complete", actor=clerk, now=MONDAY, data={"area": 200})).code is Rule.GUARD
    assert (case.state, case.history) == before


EACH = f"""
- {task("ask", "agent")}
- each: opinion
  title: {{zh: 意见, en: Opinions}}
  in: offices
  as: office
  join: JOIN
  steps:
    - {task("draft", more=", on: {pass: {to: sign, when: 'office == " + '"fire"' + "'}}")}
    - {task("sign", "officer", ", different_person_from: [draft]")}
- {task("after")}
"""
EACH_ALL = EACH.replace("JOIN", "all")


def test_each_item_of_a_list_has_its_branch() -> None:
    case = opened(steps(EACH_ALL, DATA), {"offices": ["fire", "water"]})
    done(case.fire("complete", actor=agent, now=MONDAY))
    assert places(case) == ["draft[fire]", "draft[water]"]
    assert refused(case.fire("complete", actor=clerk, now=MONDAY, at="draft")).code is Rule.AMBIGUOUS
    complete(case, "draft[water]", "draft[fire]")
    complete(case, "sign[fire]", "sign[water]", actor=officer)
    assert places(case) == ["after"]


def test_conditions_inside_see_the_item() -> None:
    case = opened(steps(EACH_ALL, DATA), {"offices": ["fire", "water"]})
    done(case.fire("complete", actor=agent, now=MONDAY))
    refusal = refused(case.fire("pass", actor=clerk, now=MONDAY, at="draft[water]"))
    assert refusal.code is Rule.GUARD
    done(case.fire("pass", actor=clerk, now=MONDAY))
    assert places(case) == ["sign[fire]", "draft[water]"]


def test_duties_are_separated_item_by_item() -> None:
    both = Actor("both", ["clerk", "officer"])
    case = opened(steps(EACH_ALL, DATA), {"offices": ["fire", "water"]})
    done(case.fire("complete", actor=agent, now=MONDAY))
    complete(case, "draft[fire]", actor=both)
    complete(case, "draft[water]")
    assert refused(case.fire("complete", actor=both, now=MONDAY, at="sign[fire]")).code is Rule.SEPARATION
    complete(case, "sign[water]", actor=both)


def test_an_empty_list_is_passed_and_a_missing_one_refuses() -> None:
    empty = opened(steps(EACH_ALL, DATA), {"offices": []})
    done(empty.fire("complete", actor=agent, now=MONDAY))
    assert places(empty) == ["after"]
    missing = opened(steps(EACH_ALL, DATA))
    refusal = refused(missing.fire("complete", actor=agent, now=MONDAY))
    assert (refusal.code, refusal.missing) == (Rule.DATA, ("offices",))


def test_the_same_item_twice_is_two_branches() -> None:
    case = opened(steps(EACH_ALL, DATA), {"offices": ["fire", "fire"]})
    done(case.fire("complete", actor=agent, now=MONDAY))
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY))
    assert "draft[fire]、draft[fire#2]" in refusal.text.zh
    complete(case, "draft[fire#2]")
    assert places(case) == ["draft[fire]", "sign[fire#2]"]


def test_one_item_of_a_list_can_be_enough() -> None:
    case = opened(steps(EACH.replace("JOIN", "any"), DATA), {"offices": ["fire", "water"]})
    done(case.fire("complete", actor=agent, now=MONDAY))
    complete(case, "draft[fire]")
    complete(case, "sign[fire]", actor=officer)
    assert places(case) == ["after"]


def with_call(eligible: str = "") -> Process:
    """A process that calls another after its first step."""
    callee = flow(
        f"""
        data:
          area: {{title: {{zh: 面积, en: Area}}, type: int}}
          seen: {{title: {{zh: 已见, en: Seen}}, type: bool}}
        eligible: [{eligible}]
        stages:
          - stage: only
            title: {{zh: 环节, en: Stage}}
            steps:
              - step: look
                title: {{zh: 查看, en: Look}}
                kind: decide
                by: clerk
                on: {{approve: {{to: next, when: seen}}}}
              - {task("write", more=", different_person_from: [look]")}
        """,
        "test/callee",
    ).process
    caller = steps(f"- {task('first')}\n- {task('last')}", DATA).process
    first, last = caller.stages[0].items
    ends = {e.id: e for e in callee.ends}
    call = Call(
        id="call",
        title=Text("调用", "Call"),
        process=callee,
        exits=tuple(
            Exit(event=e, title=ends[e].title, to=to, cause=Cause.AUTO, main=e == "done", max=most)
            for e, to, most in (
                ("done", "next", None),
                ("refused", "first", 1),
                ("withdrawn", "refused", None),
            )
        ),
    )
    stage = caller.stages[0]
    return Process(
        id="test/caller",
        version="1",
        title=Text("调用者", "Caller"),
        stages=(Stage(id=stage.id, title=stage.title, items=(first, call, last)),),
        ends=(*caller.ends, End(id="other", title=Text("其他", "Other"), outcome=Outcome.LAPSED)),
        data=caller.data,
    )


def test_a_called_process_runs_inside_and_its_end_leads_on() -> None:
    case = opened(compile_process(with_call()))
    complete(case, "first")
    assert places(case) == ["call.look"]
    assert refused(case.fire("approve", actor=clerk, now=MONDAY)).missing == ("seen",)
    done(case.fire("approve", actor=clerk, now=MONDAY, data={"seen": True}))
    assert refused(case.fire("complete", actor=clerk, now=MONDAY)).code is Rule.SEPARATION
    complete(case, "call.write", actor=Actor("other", "clerk"))
    assert places(case) == ["last"]
    (returned,) = [r for r in case.history if r.kind is RecordKind.RETURNED]
    assert (returned.node, returned.event, returned.target) == ("call", "done", "last")


def test_a_counted_exit_of_a_call_is_used_up() -> None:
    case = opened(compile_process(with_call()))
    complete(case, "first")
    done(case.fire("refuse", actor=clerk, now=MONDAY))
    assert places(case) == ["first"]
    complete(case, "first")
    assert refused(case.fire("refuse", actor=clerk, now=MONDAY)).code is Rule.COUNT
    assert places(case) == ["call.look"]


def test_what_a_called_process_asks_refuses_the_event_that_leads_to_it() -> None:
    eligible = "{when: area < 50, else: {zh: 面积过大, en: Too large}}"
    case = opened(compile_process(with_call(eligible)))
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY))
    assert refusal.code is Rule.GUARD
    assert "面积过大" in refusal.text.zh
    assert case.fire("complete", actor=clerk, now=MONDAY, data={"area": 49})


def test_a_loop_of_choices_without_a_step_is_refused() -> None:
    case = opened(
        steps(
            f"""
            - {task("ask")}
            - choice: round
              title: {{zh: 回路, en: Round}}
              branches:
                - {{branch: again, title: {{zh: 再来, en: Again}}, when: area > 1, to: round}}
                - {{branch: other, title: {{zh: 其他, en: Other}}}}
            """,
            DATA,
        )
    )
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY))
    assert refusal.code is Rule.ENDLESS
    assert places(case) == ["ask"]


CORRECTED = steps(
    """
    - each: opinion
      title: {zh: 征求意见, en: Opinions}
      in: offices
      as: office
      steps:
        - {step: accept, title: {zh: 受理, en: Accept}, kind: intake, by: clerk,
               on: {decline: null, correct: {via: {step: fix, kind: correct, by: agent}, max: 1}}}
    """,
    "data: {offices: {title: {zh: 部门, en: Offices}, type: list}}",
)


def test_each_item_has_its_own_count() -> None:
    """One correction notice of one office does not use up those of the others."""
    case = opened(CORRECTED, {"offices": ["fire", "water"]})
    for office in ("fire", "water"):
        done(case.fire("correct", actor=clerk, now=MONDAY, at=f"accept[{office}]"))
        done(case.fire("resubmit", actor=agent, now=MONDAY, at=f"fix[{office}]"))
        again = refused(case.fire("correct", actor=clerk, now=MONDAY, at=f"accept[{office}]"))
        assert again.code is Rule.COUNT
    assert Case.replay(CORRECTED, case.history).state == case.state


LEFT = steps(
    """
    - {step: start, title: {zh: 发起, en: Start}, kind: task, by: clerk}
    - each: opinion
      title: {zh: 征求意见, en: Opinions}
      in: offices
      as: office
      steps:
        - {step: look, title: {zh: 审查, en: Look}, kind: task, by: clerk, on: {return: {to: start, max: 1}}}
    """,
    "data: {offices: {title: {zh: 部门, en: Offices}, type: list}}",
)


def test_an_exit_that_leaves_the_list_counts_for_the_case() -> None:
    case = opened(LEFT, {"offices": ["fire", "water"]})
    done(case.fire("complete", actor=clerk, now=MONDAY))
    done(case.fire("return", actor=clerk, now=MONDAY, at="look[fire]"))
    done(case.fire("complete", actor=clerk, now=MONDAY))
    assert refused(case.fire("return", actor=clerk, now=MONDAY, at="look[water]")).code is Rule.COUNT


def test_every_item_has_a_place_of_its_own() -> None:
    case = opened(CORRECTED, {"offices": ["a", "a", "a#2"]})
    assert places(case) == ["accept[a]", "accept[a#2]", "accept[a#2#2]"]


CANCELLED = steps(
    """
    - {step: receive, title: {zh: 受理, en: Receive}, kind: task, by: clerk}
    - parallel: look
      title: {zh: 核查, en: Look}
      join: any
      branches:
        - branch: lab
          title: {zh: 检验, en: Lab}
          steps: [{step: try, title: {zh: 检验, en: Try}, kind: test, by: tester}]
        - branch: desk
          title: {zh: 书面, en: Desk}
          steps:
            - {step: read, title: {zh: 书面审查, en: Read}, kind: notify, by: clerk,
               within: {statutory: 2 days, expiry: {then: warn}}}
    - {step: settle, title: {zh: 决定, en: Settle}, kind: decide, by: officer,
       within: {statutory: 20 working days, from: receive}}
    """
)


def test_what_is_cancelled_has_stopped_the_clock_and_warns_no_more() -> None:
    case = opened(CANCELLED)
    done(case.fire("complete", actor=clerk, now=MONDAY))
    later = MONDAY + timedelta(days=7)
    done(case.fire("notify", actor=clerk, now=later))
    kinds = [r.kind for r in case.history]
    assert kinds.count(RecordKind.WARNED) == kinds.count(RecordKind.OVERDUE) == 1  # before it was done
    assert [r.node for r in case.history if r.kind is RecordKind.CANCELLED] == ["try"]
    assert {timer.step for timer in case.timers()} == {"settle"}
    # all 20 working days are left: the test had stopped the clock since it began
    assert case.offers(now=later)[0].deadline == date(2024, 4, 9)
    assert Case.replay(CANCELLED, case.history).state == case.state
