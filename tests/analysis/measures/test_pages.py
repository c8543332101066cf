"""The pages under docs/measures say what the measures do, and their example is computed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from jianban.workflows.analysis.measures import MEASURES, UNITS, Options, Reading, measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.loader import load_file

PAGES = Path(__file__).parents[3] / "docs" / "measures"


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    flow = compile_process(load_file(PAGES / "example.yaml"))
    return measure(flow, Options(start=date(2024, 1, 29), tariff_fen=6000))


def test_every_measure_has_its_page_and_no_page_is_left_over() -> None:
    assert {p.stem for p in PAGES.glob("*.md")} == {*MEASURES, "README"}
    index = re.findall(
        r"^\| \[`(\w+)`\]\((\w+)\.md\) ", (PAGES / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert index == [(m, m) for m in MEASURES]


@pytest.mark.parametrize("measure_id", MEASURES)
def test_a_page_says_what_the_measure_does(measure_id: str, readings: dict[str, Reading]) -> None:
    of = MEASURES[measure_id]
    page = (PAGES / f"{measure_id}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {of.title.zh} · {of.title.en}\n\n`{measure_id}`\n")
    for name, words in (
        ("公式 · Formula", of.formula),
        ("单位 · Unit", UNITS[of.unit]),
        ("来源 · Source", of.source),
    ):
        assert f"| {name} | {words.zh} | {words.en} |" in page
    assert re.findall(r"^\[example\.yaml\]\(example\.yaml\): \*\*(.+)\*\*$", page, re.MULTILINE) == [
        str(readings[measure_id].value)
    ]


def test_the_index_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(PAGES.parents[1])
    (code,) = re.findall(r"```python\n(.*?)```", (PAGES / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out == "2 次\n"
