"""What the shorthand of the language means."""

from __future__ import annotations

import pytest

from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import NEXT, Each, JoinKind, Parallel, Process, Step
from jianban.workflows.language.terms import (
    NO_BASIS,
    Basis,
    Cause,
    Channel,
    Citation,
    Duration,
    ExpiryKind,
    Unit,
)
from jianban.workflows.texts import Text
from tests.strategies import CATALOGUE

HEAD = """
process: demo/one
version: "1"
title: {zh: 一, en: One}
source: licensing_act:1
data:
  area: {title: {zh: 面积, en: Area}, type: int}
  fee: {title: {zh: 费用, en: Fee}, type: money, default: 12.5}
  offices: {title: {zh: 部门, en: Offices}, type: list, options: {fire: {zh: 消防, en: Fire}}}
stages:
  - stage: one
    title: {zh: 一, en: One}
    steps:
"""
ENDS = """
ends:
  done: {outcome: granted}
  refused: {outcome: refused}
  declined: {outcome: not_accepted}
  withdrawn: {outcome: withdrawn}
"""


def process(steps: str, ends: str = ENDS) -> Process:
    indented = "".join(f"      {line}\n" for line in steps.strip("\n").splitlines())
    return load_text(HEAD + indented + ends, CATALOGUE, "x.yaml")


def steps(text: str, ends: str = ENDS) -> tuple[Step, ...]:
    return tuple(i for i in process(text, ends).stages[0].items if isinstance(i, Step))


def step(text: str, ends: str = ENDS) -> Step:
    return steps(text, ends)[0]


def lines(text: str, ends: str = ENDS) -> list[str]:
    with pytest.raises(DefinitionError) as failure:
        process(text, ends)
    return [p.line("en") for p in failure.value.problems]


APPLY = "- {step: apply, kind: submit, by: agent}\n"


def test_intake_accepts_corrects_once_or_declines_and_silence_accepts() -> None:
    apply, intake, correction = steps(
        APPLY + "- {step: receive, kind: intake, by: clerk, within: 5 working days}"
    )
    assert apply.channel is Channel.EITHER
    exits = [(e.event, e.to, e.cause, e.max, e.main) for e in intake.exits]
    assert exits == [
        ("accept", NEXT, Cause.ACTOR, None, True),
        ("accept", NEXT, Cause.TIMER, None, False),
        ("correct", "receive_correction", Cause.ACTOR, 1, False),
        ("decline", "declined", Cause.ACTOR, None, False),
    ]
    assert intake.exits[1].after == Duration(5, Unit.WORKING_DAY)
    assert intake.exits[1].title == Text("逾期视为受理", "Accept (deemed, by expiry)")
    assert intake.limit is not None
    assert intake.limit.expiry is not None
    assert intake.limit.expiry.kind is ExpiryKind.DEEM
    assert correction.aside
    assert correction.role.id == "agent"
    assert [(e.event, e.to) for e in correction.exits] == [("resubmit", "receive")]


def test_an_exit_that_names_the_expiry_is_called_the_same_when_time_takes_it() -> None:
    title = Text("逾期不改，撤销许可", "Not put right: revoked")
    (step,) = steps(
        """
        - step: rectify
          kind: task
          by: agent
          within: {statutory: 15 days, expiry: {then: end, event: fail}}
          on: {fail: {title: {zh: 逾期不改，撤销许可, en: "Not put right: revoked"}, to: declined, by: clerk}}
        """
    )
    fails = [(e.cause, e.title) for e in step.exits if e.event == "fail"]
    assert fails == [(Cause.ACTOR, title), (Cause.TIMER, title)]


def test_without_a_limit_or_with_an_expiry_of_its_own_silence_says_nothing() -> None:
    for text in (
        "",
        ", within: {statutory: 5 days, expiry: {then: warn}}",
        ", within: {statutory: 5 days, expiry: null}",
    ):
        intake = steps(APPLY + f"- {{step: receive, kind: intake, by: clerk{text}}}")[1]
        assert all(e.cause is Cause.ACTOR for e in intake.exits)


def test_exits_without_their_end_are_left_out_or_needed() -> None:
    only = "\nends: {done: {outcome: granted}}"
    assert [e.event for e in step("- {step: a, kind: review, by: officer}", only).exits] == ["pass"]
    assert lines("- {step: a, kind: decide, by: officer}", only)[0].startswith(
        "x.yaml:14:9 J131 exit “refuse” needs an end whose outcome is refused."
    )
    assert [
        e.event for e in step("- {step: a, kind: decide, by: officer, on: {refuse: null}}", only).exits
    ] == ["approve"]


