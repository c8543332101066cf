"""Small processes for the engine's tests, and the people who act in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from textwrap import dedent
from typing import Any

from jianban.engine.case import Actor, Case, Decision, Refusal
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.loader import load_text
from tests.strategies import CATALOGUE

MONDAY = datetime(2024, 3, 4, 9)
"""A Monday with no holiday until Saturday, 6 April 2024 (the Qingming break from 4 April)."""

agent = Actor("zhang", ["agent"])
clerk = Actor("li", ["clerk"])
officer = Actor("wang", ["officer"])
other_officer = Actor("zhao", ["officer"])
fire_officer = Actor("sun", ["fire_officer"])
neighbour = Actor("zhou", ["neighbour"])

ENDS = """
ends:
  done: {outcome: granted, title: {zh: 准予, en: Granted}}
  refused: {outcome: refused, title: {zh: 不予许可, en: Refused}}
  withdrawn: {outcome: withdrawn, title: {zh: 已撤回, en: Withdrawn}}
"""


def text(title: str) -> str:
    return f"{{zh: {title}, en: {title}}}"


@cache
def flow(body: str, id_: str = "test/small") -> Flow:
    """A flow from the YAML of its stages and all else; it gets the usual ends where it has none."""
    head = f'process: {id_}\nversion: "1"\ntitle: {{zh: 测试, en: Test}}\n'
    body = dedent(body)
    return compile_process(
        load_text(head + body + ("" if "\nends:" in body else ENDS), CATALOGUE, "test.yaml")
    )


@cache
def steps(body: str, more: str = "") -> Flow:
    """A flow of one stage with these steps."""
    indented = "".join(f"      {line}\n" for line in dedent(body).strip().splitlines())
    return flow(
        "stages:\n  - stage: only\n    title: {zh: 环节, en: Stage}\n    steps:\n" + indented + dedent(more)
    )


def opened(flow: Flow, data: Mapping[str, Any] | None = None, now: datetime = MONDAY) -> Case:
    return Case.open(flow, data, actor=agent, now=now)


def done(answer: Decision | Refusal) -> Decision:
    assert isinstance(answer, Decision), answer
    return answer


def refused(answer: Decision | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def places(case: Case) -> list[str]:
    return [token.place for token in case.steps]
