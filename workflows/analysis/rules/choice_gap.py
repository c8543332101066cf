"""J208: a choice in which for some data no branch is open."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.conditions import told
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "判断“{title}”有遗漏的情形，例如{data}：没有分支可走",
    "Choice “{title}” leaves a case out, e.g. {data}: no branch is open",
)
_REMEDY = Text("请补上不带条件的分支（其他情形）", "Add a branch without a condition, for all other cases")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.nodes:
        guards = [a.guard for a in facts.arcs(node)]
        if node.kind is not NodeKind.CHOICE or not guards or None in guards:
            continue
        fields = facts.fields(node.region)
        conditions = [g for g in guards if g is not None]
        trial = facts.survey(conditions, node.region).first(false=range(len(conditions)))
        if trial is not None:
            message = _MESSAGE.format(title=node.title, data=told(trial.data, fields))
            yield Finding(message, _REMEDY, node.position)


RULE = Rule(code="J208", title=Text("判断有遗漏", "A choice with a gap"), severity=Severity.ERROR, find=find)
