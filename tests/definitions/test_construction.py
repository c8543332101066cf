"""Construction as the law has it: the figures of the definitions against the articles they come from."""

import json

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.durations import parse_duration
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Basis

PERMIT, SERIAL, PARALLEL = "permit@2019-04", "project-serial@2019-04", "project-parallel@2020-01"


def flow(key: str) -> Flow:
    return compile_process(Catalogue.default().process(f"construction/{key}"))


def step(key: str, id_: str) -> Step:
    found = flow(key).nodes[id_].step
    assert found is not None
    return found


def cites(basis: Basis) -> set[str]:
    return {f"{c.document.id}:{c.article}".removesuffix(":") for c in basis.citations}


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare([flow(SERIAL), flow(PARALLEL)])


def values(comparison: Comparison, measure_id: str) -> list[float]:
    """Serial and parallel, over the start dates of the same year."""
    rows = json.loads(comparison.render("json"))["measures"]
    return next(r["values"] for r in rows if r["id"] == measure_id)


LIMITS = [
    (PERMIT, "intake", "5 working days", None, "licensing_law:32"),
    (PERMIT, "decide", "7 days", "apply", "construction_law:8"),
    (PERMIT, "deliver", "7 days", "apply", "construction_law:8"),
    (PERMIT, "start_works", "3 months", None, "construction_law:9"),
    (SERIAL, "decide_site", "20 working days", None, "licensing_law:42"),
    (SERIAL, "decide_project", "20 working days", None, "project_regulation:10"),
    (SERIAL, "evaluate_project", "30 working days", None, "project_regulation:9"),
    (SERIAL, "decide_land", "20 working days", None, "licensing_law:42"),
    (SERIAL, "decide_planning", "20 working days", None, "licensing_law:42"),
    (SERIAL, "planning_hearing", "20 working days", None, "licensing_law:47"),
    (SERIAL, "decide_eia_report", "60 days", "apply_eia_report", "eia_law:22"),
    (SERIAL, "decide_eia_form", "30 days", "apply_eia_form", "eia_law:22"),
    (SERIAL, "decide_fire_design", "20 working days", None, "licensing_law:42"),
    (SERIAL, "decide_fire_acceptance", "20 working days", None, "licensing_law:42"),
    (SERIAL, "file_completion", "15 days", "completion_acceptance", "quality_regulation:49"),
    (SERIAL, "decide_title", "30 working days", "intake_title", "real_estate_regulation:20"),
    (PARALLEL, "decide_eia_report", "60 days", "apply_reviews", "eia_law:22"),
    (PARALLEL, "decide_eia_form", "30 days", "apply_reviews", "eia_law:22"),
    (PARALLEL, "file_completion", "15 days", "completion_acceptance", "quality_regulation:49"),
    (PARALLEL, "decide_title", "30 working days", "intake_title", "real_estate_regulation:20"),
]


@pytest.mark.parametrize(("key", "id_", "length", "start", "source"), LIMITS)
def test_limits(key: str, id_: str, length: str, start: str | None, source: str) -> None:
    limit = step(key, id_).limit
    assert limit is not None
    assert limit.statutory == parse_duration(length)
    assert limit.counted_from == start
    assert source in cites(limit.basis)


EXTENSIONS = [
    (SERIAL, "decide_project", "40 working days"),
    (SERIAL, "decide_land", "10 working days"),
    (SERIAL, "decide_planning", "10 working days"),
    (PERMIT, "decide", None),
]


@pytest.mark.parametrize(("key", "id_", "length"), EXTENSIONS)
def test_extensions(key: str, id_: str, length: str | None) -> None:
    """The Licensing Law's ten days; forty for the approval of projects; none to a permit's seven days."""
    limit = step(key, id_).limit
    assert limit is not None
    assert limit.extension == (parse_duration(length) if length else None)


GUIDES = [
    "intake_design",
    "decide_design",
    "intake_planning_check",
    "decide_planning_check",
    "decide_allocation",
    "review_drawings",
]


@pytest.mark.parametrize("id_", GUIDES)
def test_what_no_article_limits_has_an_assumed_limit(id_: str) -> None:
    """Ministries and cities set these limits; they are never shown as statute."""
    limit = step(SERIAL, id_).limit
    assert limit is not None
    assert limit.basis.assumed is not None
    assert cites(limit.basis) == set()


CONDITIONS = [
    ("land_approved", "construction_law:8"),
    ("!planning_permit_needed || planning_permit", "construction_law:8"),
    ("!demolition_needed || demolition_on_track", "construction_law:8"),
    ("contractor_chosen", "construction_law:8"),
    ("funds_and_drawings", "construction_law:8"),
    ("fire_design_ready", "fire_law:12"),
    ("safety_measures", "construction_law:8"),
]


def test_the_six_conditions_and_the_fire_safety_design() -> None:
    """Construction Law, article 8, items 1 to 6; Fire Law, article 12."""
    guard = next(e.guard for e in step(PERMIT, "examine").exits if e.event == "pass")
    assert guard is not None
    assert [p.expression for p in guard.parts] == [condition for condition, _ in CONDITIONS]
    for part, (_, source) in zip(guard.parts, CONDITIONS, strict=True):
        assert source in cites(part.basis)


