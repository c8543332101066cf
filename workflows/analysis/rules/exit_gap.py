"""J209: an event with several conditional targets, none of which is open for some data.

A condition with a reason for its refusal (`else`) is meant to refuse, so it is no gap.
"""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.conditions import told
from jianban.workflows.analysis.rules.facts import Facts, by_event
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”的事件“{event}”有遗漏的情形，例如{data}：没有去向",
    "Event “{event}” of “{title}” leaves a case out, e.g. {data}: it leads nowhere",
)
_REMEDY = Text(
    "请补上这种情形的去向，或者用 else 写明拒绝的理由",
    "Add a target for it, or say with `else` why it is refused",
)


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.nodes:
        if node.kind is NodeKind.CHOICE:
            continue  # that is J208's
        for event, arcs in by_event(facts, node):
            conditions = [a.guard for a in arcs if a.guard is not None and a.guard.refusal is None]
            if len(conditions) < len(arcs):
                continue
            fields = facts.fields(node.region)
            trial = facts.survey(conditions, node.region).first(false=range(len(conditions)))
            if trial is not None:
                message = _MESSAGE.format(title=node.title, event=event, data=told(trial.data, fields))
                yield Finding(message, _REMEDY, arcs[0].position)


RULE = Rule(code="J209", title=Text("去向有遗漏", "Exits with a gap"), severity=Severity.WARNING, find=find)
