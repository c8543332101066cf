"""Exports: what process-mining tools and spreadsheets read is what happened."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from jianban.engine.clock import BEIJING
from jianban.engine.delegation import Delegation
from jianban.engine.engine import Actor, Engine, Event
from jianban.engine.exports import FORMATS
from jianban.engine.exports.pseudonyms import Pseudonyms
from jianban.engine.exports.trace import NAMES, UNSEEN
from jianban.engine.state import RecordKind
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang
from tests.engine.flows import agent, flow, officer, other_officer, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
HOSTILE = '=1+1,"</trace>&\n\r\x00\x0b\u2028好\ufffe🏛'
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent,
       within: {statutory: 5 days, promised: 3 working days}}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: [officer, clerk],
       on: {back: {to: apply, max: 1, title: {zh: 退回, en: Back}}}}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    """,
    """
    data: {area: {type: number, title: {zh: 面积, en: Area}}, from: {type: date, title: {zh: 起, en: From}},
      tags: {type: list, title: {zh: 标签, en: Tags}}, ok: {type: bool, title: {zh: 是否, en: Whether}},
      n: {type: int, title: {zh: 数, en: Number}}, note: {type: text, title: {zh: 注, en: Note}},
      phone: {type: text, personal: true, title: {zh: 电话, en: Phone}}}
    """,
)
DATA = {"area": 12.5, "from": "2024-07-01", "tags": ["a", "b"], "ok": True, "n": 7, "note": HOSTILE}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An ended case with everything in it, and an open one of somebody else."""
    with Engine.open("sqlite://", clock=lambda: NOW) as engine:
        case = engine.start(FLOW, actor=agent, id="=案<1>", business_key="p-1", subject="co-1").id
        year = timedelta(days=366)
        under = Delegation(id="d-1", giver=officer.id, receiver="substitute", start=NOW, end=NOW + year)
        deputy = Actor("substitute", ["officer"], under)
        engine.fire(case, "apply.complete", actor=agent, data={**DATA, "phone": "13900000000"})
        engine.fire(case, "back", actor=deputy, reason="材料不全")
        engine.fire_many([Event(case, "complete", agent), Event(case, "complete", officer)])
        engine.wake(now=NOW + timedelta(days=60))
        engine.start(FLOW, actor=other_officer, id="二", business_key="p-1", data={"phone": "1"})
        engine.erase(case="二", actor=officer, reason="本人要求")
        assert engine.case(case).end is not None
        assert list(engine.verify()) == []
        yield engine


def written(engine: Engine, name: str, lang: Lang = "zh", *, personal: bool = False) -> str:
    return "".join(FORMATS[name](engine.traces(personal=personal), lang))


def rows(engine: Engine, *, personal: bool = False) -> list[dict[str, str]]:
    text = written(engine, "csv", "en", personal=personal)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


MINED = """
import json, sys, pm4py
folder = sys.argv[1]
log = pm4py.read_xes(folder + "/log.xes", return_legacy_log_object=True)
traces = [[dict(trace.attributes), [dict(event) for event in trace]] for trace in log]
ocel = pm4py.read_ocel2_json(folder + "/log.json")
pm4py.discover_petri_net_inductive(log)
json.dump({
    "traces": traces,
    "events": ocel.events.to_dict("records"),
    "objects": ocel.objects.to_dict("records"),
    "relations": ocel.relations.to_dict("records"),
    "o2o": ocel.o2o.to_dict("records"),
}, open(folder + "/mined.json", "w", encoding="utf-8"), default=str)
"""


@pytest.fixture(scope="module")
def mined(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """What pm4py reads. It runs by itself: it is slow to import, and prints and warns."""
    folder = tmp_path_factory.mktemp("mined")
    (folder / "log.xes").write_text(written(engine, "xes"), encoding="utf-8", newline="")
    (folder / "log.json").write_text(written(engine, "ocel"), encoding="utf-8", newline="")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MINED, folder], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return json.loads((folder / "mined.json").read_text(encoding="utf-8"))


def seen(engine: Engine) -> list[tuple[str, str, str]]:
    """Case, number and title of what stands in event logs."""
    return [
        (trace.case.id, h.id, h.activity.zh)
        for trace in engine.traces()
        for h in trace.happenings()
        if h.record.kind not in UNSEEN
    ]


def test_a_mining_tool_reads_the_same_traces(engine: Engine, mined: dict[str, list[object]]) -> None:
    found = [
        (case["concept:name"], event["identity:id"], event["concept:name"])
        for case, events in mined["traces"]  # type: ignore[misc]
        for event in events
    ]
    assert found == seen(engine)
    assert {title for _case, _id, title in found} >= {
        "申请",
        "审查",
        "公告",
        "删除个人信息",
        "开始办理",
        "办结",
    }


def test_a_mining_tool_reads_people_times_and_values(mined: dict[str, list[object]]) -> None:
    case, events = next(t for t in mined["traces"] if t[0]["concept:name"] == "=案<1>")  # type: ignore[index]
    assert (case["jianban:business_key"], case["jianban:subject"]) == ("p-1", "co-1")
    applied = next(e for e in events if "data:area" in e)
    assert (applied["data:area"], applied["data:n"], applied["data:ok"]) == (12.5, 7, True)
    assert json.loads(applied["data:tags"]) == ["a", "b"]
    assert applied["data:from"] == "2024-07-01"
    assert datetime.fromisoformat(applied["time:timestamp"]) == NOW
    back = next(e for e in events if e.get("jianban:event") == "back")
    assert (back["org:resource"], back["jianban:on_behalf_of"], back["jianban:delegation"]) == (
        "substitute",
        officer.id,
        "d-1",
    )
    assert back["jianban:exit"] == "退回"
    assert "jianban:reason" not in back, "reasons may speak of people"


def test_a_mining_tool_reads_the_objects(engine: Engine, mined: dict[str, list[object]]) -> None:
    events = [(e["ocel:eid"], e["ocel:activity"]) for e in mined["events"]]  # type: ignore[index]
    assert sorted(events) == sorted((f"{case}/{id}", title) for case, id, title in seen(engine))
    objects = {o["ocel:oid"]: o["ocel:type"] for o in mined["objects"]}  # type: ignore[index]
    assert objects == {
        "case:=案<1>": "case",
        "case:二": "case",
        "subject:co-1": "subject",
        "business_key:p-1": "business_key",
        "person:zhang": "person",
        "person:wang": "person",
        "person:zhao": "person",
        "person:substitute": "person",
    }
    related = {(r["ocel:eid"], r["ocel:oid"], r["ocel:qualifier"]) for r in mined["relations"]}  # type: ignore[index]
    assert ("=案<1>/3.1", "person:wang", "on_behalf_of") in related
    assert ("=案<1>/3.1", "person:substitute", "actor") in related
    assert {oid for _eid, oid, qualifier in related if qualifier == "business_key"} == {"business_key:p-1"}


def test_a_spreadsheet_reads_every_record(engine: Engine) -> None:
    found = rows(engine)
    count = sum(len(e.records) for trace in engine.traces() for e in engine.entries(trace.case.id))
    assert len(found) == count
    applied = next(r for r in found if "area" in r["data"])
    assert json.loads(applied["data"])["note"] == HOSTILE
    assert applied["case"] == "'=案<1>"
    assert not [c for r in found for c in r.values() if c[:1] in "=+-@\t\r" and c]
    assert next(r for r in found if r["event"] == "back")["on behalf of"] == officer.id


def test_personal_data_stays_out_unless_it_is_asked_for(engine: Engine) -> None:
    for name in FORMATS:
        assert "13900000000" not in written(engine, name)
    with_it = [json.loads(r["data"])["phone"] for r in rows(engine, personal=True) if "phone" in r["data"]]
    assert with_it == ["13900000000"]


def test_what_was_erased_is_in_none(engine: Engine) -> None:
    erased = next(r for r in rows(engine, personal=True) if r["kind"] == RecordKind.ERASED)
    assert (erased["case"], erased["target"], erased["reason"]) == ("二", "phone", "本人要求")
    assert [r["data"] for r in rows(engine, personal=True) if r["case"] == "二"] == ["", ""]


def test_json_lines_hold_the_bytes_that_were_hashed(engine: Engine) -> None:
    lines = written(engine, "jsonl").split("\n")
    kept = [row.body for trace in engine.traces() for row in trace.rows]
    assert lines.pop() == ""
    assert [line.partition('"body":')[2][:-1].encode() for line in lines] == kept
    assert [json.loads(line)["body"]["seq"] for line in lines] == [1, 2, 3, 4, 5, 6, 1, 2]


def test_a_selection_is_exported_alone(engine: Engine) -> None:
    assert [t.case.id for t in engine.traces(["二", "none"])] == ["二"]


def test_every_kind_of_record_has_a_name() -> None:
    from jianban.engine.exports.trace import MOVED

    assert set(RecordKind) == {*NAMES, *UNSEEN, *MOVED}


def test_both_languages_are_written(engine: Engine) -> None:
    assert "审查" in written(engine, "xes", "zh")
    assert "Check" in written(engine, "xes", "en")
    assert "审查" not in written(engine, "xes", "en")


def test_many_cases_never_stand_in_memory_together() -> None:
    small = steps("- {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}")
    with Engine.open("sqlite://", clock=lambda: NOW, durability="normal") as engine:
        ids = [engine.start(small, actor=agent, subject=f"co-{n}").id for n in range(2_000)]
        engine.fire_many(Event(id, "complete", agent) for id in ids)
        for name, write in FORMATS.items():
            for _piece in write(engine.traces(ids[:10]), "zh"):
                pass
            tracemalloc.start()
            length = sum(len(piece) for piece in write(engine.traces(), "zh"))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert length > 700_000, name
            assert peak < 400_000, name


@pytest.mark.parametrize("name", FORMATS)
def test_people_and_subjects_have_pseudonyms_where_it_is_asked(engine: Engine, name: str) -> None:
    names = {"zhang", "wang", "zhao", "substitute", "co-1", "qian"}
    case = engine.start(FLOW, actor=agent, subject="zhang", assignments={"clerk": "qian"}).id
    engine.hand_over(case, to=Actor("qian", ["officer"]), actor=officer, reason="")
    plain, one, again, other = (
        "".join(FORMATS[name](engine.traces(pseudonym=key), "en"))
        for key in (None, *(b"k" * 16,) * 2, b"o" * 16)
    )
    assert {n for n in names if f'"{n}"' in plain or f",{n}," in plain or f":{n}" in plain} == names
    assert {n for n in names if n in one} == set()
    assert one == again
    mine, others = (set(re.findall("p-[0-9a-f]{20}", text)) for text in (one, other))
    assert len(mine) == len(names)
    assert mine.isdisjoint(others)


CHILD = flow(
    """
