"""J302: a source that was not in force during the whole time of the process."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.figures import bases
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text
from jianban.workflows.wording import written_day

_LATE = Text(
    "《{document}》自{day}起施行，晚于流程的施行日期{start}",
    "“{document}” is in force from {day}, but the process already from {start}",
)
_OVER = Text(
    "《{document}》施行至{day}，而流程{until}",
    "“{document}” is in force until {day}, but the process {until}",
)
_STILL = Text("没有终止日期", "has no last day")
_UNTIL = Text("施行至{day}", "until {day}")
_REMEDY = Text(
    "请改引当时有效的文件，或者更正流程的施行日期（in_force）",
    "Cite what was in force then, or correct the dates of the process (`in_force`)",
)


def find(facts: Facts) -> Iterator[Finding]:
    start, stop = facts.process.in_force_from, facts.process.in_force_to
    seen: set[str] = set()
    for basis, position in bases(facts):
        for document in (c.document for c in basis.citations):
            if document.id in seen:
                continue
            seen.add(document.id)
            begins, ends = document.in_force_from, document.in_force_to
            title = document.title
            if begins is not None and start is not None and begins > start:
                yield Finding(
                    _LATE.format(document=title, day=written_day(begins), start=written_day(start)),
                    _REMEDY,
                    position,
                )
            if ends is not None and (stop is None or stop > ends):
                until = _STILL if stop is None else _UNTIL.format(day=written_day(stop))
                yield Finding(
                    _OVER.format(document=title, day=written_day(ends), until=until), _REMEDY, position
                )


RULE = Rule(
    code="J302", title=Text("依据不在有效期内", "A source not in force"), severity=Severity.WARNING, find=find
)
