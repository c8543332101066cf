"""Messages between stored cases, cases that open others, migrations, switches and delegations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from jianban.engine.access import CaseView
from jianban.engine.asked import Answer
from jianban.engine.clock import BEIJING
from jianban.engine.delegations import UnknownDelegation
from jianban.engine.engine import Actor, Engine, Refusal
from jianban.engine.fitting import Fit, Unfit
from jianban.engine.post import LinkKind
from jianban.engine.refusals import Rule
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.loader import load_text
from tests.engine.flows import agent, clerk, officer, steps
from tests.strategies import CATALOGUE

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
DAY = timedelta(days=1)
DATA = """
data:
  name: {title: {zh: 名称, en: Name}, type: text}
  score: {title: {zh: 分数, en: Score}, type: int}
"""
REPAIR = f"""
process: t/repair
version: "1"
title: {{zh: 信用修复, en: Repair}}
{DATA}
stages:
  - stage: only
    title: {{zh: 环节, en: Stage}}
    steps:
      - step: mend
        kind: review
        by: clerk
        on: {{left: {{message: caller.left, to: withdrawn, title: {{zh: 不再等候, en: Left}}}}}}
ends:
  granted: {{outcome: granted}}
  refused: {{outcome: refused}}
  withdrawn: {{outcome: withdrawn}}
"""
MAIN = f"""
process: t/main
version: "1"
title: {{zh: 主办件, en: Main}}
{DATA}
stages:
  - stage: only
    title: {{zh: 环节, en: Stage}}
    steps:
      - {{step: apply, kind: submit, by: agent, materials: [form]}}
      - {{call: repair, process: t/repair, as: case, by: clerk, on: {{refused: refused, withdrawn: refused}}}}
      - {{step: last, kind: task, by: clerk}}
ends:
  granted: {{outcome: granted, sends: [{{message: main.granted, data: [name]}}]}}
  refused: {{outcome: refused, offers: t/repair}}
  withdrawn: {{outcome: withdrawn}}
anywhere: {{withdraw: {{by: agent, to: withdrawn}}}}
"""
WAITING = steps(
    """
    - {step: apply, kind: submit, by: agent}
    - step: check
      kind: review
      by: clerk
      on:
        revoked: {message: licence.revoked, to: refused, title: {zh: 吊销, en: Revoked}}
        repaired:
          message: {name: credit.repaired, key: name, brings: {score: new_score}}
          title: {zh: 修复, en: Repaired}
    - {step: last, kind: task, by: clerk}
    """,
    DATA
    + """
ends:
  done: {outcome: granted}
  refused: {outcome: refused}
anywhere:
  suspend: {by: clerk, resume: {event: resume, by: clerk}, reason: required}
