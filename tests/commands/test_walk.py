import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest

from jianban.engine.commands.answers import Choose, Do, Fact, Wait, read_answer, typed
from jianban.engine.commands.session import UsageFailure
from jianban.engine.commands.telling import worded
from jianban.engine.state import Value
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.texts import Text
from tests.commands.conftest import Shell

WALK = ("walk", "deregistration/simple@2022-03", "--start", "2022-04-01")
EIGHT = ("commit", "submit", "+", "submit", "accept", "approve")

SHUT = """
process: test/shut
version: "1"
title: {zh: 测试, en: Test}
data: {area: {title: {zh: 面积, en: Area}, type: int}}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - {step: sort, title: {zh: 分流, en: Sort}, kind: task, by: registrar, assumed: {zh: 假设, en: Assumed},
         on: {reject: {to: refused, when: area < 10 && area > 20}}}
ends:
  done: {outcome: granted, title: {zh: 准予, en: Granted}}
  refused: {outcome: refused, title: {zh: 不予许可, en: Refused}}
"""


def script(*answers: str) -> list[str]:
    return [word for answer in answers for word in ("--do", answer)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("3", Choose(3)),
        ("+", Wait()),
        (" submit ", Do("submit")),
        ("pass@tax[fire]", Do("pass", "tax[fire]")),
        ("suspend: 材料待核", Do("suspend", None, "材料待核")),
        ("object@publish: too soon: wait", Do("object", "publish", "too soon: wait")),
        ("debts=open", Fact("debts", "open")),
        ("note=a=b", Fact("note", "a=b")),
    ],
)
def test_answers_are_read(text: str, answer: object) -> None:
    assert read_answer(text) == answer


@pytest.mark.parametrize("text", ["", "2022-02-30", "two words", "=", "@here", ":"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(UsageFailure):
        read_answer(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (DataKind.BOOL, "true", True),
        (DataKind.BOOL, "否", False),
        (DataKind.BOOL, "perhaps", "perhaps"),
        (DataKind.INT, "-7", -7),
        (DataKind.INT, "7.5", "7.5"),
        (DataKind.MONEY, "12.5", 1250),
        (DataKind.MONEY, "12", 1200),
        (DataKind.MONEY, "-12", "-12"),
        (DataKind.NUMBER, "2.25", 2.25),
        (DataKind.NUMBER, "nan", "nan"),
        (DataKind.LIST, "a、b,c", ["a", "b", "c"]),
        (DataKind.LIST, "", []),
        (DataKind.DATE, "2024-07-01", "2024-07-01"),
    ],
)
def test_facts_are_typed(kind: DataKind, text: str, value: object) -> None:
    field = DataField(id="fact", title=Text("数据", "Fact"), kind=kind)
    assert typed({"fact": text}, {"fact": field}) == {"fact": value}


def test_a_script_leads_to_the_end(jianban: Shell) -> None:
    result = jianban(*WALK, *script(*EIGHT), "--json")
    case = json.loads(result.out)["cases"][0]
    assert result.code == 0
    assert [r["event"] for r in case["history"] if r["kind"] == "fired"] == [e for e in EIGHT if e != "+"]


def test_what_is_refused_is_told_with_its_rule(jianban: Shell) -> None:
    result = jianban(*WALK, *script("commit", "approve"))
    assert result.code == 1
    assert "“approve” cannot happen now" in result.out


def test_a_case_that_may_not_be_opened_is_told_why(jianban: Shell) -> None:
    result = jianban(*WALK, "--data", "debts=open", *script("commit"))
    assert result.code == 1
    assert "Debts and claims are not settled" in result.out


def test_facts_that_the_process_does_not_have_are_wrong_input(jianban: Shell) -> None:
    result = jianban(*WALK, "--data", "debt=none", *script("commit"))
    assert result.code == 2
    assert "debts" in result.err
    assert jianban(*WALK, "--data", "debts").code == 2


def test_an_objection_leads_on_under_the_general_process(jianban: Shell) -> None:
    result = jianban(*WALK, *script("commit", "submit", "objection", "convert"), "--json")
    cases = json.loads(result.out)["cases"]
    assert [case["process"].split("@")[0] for case in cases][-1] == "deregistration/general"
    assert cases[0]["outcome"] == "switched"


def test_a_person_is_told_what_may_happen_and_may_stop(
    jianban: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1\n99\nwhat is this\n\nq\nsubmit\n")))
    result = jianban(*WALK)
    assert result.code == 0
    assert "  1  commit" in result.out
    assert "there is no number 99" in result.out
    assert "“what is this” is no answer" in result.out
    assert result.out.count("opens") == 1
    assert "submit" in result.out.splitlines()[-2]


def test_dates_pass_only_forwards(jianban: Shell) -> None:
    result = jianban(*WALK, *script("2022-03-01"))
    assert result.code == 2
    assert "2022-03-01 is past" in result.err


def test_a_run_to_an_end_is_found_and_told(jianban: Shell) -> None:
    words = ("walk", "construction/permit@2019-04", "--to", "void", "--start", "2024-01-05")
    result = jianban(*words)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "2024-01-05 Developer's representative opens “Building construction permit”"
    assert "           Contractor chosen: yes" in lines
    # three months end on 5 April, a holiday; the next working day is Sunday, 7 April
    assert lines[-1] == "2024-04-07 ended: Permit void (lapsed)"
    assert "施工许可证自行废止（失效）" in jianban(*words, "--lang", "zh").out
    document = json.loads(jianban(*words, "--json").out)
    assert document["cases"][0]["end"] == "void"
    assert "not announced" not in result.out
    assert "2090 are not announced yet" in jianban(*words[:-1], "2090-01-05").out
    assert document["unreached"] is None


def test_an_end_that_no_run_reaches_is_told(jianban: Shell, tmp_path: Path) -> None:
    file = tmp_path / "shut.yaml"
    file.write_text(SHUT, encoding="utf-8")
    result = jianban("walk", str(file), "--to", "refused")
    assert (result.code, result.out) == (1, "No run reaches “Refused”: all data and events were tried\n")
    document = json.loads(jianban("walk", str(file), "--to", "refused", "--json").out)
    assert document["cases"] == []
    assert document["unreached"]["zh"].startswith("没有到达“不予许可”的走法")


def test_a_search_needs_an_end_and_nothing_else(jianban: Shell) -> None:
    result = jianban(*WALK, "--to", "nowhere")
    assert result.code == 2
    assert "Its ends are: deregistered" in result.err
    assert jianban(*WALK, "--to", "deregistered", *script("commit")).code == 2


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        (DataKind.BOOL, True, "是", "yes"),
        (DataKind.MONEY, 1250, "12.50 元", "CNY 12.50"),
        (DataKind.LIST, (), "无", "none"),
        (DataKind.LIST, ("a", "b"), "甲、b", "First, b"),
        (DataKind.ENUM, "a", "甲", "First"),
        (DataKind.DATE, date(2024, 3, 4), "2024-03-04", "2024-03-04"),
    ],
)
def test_facts_are_worded(kind: DataKind, value: Value, zh: str, en: str) -> None:
    options = (("a", Text("甲", "First")),)
    field = DataField(id="fact", title=Text("数据", "Fact"), kind=kind, options=options)
    assert worded(field, value) == Text(zh, en)
