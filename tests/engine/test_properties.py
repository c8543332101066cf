"""Laws that every case keeps, on random processes and random events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jianban.engine.case import Actor, Case, Decision, Refusal, Refused, Rule
from jianban.workflows.flow import Flow, NodeKind
from tests.effort import examples
from tests.engine.flows import MONDAY
from tests.strategies import flows

VALUES: dict[str, list[Any]] = {
    "ready": [True, False],
    "area": [20, 100, 301],
    "colour": ["red", "green"],
    "offices": [[], ["fire"], ["fire", "water"]],
}
FLOWS = flows(max_items=7, calls=True)
ROLES = ["agent", "clerk", "officer", "fire_officer", "tester", "neighbour"]
PEOPLE = [Actor(f"p{n}", ROLES) for n in range(3)]


def started(flow: Flow, draw: Any) -> Case | None:
    facts = {name: draw(st.sampled_from(values)) for name, values in VALUES.items()}
    try:
        return Case.open(flow, facts, actor=PEOPLE[0], now=MONDAY)
    except Refused:
        return None


def happening(case: Case, draw: Any, hours: int) -> Decision | Refusal:
    """One random thing: time passes, or somebody does what is offered."""
    now = max(MONDAY, case.history[-1].at) + timedelta(hours=hours)
    if draw(st.booleans()):
        passed = case.tick(now)
        if case.end is not None:
            return passed
    offers = case.offers(now=now)
    offer = draw(st.sampled_from(offers)) if offers else None
    if offer is None:
        return case.tick(now)
    actor = draw(st.sampled_from(PEOPLE))
    names = {*offer.collects, *(n for n in VALUES if draw(st.integers(0, 3)) == 0)}
    brought = {n: draw(st.sampled_from(VALUES[n])) for n in sorted(names)}
    reason = "r" if draw(st.booleans()) else ""
    return case.fire(offer.event, actor=actor, now=now, data=brought, at=offer.place, reason=reason)


@examples(60)
@given(FLOWS, st.data())
def test_history_only_grows_and_leads_to_the_state(flow: Flow, data: Any) -> None:
    case = started(flow, data.draw)
    if case is None:
        return
    for _ in range(12):
        if case.end is not None:
            break
        hours = data.draw(st.sampled_from([0, 1, 30, 700, 9000]))
        case.tick(max(MONDAY, case.history[-1].at) + timedelta(hours=hours))
        before = case.state, case.history
        answer = happening(case, data.draw, 0)
        if isinstance(answer, Refusal):
            assert (case.state, case.history) == before
            assert answer.text.zh
            assert answer.remedy.en
        else:
            assert case.history == before[1] + answer.records
            assert case.state == answer.state
        times = [r.at for r in case.history]
        assert times == sorted(times)
    again = Case.replay(flow, case.history)
    assert again.state == case.state
    assert again.history == case.history


@examples(60)
@given(FLOWS, st.data())
def test_tokens_always_form_a_case(flow: Flow, data: Any) -> None:
    """One token in the root; a block's token where its branches run; no region twice for one item."""
    case = started(flow, data.draw)
    if case is None:
        return
    for _ in range(10):
        tokens = {
            (flow.nodes[t.node].region, tuple(i.number for i in t.instances)): t for t in case.state.tokens
        }
        assert len(tokens) == len(case.state.tokens)
        assert sum(region == flow.root.id for region, _path in tokens) == 1
        for (region, path), token in tokens.items():
            owner = flow.regions[region].owner
            if owner is not None:
                depth = len(path) - (flow.nodes[owner].kind is NodeKind.EACH)
                assert tokens[flow.nodes[owner].region, path[:depth]].node == owner
            assert not flow.nodes[token.node].automatic
            assert token.since <= case.history[-1].at
        if case.end is not None:
            assert len(tokens) == 1
            break
        happening(case, data.draw, data.draw(st.sampled_from([0, 50, 2000])))


@examples(60)
@given(FLOWS, st.data())
def test_what_is_offered_happens_and_what_is_refused_does_not(flow: Flow, data: Any) -> None:
    case = started(flow, data.draw)
    if case is None:
        return
    for _ in range(8):
        if case.end is not None:
            break
        now = max(MONDAY, case.history[-1].at) + timedelta(hours=data.draw(st.sampled_from([0, 40, 1500])))
        case.tick(now)
        actor = data.draw(st.sampled_from(PEOPLE))
        offers = case.offers(now=now, actor=actor)
        if not offers:
            break
        offer = data.draw(st.sampled_from(offers))
        brought = {n: case.data.get(n, VALUES[n][0]) for n in offer.collects}
        answer = case.fire(offer.event, actor=actor, now=now, data=brought, at=offer.place, reason="r")
        if offer.refusal is not None:
            assert isinstance(answer, Refusal)
            assert answer.code is offer.refusal.code
        elif isinstance(answer, Refusal):
            # what follows at once may still lack data, or exhaust the exits of a call
            assert answer.code in (Rule.DATA, Rule.GUARD, Rule.COUNT, Rule.ENDLESS)
            assert answer.rule != f"{offer.step}:{offer.event}"


@examples(60)
@given(FLOWS, st.data())
def test_what_happens_was_offered(flow: Flow, data: Any) -> None:
    """Whoever fires whatever: where it is accepted, that person was offered it."""
    case = started(flow, data.draw)
    if case is None:
        return
    events = sorted({a.event for a in flow.arcs} | {a.event for a in flow.anywhere} | {"extend", "resume"})
    for _ in range(8):
        if case.end is not None:
            break
        now = case.history[-1].at + timedelta(hours=data.draw(st.sampled_from([0, 40])))
        case.tick(now)
        person = Actor("p", [data.draw(st.sampled_from(ROLES))])
        event = data.draw(st.sampled_from(events))
        offers = case.offers(now=now, actor=person)
        # what comes with an event may meet its condition, which the offer could not know
        brought = {n: v[0] for n, v in VALUES.items()} if data.draw(st.booleans()) else None
        possible = {o.event for o in offers if brought is not None or o.refusal is None}
        answer = case.fire(event, actor=person, now=now, data=brought, reason="r")
        if isinstance(answer, Decision):
            assert event in possible
        else:
            happening(case, data.draw, 0)
