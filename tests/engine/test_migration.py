"""Cases carried over to other definitions and back: laws on random processes, and each rule by an example."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from jianban.engine.case import Case
from jianban.engine.decision import china
from jianban.engine.fitting import Carried, Fit, Told, Unfit
from jianban.engine.matching import matching
from jianban.engine.migration import checked_mapping, migrate, undo
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.replays import Retraced, retrace
from jianban.engine.state import Mark, Record, RecordKind
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process, Step
from jianban.workflows.language.terms import DataField, DataKind, Duration, Limit, Unit
from jianban.workflows.language.wire import freeze, thaw
from jianban.workflows.texts import Text
from tests.comparison.variants import call, calling, stage, step, variant
from tests.effort import examples
from tests.engine.flows import MONDAY, agent, done, officer, opened, other_officer, steps
from tests.engine.test_properties import FLOWS, PEOPLE, happening, started

CALENDAR = china()
EDITS = ("version", "rename", "limit", "apart", "field", "insert", "remove")


def retraced(flow: Flow, history: Sequence[Record], *flows: Flow) -> Retraced:
    plans = {f.hash: plan_of(f) for f in (flow, *flows)}
    return retrace(plan_of(flow), CALENDAR, history, plans=plans.__getitem__)


def told(case: Case, mapping: dict[str, str | None], old: Plan, new: Plan) -> Told:
    return Told(PEOPLE[0], case.history[-1].at, "new law", checked_mapping(old, new, mapping))


def edited(process: Process, edit: str, draw: Any) -> tuple[Process, dict[str, str | None]]:
    """The process in another version, and what the migration must be told."""
    process = replace(process, version="2")
    own = [i for s in process.stages for i in s.items if isinstance(i, Step)]
    if edit == "field":
        more = DataField(id="extra", title=Text("增", "Extra"), kind=DataKind.TEXT, default="x")
        return replace(process, data=(*process.data, more)), {}
    if edit == "limit":
        return replace(process, limit=Limit(statutory=Duration(40, Unit.WORKING_DAY))), {}
    if not own or edit == "version":
        return process, {}
    step = draw(st.sampled_from(own))
    if edit == "rename":
        text = freeze(process).decode().replace(json.dumps(step.id), '"renamed"')
        return thaw(text.encode()), {step.id: "renamed"}
    items = list(next(s for s in process.stages if step in s.items).items)
    at = items.index(step)
    match edit:
        case "apart":
            others = tuple(s.id for s in own if s is not step)
            items[at] = replace(step, different_person_from=others)
        case "insert":
            ahead = tuple(e for e in step.exits if e.main and e.to == "next")
            items.insert(at, replace(step, id="added", exits=ahead, different_person_from=(), aside=False))
        case _:
            del items[at]
    stages = tuple(replace(s, items=tuple(items)) if step in s.items else s for s in process.stages)
    follows = items[at].id if edit == "remove" and at < len(items) else None
    return replace(process, stages=stages), {step.id: follows} if follows else {}


def well_formed(plan: Plan, case_tokens: Any) -> None:
    tokens = {(plan.flow.nodes[t.node].region, tuple(i.number for i in t.instances)): t for t in case_tokens}
    assert len(tokens) == len(case_tokens)
    assert sum(region == plan.flow.root.id for region, _path in tokens) == 1
    for (region, path), token in tokens.items():
        owner = plan.flow.regions[region].owner
        if owner is not None:
            depth = len(path) - (plan.flow.nodes[owner].kind is NodeKind.EACH)
            assert tokens[plan.flow.nodes[owner].region, path[:depth]].node == owner
        assert not plan.flow.nodes[token.node].automatic


@examples(150)
@given(FLOWS, st.sampled_from(EDITS), st.data())
def test_there_and_back_is_as_before_and_the_record_says_all(flow: Flow, edit: str, data: Any) -> None:
    case = started(flow, data.draw)
    assume(case is not None)
    assert case is not None
    for _ in range(data.draw(st.integers(0, 8))):
        if case.end is None:
            happening(case, data.draw, data.draw(st.sampled_from([0, 30, 700])))
    process, mapping = edited(flow.process, edit, data.draw)
    try:
        other = compile_process(process)
    except JianbanError:
        assume(False)
        raise
    old, new = plan_of(flow), plan_of(other)
    before = retraced(flow, case.history)
    try:
        asked = told(case, mapping, old, new)
    except JianbanError:
        assume(False)
        raise
    there = migrate(old, new, CALENDAR, case.state, asked, before.past)
    event(f"{edit}: {type(there).__name__}")
    if isinstance(there, Unfit):
        assert case.end is not None or edit in ("remove", "insert", "rename")
        return
    well_formed(new, there.decision.state.tokens)
    history = (*case.history, *there.decision.records)
    after = retraced(flow, history, other)
    assert after.state == there.decision.state
    back = undo(new, CALENDAR, after.state, asked._replace(mapping=()), after.past, after.formers[-1])
    assert isinstance(back, Carried)
    assert back.decision.state == case.state
    assert retraced(flow, (*history, *back.decision.records), other).state == case.state
    later = Case(new, CALENDAR, after.state, history)
    for _ in range(data.draw(st.integers(1, 4))):
        if later.end is None:
            happening(later, data.draw, data.draw(st.sampled_from([0, 30, 700])))
    gone = retraced(flow, later.history, other)
    assert gone.state == later.state
    asked = asked._replace(mapping=(), now=later.history[-1].at)
    back = undo(new, CALENDAR, gone.state, asked, gone.past, gone.formers[-1])
    event(f"back after more: {type(back).__name__}")
    if isinstance(back, Carried):
        well_formed(old, back.decision.state.tokens)
        again = retraced(flow, (*later.history, *back.decision.records), other)
        assert (again.state, again.plan.flow.hash) == (back.decision.state, flow.hash)


BASE = """
- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
- {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 5 working days,
   on: {back: {to: apply, max: 1, title: {zh: 退回, en: Back}}}}
