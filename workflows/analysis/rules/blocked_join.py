"""J210: a join that cannot close."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.model import JoinKind, Parallel
from jianban.workflows.texts import Text

_TOO_MANY = Text(
    "“{title}”要有 {count} 个分支办完才能汇合，但只有 {branches} 个分支",
    "“{title}” joins when {count} branches are done, but it has only {branches}",
)
_NEVER = Text(
    "“{title}”无法汇合：分支{names}永远办不完",
    "“{title}” can never join: nothing completes {names}",
)
_COUNT_REMEDY = Text("请减少要求的分支数，或者写 all", "Ask for fewer branches, or write `all`")
_REMEDY = Text(
    "请让这些分支有一条走到分支末尾的路，或者改变汇合条件",
    "Let these branches have a way to their last step, or change the join",
)


def find(facts: Facts) -> Iterator[Finding]:
    composition = facts.composition
    for node in facts.nodes:
        if node.kind not in (NodeKind.FORK, NodeKind.EACH) or node.id not in composition.reached:
            continue
        join = node.join
        if isinstance(node.block, Parallel) and join is not None and join.kind is JoinKind.COUNT:
            branches = len(node.children)
            if (join.count or 0) > branches:
                message = _TOO_MANY.format(title=node.title, count=join.count, branches=branches)
                yield Finding(message, _COUNT_REMEDY, node.position)
        if composition.closing(node) is None:
            never = [facts.flow.regions[c].title for c in node.children if composition.finish(c) is None]
            names = listed(never)
            yield Finding(_NEVER.format(title=node.title, names=names), _REMEDY, node.position)


RULE = Rule(
    code="J210", title=Text("无法汇合", "A join that cannot complete"), severity=Severity.ERROR, find=find
)
