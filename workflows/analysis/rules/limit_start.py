"""J217: a limit counted from a step that cannot come before."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的时限自“{other}”起算，但“{other}”不可能在它之前办理",
    "The limit of “{title}” counts from “{other}”, but “{other}” can never come before it",
)
_REMEDY = Text("请写明在它之前办理的步骤", "Name a step that comes before it")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        limit = None if node.step is None else node.step.limit
        start = None if limit is None else limit.counted_from
        if start is None:
            continue
        known = facts.flow.nodes.get(start)
        if known is None or not facts.can_follow(node.id, start):
            title = Text(start, start) if known is None else known.title
            yield Finding(_MESSAGE.format(title=node.title, other=title), _REMEDY, node.position)


RULE = Rule(
    code="J217",
    title=Text("时限起算点落空", "A limit counted from a step that never comes before"),
    severity=Severity.ERROR,
    find=find,
)
