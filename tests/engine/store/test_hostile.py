"""Whatever is asked of the engine, it answers, refuses or says what is wrong, and writes all or nothing."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from random import Random
from typing import Any, cast

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Answer, Engine, Event, Refusal
from jianban.engine.messages import Message
from jianban.engine.view import StoredCase
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, officer, steps
from tests.engine.proofs.soak import times

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
    - each: tag
      in: tags
      as: item
      title: {zh: 标签, en: Tags}
      steps:
        - {step: look, title: {zh: 查看, en: Look}, kind: task, by: [officer, agent],
           on: {back: {to: look, max: 2, title: {zh: 再来, en: Again}}}}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer,
       on: {back: {to: apply, max: 9, when: n > 0, title: {zh: 退回, en: Back}}}}
    """,
    """
    data: {area: {type: number, title: {zh: 面积, en: Area}}, from: {type: date, title: {zh: 起, en: From}},
      tags: {type: list, title: {zh: 标签, en: Tags}}, ok: {type: bool, title: {zh: 是否, en: Whether}},
      n: {type: int, title: {zh: 数, en: Number}}, note: {type: text, title: {zh: 注, en: Note}},
      fen: {type: money, title: {zh: 金额, en: Money}},
      sort: {enum: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}, title: {zh: 类, en: Sort}},
      phone: {type: text, personal: true, title: {zh: 电话, en: Phone}}}
    """,
)
TEXTS = (
    "", " ", "a", "apply", "look", "check", "look[a]", "look[a#2]", "look[", "apply.complete", "complete",
    "back", "check.back", "...", ".", "none", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e", "\ufeff",
    "\x1b[31m", "'; DROP TABLE cases; --", '"; DELETE FROM entries', "=1+1", "</trace>", "]]>", "&amp;", "%s",
    "{0}", "{case}", "../../etc/passwd", "a\nb", "x" * 64, "x" * 65, "x" * 201, "好" * 10_001, "𠮷" * 300,
    "é", "e\u0301", "2024-02-30", "2024-07-01", "20240701", "2024-W01-1", "9999-12-31", "NaN", "null", "true",
    "1e999", "٣", "test/small", "test/small@1", "demo/none", "0" * 64, "f" * 64, "agent", "officer",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63),
    10**400,
    0.5,
    -0.0,
    1e308,
    5e-324,
    float("inf"),
    float("nan"),
)


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def value(random: Random) -> Any:
    """JSON of any kind, and a little else that a host may hand on."""
    match random.randrange(12):
        case 0 | 1 | 2 | 3:
            return random.choice(TEXTS)
        case 4 | 5:
            return random.choice(NUMBERS)
        case 6:
            return random.choice([True, False, None])
        case 7:
            return [value(random) for _ in range(random.randrange(4))]
        case 8:
            return {random.choice(TEXTS): value(random) for _ in range(random.randrange(3))}
        case 9:
            return random.choice([deep(2000), {"a": deep(50)}, ["a"] * 1001, [["a"]], ("a", "a"), b"bytes"])
        case 10:
            return random.choice([NOW, NOW.date(), datetime.max, object(), {1, 2}, lambda: 1])
        case _:
            return "x" * random.choice([10_000, 10_001, 1_000_000])


def data(random: Random) -> Any:
    if random.random() < 0.1:
        return value(random)
    good = {
        "area": 1.5, "from": "2024-07-01", "tags": ["a", "a", "'"], "ok": True, "n": 1, "note": "\x00好",
        "fen": 5, "sort": "a", "phone": "1",
    }  # fmt: skip
    found: dict[Any, Any] = {}
    for name in random.sample(list(good), random.randrange(5)):
        found[name] = good[name] if random.random() < 0.9 else value(random)
    if random.random() < 0.1:
        found[random.choice([*TEXTS, 5, None, ("a",)])] = value(random)
    return found


def sometimes(random: Random, likely: Any, chance: float = 0.75) -> Any:
    return likely if random.random() < chance else value(random)