""",
)
BEFORE = steps(
    """
    - {step: apply, kind: task, by: agent, title: {zh: 申请, en: Apply}}
    - {step: check, kind: task, by: officer, within: 5 working days, title: {zh: 审查, en: Check}}
    - {step: last, kind: task, by: officer, title: {zh: 终, en: Last}}
    """,
    DATA,
)
AFTER = steps(
    """
    - {step: apply, kind: task, by: agent, title: {zh: 申请, en: Apply}}
    - {step: review, kind: task, by: officer, within: 9 working days, title: {zh: 审查, en: Check}}
    - {step: last, kind: task, by: officer, title: {zh: 终, en: Last}}
    """,
    DATA.replace("data:\n", "data:\n  first: {title: {zh: 新, en: New}, type: text}\n"),
)


@pytest.fixture
def engine(url: URL, tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "catalogue" / "t"
    folder.mkdir(parents=True)
    for file in CATALOGUE.folder.glob("*.yaml"):
        (folder.parent / file.name).write_text(file.read_text())
    (folder / "repair@1.yaml").write_text(REPAIR)
    (folder / "main@1.yaml").write_text(MAIN)
    numbers = count(1)
    with Engine.open(
        url,
        clock=lambda: NOW,
        ids=lambda now: f"id-{next(numbers):04}",
        definitions=Catalogue(folder.parent),
        resolver=People(),
    ) as engine:
        yield engine
        assert list(engine.verify()) == []


class People:
    def roles(self, actor: str, case: CaseView) -> Iterable[str]:
        return {"li": ["clerk"], "wang": ["officer"], "zhang": ["agent"]}.get(actor, [])


def waiting(engine: Engine, name: str, key: str | None = None) -> str:
    case = engine.start(WAITING, actor=agent, data={"name": name}, business_key=key)
    assert engine.fire(case.id, "submit", actor=agent)
    return case.id


def places(engine: Engine, case: str) -> list[str]:
    return [token.place for token in engine.case(case).steps]


def test_an_event_stands_though_the_id_of_the_case_it_opens_is_taken(engine: Engine) -> None:
    main = engine.start("t/main", actor=agent, id="main").id
    engine.start(WAITING, actor=agent, id="id-0001")
    engine.start(WAITING, actor=agent, id="id-0002")
    assert engine.fire(main, "submit", actor=agent)
    assert [(e.effect.to, e.status) for e in engine.effects(case=main)] == [("t/repair", "pending")]
    assert engine.links(main) == ()
    engine.worker({}).once()
    assert engine.effects(case=main)[0].status == "pending"
    engine.clock = lambda: NOW + DAY
    engine.worker({}).once()
    assert [link.case for link in engine.links(main)] == ["id-0003"]


def test_a_message_reaches_those_who_wait_under_its_key_once(engine: Engine) -> None:
    a, b, c = waiting(engine, "甲", "p1"), waiting(engine, "乙", "p1"), waiting(engine, "甲", "p2")
    told = engine.publish("credit.repaired", key="甲", data={"new_score": 9}, id="m1")
    assert (told.delivered, told.held, told.refused) == ((a, c), (), ())
    assert (engine.case(a).data["score"], places(engine, a), places(engine, b)) == (9, ["last"], ["check"])
    assert engine.publish("credit.repaired", key="甲", data={"new_score": 9}, id="m1").delivered == ()
    assert engine.publish("licence.revoked", key="p1").delivered == (b,)
    assert engine.case(b).end is not None


def test_a_message_without_a_key_is_for_all_that_wait(engine: Engine) -> None:
    cases = tuple(waiting(engine, str(n), f"p{n}") for n in range(3))
    assert engine.publish("licence.revoked").delivered == cases


def test_a_message_is_kept_as_long_as_it_says_for_those_who_begin_to_wait(engine: Engine) -> None:
    engine.publish("credit.repaired", key="甲", data={"new_score": 1}, keep=DAY)
    engine.publish("licence.revoked", key="p2")
    assert places(engine, waiting(engine, "甲", "p1")) == ["last"]
    assert places(engine, waiting(engine, "乙", "p2")) == ["check"]
    case = engine.start(WAITING, actor=agent, data={"name": "甲"})
    assert engine.fire(case.id, "submit", actor=agent, now=NOW + 2 * DAY)
    assert places(engine, case.id) == ["check"]


def test_a_suspended_case_gets_it_when_it_is_resumed(engine: Engine) -> None:
    case = waiting(engine, "甲", "p1")
    engine.fire(case, "suspend", actor=clerk, reason="r")
    assert engine.publish("licence.revoked", key="p1").held == (case,)
    assert places(engine, case) == ["check"]
    assert engine.fire(case, "resume", actor=clerk)
    assert engine.case(case).end is not None


def test_what_cannot_be_taken_is_told(engine: Engine) -> None:
    case = waiting(engine, "甲", "p1")
    ((refused, why),) = engine.publish("credit.repaired", key="甲", data={"new_score": "viel"}).refused
    assert (refused, isinstance(why, Refusal) and why.code) == (case, Rule.DATA)
    with pytest.raises(JianbanError):
        engine.publish("credit.repaired", data={"x": object()})


def test_a_host_that_rolls_back_has_published_nothing(engine: Engine) -> None:
    case = waiting(engine, "甲", "p1")
    with engine.store.transaction() as connection:
        assert engine.publish("licence.revoked", key="p1", connection=connection).delivered == (case,)
        connection.rollback()
    assert places(engine, case) == ["check"]


def called(engine: Engine) -> tuple[str, str]:
    case = engine.start("t/main", actor=agent, data={"name": "甲"}, business_key="p1", subject="co")
    assert engine.fire(case.id, "submit", actor=agent)
    (link,) = engine.links(case.id)
    assert (link.parent, link.kind, link.place, link.awaited) == (case.id, LinkKind.CALLED, "repair", True)
    return case.id, link.case


def test_a_called_case_is_opened_at_once_and_its_end_chooses_the_exit(engine: Engine) -> None:
    case, child = called(engine)
    opened = engine.case(child)
    assert (opened.data, opened.business_key, opened.subject) == ({"name": "甲"}, "p1", "co")
    assert places(engine, case) == ["repair"]
    assert engine.fire(child, "pass", actor=clerk, data={"score": 7})
    assert (places(engine, case), engine.case(case).data["score"]) == (["last"], 7)
    assert [x.awaited for x in engine.links(child)] == [False]
    assert [e.status.value for e in engine.effects(case=case)] == ["done"]


def test_a_called_case_that_is_refused_leads_to_the_exit_for_that(engine: Engine) -> None:
    case, child = called(engine)
    engine.fire(child, "reject", actor=clerk)
    end = engine.case(case).end
    assert end is not None
    assert end.id == "refused"


def test_a_called_case_is_told_when_nobody_waits_any_more(engine: Engine) -> None:
    case, child = called(engine)
    assert engine.fire(case, "withdraw", actor=agent)
    end = engine.case(child).end
    assert end is not None
    assert end.id == "withdrawn"
    assert [x.awaited for x in engine.links(case)] == [False]


def test_what_a_case_sends_reaches_others_in_the_same_commit(engine: Engine) -> None:
    listening = steps(
        """
        - step: listen
          kind: await
          by: clerk
          on: {go: {message: {name: main.granted, brings: {name: name}}, title: {zh: 走, en: Go}}}
        """,
        DATA,
    )
    other = engine.start(listening, actor=clerk, business_key="p1")
    case, child = called(engine)
    engine.fire(child, "pass", actor=clerk)
    assert engine.fire(case, "complete", actor=clerk)
    assert (engine.case(other.id).data, engine.case(other.id).end is not None) == ({"name": "甲"}, True)


def test_what_is_too_much_for_one_commit_is_left_to_a_worker(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jianban.engine.correspondence.LETTERS", 0)
    case = engine.start("t/main", actor=agent, data={"name": "甲"})
    assert engine.fire(case.id, "submit", actor=agent)
    assert engine.links(case.id) == ()
    (effect,) = engine.effects(case=case.id)
    assert effect.status.value == "pending"
    for _ in range(2):  # at least once, under the same key
        engine.talking()["open"](effect)
    (link,) = engine.links(case.id)
    monkeypatch.undo()
    engine.fire(link.case, "pass", actor=clerk)
    assert places(engine, case.id) == ["last"]


def moved(engine: Engine) -> str:
    case = engine.start(BEFORE, actor=agent, data={"name": "甲"})
    assert engine.fire(case.id, "apply.complete", actor=agent)
    return case.id


def test_cases_are_previewed_and_migrated_in_bulk_each_wholly(engine: Engine) -> None:
    one, two = moved(engine), moved(engine)
    at_apply = engine.start(BEFORE, actor=agent).id
    fits = {p.case: (p.fit, p.moved) for p in engine.preview(BEFORE.hash, to=AFTER)}
    assert fits == {one: (Fit.DECIDE, ()), two: (Fit.DECIDE, ()), at_apply: (Fit.MAPS, ())}
    mapping = {"check": "review"}
    preview = engine.preview([one], to=AFTER, mapping=mapping)
    assert [(p.fit, p.moved) for p in preview] == [(Fit.MAPS, (("check", "review"),))]
    done = engine.migrate(BEFORE.hash, to=AFTER, actor=officer, reason="new law")
    assert [(m.case, type(m.answer)) for m in done] == [(one, Unfit), (two, Unfit), (at_apply, Answer)]
    done = engine.migrate(BEFORE.hash, to=AFTER, actor=officer, reason="new law", mapping=mapping, key="k")
    assert [bool(m.answer) for m in done] == [True, True]
    assert (engine.case(one).definition, places(engine, one)) == (AFTER.hash, ["review"])
    (again,) = engine.migrate([one], to=AFTER, actor=officer, reason="new law", mapping=mapping, key="k")
    assert isinstance(again.answer, Answer)
    assert again.answer.repeated
    assert engine.fire(one, "review.complete", actor=officer)


def test_a_migration_is_undone(engine: Engine) -> None:
    case = moved(engine)
    before = engine.case(case).state
    mapping = {"check": "review"}
    engine.migrate([case], to=AFTER, actor=officer, reason="new law", mapping=mapping)
    assert all(m.answer for m in engine.undo_migration([case], actor=officer, reason="too early"))
    assert (engine.case(case).state, engine.case(case).definition) == (before, BEFORE.hash)
    (more,) = engine.undo_migration([case], actor=officer, reason="again")
    assert isinstance(more.answer, Unfit)
    engine.migrate([case], to=AFTER, actor=officer, reason="new law", mapping=mapping)
    engine.fire(case, "complete", actor=officer)
    assert all(m.answer for m in engine.undo_migration([case], actor=officer, reason="after all"))
    assert (places(engine, case), engine.case(case).process) == (["last"], BEFORE.process.key)


def test_a_key_and_a_record_of_before_the_migration_are_still_read(engine: Engine) -> None:
    case = engine.start(BEFORE, actor=agent, data={"name": "甲"}, key="s").id
    first = engine.fire(case, "apply.complete", actor=agent, data={"score": 3}, key="k")
    assert isinstance(first, Answer)
    engine.migrate([case], to=AFTER, actor=officer, reason="new law", mapping={"check": "review"})
    assert engine.fire(case, "apply.complete", actor=agent, data={"score": 3}, key="k") == first._replace(
        repeated=True
    )
    assert engine.start(BEFORE, actor=agent, data={"name": "甲"}, key="s").id == case
    assert engine.case(case).brought(first.records[0]) == {"score": 3}
    assert [e.definition for e in engine.entries(case)] == [BEFORE.hash, BEFORE.hash, AFTER.hash]


@pytest.mark.parametrize("undone", [False, True])
def test_a_called_case_still_answers_after_its_caller_was_migrated(engine: Engine, undone: bool) -> None:
    case, child = called(engine)
    other = MAIN.replace('version: "1"', 'version: "2"').replace("call: repair", "call: mend_first")
    to = load_text(other, engine.library.catalogue, "main.yaml")
    (m,) = engine.migrate([case], to=to, actor=officer, reason="r", mapping={"repair": "mend_first"})
    assert m.answer
    if undone:
        (m,) = engine.undo_migration([case], actor=officer, reason="r")
        assert m.answer
    assert engine.fire(child, "pass", actor=clerk)
    assert places(engine, case) == ["last"]


def test_a_case_goes_on_under_another_process_with_what_it_has(engine: Engine) -> None:
    case, child = called(engine)
    with pytest.raises(JianbanError):
        engine.switch(case, actor=agent)
    engine.fire(child, "reject", actor=clerk, data={"score": 2})
    other = engine.switch(case, actor="zhang")
    assert (other.process, other.data, other.business_key) == ("t/repair@1", {"name": "甲", "score": 2}, "p1")
    assert engine.switch(case, actor="zhang").id == other.id
    assert [(x.parent, x.kind) for x in engine.links(other.id)] == [(case, LinkKind.SWITCHED)]
    assert [(m.id, m.case) for m in engine.materials(other.id)] == [("form", case)]


def test_actors_by_name_have_the_roles_that_the_host_gives(engine: Engine) -> None:
    case = moved(engine)
    assert not engine.fire(case, "complete", actor="li")
    assert [o.event for o in engine.options(case, actor="wang") if o.refusal is None] == ["complete"]
    assert engine.fire(case, "complete", actor="wang")


def test_a_delegation_lets_another_act_until_it_ends_or_is_revoked(engine: Engine) -> None:
    case = moved(engine)
    given = engine.delegate("wang", "sun", end=NOW + 5 * DAY, by="wang", cases=[case], reason="away")
    assert engine.delegate("wang", "sun", end=NOW + 5 * DAY, by="wang", cases=[case], id=given.id) == given
    sun = engine.actor("sun", case=case, under=given.id)
    late = engine.fire(case, "complete", actor=sun, now=NOW + 6 * DAY)
    assert (isinstance(late, Refusal) and late.code) == Rule.DELEGATION
    other = engine.fire(moved(engine), "complete", actor=sun)
    assert (isinstance(other, Refusal) and other.rule) == given.id
    answer = engine.fire(case, "complete", actor=sun)
    assert isinstance(answer, Answer)
    assert [(r.actor, r.behalf, r.delegation) for r in answer.records] == [("sun", "wang", given.id)]
    engine.revoke_delegation(given.id, by="boss", reason="back")
    assert not engine.fire(case, "complete", actor=sun)
    (kept,) = engine.delegations(receiver="sun")
    assert (kept.by, kept.reason, kept.revoked_by, kept.revoked_reason) == ("wang", "away", "boss", "back")
    assert engine.delegations(giver="wang", at=NOW + DAY) == []


def test_wrong_delegations_are_errors(engine: Engine) -> None:
    given = engine.delegate("wang", "sun", end=NOW + DAY, by="wang")
    for wrong in (
        lambda: engine.delegate("wang", "wang", end=NOW + DAY, by="wang"),
        lambda: engine.delegate("wang", "sun", end=NOW - DAY, by="wang"),
        lambda: engine.delegate("wang", "li", end=NOW + DAY, by="wang", id=given.id),
        lambda: engine.actor("li", under=given.id),
    ):
        with pytest.raises(JianbanError):
            wrong()
    with pytest.raises(UnknownDelegation):
        engine.revoke_delegation("none", by="wang")
    made_up = Actor("sun", ["officer"], given)
    assert engine.fire(moved(engine), "complete", actor=made_up)


@pytest.mark.parametrize("undone", [False, True])
def test_an_answer_held_for_a_case_finds_it_where_it_waits_since_it_was_migrated(
    engine: Engine, undone: bool
) -> None:
    anywhere = "anywhere: {suspend: {by: officer, resume: {event: resume, by: officer}}, withdraw"
    first, then = (
        load_text(text.replace("anywhere: {withdraw", anywhere), engine.library.catalogue, "main.yaml")
        for text in (
            MAIN,
            MAIN.replace('version: "1"', 'version: "2"').replace("call: repair", "call: mend_it"),
        )
    )
    case = engine.start(first, actor=agent, data={"name": "甲"}).id
    assert engine.fire(case, "submit", actor=agent)
    assert engine.fire(case, "suspend", actor=officer)
    assert engine.fire(engine.links(case)[0].case, "pass", actor=clerk)
    (m,) = engine.migrate([case], to=then, actor=officer, reason="r", mapping={"repair": "mend_it"})
    assert m.answer
    assert list(engine.verify()) == []
    if undone:
        (m,) = engine.undo_migration([case], actor=officer, reason="r")
        assert m.answer
    assert engine.fire(case, "resume", actor=officer)
    assert places(engine, case) == ["last"]


def test_two_calls_that_change_places_keep_their_own_answers(engine: Engine) -> None:
    line = next(line for line in MAIN.splitlines(keepends=True) if "call: repair" in line)
    calls = (line.replace("repair,", f"{id},", 1).replace("- ", "", 1).strip() for id in ("one", "two"))
    branches = ", ".join(f"{{branch: {c[7:10]}_, steps: [{c}]}}" for c in calls)
    twice = f"      - {{parallel: both, title: {{zh: 并联, en: Both}}, branches: [{branches}]}}\n"
    before = MAIN.replace(line, twice)
    after = before.replace('version: "1"', 'version: "2"')
    after = after.replace("call: one", "call: other").replace("call: two", "call: one")
    after = after.replace("call: other", "call: two")
    first, then = (load_text(text, engine.library.catalogue, "main.yaml") for text in (before, after))
    case = engine.start(first, actor=agent, data={"name": "甲"}).id
    assert engine.fire(case, "submit", actor=agent)
    child = {link.place: link.case for link in engine.links(case)}
    mapping = {"one": "two", "two": "one"}
    (m,) = engine.migrate([case], to=then, actor=officer, reason="r", mapping=mapping)
    assert m.answer
    assert {link.place: link.case for link in engine.links(case)} == {
        "two": child["one"],
        "one": child["two"],
    }
    assert engine.fire(child["one"], "pass", actor=clerk)
    assert places(engine, case) == ["one"]
