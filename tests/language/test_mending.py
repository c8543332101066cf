"""Where the shape of a file is wrong, its names and conditions are still checked, and nothing is invented."""

import pytest

from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from tests.strategies import CATALOGUE

FILE = """\
process: demo/shop
version: "1"
title: {zh: 店, en: Shop}
data: {area: {title: {zh: 面积, en: Area}, type: int}}
eligible: [{when: area > 0, else: {zh: 无, en: None}}]
stages:
  - stage: one
    title: {zh: 一, en: One}
    steps:
      - {step: apply, kind: submit, by: agent, within: 3 days}
      - {step: check, title: {zh: 查, en: Check}, kind: task, by: officer}
ends: {done: {outcome: granted}}
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DefinitionError) as failure:
        load_text(text, CATALOGUE)
    return [(p.position.line, p.code) for p in failure.value.problems]


def test_slips_of_form_and_of_names_are_told_at_once() -> None:
    text = FILE.replace("{zh: 店, en: Shop}", "店").replace("3 days", "3 dayz").replace("else", "els")
    text = (
        text.replace("type: int", "type: intt").replace("area > 0", "aera > 0").replace("officer", "oficer")
    )
    assert faults(text) == [(3, "J112"), (4, "J113"), (5, "J130"), (5, "J110"), (10, "J115"), (11, "J121")]


def test_what_cannot_be_understood_invents_nothing() -> None:
    assert faults(FILE.replace("type: int", "type: [1]").replace("officer", "oficer")) == [(4, "J113")]


def test_a_step_of_an_unknown_kind_has_its_other_names_checked() -> None:
    assert faults(FILE.replace("kind: task, by: officer", "kind: tsk, by: oficer")) == [
        (11, "J120"),
        (11, "J121"),
    ]


def test_a_slip_leaves_no_trace_in_what_is_loaded_next() -> None:
    text = FILE.replace("3 days", "3 dayz")
    assert faults(text) == faults(text) == [(10, "J115")]
