"""Which processes are service items, what their indicators are, and which thresholds they break."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from jianban.workflows.analysis.services.choice import family, in_force, newest_day
from jianban.workflows.analysis.services.judgement import breaches
from jianban.workflows.analysis.services.policy import NO_POLICY, own_policy, read_policy
from jianban.workflows.analysis.services.quantities import INDICATORS, WorkingDays
from jianban.workflows.analysis.services.survey import Item, Survey, survey
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from jianban.workflows.language.subjects import subject_titles
from jianban.workflows.language.terms import Duration, Unit
from tests.effort import examples
from tests.strategies import processes as any_process

CATALOGUE = Catalogue.default()
ON_THE_SPOT = """
process: test/spot
version: "1"
title: {zh: 测试, en: Test}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - {step: apply, kind: submit, by: business_agent, channel: online}
      - {step: check, kind: review, by: licensing_decider, on: {reject: null}}
      - {step: decide, kind: decide, by: licensing_decider, within: WITHIN, on: {refuse: null}}
ends: {done: {outcome: granted}}
"""


def counted(*words: str, **options: object) -> Survey:
    found = [p for p in CATALOGUE.processes() if not words or p.id in words or p.id.split("/")[0] in words]
    return survey(found, compile_process, **options)  # pyright: ignore[reportArgumentType]


def item(key: str) -> Item:
    process = CATALOGUE.process(key)
    (found,) = survey([process], compile_process, asked={process.key}, year=2024).total.items
    return found


def values(key: str) -> dict[str, object]:
    return {name: q.value for name, q in item(key).quantities.items()}


def test_items_are_counted_by_hand() -> None:
    assert values("licensing/optimised") == {
        "statutory": 35.0,  # 5 + 20 + 10 working days
        "promised": 12.0,  # 1 + 10 + 1
        "compression": 65.7,
        "materials": 2,
        "visits": 0,
        "online": True,
        "one_trip": True,
        "instant": False,
    }
    approval = values("licensing/approval")
    assert (approval["visits"], approval["online"], approval["one_trip"]) == (2, False, False)


def test_what_is_promised_is_decided_on_the_spot_and_what_is_filed_on_receipt() -> None:
    assert values("licensing/commitment")["instant"] is True
    assert values("licensing/filing")["instant"] is True
    assert values("construction/safety-supervision")["instant"] is False  # it is reviewed before


@pytest.mark.parametrize(
    ("within", "promised", "instant"),
    [
        ("0", 0.0, True),
        ("{statutory: 5 working days, promised: 0}", 0.0, True),
        ("5 working days", 5.0, False),
    ],
)
def test_what_is_said_to_be_done_on_the_spot_is_done_at_once(
    within: str, promised: float, instant: bool
) -> None:
    process = load_text(ON_THE_SPOT.replace("WITHIN", within), CATALOGUE, "test.yaml")
    (found,) = survey([process], compile_process, asked={process.key}, year=2024).total.items
    assert (found.value("promised"), found.value("instant")) == (promised, instant)


def test_a_promise_longer_than_the_law_is_compared_with_nothing() -> None:
    text = """
process: demo/permit
version: "1"
title: {zh: 许可, en: A permit}
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent}
      - step: receive
        kind: intake
        by: registrar
        within: {statutory: 5 working days, promised: 5 working days}
      - {step: decide, kind: decide, by: registrar, within: {promised: 10 working days}}
