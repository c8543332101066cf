"""What the pages' examples leave out: the other ways to be found, and what must not be found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jianban.workflows.analysis.reform import Item, advise
from jianban.workflows.analysis.reform.levels import demands, sets_licences
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Agency, Document, Level, Material, MaterialUse, PartyKind
from jianban.workflows.texts import Text

LISTING = """
process: test/listing
version: "1"
title: {{zh: {title}, en: Listing}}
source: {source}
data:
  fit: {{title: {{zh: 符合, en: Fit}}, type: bool, default: true}}
stages:
  - stage: entry
    title: {{zh: {stage}, en: Entry}}
    steps:
      - {{step: apply, title: {{zh: 提交材料, en: Hand in}}, kind: submit, by: {applicant}, {brings}}}
      - {{step: check, title: {{zh: {step}, en: Check}}, by: {officer}, {check}}}
{more}
ends:
  listed: {{outcome: granted, title: {{zh: 列入, en: Listed}}}}
  refused: {{outcome: refused, title: {{zh: 不予列入, en: Not listed}}{offers}}}
"""
PLAIN = {
    "title": "推荐产品",
    "stage": "办理",
    "step": "产品备案",
    "source": "project_approval_reform",
    "applicant": "agent",
    "officer": "registrar",
    "brings": "note: {zh: 申请, en: Apply}",
    "check": "kind: review",
    "more": "",
    "offers": "",
}


def found(code: str, text: str) -> list[Item]:
    return [item for item in advise(compile_process(load_text(text))).items if item.lint.code == code]


def listing(**changes: str) -> list[Item]:
    """What is found as disguised approvals in the plain listing, changed so."""
    return found("J501", LISTING.format(**{**PLAIN, **changes}))


def test_a_filing_that_can_be_refused_is_found_with_the_way_to_the_refusal() -> None:
    (item,) = listing()
    assert item.advice.node.id == "check"
    assert [title.zh for title in item.advice.path] == ["产品备案", "不通过", "不予列入"]
    assert (
        "国务院办公厅关于全面开展工程建设项目审批制度改革的实施意见》（规范性文件）" in item.advice.message.zh
    )
    assert "policy paper" in item.advice.message.en


@pytest.mark.parametrize(
    "name", ["登记", "注册", "目录", "规划", "年检", "年报", "监制", "认定", "认证", "审定", "专项计划"]
)
@pytest.mark.parametrize("place", ["step", "stage", "title"])
def test_every_name_counts_wherever_it_stands(name: str, place: str) -> None:
    (item,) = listing(**{"step": "审核", place: f"产品{name}"})
    assert f"“{name}”" in item.advice.message.zh


def test_a_filing_by_kind_counts_whatever_its_title() -> None:
    refusing = "kind: file, on: {reject: {title: {zh: 退回, en: Reject}, to: refused}}"
    assert len(listing(step="收件", check=refusing)) == 1


def test_a_refusal_by_data_that_the_officer_brings_is_found() -> None:
    choice = """
      - choice: fitness
        title: {zh: 是否符合, en: Fit?}
        branches:
          - {branch: unfit, title: {zh: 不符合, en: No}, when: "!fit", to: refused}
          - {branch: fit, title: {zh: 符合, en: Yes}, main: true}
"""
    check = "kind: task, within: {statutory: 5 days, expiry: {then: deem, event: complete}}"
    (item,) = listing(check=f"{check}, collects: [fit]", more=choice)
    assert [title.zh for title in item.advice.path] == ["产品备案", "完成", "是否符合", "不予列入"]
    assert listing(check=check, brings="collects: [fit]", more=choice) == []


def test_steps_between_the_act_and_the_end_are_told() -> None:
    told = "      - {step: tell, aside: true, kind: notify, by: registrar, on: {notify: refused}}"
    (item,) = listing(check="kind: review, on: {reject: tell}", more=told)
    assert [title.zh for title in item.advice.path] == ["产品备案", "不通过", "通知", "不予列入"]


def test_a_filing_that_waits_for_an_officer_is_found_and_one_that_silence_files_is_not() -> None:
    (item,) = listing(check="kind: file")
    assert item.advice.path == ()
    assert "不能继续" not in item.advice.message.zh
    assert "才能继续" in item.advice.message.zh
    deemed = "kind: file, within: {statutory: 1 working day, expiry: {then: deem, event: file}}"
    assert listing(check=deemed) == []
    assert listing(check="kind: publicity, lasts: 5 days") == []


@pytest.mark.parametrize(("join", "count"), [("all", 1), ("any", 0)])
def test_what_another_branch_can_stand_in_for_blocks_nothing(join: str, count: int) -> None:
    branches = f"""
      - parallel: either
        title: {{zh: 并行, en: Side by side}}
        join: {join}
        branches:
          - {{branch: filed, steps: [{{step: file, kind: file, by: registrar}}]}}
          - {{branch: told, steps: [{{step: tell, title: {{zh: 告知, en: Tell}}, by: agent}}]}}
