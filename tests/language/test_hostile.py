"""Whatever a file holds, loading it gives a process or a `DefinitionError` worded in both languages."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.compiler import compile_process
from jianban.workflows.language.codes import CODES
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.reader import read_text
from jianban.workflows.language.shape import plain
from tests.effort import examples
from tests.strategies import CATALOGUE

VALID = CATALOGUE.index["demo/permit@1"].read_text(encoding="utf-8")
VARIANT = CATALOGUE.index["demo/short@1"].read_text(encoding="utf-8")
TOKENS = re.findall(r"\w+|\S|\s+", VALID + VARIANT)
ENGLISH = re.compile(r"Input should|valid (string|integer|dict)|Field required|extra inputs", re.IGNORECASE)
NAMES_OF_THE_FORMAT = re.compile(r"[“‘][^”’]*[”’]|[a-zA-Z0-9_./@:{}<>*,;()&|=\-\"'%# ]+")


def problems(text: str) -> tuple[Problem, ...]:
    try:
        compile_process(load_text(text, CATALOGUE))
    except DefinitionError as error:
        return error.problems
    return ()


def load(text: str) -> None:
    """Load and compile; whatever is wrong must be told well."""
    for problem in problems(text):
        assert problem.code in CODES or problem.code.startswith("J2")
        assert problem.position.line >= 1
        assert problem.position.column >= 1
        for words in (problem.message, problem.remedy):
            assert words.zh.strip()
            assert words.en.strip()
            assert not ENGLISH.search(words.zh + words.en)
            assert "{" not in NAMES_OF_THE_FORMAT.sub("", words.zh)


def test_the_valid_files_load() -> None:
    load_text(VALID, CATALOGUE)
    load_text(VARIANT, CATALOGUE)


@examples(150)
@given(st.sampled_from([VALID, VARIANT]), st.data())
def test_a_file_with_pieces_cut_doubled_or_swapped(text: str, data: st.DataObject) -> None:
    lines = text.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["cut", "double", "swap", "indent", "token"])):
            case "cut":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "indent":
                lines[at] = "  " + lines[at]
            case _:
                words = re.findall(r"\w+|\S|\s+", lines[at])
                where = data.draw(st.integers(0, max(0, len(words) - 1)))
                words[where : where + 1] = [data.draw(st.sampled_from(TOKENS))]
                lines[at] = "".join(words)
        if not lines:
            break
    load("".join(lines))


SCALARS = (
    st.sampled_from(
        [
            "x",
            "",
            "apply",
            "next",
            "20 days",
            "area > 3",
            "applicant",
            "demo/permit",
            "licensing_act:3",
            1,
            -1,
            0.5,
        ]
    )
    | st.none()
    | st.booleans()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "step",
                    "title",
                    "zh",
                    "en",
                    "to",
                    "when",
                    "steps",
                    "branches",
                    "on",
                    "accept",
                    "each",
                    "call",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@examples(200)
@given(st.data())
def test_a_file_with_any_value_anywhere(data: st.DataObject) -> None:
    root = plain(read_text(data.draw(st.sampled_from([VALID, VARIANT]))))
    places = list(_places(root))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(VALUES)
    # JSON is YAML too
    load(json.dumps(root, ensure_ascii=False))


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every collection in a tree with each of its keys."""
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(child, dict | list):
            yield from _places(child)


def test_many_slips_among_many_names_are_told_fast() -> None:
    steps = "".join(
        f"      - {{step: step_{i}, title: {{zh: 办, en: Do}}, by: officer, on: {{complete: stepp_{i}}}}}\n"
        for i in range(1000)
    )
    stage = "stages:\n  - stage: s\n    title: {zh: 办, en: Do}\n    steps:\n"
    text = (
        "process: a\nversion: '1'\ntitle: {zh: 办, en: Do}\n"
        + stage
        + steps
        + "ends: {done: {outcome: granted}}\n"
    )
    start = time.process_time()
    found = problems(text)
    assert time.process_time() - start < 5
    assert [p.remedy.en for p in found] == [f"Did you mean “step_{i}”?" for i in range(1000)]
