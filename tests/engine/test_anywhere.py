"""Withdrawal and suspension, declared once and possible in any state."""

import pytest

from jianban.engine.case import Case, OfferKind, RecordKind, Rule
from tests.engine.flows import MONDAY, agent, clerk, done, officer, opened, places, refused, steps

FLOW = steps(
    """
    - parallel: check
      title: {zh: 并联, en: Checks}
      branches:
        - branch: a
          title: {zh: 甲, en: A}
          steps: [{step: a1, title: {zh: 甲, en: A}, kind: task, by: clerk}]
        - branch: b
          title: {zh: 乙, en: B}
          steps: [{step: b1, title: {zh: 乙, en: B}, kind: task, by: clerk}]
    - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: officer}
    """,
    """
    data: {paid: {title: {zh: 已缴费, en: Paid}, type: bool, default: false}}
    anywhere:
      withdraw: {title: {zh: 撤回, en: Withdraw}, by: agent, to: withdrawn, except: [decide],
                 when: "!paid", else: {zh: 已经缴费, en: It is paid}}
      suspend: {title: {zh: 中止, en: Suspend}, by: officer, reason: required,
                resume: {event: resume, by: officer}}
    """,
)


def suspended() -> Case:
    case = opened(FLOW)
    done(case.fire("suspend", actor=officer, now=MONDAY, reason="等待诉讼"))
    return case


def test_a_withdrawal_ends_everything() -> None:
    case = opened(FLOW)
    decision = done(case.fire("withdraw", actor=agent, now=MONDAY, reason="不再需要"))
    assert case.end is not None
    assert case.end.id == "withdrawn"
    assert [r.kind for r in decision.records] == [
        RecordKind.WITHDRAWN, RecordKind.CANCELLED, RecordKind.CANCELLED, RecordKind.ENDED,
    ]  # fmt: skip
    assert (decision.records[0].actor, decision.records[0].reason) == ("zhang", "不再需要")
    assert len(decision.state.tokens) == 1


def test_a_withdrawal_has_its_own_roles_condition_and_exceptions() -> None:
    case = opened(FLOW)
    assert refused(case.fire("withdraw", actor=clerk, now=MONDAY)).code is Rule.ROLE
    refusal = refused(case.fire("withdraw", actor=agent, now=MONDAY, data={"paid": True}))
    assert refusal.code is Rule.GUARD
    assert "已经缴费" in refusal.text.zh
    for step in ("a1", "b1"):
        done(case.fire("complete", actor=clerk, now=MONDAY, at=step))
    refusal = refused(case.fire("withdraw", actor=agent, now=MONDAY))
    assert refusal.code is Rule.EXCEPTED
    assert refusal.text.zh == "“决定”期间不能“撤回”"


def test_a_suspension_needs_its_reason_and_freezes_the_case() -> None:
    case = opened(FLOW)
    assert refused(case.fire("suspend", actor=officer, now=MONDAY)).code is Rule.REASON
    assert refused(case.fire("suspend", actor=officer, now=MONDAY, reason=" ")).code is Rule.REASON
    case = suspended()
    assert case.suspended
    assert places(case) == ["a1", "b1"]
    for event, actor in (("complete", clerk), ("suspend", officer)):
        refusal = refused(case.fire(event, actor=actor, now=MONDAY, reason="x"))
        assert refusal.code is Rule.SUSPENDED
        assert "中止" in refusal.text.zh


def test_a_suspended_case_can_be_resumed_or_withdrawn() -> None:
    case = suspended()
    assert refused(case.fire("resume", actor=clerk, now=MONDAY)).code is Rule.ROLE
    done(case.fire("resume", actor=officer, now=MONDAY))
    assert not case.suspended
    assert case.fire("complete", actor=clerk, now=MONDAY, at="a1")
    assert refused(case.fire("resume", actor=officer, now=MONDAY)).code is Rule.SUSPENDED
    assert suspended().fire("withdraw", actor=agent, now=MONDAY)


def test_offers_tell_what_is_possible_anywhere() -> None:
    running = {o.event: o for o in opened(FLOW).offers(now=MONDAY) if o.step is None}
    assert {e: (o.kind, o.refusal) for e, o in running.items()} == {
        "withdraw": (OfferKind.WITHDRAW, None),
        "suspend": (OfferKind.SUSPEND, None),
    }
    assert running["suspend"].reason_required
    offers = {o.event: o.refusal for o in suspended().offers(now=MONDAY)}
    assert offers["resume"] is None
    assert offers["withdraw"] is None
    for event in ("suspend", "complete"):
        refusal = offers[event]
        assert refusal is not None
        assert refusal.code is Rule.SUSPENDED


def test_a_history_leads_to_its_state_and_a_changed_one_does_not() -> None:
    case = suspended()
    done(case.fire("resume", actor=officer, now=MONDAY))
    done(case.fire("complete", actor=clerk, now=MONDAY, at="a1", data={"paid": False}))
    done(case.fire("withdraw", actor=agent, now=MONDAY, reason="不再需要"))
    again = Case.replay(FLOW, case.history)
    assert (again.state, again.history) == (case.state, case.history)
    for at, record in enumerate(case.history):
        for change in ({"target": "nowhere"}, {"kind": RecordKind.ROUTED}, {"instances": None}):
            changed = (*case.history[:at], record._replace(**change), *case.history[at + 1 :])
            with pytest.raises(ValueError, match="record"):
                Case.replay(FLOW, changed)
    with pytest.raises(ValueError, match="record"):
        Case.replay(FLOW, case.history * 2)
    with pytest.raises(ValueError, match="record"):
        Case.replay(FLOW, ())