data: {name: {title: {zh: 名称, en: Name}, type: text}}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - step: hear
        title: {zh: 等候, en: Hear}
        kind: await
        by: officer
        on: {told: {message: news, to: done, title: {zh: 得知, en: Told}}}
""",
    "test/hear",
)
SENDER = flow(
    """
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}]
ends: {done: {outcome: granted, sends: [{message: news}]}}
""",
    "test/send",
)


@pytest.mark.parametrize("name", FORMATS)
def test_ids_have_pseudonyms_too_where_it_is_asked(name: str) -> None:
    code = "110101199003070011"
    secret = {code, "hearing-li", "sending-li", "start-li"}
    with Engine.open("sqlite://", clock=lambda: NOW) as engine:
        engine.start(CHILD, actor=Actor("case:sending-li", []), id="hearing-li", business_key=code)
        engine.start(SENDER, actor=agent, id="sending-li", business_key=code, key="start-li")
        assert engine.fire("sending-li", "complete", actor=agent, key="start-li:7")
        plain, one = (
            "".join(FORMATS[name](engine.traces(pseudonym=b"k" * 16, identifiers=ids), "en"))
            for ids in (False, True)
        )
    assert {id for id in secret if id in plain} >= secret - {"start-li"}
    assert {id for id in secret if id in one} == set()
    sender = Pseudonyms(b"k" * 16).of("sending-li")
    assert f"case:{sender}" in one
    assert (f"{sender}:2:1" in one) == (name in ("jsonl", "xes")), "what it sent is called after it"


def test_lines_with_pseudonyms_have_no_hash_by_which_to_try_names_out(engine: Engine) -> None:
    lines = [json.loads(line) for line in FORMATS["jsonl"](engine.traces(pseudonym=b"k" * 16), "zh")]
    assert {tuple(line) for line in lines} == {("process", "body")}
    assert "state" not in str([line["body"].keys() for line in lines])


def test_pseudonyms_need_a_key_and_no_personal_data(engine: Engine) -> None:
    for key, personal in ((b"short", False), (b"k" * 16, True)):
        with pytest.raises(JianbanError):
            engine.traces(pseudonym=key, personal=personal)
    with pytest.raises(JianbanError, match="key"):
        engine.traces(identifiers=True)


def test_the_field_that_is_the_business_key_has_its_pseudonym() -> None:
    keyed = flow(
        """
        data: {code: {title: {zh: 代码, en: Code}, type: text}}
        business_key: code
        stages:
          - stage: only
            title: {zh: 环节, en: Stage}
            steps: [{step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}]
        ends: {done: {outcome: granted}}
        """,
        "test/keyed",
    )
    with Engine.open("sqlite://", clock=lambda: NOW) as engine:
        engine.start(keyed, actor=agent, id="a", data={"code": "91330100MA27XXXX0X"})
        engine.start(keyed, actor=agent, id="b", data={"code": ""})
        for name, write in FORMATS.items():
            texts = [
                "".join(write(engine.traces(pseudonym=b"k" * 16, identifiers=ids), "en"))
                for ids in (True, False)
            ]
            assert ["91330100MA27XXXX0X" in text for text in texts] == [False, True], name
        found = [t.case.business_key for t in engine.traces(pseudonym=b"k" * 16, identifiers=True)]
        plain = [json.loads(t.rows[0].body) for t in engine.traces(pseudonym=b"k" * 16, identifiers=True)]
        assert [p["records"][0]["data"]["code"] for p in plain] == [found[0], ""]
