"""The page on writing one's own process is true: its files and commands, in order, do what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "write.md"
BLOCK = re.compile(
    r"(?:^\*\*`(?P<file>[^`]+)`\*\*\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
EXIT = re.compile(r"# exit (\d+)")


def commands(text: str) -> str:
    """Each line must end as it says, or well."""
    lines: list[str] = []
    for line in text.splitlines():
        said = EXIT.search(line)
        lines += [line, f"code=$?; [ $code -eq {said[1] if said else 0} ] || exit 99"]
    return "\n".join(lines)


def followed(page: str, folder: Path) -> list[tuple[str, str]]:
    """What each run of commands printed, with what the page says that it prints."""
    script: list[str] = []
    said: list[str] = []
    for block in BLOCK.finditer(page):
        if block["file"] is not None:
            script.append(f"printf %s {shlex.quote(block['text'])} > {shlex.quote(block['file'])}")
        elif block["kind"] == "sh":
            said.append("")
            script.append(f"{{\n{commands(block['text'])}\n}} > {folder}/{len(said):02}.out 2>&1")
        else:
            said[-1] += block["text"]
    there = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": there, "JIANBAN_LANG": "zh", "COLUMNS": "200"}
    text = "\n".join(script).replace("~/jianban", shlex.quote(str(ROOT)))
    run = subprocess.run(["bash", "-c", text], cwd=folder, env=environment, check=False)
    printed = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.out"))]
    assert run.returncode == 0, printed[-1]
    return list(zip(printed, said, strict=True))


@pytest.mark.slow
def test_a_newcomer_who_follows_the_page_gets_what_it_shows(tmp_path: Path) -> None:
    outcome = followed(PAGE.read_text(encoding="utf-8"), tmp_path)
    assert [line for printed, said in outcome for line in said.splitlines() if line not in printed] == []
    made = sorted(p.name for p in (tmp_path / "permits").iterdir() if p.suffix in (".svg", ".pdf", ".docx"))
    assert made == ["comparison.pdf", "guide.docx", "permit.svg"]


def test_a_command_that_fails_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        followed("```sh\ntrue\nfalse\ntrue\n```\n", tmp_path)


def test_what_is_not_printed_is_noticed(tmp_path: Path) -> None:
    assert followed("```sh\necho one\n```\n\n```text\ntwo\n```\n", tmp_path) == [("one\n", "two\n")]


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert targets
    assert [t for t in targets if not PAGE.parent.joinpath(t).exists()] == []