def test_the_start_is_extended_twice_at_most() -> None:
    assert {e.event: e.max for e in step(PERMIT, "start_works").exits}["extend"] == 2


@pytest.mark.parametrize(
    ("id_", "source"),
    [
        ("consult_public", "eia_law:21"),
        ("evaluate_project", "project_regulation:9"),
        ("planning_hearing", "licensing_law:47"),
        ("publish_plan", "planning_law:40"),
        ("decide_planning_check", "planning_law:45"),
        ("completion_acceptance", "quality_regulation:16"),
        ("file_fire", "fire_law:13"),
        ("draw_fire", "fire_law:13"),
        ("intake_title", "real_estate_regulation:17"),
        ("view_property", "real_estate_regulation:19"),
    ],
)
@pytest.mark.parametrize("key", [SERIAL, PARALLEL])
def test_steps_the_law_gives_stand_in_both_variants(key: str, id_: str, source: str) -> None:
    assert source in cites(step(key, id_).basis)


@pytest.mark.parametrize("key", [SERIAL, PARALLEL])
@pytest.mark.parametrize(
    ("id_", "stops"), [("evaluate_project", True), ("planning_hearing", True), ("view_property", False)]
)
def test_what_does_not_count_towards_the_limit(key: str, id_: str, stops: bool) -> None:
    """Regulation on Projects, article 10; Licensing Law, article 45. Viewing a property counts."""
    assert step(key, id_).stops_clock is stops


@pytest.mark.parametrize("key", [SERIAL, PARALLEL])
def test_four_stages_each_with_a_lead(key: str) -> None:
    stages = flow(key).process.stages
    assert [s.title.zh for s in stages] == ["立项用地规划许可", "工程建设许可", "施工许可", "竣工验收"]
    assert all(s.lead for s in stages)


def test_joint_handling_takes_45_working_days_at_most() -> None:
    """Licensing Law, article 42: 45 working days, and 15 more; the title of stage 4 is not joint."""
    assert [s.limit for s in flow(SERIAL).process.stages] == [None] * 4
    limits = [s.limit for s in flow(PARALLEL).process.stages]
    assert limits[3] is None
    for limit in limits[:3]:
        assert limit is not None
        assert limit.statutory == parse_duration("45 working days")
        assert limit.extension == parse_duration("15 working days")
        assert cites(limit.basis) == {"licensing_law:42"}


def test_the_limit_of_the_whole_flow_is_a_promise_that_was_not_checked() -> None:
    limit = flow(PARALLEL).process.limit
    assert limit is not None
    assert (limit.statutory, limit.promised) == (None, parse_duration("120 working days"))
    assert [c.document.unverified for c in limit.promised_basis.citations] == [True]


LESS = [
    "days_statutory",
    "days_work",
    "visits",
    "materials",
    "materials_repeated",
    "steps_typical",
    "steps_longest",
    "interactions_unctad",
    "correction_loops",
    "effort",
]


@pytest.mark.parametrize("id_", LESS)
def test_the_parallel_flow_asks_less(comparison: Comparison, id_: str) -> None:
    serial, parallel = values(comparison, id_)
    assert parallel < serial


def test_the_joint_counter_is_one_more_agency() -> None:
    serial, parallel = (measure(flow(key))["agencies"] for key in (SERIAL, PARALLEL))
    assert {d.id for d in parallel.detail} - {d.id for d in serial.detail} == {"service_hall"}
    assert {d.id for d in serial.detail} - {d.id for d in parallel.detail} == set()


def test_what_the_applicant_must_still_do_is_the_same(comparison: Comparison) -> None:
    """Its own deadlines, 3 months to start and 15 days to file, are no concern of the reform."""
    serial, parallel = values(comparison, "days_applicant")
    assert serial == parallel > 0


def test_no_step_of_the_law_is_lost(comparison: Comparison) -> None:
    """Steps are merged or made parallel; the reform removes and adds none."""
    differences = json.loads(comparison.render("json"))["differences"]
    steps = [(d["kind"], d["base"], d["other"]) for d in differences if d["level"] == "step"]
    assert {kind for kind, _, _ in steps} == {"kept", "changed", "made_parallel", "merged"}
    merged = {tuple(other): base for kind, base, other in steps if kind == "merged"}
    assert merged["apply_land_use",] == [
        "apply_site", "apply_project", "file_project", "apply_land_granted", "apply_land_allocated",
    ]  # fmt: skip
    assert merged["decide_planning",] == ["decide_design", "decide_planning"]
    parallel = {other for kind, _, (other,) in steps if kind == "made_parallel"}
    assert {"decide_eia_form", "review_drawings", "decide_fire_design"} <= parallel
    assert {"decide_planning_check", "decide_fire_acceptance"} <= parallel


def test_quality_and_safety_are_merged_into_the_application_for_the_permit() -> None:
    pair = compare([flow("permit-separate@2019-04"), flow("permit-merged@2019-04")])
    differences = json.loads(pair.render("json"))["differences"]
    merged = [d for d in differences if d["level"] == "stage" and d["kind"] == "merged"]
    assert [(d["base"], d["other"]) for d in merged] == [
        (["quality", "safety", "application"], ["application"])
    ]
