"""The reference of the language says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Outcome
from jianban.workflows.language.schema import StepShape
from jianban.workflows.language.shape import keys_of
from jianban.workflows.language.terms import Channel, DataKind, MaterialForm

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


def test_it_tells_every_key_of_a_step_and_every_word_it_may_have() -> None:
    section = PAGE.partition("## Keys of a step")[2].partition("## Time")[0]
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", section))))
    words = {w.value for kind in (Channel, MaterialForm, Outcome, DataKind) for w in kind}
    assert keys_of(StepShape) - {"step"} | words <= told


def test_entries_of_an_own_catalogue_are_as_it_says(tmp_path: Path) -> None:
    for name, entry in re.findall(r"^\| (\w+\.yaml) \| `([^`]*)`", PAGE, re.MULTILINE):
        (tmp_path / name).write_text(entry, encoding="utf-8")
    shared = Catalogue(tmp_path).shared
    assert shared.roles["food_officer"].agency is shared.agencies["food_bureau"]
    assert (shared.materials.keys(), shared.documents.keys()) == ({"site_plan"}, {"food_rules"})