def test_a_public_notice_elapses_by_itself_as_practice_reads_it() -> None:
    notice = step("- {step: a, kind: publicity, by: officer, lasts: {for: 7 days, reading: 7 working days}}")
    (elapsed,) = notice.exits
    assert (elapsed.cause, elapsed.by, elapsed.after) == (Cause.TIMER, (), Duration(7, Unit.WORKING_DAY))
    assert notice.wait is not None
    assert notice.wait.duration == Duration(7, Unit.DAY)


def test_an_exit_that_only_expiry_explains_belongs_to_the_timer() -> None:
    text = """
- step: start
  by: agent
  within: {statutory: 3 months, expiry: {then: end, event: lapse}}
  on: {lapse: {to: refused}}
"""
    complete, lapse = step(text).exits
    assert complete.cause is Cause.ACTOR
    assert (lapse.cause, lapse.by, lapse.after) == (Cause.TIMER, (), Duration(3, Unit.MONTH))
    both = step(text.replace("to: refused", "to: refused, by: clerk")).exits
    assert [(e.event, e.cause) for e in both[1:]] == [("lapse", Cause.ACTOR), ("lapse", Cause.TIMER)]


def test_a_detour_comes_back_or_leads_where_its_exit_says() -> None:
    text = (
        APPLY
        + """
- step: check
  kind: review
  by: officer
  on:
    revise: {via: {step: mend, kind: correct, title: {zh: 改, en: Mend}}, max: 2}
    correct: {via: {step: again, by: agent}, to: apply, max: 1}
"""
    )
    _, check, mend, again = steps(text)
    assert [(e.event, e.to, e.max) for e in check.exits[2:]] == [
        ("revise", "mend", 2),
        ("correct", "again", 1),
    ]
    assert mend.exits[0].to == "check"
    assert again.exits[0].to == "apply"


def test_one_event_may_have_guarded_exits_and_a_step_names_its_main_exit() -> None:
    text = """
- step: check
  kind: review
  by: officer
  on:
    pass:
      - {when: area > 300, to: refused, else: {zh: 小, en: Small}}
      - {when: area <= 300}
    shortcut: {to: done, title: {zh: 直达, en: Shortcut}, main: true}
"""
    large, small, reject, shortcut = step(text).exits
    assert large.guard is not None
    assert (large.guard.expression, large.guard.names, large.to) == ("area > 300", ("area",), "refused")
    assert (small.event, small.to, reject.event) == ("pass", NEXT, "reject")
    assert [e.main for e in (large, small, reject, shortcut)] == [False, False, False, True]


def test_several_conditions_each_have_their_reason_and_basis() -> None:
    text = """
- step: check
  by: officer
  on:
    complete:
      when:
        - {when: area > 0, else: {zh: 没有面积, en: No area}, source: licensing_act:8}
        - {when: fee < 100000, else: {zh: 太贵, en: Too dear}}
"""
    guard = step(text).exits[0].guard
    assert guard is not None
    assert (guard.expression, guard.names) == ("(area > 0) && (fee < 100000)", ("area", "fee"))
    assert [p.refusal and p.refusal.en for p in guard.parts] == ["No area", "Too dear"]
    assert [p.basis.citations[0].article for p in guard.parts] == ["8", "1"]


def test_a_basis_is_inherited_from_step_stage_and_process() -> None:
    act = CATALOGUE.shared.documents["licensing_act"]
    text = """
- step: a
  by: officer
  source: [licensing_act:5, fee_rules]
  lasts: 2 days
  fee: {yuan: "3.50", source: fee_rules:2}
  effort: {minutes: 5, assumed: {zh: 估, en: Estimate}}
- {step: b, by: officer, within: {statutory: 2 days, promised: 1 day, promised_source: fee_rules}}
- {step: c, by: officer, source: [], lasts: 1 day}
"""
    a, b, c = steps(text)
    rules = CATALOGUE.shared.documents["fee_rules"]
    own = Basis(citations=(Citation(document=act, article="5"), Citation(document=rules)))
    assert a.wait is not None
    assert a.fee is not None
    assert a.effort is not None
    assert (a.basis, a.wait.basis, a.exits[0].basis) == (own, own, own)
    assert a.fee.fen == 350
    assert a.fee.basis == Basis(citations=(Citation(document=rules, article="2"),))
    assert a.effort.basis == Basis(assumed=Text("估", "Estimate"))
    assert b.limit is not None
    assert b.limit.basis == Basis(citations=(Citation(document=act, article="1"),))
    assert b.limit.promised_basis == Basis(citations=(Citation(document=rules),))
    assert c.wait is not None
    assert c.wait.basis == NO_BASIS
    assert process(text).documents == (act, rules)


