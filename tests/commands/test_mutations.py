"""Definitions with lines lost, doubled, swapped or garbled end in findings, not in a defect."""

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.engine.commands.main import main
from tests.effort import examples

FOLDER = Path(__file__).parents[2] / "definitions"
DEFINITIONS = [path.read_text(encoding="utf-8").splitlines() for path in sorted(FOLDER.rglob("*@*.yaml"))]
WORDS = sorted({word for lines in DEFINITIONS for line in lines for word in line.split()})
ODD = [
    "",
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "9" * 30,
    "*a",
    "&a",
    "0 days",
    "~",
    "'x > '",
    "max: 0",
    "join: 7",
    "{",
    "]",
]


@st.composite
def mutants(draw: st.DrawFn) -> str:
    lines = list(draw(st.sampled_from(DEFINITIONS)))
    for _ in range(draw(st.integers(1, 3))):
        a, b = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["lose", "double", "swap", "garble"])):
            case "lose":
                lines[a : a + draw(st.integers(1, 6))] = [""]
            case "double":
                lines.insert(b, lines[a])
            case "swap":
                lines[a], lines[b] = lines[b], lines[a]
            case _:
                words = lines[a].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(
                    st.sampled_from(ODD) | st.sampled_from(WORDS)
                )
                lines[a] = " ".join(words)
    return "\n".join(lines)


@pytest.fixture(autouse=True)
def _defects_raise() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIANBAN_DEBUG", "1")
        patch.setenv("JIANBAN_LANG", "en")
        yield


@examples(150)
@given(mutants())
def test_a_mutant_is_judged(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code = main(["check", "-"])
    assert code in (0, 1)
    assert out.getvalue().splitlines()[-1].startswith(("✓", "✗", " "))