def ask(random: Random, engine: Engine, ids: list[str]) -> object:
    """One call of the engine's front with whatever comes."""
    who = random.choice([agent, officer])
    actor = who if random.random() < 0.8 else Actor(value(random), random.sample(TEXTS, 2))
    case = sometimes(random, random.choice(ids) if ids else "none", 0.9)
    key = sometimes(random, random.choice([None, None, None, "k1", "k2", "k3"]), 0.9)
    reason = sometimes(random, "", 0.9)
    event = sometimes(
        random, random.choice(["complete", "back", "apply.complete", "look.complete", "check.back"])
    )
    at = sometimes(random, random.choice([None, None, None, "look[a]", "look[a#2]", "look['#3]"]), 0.9)
    match random.randrange(12):
        case 0 | 1:
            names = {
                n: sometimes(random, None, 0.8) for n in ("id", "business_key", "subject", "assignments")
            }
            process = sometimes(random, FLOW, 0.9)
            opened = engine.start(process, actor=actor, data=data(random), key=key, reason=reason, **names)
            ids.append(opened.id)
            return opened
        case 2:
            events = [
                Event(case, event, actor, data(random), at, reason, key) for _ in range(random.randrange(4))
            ]
            return engine.fire_many(events)
        case 3:
            message = Message(*(sometimes(random, t, 0.7) for t in ("m-1", "complete")))
            return engine.deliver(case, message, at=at, key=key)
        case 4:
            return engine.hand_over(
                case, to=Actor(value(random), ["officer"]), actor=actor, reason=reason, key=key
            )
        case 5:
            return (engine.options(case, actor=actor), engine.case(case).timers(), list(engine.entries(case)))
        case 6:
            return engine.erase(
                case=case, owner=sometimes(random, None), actor=actor, reason=reason or "依法"
            )
        case _:
            return engine.fire(case, event, actor=actor, data=data(random), at=at, reason=reason, key=key)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    with Engine.open(url, clock=lambda: NOW, durability="normal") as engine:
        yield engine


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_it_answers_or_says_what_is_wrong(engine: Engine, seed: int) -> None:
    random = Random(seed)
    ids = [engine.start(FLOW, actor=agent, data={"tags": ["a", "a"], "n": 1}).id for _ in range(5)]
    kinds: dict[str, int] = {}
    for number in range(times(300, 12_500)):
        before = {id: engine.store.case(id) for id in ids[-3:]}
        begun = time.perf_counter()
        try:
            answer = ask(random, engine, ids)
        except JianbanError as error:
            answer = error
        assert time.perf_counter() - begun < 5, number
        kinds[type(answer).__name__] = kinds.get(type(answer).__name__, 0) + 1
        if isinstance(answer, JianbanError | Refusal):
            assert {id: engine.store.case(id) for id in before} == before, number
    assert {"StoredCase", "Answer", "Refusal", "KeyReused", "UnknownCase", "JianbanError"} <= kinds.keys()
    assert [b.text.en for b in engine.verify()] == []
    for trace in engine.traces(personal=True):
        assert sum(1 for _ in trace.happenings()) >= 1


