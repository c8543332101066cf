"""Every rule has a page whose invalid example breaks it and whose valid example keeps it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jianban.workflows.analysis.reform import LINTS, advise
from jianban.workflows.analysis.rules import RULES, check
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.errors import DefinitionError, Severity
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process

PAGES = Path(__file__).parents[3] / "docs" / "findings"
CODES = [p.stem for p in sorted(PAGES.glob("J[235]*.md"))]
COMPILED = ("J201", "J202", "J203", "J204")
"""Found while a definition is loaded and compiled."""
KNOWN = {**RULES, **LINTS}


def processes(code: str) -> list[str]:
    """The invalid and the valid example of a page."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    examples = re.findall(r"```(?:yaml|python)\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    return examples


def process(example: str) -> Process:
    if example.startswith("from "):
        names: dict[str, Process] = {}
        exec(example, names)
        return names["process"]
    return load_text(example)


def codes(example: str) -> set[str]:
    flow = compile_process(process(example))
    return {p.code for p in check(flow)} | {item.lint.code for item in advise(flow).items}


@pytest.mark.parametrize("code", [c for c in CODES if c not in COMPILED])
def test_the_examples_of_a_page_break_and_keep_its_rule(code: str) -> None:
    invalid, valid = processes(code)
    assert code in codes(invalid)
    assert code not in codes(valid)


@pytest.mark.parametrize("code", COMPILED)
def test_the_examples_of_a_page_fail_and_pass_compiling(code: str) -> None:
    invalid, valid = processes(code)
    with pytest.raises(DefinitionError) as failure:
        compile_process(process(invalid))
    assert code in {p.code for p in failure.value.problems}
    compile_process(process(valid))


@pytest.mark.parametrize("code", CODES)
def test_a_valid_example_is_sound_and_free_of_errors(code: str) -> None:
    flow = compile_process(process(processes(code)[1]))
    assert [p for p in check(flow) if p.severity is Severity.ERROR] == []
    assert soundness(flow).sound


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_rule_has_a_page_under_its_title(code: str) -> None:
    heading = (PAGES / f"{code}.md").read_text(encoding="utf-8").splitlines()[0]
    assert heading == f"# {code} {KNOWN[code].title.zh} · {KNOWN[code].title.en}"


def test_the_index_lists_every_page_with_its_severity() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| \[(J\d+)\].* (\w+) \|$", index, re.MULTILINE))
    pages = (p.stem for p in PAGES.glob("J*.md"))
    assert listed == {c: KNOWN[c].severity if c in KNOWN else Severity.ERROR for c in pages}
