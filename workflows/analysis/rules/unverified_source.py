"""J303: a source whose text was not at hand."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.figures import bases
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text("《{document}》未经原文核对", "“{document}” was not checked against its text")
_REMEDY = Text("请核对原文后删去 unverified", "Check the text, then remove `unverified`")


def find(facts: Facts) -> Iterator[Finding]:
    seen: set[str] = set()
    for basis, position in bases(facts):
        for document in (c.document for c in basis.citations):
            if document.unverified and document.id not in seen:
                seen.add(document.id)
                yield Finding(_MESSAGE.format(document=document.title), _REMEDY, position)


RULE = Rule(code="J303", title=Text("依据未核对", "An unverified source"), severity=Severity.NOTE, find=find)
