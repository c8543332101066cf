"""What is dumped loads to an equal process."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.dump import dump
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from jianban.workflows.language.reader import CONTROL
from jianban.workflows.texts import Text
from tests.effort import examples
from tests.strategies import CATALOGUE, processes


@examples(60)
@given(processes(messages=True, first_receivers=True))
def test_random_processes_come_back_equal(process: Process) -> None:
    assert load_text(dump(process), CATALOGUE) == process


@pytest.mark.parametrize("reference", Catalogue.default().index)
def test_the_catalogue_comes_back_equal(reference: str) -> None:
    catalogue = Catalogue.default()
    process = catalogue.process(reference)
    assert load_text(dump(process), catalogue) == process


@examples(60)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda s: s.strip() and not CONTROL.search(s)
    )
)
def test_any_text_survives(words: str) -> None:
    source = CATALOGUE.process("demo/permit")
    process = replace(source, title=Text(words, words))
    assert load_text(dump(process), CATALOGUE).title == process.title
