"""J504: a case is asked twice for the same material (优化营商环境条例 art. 44: no repeated demands)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.reform.advice import Advice, Lint, within_one_call
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Node
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Material
from jianban.workflows.texts import Text

MESSAGE = Text(
    "“{title}”要求提交“{material}”，申请人在“{first}”已经提交过",
    "“{title}” asks for “{material}”, which the applicant has handed in at “{first}”",
)
APPLICATION = re.compile("申请(?!人)|申报")
"""What the title of a form says that the applicant makes out anew for each application."""
REMEDY = Text("请取消后一次，由部门之间共用", "Drop the later demand; the departments pass it on")


def find(facts: Facts) -> Iterator[Advice]:
    asking: dict[str, list[tuple[Node, Material]]] = {}
    for node in facts.flow.steps:
        for material in (use.material for use in asked(node.step)) if node.step else ():
            if material.issuer is not None or not APPLICATION.search(material.title.zh):
                asking.setdefault(material.id, []).append((node, material))
    for demands in asking.values():
        nodes = [node for node, _ in demands]
        for at, (node, material) in enumerate(demands):
            first = next(
                (n for i, n in enumerate(nodes) if i != at and _earlier(facts, n, node, i < at)), None
            )
            if first is not None:
                message = MESSAGE.format(title=node.title, material=material.title, first=first.title)
                yield Advice(message=message, remedy=REMEDY, node=node, material=material)


def _earlier(facts: Facts, first: Node, later: Node, declared_first: bool) -> bool:
    """Whether a case comes to `later` after `first`; where either may come first, as declared."""
    if within_one_call(facts, first, later) or not facts.can_follow(later.id, first.id):
        return False
    return declared_first or not facts.can_follow(first.id, later.id)


LINT = Lint(
    code="J504",
    title=Text("重复提交的材料", "A material asked twice"),
    severity=Severity.NOTE,
    find=find,
)