- parallel: both
  title: {zh: 并联, en: Both}
  branches:
    - {branch: a, steps: [{step: one, title: {zh: 一, en: One}, kind: task, by: officer}]}
    - {branch: b, steps: [{step: two, title: {zh: 二, en: Two}, kind: task, by: officer}]}
- {step: last, title: {zh: 终, en: Last}, kind: task, by: officer}
"""
DATA = "data: {area: {type: number, title: {zh: 面积, en: Area}}}\n"
OLD = steps(BASE, DATA)


def new(change: str, by: str, data: str = DATA) -> Flow:
    assert change in BASE
    return steps(BASE.replace(change, by), data)


def at_check() -> Case:
    case = opened(OLD, {"area": 3})
    done(case.fire("complete", actor=agent, now=MONDAY))
    return case


def in_block() -> Case:
    case = at_check()
    done(case.fire("complete", actor=officer, now=MONDAY + timedelta(days=1)))
    return case


def over(
    case: Case, to: Flow, mapping: dict[str, str | None] | None = None, days: int = 2
) -> Carried | Unfit:
    old, plan = plan_of(case.flow), plan_of(to)
    told = Told(officer, MONDAY + timedelta(days=days), "r", checked_mapping(old, plan, mapping or {}))
    return migrate(old, plan, CALENDAR, case.state, told, retraced(case.flow, case.history).past)


def carried(answer: Carried | Unfit) -> Carried:
    assert isinstance(answer, Carried), answer
    return answer


def problem(answer: Carried | Unfit) -> tuple[Fit, str, str | None]:
    assert isinstance(answer, Unfit)
    (found,) = answer.problems
    return found.fit, found.what, found.suggested


def test_days_that_have_run_count_on_under_the_new_limit() -> None:
    case = at_check()
    there = carried(over(case, new("within: 5 working", "within: 10 working")))
    (token,) = there.decision.state.tokens
    assert token.since == MONDAY
    assert token.due is not None
    # ten working days from Monday the 4th end on the 18th; of two days left is warned before
    assert token.due.date().isoformat() <= "2024-03-18"
    assert Case(plan_of(OLD), CALENDAR, case.state, case.history).state.tokens[0].due != token.due


def test_the_record_names_both_definitions_and_the_mapping() -> None:
    other = new("step: check", "step: review")
    there = carried(over(at_check(), other, {"check": "review"}))
    (record,) = there.decision.records
    assert (record.kind, record.event, record.former, record.target) == (
        RecordKind.MIGRATED, "migrate", OLD.hash, other.hash,
    )  # fmt: skip
    assert (record.actor, record.reason, record.mapping) == ("wang", "r", (("check", "review"),))
    assert there.moved == (("check", "review"),)


def test_a_step_that_replaces_another_stands_for_it() -> None:
    renamed = new("step: check, ", "step: review, replaces: [check], ")
    assert carried(over(at_check(), renamed)).moved == (("check", "review"),)


def test_steps_inside_a_call_stand_for_those_inside_what_the_call_replaces() -> None:
    permit = variant("permit", stage("all", step("ask"), step("take"), step("grant")))
    faster = variant("faster", stage("all", step("ask"), step("handle", "replaces: [take, grant]")))
    old = calling(variant("base", stage("all", step("permit"))), call("permit", permit))
    new = calling(variant("base", stage("all", step("build"))), call("build", faster, "permit"))
    found = matching(plan_of(old), plan_of(new), ())
    inner = {"permit.ask": "build.ask", "permit.take": "build.handle", "permit.grant": "build.handle"}
    assert {o: n for o, n in found.items() if o in ("permit", *inner)} == {"permit": "build", **inner}


def test_a_step_that_is_no_more_needs_a_decision_and_the_next_one_is_suggested() -> None:
    start = BASE.index("- {step: check")
    gone = steps(BASE[:start] + BASE[BASE.index("- parallel") :], DATA)
    assert problem(over(at_check(), gone)) == (Fit.DECIDE, "check", "both")
    there = carried(over(at_check(), gone, {"check": "both"}))
    assert [t.node for t in there.decision.state.tokens] == ["both", "one", "two"]
    assert [r.kind for r in there.decision.records] == [RecordKind.MIGRATED, *[RecordKind.BRANCHED] * 2]


def test_a_branch_that_is_no_more_is_given_up_and_the_block_goes_on() -> None:
    line = "    - {branch: b, steps: [{step: two, title: {zh: 二, en: Two}, kind: task, by: officer}]}\n"
    gone = new(line, line.replace("branch: b", "branch: c").replace("step: two", "step: three"))
    case = in_block()
    assert problem(over(case, gone)) == (Fit.DECIDE, "two", "")
    there = carried(over(case, gone, {"two": None}))
    assert (there.skipped, there.moved) == (("both/c",), (("two", ""),))
    done(case.fire("complete", actor=officer, now=MONDAY + timedelta(days=1), at="one"))
    there = carried(over(case, gone, {"two": None}))
    assert [t.node for t in there.decision.state.tokens] == ["last"]


def test_a_block_that_is_no_more_is_left_as_a_whole() -> None:
    start, end = BASE.index("- parallel"), BASE.index("- {step: last")
    gone = steps(BASE[:start] + BASE[end:], DATA)
    assert isinstance(over(in_block(), gone), Unfit)
    there = carried(over(in_block(), gone, {"both": "last"}))
    assert [t.node for t in there.decision.state.tokens] == ["last"]


def test_what_lies_in_a_block_now_is_entered_by_the_block() -> None:
    step = BASE[BASE.index("- {step: last") :].strip()
    block = "- parallel: ends\n  title: {zh: 收, en: Ends}\n  branches:\n    - branch: x\n"
    inside = f"{block}      steps: [{step[2:]}]\n"
    other = steps(BASE[: BASE.index("- {step: last")] + inside, DATA)
    case = in_block()
    for at in ("one", "two"):
        done(case.fire("complete", actor=officer, now=MONDAY + timedelta(days=1), at=at))
    assert problem(over(case, other)) == (Fit.DECIDE, "last", "ends")
    there = carried(over(case, other, {"last": "ends"}))
    assert [t.node for t in there.decision.state.tokens] == ["ends", "last"]


def test_data_of_another_type_stays_where_it_is() -> None:
    other = steps(BASE, "data: {area: {type: text, title: {zh: 面积, en: Area}}}\n")
    assert problem(over(at_check(), other)) == (Fit.CANNOT, "area", None)
    assert carried(over(at_check(), steps(BASE))).dropped == ("area",)


def test_whoever_did_a_step_is_kept_from_another_that_the_new_law_sets_apart() -> None:
    case = at_check()
    done(case.fire("complete", actor=officer, now=MONDAY))
    apart = new("kind: task, by: officer}\n", "kind: task, by: officer, different_person_from: [check]}\n")
    state = carried(over(case, apart)).decision.state
    later = Case(plan_of(apart), CALENDAR, state, case.history)
    now = MONDAY + timedelta(days=3)
    for at in ("one", "two"):
        done(later.fire("complete", actor=other_officer, now=now, at=at))
    assert not later.fire("complete", actor=officer, now=now)
    assert later.fire("complete", actor=other_officer, now=now)


def test_what_was_used_up_stays_used_up() -> None:
    case = at_check()
    done(case.fire("back", actor=officer, now=MONDAY))
    done(case.fire("complete", actor=agent, now=MONDAY))
    renamed = new("step: check, ", "step: review, replaces: [check], ")
    state = carried(over(case, renamed)).decision.state
    assert [(c[0], c[2]) for c in state.memory.counts] == [("review:back", 1)]
    assert not Case(plan_of(renamed), CALENDAR, state, case.history).fire("back", actor=officer, now=state.at)


def test_an_extension_goes_on_and_what_was_told_of_another_limit_is_told_anew() -> None:
    case = at_check()
    memory = replace(case.state.memory, marks=(("check", (), Mark.EXTENDED), ("check", (), Mark.WARNED)))
    case = Case(plan_of(OLD), CALENDAR, case.state._replace(memory=memory), case.history)
    same = new("title: {zh: 终, en: Last}", "title: {zh: 完, en: Last}")
    assert len(carried(over(case, same)).decision.state.memory.marks) == 2
    longer = new("within: 5 working", "within: 6 working")
    assert carried(over(case, longer)).decision.state.memory.marks == (("check", (), Mark.EXTENDED),)


def test_an_ended_case_stays_as_it_is() -> None:
    case = in_block()
    for at in ("one", "two", "last"):
        done(case.fire("complete", actor=officer, now=MONDAY + timedelta(days=1), at=at))
    assert problem(over(case, new("{zh: 终,", "{zh: 完,")))[0] is Fit.CANNOT


@pytest.mark.parametrize("mapping", [{"chek": "last"}, {"check": "lst"}, {"check": "done"}])
def test_a_mapping_of_what_is_not_there_is_an_error(mapping: dict[str, str | None]) -> None:
    with pytest.raises(JianbanError):
        checked_mapping(plan_of(OLD), plan_of(OLD), mapping)


def test_a_history_that_says_it_went_elsewhere_is_none() -> None:
    case = at_check()
    other, third = new("{zh: 终,", "{zh: 完,"), new("{zh: 终,", "{zh: 结,")
    (record,) = carried(over(case, other)).decision.records
    for wrong in (record._replace(former=third.hash), record._replace(event="undo")):
        with pytest.raises(ValueError, match="migration"):
            retraced(OLD, (*case.history, wrong), other, third)
    elsewhere = (*case.history, record._replace(mapping=(("check", "last"),)))
    assert retraced(OLD, elsewhere, other).state != carried(over(case, other)).decision.state
