"""`jianban guide`: guides written, and checked."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

KEY = "licensing/approval@2022-01"


@pytest.mark.parametrize("name", ["guide.html", "guide.md", "guide.docx"])
def test_what_is_written_says_what_the_definition_says(jianban: Shell, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert jianban("guide", KEY, "-o", str(path), "--bilingual").code == 0
    result = jianban("guide", KEY, "--check", str(path))
    assert (result.code, result.out) == (0, f"“{name}” says what {KEY} says\n")


def test_markdown_has_its_figures_beside_it(jianban: Shell, tmp_path: Path) -> None:
    jianban("guide", KEY, "-o", str(tmp_path / "g.md"))
    figures = sorted(p.name for p in tmp_path.glob("*.svg"))
    assert any(f.startswith("g-guide") for f in figures)
    assert any(f.startswith("g-process") for f in figures)
    text = (tmp_path / "g.md").read_text(encoding="utf-8")
    assert [f for f in figures if f"(<{f}>)" not in text] == []


def test_on_standard_output_it_is_markdown(jianban: Shell) -> None:
    result = jianban("guide", KEY, "--lang", "zh")
    assert result.out.startswith("# 涉企经营许可（全流程审批）办事指南\n")
    assert "![" not in result.out


def test_guides_of_several_go_into_a_folder(jianban: Shell, tmp_path: Path) -> None:
    keys = (KEY, "licensing/filing@2022-01")
    assert jianban("guide", *keys, "-o", str(tmp_path), "-f", "docx", "--no-figures").code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "licensing-approval@2022-01.docx",
        "licensing-filing@2022-01.docx",
    ]


def test_a_drift_is_told_with_its_place_and_meaning(jianban: Shell, tmp_path: Path) -> None:
    path = tmp_path / "web.csv"
    path.write_text("到现场次数,3次\n办公时间,9—17时\n", encoding="utf-8")
    result = jianban("guide", KEY, "--check", str(path), "--partial")
    assert result.code == 1
    first, aside, last = result.out.splitlines()
    assert first.startswith("web.csv:line 1 Visits in person: the guide says “3次”, the definition says “2”;")
    assert "burden" in first
    assert aside.startswith("web.csv:line 2 Office hours: ")
    assert last == f"“web.csv” drifts from {KEY}; places: 1"
    found = json.loads(jianban("guide", KEY, "--check", str(path), "--json").out)
    assert {d["field"] for d in found["drifts"]} > {"visits", "name", "materials"}
    assert found["asides"][0]["value"] == "9—17时"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--check", "missing.md"], "can't read"),
        (["--check", "."], "can't read"),
        (["--check", "x.md", "--bilingual"], "does not go with --check"),
        (["--partial"], "goes with --check only"),
        (["-o", "guide.pdf"], "tells no format"),
        (["-f", "pdf"], "must be one of"),
        (["licensing/filing"], "into a folder"),
    ],
)
def test_wrong_usage_is_told(
    jianban: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = jianban("guide", KEY, *words)
    assert result.code == 2
    assert message in result.err
