"""J214: one event name that means two things at the same moment."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import JOINED
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_TWICE = Text(
    "事件“{event}”既是“{title}”的出口，又在全程事项（anywhere）中声明",
    "Event “{event}” is an exit of “{title}” and declared under `anywhere` as well",
)
_REPEATED = Text(
    "事件“{event}”在全程事项（anywhere）中用了两次",
    "Event “{event}” is used twice under `anywhere`",
)
_JOINED = Text(
    "“{title}”的事件“joined”与并联汇合的内部事件同名",
    "Event “joined” of “{title}” is the built-in event of a join",
)
_END = Text(
    "“{title}”的事件“{event}”与一个结果同名，却通向“{target}”",
    "Event “{event}” of “{title}” has the name of an end, but leads to “{target}”",
)
_REMEDY = Text("请改用别的事件名", "Give the event another name")


def find(facts: Facts) -> Iterator[Finding]:
    seen: set[str] = set()
    for anywhere in facts.flow.anywhere:
        for event in filter(None, (anywhere.event, anywhere.resume)):
            if event in seen:
                yield Finding(_REPEATED.format(event=event), _REMEDY, anywhere.position)
            seen.add(event)
    ends = {e.id for e in facts.process.ends}
    for node in facts.steps:
        elsewhere = {
            event for a in facts.flow.anywhere if node.id not in a.except_at for event in (a.event, a.resume)
        }
        for arc in facts.arcs(node):
            if arc.event in elsewhere:
                yield Finding(_TWICE.format(event=arc.event, title=node.title), _REMEDY, arc.position)
            elif arc.event == JOINED:
                yield Finding(_JOINED.format(title=node.title), _REMEDY, arc.position)
            elif arc.event in ends and arc.target != arc.event:
                message = _END.format(event=arc.event, title=node.title, target=facts.title(arc.target))
                yield Finding(message, _REMEDY, arc.position)


RULE = Rule(
    code="J214",
    title=Text("事件名冲突", "An event name that shadows another"),
    severity=Severity.ERROR,
    find=find,
)
