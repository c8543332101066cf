"""The state machines of a flow: one flat `transitions` machine for each region.

They hold no case. A token is any object with an attribute `node`; `machine.events[arc.id].trigger(token)`
moves it. Events are named by arc, not by what people call the event: which of several guarded arcs is taken,
who may take it and why not is decided before (a machine answers only False), and a machine would silently
take the first of two. An arc that leaves regions moves the token that waits on the block in the region it
leads to.

Only names from the flow reach `transitions`, never callbacks: it would import and run a dotted name.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar

from transitions import Event, Machine

from jianban.workflows.flow import ROOT, Arc, Flow, NodeKind
from jianban.workflows.language.model import AnywhereKind

_LOGGER = logging.getLogger("transitions")
if _LOGGER.level == logging.NOTSET:
    # it logs every move at INFO, which doubles the cost of one
    _LOGGER.setLevel(logging.WARNING)


class _Event(Event):
    """An event of transitions that have no callbacks: nobody needs data about it. A tenth of the cost."""

    def trigger(self, model: Any, *args: Any, **kwargs: Any) -> bool:
        transitions = self.transitions.get(model.node)
        if not transitions:
            return super().trigger(model, *args, **kwargs)
        model.node = transitions[0].dest
        return True


class RegionMachine(Machine):
    """The machine of one region."""

    event_cls = _Event


MAX_FLOWS = 256

T = TypeVar("T")


class Shared(Generic[T]):
    """One value for each definition, made once and shared by all cases and threads.

    Values of the definitions unused for longest are dropped beyond `MAX_FLOWS`; cases keep those they run on.
    """

    def __init__(self, make: Callable[[Flow], T]) -> None:
        self._make = make
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def __call__(self, flow: Flow) -> T:
        with self._lock:
            value = self._values.get(flow.hash)
            if value is None:
                value = self._values[flow.hash] = self._make(flow)
                if len(self._values) > MAX_FLOWS:
                    self._values.popitem(last=False)
            else:
                self._values.move_to_end(flow.hash)
            return value


def moving_node(flow: Flow, arc: Arc) -> str:
    """The node, in the region of the arc's target, whose token the arc moves."""
    if not arc.leaves:
        return arc.source
    owner = flow.regions[arc.leaves[-1]].owner
    assert owner is not None, "the root region is never left"
    return owner


def anywhere_trigger(event: str) -> str:
    """The name under which the root machine knows a withdrawal."""
    return f"anywhere:{event}"


def _machines(flow: Flow) -> Mapping[str, Machine]:
    transitions: dict[str, list[dict[str, Any]]] = {region: [] for region in flow.regions}
    for arc in flow.arcs:
        transitions[flow.nodes[arc.target].region].append(
            {"trigger": arc.id, "source": moving_node(flow, arc), "dest": arc.target}
        )
    open_nodes = [n for n in flow.root.nodes if flow.nodes[n].kind is not NodeKind.END]
    for anywhere in flow.anywhere:
        if anywhere.kind is AnywhereKind.WITHDRAW:
            transitions[ROOT].append(
                {"trigger": anywhere_trigger(anywhere.event), "source": open_nodes, "dest": anywhere.to}
            )
    return {
        region.id: RegionMachine(
            model=None,
            states=list(region.nodes),
            initial=region.initial,
            transitions=transitions[region.id],
            send_event=True,
            auto_transitions=False,
            model_attribute="node",
        )
        for region in flow.regions.values()
    }


machines = Shared(_machines)
"""The machines of a flow by region id."""
