"""Citations against the texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import Problem
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from jianban.workflows.sources.figures import bases
from jianban.workflows.sources.register import Register, register
from jianban.workflows.sources.texts import read_statutes

STATUTES = read_statutes(Path(__file__).parent / "law")
SOURCES = """
pilot:
  title: {zh: 中华人民共和国试点许可条例, en: Pilot regulation}
  adopted: 2020-03-01
plain: {title: {zh: 另一办法, en: Other measures}, adopted: 2020-03-01}
"""
WORKING = '  working_days: {article: "6", phrase: 期限以工作日计算}\n'
HEAD = """
process: pilot/permit
version: "1"
title: {zh: 试点许可, en: Pilot permit}
source: pilot:1 “为了规范试点许可”
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent}
"""
ENDS = """
ends:
  granted: {outcome: granted}
  refused: {outcome: refused}
"""


def process(tmp_path: Path, step: str, sources: str = SOURCES) -> Process:
    (tmp_path / "sources.yaml").write_text(sources, encoding="utf-8")
    catalogue = Catalogue(tmp_path, base=Catalogue.default())
    return load_text(
        f"{HEAD}      - {{step: decide, kind: decide, by: registrar, {step}}}\n{ENDS}", catalogue
    )


def checked(tmp_path: Path, step: str, sources: str = SOURCES) -> Register:
    return register([process(tmp_path, step, sources)], STATUTES)


def problems(tmp_path: Path, step: str, sources: str = SOURCES) -> tuple[Problem, ...]:
    return checked(tmp_path, step, sources).problems


@pytest.mark.parametrize(
    "step",
    [
        "source: pilot:3 “二十日内作出决定”, within: 20 days",
        "source: pilot:3 “二十日内作出决定……可以延长十日”, within: {statutory: 20 days, extendable: 10 days}",
        "source: [pilot:1 “制定本条例”, pilot:4 “公示期为30日”], kind: publicity, lasts: 30 days",
        "source: pilot:5 “不得收取任何费用”, fee: 0",
        "source: plain:9, within: 20 days",
        "assumed: {zh: 估计, en: Estimated}, within: 20 days",
        "within: {statutory: 9 days, source: pilot:1 “制定本条例”, assumed: {zh: 估计, en: Estimated}}",
        "source: pilot:3 “二十日内”, within: {statutory: 20 days, reading: 20 working days}",
    ],
)
def test_what_the_law_says_is_passed(tmp_path: Path, step: str) -> None:
    assert problems(tmp_path, step.replace("kind: publicity, ", "")) == ()


@pytest.mark.parametrize(
    ("step", "code", "told"),
    [
        ("source: pilot:3", "J401", "行政机关应当自受理之日起二十日内作出决定"),
        ("source: pilot:3, within: 20 days", "J401", "二十日内作出决定"),
        ("source: pilot:5, within: 20 days", "J401", "states no such figure"),
        ("source: pilot:30 “二十日内作出决定”", "J402", "Article 3 says it"),
        ("source: pilot:30", "J402", "Check the number"),
        ("source: pilot:2 “二十日内作出决定”", "J403", "Article 3 says it"),
        ("source: pilot:3 “可以延长20日”", "J403", "可以延长十日"),
        ("source: pilot:3 “作出决定”, within: 20 days", "J404", "自受理之日起二十日内作出决定"),
        ("source: pilot:3 “二十日内作出决定”, within: 20 working days", "J404", "write `assumed`"),
        (
            "source: pilot:3 “二十日内”, within: {statutory: 20 days, extendable: 10 days}",
            "J404",
            "可以延长十日",
        ),
        ("source: pilot:4 “公示期为30日”, lasts: 29 days", "J404", "write `assumed`"),
        ("source: pilot:5 “一万五千元以下”, fee: 15001", "J404", "write `assumed`"),
    ],
)
def test_what_it_does_not_say_is_told(tmp_path: Path, step: str, code: str, told: str) -> None:
    (problem,) = problems(tmp_path, step)
    assert problem.code == code
    assert told in problem.line("en")
    assert (problem.position.line, problem.position.column > 1) == (11, True)


def test_a_law_may_count_its_days_as_working_days(tmp_path: Path) -> None:
    step = "source: pilot:3 “二十日内作出决定”, within: 20 working days"
    own = SOURCES.replace("2020-03-01\nplain", f"2020-03-01\n{WORKING}plain")
    assert problems(tmp_path, step, own) == ()
    (wrong,) = problems(tmp_path, step, own.replace('"6"', '"5"'))
    assert (wrong.code, wrong.position.file.rpartition("/")[2], wrong.position.line) == (
        "J403",
        "sources.yaml",
        5,
    )


def test_what_has_no_text_is_listed_and_not_checked(tmp_path: Path) -> None:
    found = checked(tmp_path, "source: [plain:9, pilot:3 “二十日内”], within: 20 days")
    assert found.problems == ()
    assert [(d.document.id, d.text is None, len(d.lacking)) for d in found.documents] == [
        ("pilot", False, 0),
        ("plain", True, 1),
    ]


def test_without_texts_nothing_is_wrong(tmp_path: Path) -> None:
    found = register([process(tmp_path, "source: pilot:30")])
    assert found.problems == ()
    assert [len(d.lacking) for d in found.documents] == [1]


def test_what_is_inherited_is_told_once(tmp_path: Path) -> None:
    one = process(tmp_path, "source: pilot:3")
    found = register([one, replace(one, version="2")], STATUTES)
    assert [p.code for p in found.problems] == ["J401"]
    assert [len(c.citations) for c in found.processes] == [2, 2]
    assert [len(d.citations) for d in found.documents] == [2]


def test_assumptions_are_listed(tmp_path: Path) -> None:
    found = checked(tmp_path, "assumed: {zh: 估计, en: Estimated}, within: 20 days")
    assert [text.en for text in found.processes[0].assumed] == ["Estimated"]


def test_a_text_of_another_day_is_no_text(tmp_path: Path) -> None:
    other = [replace(s, adopted=date(2021, 3, 1)) for s in STATUTES]
    assert register([process(tmp_path, "source: pilot:3")], other).problems == ()


def test_what_else_rests_on_citations_is_looked_up_too(tmp_path: Path) -> None:
    others = list(bases(process(tmp_path, "source: pilot:30")))
    found = register([], STATUTES, others)
    assert [p.code for p in found.problems] == ["J402"]
    assert [(d.document.id, len(d.citations)) for d in found.documents] == [("pilot", 2)]
