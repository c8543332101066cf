"""J206: from a step on, no end can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_STUCK = Text("“{title}”没有出口，办件到此无法继续", "“{title}” has no way on: cases stop there")
_ENDLESS = Text(
    "{titles}只能互相往返，到不了任何结果",
    "Cases can only go round {titles} and never reach an end",
)
_REMEDY = Text("请增加通向后续步骤或结果的出口", "Add an exit that leads on, or to an end")


def find(facts: Facts) -> Iterator[Finding]:
    order = facts.composition.order
    own = {n.id for n in facts.nodes}
    for region in facts.flow.regions:
        if not _holds(facts, region):
            continue
        study = facts.composition.studies[region]
        for component in facts.composition.bottoms(study):
            nodes = [facts.flow.nodes[n] for n in sorted(component & own, key=order.__getitem__)]
            if not nodes or not component <= facts.composition.reached:
                continue
            if any(study.successors[n.id] for n in nodes):
                titles = listed(n.title for n in nodes)
                yield Finding(_ENDLESS.format(titles=titles), _REMEDY, nodes[0].position)
            elif not nodes[0].children:  # a block that cannot be left is J210's
                yield Finding(_STUCK.format(title=nodes[0].title), _REMEDY, nodes[0].position)


def _holds(facts: Facts, region: str) -> bool:
    """True when a trap in this region holds the whole case; a join on fewer branches may pass it by."""
    flow = facts.flow
    for inner in flow.ancestors(region):
        owner = flow.regions[inner].owner
        if owner is not None and facts.composition.block_trap(flow.nodes[owner], through=inner) is None:
            return False
    return True


RULE = Rule(
    code="J206", title=Text("没有通向结果的路", "No way to an end"), severity=Severity.ERROR, find=find
)
