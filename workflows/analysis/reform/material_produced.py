"""J505: a material is asked of the applicant that an earlier step of the same process issues."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.reform.advice import Advice, Lint, within_one_call
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Node
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

MESSAGE = Text(
    "“{title}”要求提交“{material}”，而它由本流程的“{source}”产生",
    "“{title}” asks for “{material}”, which “{source}” of the same process issues",
)
REMEDY = Text(
    "请由部门之间直接移送，不再要求申请人提交（shared: true）",
    "Let the departments pass it on instead (`shared: true`)",
)


def find(facts: Facts) -> Iterator[Advice]:
    issuing = [(m.id, node) for node in facts.flow.steps if node.step for m in node.step.produces]
    for node in facts.flow.steps:
        for use in asked(node.step) if node.step else ():
            sources = (source for id_, source in issuing if id_ == use.material.id and source.id != node.id)
            source = next((s for s in sources if _hands_on(facts, s, node)), None)
            if source is not None:
                message = MESSAGE.format(title=node.title, material=use.material.title, source=source.title)
                yield Advice(message=message, remedy=REMEDY, node=node, material=use.material, shared=True)


def _hands_on(facts: Facts, source: Node, node: Node) -> bool:
    return not within_one_call(facts, source, node) and facts.can_follow(node.id, source.id)


LINT = Lint(
    code="J505",
    title=Text("本流程产生的材料仍要求提交", "Asks for what the process itself issues"),
    severity=Severity.NOTE,
    find=find,
)
