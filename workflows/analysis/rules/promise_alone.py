"""J305: a promised limit with no legal limit to compare it with."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.limits import limits
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”只有承诺时限，没有法定时限，无法计算压缩比例",
    "“{title}” has a promised limit only, so its compression cannot be measured",
)
_REMEDY = Text("请用 statutory 写明法定时限", "Give the legal limit with `statutory`")


def find(facts: Facts) -> Iterator[Finding]:
    for title, limit, position in limits(facts):
        if limit.promised is not None and limit.legal is None:
            yield Finding(_MESSAGE.format(title=title), _REMEDY, position)


RULE = Rule(
    code="J305",
    title=Text("承诺时限没有法定时限可比", "A promise with nothing to compare"),
    severity=Severity.NOTE,
    find=find,
)
