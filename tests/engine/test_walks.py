"""Walks: generated runs to the ends of a flow."""

from datetime import datetime

import pytest
from hypothesis import given

from jianban.engine.case import Actor, Fire, Open
from jianban.engine.walks import Unreached, Walk, play, walk, walks
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from tests.effort import examples
from tests.engine.flows import MONDAY, steps
from tests.engine.test_agreement import freed, reached_by_net
from tests.strategies import processes

CATALOGUE = Catalogue.default()
DATA = """
data:
  area: {title: {zh: 面积, en: Area}, type: int}
  paid: {title: {zh: 已付, en: Paid}, type: money}
  owed: {title: {zh: 应付, en: Owed}, type: money}
  offices:
    title: {zh: 部门, en: Offices}
    type: list
    options: {fire: {zh: 消防, en: Fire}, water: {zh: 水务, en: Water}}
  since: {title: {zh: 起始, en: Since}, type: date}
eligible:
  - {when: area > 17, else: {zh: 过小, en: Too small}}
"""


def walked(flow: Flow, end: str = "done") -> Walk:
    found = walk(flow, end, MONDAY)
    assert isinstance(found, Walk), found
    case = play(flow, found)
    assert case.end is not None
    assert case.end.id == end
    return found


def events(found: Walk) -> list[str]:
    return [c.event if isinstance(c, Fire) else type(c).__name__.lower() for c in found.commands]


@pytest.mark.parametrize("key", sorted(CATALOGUE.index))
def test_every_definition_runs_to_each_of_its_ends(key: str) -> None:
    flow = compile_process(CATALOGUE.process(key))
    found = list(walks(flow, datetime(2024, 9, 2, 9)))
    assert [w.end for w in found] == [e.id for e in flow.ends]
    for w in found:
        assert isinstance(w, Walk)
        case = play(flow, w)
        assert case.end is not None
        assert case.end.id == w.end


def test_a_walk_brings_the_data_that_conditions_want() -> None:
    flow = steps(
        """
        - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent, collects: [since]}
        - choice: size
          title: {zh: 规模, en: Size}
          branches:
            - {branch: large, title: {zh: 大, en: L}, when: area > 300, steps: [
                {step: check, title: {zh: 查, en: C}, kind: task, by: clerk,
                 on: {complete: {to: next, when: owed < paid},
                      reject: {to: refused, when: since > date("2030-01-01")}}}]}
            - {branch: other, title: {zh: 其他, en: O}, to: withdrawn}
        """,
        DATA,
    )
    found = walked(flow)
    assert events(found) == ["open", "submit", "complete"]
    opening = found.commands[0]
    assert isinstance(opening, Open)
    assert opening.data is not None
    assert opening.data["area"] > 17
    assert events(walked(flow, "refused"))[-1] == "reject"
    assert events(walked(flow, "withdrawn")) == ["open", "submit"]


def test_a_walk_waits_and_lets_time_pass() -> None:
    flow = steps(
        """
        - {step: cool, title: {zh: 冷静期, en: Cool}, kind: task, by: agent, lasts: 30 days}
        - {step: notice, title: {zh: 公示, en: Notice}, kind: publicity, by: clerk, lasts: 20 days}
        """
    )
    found = walked(flow)
    assert events(found) == ["open", "complete", "tick"]
    assert found.commands[1].now == datetime(2024, 4, 4, 9)


def test_a_walk_goes_through_all_branches_items_and_separate_duties() -> None:
    branches = "\n".join(
        f"    - {{branch: b{n}, title: {{zh: 枝, en: B}}, steps: ["
        + ", ".join(
            f"{{step: s{n}_{i}, title: {{zh: 步, en: S}}, kind: task, by: clerk"
            + (f", different_person_from: [s{n}_{i - 1}]}}" if i else "}")
            for i in range(5)
        )
        + "]}"
        for n in range(8)
    )
    flow = steps(
        f"- parallel: many\n  title: {{zh: 并联, en: Many}}\n  branches:\n{branches}\n"
        "- each: opinion\n  title: {zh: 意见, en: Opinions}\n  in: offices\n  as: office\n  steps:\n"
        "    - {step: opine, title: {zh: 意见, en: Opine}, kind: task, by: officer,\n"
        "       on: {complete: {to: next, when: 'office != \"water\"'}}}",
        DATA,
    )
    found = walked(flow)
    assert len(found.commands) >= 1 + 8 * 5


def test_an_end_that_conditions_shut_off_is_reported() -> None:
    shut = steps(
        """
        - step: sort
          title: {zh: 分流, en: Sort}
          kind: task
          by: clerk
          on: {reject: {to: refused, when: area < 10 && area > 20}}
        """,
        DATA,
    )
    assert walk(shut, "refused", MONDAY) == Unreached(end="refused", exhausted=True)
    assert walk(shut, "withdrawn", MONDAY) == Unreached(end="withdrawn", exhausted=True)
    with pytest.raises(KeyError):
        walk(shut, "nowhere", MONDAY)


def test_a_walk_of_another_flow_is_not_played() -> None:
    one = steps("- {step: one, title: {zh: 一, en: One}, kind: task, by: clerk}")
    two = steps("- {step: two, title: {zh: 二, en: Two}, kind: submit, by: agent}")
    with pytest.raises(ValueError, match="submit"):
        play(one, walked(two))
    with pytest.raises(ValueError, match="opening"):
        play(one, Walk(end="done", commands=(Fire(event="complete", actor=Actor("a"), now=MONDAY),)))


@examples(40)
@given(processes(max_items=6, timers=False, details=False, anywhere=False))
def test_every_end_that_the_net_reaches_has_a_walk(process: Process) -> None:
    flow = freed(process)
    reached = reached_by_net(flow, 1)
    if reached is None:
        return
    for end in flow.ends:
        found = walk(flow, end.id, MONDAY)
        assert isinstance(found, Walk) == (frozenset({(end.id, ())}) in reached)
        if isinstance(found, Walk):
            case = play(flow, found)
            assert case.end is not None
            assert case.end.id == end.id
