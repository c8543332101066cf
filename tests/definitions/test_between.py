"""Cases of the catalogue that tell each other, through the engine."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jianban.engine import Actor, Engine
from jianban.engine.refusals import Refused
from jianban.workflows.language.errors import JianbanError

NOW = datetime(2024, 3, 4, 9)


class Hall:
    """Cases in one database, moved by hand."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOW

    def start(self, process: str, role: str, subject: str | None = None, **data: Any) -> str:
        person = Actor(role, {role})
        answer = self.engine.start(process, data=data, actor=person, subject=subject, now=self.now)
        assert answer, answer
        return answer.id

    def fire(self, case: str, event: str, role: str, **data: Any) -> None:
        self.now += timedelta(minutes=1)
        answer = self.engine.fire(case, event, actor=Actor(role, {role}), data=data, now=self.now)
        assert answer, answer

    def stands(self, case: str) -> str:
        return ",".join(t.node for t in self.engine.case(case).state.tokens)


def hall() -> Hall:
    return Hall(Engine.open("sqlite://"))


def licence(at: Hall, code: str) -> str:
    case = at.start("licence/electronic@2022-03", "registrar")
    at.fire(case, "issue.complete", "registrar", credit_code=code)
    at.fire(case, "download.submit", "legal_representative")
    return case


def test_the_licence_shown_is_identity_in_another_process() -> None:
    at = hall()
    mine, other = licence(at, "9111"), licence(at, "9222")
    asked = at.start("licence/identity@2022-03", "business_agent")
    at.fire(asked, "ask.submit", "business_agent", credit_code="9111")
    at.fire(other, "hold.use", "legal_representative")
    assert at.stands(asked) == "show"
    at.fire(mine, "hold.authorise", "legal_representative")
    at.fire(
        mine,
        "authorise.submit",
        "legal_representative",
        scope=["login"],
        until=date(2024, 12, 31),
        authorised="张三",
    )
    at.fire(mine, "delegated.use", "licence_delegate", purpose="login")
    assert at.stands(asked) == "known"


def test_a_revocation_reaches_the_licence_it_concerns() -> None:
    at = hall()
    mine, other = licence(at, "9111"), licence(at, "9222")
    at.engine.publish("licence.revoked", data={"code": "9111"}, now=at.now)
    assert (at.stands(mine), at.stands(other)) == ("void", "hold")


def test_who_is_deregistered_has_no_electronic_licence_any_more() -> None:
    at = hall()
    mine, other = licence(at, "9111"), licence(at, "9222")
    case = at.start("deregistration/ex-officio@2024-07", "registrar", credit_code="9111", years_since=3)
    at.fire(case, "identify.pass", "registrar")
    at.now += timedelta(days=70)
    at.engine.wake(now=at.now)
    at.fire(case, "decide.approve", "registration_decider")
    at.fire(case, "announce_end.notify", "registrar")
    assert (at.stands(case), at.stands(mine), at.stands(other)) == ("deregistered", "void", "hold")


def test_who_is_deregistered_without_a_credit_code_reaches_no_licence_and_is_told_so() -> None:
    at = hall()
    mine = licence(at, "9111")
    case = at.start("deregistration/ex-officio@2024-07", "registrar", years_since=3)
    at.fire(case, "identify.pass", "registrar")
    at.now += timedelta(days=70)
    at.engine.wake(now=at.now)
    at.fire(case, "decide.approve", "registration_decider")
    registrar = Actor("registrar", {"registrar"})
    with pytest.raises(JianbanError, match="Give credit_code"):
        at.engine.fire(case, "announce_end.notify", actor=registrar, now=at.now)
    assert (at.stands(case), at.stands(mine)) == ("announce_end", "hold")
    at.fire(case, "announce_end.notify", "registrar", credit_code="9111")
    assert (at.stands(case), at.stands(mine)) == ("deregistered", "void")


def test_a_deregistration_opened_under_a_credit_code_voids_its_licence() -> None:
    at = hall()
    mine, other = licence(at, "9111"), licence(at, "9222")
    case = at.engine.start(
        "deregistration/ex-officio@2024-07",
        data={"years_since": 3},
        actor=Actor("registrar", {"registrar"}),
        business_key="9222",
        now=at.now,
    ).id
    at.fire(case, "identify.pass", "registrar")
    at.now += timedelta(days=70)
    at.engine.wake(now=at.now)
    at.fire(case, "decide.approve", "registration_decider")
    at.fire(case, "announce_end.notify", "registrar")
    assert (at.stands(mine), at.stands(other)) == ("hold", "void")


def test_what_is_done_before_a_project_is_approved_reaches_it_afterwards_all_of_it() -> None:
    at, code = hall(), "2024-340100-47-06"
    filing = at.start("investment/filing@2019-04", "developer", project_code=code)
    at.fire(filing, "obtain_code.submit", "developer")
    for _ in range(2):
        safety = at.start("construction/safety-supervision@2019-04", "developer", project_code=code)
        at.fire(safety, "apply.submit", "developer")
        at.fire(safety, "receive.pass", "safety_supervisor")
        at.fire(safety, "receipt.file", "safety_supervisor")
    at.fire(filing, "apply.submit", "developer", complete=True)
    at.fire(filing, "receive.file", "investment_officer")
    (link,) = at.engine.links(filing)
    assert [r.event for r in at.engine.case(link.case).history].count("item") == 2
    assert list(at.engine.verify()) == []


