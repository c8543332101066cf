"""A variant states only what changes; errors stay where they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Choice, Parallel, Process, Step
from jianban.workflows.language.terms import Duration, Unit
from tests.strategies import CATALOGUE

HEAD = """process: demo/variant
version: "1"
title: {zh: 变体, en: Variant}
extends: demo/permit@1
"""


def variant(text: str) -> Process:
    return load_text(HEAD + text, CATALOGUE, "v.yaml")


def changed(edits: str) -> Process:
    return variant("changes:\n" + "".join(f"  {line}\n" for line in edits.strip("\n").splitlines()))


def problems(edits: str) -> list[Problem]:
    with pytest.raises(DefinitionError) as failure:
        changed(edits)
    return list(failure.value.problems)


def ids(process: Process) -> list[str]:
    return [i.id for s in process.stages for i in s.items]


def step(process: Process, id_: str) -> Step:
    return next(i for s in process.stages for i in s.items if isinstance(i, Step) and i.id == id_)


BASE = CATALOGUE.process("demo/permit")


def test_what_is_not_stated_is_inherited_but_identity_and_time_in_force() -> None:
    process = variant("")
    assert process.stages == BASE.stages
    assert process.ends == BASE.ends
    assert (process.id, process.version, process.in_force_from) == ("demo/variant", "1", None)


def test_data_ends_and_anywhere_merge_by_key_and_null_removes() -> None:
    process = CATALOGUE.process("demo/short")
    assert [f.id for f in process.data] == ["area", "offices", "promised"]
    assert [(e.id, e.title.en) for e in process.ends] == [
        ("done", "Granted"),
        ("refused", "Turned down"),
        ("not_accepted", "Not accepted"),
        ("withdrawn", "Withdrawn"),
    ]
    assert variant("anywhere: null\n").anywhere == ()


def test_remove_update_merge_insert_and_move() -> None:
    process = CATALOGUE.process("demo/short")
    assert ids(process) == ["file", "decide", "draw", "reviews"]
    assert step(process, "file").replaces == ("apply", "receive")
    decide = step(process, "decide")
    assert [e.event for e in decide.exits] == ["approve"]
    assert decide.limit is not None
    assert decide.limit.statutory == Duration(20, Unit.WORKING_DAY)
    assert decide.limit.promised == Duration(1, Unit.WORKING_DAY)


def test_items_become_branches_where_the_first_of_them_stood() -> None:
    process = changed(
        "- {parallel: joint, title: {zh: 并联, en: Joint}, of: [decide, [reviews, publish]], join: all}"
    )
    assert ids(process) == ["apply", "receive", "receive_correction", "joint"]
    joint = process.stages[1].items[0]
    assert isinstance(joint, Parallel)
    assert [(b.id, [i.id for i in b.items]) for b in joint.branches] == [
        ("decide", ["decide"]),
        ("reviews", ["reviews", "publish"]),
    ]
    assert joint.branches[0].title == step(BASE, "decide").title


def test_items_go_into_stages_and_branches_into_blocks() -> None:
    process = changed("""
- insert: [{branch: extra, steps: [{step: more, title: {zh: 多, en: More}, by: officer}]}]
  into: reviews
- {move: publish, into: apply_stage}
- {move: more, after: publish}
- {remove: extra}
- insert: [{stage: last, title: {zh: 末, en: Last}, steps: [{step: end_it, by: officer}]}]
  after: decision
- {move: last, before: apply_stage}
""")
    assert [s.id for s in process.stages] == ["last", "apply_stage", "decision"]
    assert ids(process)[-4:] == ["publish", "more", "reviews", "decide"]


def test_conditions_are_updated_removed_and_inserted_by_their_id() -> None:
    process = variant("""eligible:
  - {condition: large, when: area > 0, else: {zh: 太小, en: Too small}}
  - {condition: known, when: area < 1000}
changes:
  - {update: large, set: {when: area > 9}}
  - {insert: [{when: area < 99, else: {zh: 太大, en: Too large}}], after: large}
  - {remove: known}
""")
    assert [(g.expression, g.refusal and g.refusal.en) for g in process.eligible] == [
        ("area > 9", "Too small"),
        ("area < 99", "Too large"),
    ]


def test_a_condition_stands_beside_conditions_and_has_an_id_of_its_own() -> None:
    large = "eligible: [{condition: large, when: area > 0}]\n"
    for edits, code in (
        ("changes: [{insert: [{step: more, by: agent}], after: large}]", "J142"),
        ("changes: [{move: apply, into: large}]", "J142"),
        ("changes: [{update: large, set: {condition: apply}}]", "J201"),
    ):
        with pytest.raises(DefinitionError) as failure:
            variant(large + edits)
        assert [p.code for p in failure.value.problems] == [code], edits


def test_stages_merge_into_a_stage() -> None:
    whole = variant("""anywhere: null
changes:
  - merge: [apply_stage, decision]
    as: {stage: all, title: {zh: 一次办, en: At once}, steps: [{step: file, kind: file, by: agent}]}
""")
    (stage,) = whole.stages
    assert stage.replaces == ("apply_stage", "decision")


def test_what_is_merged_keeps_standing_for_what_it_replaced() -> None:
    process = variant("""variant_of: demo/short
changes:
  - update: apply
    set: {replaces: [file]}
  - merge: [apply, receive]
    as: {step: file, title: {zh: 备案, en: File}, kind: file, by: agent}
