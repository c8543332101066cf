"""Supervision and assessment (督查考核), computed by hand, and counts by state, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Engine
from jianban.engine.scoring import own_scoring, read_scoring
from jianban.engine.tallies import Tally
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError, JianbanError
from tests.engine.flows import agent, clerk, fire_officer, flow, officer

PERMIT = flow(
    """
    data:
      name: {title: {zh: 姓名, en: Name}, type: text, personal: true}
    stages:
      - stage: only
        title: {zh: 环节, en: Stage}
        steps:
          - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent}
          - step: receive
            title: {zh: 受理, en: Receive}
            kind: intake
            by: clerk
            within: {statutory: 5 working days, promised: 2 working days}
            on: {correct: {max: 2}}
          - step: opinion
            title: {zh: 消防意见, en: Opinion}
            kind: review
            by: fire_officer
            within: {statutory: 10 working days, expiry: {then: deem, event: pass}}
          - step: decide
            title: {zh: 决定, en: Decide}
            kind: decide
            by: officer
            within: {statutory: 10 working days, expiry: {then: escalate, role: head}}
    ends:
      done: {outcome: granted, title: {zh: 准予, en: Granted}}
      refused: {outcome: refused, title: {zh: 不予许可, en: Refused}}
      not_accepted: {outcome: not_accepted, title: {zh: 不予受理, en: Not accepted}}
    """,
    "test/permit",
)
MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 24)


def at(month: int, day: int) -> datetime:
    return datetime(2024, month, day, 9, tzinfo=BEIJING)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    numbers = count(1)
    with Engine.open(url, clock=lambda: at(4, 24), ids=lambda now: f"case-{next(numbers)}") as engine:
        yield engine


def start(engine: Engine, on: datetime, *events: tuple[str, Actor, datetime]) -> str:
    case = engine.start(PERMIT, actor=agent, data={"name": "甲"}, now=on).id
    for event, actor, when in (("apply.submit", agent, on), *events):
        answer = engine.fire(case, event, actor=actor, now=when)
        assert answer, answer
    return case


@pytest.fixture
def worked(engine: Engine) -> Engine:
    """Four cases. Working days: none from 4 to 6 April (Qingming), and Sunday the 7th is one."""
    start(
        engine,
        at(3, 4),
        ("receive.accept", clerk, at(3, 6)),  # 2 days of 5, on the last day of the promise
        ("opinion.pass", fire_officer, at(3, 13)),  # 5 of 10
        ("decide.approve", officer, at(3, 20)),  # 5 of 10
    )
    start(
        engine,
        at(3, 4),
        ("receive.correct", clerk, at(3, 5)),  # 1 of 5
        ("receive_correction.resubmit", agent, at(3, 6)),
        ("receive.correct", clerk, at(3, 11)),  # 3 of 5: the promise of 2 is broken; the second notice
        ("receive_correction.resubmit", agent, at(3, 12)),
        # 19 March: accepted by silence; 2 April: so was the opinion; 17 April: the decision is escalated
        ("decide.approve", officer, at(4, 19)),  # 12 of 10
    )
    start(
        engine,
        at(3, 4),
        ("receive.accept", clerk, at(3, 5)),  # 1 of 5
        ("opinion.pass", fire_officer, at(3, 6)),  # 1 of 10; then nobody decides: red, escalated on 20 March
    )
    start(engine, at(4, 19))  # the promise ended on 23 April: yellow
    engine.wake()
    return engine


def of(engine: Engine, id: str, since: date = MARCH, until: date = APRIL, by: str = "agency") -> Tally:
    found = {a.id: a.tally for a in engine.assessment(since, until, by=by).assessed}
    return found[id]


def test_an_office_is_counted_by_its_record(worked: Engine) -> None:
    tally = of(worked, "permit_office")
    assert (tally.cases, tally.steps, tally.limited, tally.late) == (3, 6, 6, 1)
    assert (tally.promised, tally.broken) == (4, 1)
    assert tally.mean_use == Fraction(31, 60)  # (2/5 + 1/2 + 1/5 + 3/5 + 12/10 + 1/5) / 6
    assert (tally.deemed, tally.corrections, tally.corrected, tally.repeated) == (1, 2, 1, 1)
    assert (tally.escalations, tally.escalated) == (2, 2)
    assert (tally.open, tally.yellow, tally.red) == (2, 1, 1)


def test_silence_is_an_offices_own(worked: Engine) -> None:
    tally = of(worked, "fire_office")
    assert (tally.cases, tally.steps, tally.late, tally.deemed) == (3, 2, 0, 1)
    assert (tally.mean_use, tally.escalations, tally.open) == (Fraction(3, 10), 0, 0)


def test_a_score_is_what_the_policy_leaves(worked: Engine) -> None:
    found = {a.id: a for a in worked.assessment(MARCH, APRIL).assessed}
    assert set(found) == {"fire_office", "permit_office"}  # neither applicants nor neighbours
    assert found["fire_office"].score == 100 - 20 * Fraction(1, 3)
    taken = found["permit_office"].deductions
    assert taken == {
        "late": 40 * Fraction(1, 6),
        "promise": 10 * Fraction(1, 4),
        "deemed": 20 * Fraction(1, 7),
        "repeated": 10,
        "escalated": 5 * Fraction(2, 3),
        "red": 10 * Fraction(1, 2),
        "yellow": 5 * Fraction(1, 2),
    }
    assert found["permit_office"].score == 100 - sum(taken.values())


def test_only_the_period_counts(worked: Engine) -> None:
    tally = of(worked, "permit_office", date(2024, 3, 11), date(2024, 3, 20))
    assert (tally.cases, tally.steps, tally.late, tally.deemed, tally.escalations) == (3, 2, 0, 1, 1)
    assert (tally.corrections, tally.repeated) == (1, 1)  # the first notice was before
    assert of(worked, "permit_office", date(2024, 4, 20)).cases == 0


@pytest.mark.parametrize(
    ("by", "id", "steps", "open"),
    [("role", "clerk", 4, 1), ("role", "officer", 2, 1), ("process", "test/permit", 8, 2)],
)
def test_roles_and_processes_are_assessed_too(
    worked: Engine, by: str, id: str, steps: int, open: int
) -> None:
    tally = of(worked, id, by=by)
    assert (tally.steps, tally.open) == (steps, open)


def test_erasing_a_name_leaves_the_assessment_as_it_was(worked: Engine) -> None:
    before = worked.assessment(MARCH, APRIL)
    assert worked.erase(case="case-1", actor=officer, reason="保存期满")
    assert worked.assessment(MARCH, APRIL) == before


def test_a_policy_may_be_another(worked: Engine, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        "title: {zh: 本市, en: Ours}\ndeductions:\n  late: {weight: 60, assumed: {zh: 本市规定, en: Ours}}\n",
        encoding="utf-8",
    )
    found = {a.id: a.score for a in worked.assessment(MARCH, APRIL, policy=file).assessed}
    assert found == {"fire_office": 100, "permit_office": 90}


@pytest.mark.parametrize(
    "body",
    [
        "title: {zh: 甲, en: A}\ndeductions: {late: {weight: 60}}\n",
        "title: {zh: 甲, en: A}\ndeductions: {late: {weight: -1, assumed: {zh: 甲, en: A}}}\n",
        "title: {zh: 甲, en: A}\ndeductions: {lateness: {weight: 1, assumed: {zh: 甲, en: A}}}\n",
        "title: {zh: 甲, en: A}\ndeductions: {late: {weight: 1, source: nowhere:1}}\n",
    ],
)
def test_a_wrong_policy_is_told(engine: Engine, tmp_path: Path, body: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(body, encoding="utf-8")
    with pytest.raises(DefinitionError):
        engine.assessment(MARCH, APRIL, policy=file)


def test_what_cannot_be_assessed_is_told(engine: Engine) -> None:
    for since, until, by in ((APRIL, MARCH, "agency"), (MARCH, APRIL, "colour")):
        with pytest.raises(JianbanError):
            engine.assessment(since, until, by=by)
    assert engine.assessment(MARCH, APRIL).assessed == ()


def states(engine: Engine, process: str) -> dict[str | None, tuple[int, str]]:
    counts = engine.count("state", process=process)
    return {c.by["state"]: (c.count, c.titles["state"].zh) for c in counts}


def test_problems_of_enterprises_are_counted_by_state(engine: Engine) -> None:
    process = "enterprise/four-services"
    visit, office = Actor("li", {"visit_group"}), Actor("wang", {"service_office"})
    handler, contact = Actor("zhao", {"problem_handler"}), Actor("sun", {"enterprise_contact"})
    on = at(3, 4)
    steps = [("visit.complete", visit), ("assign.complete", office), ("handle.complete", handler)]
    steps += [("notify", handler), ("rate.complete", contact)]
    for n in (0, 1, 2, 2, 5):
        case = engine.start(process, actor=visit, now=on).id
        for event, actor in steps[:n]:
            data = {"satisfied": True} if actor is contact else None
            answer = engine.fire(case, event, actor=actor, data=data, now=on)
            assert answer, answer
    suspended = engine.start(process, actor=visit, now=on).id
    assert engine.fire(suspended, "suspend", actor=office, reason="涉诉", now=on)
    assert states(engine, process) == {
        "ended:solved": (1, "已办结"),
        "open:collect": (2, "收集"),
        "open:handling": (2, "办理"),
        "suspended:suspend": (1, "因涉法涉诉暂停办理"),
    }


def test_supervision_items_are_counted_by_state(engine: Engine) -> None:
    process = "items/supervision"
    owner = Actor("li", {"item_owner"})
    for ours in (None, True, True, False):
        case = engine.start(process, actor=owner, now=at(3, 4)).id
        if ours is not None:
            assert engine.fire(case, "compare.complete", actor=owner, data={"ours": ours}, now=at(3, 4))
    assert states(engine, process) == {
        "ended:not_claimed": (1, "不予认领"),
        "open:claim": (1, "认领"),
        "open:enter": (2, "录入"),
    }
    by = engine.count("state", "agency", status="open")
    assert {c.by["state"]: c.count for c in by} == {"open:claim": 1, "open:enter": 2}
    assert all("agency" in c.titles for c in by)


def test_the_page_is_true(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/reference/assessment.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "assessment.md", "exec"), {})
    (policy,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "policy.yaml"
    file.write_text(policy, encoding="utf-8")
    scoring = read_scoring(file, Catalogue.default())
    assert scoring.weights == {"late": 60, "repeated": 20}
    rates = Tally(scoring.title).rates()
    assert [name for name in rates if f"`{name}`" not in page] == []
    own = own_scoring(Catalogue.default())
    assert (own.weights.keys(), sum(own.weights.values())) == (rates.keys(), 100)
