"""J224: data that nothing gives the case before it decides what happens by itself."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.flow import Arc
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Cause, Guard, Position
from jianban.workflows.texts import Text

_MESSAGE = Text(
    "“{title}”要用到{fields}，此前没有步骤收集，也没有默认值",
    "“{title}” needs {fields}, which no step before collects and which has no default",
)
_REMEDY = Text(
    "请在此前的步骤写 collects，或者给出 default，或者在申请条件 eligible 中用到",
    "Let a step before collect it (`collects`), give it a `default`, or ask for it in `eligible`",
)


def find(facts: Facts) -> Iterator[Finding]:
    """What a person does, the person gives the data for. Looked at is what else happens: choices, conditional
    branches, messages and timers."""
    given = {n for g in facts.process.eligible for n in g.names}
    given |= {f.id for f in facts.process.data if f.default is not None}
    for place, title, names, position in _asked(facts):
        missing = [name for name in names if name not in given and not _told(facts, name, place)]
        if missing:
            titles = listed(facts.process.fields[name].title for name in missing)
            yield Finding(_MESSAGE.format(title=title, fields=titles), _REMEDY, position)


def _asked(facts: Facts) -> Iterator[tuple[str, Text, list[str], Position]]:
    """A node, what is decided there, and the fields it needs."""
    for node in facts.nodes:
        for arc in facts.arcs(node):
            names = _names(facts, arc.guard) if arc.guard is not None and arc.cause is not Cause.ACTOR else []
            if arc.message is not None:
                # where the field of the key has no value, no message with a key comes
                known = {arc.message.key, *(field for field, _name in arc.message.brings)}
                names = [name for name in names if name not in known]
            if arc.origin is not None and arc.origin.day is not None:
                names.append(arc.origin.day)
            if names:
                yield node.id, arc.title, names, arc.position
        wait = node.step.wait if node.step is not None else None
        if wait is not None and wait.origin is not None and wait.origin.day is not None:
            yield node.id, node.title, [wait.origin.day], node.position
    for region in facts.flow.regions.values():
        if region.guard is not None and region.owner is not None and region.parent not in facts.called:
            yield region.owner, region.title, _names(facts, region.guard), region.guard.position


def _names(facts: Facts, guard: Guard) -> list[str]:
    return [name for name in guard.names if name in facts.process.fields]


def _told(facts: Facts, name: str, place: str) -> bool:
    """Whether something that can come before gives the field: a step that collects it, a message, or an event
    whose condition a person had to give it for."""
    for node in facts.nodes:
        if node.step is None:
            continue
        if name in node.step.collects and facts.can_follow(place, node.id):
            return True
        for arc in facts.arcs(node):
            if _gives(arc, name) and (arc.target == place or facts.can_follow(place, arc.target)):
                return True
    return False


def _gives(arc: Arc, name: str) -> bool:
    brought = dict(arc.message.brings) if arc.message is not None else {}
    asked = arc.guard.names if arc.guard is not None and arc.cause is Cause.ACTOR else ()
    return name in brought or name in asked


RULE = Rule(
    code="J224",
    title=Text("条件所需的数据没有收集", "Data that is never collected"),
    severity=Severity.WARNING,
    find=find,
)