""")
    assert step(process, "file").replaces == ("apply", "file", "receive")


def test_replacing_what_neither_base_has() -> None:
    with pytest.raises(DefinitionError) as failure:
        variant("variant_of: demo/short\nchanges: [{update: apply, set: {replaces: [fil]}}]")
    (problem,) = failure.value.problems
    assert (problem.code, problem.remedy.en) == ("J129", "Did you mean “file”?")


def test_a_step_in_between_can_be_updated_but_not_moved(tmp_path: Path) -> None:
    text = HEAD.replace("demo/permit@1", "demo/detour@1")
    (tmp_path / "detour.yaml").write_text(
        HEAD.replace("demo/variant", "demo/detour")
        + "changes: [{update: decide, set: {on: {revise: {via: {step: mend, kind: correct}, max: 1}}}}]\n",
        encoding="utf-8",
    )
    catalogue = Catalogue(tmp_path, base=CATALOGUE, deep=False)
    process = load_text(text + "changes: [{update: mend, set: {visits: 2}}]", catalogue)
    assert step(process, "mend").visits == 2
    with pytest.raises(DefinitionError) as failure:
        load_text(text + "changes: [{remove: mend}]", catalogue)
    assert [p.code for p in failure.value.problems] == ["J142"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ("- {remove: aply}", "J141"),
        ("- {update: aply, set: {visits: 1}}", "J141"),
        ("- {move: apply, after: nowhere}", "J141"),
        ("- {move: apply}", "J142"),
        ("- {move: apply, after: receive, before: decide}", "J142"),
        ("- {move: reviews, into: technical}", "J142"),
        ("- {move: apply, after: decision}", "J142"),
        ("- {move: decision, into: apply_stage}", "J142"),
        ("- {insert: [{step: x, by: officer}], into: decide}", "J142"),
        ("- {merge: [apply, apply], as: {step: x, by: agent}}", "J142"),
        ("- {merge: [apply, decision], as: {step: x, by: agent}}", "J142"),
        ("- {parallel: p, of: [reviews, technical_review]}", "J142"),
        ("- {parallel: p, of: [apply_stage, decision]}", "J142"),
        ("- {repair: apply}", "J118"),
        ("- {insert: [], after: apply}", "J119"),
        ("- {remove: apply, after: decide}", "J110"),
    ],
)
def test_faulty_edits(edit: str, code: str) -> None:
    assert [p.code for p in problems(edit)] == [code]


def test_errors_stand_where_they_were_written() -> None:
    (problem,) = problems("- {update: decide, set: {visits: many}}")
    assert (problem.position.file, problem.position.line) == ("v.yaml", 6)
    (problem,) = problems("- {update: reviews, set: {join: 7}}")
    assert (problem.code, problem.position.file) == ("J132", "v.yaml")


def test_a_base_that_does_not_exist_and_a_circle(tmp_path: Path) -> None:
    for name, base in (("a", "b"), ("b", "a")):
        text = HEAD.replace("demo/variant", f"demo/{name}").replace("demo/permit@1", f"demo/{base}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    catalogue = Catalogue(tmp_path, base=CATALOGUE, deep=False)
    with pytest.raises(DefinitionError) as failure:
        catalogue.process("demo/a")
    (problem,) = failure.value.problems
    assert problem.code == "J140"
    assert "demo/a@1 → demo/b@1 → demo/a@1" in problem.message.en
    with pytest.raises(DefinitionError) as failure:
        load_text(HEAD.replace("demo/permit@1", "demo/permot"), catalogue)
    assert [p.line("en") for p in failure.value.problems] == [
        "-:4:10 J126 there is no process “demo/permot”. Did you mean “demo/permit”?"
    ]


def test_the_base_is_left_as_it_was() -> None:
    changed("- {remove: publish}")
    assert CATALOGUE.process("demo/permit") == BASE
    assert not any(isinstance(i, Choice) for s in BASE.stages for i in s.items)


def test_what_the_changes_took_away_but_the_base_still_names(tmp_path: Path) -> None:
    head = 'process: {}\nversion: "1"\nextends: {}\n'
    base = tmp_path / "base.yaml"
    base.write_text(
        head.format("a/base", "demo/permit@1")
        + "changes: [{insert: [{step: sign, title: {zh: 签发, en: Sign}, by: officer}], after: receive},"
        " {insert: [{step: seal, kind: task, title: {zh: 盖章, en: Seal}, by: officer,"
        " different_person_from: [sign]}], after: sign}]\n"
    )
    (tmp_path / "cut.yaml").write_text(head.format("a/cut", "a/base") + "changes: [{remove: sign}]\n")
    catalogue = Catalogue(tmp_path, base=CATALOGUE, deep=False)
    catalogue.process("a/base")
    (tmp_path / "cut-twice.yaml").write_text(head.format("a/twice", "a/cut"))
    for name in ("a/cut", "a/twice"):
        with pytest.raises(DefinitionError) as failure:
            Catalogue(tmp_path, base=CATALOGUE, deep=False).process(name)
        (problem,) = failure.value.problems
        assert (problem.code, Path(problem.position.file).name) == ("J127", "base.yaml")
        assert "changes" in problem.remedy.zh


def test_a_variant_of_what_it_extends_does_not_stand_for_parts_of_another_base(tmp_path: Path) -> None:
    """What it inherits names ids of the base of its base; only a version of that may take it over."""
    replacing = "changes: [{update: apply, set: {replaces: [file]}}]\n"
    (tmp_path / "middle.yaml").write_text(
        HEAD.replace("demo/variant", "demo/middle") + "variant_of: demo/short\n" + replacing, encoding="utf-8"
    )
    catalogue = Catalogue(tmp_path, base=CATALOGUE, deep=False)
    head = HEAD.replace("demo/permit@1", "demo/middle")
    same = load_text(head + "variant_of: demo/short@1\n", catalogue)
    assert step(same, "apply").replaces == ("file",)
    of_middle = load_text(head + "variant_of: demo/middle\n", catalogue)
    assert step(of_middle, "apply").replaces == ()
