"""J219: a condition that holds for no data, or conditions of eligibility that nobody meets."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import ROOT
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Guard
from jianban.workflows.texts import Text

_NEVER = Text("条件“{expression}”在任何情形下都不成立", "Condition “{expression}” never holds")
_NOBODY = Text("没有人能同时符合全部办理条件", "Nobody can meet all the conditions of eligibility")
_REMEDY = Text("请改正条件", "Correct the condition")


def find(facts: Facts) -> Iterator[Finding]:
    for guard, region in facts.guards:
        tried = facts.survey([guard], region)
        if tried.exact and tried.first(true=(0,)) is None:
            yield Finding(_NEVER.format(expression=guard.expression), _REMEDY, guard.position)
    eligible = facts.process.eligible
    if len(eligible) > 1:
        # all of them as one condition, so that fields read by one only do not multiply
        groups = _sharing(eligible)
        for group in groups:
            tried = facts.survey(group, ROOT)
            together = tried.first(true=range(len(group)))
            alone = all(tried.first(true=(i,)) is not None for i in range(len(group)))
            if tried.exact and together is None and alone:
                yield Finding(_NOBODY, _REMEDY, group[0].position)


def _sharing(guards: tuple[Guard, ...]) -> list[list[Guard]]:
    """The conditions in groups that read no field in common."""
    groups: list[list[Guard]] = []
    for guard in guards:
        near = [g for g in groups if any(set(guard.names) & set(other.names) for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append([*(other for g in near for other in g), guard])
    return groups


RULE = Rule(
    code="J219",
    title=Text("条件永远不成立", "A condition that never holds"),
    severity=Severity.WARNING,
    find=find,
)
