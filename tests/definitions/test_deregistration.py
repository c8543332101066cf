"""Deregistration as the law has it: the figures of the definitions against the articles they come from."""

import json
from datetime import date

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.comparison import compare
from jianban.workflows.comparison.elements import Level
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.durations import parse_duration
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Basis


def flow(key: str) -> Flow:
    return compile_process(Catalogue.default().process(f"deregistration/{key}"))


def step(key: str, id_: str) -> Step:
    found = flow(key).nodes[id_].step
    assert found is not None
    return found


def cites(basis: Basis) -> set[str]:
    return {f"{c.document.id}:{c.article}".removesuffix(":") for c in basis.citations}


LIMITS = [
    ("general@2017-03", "form_group", "15 days", "company_law_2018:183"),
    ("general@2017-03", "file_group", "10 days", "company_registration_regulation:41"),
    ("general@2017-03", "notify_creditors", "10 days", "company_law_2018:185"),
    ("general@2017-03", "announce", "60 days", "company_law_2018:185"),
    ("general@2017-03", "apply", "30 days", "company_registration_regulation:42"),
    ("general@2017-03", "receive", "5 days", "company_registration_regulation:51"),
    ("general@2017-03", "decide", "15 days", "company_registration_regulation:53"),
    ("general@2022-03", "file_group", "10 days", "registration_regulation:32"),
    ("general@2022-03", "apply", "30 days", "registration_regulation:32"),
    ("general@2022-03", "decide", "3 working days", "registration_regulation:19"),
    ("general@2024-07", "publish_cause", "10 days", "company_law_2023:229"),
    ("general@2024-07", "form_group", "15 days", "company_law_2023:232"),
    ("general@2024-07", "notify_creditors", "10 days", "company_law_2023:235"),
    ("general@2024-07", "announce", "60 days", "company_law_2023:235"),
    ("simple@2017-03", "decide", "3 working days", "simple_deregistration_guidance"),
    ("simple@2022-03", "apply", "20 days", "registration_regulation:33"),
    ("simple@2022-03", "decide", "3 working days", "registration_regulation:19"),
    ("simple@2024-07", "apply", "20 days", "company_law_2023:240"),
    ("individual@2022-03", "tax_check", "10 days", "registration_regulation:33"),
    ("court@2022-03", "decide", "3 working days", "registration_regulation:19"),
]


@pytest.mark.parametrize(("key", "id_", "length", "source"), LIMITS)
def test_limits(key: str, id_: str, length: str, source: str) -> None:
    limit = step(key, id_).limit
    assert limit is not None
    assert limit.statutory == parse_duration(length)
    assert source in cites(limit.basis)


WAITS = [
    ("general@2017-03", "claim_period", "45 days", "company_law_2018:185"),
    ("general@2022-03", "claim_period", "45 days", "company_law_2018:185"),
    ("general@2024-07", "claim_period", "45 days", "company_law_2023:235"),
    ("simple@2017-03", "publicity", "45 days", "simple_deregistration_guidance"),
    ("simple@2021-08", "publicity", "20 days", "simple_deregistration_notice"),
    ("simple@2022-03", "publicity", "20 days", "registration_regulation:33"),
    ("simple@2024-07", "publicity", "20 days", "company_law_2023:240"),
]


@pytest.mark.parametrize(("key", "id_", "length", "source"), WAITS)
def test_waits(key: str, id_: str, length: str, source: str) -> None:
    wait = step(key, id_).wait
    assert wait is not None
    assert wait.effective == parse_duration(length)
    assert source in cites(wait.basis)


MATERIALS = [
    (
        "general@2022-03",
        "deregistration_application dissolution_decision liquidation_report tax_clearance_certificate",
    ),
    (
        "simple@2017-03",
        "deregistration_application authorisation_letter commitment_letter business_licence",
    ),
    ("simple@2022-03", "deregistration_application commitment_letter"),
    ("court@2022-03", "deregistration_application court_ruling court_appointment"),
]


@pytest.mark.parametrize(("key", "materials"), MATERIALS)
def test_materials_of_the_application(key: str, materials: str) -> None:
    """Rules, articles 46 and 47: what must be handed in; a paper licence goes back where there is one."""
    assert [m.material.id for m in step(key, "apply").materials if not m.optional] == materials.split()


def test_the_decision_can_be_extended_once() -> None:
    for key in ("general@2022-03", "simple@2022-03", "general@2024-07", "simple@2024-07"):
        limit = step(key, "decide").limit
        assert limit is not None
        assert limit.extension == parse_duration("3 working days")


@pytest.mark.parametrize("version", ["2017-03", "2022-03", "2024-07"])
def test_seven_stages_become_two(version: str) -> None:
    base, simple = flow(f"general@{version}"), flow(f"simple@{version}")
    assert [measure(f)["stages"].value for f in (base, simple)] == [7, 2]
    assert [s.title.zh for s in base.process.stages] == [
        "成立清算组", "公告通知", "登记债权", "清理财产", "分配财产", "清算报告", "办理注销",
    ]  # fmt: skip
    assert [s.title.zh for s in simple.process.stages] == ["公告通知加承诺", "办理注销"]


def test_the_comparison_merges_and_removes_what_the_commitment_stands_for() -> None:
    comparison = compare([flow("general@2022-03"), flow("simple@2022-03")])
    differences = json.loads(comparison.render("json"))["differences"]
    stages = [(d["kind"], d["base"], d["other"]) for d in differences if d["level"] == "stage"]
    assert stages == [
        ("merged", ["liquidation_group", "notice", "report"], ["notice_and_commitment"]),
        ("removed", ["claims"], []),
        ("removed", ["assets"], []),
        ("removed", ["distribution"], []),
        ("changed", ["deregister"], ["deregister"]),
    ]
    steps = {tuple(d["base"]): (d["kind"], d["other"]) for d in differences if d["level"] == "step"}
    assert steps["resolve", "form_group", "write_report", "confirm_report"] == ("merged", ["commit"])
    assert steps["notify_creditors", "announce"] == ("merged", ["publish"])
    assert steps["decide",] == ("kept", ["decide"])
    assert steps["inventory",] == ("removed", [])


def test_45_days_from_10_march_2017() -> None:
    assert WorkCalendar.china().end(date(2017, 3, 10), parse_duration("45 days")) == date(2017, 4, 24)


def test_the_simple_route_is_shorter_on_any_day() -> None:
    for version in ("2022-03", "2024-07"):
        general, simple = (
            measure(flow(f"{name}@{version}"))["days_statutory"] for name in ("general", "simple")
        )
        assert simple.value is not None
        assert general.value is not None
        assert simple.value < general.value


def test_pudong_states_only_its_notice_and_is_told_from_both_bases() -> None:
    """Against its base only the notice and the answers within it differ; against the base of that, what its
    base changed."""
    general, simple, pudong = flow("general@2017-03"), flow("simple@2021-08"), flow("simple-pudong@2021-10")
    (pair,) = compare([simple, pudong]).pairs
    changed = {d.other for d in pair.at(Level.STEP) if d.kind != "kept"}
    assert changed == {("publicity",), ("tax_check",), ("social_security_check",)}
    groups = [
        {(d.base, d.other) for d in compare([general, other], chain=[simple]).pairs[0].at(Level.STEP)}
        for other in (simple, pudong)
    ]
    assert groups[0] == groups[1]
