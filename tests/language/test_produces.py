"""What a step issues is named by id, as what it asks is."""

from pathlib import Path

import pytest

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import Level

CATALOGUE = Catalogue(Path(__file__).parent / "data")
TEXT = """
process: demo/issue
version: "1"
title: {zh: 核发, en: Issue}
source: licensing_act:1
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: issue, title: {zh: 核发, en: Issue}, by: officer, produces: [licence]}
ends:
  done: {outcome: granted, title: {zh: 办结, en: Done}}
"""


def test_a_step_names_the_documents_that_it_issues() -> None:
    (step,) = load_text(TEXT, CATALOGUE).stages[0].items
    assert isinstance(step, Step)
    assert [material.title.en for material in step.produces] == ["Business licence"]


def test_an_unknown_one_is_told_with_its_place_and_the_nearest() -> None:
    with pytest.raises(DefinitionError) as failure:
        load_text(TEXT.replace("[licence]", "[license]"), CATALOGUE)
    (problem,) = failure.value.problems
    line = TEXT.splitlines()[problem.position.line - 1]
    assert problem.code == "J123"
    assert line[problem.position.column - 1 :].startswith("licence")
    assert "licence" in problem.remedy.en


def test_a_document_has_its_level_and_who_passed_it(tmp_path: Path) -> None:
    source = "act: {title: {zh: 法, en: Act}, level: LEVEL, promulgator: {zh: 国务院, en: State Council}}\n"
    path = tmp_path / "sources.yaml"
    path.write_text(source.replace("LEVEL", "regulation"), encoding="utf-8")
    act = Catalogue(tmp_path).shared.documents["act"]
    assert (act.level, act.promulgator and act.promulgator.en) == (Level.REGULATION, "State Council")
    path.write_text(source.replace("LEVEL", "regulations"), encoding="utf-8")
    with pytest.raises(DefinitionError) as failure:
        _ = Catalogue(tmp_path).shared
    assert [problem.code for problem in failure.value.problems] == ["J113"]
