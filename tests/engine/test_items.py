"""Branches for each item of a list: their places, counts, duties and ends."""

from datetime import date, timedelta

from jianban.engine.case import Actor, Case, RecordKind, Rule
from tests.engine.flows import (
    MONDAY,
    agent,
    clerk,
    done,
    officer,
    opened,
    places,
    refused,
    steps,
)
from tests.engine.test_blocks import DATA, complete, task

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