def test_what_is_wrong_with_one_command_is_not_the_others_to_bear(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    wrong: list[Any] = [
        Event([], "complete", agent),  # type: ignore[arg-type]
        Event(case, {}, agent),  # type: ignore[arg-type]
        Event(case, "complete", Actor("")),
        Event(case, "complete", agent, key="a\nb"),
        Event(case, "complete", agent, [1]),  # type: ignore[arg-type]
    ]
    answers = engine.fire_many([*wrong, Event(case, "complete", agent, {"tags": ["a"]})])
    assert [isinstance(a, JianbanError) for a in answers] == [True] * len(wrong) + [False]
    assert isinstance(answers[-1], Answer)
    assert engine.case(case).seq == 2


def test_items_of_a_list_stand_in_places_that_can_be_kept(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    items = ["x" * 10_000, "x" * 9_999, "a\x00b", "\u202e", ""]
    assert engine.fire(case, "complete", actor=agent, data={"tags": items})
    places = [token.place for token in engine.case(case).steps]
    cut = "x" * 59 + "…"
    assert places == [f"look[{label}]" for label in (cut, f"{cut}#2", "a\ufffdb", "\ufffd", "")]
    for place in places:
        assert engine.fire(case, "complete", actor=agent, at=place), place
    assert list(engine.verify()) == []


def test_a_body_of_ten_megabytes_is_refused_at_once(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    big = "好" * 3_500_000
    begun = time.perf_counter()
    for brought in (
        {"note": big},
        {"tags": ["x" * 10_000] * 1001},
        {big: 1},
        {"note": [big]},
        {"n": 10**1_000_000},
    ):
        assert isinstance(engine.fire(case, "complete", actor=agent, data=brought), Refusal)
    for names in ({"event": big}, {"at": big}, {"reason": big}):
        arguments: dict[str, Any] = {"event": "complete", **names}
        with suppress(JianbanError):
            assert not engine.fire(case, actor=agent, **arguments)
    assert time.perf_counter() - begun < 3
    assert engine.case(case).seq == 1


def test_names_that_try_to_escape_are_only_names(engine: Engine) -> None:
    from jianban.engine.exports import FORMATS

    for number, name in enumerate(("'); DROP TABLE cases; --", "=cmd|' /C calc'!A0", "<a>&", "%s{0}", '"')):
        actor = Actor(name, ["agent", name])
        case = engine.start(FLOW, actor=actor, id=name, subject=name, business_key=name, key=name).id
        answer = engine.fire(
            case, "complete", actor=actor, key=name[::-1] + "2", data={"tags": [name], "note": name}
        )
        assert isinstance(answer, Answer)
        assert engine.case(name).subject == name
        assert len(list(engine.traces())) == number + 1
        assert isinstance(engine.case(case), StoredCase)
    for name, write in FORMATS.items():
        assert len("".join(write(engine.traces(), "zh"))) > 1000, name
    assert list(engine.verify()) == []


@pytest.mark.parametrize("ask", ["cases", "count", "effects"])
def test_a_status_that_there_is_not_is_told_with_the_one_meant(engine: Engine, ask: str) -> None:
    with pytest.raises(JianbanError) as told:
        getattr(engine, ask)(status="opne" if ask != "effects" else "failled")
    assert ("open" if ask != "effects" else "failed") in told.value.text.zh


@pytest.mark.parametrize("light", ["grene", "", 5, [], "\ud800"])
def test_a_light_that_there_is_not_is_told(engine: Engine, light: Any) -> None:
    with pytest.raises(JianbanError, match="green"):
        engine.cases(light=light)


ODD = (5, 2**70, b"a", [], "", "a\x00b", "\ud800", "x" * 300, "c:1:99999999999", "c:1:-1", "c\x00:1:1", 1.5)


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_values_in_what_is_asked_of_all_cases_are_errors(engine: Engine, number: int) -> None:
    case, odd = engine.start(FLOW, actor=agent).id, cast(Any, ODD[number])
    cursors = [f'["{name}", "9999-01-01", "a\\u0000b"]' for name in ("due", "tasks")]
    asks: list[Callable[[], object]] = [
        lambda: engine.due(until=odd),
        lambda: engine.due(until=NOW),
        lambda: engine.assessment(odd, NOW.date()),
        lambda: engine.assessment(NOW.date(), odd),
        lambda: engine.assessment(NOW.date(), NOW.date(), by=odd),
        lambda: engine.effects(after=odd),
        lambda: engine.retry(odd),
        lambda: engine.tasks(actor=odd),
        lambda: list(engine.entries(case, odd)),
        lambda: engine.publish("news", keep=odd),
        lambda: engine.due(after=odd),
        lambda: engine.cases(after=odd),
        lambda: engine.tasks(role="agent", after=odd),
        *(lambda text=text: engine.due(after=urlsafe_b64encode(text.encode()).decode()) for text in cursors),
    ]
    if odd not in (5, ""):
        asks += [lambda: engine.cases(limit=odd), lambda: engine.effects(limit=odd), lambda: engine.wake(odd)]
        if odd not in ("c:1:99999999999", "c:1:-1"):  # which come after some id
            asks.append(lambda: engine.delegations(after=odd))
    if odd == 5:
        asks.pop(8)  # after the fifth entry
    for ask in asks:
        with pytest.raises(JianbanError):
            ask()


def test_the_last_day_there_is_can_be_asked_for(engine: Engine) -> None:
    assert list(engine.due(until=date.max)) == []
    assert engine.assessment(date.min, date.max).assessed == ()
