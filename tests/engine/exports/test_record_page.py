"""The page of the record says what is so: its script verifies what is exported, and finds what is changed."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from jianban.engine.engine import Engine
from jianban.engine.exports import jsonl
from tests.engine.exports.test_exports import engine

__all__ = ["engine"]

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "record.md").read_text(encoding="utf-8")
SCRIPT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]


def verified(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "verify.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "record.jsonl").write_text(text, encoding="utf-8", newline="")
    return subprocess.run(
        [sys.executable, folder / "verify.py", folder / "record.jsonl"],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=60,
    )


@pytest.fixture(scope="module")
def text(engine: Engine) -> str:
    return "".join(jsonl(engine.traces(), "zh"))


def test_an_export_verifies_and_gives_the_anchor(engine: Engine, text: str, tmp_path: Path) -> None:
    run = verified(tmp_path, text)
    heads = io.StringIO()
    anchor = engine.anchor(heads)
    assert (run.returncode, run.stdout) == (0, heads.getvalue())
    assert sha256(run.stdout.encode()).hexdigest() == anchor


@pytest.mark.parametrize(
    ("before", "after"), [("zhang", "zhan9"), ('"seq":2', '"seq":3'), ('"hash":"', '"hash":"0')]
)
def test_a_change_is_found(text: str, tmp_path: Path, before: str, after: str) -> None:
    assert verified(tmp_path, text.replace(before, after, 1)).returncode == 1


def test_a_missing_or_moved_line_is_found(text: str, tmp_path: Path) -> None:
    lines = text.split("\n")
    assert "entry 3 of case" in verified(tmp_path, "\n".join([lines[0], *lines[2:]])).stderr
    assert "line 2:" in verified(tmp_path, "\n".join([lines[0], lines[2], lines[1], *lines[3:]])).stderr


def test_every_key_of_an_entry_is_told(text: str) -> None:
    import json

    told = set(re.findall(r"`(\w+)`", PAGE.partition("## The bytes")[2].partition("## The chain")[0]))
    assert {key for line in text.split("\n")[:-1] for key in json.loads(line)["body"]} <= told
