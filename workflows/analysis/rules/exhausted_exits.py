"""J211: a step all of whose exits are counted: once they are used up the case is stuck."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的出口都限了次数，次数用完后办件无法继续",
    "Every exit of “{title}” is counted: once they are used up, cases stop there",
)
_REMEDY = Text(
    "请至少留一个不限次数的出口（例如不予许可）",
    "Leave at least one exit without `max`, e.g. a refusal",
)


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        arcs = facts.arcs(node)
        # only a step that can come back to itself uses its exits up
        if arcs and all(a.max is not None for a in arcs) and facts.can_follow(node.id, node.id):
            yield Finding(_MESSAGE.format(title=node.title), _REMEDY, node.position)


RULE = Rule(
    code="J211", title=Text("出口次数会用完", "Exits that run out"), severity=Severity.ERROR, find=find
)
