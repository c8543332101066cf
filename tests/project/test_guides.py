"""What the guides of the engine show is true: their code runs, their links lead somewhere."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from jianban.engine import Actor, Engine

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROMISES = "explanation/promises.md"
PAGES = ("how-to/embed.md", "how-to/operate.md", PROMISES)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_code_of_the_guide_runs_from_its_first_block_to_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, code in enumerate(blocks("how-to/embed.md", "python"), 1):
        exec(compile(code, f"embed.md, block {number}", "exec"), names)
    assert names["sent"]


def test_a_record_is_anchored_and_found_whole_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Engine.open("sqlite:///cases.db") as engine:
        case = engine.start("deregistration/simple", actor=Actor("li", {"investors"}))
    (code,) = blocks("how-to/operate.md", "python")
    exec(compile(code, "operate.md", "exec"), {})
    assert case.id in (tmp_path / "heads.txt").read_text(encoding="utf-8")


def test_a_backup_of_sqlite_is_made_while_it_is_open_and_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("backup").mkdir()
    (said,) = re.findall(
        r'sqlite3 cases.db "(.+?)"', (DOCS / "how-to/operate.md").read_text(encoding="utf-8")
    )
    with Engine.open("sqlite:///cases.db") as engine:
        case = engine.start("deregistration/simple", actor=Actor("li", {"investors"}))
        connection = sqlite3.connect("cases.db")
        connection.execute(said)
        connection.close()
        history = case.history
    with Engine.open("sqlite:///backup/cases.db") as restored:
        assert list(restored.verify()) == []
        assert restored.case(case.id).history == history


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (DOCS / page).read_text(encoding="utf-8"))
    assert targets
    assert [t for t in targets if not (DOCS / page).parent.joinpath(t).exists()] == []


def test_each_promise_names_a_test_that_is_there() -> None:
    page = (DOCS / PROMISES).read_text(encoding="utf-8")
    named = re.findall(r"\[(test_\w+)\]\(([^)]+)\)", page)
    rows = [line for line in page.partition("## Limits")[0].splitlines() if re.match(r"\| [^-|p]", line)]
    assert [row for row in rows if "[test_" not in row and "no test of ours" not in row] == []
    folder = (DOCS / PROMISES).parent
    missing = [
        (name, path)
        for name, path in named
        if f"def {name}(" not in folder.joinpath(path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_limits_are_those_of_the_code() -> None:
    page = (DOCS / PROMISES).read_text(encoding="utf-8")
    limits = re.findall(r"\| (\d+) \| `(jianban[\w.]+)\.([A-Z_]+)(?:\.(\w+)|\[\"(\w+)\"\])?` \|", page)
    assert len(limits) == page.count("`jianban.engine.")
    for said, module, constant, attribute, item in limits:
        value = getattr(import_module(module), constant)
        value = getattr(value, attribute) if attribute else value[item] if item else value
        if isinstance(value, timedelta):
            value = value // timedelta(minutes=1)
        assert value == int(said), constant
