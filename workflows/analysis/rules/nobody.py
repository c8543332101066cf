"""J213: something that nobody may do."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Text

_STEP = Text("步骤“{title}”没有办理人员", "Nobody does step “{title}”")
_EXIT = Text("“{title}”的出口“{event}”没有人可以办理", "Nobody may take exit “{event}” of “{title}”")
_ANYWHERE = Text("没有人可以办理“{event}”", "Nobody may fire “{event}”")
_REMEDY = Text("请用 by 写明角色", "Name the roles with `by`")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        if node.step is not None and not node.step.by:
            yield Finding(_STEP.format(title=node.title), _REMEDY, node.position)
        for arc in facts.arcs(node):
            if arc.cause is Cause.ACTOR and not arc.by:
                yield Finding(_EXIT.format(title=node.title, event=arc.title), _REMEDY, arc.position)
    for anywhere in facts.flow.anywhere:
        if not anywhere.by:
            yield Finding(_ANYWHERE.format(event=anywhere.title), _REMEDY, anywhere.position)
        if anywhere.resume is not None and not anywhere.resume_by:
            yield Finding(_ANYWHERE.format(event=anywhere.resume), _REMEDY, anywhere.position)


RULE = Rule(code="J213", title=Text("无人可以办理", "Nobody may do it"), severity=Severity.ERROR, find=find)