ends: {granted: {outcome: granted}, refused: {outcome: refused}, not_accepted: {outcome: not_accepted}}
"""
    (found,) = survey([load_text(text, CATALOGUE)], compile_process, year=2024).total.items
    values = {name: quantity.value for name, quantity in found.quantities.items()}
    assert (values["statutory"], values["promised"], values["compression"]) == (5.0, 15.0, None)


def test_what_keeps_an_item_from_being_done_online_is_told() -> None:
    barred = item("licensing/approval").quantities["online"].parts
    assert [p.id for p in barred] == ["apply", "deliver"]
    assert barred[0].note is not None
    assert barred[0].note.zh == "到现场 1 次"


def test_materials_name_the_step_that_asks_first() -> None:
    parts = item("services/one-by-one").quantities["materials"].parts
    assert [(p.id, p.note.zh if p.note else "") for p in parts] == [
        ("establishment_application", "申请营业执照"),
        ("identity_proof", "申请营业执照"),
        ("domicile_proof", "申请营业执照"),
        ("articles", "申请营业执照"),
        ("business_licence", "申请刻制公章"),
    ]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("inspection/random", "不是依申请办理"),
        ("items/inventory", "不是依申请办理"),
        ("deregistration/ex-officio", "不是依申请办理"),
        ("licensing/abolished", "不是依申请办理"),
    ],
)
def test_what_an_office_starts_is_no_service_item(key: str, reason: str) -> None:
    (left,) = counted(key).left
    assert left.reason.zh.startswith(reason)


def test_what_no_office_answers_is_no_service_item() -> None:
    text = """
process: demo/diary
version: "1"
title: {zh: 自查, en: A diary}
stages:
  - stage: one
    title: {zh: 自查, en: Check}
    steps: [{step: write, kind: submit, by: agent}]
