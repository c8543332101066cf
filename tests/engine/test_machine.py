"""The shared machines."""

import logging
import threading
from dataclasses import replace

import pytest

from jianban.engine.case import Actor, Case
from jianban.engine.machine import Shared, machines, moving_node
from jianban.engine.planning import plan_of
from jianban.engine.state import Token
from jianban.workflows.compiler import compile_process
from tests.engine.flows import MONDAY, done, steps

FLOW = steps(
    """
    - {step: first, title: {zh: 甲, en: First}, kind: task, by: clerk}
    - parallel: check
      title: {zh: 并联, en: Checks}
      branches:
        - branch: a
          title: {zh: 甲, en: A}
          steps:
            - {step: a1, title: {zh: 甲一, en: A1}, kind: task, by: clerk, on: {reject: {to: refused}}}
            - {step: a2, title: {zh: 甲二, en: A2}, kind: task, by: clerk}
        - branch: b
          title: {zh: 乙, en: B}
          steps: [{step: b1, title: {zh: 乙, en: B}, kind: task, by: clerk}]
    - {step: state, title: {zh: 末, en: State}, kind: task, by: clerk}
    """
)


def test_one_machine_for_each_region_is_shared_by_equal_definitions() -> None:
    again = compile_process(FLOW.process)
    assert again is not FLOW
    assert machines(again) is machines(FLOW)
    assert plan_of(again) is plan_of(FLOW)
    assert set(machines(FLOW)) == set(FLOW.regions)


def test_every_arc_is_one_transition_of_the_region_it_leads_to() -> None:
    for arc in FLOW.arcs:
        machine = machines(FLOW)[FLOW.nodes[arc.target].region]
        token = Token(moving_node(FLOW, arc), MONDAY)
        assert machine.events[arc.id].trigger(token)
        assert token.node == arc.target
    assert sum(len(m.events) for m in machines(FLOW).values()) == len(FLOW.arcs)


def test_an_arc_out_of_a_branch_moves_the_token_of_its_block() -> None:
    arc = next(a for a in FLOW.arcs if a.event == "reject")
    assert moving_node(FLOW, arc) == "check"


def test_machines_keep_no_cases_and_no_automatic_events() -> None:
    done(
        Case.open(FLOW, actor=Actor("li", "clerk"), now=MONDAY).fire(
            "complete", actor=Actor("li", "clerk"), now=MONDAY
        )
    )
    for machine in machines(FLOW).values():
        assert machine.models == []
        assert not any(name.startswith("to_") for name in machine.events)
        for event in machine.events.values():
            for transition in (t for group in event.transitions.values() for t in group):
                callbacks = (transition.conditions, transition.before, transition.after, transition.prepare)
                assert not any(callbacks)


def test_moves_write_nothing_to_the_log_of_an_application(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    case = Case.open(FLOW, actor=Actor("li", "clerk"), now=MONDAY)
    done(case.fire("complete", actor=Actor("li", "clerk"), now=MONDAY))
    assert caplog.records == []


def test_cases_in_several_threads_do_not_disturb_one_another() -> None:
    li = Actor("li", "clerk")
    path = [
        ("first", "complete"),
        ("a1", "complete"),
        ("b1", "complete"),
        ("a2", "complete"),
        ("state", "complete"),
    ]
    wrong: list[str] = []

    def work(reject: bool) -> None:
        for _ in range(60):
            case = Case.open(FLOW, actor=li, now=MONDAY)
            for at, event in path:
                event = "reject" if reject and at == "a1" else event
                if not case.fire(event, actor=li, now=MONDAY, at=at):
                    wrong.append(at)
                if event == "reject":
                    break
            if case.end is None or case.end.id != ("refused" if reject else "done"):
                wrong.append(str(case.end))

    threads = [threading.Thread(target=work, args=(n % 2 == 0,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_only_so_many_definitions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jianban.engine.machine.MAX_FLOWS", 2)
    shared = Shared(lambda flow: object())
    flows = [compile_process(replace(FLOW.process, version=str(n))) for n in range(3)]
    first, second = shared(flows[0]), shared(flows[1])
    assert shared(flows[0]) is first
    shared(flows[2])
    assert shared(flows[0]) is first
    assert shared(flows[1]) is not second
