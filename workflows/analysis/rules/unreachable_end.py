"""J215: an end that no case comes to."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text("没有办件能以“{title}”结束", "No case can end with “{title}”")
_REMEDY = Text("请让某个出口通向它，或者删去它", "Let an exit lead to it, or remove it")


def find(facts: Facts) -> Iterator[Finding]:
    withdrawn = {a.to for a in facts.flow.anywhere}
    for end in facts.flow.ends:
        if end.id not in facts.composition.reached and end.id not in withdrawn:
            yield Finding(_MESSAGE.format(title=end.title), _REMEDY, end.position)


RULE = Rule(
    code="J215",
    title=Text("结果无法到达", "An end that cannot be reached"),
    severity=Severity.WARNING,
    find=find,
)
