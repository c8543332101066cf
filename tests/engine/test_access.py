"""Who may act: roles bound in a case, first receivers, delegations, separation of duties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from jianban.engine.access import Actor, CaseView, acting_for, resolved
from jianban.engine.case import Case, OfferKind, RecordKind, Rule
from jianban.engine.delegation import Delegation, DelegationKind, NotHolding
from tests.engine.flows import MONDAY, agent, clerk, done, officer, opened, places, refused, steps

DESK = steps(
    """
    - {step: apply, kind: submit, by: agent}
    - {step: receive, kind: task, by: clerk, first_receiver: {handover_by: head}}
    - {step: sort, kind: task, by: clerk}
    - {step: check, kind: task, by: clerk, different_person_from: [receive]}
    - {step: decide, kind: decide, by: officer}
    """
)
other_agent = Actor("qian", ["agent"])
other_clerk = Actor("wu", ["clerk"])
head = Actor("he", ["head"])


def received() -> Case:
    case = opened(DESK)
    done(case.fire("submit", actor=agent, now=MONDAY))
    done(case.fire("complete", actor=clerk, now=MONDAY))
    return case


def delegation(**changes: object) -> Delegation:
    given = Delegation(id="d1", giver="zhang", receiver="feng", start=MONDAY, end=MONDAY + timedelta(days=30))
    return replace(given, **changes)  # type: ignore[arg-type]


def test_who_opens_a_case_as_an_applicant_is_its_applicant_and_nobody_else_is() -> None:
    case = Case.open(DESK, actor=Actor("citizen"), now=MONDAY)
    assert refused(case.fire("submit", actor=agent, now=MONDAY)).code is Rule.ASSIGNED
    assert [o.event for o in case.offers(now=MONDAY, actor=Actor("citizen"))] == ["submit"]
    assert done(case.fire("submit", actor=Actor("citizen"), now=MONDAY)).records[0].actor == "citizen"


def test_an_official_who_opens_a_case_is_not_its_applicant() -> None:
    case = Case.open(DESK, actor=clerk, now=MONDAY)
    assert done(case.fire("submit", actor=agent, now=MONDAY))


def test_roles_are_bound_when_a_case_is_opened_and_the_record_says_so() -> None:
    case = Case.open(DESK, actor=clerk, now=MONDAY, assignments={"agent": ["qian", "sun"], "officer": "wang"})
    bound = [(r.event, r.target, r.actor) for r in case.history if r.kind is RecordKind.ASSIGNED]
    assert bound == [("agent", "qian", "li"), ("agent", "sun", "li"), ("officer", "wang", "li")]
    assert refused(case.fire("submit", actor=agent, now=MONDAY)).code is Rule.ASSIGNED
    assert done(case.fire("submit", actor=Actor("sun"), now=MONDAY))
    assert Case.replay(DESK, case.history).state == case.state


def test_the_first_receiver_stays_responsible() -> None:
    case = received()
    assert case.responsible == "li"
    refusal = refused(case.fire("complete", actor=other_clerk, now=MONDAY))
    assert (refusal.code, "li" in refusal.text.zh, "li" in refusal.text.en) == (Rule.RESPONSIBLE, True, True)
    (offer, *_) = case.offers(now=MONDAY, actor=other_clerk)
    assert (offer.responsible, offer.refusal) == ("li", refusal)
    assert done(case.fire("complete", actor=clerk, now=MONDAY))


def test_where_the_first_receiver_may_not_act_another_does() -> None:
    case = received()
    done(case.fire("complete", actor=clerk, now=MONDAY))
    assert places(case) == ["check"]
    assert refused(case.fire("complete", actor=clerk, now=MONDAY)).code is Rule.SEPARATION
    assert done(case.fire("complete", actor=other_clerk, now=MONDAY))
    assert case.responsible == "li"


def test_a_case_is_handed_over_with_a_reason_and_a_record() -> None:
    case = received()
    assert refused(case.hand_over(other_clerk, actor=clerk, now=MONDAY, reason=" ")).code is Rule.REASON
    assert refused(case.hand_over(officer, actor=clerk, now=MONDAY, reason="调岗")).code is Rule.ROLE
    refusal = refused(case.hand_over(other_clerk, actor=other_clerk, now=MONDAY, reason="调岗"))
    assert refusal.code is Rule.RESPONSIBLE
    decision = done(case.hand_over(other_clerk, actor=head, now=MONDAY, reason="调岗"))
    (record,) = decision.records
    assert (record.kind, record.actor, record.target) == (RecordKind.HANDED_OVER, "he", "wu")
    assert refused(case.fire("complete", actor=clerk, now=MONDAY)).code is Rule.RESPONSIBLE
    assert done(case.fire("complete", actor=other_clerk, now=MONDAY))
    assert Case.replay(DESK, case.history).state == case.state


def test_the_handover_is_offered_to_who_may_do_it() -> None:
    def offered(actor: Actor) -> bool:
        return any(o.kind is OfferKind.HANDOVER for o in received().offers(now=MONDAY, actor=actor))

    assert [offered(a) for a in (clerk, head, other_clerk)] == [True, True, False]


def test_silence_makes_nobody_responsible() -> None:
    case = opened(
        steps(
            """
            - step: receive
              kind: intake
              by: clerk
              within: 1 days
              first_receiver: true
              on: {correct: null}
            - {step: sort, kind: task, by: clerk}
            """
        )
    )
    done(case.tick(MONDAY + timedelta(days=3)))
    assert (places(case), case.responsible) == (["sort"], None)


def test_a_delegate_acts_for_the_applicant_and_the_record_keeps_both() -> None:
    case = opened(DESK)
    delegate = acting_for(agent, delegation())
    assert refused(case.fire("submit", actor=Actor("feng", ["agent"]), now=MONDAY)).code is Rule.ASSIGNED
    (record, *_) = done(case.fire("submit", actor=delegate, now=MONDAY)).records
    assert (record.actor, record.behalf, record.delegation) == ("feng", "zhang", "d1")
    assert Case.replay(DESK, case.history).state == case.state


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"revoked": MONDAY}, "revoked"),
        ({"end": MONDAY + timedelta(hours=1), "start": MONDAY - timedelta(days=1)}, None),
        ({"start": MONDAY - timedelta(days=9), "end": MONDAY}, "ended"),
        ({"start": MONDAY + timedelta(days=1)}, "holds from"),
        ({"processes": frozenset({"test/other"})}, "this process"),
        ({"processes": frozenset({"test/small"})}, None),
        ({"steps": frozenset({"decide"})}, "the step"),
        ({"events": frozenset({"withdraw"})}, "does not cover"),
        ({"roles": frozenset({"clerk"})}, "the role"),
        ({"kind": DelegationKind.SUBSTITUTION, "agency": "permit_office"}, "agency"),
        ({"kind": DelegationKind.SUBSTITUTION, "agency": "company"}, None),
    ],
)
def test_a_delegation_covers_what_it_says_until_it_ends(changes: dict[str, object], said: str | None) -> None:
    answer = opened(DESK).fire("submit", actor=acting_for(agent, delegation(**changes)), now=MONDAY)
    if said is None:
        assert done(answer)
    else:
        refusal = refused(answer)
        assert (refusal.code, refusal.rule) == (Rule.DELEGATION, "d1")
        assert said in refusal.text.en


def test_a_case_may_be_opened_for_another_under_a_delegation_only() -> None:
    case = Case.open(DESK, actor=acting_for(agent, delegation()), now=MONDAY)
    assert (case.history[0].actor, case.history[0].behalf) == ("feng", "zhang")
    assert done(case.fire("submit", actor=agent, now=MONDAY))
    with pytest.raises(Exception, match="revoked"):
        Case.open(DESK, actor=acting_for(agent, delegation(revoked=MONDAY)), now=MONDAY)


def test_delegations_make_no_chains() -> None:
    second = delegation(id="d2", giver="feng", receiver="han")
    with pytest.raises(ValueError, match="cannot delegate"):
        acting_for(acting_for(agent, delegation()), second)
    with pytest.raises(ValueError, match="not of"):
        acting_for(other_agent, delegation())


def test_a_delegation_that_could_not_hold_is_told_in_both_languages() -> None:
    for fault, en, zh in (
        ({"receiver": "zhang"}, "themselves", "同一人"),
        ({"end": MONDAY}, "after it starts", "终止时间"),
        ({"kind": DelegationKind.SUBSTITUTION}, "names its agency", "写明部门"),
    ):
        with pytest.raises(NotHolding, match=en) as told:
            delegation(**fault)
        assert zh in told.value.text.zh


def test_separation_looks_at_who_acts_and_for_whom() -> None:
    stands_in = Delegation(
        id="s1", giver="wu", receiver="li", start=MONDAY, end=MONDAY + timedelta(days=5),
        kind=DelegationKind.SUBSTITUTION, agency="permit_office",
    )  # fmt: skip
    for_receiver = Delegation(
        id="s2", giver="li", receiver="wu", start=MONDAY, end=MONDAY + timedelta(days=5)
    )
    case = received()
    done(case.fire("complete", actor=clerk, now=MONDAY))
    # li did the intake and cannot check under wu's name; wu cannot check in the name of li
    for actor in (acting_for(other_clerk, stands_in), acting_for(clerk, for_receiver)):
        assert refused(case.fire("complete", actor=actor, now=MONDAY)).code is Rule.SEPARATION
    assert done(case.fire("complete", actor=other_clerk, now=MONDAY))


def test_who_received_a_case_for_another_cannot_check_it_and_neither_can_the_other() -> None:
    case = opened(DESK)
    done(case.fire("submit", actor=agent, now=MONDAY))
    given = Delegation(id="s", giver="li", receiver="wu", start=MONDAY, end=MONDAY + timedelta(days=5))
    stand_in = acting_for(clerk, given)
    done(case.fire("complete", actor=stand_in, now=MONDAY))
    assert case.responsible == "li"
    done(case.fire("complete", actor=clerk, now=MONDAY))
    for actor in (clerk, other_clerk, stand_in):
        assert refused(case.fire("complete", actor=actor, now=MONDAY)).code is Rule.SEPARATION
    assert done(case.fire("complete", actor=Actor("tian", ["clerk"]), now=MONDAY))


def test_the_host_gives_roles_of_a_person_or_of_whom_they_act_for() -> None:
    class Staff:
        def roles(self, actor: str, case: CaseView) -> Iterable[str]:
            return {"zhang": ["agent"], "feng": ["clerk"]}[actor] if case.process == "test/small" else []

    view = CaseView(process="test/small", now=MONDAY)
    assert resolved(Staff(), "feng", view) == Actor("feng", ["clerk"])
    assert resolved(Staff(), "feng", view, delegation()) == Actor("feng", ["agent"], delegation())
    with pytest.raises(ValueError, match="not given"):
        resolved(Staff(), "han", view, delegation())
