"""What comes after the decision is no part of what the result takes, and is told apart."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.analysis.decided import until_decided
from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Process
from tests.strategies import processes

TEXT = """
process: example/permit
version: "2024-01"
title: {zh: 示例许可, en: Example permit}
source: licensing_law:42
within: 30 working days
stages:
  - stage: handling
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent, visits: 1}
      - {step: decide, kind: decide, by: registrar, within: 20 working days}
  - stage: check
    title: {zh: 核查, en: Check}
    after_decision: true
    steps:
      - {step: verify, kind: inspect, by: registrar, visits: 2, within: 2 months, on: {fail: {to: mend}}}
      - step: mend
        aside: true
        title: {zh: 整改, en: Mend}
        by: agent
        on: {complete: {to: verify, max: 1}}
ends:
  granted: {outcome: granted}
  refused: {outcome: refused}
"""


def test_the_result_is_measured_and_the_rest_told_apart() -> None:
    readings = measure(compile_process(load_text(TEXT)))
    told = {name: (readings[name].value, readings[name].after) for name in ("stages", "steps", "visits")}
    assert told == {"stages": (1, 1), "steps": (2, 2), "visits": (1, 2)}
    days = readings["days_statutory"]
    assert [p.id for p in days.detail] == ["decide"]
    assert days.value == pytest.approx(29, abs=3)
    assert days.after == pytest.approx(61, abs=3)


def test_a_process_that_only_decides_has_nothing_after() -> None:
    flow = compile_process(load_text(TEXT.replace("after_decision: true", "after_decision: false")))
    assert until_decided(flow) is flow
    assert {r.after for r in measure(flow).values()} == {None}


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("title: {zh: 办理, en: Handling}", "title: {zh: 办理, en: H}\n    after_decision: true"),
        TEXT.replace(
            "ends:",
            "  - stage: last\n    title: {zh: 末, en: Last}\n"
            "    steps: [{step: end_it, title: {zh: 末, en: L}, by: agent}]\nends:",
        ),
    ],
)
def test_stages_after_the_decision_come_last(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_text(text)
    assert [p.code for p in caught.value.problems] == ["J139"]


def test_the_promise_is_decided_on_the_spot() -> None:
    readings = measure(compile_process(Catalogue.default().process("licensing/commitment@2022-01")))
    assert readings["days_statutory"].value == 0
    assert readings["days_statutory"].after == pytest.approx(61, abs=1)


@given(processes(), st.data())
def test_what_is_left_is_a_flow(process: Process, data: st.DataObject) -> None:
    """Every arc leads from a node of it to a node of it, whatever stages are after the decision."""
    cut = data.draw(st.integers(1, len(process.stages)))
    stages = tuple(replace(s, after_decision=i >= cut) for i, s in enumerate(process.stages))
    flow = compile_process(replace(process, stages=stages))
    left = until_decided(flow)
    assert {n for a in left.arcs for n in (a.source, a.target)} <= set(left.nodes)
    assert {n.region for n in left.nodes.values()} == set(left.regions)
    assert {n for r in left.regions.values() for n in r.nodes} == set(left.nodes)
    assert all(set(n.children) <= set(left.regions) for n in left.nodes.values())
    dropped = [n for n in flow.nodes if n not in left.nodes and flow.nodes[n].kind is NodeKind.STEP]
    later = {s.id for s in stages if s.after_decision}
    assert {flow.nodes[n].stage for n in dropped} <= later