"""
    assert len(listing(step="收件", check="kind: notify", more=branches)) == count


def test_only_what_itself_goes_by_such_a_name_must_not_wait() -> None:
    assert listing(step="审核", title="产品登记", check="kind: task") == []


LAWFUL_WAYS = "on: {pass: {source: 'fire_law:13'}, reject: {to: refused, source: 'fire_law:13'}}"
DEEMED = "within: {statutory: 1 day, expiry: {then: deem, event: pass}}"


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "审核"},
        {"source": "registration_regulation:19"},
        {"source": "[project_approval_reform, licensing_law:12]"},
        {"check": "kind: review, source: 'fire_law:13'"},
        {"check": f"kind: review, {LAWFUL_WAYS}"},
        {"applicant": "registrar"},
        {"officer": "agent"},
        {"check": f"kind: review, {DEEMED}", "offers": ", offers: deregistration/general"},
        {"step": "认定单位核实", "officer": "breach_unit_officer"},
        {"step": "备案通知", "check": "kind: notify"},
    ],
    ids=str,
)
def test_what_is_no_disguised_approval(changes: dict[str, str]) -> None:
    """Each differs in one thing from what is found."""
    assert listing(**changes) == []


def test_the_name_of_who_acts_is_left_out_of_a_title_only_where_they_act() -> None:
    (item,) = listing(step="认定单位核实")
    assert "“认定”" in item.advice.message.zh


def test_silence_alone_does_not_excuse_a_refusal() -> None:
    assert len(listing(check=f"kind: review, {DEEMED}")) == 1


def test_rules_that_are_no_statute_do_not_set_licences() -> None:
    (item,) = listing(source="registration_rules:46")
    assert "（规章）" in item.advice.message.zh


def document(level: Level | None) -> Document:
    return Document(id="d", title=Text("甲", "A"), level=level, in_force_from=date(2024, 3, 1))


def ending(day: date | None) -> Process:
    return Process(id="p", version="1", title=Text("甲", "A"), stages=(), ends=(), in_force_to=day)


@pytest.mark.parametrize("level", [None, *Level])
def test_the_licensing_law_decides_what_may_set_a_licence(level: Level | None) -> None:
    may = {Level.LAW, Level.REGULATION, Level.DECISION, Level.LOCAL_REGULATION}
    assert sets_licences(document(level), ending(None)) is (level in may)


@pytest.mark.parametrize(
    ("last", "may"), [(date(2025, 2, 28), True), (date(2025, 3, 1), False), (None, False)]
)
def test_provincial_rules_set_licences_for_a_year(last: date | None, may: bool) -> None:
    assert sets_licences(document(Level.PROVINCIAL_RULES), ending(last)) is may


@pytest.mark.parametrize("issued", [False, True])
def test_more_is_asked_of_a_proof_than_of_ones_own_paper(issued: bool) -> None:
    issuer = Agency(id="a", title=Text("甲", "A"), kind=PartyKind.GOVERNMENT) if issued else None
    use = MaterialUse(material=Material(id="m", title=Text("乙", "B"), issuer=issuer))
    assert demands(document(Level.RULES), use) is not issued
    assert demands(document(Level.LOCAL_REGULATION), use)
    assert not demands(document(Level.POLICY), use)


TWICE = """
process: test/twice
version: "1"
title: {{zh: 办理, en: Handling}}
source: licensing_law:42
data:
  large: {{title: {{zh: 大型, en: Large}}, type: bool, default: true}}
stages:
  - stage: one
    title: {{zh: 办理, en: Handling}}
    steps:
{steps}
      - {{step: decide, title: {{zh: 决定, en: Decide}}, kind: decide, by: registrar}}
ends:
  done: {{outcome: granted, title: {{zh: 准予, en: Granted}}}}
  refused: {{outcome: refused, title: {{zh: 不予, en: Refused}}}}
"""
FIRST = "{step: first, title: {zh: 提交, en: Hand in}, kind: submit, by: agent, materials: [MATERIAL]}"
LATER = FIRST.replace("step: first", "step: later")
BRANCHES = f"""
      - choice: size
        title: {{zh: 规模, en: Size}}
        branches:
          - {{branch: big, title: {{zh: 大, en: Big}}, when: large, steps: [{FIRST}]}}
          - {{branch: small, title: {{zh: 小, en: Small}}, main: true, steps: [{LATER}]}}
