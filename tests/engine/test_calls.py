"""Processes that are called inside a case."""

from jianban.engine.case import Actor, RecordKind, Rule
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.model import Call, End, Exit, Outcome, Process, Stage
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Text
from tests.engine.flows import (
    MONDAY,
    clerk,
    done,
    flow,
    opened,
    places,
    refused,
    steps,
)
from tests.engine.test_blocks import DATA, complete, task


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