def test_a_citation_carries_its_phrase_and_its_place() -> None:
    text = """
- step: a
  by: officer
  source: [licensing_act:5 “应当在 20日内……决定”, "fee_rules “不收费”", licensing_act:6]
  within: {statutory: 2 days, promised: 1 day, promised_source: "fee_rules:1(2)  “一日”"}
"""
    (a,) = steps(text)
    assert [(c.place, c.phrase) for c in a.basis.citations] == [
        ("licensing_act:5", "应当在 20日内……决定"),
        ("fee_rules", "不收费"),
        ("licensing_act:6", None),
    ]
    assert a.limit is not None
    (promised,) = a.limit.promised_basis.citations
    assert (promised.place, promised.phrase) == ("fee_rules:1(2)", "一日")
    lines = [c.position.line for c in (*a.basis.citations, promised)]
    assert lines == [lines[0], lines[0], lines[0], lines[0] + 1]


@pytest.mark.parametrize(
    "written",
    [
        "licensing_act:5 “二十日",
        "licensing_act:5 “”",
        "licensing_act:5 「二十日」",
        "licensing_act:5 “a”b",
        "licensing_act:5 “a“b””",
    ],
)
def test_a_phrase_that_is_not_well_quoted_is_told(written: str) -> None:
    with pytest.raises(DefinitionError) as failure:
        step(f"- {{step: a, by: officer, source: {written}}}")
    assert [p.code for p in failure.value.problems] == ["J144"]


@pytest.mark.parametrize(
    "written", ["行政许可法:5 “二十日”", "licensing_act 5 “二十日”", "licensing_act：5 “二十日”"]
)
def test_before_a_phrase_stands_what_is_cited(written: str) -> None:
    with pytest.raises(DefinitionError) as failure:
        step(f"- {{step: a, by: officer, source: {written}}}")
    assert [p.code for p in failure.value.problems] == ["J114"]


def test_a_wide_colon_within_braces_is_told_once() -> None:
    with pytest.raises(DefinitionError) as failure:
        process("- {step: a, by: officer, title: {zh：名称, en: Name}}")
    assert [p.line("zh").split(" ", 1)[1] for p in failure.value.problems] == [
        "J110 不认识的键“zh：名称”。请改为半角冒号，后面空一格"
    ]


def test_an_item_of_a_list_is_known_inside_its_block_only() -> None:
    text = """
- each: opinions
  in: offices
  as: office
  join: any
  steps:
    - {step: opine, by: officer, on: {complete: {when: office == "fire"}}}
"""
    (each,) = process(text).stages[0].items
    assert isinstance(each, Each)
    assert (each.over, each.name, each.join.kind) == ("offices", "office", JoinKind.ANY)
    assert "J130" in lines(text.replace('"fire"', '"water"'))[0]
    outside = text + '- {step: x, by: officer, on: {complete: {when: office == "fire"}}}'
    assert "J130" in lines(outside)[0]


def test_a_branch_takes_the_title_of_its_first_step() -> None:
    text = """
- parallel: both
  branches:
    - {branch: a, steps: [{step: x, title: {zh: 甲, en: First}, by: officer}]}
    - {branch: b, when: area > 3, title: {zh: 乙, en: Second}}
"""
    (both,) = process(text).stages[0].items
    assert isinstance(both, Parallel)
    assert [b.title.en for b in both.branches] == ["First", "Second"]


def test_a_call_leads_on_when_granted_and_everything_else_is_mapped() -> None:
    text = "- {call: sub, process: demo/permit, on: {refused: refused, not_accepted: declined}}"
    (call,) = process(text).stages[0].items
    assert not isinstance(call, Step | Each | Parallel)
    # the withdrawal of the called process is no end that a caller can reach
    assert [(e.event, e.to, e.main) for e in call.exits] == [  # pyright: ignore[reportAttributeAccessIssue]
        ("done", NEXT, True),
        ("refused", "refused", False),
        ("not_accepted", "declined", False),
    ]
    assert (
        "J135 the end “not_accepted”"
        in lines("- {call: sub, process: demo/permit, on: {refused: refused}}")[0]
    )


def test_a_case_has_its_data_once_whatever_it_calls() -> None:
    call = "- {call: sub, process: demo/permit, on: {refused: refused, not_accepted: declined}}"
    text = (HEAD + f"      {call}\n" + ENDS).replace("en: Area}, type: int}", "en: Area}, type: text}")
    with pytest.raises(DefinitionError) as failure:
        load_text(text, CATALOGUE)
    assert [p.line("en") for p in failure.value.problems] == [
        "-:14:30 J138 the data field “area” is of another type in the called process."
        " A case has its data once: let the types agree, or rename it"
    ]


