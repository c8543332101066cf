"""J205: a step, choice or block that no case comes to."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text("没有办件能走到“{title}”", "No case can come to “{title}”")
_REMEDY = Text(
    "请让前面的步骤通向它，或者删去它",
    "Let an exit or a branch lead to it, or remove it",
)


def find(facts: Facts) -> Iterator[Finding]:
    reached = facts.composition.reached
    for node in facts.nodes:
        if node.id in reached or node.kind in (NodeKind.END, NodeKind.DONE):
            continue
        owner = facts.flow.regions[node.region].owner
        if owner is None or owner in reached:  # else the block around it is reported
            yield Finding(_MESSAGE.format(title=node.title), _REMEDY, node.position)


RULE = Rule(code="J205", title=Text("步骤无法到达", "Unreachable step"), severity=Severity.ERROR, find=find)
