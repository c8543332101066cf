"""The reference of the language says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.flow import compile_process
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.loader import load_text

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")


def test_its_examples_load_without_errors_and_are_sound() -> None:
    for example in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        flow = compile_process(load_text(example))
        assert [p.line("en") for p in check(flow) if p.severity is Severity.ERROR] == []
        assert soundness(flow).sound


def test_it_lists_every_kind_with_its_exits() -> None:
    rows = re.findall(r"^\| `(\w+)` (\S+) \| (.*) \|$", PAGE, re.MULTILINE)
    known = {k: (s.title.zh, list(s.exits)) for k, s in kinds().shapes.items()}
    listed = {
        kind: (title, re.findall(r"`(\w+)`", exits.split("(needs `lasts`")[0])) for kind, title, exits in rows
    }
    assert listed == known
