"""J218: the main exits do not lead to a granted end."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import Arc, Node, NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.model import Call
from jianban.workflows.language.terms import Position
from jianban.workflows.texts import Text

_NO_GRANT = Text("没有办件能得到准予的结果", "No case can be granted")
_ASTRAY = Text(
    "按主要出口办理，办件以“{title}”结束，而不是准予",
    "By the main exits a case ends with “{title}”, not granted",
)
_ROUND = Text(
    "按主要出口办理，办件又回到“{title}”",
    "By the main exits a case comes back to “{title}”",
)
_SEVERAL = Text("“{title}”有几个主要出口", "“{title}” has several main exits")
_GRANT_REMEDY = Text(
    "请声明一个 outcome: granted 的结果并通向它", "Declare an end with `outcome: granted` and lead to it"
)
_REMEDY = Text("请用 main: true 标明正常办理的出口", "Mark the exit a normal case takes with `main: true`")
_ONE_REMEDY = Text("请只标明一个", "Mark one")


def find(facts: Facts) -> Iterator[Finding]:
    granted = {e.id for e in facts.flow.ends if e.end is not None and e.end.success}
    if granted.isdisjoint(facts.composition.reached):
        yield Finding(_NO_GRANT, _GRANT_REMEDY, facts.process.position)
        return
    for node in facts.nodes:
        events = {a.event for a in facts.arcs(node) if a.main}
        if node.kind in (NodeKind.STEP, NodeKind.CHOICE) and len(events) > 1:
            yield Finding(_SEVERAL.format(title=node.title), _ONE_REMEDY, node.position)
    for region in facts.flow.regions.values():
        if region.id in facts.called:
            continue
        node, place, seen = facts.flow.nodes[region.initial], facts.process.position, set[str]()
        while node.id not in seen and (arc := _main(facts, node)) is not None:
            seen.add(node.id)
            node, place = facts.flow.nodes[arc.target], _place(arc, node)
        if node.id in seen:
            yield Finding(_ROUND.format(title=node.title), _REMEDY, place)
        elif node.kind is NodeKind.END and node.id not in granted:
            yield Finding(_ASTRAY.format(title=node.title), _REMEDY, place)


def _main(facts: Facts, node: Node) -> Arc | None:
    """The exit a normal case takes, when it is plain which."""
    arcs = facts.arcs(node)
    marked = [a for a in arcs if a.main]
    if node.kind is NodeKind.CALL:
        marked = marked or [a for a in arcs if a.event in _granting(node)]
    if len({a.target for a in marked}) == 1:
        return marked[0]
    return arcs[0] if len(arcs) == 1 else None


def _granting(node: Node) -> set[str]:
    """The granted ends of the process that a node calls."""
    return {e.id for e in node.block.process.ends if e.success} if isinstance(node.block, Call) else set()


def _place(arc: Arc, node: Node) -> Position:
    return arc.position if arc.position.line else node.position


RULE = Rule(
    code="J218",
    title=Text("正常办理得不到准予", "The normal way is not granted"),
    severity=Severity.WARNING,
    find=find,
)
