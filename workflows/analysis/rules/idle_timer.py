"""J221: an exit that waits for a time which never comes."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的出口“{event}”到时自动发生，但没有写明时间",
    "Exit “{event}” of “{title}” happens by itself in time, but no time is given",
)
_REMEDY = Text("请用 lasts 或 within 写明时间", "Say when: `lasts` or `within`")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        step = node.step
        if step is None or step.wait is not None or step.limit is not None:
            continue
        for arc in facts.arcs(node):
            if arc.cause is Cause.TIMER and arc.after is None:
                yield Finding(_MESSAGE.format(title=node.title, event=arc.title), _REMEDY, arc.position)


RULE = Rule(
    code="J221", title=Text("自动出口没有时间", "A timer without a time"), severity=Severity.ERROR, find=find
)
