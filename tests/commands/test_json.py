"""The JSON documents have the shapes that docs/reference/json.md shows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Shell

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
EXAMPLES = {
    heading.strip("`"): json.loads(block)
    for heading, block in re.findall(
        r"^## (.+?)\n(?:(?!^## ).)*?```json\n(.*?)```",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
}
SIMPLE = "deregistration/simple@2022-03"
NEWER = "deregistration/simple@2024-07"
AT = ("--now", "2024-03-04T09:00")
BROKEN = "process: a\nversion: '1'\ntitel: {zh: 甲, en: A}\n"
LINES = {
    "list --json": ["list", "deregistration/simple", "--json"],
    "check --json": ["check", "{broken}", "--json"],
    "measure --json": ["measure", SIMPLE, "--json"],
    "compare --json": ["compare", "deregistration/general@2022-03", SIMPLE, "--json"],
    "indicators --json": ["indicators", "licensing", "--json"],
    "show --json": ["show", SIMPLE, "--json"],
    "guide --check --json": ["guide", SIMPLE, "--check", "{published}", "--partial", "--json"],
    "sources --json": ["sources", SIMPLE, "--json"],
    "reform --json": ["reform", "services/one-by-one", "--json"],
    "uses --json": ["uses", "registration_regulation:33", "--json"],
    "walk --json": ["walk", SIMPLE, "--start", "2022-04-01", "--do", "commit", "--do", "approve", "--json"],
    "engine start --json": ["engine", "start", SIMPLE, "--as", "zhang:investors", *AT, "--json"],
    "engine fire --json": ["engine", "fire", "case-0", "commit", "--as", "zhang:investors", *AT, "--json"],
    "engine publish --json": ["engine", "publish", "tax.done", "--id", "m", *AT, "--json"],
    "engine options --json": ["engine", "options", "case-1", *AT, "--json"],
    "engine case --json": ["engine", "case", "case-1", *AT, "--json"],
    "engine cases --json": ["engine", "cases", *AT, "--json"],
    "engine cases --count --json": ["engine", "cases", "--count", "status,state", *AT, "--json"],
    "engine tasks --json": ["engine", "tasks", "--role", "tax_officer", *AT, "--json"],
    "engine due --json": ["engine", "due", *AT, "--json"],
    "engine assess --json": ["engine", "assess", "--from", "2024-03-01", "--to", "2024-03-31", *AT, "--json"],
    "engine verify --json": ["engine", "verify", "--json"],
    "engine effects --json": ["engine", "effects", "--json"],
    "engine recalendar --json": ["engine", "recalendar", *AT, "--json"],
    "engine migrate --json": ["engine", "migrate", "--from", SIMPLE, "--to", NEWER, *AT, "--json"],
    "engine migrate --apply --json": [
        "engine",
        "migrate",
        "case-1",
        "--to",
        NEWER,
        "--apply",
        "--as",
        "a:clerk",
        "--reason",
        "r",
        *AT,
        "--json",
    ],
    "engine erase --json": [
        "engine",
        "erase",
        "--case",
        "case-1",
        "--as",
        "a",
        "--reason",
        "r",
        *AT,
        "--json",
    ],
    "engine anchor --json": ["engine", "anchor", "-o", "{file}", "--json"],
    "doctor --json": ["doctor", "--json"],
    "Errors / 错误": ["measure", "nowhere", "--json"],
}


def misfits(example: Any, actual: Any, path: str = "") -> list[str]:
    """Where an actual value has not the shape of the example; null fits anything.

    An item of a list fits when it has the shape of one of the example's.
    """
    if example is None or actual is None:
        return []
    if isinstance(example, dict) and isinstance(actual, dict):
        missing = [f"{path}.{key} is missing" for key in sorted(example.keys() - actual.keys())]
        inner = [
            m for key in example if key in actual for m in misfits(example[key], actual[key], f"{path}.{key}")
        ]
        return missing + inner
    if isinstance(example, list) and isinstance(actual, list):
        tries = [[misfits(e, item, f"{path}[{at}]") for e in example] for at, item in enumerate(actual)]
        return [misfit for each in tries if each and all(each) for misfit in min(each, key=len)]
    kinds = {bool: "bool", int: "number", float: "number", str: "text", list: "list", dict: "object"}
    return [] if kinds[type(example)] == kinds[type(actual)] else [f"{path} is {actual!r}"]


def test_every_example_is_tried() -> None:
    assert EXAMPLES.keys() == LINES.keys()


@pytest.fixture
def database(jianban: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases, one of which is being published."""
    monkeypatch.setenv("JIANBAN_DB", f"sqlite:///{tmp_path / 'cases.db'}")
    jianban("engine", "init")
    for case in ("case-0", "case-1"):
        jianban(
            "engine", "start", SIMPLE, "--as", "zhang:investors", "--id", case, "--subject", "甲公司", *AT
        )
    jianban("engine", "fire", "case-1", "commit", "--as", "zhang:investors", *AT)
    jianban("engine", "fire", "case-1", "submit", "--as", "li:agent", *AT)
    assert jianban("engine", "fire", "case-1", "tax_check.pass", "--as", "sun:tax_officer", *AT).code == 0


@pytest.mark.parametrize("heading", LINES)
def test_the_document_has_the_shape_of_the_example(
    jianban: Shell, tmp_path: Path, heading: str, request: pytest.FixtureRequest
) -> None:
    if heading.startswith("engine"):
        request.getfixturevalue("database")
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    published = tmp_path / "guide.csv"
    published.write_text("到现场次数,2次\n咨询电话,12345\n", encoding="utf-8")
    heads = tmp_path / "heads.txt"
    result = jianban(
        *(word.format(broken=broken, file=heads, published=published) for word in LINES[heading])
    )
    actual = json.loads(result.out)
    assert misfits(EXAMPLES[heading], actual) == []
    assert result.err == ""


def test_blocks_and_calls_have_their_shapes_too(jianban: Shell) -> None:
    for name in ("construction/project-parallel", "deregistration/general"):
        assert misfits(EXAMPLES["show --json"], json.loads(jianban("show", name, "--json").out)) == []


def test_a_time_without_a_limit_is_null_and_says_so(jianban: Shell) -> None:
    name = "items/supervision@2020-01"
    time = json.loads(jianban("measure", name, "--json").out)["measures"]["days_statutory"]
    assert [time[key] for key in ("value", "low", "high", "mean")] == [None] * 4
    assert time["note"]["en"].startswith("no limit set")
    compared = json.loads(jianban("compare", name, "items/inventory@2020-01", "--json").out)["measures"]
    assert next(m for m in compared if m["id"] == "days_statutory")["values"][0] is None


def test_a_misfit_is_found() -> None:
    assert misfits({"a": 1, "b": [{"c": "x"}]}, {"a": "1", "b": [{"c": "y"}, {}]}) == [
        ".a is '1'",
        ".b[1].c is missing",
    ]
