"""What a limit says of its extension and its warning."""

import pytest

from jianban.workflows.language.dump import dump
from jianban.workflows.language.durations import ON_THE_SPOT
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process, Step
from jianban.workflows.language.terms import Duration, Limit, Unit
from jianban.workflows.wording import format_duration
from tests.strategies import CATALOGUE

HEAD = """
process: test/limits
version: "1"
title: {zh: 测试, en: Test}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps: [{step: decide, kind: decide, by: officer, within: WITHIN}]
ends: {done: {outcome: granted}, refused: {outcome: refused}}
"""


def process(within: str) -> Process:
    return load_text(HEAD.replace("WITHIN", within), CATALOGUE, "test.yaml")


def limit(of: Process) -> Limit:
    (step,) = of.stages[0].items
    assert isinstance(step, Step)
    assert step.limit is not None
    return step.limit


TEN, TWO = Duration(10, Unit.WORKING_DAY), Duration(2, Unit.WORKING_DAY)


@pytest.mark.parametrize(
    ("extendable", "by"),
    [
        ("10 working days", []),
        ("{for: 10 working days, by: clerk}", ["clerk"]),
        ("{for: 10 working days}", []),
    ],
)
def test_who_extends_a_limit_and_when_it_warns(extendable: str, by: list[str]) -> None:
    of = process(f"{{statutory: 20 working days, extendable: {extendable}, warn: 2 working days}}")
    found = limit(of)
    assert (found.extension, [r.id for r in found.extension_by], found.warn) == (TEN, by, TWO)
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


@pytest.mark.parametrize(
    ("within", "code"),
    [
        ("{statutory: 20 days, warn: 2 months}", "J139"),
        ("{statutory: 20 days, extendable: {by: clerk}}", "J111"),
        ("{statutory: 20 days, extendable: {for: 10 days, by: nobody}}", "J121"),
        ("{statutory: 20 days, extendable: [10 days]}", "J112"),
    ],
)
def test_what_cannot_be_meant_is_explained(within: str, code: str) -> None:
    with pytest.raises(DefinitionError) as error:
        process(within)
    assert [p.code for p in error.value.problems] == [code]


@pytest.mark.parametrize("within", ["0", "'0'", "{statutory: 0}", "{statutory: 20 days, promised: 0}"])
def test_a_limit_of_nothing_is_on_the_spot(within: str) -> None:
    of = process(within)
    assert (limit(of).promised or limit(of).legal) == ON_THE_SPOT
    assert format_duration(ON_THE_SPOT, "zh") == "当场"
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


@pytest.mark.parametrize("within", ["1", "false", "0 days", "0.0", "{statutory: 20 days, extendable: 0}"])
def test_what_is_no_limit_is_told(within: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        process(within)
    assert [p.code for p in caught.value.problems] == ["J115"]
