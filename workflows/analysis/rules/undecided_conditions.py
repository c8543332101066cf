"""J220: conditions on which it could not be decided whether they overlap or leave a gap."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts, by_event
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的条件较复杂，未能判定是否重叠或者遗漏",
    "The conditions of “{title}” are too involved to tell whether they overlap or leave a gap",
)
_REMEDY = Text(
    "请人工核对，或者改用单个数据项与固定值的比较",
    "Check them by hand, or compare single fields with constants",
)


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.nodes:
        groups = [arcs for _, arcs in by_event(facts, node)]
        if node.kind is NodeKind.CHOICE and not groups and all(a.guard is not None for a in facts.arcs(node)):
            groups = [list(facts.arcs(node))]
        for arcs in groups:
            conditions = [a.guard for a in arcs if a.guard is not None]
            if conditions and not facts.survey(conditions, node.region).exact:
                yield Finding(_MESSAGE.format(title=node.title), _REMEDY, arcs[0].position)


RULE = Rule(
    code="J220", title=Text("条件未能判定", "Undecided conditions"), severity=Severity.NOTE, find=find
)
