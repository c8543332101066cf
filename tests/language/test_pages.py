"""Every code of the language has a page: its invalid example has the finding, its valid one none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.language.codes import CODES
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text

PAGES = Path(__file__).parents[2] / "docs" / "findings"
OF_FILES = ("J100", "J101", "J102", "J140", "J143")
"""Findings that no single text can show; test_reader.py and test_catalogue.py have them."""


def page(code: str) -> str:
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", [c for c in CODES if c not in OF_FILES])
def test_the_examples_of_a_page_have_and_avoid_its_finding(code: str) -> None:
    invalid, valid = re.findall(r"```yaml\n(.*?)```", page(code), re.DOTALL)
    with pytest.raises(DefinitionError) as failure:
        load_text(invalid)
    assert {p.code for p in failure.value.problems} == {code}
    compile_process(load_text(valid))


@pytest.mark.parametrize("code", CODES)
def test_a_page_stands_under_the_title_of_its_code(code: str) -> None:
    assert page(code).splitlines()[0] == f"# {code} {CODES[code].zh} · {CODES[code].en}"


def test_every_code_that_is_reported_is_listed() -> None:
    sources = (Path(__file__).parents[2] / "workflows" / "language").glob("*.py")
    used = {c for s in sources for c in re.findall(r'"(J1\d\d)"', s.read_text(encoding="utf-8"))}
    assert used == set(CODES)
