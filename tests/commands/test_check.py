import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

GOOD = """
process: test/good
version: "1"
title: {zh: 登记, en: Registration}
assumed: {zh: 测试, en: A test}
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - step: apply
        title: {zh: 申请, en: Application}
        kind: submit
        by: agent
      - step: handle
        title: {zh: 办理, en: Handling it}
        kind: task
        by: registrar
ends:
  done: {outcome: granted, title: {zh: 准予, en: Granted}}
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    path = tmp_path / "endless.yaml"
    path.write_text(
        GOOD.replace("by: registrar", "by: registrar\n        on: {complete: {to: handle}}"), encoding="utf-8"
    )
    return path


def test_a_sound_process_is_fine(jianban: Shell, good: Path) -> None:
    result = jianban("check", str(good))
    assert result.code == 0
    assert result.out.splitlines()[-1] == "✓ test/good@1: sound, 0 errors, 0 warnings"


def test_a_file_that_is_not_there_is_no_finding(jianban: Shell, good: Path) -> None:
    missing = good.with_name("missing.yaml")
    result = jianban("check", str(good), str(missing))
    assert (result.code, result.out, "J100" in result.err) == (2, "", True)
    missing.write_bytes(b"\xff")
    assert jianban("check", str(missing)).code == 1


def test_an_unsound_one_is_found_with_its_counterexample(jianban: Shell, endless: Path) -> None:
    told = jianban("check", str(endless))
    assert told.code == 1
    assert "✗ test/good@1: not sound" in told.out
    document = json.loads(jianban("check", str(endless), "--json").out)
    assert document["sound"] is False
    assert [firing["step"] for firing in document["counterexample"]] == ["apply"]
    defect = document["processes"][0]["defects"][0]
    assert defect["kind"] == "endless"
    assert all(sentence["en"] in told.out for sentence in defect["story"])


def test_each_of_several_is_judged(jianban: Shell, good: Path, endless: Path) -> None:
    document = json.loads(jianban("check", str(good), str(endless), "--json").out)
    assert [entry["sound"] for entry in document["processes"]] == [True, False]
    assert document["counterexample"] == document["processes"][1]["counterexample"]


def test_errors_have_their_place_in_both_languages(jianban: Shell, good: Path) -> None:
    good.write_text(GOOD.replace("kind: task", "kind: tsak"), encoding="utf-8")
    line = GOOD.splitlines().index("        kind: task") + 1
    for lang in ("zh", "en"):
        result = jianban("check", str(good), "--lang", lang)
        assert result.code == 1
        assert f"good.yaml:{line}:15 J" in result.out
        assert "tsak" in result.out
    assert result.out.endswith("not decided, 1 error, 0 warnings\n")


def test_standard_input_is_checked_too(process: Shell) -> None:
    assert process("check", "-", stdin=GOOD.encode()).code == 0


def test_warnings_fail_when_asked(jianban: Shell, good: Path) -> None:
    unsourced = GOOD.replace("assumed: {zh: 测试, en: A test}\n", "").replace(
        "kind: submit", "kind: submit\n        fee: 5"
    )
    good.write_text(unsourced, encoding="utf-8")
    assert "warning" in {
        f["severity"] for f in json.loads(jianban("check", str(good), "--json").out)["findings"]
    }
    assert jianban("check", str(good)).code == 0
    assert jianban("check", str(good), "--strict").code == 1