def test_a_repaired_record_is_taken_down_where_it_is_published() -> None:
    at = hall()
    published = []
    for record in ("甲字1号", "甲字2号"):
        case = at.start("credit/publicity@2017-10", "deciding_officer")
        at.fire(case, "push.complete", "deciding_officer", record=record, breach="general")
        at.fire(case, "check_record.pass", "credit_officer")
        at.fire(case, "publish.notify", "credit_officer")
        published.append(case)
    repair = at.start(
        "credit/repair@2023-05",
        "credit_subject",
        record="甲字1号",
        breach="general",
        months_published=3,
        corrected=True,
    )
    at.fire(repair, "apply.submit", "credit_subject")
    at.fire(repair, "receive.accept", "credit_officer")
    at.fire(repair, "verify.pass", "breach_unit_officer")
    at.fire(repair, "decide.approve", "credit_officer")
    at.fire(repair, "take_down.notify", "credit_officer")
    assert [at.stands(case) for case in published] == ["repaired", "open,publish_year,hear"]


def test_one_code_runs_from_the_filing_to_the_works() -> None:
    at = hall()
    filing = at.start("investment/filing@2019-04", "developer", project_code="2024-340100-47-01")
    assert at.engine.case(filing).business_key == "2024-340100-47-01"
    at.fire(filing, "obtain_code.submit", "developer")
    at.fire(filing, "apply.submit", "developer", complete=True)
    at.fire(filing, "receive.file", "investment_officer")
    (link,) = at.engine.links(filing)
    assert at.engine.case(link.case).business_key == "2024-340100-47-01"
    assert at.stands(link.case) == "report_start"
    at.engine.publish("construction.started", data={"project_code": "2024-000000-00-00"}, now=at.now)
    assert at.stands(link.case) == "report_start"
    permit = at.start(
        "construction/permit@2019-04",
        "developer",
        project_code="2024-340100-47-01",
    )
    ready = (
        "land_approved",
        "planning_permit",
        "contractor_chosen",
        "fire_design_ready",
        "funds_and_drawings",
        "safety_measures",
    )
    at.fire(permit, "apply.submit", "developer", **dict.fromkeys(ready, True))
    at.fire(permit, "intake.accept", "housing_officer")
    at.fire(permit, "quality_supervision.complete", "quality_supervisor")
    at.fire(permit, "examine.pass", "housing_officer")
    at.fire(permit, "decide.approve", "housing_decider")
    at.fire(permit, "deliver.deliver", "housing_officer")
    at.fire(permit, "start_works.complete", "developer")
    assert (at.stands(permit), at.stands(link.case)) == ("started", "report")


def test_the_first_receiver_hands_out_what_they_took_in() -> None:
    """首接负责: nobody else at the window does, until the case is handed over to them."""
    at = hall()
    case = at.start("services/one-window@2022-03", "founder")
    at.fire(case, "apply.submit", "founder")
    first, second = (Actor(name, {"stage_desk"}) for name in ("first", "second"))

    def act(event: str, actor: Actor, **data: Any) -> bool:
        at.now += timedelta(minutes=1)
        return bool(at.engine.fire(case, event, actor=actor, data=data, now=at.now))

    assert act("receive.accept", first)
    at.fire(case, "door.look_up.complete", "registrar", **{"class": "unlisted"})
    at.fire(case, "decide_licence.approve", "registrar")
    at.fire(case, "make_seals.complete", "seal_officer")
    at.fire(case, "issue_invoices.complete", "tax_officer")
    at.fire(case, "register_insurance.complete", "social_security_officer")
    assert not act("hand_out.deliver", second)
    assert at.engine.hand_over(case, to=second, actor=first, reason="调离窗口", now=at.now)
    assert [act("hand_out.deliver", actor) for actor in (first, second)] == [False, True]


def test_a_false_promise_bars_commitments_until_its_record_is_repaired() -> None:
    """信用修复: while the record is published no commitment is accepted from whom it concerns."""
    at = hall()

    def published() -> list[str]:
        found = at.engine.cases(process="credit/publicity", subject="甲店", status="open")
        return [case.id for case in found.items]

    def ask() -> str:
        return at.engine.start(
            "licensing/commitment@2022-01",
            actor=Actor("business_agent", {"business_agent"}),
            subject="甲店",
            now=at.now,
        ).id

    first = ask()
    at.fire(first, "apply.commit", "business_agent")
    at.fire(first, "decide.approve", "licensing_decider")
    at.fire(first, "verify.fail", "site_inspector")
    at.fire(first, "rectify.fail", "site_inspector")
    (record,) = published()
    at.fire(record, "push.complete", "deciding_officer", record="甲字1号", breach="general")
    at.fire(record, "check_record.pass", "credit_officer")
    at.fire(record, "publish.notify", "credit_officer")
    with pytest.raises(Refused, match="until repaired"):
        ask()
    repair = at.start(
        "credit/repair@2023-05",
        "credit_subject",
        "甲店",
        record="甲字1号",
        breach="general",
        months_published=3,
        corrected=True,
        false_promise=True,
    )
    for event, role in (
        ("apply.submit", "credit_subject"),
        ("receive.accept", "credit_officer"),
        ("verify.pass", "breach_unit_officer"),
        ("decide.approve", "credit_officer"),
        ("take_down.notify", "credit_officer"),
    ):
        at.fire(repair, event, role)
    assert at.stands(record) == "repaired"
    assert ask()


