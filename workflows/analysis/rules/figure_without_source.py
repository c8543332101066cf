"""J301: a figure or condition with neither a source nor a stated assumption."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.figures import figures
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text("{what}没有注明依据", "No source is given for {what}")
_REMEDY = Text(
    "请用 source 注明条款；没有依据的，用 assumed 说明（承诺时限用 promised_source、promised_assumed）",
    "Cite the article with `source`, or state the assumption with `assumed` "
    "(for a promised limit: `promised_source`, `promised_assumed`)",
)


def find(facts: Facts) -> Iterator[Finding]:
    for figure in figures(facts):
        if not figure.basis.known:
            yield Finding(_MESSAGE.format(what=figure.what), _REMEDY, figure.position)


RULE = Rule(
    code="J301", title=Text("没有依据", "A figure without a source"), severity=Severity.WARNING, find=find
)
