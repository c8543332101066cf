"""J306: an authority decides without a time limit.

行政许可法第四十二条：除可以当场作出行政许可决定的外，行政机关应当自受理之日起二十日内作出决定。
"""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import PartyKind
from jianban.workflows.texts import Text

_MESSAGE = Text("“{title}”没有办理时限", "“{title}” has no time limit")
_REMEDY = Text(
    "请用 within 写明时限；没有专门规定的行政许可，适用行政许可法第四十二条的二十日",
    "Give one with `within`; a licence without its own rule has 20 days (Administrative Licensing Law, 42)",
)


def find(facts: Facts) -> Iterator[Finding]:
    limited = {s.id for s in facts.process.stages if s.limit is not None}
    for node in facts.steps:
        step = node.step
        if step is None or step.kind.id != "decide" or step.limit is not None or node.stage in limited:
            continue
        if step.by and step.role.agency.kind is PartyKind.GOVERNMENT:
            yield Finding(_MESSAGE.format(title=node.title), _REMEDY, node.position)


RULE = Rule(
    code="J306", title=Text("决定没有时限", "A decision without a limit"), severity=Severity.NOTE, find=find
)
