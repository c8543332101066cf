"""Cases that send, and a clock that a test moves."""

from __future__ import annotations

from datetime import datetime, timedelta

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Answer, Engine
from tests.engine.flows import agent, steps

FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, collects: [name]}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 5 days, sends: [
        {notify: officer, text: {zh: "请审查{name}的申请", en: "Please review the application of {name}"}},
        {ask: fire_office, data: {company: name}},
        {webhook: archive, data: [name]}]}
    """,
    "data: {name: {type: text, title: {zh: 名称, en: Name}}}",
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2024, 3, 4, 9, tzinfo=BEIJING)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def sending(engine: Engine, name: str = "甲") -> str:
    """A case that has sent its three effects, with its second entry."""
    case = engine.start(FLOW, actor=agent).id
    answer = engine.fire(case, "complete", actor=agent, data={"name": name})
    assert isinstance(answer, Answer)
    return case
