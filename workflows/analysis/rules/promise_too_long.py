"""J304: a promised limit longer than the law allows."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.limits import limits, surely_longer
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Duration
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_duration

_MESSAGE = Text(
    "“{title}”的承诺时限（{promised}）长于法定时限（{legal}）",
    "The promised limit of “{title}” ({promised}) is longer than the legal one ({legal})",
)
_REMEDY = Text("请缩短承诺时限", "Promise less time")


def find(facts: Facts) -> Iterator[Finding]:
    for title, limit, position in limits(facts):
        promised, legal = limit.promised, limit.legal
        if promised is not None and legal is not None and surely_longer(promised, legal):
            message = _MESSAGE.format(title=title, promised=_said(promised), legal=_said(legal))
            yield Finding(message, _REMEDY, position)


def _said(duration: Duration) -> Text:
    return Text(format_duration(duration, "zh"), format_duration(duration, "en"))


RULE = Rule(
    code="J304",
    title=Text("承诺时限长于法定时限", "A promise longer than the law"),
    severity=Severity.ERROR,
    find=find,
)
