"""Choices, parallel branches, branches for each item, and calls."""

import pytest

from jianban.engine.case import Actor, Case, RecordKind, Rule
from tests.engine.flows import (
    MONDAY,
    clerk,
    done,
    fire_officer,
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


def test_an_event_asked_for_at_another_place_is_told_where_it_is_possible() -> None:
    case = opened(steps(parallel("all")))
    refusal = refused(case.fire("complete", actor=clerk, now=MONDAY, at="after"))
    assert refusal.code is Rule.PLACE
    assert refusal.text.zh == "现在不能在“after”办理“complete”"
    assert refusal.remedy.zh == "现在可以办理“complete”的有：a1、b1、c1"
    assert refusal.remedy.en == "“complete” is possible now at: a1, b1, c1"


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
