"""English figures are in English only, with one and many told apart: over the catalogue."""

import re

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import Figure, guide_figure, scene
from jianban.workflows.figures.theme import LOOKS
from jianban.workflows.figures.words import joined
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.texts import Text
from tests.figures.catalogue import comparisons_of, figures_of, pairs
from tests.figures.quality import words

PROCESSES = {p.key: p for p in Catalogue.default().processes()}
PAIRS = [(a.key, b.key) for a, b in pairs(list(PROCESSES.values()))]
SIGNS = {look.sign for look in LOOKS.values()}
UNITS = "stage|step|day|working day|month|year|hour|material|visit|condition|block|hand-off"
ONE_AS_MANY = re.compile(rf"(?<![\d.,–−-])1 (?:{UNITS})s\b")
MANY_AS_ONE = re.compile(rf"(?<![\d.,])(?:0|[2-9]|\d+[\d.])\s(?:{UNITS})\b(?!-)")


def faults(figure: Figure) -> list[str]:
    return [
        text
        for text in (w.text for w in words(scene(figure)))
        if any(ord(c) > 0x2E80 and c not in SIGNS for c in text)
        or ONE_AS_MANY.search(text)
        or MANY_AS_ONE.search(text)
    ]


@pytest.mark.parametrize("key", PROCESSES)
def test_a_process_in_english_has_no_chinese_and_counts_rightly(key):
    for kind, figure in figures_of(compile_process(PROCESSES[key]), "en").items():
        assert (kind, faults(figure)) == (kind, [])


@pytest.mark.parametrize("keys", PAIRS)
def test_a_comparison_in_english_has_no_chinese_and_counts_rightly(keys):
    base, other = (compile_process(PROCESSES[key]) for key in keys)
    for kind, figure in comparisons_of(base, other, "en").items():
        assert (kind, faults(figure)) == (kind, [])


def test_a_title_within_a_line_begins_small_unless_it_is_a_name():
    titles = [
        Text("发", "Developer"),
        Text("税", "Tax authority"),
        Text("国", "State Council"),
        Text("人", "HR"),
    ]
    assert joined(titles).en == "Developer, tax authority, State Council, HR"


@pytest.mark.parametrize("key", PROCESSES)
def test_no_list_in_a_guide_has_a_capital_after_a_comma(key):
    figure = guide_figure(compile_process(PROCESSES[key]), lang="en")
    told = [v.en for a in figure.advice for v in (a.title, *(v for f in a.facts for v in f.values))]
    assert [t for t in told if re.search(r", [A-Z][a-z]+ (?![A-Z])", t)] == []
