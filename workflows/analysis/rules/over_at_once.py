"""J222: a parallel block that is over as soon as it opens, so that its other branches are never handled."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.analysis.soundness.composition import moves
from jianban.workflows.analysis.soundness.joins import needed
from jianban.workflows.flow import Node, NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

_JOINED = Text(
    "“{title}”一开启就汇合：{branches}没有需要办理的步骤，其他分支不会办理",
    "“{title}” joins as soon as it opens: nothing is to be done in {branches}, so the rest is never handled",
)
_LEFT = Text(
    "“{title}”一开启就离开：{branches}不经办理就通向别处，其他分支不会办理",
    "“{title}” is left as soon as it opens: {branches} lead elsewhere at once, so the rest is never handled",
)
_REMEDY = Text("请给这些分支写上步骤，或者改变汇合条件", "Give these branches steps, or change the join")

RESTS, FINISHED = "rests", "finished"


def find(facts: Facts) -> Iterator[Finding]:
    opening = _Opening(facts)
    for node in facts.nodes:
        if node.kind is not NodeKind.FORK or node.id not in facts.composition.reached:
            continue
        working = [c for c in node.children if RESTS in opening.outcomes(c)]
        idle = [c for c in node.children if c not in working and facts.flow.regions[c].guard is None]
        if not working or not idle:
            continue
        left = [c for c in idle if FINISHED not in opening.outcomes(c)]
        if left or not opening.rests(node):
            branches = listed(facts.flow.regions[c].title for c in left or idle)
            message = (_LEFT if left else _JOINED).format(title=node.title, branches=branches)
            yield Finding(message, _REMEDY, node.position)


class _Opening:
    """What becomes of a region by itself, before anybody does anything."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.known: dict[str, set[str]] = {}

    def outcomes(self, region: str) -> set[str]:
        """`RESTS`, `FINISHED`, and the nodes outside to which it can lead at once."""
        if region not in self.known:
            flow = self.facts.flow
            found: set[str] = set()
            todo = [flow.regions[region].initial]
            for at in todo:
                node = flow.nodes[at]
                if node.region != region:
                    found.add(at)
                elif node.kind is NodeKind.STEP:
                    found.add(RESTS)
                elif node.kind is NodeKind.DONE and node.end is None:
                    found.add(FINISHED)
                else:
                    if node.children and self.rests(node):
                        found.add(RESTS)
                    todo += dict.fromkeys(n for n in self._next(node) if n not in todo)
            self.known[region] = found
        return self.known[region]

    def rests(self, block: Node) -> bool:
        """True when a block just opened can come to rest at a step, with its join open."""
        composition = self.facts.composition
        outcomes = {c: self.outcomes(c) for c in block.children}
        compulsory = [c for c in block.children if not composition.optional(block, c)]
        if not all(outcomes[c] & {RESTS, FINISHED} for c in compulsory):
            return False
        count = needed(block, len(block.children))
        finished = sum(RESTS not in outcomes[c] for c in compulsory)
        return (count is None or finished < count) and any(RESTS in o for o in outcomes.values())

    def _next(self, node: Node) -> Iterator[str]:
        composition = self.facts.composition
        outcomes = {c: self.outcomes(c) for c in node.children}
        for outcome in outcomes.values():
            yield from (o for o in outcome if o not in (RESTS, FINISHED))
        for arc in moves(self.facts.flow, node):
            yield arc.target
        if node.kind in (NodeKind.FORK, NodeKind.EACH):
            count = needed(node, len(node.children))
            finished = sum(FINISHED in o for o in outcomes.values())
            closed = all(FINISHED in o or composition.optional(node, c) for c, o in outcomes.items())
            if closed or (count is not None and finished >= count):
                yield from (a.target for a in self.facts.flow.outgoing[node.id])


RULE = Rule(
    code="J222",
    title=Text("并联一开启就结束", "A block that is over at once"),
    severity=Severity.WARNING,
    find=find,
)