ends: {done: {outcome: granted}}
"""
    (left,) = survey([load_text(text, CATALOGUE)], compile_process).left
    assert left.reason.en == "no office acts on what the applicant has brought"


def test_the_version_in_force_on_the_day_counts() -> None:
    for day, version in (("2018-01-01", "2017-03"), ("2023-06-01", "2022-03"), ("2025-01-01", "2024-07")):
        found = counted("deregistration/general", on=date.fromisoformat(day)).total.items
        assert [i.process.version for i in found] == [version]
    assert counted("deregistration/general", on=date(2010, 1, 1)).total.items == ()


def test_without_a_day_the_newest_law_counts_and_no_clock_is_read() -> None:
    found = counted("deregistration")
    assert found.on == newest_day(CATALOGUE.processes()) == date(2024, 7, 1)
    assert "deregistration/simple-pudong" not in {i.process.id for i in found.total.items}


def test_what_is_asked_for_counts_whatever_the_day() -> None:
    processes = [p for p in CATALOGUE.processes() if p.id == "deregistration/simple"]
    chosen, _ = in_force(processes, date(2025, 1, 1), {"deregistration/simple@2017-03"})
    assert [p.version for p in chosen] == ["2017-03", "2024-07"]


def test_the_best_of_a_family_stands_for_it() -> None:
    every, best = counted("licensing"), counted("licensing", alternatives="best")
    assert len(every.total.items) == 4
    assert [i.process.id for i in best.total.items] == ["licensing/filing"]
    assert sum("licensing/filing" in gone.reason.en for gone in best.left) == 3
    known = CATALOGUE.processes()
    assert family(CATALOGUE.process("inspection/joint"), known) == "inspection/random"


def test_every_process_is_counted_or_left_out() -> None:
    found = counted()
    keys = sorted([i.process.key for i in found.total.items] + [gone.process.key for gone in found.left])
    assert keys == sorted(CATALOGUE.index)
    assert [i for g in found.groups for i in g.items] == list(found.total.items)


def test_averages_and_rates() -> None:
    total = counted("licensing").total.overall
    assert (total["statutory"].value, total["statutory"].counted) == (17.5, 4)
    assert total["promised"].value == 11.8
    assert total["compression"].value == 32.9  # 1 - 47 / 70
    assert (total["online"].value, total["instant"].value) == (75.0, 50.0)


@pytest.fixture(scope="module")
def days() -> WorkingDays:
    first = date(2024, 1, 1).toordinal()
    return WorkingDays(WorkCalendar.china(), range(first, first + 366))


def test_periods_in_working_days(days: WorkingDays) -> None:
    assert days[Duration(20, Unit.WORKING_DAY)] == 20
    assert days[Duration(8, Unit.HOUR)] == 0
    # counted day by day on the calendar, without the class
    calendar, total = WorkCalendar.china(), 0
    for offset in range(366):
        start = date(2024, 1, 1) + timedelta(offset)
        end = start + timedelta(7)
        while not calendar.is_working(end):
            end += timedelta(1)
        total += sum(calendar.is_working(start + timedelta(i)) for i in range(1, (end - start).days + 1))
    assert days[Duration(7, Unit.DAY)] == pytest.approx(total / 366)


@examples(60)
@given(any_process())
def test_whatever_is_defined_is_counted_or_left_out(process: Process) -> None:
    found = survey([process], compile_process)
    assert len(found.total.items) + len(found.left) == 1
    for i in found.total.items:
        assert i.quantities.keys() == INDICATORS.keys()
        assert (i.value("visits") or 0) >= 0
        assert i.value("one_trip") is ((i.value("visits") or 0) <= 1)
        assert not i.value("online") or i.value("visits") == 0
        compression = i.value("compression")
        assert compression is None or 0 <= compression <= 100


GOOD = """
title: {zh: 要求, en: Policy}
overall: {visits: {at_most: 1, assumed: {zh: 假设, en: Assumed}}}
items: {visits: {at_most: 1, source: "business_env_regulation:36 “一次办结”"}}
processes: {licensing/approval: {visits: {at_most: 2, assumed: {zh: 假设, en: Assumed}}}}
"""


def policy_of(folder: Path, text: str):
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path, CATALOGUE)


def test_a_threshold_of_a_process_takes_the_place_of_that_of_each_item(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, GOOD)
    assert breaches(counted("licensing"), policy) == ()
    (broken,) = breaches(
        counted("services"), policy_of(tmp_path, GOOD.replace("at_most: 1, assumed", "at_most: 3, assumed"))
    )
    assert broken.item is not None
    assert (broken.item.process.id, broken.value, broken.threshold.bound) == ("services/one-by-one", 4, 1)
    assert [p.id for p in broken.causes] == [
        "apply_licence",
        "apply_seals",
        "apply_invoices",
        "apply_insurance",
    ]


def test_a_broken_average_names_the_items_beyond_it_worst_first(tmp_path: Path) -> None:
    broken, *_ = breaches(
        counted(), policy_of(tmp_path, GOOD.replace("at_most: 1, assumed", "at_most: 0.5, assumed"))
    )
    assert broken.item is None
    amounts = [p.value or 0 for p in broken.causes]
    assert amounts == sorted(amounts, reverse=True)
    assert broken.causes[0].id == "construction/project-serial"


def test_nothing_is_held_to_no_policy() -> None:
    assert breaches(counted(), NO_POLICY) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "said"),
    [
        ("{at_most: 1, assumed: {zh: 假设, en: Assumed}}", "{at_most: 1}", "J111", 3, "没有依据"),
        (
            "business_env_regulation:36 “一次办结”",
            "busines_env_regulation:36",
            "J124",
            4,
            "business_env_regulation",
        ),
        ("licensing/approval", "licensing/aproval", "J126", 5, "licensing/approval"),
        ("items: {visits: {at_most", "items: {visits: {at_least", "J110", 4, "at_least"),
        ("items: {visits", "items: {visit", "J110", 4, "visits"),
        ("at_most: 1, source", "at_most: -1, source", "J117", 4, "不得小于"),
        ("at_most: 1, source", "at_most: one, source", "J112", 4, "数"),
        ("at_most: 1, source", "at_most: .nan, source", "J117", 4, "有限"),
    ],
)
def test_what_is_wrong_with_a_policy_is_told_with_place_and_remedy(
    tmp_path: Path, old: str, new: str, code: str, line: int, said: str
) -> None:
    assert old in GOOD
    with pytest.raises(DefinitionError) as error:
        policy_of(tmp_path, GOOD.replace(old, new, 1))
    problem = error.value.problems[0]
    assert (problem.code, problem.position.line) == (code, line)
    assert said in problem.line("zh")


def test_the_shipped_policy_is_sound_and_every_subject_has_its_title() -> None:
    policy = own_policy(CATALOGUE)
    assert policy.overall.keys() >= {"promised", "compression", "materials", "online", "one_trip"}
    subjects = {key.split("/")[0] for key in CATALOGUE.index}
    assert subjects == subject_titles(CATALOGUE).keys()


def test_the_page_s_policy_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/reference/indicators.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    assert policy_of(tmp_path, text).items.keys() == {"visits", "promised"}
    assert [name for name in INDICATORS if f"| `{name}` |" not in page] == []
