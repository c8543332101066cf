"""The catalogue held to the lints of reform."""

from __future__ import annotations

import re

import pytest

from jianban.workflows.analysis.reform import advise, levels
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.terms import Level

CATALOGUE = Catalogue.default()
CONGRESS = "人民代表大会(常务委员会)?"
PROMULGATORS = {
    Level.LAW: f"全国{CONGRESS}",
    Level.REGULATION: "国务院",
    Level.DECISION: "国务院",
    Level.LOCAL_REGULATION: f"(?!全国).+{CONGRESS}",
    Level.PROVINCIAL_RULES: "(.+省|.+自治区|北京市|天津市|上海市|重庆市)人民政府",
    Level.RULES: ".+(总局|委员会|部|人民政府)",
    Level.POLICY: f"(?!国务院$)(?!.*{CONGRESS}).+",
}
"""What those are called who may pass a document of a level."""


def disguised() -> set[tuple[str, str]]:
    return {
        (process.key, item.advice.node.id)
        for process in CATALOGUE.processes()
        for item in advise(compile_process(process)).items
        if item.lint.code == "J501"
    }


def test_statutory_registrations_and_filings_are_no_disguised_approvals() -> None:
    """Customs' own rules on closing a filing are not at hand: that one is told truly."""
    assert disguised() == {("deregistration/one-by-one@2024-07", "close_customs")}


def test_without_their_statutes_they_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "STATUTES", frozenset())
    found = disguised()
    assert len(found) > 40
    assert ("deregistration/general@2024-07", "decide") in found
    assert ("construction/project-serial@2019-04", "record_project") in found


@pytest.mark.parametrize("document", CATALOGUE.shared.documents.values(), ids=lambda d: d.id)
def test_the_level_of_a_document_follows_from_who_passed_it(document: levels.Document) -> None:
    assert document.level is not None
    assert document.promulgator is not None
    assert re.fullmatch(PROMULGATORS[document.level], document.promulgator.zh)
