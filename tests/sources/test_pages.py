"""Every finding about the texts has a page: its invalid example has the finding, its valid one none."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from jianban.workflows.language.loader import load_text
from jianban.workflows.sources.register import register
from jianban.workflows.sources.statutes import Statute

PAGES = Path(__file__).parents[2] / "docs" / "findings"
LICENSING = Statute(
    title="行政许可法",
    adopted=date(2019, 4, 23),
    articles={
        "42": (
            "除可以当场作出行政许可决定的外，行政机关应当自受理行政许可申请之日起二十日内作出行政许可决定。",
        ),
        "82": ("本法规定的行政机关实施行政许可的期限以工作日计算，不含法定节假日。",),
    },
)
DEFINITION = """
process: example/permit
version: "1"
title: {{zh: 示例许可, en: Example permit}}
stages:
  - stage: one
    title: {{zh: 办理, en: Handling}}
    steps:
      - {{step: apply, kind: submit, by: agent}}
      {step}
ends:
  granted: {{outcome: granted}}
  refused: {{outcome: refused}}
"""


@pytest.mark.parametrize("code", ["J401", "J402", "J403", "J404"])
def test_the_examples_of_a_page_have_and_avoid_its_finding(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    invalid, valid = (
        register([load_text(DEFINITION.format(step=example.strip()))], [LICENSING])
        for example in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    )
    assert [p.code for p in invalid.problems] == [code]
    assert valid.problems == ()
