"""Reading what has happened: the arcs tokens took, and what another definition must remember of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from jianban.engine.plan import ArcPlan, Plan
from jianban.engine.state import Done, Instance, Memory, Record, RecordKind

MOVED = (RecordKind.FIRED, RecordKind.TIMED, RecordKind.RECEIVED)


def recalled(
    old: Plan, new: Plan, nodes: Mapping[str, str], past: Sequence[Record], memory: Memory
) -> Memory:
    """The memory with what the past adds to it: who did a step and when, how often a way was taken, since
    when a stage or process lasts, who received the case first.

    Args:
        nodes: for each node of the old plan the one that stands for it.
        past: in the ids of the old plan.
        memory: in those of the new one.
    """
    done: dict[tuple[str, tuple[Instance, ...]], Done] = {}
    counts: dict[tuple[str, tuple[Instance, ...]], int] = {}
    entered: dict[tuple[str, tuple[Instance, ...]], datetime] = {}
    responsible = memory.responsible
    for record in past:
        node, target = nodes.get(record.node), nodes.get(record.target)
        if target:
            within = new.nodes[target].within
            if node and record.kind is not RecordKind.OPENED:
                within -= new.nodes[node].within
            for key in within - old.wholes.keys():
                place = (key, record.instances[: new.wholes[key].depth])
                if node or place not in entered:
                    entered[place] = record.at
        if record.kind not in MOVED or not node:
            continue
        before = _arc(old, record)
        own = before is None or before.own
        if own and new.nodes[node].remembered and not old.nodes[record.node].remembered:
            done[node, record.instances] = Done(
                node=node,
                instances=record.instances,
                actor=record.actor,
                at=record.at,
                behalf=record.behalf,
            )
        if own and record.kind is RecordKind.FIRED and new.nodes[node].first_received:
            responsible = responsible or record.behalf or record.actor
        after = _arc(new, record._replace(node=node, target=target or ""))
        if after is not None and after.arc.max is not None and (before is None or before.arc.max is None):
            counted = (after.arc.id, record.instances[: after.depth])
            counts[counted] = counts.get(counted, 0) + 1
    have = {(d.node, d.instances) for d in memory.done}
    return replace(
        memory,
        done=(*(d for place, d in done.items() if place not in have), *memory.done),
        counts=(*memory.counts, *((*place, times) for place, times in counts.items())),
        entered=(*memory.entered, *((*place, at) for place, at in entered.items())),
        responsible=responsible,
    )


def arc_of(plan: Plan, record: Record) -> ArcPlan:
    """The arc over which an event, a timer or a message moved a token.

    Raises:
        StopIteration: there is none.
    """
    node = plan.nodes[record.node]
    if record.kind is RecordKind.RECEIVED:
        arcs = [a for several in node.received.values() for a in several if a.arc.event == record.event]
    elif record.kind is RecordKind.FIRED:
        arcs = node.exits.get(record.event, ())
    else:
        arcs = (*node.timed.get(record.event, ()), *node.exits.get(record.event, ()))
    return next(a for a in arcs if a.arc.target == record.target)


def _arc(plan: Plan, record: Record) -> ArcPlan | None:
    try:
        return arc_of(plan, record)
    except (StopIteration, KeyError):
        return None
