"""The national fields that a definition states for its guide."""

import pytest

from jianban.workflows.language.dump import dump
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.guidance import ItemType, Tier
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from tests.strategies import CATALOGUE

HEAD = """
process: test/guided
version: "1"
title: {zh: 测试, en: Test}
assumed: {zh: 测试, en: A test}
guide: GUIDE
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: apply, kind: submit, by: agent}]
ends: {done: {outcome: granted}}
"""


def process(guide: str) -> Process:
    return load_text(HEAD.replace("GUIDE", guide), CATALOGUE, "test.yaml")


def test_it_says_the_type_the_tiers_and_whom_to_ask() -> None:
    of = process(
        "{type: licence, tiers: [city, county], enquiries: {zh: 热线, en: Line, source: []},"
        " remedies: {zh: 复议, en: Review, assumed: {zh: 通例, en: As usual}}}"
    )
    found = of.guidance
    assert found is not None
    assert (found.item_type, found.tiers) == (ItemType.LICENCE, (Tier.CITY, Tier.COUNTY))
    assert found.basis == of.basis
    assert found.enquiries is not None
    assert not found.enquiries.basis.known
    assert found.remedies is not None
    assert found.remedies.basis.assumed is not None
    assert found.complaints is None
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


@pytest.mark.parametrize(
    ("guide", "code"),
    [("{type: permit}", "J113"), ("{level: [city]}", "J110"), ("{enquiries: {zh: 热线}}", "J111")],
)
def test_what_it_cannot_say_is_told(guide: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        process(guide)
    assert [p.code for p in caught.value.problems] == [code]
