"""J207: two exits on one event that can both be open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from jianban.workflows.analysis.rules.conditions import told
from jianban.workflows.analysis.rules.facts import Facts, by_event
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import Arc
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Guard
from jianban.workflows.texts import Text

_OPEN = Text(
    "“{title}”的“{event}”有两个不加条件的去向",
    "“{event}” of “{title}” has two targets without a condition",
)
_BOTH = Text(
    "“{title}”的{names}可能同时成立，例如{data}",
    "{names} of “{title}” can both be open, e.g. {data}",
)
_TO = Text("“{event}”通向{targets}的去向", "The ways of “{event}” to {targets}")
_REMEDY = Text("请写明互不重叠的条件", "Write conditions that exclude each other")

ALWAYS = Guard(expression="true")


def find(facts: Facts) -> Iterator[Finding]:
    for node in facts.nodes:
        for _, arcs in by_event(facts, node):
            unconditional = [a for a in arcs if a.guard is None]
            if len(unconditional) > 1:
                message = _OPEN.format(title=node.title, event=unconditional[1].title)
                yield Finding(message, _REMEDY, unconditional[1].position)
                continue
            tried = facts.survey([a.guard or ALWAYS for a in arcs], node.region)
            for one, other in combinations(range(len(arcs)), 2):
                trial = tried.first(true=(one, other))
                if trial is not None:
                    message = _BOTH.format(
                        title=node.title,
                        names=_pair(facts, arcs[one], arcs[other]),
                        data=told(trial.data, facts.fields(node.region)),
                    )
                    yield Finding(message, _REMEDY, arcs[other].position)
                    break


def _pair(facts: Facts, one: Arc, other: Arc) -> Text:
    """The two exits, told apart by where they lead when their titles are the same."""
    if one.title != other.title:
        return _listed(one.title, other.title)
    targets = _listed(facts.title(one.target), facts.title(other.target))
    return _TO.format(event=one.title, targets=targets)


def _listed(a: Text, b: Text) -> Text:
    return Text(f"“{a.zh}”和“{b.zh}”", f"“{a.en}” and “{b.en}”")


RULE = Rule(code="J207", title=Text("去向重叠", "Overlapping exits"), severity=Severity.ERROR, find=find)
