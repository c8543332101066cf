"""The compiled flow: regions, nodes and arcs of a definition."""

from __future__ import annotations

import dataclasses

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import ROOT, NodeKind
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Exit, Process, Step
from jianban.workflows.texts import Text

HEAD = """
process: test/sample
version: "1"
title: {zh: 样例, en: Sample}
assumed: {zh: 样例, en: sample}
ends:
  done: {outcome: granted, title: {zh: 办结, en: Done}}
  refused: {outcome: refused, title: {zh: 不予办理, en: Refused}}
stages:
"""
STEP = "title: {zh: 步骤, en: Step}, kind: task, by: registrar"
TO = "title: {zh: 转, en: Go}"

IN_A_ROW = f"""
  - stage: one
    title: {{zh: 一, en: One}}
    steps:
      - {{step: a, {STEP}, on: {{redo: {{to: one, max: 1, {TO}}}}}}}
      - {{step: b, {STEP}}}
  - stage: two
    title: {{zh: 二, en: Two}}
    steps:
      - {{step: c, {STEP}}}
"""
NESTED = f"""
  - stage: one
    title: {{zh: 一, en: One}}
    steps:
      - parallel: outer
        title: {{zh: 外, en: Outer}}
        branches:
          - branch: p
            title: {{zh: 丙, en: P}}
            steps:
              - parallel: inner
                title: {{zh: 内, en: Inner}}
                branches:
                  - branch: x
                    title: {{zh: 甲, en: X}}
                    steps:
                      - {{step: a, {STEP}, on: {{reject: {{to: refused, {TO}}}}}}}
                  - branch: y
                    title: {{zh: 乙, en: Y}}
                    steps:
                      - {{step: b, {STEP}, on: {{again: {{to: inner, max: 1, {TO}}}}}}}
          - branch: q
            title: {{zh: 丁, en: Q}}
            steps: []
      - {{step: c, {STEP}}}
"""
CALLING = """
  - stage: one
    title: {zh: 一, en: One}
    steps:
      - call: permit
        title: {zh: 许可, en: Permit}
        process: construction/permit
        on: {refused: refused, not_accepted: refused, void: refused, withdrawn: refused}
"""


def load(stages: str, above: str = "") -> Process:
    return load_text(above + HEAD + stages)


def test_steps_follow_one_another_across_stages() -> None:
    flow = compile_process(load(IN_A_ROW))
    assert [(a.source, a.event, a.target, a.max) for a in flow.arcs] == [
        ("a", "complete", "b", None),
        ("a", "redo", "a", 1),
        ("b", "complete", "c", None),
        ("c", "complete", "done", None),
    ]
    assert flow.root.initial == "a"
    assert [n.stage for n in flow.nodes.values()] == ["one", "one", "two", None, None]


def test_branches_are_regions_and_leaving_names_them_innermost_first() -> None:
    flow = compile_process(load(NESTED))
    assert list(flow.regions) == [ROOT, "outer/p", "inner/x", "inner/y", "outer/q"]
    assert flow.regions["outer/q"].initial == "outer/q/done"
    assert {a.id: a.leaves for a in flow.arcs if a.leaves} == {
        "a:reject": ("inner/x", "outer/p"),
        "b:again": ("inner/y",),
    }
    assert flow.ancestors("inner/x") == ("inner/x", "outer/p", ROOT)


def test_a_called_process_is_compiled_in_place() -> None:
    flow = compile_process(load(CALLING))
    call = flow.nodes["permit"]
    assert (call.kind, call.children) == (NodeKind.CALL, ("permit/call",))
    inside = [n for n in flow.nodes.values() if n.region == "permit/call"]
    assert {f"permit.{a.event}" for a in flow.outgoing["permit"]} == {
        n.id for n in inside if n.kind is NodeKind.DONE
    }
    assert {n.stage for n in inside if n.end is None} == {"one"}


def test_the_hash_knows_words_but_not_places() -> None:
    one = load(NESTED)
    moved = load(NESTED, above="# three\n# lines\n# above\n")
    assert moved.stages[0].position != one.stages[0].position
    assert compile_process(moved).hash == compile_process(one).hash
    renamed = dataclasses.replace(one, title=Text("另一", "Other"))
    assert compile_process(renamed).hash != compile_process(one).hash


def test_every_structural_problem_comes_at_once() -> None:
    one = load(NESTED)
    outer, last = one.stages[0].items
    assert isinstance(last, Step)
    title = Text("去", "Go")
    exits = (Exit(event="up", title=title, to="nowhere"), Exit(event="into", title=title, to="b"))
    stage = dataclasses.replace(one.stages[0], items=(outer, dataclasses.replace(last, id="a", exits=exits)))
    with pytest.raises(DefinitionError) as caught:
        compile_process(dataclasses.replace(one, stages=(stage,)))
    assert {p.code for p in caught.value.problems} == {"J201", "J202", "J203"}
