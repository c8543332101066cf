"""What a case knows of its subject when it is opened, and what is kept for that."""

import pytest

from jianban.workflows.language.dump import dump
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Duration, Known, Unit
from tests.strategies import CATALOGUE

HEAD = """
process: test/known
version: "1"
title: {zh: 测试, en: Test}
data:
  code: {title: {zh: 代码, en: Code}, type: text}
  person: {title: {zh: 人员, en: Person}, type: text, personal: true}
  listed: {title: {zh: 在册, en: Listed}, type: bool, known: KNOWN}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: apply, kind: submit, by: agent}]
ends: {done: {outcome: granted, sends: [SENDS]}}
"""


def process(known: str = "{message: a.b}", sends: str = "{message: a.b, keep: 3 years}") -> Process:
    return load_text(HEAD.replace("KNOWN", known).replace("SENDS", sends), CATALOGUE, "test.yaml")


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("{message: a.b}", Known(message="a.b", name="listed")),
        ("{message: a.b, name: on, key: code}", Known(message="a.b", name="on", key="code")),
    ],
)
def test_a_field_is_known_from_a_message_that_was_kept(written: str, known: Known) -> None:
    of = process(written)
    assert of.fields["listed"].known == known
    assert of.ends[0].sends[0].keep == Duration(3, Unit.YEAR)
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


@pytest.mark.parametrize(
    ("known", "sends", "code"),
    [
        ("{message: a.b, key: nowhere}", "{message: a.b}", "J138"),
        ("{name: on}", "{message: a.b}", "J111"),
        ("{message: a.b}", "{publish: website, keep: 3 years}", "J139"),
        ("{message: a.b}", "{message: a.b, keep: long}", "J115"),
        ("{message: a.b}", "{message: a.b, data: [person], keep: 3 years}", "J139"),
        ("{message: a.b}", "{message: a.b, each: true}", "J139"),
    ],
)
def test_what_is_not_said_right_is_told(known: str, sends: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        process(known, sends)
    assert [p.code for p in caught.value.problems] == [code]


def test_every_message_may_be_kept() -> None:
    of = process(sends="{message: a.b, keep: 3 years, each: true}")
    assert of.ends[0].sends[0].each
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


def test_a_field_may_be_the_business_key_unless_it_is_personal_or_known() -> None:
    text = HEAD.replace("KNOWN", "{message: a.b}").replace("SENDS", "{message: a.b}")
    of = load_text(f"{text}business_key: code\n", CATALOGUE, "test.yaml")
    assert of.business_key == "code"
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of
    preset = text.replace(
        "data:\n", "data:\n  preset: {title: {zh: 代码, en: Code}, type: text, default: A}\n", 1
    )
    assert preset != text
    with pytest.raises(DefinitionError) as caught:
        load_text(f"{preset}business_key: preset\n", CATALOGUE, "test.yaml")
    assert [p.code for p in caught.value.problems] == ["J139"]
    for name, code in (("person", "J139"), ("listed", "J139"), ("nowhere", "J125")):
        with pytest.raises(DefinitionError) as caught:
            load_text(f"{text}business_key: {name}\n", CATALOGUE, "test.yaml")
        assert [p.code for p in caught.value.problems] == [code]
