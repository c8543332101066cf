"""J216: a separation of duties that can never apply."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”要求与“{other}”不是同一人，但“{other}”不可能在它之前办理",
    "“{title}” needs another person than “{other}”, but “{other}” can never come before it",
)
_REMEDY = Text(
    "请写明在它之前办理的步骤，或者把这一要求写在后一步骤上",
    "Name a step that comes before it, or put the requirement on the later of the two",
)


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        for other in node.step.different_person_from if node.step is not None else ():
            known = facts.flow.nodes.get(other)
            fits = known is not None and known.kind is NodeKind.STEP and other != node.id
            if not fits or not facts.can_follow(node.id, other):
                title = Text(other, other) if known is None else known.title
                yield Finding(_MESSAGE.format(title=node.title, other=title), _REMEDY, node.position)


RULE = Rule(
    code="J216",
    title=Text("回避要求落空", "A separation of duties that never applies"),
    severity=Severity.ERROR,
    find=find,
)
