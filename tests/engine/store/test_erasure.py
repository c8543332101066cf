"""Personal data is kept beside the record and can be erased without breaking it, in every store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.effects.rows import effect_of, erased_body
from jianban.engine.engine import Actor, Answer, Engine, KeyReused, Refusal
from jianban.engine.refusals import Rule
from jianban.engine.state import RecordKind
from jianban.engine.store.tables import effects
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, neighbour, officer, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
clerk = Actor("archivist", [])
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [phone, age]}
    - {step: hear, title: {zh: 听取意见, en: Hear}, kind: task, by: neighbour, collects: [phone]}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer,
       on: {complete: {to: file, when: "age >= 18", title: {zh: 通过, en: Pass}}}}
    - {step: file, title: {zh: 归档, en: File}, kind: task, by: officer,
       on: {back: {to: file, when: "age >= 60", max: 2, title: {zh: 再来, en: Again}}}}
    """,
    """
    data: {phone: {type: text, personal: true, title: {zh: 电话, en: Phone}},
      age: {type: int, personal: true, title: {zh: 年龄, en: Age}},
      area: {type: number, title: {zh: 面积, en: Area}}}
    """,
)
PHONE, OTHER = "13912345678", "18687654321"


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    with Engine.open(url, clock=lambda: NOW) as engine:
        yield engine


def brought(engine: Engine, subject: str = "co-1") -> str:
    """A case with data of two people in it."""
    case = engine.start(FLOW, actor=agent, data={"area": 1.5}, key=f"start-{subject}", subject=subject).id
    data = {"phone": PHONE, "age": 70}
    assert engine.fire(case, "apply.complete", actor=agent, data=data, reason="电话由张三提供", key="k1")
    assert engine.fire(case, "hear.complete", actor=neighbour, data={"phone": OTHER}, key="k2")
    return case


def bodies(engine: Engine, case: str) -> bytes:
    return b"".join(row.body for row in engine.store.entries(case))


def test_entries_seal_it_and_readers_see_it(engine: Engine) -> None:
    case = brought(engine)
    kept = bodies(engine, case).decode()
    assert PHONE not in kept
    assert "张三" not in kept
    assert '"age":{"sealed"' in kept
    assert engine.case(case).data == {"phone": OTHER, "age": 70, "area": 1.5}
    record = next(r for r in engine.case(case).history if r.kind is RecordKind.FIRED)
    assert record.reason == "电话由张三提供"
    assert engine.case(case).brought(record) == {"phone": PHONE, "age": 70}
    assert list(engine.verify()) == []


def test_a_seal_is_what_is_documented(engine: Engine) -> None:
    from hashlib import sha256

    case = brought(engine)
    record = json.loads(bodies(engine, case)[0:0] or list(engine.store.entries(case))[1].body)["records"][0]
    row = next(p for p in engine.store.personal(case) if p.ref == "2/1/data/phone")
    assert row.value == f'"{PHONE}"'.encode()
    assert (row.owner, len(row.salt)) == (agent.id, 16)
    assert record["data"]["phone"] == {"sealed": sha256(row.salt + row.value).hexdigest()}


