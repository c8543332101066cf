"""J217: a limit counted from a step that cannot come before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import Node
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Limit, Position
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的时限自“{other}”起算，但“{other}”不可能在它之前办理",
    "The limit of “{title}” counts from “{other}”, but “{other}” can never come before it",
)
_REMEDY = Text("请写明在它之前办理的步骤", "Name a step that comes before it")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        if node.step is not None and node.step.limit is not None:
            yield from _start(facts, node.step.limit, [node], node.title, node.position)
    for whole in (facts.process, *facts.process.stages):
        if whole.limit is not None:
            nodes = [n for n in facts.nodes if whole is facts.process or n.stage == whole.id]
            yield from _start(facts, whole.limit, nodes, whole.title, whole.position)


def _start(
    facts: Facts, limit: Limit, limited: Sequence[Node], title: Text, position: Position
) -> Iterator[Finding]:
    start = limit.counted_from
    if start is None:
        return
    known = facts.flow.nodes.get(start)
    if known is None or not any(facts.can_follow(node.id, start) for node in limited):
        other = Text(start, start) if known is None else known.title
        yield Finding(_MESSAGE.format(title=title, other=other), _REMEDY, position)


RULE = Rule(
    code="J217",
    title=Text("时限起算点落空", "A limit counted from a step that never comes before"),
    severity=Severity.ERROR,
    find=find,
)
