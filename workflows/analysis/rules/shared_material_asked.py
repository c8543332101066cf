"""J307: the applicant is asked for what shared government data already hold."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”要求申请人提交可以通过共享获取的{materials}",
    "“{title}” asks the applicant for {materials}, which shared data hold",
)
_REMEDY = Text("可以改为共享获取（shared: true）", "Fetch it instead (`shared: true`)")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.steps:
        uses = node.step.materials if node.step is not None else ()
        asked = [u.material.title for u in uses if u.material.shared and not u.obtained_by_sharing]
        if asked:
            message = _MESSAGE.format(title=node.title, materials=listed(asked))
            yield Finding(message, _REMEDY, node.position)


RULE = Rule(
    code="J307",
    title=Text("可以共享的材料仍要求提交", "Asks for what could be shared"),
    severity=Severity.NOTE,
    find=find,
)
