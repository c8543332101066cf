"""Which node of another definition stands for which of this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jianban.engine.plan import Plan
from jianban.workflows.comparison.elements import replaced
from jianban.workflows.flow import ROOT, NodeKind


def matching(old: Plan, new: Plan, mapping: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each node of the old plan the node that stands for it; empty for a branch that is given up.

    What the mapping says comes first, then the same id (and kind), then the one step that `replaces` it. The
    nodes of a called process go with the call, the ends of branches with their branches.
    """
    told = dict(mapping)
    replacing = _replacing(new)
    found: dict[str, str] = {}
    for id_, node in old.nodes.items():
        if id_ in told:
            found[id_] = told[id_]
        elif node.kind is NodeKind.DONE and node.node.end is None:
            continue
        elif id_ in new.nodes and new.nodes[id_].kind is node.kind:
            found[id_] = id_
        elif len(replacing.get(id_, ())) == 1:
            found[id_] = replacing[id_][0]
        else:
            call, dot, rest = id_.rpartition(".")
            inside = f"{found.get(call, '')}.{rest}"
            if dot and inside in new.nodes and new.nodes[inside].kind is node.kind:
                found[id_] = inside
    for id_, node in old.nodes.items():
        if id_ not in found and node.kind is NodeKind.DONE and node.node.end is None:
            region = kept_region(old, new, found, node.node.region)
            if region is not None:
                found[id_] = f"{region}/done"
    return found


def kept_region(old: Plan, new: Plan, nodes: Mapping[str, str], region: str) -> str | None:
    """The region that stands for one of the old plan: that of the same branch of the block."""
    owner = old.flow.regions[region].owner
    if owner is None:
        return ROOT
    block = nodes.get(owner)
    if not block or new.nodes[block].kind is not old.nodes[owner].kind:
        return None
    kept = block + region.removeprefix(owner)
    return kept if kept in new.nodes[block].node.children else None


def _replacing(new: Plan) -> dict[str, list[str]]:
    """By id of what they replace, the nodes that do; inside a call, ids are those of what it stands for."""
    found: dict[str, list[str]] = {}
    calls: dict[str, list[str]] = {"": [""]}
    for id_, plan in new.nodes.items():
        named = [
            f"{call}.{reference.id}" if call else reference.id
            for reference in replaced(new.flow, plan.node)
            for call in calls[reference.call]
        ]
        for one in named:
            found.setdefault(one, []).append(id_)
        if plan.kind is NodeKind.CALL:
            calls[id_] = [*named, id_]
    return found
