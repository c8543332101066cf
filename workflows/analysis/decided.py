"""A flow as far as its result: without what comes after the decision (事后监管).

The measures of what a result takes read this. A process that is called is read to its end, since that is what
the call waits for.
"""

from __future__ import annotations

from dataclasses import replace

from jianban.workflows.flow import ROOT, Flow


def until_decided(flow: Flow) -> Flow:
    """The flow in which a case that comes to a stage after the decision is granted instead.

    It is the flow itself where no stage is after the decision, or no end is a success.
    """
    process = flow.process
    later = {s.id for s in process.stages if s.after_decision}
    granted = next((n.id for n in flow.ends if n.end is not None and n.end.success), None)
    if not later or granted is None:
        return flow
    dropped = {n for n in flow.root.nodes if flow.nodes[n].stage in later}
    regions = {ROOT: replace(flow.root, nodes=tuple(n for n in flow.root.nodes if n not in dropped))}
    # outer regions come first
    for region in flow.regions.values():
        if region.owner is not None and region.parent in regions and region.owner not in dropped:
            regions[region.id] = region
    nodes = {n.id: n for n in flow.nodes.values() if n.region in regions and n.id not in dropped}
    arcs = (replace(a, target=granted) if a.target in dropped else a for a in flow.arcs if a.source in nodes)
    kept = replace(process, stages=tuple(s for s in process.stages if not s.after_decision))
    return Flow(kept, regions, nodes, tuple(arcs), flow.anywhere)