def test_a_government_project_approved_is_followed_under_its_code() -> None:
    at = hall()
    code = "2024-340100-47-03"
    project = at.start("investment/government@2019-07", "project_unit", simplified=True, project_code=code)
    at.fire(project, "obtain_code.submit", "project_unit")
    at.fire(project, "submit_study.submit", "project_unit")
    at.fire(project, "receive_study.accept", "investment_officer")
    at.fire(project, "decide_study.approve", "investment_decider")
    at.fire(project, "submit_design.submit", "project_unit", over_estimate=0.0)
    at.fire(project, "receive_design.accept", "investment_officer")
    at.fire(project, "decide_design.approve", "investment_decider")
    at.fire(project, "deliver.deliver", "investment_officer")
    (link,) = at.engine.links(project)
    assert at.engine.case(link.case).business_key == "2024-340100-47-03"
    assert at.stands(link.case) == "report_start"


def test_every_matter_of_a_project_reports_under_its_code() -> None:
    """一码运转: what is done under another code is no news of this project."""
    at = hall()
    ours, other = "2024-340100-47-01", "2024-340100-47-02"
    projects = [
        at.engine.start(
            "investment/monitoring@2019-04",
            actor=Actor("developer", {"developer"}),
            business_key=code,
            data={"project_code": code},
            now=at.now,
        ).id
        for code in (ours, other)
    ]
    filing = at.start("construction/safety-supervision@2019-04", "developer", project_code=ours)
    at.fire(filing, "apply.submit", "developer")
    at.fire(filing, "receive.pass", "safety_supervisor")
    at.fire(filing, "receipt.file", "safety_supervisor")
    told = [[r.event for r in at.engine.case(p).history].count("item") for p in projects]
    assert told == [1, 0]


def test_later_matters_carry_the_code_of_the_project_that_they_are_opened_for() -> None:
    """一码运转: nobody types the code again, and one code finds all that is done under it."""
    at, code = hall(), "2024-340100-47-04"
    project = at.start("investment/government@2019-07", "project_unit", project_code=code)
    at.fire(project, "obtain_code.submit", "project_unit")

    def open_for(process: str, business_key: str) -> str:
        actor = Actor("developer", {"developer"})
        return at.engine.start(process, actor=actor, business_key=business_key, now=at.now).id

    matters = ["construction/quality-supervision@2019-04", "construction/permit@2019-04"]
    opened = [open_for(process, code) for process in matters]
    stranger = open_for(matters[0], "2024-340100-47-05")
    assert [at.engine.case(case).data["project_code"] for case in opened] == [code, code]
    assert at.engine.case(stranger).data["project_code"] == ""
    assert {case.id for case in at.engine.cases(business_key=code).items} == {project, *opened}


def broken(at: Hall, subject: str) -> None:
    """A permit on a promise that turned out to be false."""
    case = at.start("licensing/commitment@2022-01", "business_agent", subject)
    at.fire(case, "apply.commit", "business_agent")
    at.fire(case, "decide.approve", "licensing_decider")
    at.fire(case, "verify.fail", "site_inspector")
    at.fire(case, "rectify.fail", "site_inspector")
    assert at.stands(case) == "revoked"


def repaired(at: Hall, subject: str) -> None:
    """Another record of the subject."""
    case = at.start(
        "credit/repair@2023-05",
        "credit_subject",
        subject,
        record="r1",
        breach="minor",
        months_published=3,
        corrected=True,
    )
    for event, role in (
        ("apply.submit", "credit_subject"),
        ("receive.accept", "credit_officer"),
        ("verify.pass", "breach_unit_officer"),
        ("decide.approve", "credit_officer"),
        ("take_down.notify", "credit_officer"),
    ):
        at.fire(case, event, role)


def test_what_is_said_of_a_false_promise_or_repaired_of_something_else_does_not_open_the_way() -> None:
    at = hall()
    broken(at, "9111")
    repaired(at, "9111")
    with pytest.raises(Refused, match="until repaired"):
        at.start("licensing/commitment@2022-01", "business_agent", "9111", promise_broken=False)
    at.start("licensing/commitment@2022-01", "business_agent", "9222")


def test_a_false_promise_is_forgotten_when_its_term_is_over() -> None:
    at = hall()
    broken(at, "9111")
    at.now = NOW.replace(year=2027, month=3, day=5)
    at.start("licensing/commitment@2022-01", "business_agent", "9111")