SENDING = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [phone]}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, sends: [{notify: officer,
       text: {zh: "请致电{phone}", en: "Call {phone}"}}, {webhook: crm, data: [phone]}],
       on: {back: {to: apply, max: 2, title: {zh: 退回, en: Back}}}}
    """,
    "data: {phone: {type: text, personal: true, title: {zh: 电话, en: Phone}}}",
)


def sent(engine: Engine) -> str:
    """A case that has sent personal data."""
    case = engine.start(SENDING, actor=agent).id
    engine.fire(case, "apply.complete", actor=agent, data={"phone": PHONE})
    assert PHONE in str(engine.effects(case=case))
    return case


def test_what_was_sent_is_erased_too(engine: Engine) -> None:
    case = sent(engine)
    engine.erase(case=case, actor=clerk, reason="保存期限届满")
    found = engine.effects(case=case)
    assert [o.effect.text.zh for o in found] == ["已删除", "已删除"]
    assert PHONE not in str(found)


def test_what_earlier_versions_left_is_told_and_erased_by_erasing_again(engine: Engine) -> None:
    case = sent(engine)
    body = select(effects.c.body).where(effects.c.n == 1)
    put = update(effects).where(effects.c.n == 1)
    with engine.store.transaction() as connection:
        full = connection.execute(body).scalar_one()
    engine.erase(case=case, actor=clerk, reason="保存期限届满")
    with engine.store.transaction() as connection:
        empty = connection.execute(body).scalar_one()
        connection.execute(put.values(body=full))
    (broken,) = engine.verify()
    assert (broken.seq, "Erase the personal data of the case again" in broken.text.en) == (2, True)
    assert engine.erase(case=case, actor=clerk, reason="再次") == []
    assert list(engine.verify()) == []
    assert PHONE not in str(engine.effects(case=case))
    with engine.store.transaction() as connection:
        connection.execute(put.values(body=empty.replace(b"check", b"apply")))
    (broken,) = engine.verify()
    assert "was changed" in broken.text.en
    assert "Erase" not in broken.text.en


def test_what_was_emptied_with_nothing_erased_is_told(engine: Engine) -> None:
    sent(engine)
    with engine.store.transaction() as connection:
        row = connection.execute(select(effects).where(effects.c.n == 1)).one()
        empty = erased_body(effect_of(row.kind, row.to, row.body))
        connection.execute(update(effects).where(effects.c.n == 1).values(body=empty))
    (broken,) = engine.verify()
    assert (broken.seq, "no entry says that they were erased" in broken.text.en) == (2, True)


def test_erasing_again_leaves_alone_what_was_sent_since(engine: Engine) -> None:
    case = sent(engine)
    engine.erase(case=case, actor=clerk, reason="本人要求")
    engine.fire(case, "back", actor=officer)
    assert engine.fire(case, "apply.complete", actor=agent, data={"phone": OTHER})
    assert engine.erase(case=case, owner=neighbour.id, actor=clerk, reason="无") == []
    assert OTHER in str(engine.effects(case=case))
    assert list(engine.verify()) == []


def test_erasing_removes_it_everywhere_and_keeps_the_chain(engine: Engine) -> None:
    case = brought(engine)
    (answer,) = engine.erase(case=case, actor=clerk, reason="保存期限届满")
    (record,) = answer.records
    assert (record.kind, record.target, record.reason) == (
        RecordKind.ERASED,
        "age, phone, reason",
        "保存期限届满",
    )
    found = engine.case(case)
    assert found.data == {"area": 1.5}
    assert all(not r.reason for r in found.history if r.kind is not RecordKind.ERASED)
    assert engine.store.personal(case) == []
    entry = next(e for e in found.entries if e.seq == 2)
    assert entry.withheld == ("2/1/data/age", "2/1/data/phone", "2/1/reason")
    assert list(engine.verify()) == []
    assert engine.erase(case=case, actor=clerk, reason="再次") == []
    assert engine.case(case).seq == answer.seq


def test_the_case_goes_on_and_finds_it_missing(engine: Engine, url: URL) -> None:
    case = brought(engine)
    engine.fire(case, "check.complete", actor=officer)
    engine.erase(case=case, actor=clerk, reason="本人要求")
    with Engine.open(url, clock=lambda: NOW) as other:
        for each in (engine, other):
            refusal = each.fire(case, "file.back", actor=officer)
            assert isinstance(refusal, Refusal)
            assert refusal.code is Rule.DATA
    assert engine.fire(case, "file.back", actor=officer, data={"age": 61})
    assert engine.case(case).data == {"age": 61, "area": 1.5}
    assert list(engine.verify()) == []
    assert engine.fire(case, "file.complete", actor=officer)
    engine.erase(case=case, actor=clerk, reason="本人要求")
    assert engine.case(case).end is not None
    assert engine.case(case).data == {"area": 1.5}
    assert list(engine.verify()) == []


def test_only_what_one_person_brought(engine: Engine) -> None:
    case = brought(engine)
    engine.erase(owner=agent.id, actor=clerk, reason="撤回同意")
    assert engine.case(case).data == {"phone": OTHER, "area": 1.5}
    assert [p.ref for p in engine.store.personal(case)] == ["3/1/data/phone"]
    assert list(engine.verify()) == []
    engine.erase(owner=neighbour.id, case=case, actor=clerk, reason="撤回同意")
    assert engine.case(case).data == {"area": 1.5}
    assert list(engine.verify()) == []


def test_what_was_replaced_does_not_come_back(engine: Engine) -> None:
    case = brought(engine)
    engine.erase(owner=neighbour.id, actor=clerk, reason="撤回同意")
    assert engine.case(case).data == {"age": 70, "area": 1.5}
    assert list(engine.verify()) == []


def test_all_cases_of_a_subject(engine: Engine) -> None:
    one, two, other = brought(engine), brought(engine, "co-2"), brought(engine, "co-3")
    engine.fire(two, "check.complete", actor=officer)
    assert [a.case for a in engine.erase(subject="co-2", actor=clerk, reason="注销")] == [two]
    assert engine.case(two).data == {"area": 1.5}
    assert len(engine.case(one).data) == len(engine.case(other).data) == 3


def test_a_repeated_command_is_known_though_its_data_is_gone(engine: Engine) -> None:
    case = brought(engine)
    engine.erase(case=case, actor=clerk, reason="本人要求")
    data = {"phone": PHONE, "age": 70}
    again = engine.fire(case, "apply.complete", actor=agent, data=data, reason="电话由张三提供", key="k1")
    assert isinstance(again, Answer)
    assert again.repeated
    assert engine.start(FLOW, actor=agent, data={"area": 1.5}, key="start-co-1", subject="co-1").id == case
    with pytest.raises(KeyReused):
        engine.fire(case, "apply.complete", actor=agent, data={**data, "area": 2}, key="k1")


def test_before_it_is_erased_a_key_belongs_to_its_data(engine: Engine) -> None:
    case = brought(engine)
    assert engine.fire(case, "hear.complete", actor=neighbour, data={"phone": OTHER}, key="k2")
    with pytest.raises(KeyReused):
        engine.fire(case, "hear.complete", actor=neighbour, data={"phone": PHONE}, key="k2")


def test_it_needs_somebody_and_a_reason(engine: Engine) -> None:
    case = brought(engine)
    for arguments in ({}, {"case": case, "reason": " "}, {"owner": ""}, {"case": "none"}):
        with pytest.raises(JianbanError):
            engine.erase(**{"actor": clerk, "reason": "依法", **arguments})
    assert engine.case(case).seq == 3


def test_a_refusal_keeps_nothing(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    assert not engine.fire(case, "apply.complete", actor=officer, data={"phone": PHONE, "age": 1})
    with pytest.raises(JianbanError):
        engine.fire(case, "apply.complete", actor=agent, data={"phone": "\ud800", "age": 1})
    assert engine.store.personal(case) == []
    assert engine.fire(case, "apply.complete", actor=agent, data={"phone": PHONE, "age": 1})
    assert [p.ref for p in engine.store.personal(case)] == ["2/1/data/age", "2/1/data/phone"]


def test_cases_without_personal_data_keep_their_reasons_in_the_entry(engine: Engine) -> None:
    plain = steps("- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}")
    case = engine.start(plain, actor=agent, reason="因故").id
    assert "因故" in bodies(engine, case).decode()
    assert engine.erase(case=case, actor=clerk, reason="依法") == []


def test_a_file_of_sqlite_keeps_no_byte_of_it(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    with Engine.open(f"sqlite:///{file}", clock=lambda: NOW) as engine:
        case = brought(engine)
        engine.fire(case, "check.complete", actor=officer)
        engine.wake(now=NOW + timedelta(days=1))
        assert any(PHONE.encode() in part.read_bytes() for part in tmp_path.iterdir())
        engine.erase(case=case, actor=clerk, reason="本人要求")
        for secret in (PHONE, OTHER, "张三"):
            assert [p.name for p in tmp_path.iterdir() if secret.encode() in p.read_bytes()] == []


def test_one_of_the_deleted_by_hand_is_missed(engine: Engine) -> None:
    case = brought(engine)
    with engine.store.transaction() as connection:
        connection.execute(text("DELETE FROM personal WHERE ref = '3/1/data/phone'"))
    (broken,) = engine.verify()
    assert (broken.case, broken.seq) == (case, 3)


def test_the_end_of_a_period_goes_with_the_personal_date_that_it_runs_to(engine: Engine) -> None:
    until = steps(
        """
        - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [until]}
        - {step: use, title: {zh: 使用, en: Use}, kind: task, by: officer,
           on: {expire: {to: refused, after: {from: until, planned: 1 year}, title: {zh: 到期, en: It ends}}}}
        """,
        "data: {until: {type: date, personal: true, title: {zh: 期限, en: Until}}}",
    )
    case = engine.start(until, actor=agent).id
    assert engine.fire(case, "apply.complete", actor=agent, data={"until": "2024-03-09"})
    engine.erase(case=case, actor=clerk, reason="保存期限届满")
    found = engine.case(case)
    assert [token.due for token in found.steps] == [None]
    assert engine.wake(now=NOW + timedelta(days=30)) == []
    assert list(engine.verify()) == []


def test_a_field_called_reason_is_no_reason(engine: Engine) -> None:
    run = steps(
        """
        - {step: hear, title: {zh: 听取意见, en: Hear}, kind: task, by: neighbour, collects: [reason]}
        - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
        - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer}
        """,
        "data: {reason: {type: text, personal: true, title: {zh: 事由, en: Reason}}}",
    )
    case = engine.start(run, actor=agent).id
    engine.fire(case, "complete", actor=neighbour, data={"reason": "noise"})
    engine.fire(case, "complete", actor=agent, reason="电话由张三提供")
    engine.erase(owner=agent.id, actor=clerk, reason="撤回同意")
    assert engine.case(case).data == {"reason": "noise"}
    assert list(engine.verify()) == []
