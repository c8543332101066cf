"""What periods run from, and how long they are taken to last."""

import pytest

from jianban.workflows.language.dump import dump
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process, Step
from jianban.workflows.language.terms import Duration, Origin, Unit, Wait
from tests.strategies import CATALOGUE

HEAD = """
process: test/periods
version: "1"
title: {zh: 测试, en: Test}
data:
  until: {title: {zh: 期限, en: Until}, type: date}
  name: {title: {zh: 名称, en: Name}, type: text}
  both: {title: {zh: 两用, en: Both}, type: date}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - {step: both, title: {zh: 公告, en: Announce}, by: agent}
      - {step: announce, title: {zh: 公告, en: Announce}, by: agent}
      - {step: wait, title: {zh: 等候, en: Wait}, by: agent, lasts: LASTS}
      - step: hold
        title: {zh: 持有, en: Hold}
        by: agent
        on: {late: {to: done, after: AFTER, title: {zh: 到期, en: It ends}}}
ends: {done: {outcome: granted}}
"""


def process(lasts: str = "20 days", after: str = "20 days") -> Process:
    return load_text(HEAD.replace("LASTS", lasts).replace("AFTER", after), CATALOGUE, "test.yaml")


DAYS, YEAR = Duration(20, Unit.DAY), Duration(1, Unit.YEAR)


@pytest.mark.parametrize(
    ("written", "length", "origin"),
    [
        ("20 days", DAYS, None),
        ("{for: 20 days}", DAYS, None),
        ("{for: 20 days, from: announce}", DAYS, Origin(step="announce")),
        ("{for: 20 days, from: until}", DAYS, Origin(day="until")),
        ("{from: until, planned: 1 year}", YEAR, Origin(day="until", exact=True)),
    ],
)
def test_a_period_runs_from_a_step_or_a_date_or_to_a_date(
    written: str, length: Duration, origin: Origin | None
) -> None:
    of = process(written, written)
    waiting, holding = of.stages[0].items[2:]
    assert isinstance(waiting, Step)
    assert isinstance(holding, Step)
    assert waiting.wait == Wait(duration=length, origin=origin)
    late = next(e for e in holding.exits if e.event == "late")
    assert (late.after, late.origin) == (length, origin)
    assert load_text(dump(of), CATALOGUE, "again.yaml") == of


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{from: until}", "J139"),  # how long it is taken to last
        ("{from: announce}", "J139"),
        ("{planned: 1 year}", "J139"),
        ("{for: 20 days, from: until, planned: 1 year}", "J139"),
        ("{for: 20 days, from: both}", "J139"),
        ("{for: 20 days, from: name}", "J127"),
        ("{for: 20 days, from: nowhere}", "J127"),
    ],
)
def test_what_a_period_lacks_is_told(written: str, code: str) -> None:
    for lasts, after in ((written, "20 days"), ("20 days", written)):
        with pytest.raises(DefinitionError) as caught:
            process(lasts, after)
        assert {p.code for p in caught.value.problems} == {code}


def test_a_reading_needs_a_stated_period() -> None:
    with pytest.raises(DefinitionError) as caught:
        process("{from: until, planned: 1 year, reading: 20 days}")
    assert [p.code for p in caught.value.problems] == ["J139"]
