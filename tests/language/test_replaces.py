"""`replaces` names steps of called processes, and a call says what its steps stand for."""

from pathlib import Path

import pytest

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.dump import dump
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Call, Item, Process, Step
from jianban.workflows.language.wire import freeze, thaw
from tests.strategies import CATALOGUE

HEAD = """process: {id}
version: "1"
title: {{zh: 流程, en: Process}}
source: licensing_act:4
{more}
stages:
  - stage: all
    title: {{zh: 全部, en: All}}
    steps:
"""
ENDS = """ends: {done: {outcome: granted}, refused: {outcome: refused}, declined: {outcome: not_accepted}}
"""
CALL = "{call: permit, process: demo/permit, on: {refused: refused, not_accepted: declined}%s}"


def text(id_: str, *items: str, more: str = "") -> str:
    return HEAD.format(id=id_, more=more) + "".join(f"      - {i}\n" for i in items) + ENDS


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """With a process that calls a permit, and one that calls that process."""
    base = text("demo/base", "{step: open, by: agent}", CALL % "")
    outer = "{call: whole, process: demo/base, on: {refused: refused, declined: declined}}"
    for name, written in {"base": base, "outer": text("demo/outer", outer)}.items():
        (tmp_path / "demo").mkdir(exist_ok=True)
        (tmp_path / "demo" / f"{name}@1.yaml").write_text(written, encoding="utf-8")
    return Catalogue(tmp_path, base=CATALOGUE)


def told(catalogue: Catalogue, *items: str, of: str = "demo/base") -> list[str]:
    """The problems of a variant, each in a line."""
    with pytest.raises(DefinitionError) as failure:
        variant(catalogue, *items, of=of)
    return [p.line("en") for p in failure.value.problems]


def variant(catalogue: Catalogue, *items: str, of: str = "demo/base") -> Process:
    return load_text(text("demo/variant", *items, more=f"variant_of: {of}"), catalogue, "v.yaml")


def first(process: Process) -> Item:
    return process.stages[0].items[0]


def test_a_step_inside_a_call_is_named_with_the_call_before_it(catalogue: Catalogue) -> None:
    item = first(variant(catalogue, "{step: open, by: agent, replaces: [open, permit, permit.apply]}"))
    assert isinstance(item, Step)
    assert item.replaces == ("open", "permit", "permit.apply")
    deep = variant(catalogue, "{step: a, by: agent, replaces: [whole.permit.apply]}", of="demo/outer")
    assert isinstance(item := first(deep), Step)
    assert item.replaces == ("whole.permit.apply",)


def test_a_step_that_the_called_process_has_not(catalogue: Catalogue) -> None:
    (problem,) = told(catalogue, "{step: open, by: agent, replaces: [permit.aply]}")
    assert problem.startswith("v.yaml:10:44 J129 there is no step of the base “permit.aply”.")
    assert "Did you mean “permit.apply”?" in problem
    (problem,) = told(catalogue, "{step: open, by: agent, replaces: [permit..apply]}")
    assert "J114 “permit..apply” cannot refer to a step" in problem


def test_a_stage_is_no_step(catalogue: Catalogue) -> None:
    (problem,) = told(catalogue, "{step: open, by: agent, replaces: [all]}")
    assert "J129 there is no step of the base “all”" in problem
    (problem,) = told(catalogue, "{step: open, by: agent, replaces: [permit.apply_stage]}")
    assert "J129 there is no step of the base “permit.apply_stage”" in problem


def test_a_call_says_what_its_steps_stand_for_and_is_written_so_again(catalogue: Catalogue) -> None:
    process = variant(catalogue, CALL % ", replaces: {apply: [open, permit.apply], decide: [permit.decide]}")
    item = first(process)
    assert isinstance(item, Call)
    assert item.replaces == ()
    assert item.replaced_by_step == (("apply", ("open", "permit.apply")), ("decide", ("permit.decide",)))
    assert load_text(dump(process), catalogue).stages == process.stages
    assert thaw(freeze(process)) == process


def test_what_a_call_says_of_its_steps_is_checked_on_both_sides(catalogue: Catalogue) -> None:
    ours, theirs = told(catalogue, CALL % ", replaces: {aply: [open], decide: [permit.decid]}")
    assert "J127 there is no step of the called process “aply”. Did you mean “apply”?" in ours
    assert "J129 there is no step of the base “permit.decid”. Did you mean “permit.decide”?" in theirs
    (problem,) = told(catalogue, CALL % ", replaces: open")
    assert "J112" in problem
    assert "a mapping of steps of the called process to lists of ids" in problem


def test_a_case_of_its_own_has_no_steps_here(catalogue: Catalogue) -> None:
    as_case = CALL.replace("declined}", "declined, withdrawn: declined}")
    (problem,) = told(catalogue, as_case % ", as: case, by: officer, replaces: {apply: [open]}")
    assert "J139 “permit” is a case of its own" in problem


def test_what_a_merged_call_stood_for_is_still_stood_for(catalogue: Catalogue) -> None:
    (Path(catalogue.folder) / "demo" / "middle@1.yaml").write_text(
        text(
            "demo/middle",
            "{step: open, by: agent}",
            CALL % ", replaces: {apply: [permit.apply]}",
            more="variant_of: demo/base",
        ),
        encoding="utf-8",
    )
    last = load_text(
        'process: demo/last\nversion: "1"\nextends: demo/middle@1\n'
        "changes: [{merge: [open, permit], as: {step: one, title: {zh: 一步, en: One}, by: agent}}]\n",
        Catalogue(catalogue.folder, base=CATALOGUE),
    )
    assert isinstance(item := first(last), Step)
    assert item.replaces == ("open", "permit", "permit.apply")
