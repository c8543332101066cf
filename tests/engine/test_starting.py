"""Who may open a case, and what is told of misspelt roles and of what is for others."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianban.engine.access import Actor
from jianban.engine.engine import Engine
from jianban.engine.refusals import Refusal, Refused, Rule
from jianban.engine.starting import with_role
from jianban.engine.vocabulary import Named
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import MONDAY, agent, officer, steps
from tests.strategies import CATALOGUE

APPLIED = steps(
    """
    - {step: apply, kind: submit, by: agent}
    - {step: decide, kind: task, by: officer}
    """
)


def test_by_default_anybody_starts_and_whoever_has_no_role_applies() -> None:
    with Engine.open("sqlite://", clock=lambda: MONDAY) as engine:
        case = engine.start(APPLIED, actor=Actor("zhang"))
        assert engine.fire(case.id, "submit", actor=Actor("zhang"))
        other = engine.start(APPLIED, actor=officer)
        assert not engine.fire(other.id, "submit", actor=officer)


def test_a_host_says_who_may_start() -> None:
    with Engine.open("sqlite://", clock=lambda: MONDAY, who_may_start=with_role) as engine:
        with pytest.raises(Refused) as refused:
            engine.start(APPLIED, actor=Actor("zhang"))
        assert refused.value.refusal.code is Rule.ROLE
        assert engine.start(APPLIED, actor=agent).steps
    own = {"zhang": {"test/small"}}
    with Engine.open(
        "sqlite://",
        clock=lambda: MONDAY,
        who_may_start=lambda actor, flow: flow.process.id in own.get(actor.id, ()),
    ) as engine:
        assert engine.start(APPLIED, actor=Actor("zhang")).steps
        with pytest.raises(Refused):
            engine.start(APPLIED, actor=officer)


def test_a_misspelt_role_opens_nothing_and_is_told_where_it_acts() -> None:
    with Engine.open("sqlite://", clock=lambda: MONDAY) as engine:
        with pytest.raises(Refused) as refused:
            engine.start(APPLIED, actor=Actor("zhang", {"agnet"}))
        assert "“agent”" in refused.value.refusal.remedy.en
        case = engine.start(APPLIED, actor=agent)
        engine.fire(case.id, "submit", actor=agent)
        refusal = engine.fire(case.id, "complete", actor=Actor("wang", {"oficer", "canteen"}))
        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.by, "“officer”" in refusal.remedy.en) == (Rule.ROLE, ("officer",), True)


def test_a_directory_is_checked_against_what_definitions_know() -> None:
    with Engine.open("sqlite://", definitions=CATALOGUE) as engine:
        words = engine.vocabulary()
        complaint = words.complaint(Named.ROLE, "oficer")
        assert complaint is not None
        assert "officer" in complaint.en
        assert words.complaint(Named.ROLE, "officer") is None
        assert words.complaint(Named.STEP, "apply") is not None
        engine.start(APPLIED, actor=agent)
        assert engine.vocabulary().complaint(Named.STEP, "apply") is None


def test_options_hold_what_is_for_others_when_asked() -> None:
    with Engine.open("sqlite://", clock=lambda: MONDAY) as engine:
        case = engine.start(APPLIED, actor=agent).id
        assert engine.options(case, actor=officer) == ()
        (offer,) = engine.options(case, actor=officer, others=True)
        assert offer.refusal is not None
        assert (offer.event, offer.refusal.code) == ("submit", Rule.ROLE)


def test_a_folder_of_definitions_that_is_not_there_opens_no_database(tmp_path: Path) -> None:
    with pytest.raises(JianbanError, match="“processes” is no folder"):
        Engine.open(f"sqlite:///{tmp_path}/cases.db", definitions="processes")
    assert not list(tmp_path.iterdir())
