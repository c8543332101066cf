"""Business keys that are fields, and messages that are for a key alone, in both stores."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, flow

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
CODE = "data: {code: {title: {zh: 代码, en: Code}, type: text}}\n"
APPLY = """
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}]
"""
KEYED = flow(CODE + "business_key: code\n" + APPLY + "ends: {done: {outcome: granted}}\n", "test/keyed")
SENT = (
    "ends: {done: {outcome: granted, sends: [{message: matter.done, key: code, keep: 9 days, each: true}]}}\n"
)
MATTER = flow(CODE + APPLY + SENT, "test/matter")
WAITING = flow(
    CODE
    + """
business_key: code
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - step: hear
        title: {zh: 等候, en: Hear}
        kind: await
        by: officer
        on: {told: {message: {name: matter.done, key: code}, to: hear, max: 9, title: {zh: 得知, en: Told}},
             enough: {by: officer, to: done, title: {zh: 结束, en: Enough}}}
ends: {done: {outcome: granted}}
""",
    "test/waiting",
)


def told(engine: Engine, case: str) -> int:
    return [record.event for record in engine.case(case).history].count("told")


def test_the_field_and_the_business_key_are_one(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        by_field = engine.start(KEYED, actor=agent, data={"code": "A1"})
        by_key = engine.start(KEYED, actor=agent, business_key="A1")
        neither = engine.start(KEYED, actor=agent, data={"code": ""})
        assert [c.business_key for c in (by_field, by_key, neither)] == ["A1", "A1", None]
        assert by_key.data == {"code": "A1"}
        assert {c.id for c in engine.cases(business_key="A1").items} == {by_field.id, by_key.id}
        assert list(engine.verify()) == []


def test_a_start_under_one_key_with_the_value_of_another_is_an_error(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        with pytest.raises(JianbanError, match="Code"):
            engine.start(KEYED, actor=agent, business_key="A1", data={"code": "A2"})
        with pytest.raises(JianbanError):
            engine.start(KEYED, actor=agent, data={"code": "A" * 201})


def test_an_event_may_not_give_the_case_another_key(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        keyed, keyless = (engine.start(KEYED, actor=agent, business_key=key).id for key in ("A1", None))
        for other in ("A2", ""):
            with pytest.raises(JianbanError, match="Code"):
                engine.fire(keyed, "complete", actor=agent, data={"code": other})
        assert engine.fire(keyed, "complete", actor=agent, data={"code": "A1"})
        assert engine.fire(keyless, "complete", actor=agent, data={"code": "A2"})


def test_a_start_that_is_repeated_may_say_the_key_either_way(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        first = engine.start(KEYED, actor=agent, data={"code": "A1"}, key="k")
        assert engine.start(KEYED, actor=agent, data={"code": "A1"}, key="k").id == first.id
        assert engine.start(KEYED, actor=agent, business_key="A1", key="k").id == first.id


def test_a_message_for_a_key_that_the_case_lacks_is_not_sent_to_all(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        waiting = engine.start(WAITING, actor=agent, data={"code": "A1"}).id
        case = engine.start(MATTER, actor=agent).id
        with pytest.raises(JianbanError, match="Give code"):
            engine.fire(case, "complete", actor=agent)
        assert engine.case(case).end is None
        assert engine.fire(case, "complete", actor=agent, data={"code": ""})  # nobody is to be told
        assert told(engine, waiting) == 0
        assert list(engine.verify()) == []


def test_an_empty_key_is_nobody_whatever_the_case_is_about(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        waiting = [engine.start(WAITING, actor=agent, data={"code": code}).id for code in ("A1", "co")]
        case = engine.start(MATTER, actor=agent, data={"code": ""}, business_key="A1", subject="co").id
        assert engine.fire(case, "complete", actor=agent)
        waiting += [engine.start(WAITING, actor=agent, data={"code": code}).id for code in ("A1", "co")]
        assert [told(engine, one) for one in waiting] == [0, 0, 0, 0]
        assert list(engine.verify()) == []


def test_every_message_reaches_a_case_that_waits_for_it_later_once(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW) as engine:
        for minutes, code in enumerate(("A1", "A1", "A2")):
            now = NOW + timedelta(minutes=minutes)
            case = engine.start(MATTER, actor=agent, data={"code": code}, now=now).id
            assert engine.fire(case, "complete", actor=agent, now=now)
        later = NOW + timedelta(minutes=9)
        waiting = engine.start(WAITING, actor=agent, business_key="A1", now=later).id
        too_late = engine.start(WAITING, actor=agent, business_key="A1", now=NOW + timedelta(days=11)).id
        assert [told(engine, c) for c in (waiting, too_late)] == [2, 0]
        assert list(engine.verify()) == []