def test_money_is_written_in_yuan_and_kept_in_fen() -> None:
    assert process("- {step: a, by: officer}").fields["fee"].default == 1250


def test_anywhere_covers_stages_and_knows_the_applicant() -> None:
    ends = ENDS + "anywhere:\n  withdraw: {by: applicant, to: withdrawn, except: [one]}\n"
    (withdraw,) = process(APPLY + "- {step: receive, kind: intake, by: clerk}", ends).anywhere
    assert [r.id for r in withdraw.by] == ["agent"]
    assert withdraw.except_at == ("apply", "receive", "receive_correction")


def test_all_problems_come_at_once_in_order_with_the_nearest_names() -> None:
    text = """
- {step: a, kind: reveiw, by: officer}
- {step: b, by: oficer, materials: [plam], on: {complete: {to: dome, when: aera > 3}}}
- {step: a, by: officer, different_person_from: [c], source: licensing_axt}
"""
    assert [line.split(" ", 2)[1:] for line in lines(text)] == [
        ["J120", "there is no kind “reveiw”. Did you mean “review”?"],
        ["J121", "there is no role “oficer”. Did you mean “officer”?"],
        ["J123", "there is no material “plam”. Did you mean “plan”?"],
        ["J202", "there is no step, stage or end “dome”. Did you mean “done”?"],
        ["J130", "There is no data field “aera”. Did you mean “area”?"],
        ["J201", "the id “a” is already used on line 14. Choose another id"],
        ["J127", "there is no step “c”. Known: a, b"],
        ["J124", "there is no source “licensing_axt”. Did you mean “licensing_act”?"],
    ]


def test_a_fault_in_a_condition_is_placed_inside_it() -> None:
    found = lines('- {step: a, by: officer, on: {complete: {when: "area > 3 && aera < 5"}}}')
    (line,) = found
    column = (
        '      - {step: a, by: officer, on: {complete: {when: "area > 3 && aera < 5"}}}'.index("aera") + 1
    )
    assert line.startswith(f"x.yaml:14:{column} J130 ")


def test_messages_are_chinese_for_chinese_readers() -> None:
    with pytest.raises(DefinitionError) as failure:
        process("- {step: a, by: officer, visits: two, withing: 3 days}")
    assert [p.line("zh").split(" ", 1)[1] for p in failure.value.problems] == [
        "J112 “two”的类型不对。应为整数",
        "J110 不认识的键“withing”。是否应为“within”？",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "- {step: a, by: officer, within: {promised: 3 days, expiry: {then: deem, event: complete}}}",
            "J137",
        ),
        (
            "- {step: a, by: officer, within: {statutory: 3 days, expiry: {then: deem, event: complet}}}",
            "J128",
        ),
        ("- {step: a, by: officer, within: {reading: 3 days}}", "J139"),
        ("- {step: a, by: officer, within: {}}", "J139"),
        ("- {step: a, by: officer, on: {complete: {else: {zh: 否, en: No}}}}", "J139"),
        ("- {step: a, by: officer, on: {complete: {after: 3 days, by: officer}}}", "J139"),
        ("- {step: a, by: officer, on: {complete: null}}", "J139"),
        ("- {step: a, by: officer, on: {odd: refused}}", "J111"),
        ("- {step: next, by: officer}", "J201"),
        ("- {each: e, in: area, as: x, steps: [{step: a, by: officer}]}", "J134"),
        ("- {each: e, in: offices, as: list, steps: [{step: a, by: officer}]}", "J134"),
        ("- {each: e, in: offices, as: area, steps: [{step: a, by: officer}]}", "J134"),
        ("- {call: c, process: demo/permit, on: {refused: [{to: refused}], not_accepted: declined}}", "J139"),
        (
            "- {choice: c, branches: ["
            "{branch: a, title: {zh: 甲, en: A}, when: area > 1, likelihood: 0.8},"
            " {branch: b, title: {zh: 乙, en: B}, likelihood: 0.3}]}",
            "J133",
        ),
        (
            "- {choice: c, branches: ["
            "{branch: a, title: {zh: 甲, en: A}}, {branch: a, title: {zh: 乙, en: B}}]}",
            "J133",
        ),
    ],
)
def test_parts_that_do_not_fit(text: str, code: str) -> None:
    assert code in {line.split(" ")[1] for line in lines(text)}