"""
ABREAST = f"""
      - parallel: both
        title: {{zh: 并联, en: Both}}
        branches:
          - {{branch: left, title: {{zh: 左, en: Left}}, steps: [{FIRST}]}}
          - {{branch: right, title: {{zh: 右, en: Right}}, steps: [{LATER}]}}
"""


def repeated(steps: str, material: str = "liquidation_report") -> list[str]:
    text = TWICE.format(steps=steps.replace("MATERIAL", material))
    return [item.advice.node.id for item in found("J504", text)]


def test_the_later_of_two_demands_is_found() -> None:
    assert repeated(f"      - {FIRST}\n      - {LATER}") == ["later"]
    assert repeated(ABREAST) == ["later"]


def test_branches_that_exclude_each_other_ask_once() -> None:
    assert repeated(BRANCHES) == []


def test_of_a_loop_what_is_declared_later_is_found() -> None:
    back = LATER.replace("kind: submit", "kind: submit, on: {revise: {to: first, max: 2}}")
    assert repeated(f"      - {FIRST}\n      - {back}") == ["later"]


def test_what_the_flow_leads_to_first_keeps_its_demand() -> None:
    aside = FIRST.replace("step: first", "step: first, aside: true, on: {submit: decide}")
    jump = LATER.replace("kind: submit", "kind: submit, on: {submit: next, return: first}")
    assert repeated(f"      - {aside}\n      - {jump}") == ["first"]


def test_an_application_form_is_made_out_anew_but_the_applicants_identity_is_not() -> None:
    both = f"      - {FIRST}\n      - {LATER}"
    assert repeated(both, "deregistration_application") == []
    assert repeated(both, "tax_clearance_application") == []
    assert repeated(both, "identity_proof") == ["later"]


def test_optional_and_shared_materials_are_not_demanded() -> None:
    for form in ("optional: true", "shared: true"):
        text = TWICE.format(
            steps=f"      - {FIRST}".replace("MATERIAL", f"{{material: tax_invoices, {form}}}")
        )
        assert advise(compile_process(load_text(text))).items == ()


def test_what_comes_out_later_is_not_to_be_passed_on() -> None:
    clear = (
        "{step: clear, title: {zh: 清税, en: Clear}, by: tax_officer, produces: [tax_clearance_certificate]}"
    )
    ask = FIRST.replace("MATERIAL", "tax_clearance_certificate")
    after = TWICE.format(steps=f"      - {clear}\n      - {ask}")
    before = TWICE.format(steps=f"      - {ask}\n      - {clear}")
    assert [item.advice.node.id for item in found("J505", after)] == ["first"]
    assert found("J505", before) == []


def test_a_called_process_answers_for_itself_and_the_caller_for_what_both_ask() -> None:
    serial = advise(compile_process(Catalogue.default().process("construction/project-serial")))
    inside = {
        (item.lint.code, material.id)
        for item in serial.items
        if item.advice.node.id == "permit.apply" and (material := item.advice.material)
    }
    assert inside == {("J504", "fire_design"), ("J505", "reviewed_drawings")}


NESTED = """
process: test/{id}
version: "1"
title: {{zh: 流程, en: A process}}
source: licensing_law:42
stages:
  - stage: one
    title: {{zh: 办理, en: Handling}}
    steps:
      - {{step: ask, title: {{zh: 申请, en: Apply}}, kind: submit, by: agent, materials: [{material}]}}
{calls}
ends:
  done: {{outcome: granted, title: {{zh: 办结, en: Done}}}}
"""


def test_a_demand_repeated_within_a_called_process_is_told_by_that_alone(tmp_path: Path) -> None:
    chain = {"outer": "middle", "middle": "inner", "inner": None}
    for id_, called in chain.items():
        calls = f"      - {{call: {called}, process: test/{called}, on: {{done: next}}}}" if called else ""
        material = "form_of_outer" if id_ == "outer" else "report"
        text = NESTED.format(id=id_, calls=calls, material=material)
        (tmp_path / "test").mkdir(exist_ok=True)
        (tmp_path / "test" / f"{id_}@1.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "materials.yaml").write_text(
        "report: {title: {zh: 报告, en: Report}}\nform_of_outer: {title: {zh: 表, en: Form}}\n",
        encoding="utf-8",
    )
    catalogue = Catalogue(tmp_path, base=Catalogue.default())
    told = {
        id_: [i.advice.node.id for i in advise(compile_process(catalogue.process(f"test/{id_}"))).items]
        for id_ in chain
    }
    assert told == {"outer": [], "middle": ["inner.ask"], "inner": []}
