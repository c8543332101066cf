"""Preparing a flow for running: its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jianban.engine.limits import PeriodPlan, WholePlan, Wholes, period_plan, timer_plans
from jianban.engine.machine import Shared, anywhere_trigger, machines, moving_node
from jianban.engine.plan import AnywherePlan, ArcPlan, ChildPlan, Condition, NodePlan, Plan
from jianban.engine.standing import NONE, WATCHING, Task, standing_at
from jianban.workflows.flow import ROOT, Arc, Flow, Node, NodeKind, Region
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Anywhere, AnywhereKind, Call, Each, End, JoinKind, Process, Step
from jianban.workflows.language.terms import (
    APPLICANT,
    Cause,
    DataField,
    DataKind,
    Guard,
    PartyKind,
    SendKind,
)
from jianban.workflows.texts import Text

CLASH = Text(
    "“{process}”的数据项“{name}”与主流程的同名数据项类型不同，请改名或统一类型",
    "the field “{name}” of “{process}” has another type in the process that calls it; rename one of them",
)


class _Planner:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.machines = machines(flow)
        self.fields = dict(_fields(flow))
        self.places = {name: at for at, name in enumerate(self.fields)}
        self.under: dict[str, list[str]] = {region: [] for region in flow.regions}
        """Each region and all regions inside it."""
        for region in flow.regions:
            for around in flow.ancestors(region):
                self.under[around].append(region)
        self.scopes = {region: self._scope(region) for region in flow.regions}
        steps = [(n, n.step) for n in flow.steps if n.step is not None]
        self.apart = {
            n.id: frozenset(_prefix(n) + s for s in step.different_person_from) for n, step in steps
        }
        self.counted_from = {
            n.id: _prefix(n) + step.limit.counted_from
            for n, step in steps
            if step.limit is not None and step.limit.counted_from is not None
        }
        wholes = Wholes(flow, {region: len(scope) for region, scope in self.scopes.items()})
        self.wholes, self.around = wholes.found, wholes.around
        begun = {whole.counted_from for whole in self.wholes.values()} - {None}
        self.begins = frozenset(self._begins())
        self.remembered = frozenset().union(
            *self.apart.values(), self.counted_from.values(), begun, self.begins
        )

    def plan(self) -> Plan:
        arcs = {arc.id: self._arc(arc) for arc in self.flow.arcs}
        nodes = {node.id: self._node(node, arcs) for node in self.flow.nodes.values()}
        anywhere = {a.event: self._anywhere(a) for a in self.flow.anywhere}
        resuming = frozenset(a.resume for a in self.flow.anywhere if a.resume is not None)
        fired = {event for node in nodes.values() for event in node.exits}
        steps = [n.step for n in self.flow.steps if n.step is not None]
        first = [(s, s.first_receiver) for s in steps if s.first_receiver is not None]
        by = [s.by for s in steps] + [a.by for a in self.flow.arcs]
        by += [a.by + a.resume_by for a in self.flow.anywhere] + [f.handover_by for _step, f in first]
        roles = {role.id: role for several in by for role in several}
        applicants = (r for r in roles.values() if r.agency.kind is PartyKind.APPLICANT)
        return Plan(
            flow=self.flow,
            fields=self.fields,
            personal=frozenset(name for name, field in self.fields.items() if field.personal),
            scopes=self.scopes,
            nodes=nodes,
            arcs=arcs,
            applicant=roles.get(APPLICANT) or next(applicants, None),
            roles=roles,
            kept=frozenset(role.id for step, _first in first for role in step.by),
            handover_by=tuple(dict.fromkeys(role for _step, f in first for role in f.handover_by)),
            events=frozenset(fired | anywhere.keys() | resuming),
            eligible=tuple(self._condition(g, ROOT) for g in self.flow.process.eligible),
            anywhere=anywhere,
            resuming=resuming,
            clock_stops=bool(self.counted_from or self.wholes),
            counted=self._counted(),
            by_data=frozenset(id_ for id_, node in nodes.items() if list(_days(node))),
            dates=frozenset(list(self.fields)[day] for node in nodes.values() for day in _days(node)),
            wholes=self.wholes,
            talks=self._talks(),
            sending=frozenset(n.id for n in self.flow.nodes.values() if self._sending(n)),
            opening=frozenset(n.id for n in self.flow.steps if n.step and _sends(n.step, SendKind.OPEN)),
        )

    def _talks(self) -> bool:
        flow = self.flow
        senders = (
            *(n.step for n in flow.steps if n.step is not None),
            *(n.end for n in flow.nodes.values() if n.end is not None),
            *flow.arcs,
            *flow.anywhere,
        )
        sent = any(_sends(s, SendKind.MESSAGE, SendKind.OPEN) for s in senders)
        return sent or any(arc.message is not None for arc in flow.arcs)

    def _sending(self, node: Node) -> bool:
        arcs = self.flow.outgoing[node.id]
        return any(sender is not None and sender.sends for sender in (node.step, node.end, *arcs))

    def _begins(self) -> Iterator[str]:
        """The steps whose completion waits and timers run from."""
        for node in self.flow.steps:
            if node.step is not None:
                waits = (node.step.wait.origin,) if node.step.wait is not None else ()
                for origin in (*waits, *(arc.origin for arc in self.flow.outgoing[node.id])):
                    if origin is not None and origin.step is not None:
                        yield _prefix(node) + origin.step

    def _counted(self) -> Mapping[str, frozenset[str]]:
        limits = (*self.counted_from.items(), *((w.key, w.counted_from) for w in self.wholes.values()))
        starts = {start for _limit, start in limits if start is not None} | self.begins
        return {start: frozenset(limit for limit, s in limits if s == start) for start in starts}

    def _arc(self, arc: Arc) -> ArcPlan:
        source, target = self.flow.nodes[arc.source], self.flow.nodes[arc.target]
        moving = self.flow.nodes[moving_node(self.flow, arc)]
        step_roles = {r.id for r in source.step.by} if source.step else set()
        roles = frozenset(r.id for r in arc.by)
        return ArcPlan(
            arc=arc,
            trigger=self.machines[target.region].events[arc.id].trigger,
            roles=roles,
            condition=self._condition(arc.guard, source.region) if arc.guard else None,
            moving=moving.id,
            depth=len(self.scopes[moving.region]),
            own=not roles or not roles.isdisjoint(step_roles),
        )

    def _node(self, node: Node, arcs: Mapping[str, ArcPlan]) -> NodePlan:
        groups: dict[Cause, dict[str, list[ArcPlan]]] = {cause: {} for cause in Cause}
        out = [arcs[a.id] for a in self.flow.outgoing[node.id]]
        for a in out:
            groups[a.arc.cause].setdefault(a.arc.event, []).append(a)
        resting = node.kind is NodeKind.STEP
        regions = self.flow.regions
        direct = frozenset(n for child in node.children for n in regions[child].nodes)
        block = node.block
        called: Process | None = block.process if isinstance(block, Call) else None
        wholes = self._wholes(node)
        timers = tuple(timer_plans(node, groups[Cause.TIMER], wholes, self.places)) if resting else ()
        waiting = _waiting(node, groups[Cause.ACTOR]) if resting else ()
        dated = resting and bool(timers or wholes or (node.step and (node.step.limit or node.step.wait)))
        tasks = tuple(Task(node.id, node.id, role, "", NONE) for role in waiting)
        return NodePlan(
            node=node,
            kind=node.kind,
            depth=len(self.scopes[node.region]),
            owner=self.flow.regions[node.region].owner,
            exits=_frozen(groups[Cause.ACTOR]) if resting else {},
            received=_received(groups[Cause.MESSAGE]),
            timed=_frozen(groups[Cause.TIMER]) if resting else {},
            routes=() if resting else tuple(out),
            timers=timers,
            children=tuple(self._child(self.flow.regions[r]) for r in node.children),
            over=self.places[block.over] if isinstance(block, Each) else None,
            needed=_needed(node),
            direct=direct,
            finals=frozenset(n for n in direct if self.flow.nodes[n].kind is NodeKind.DONE),
            inside=frozenset(n for c in node.children for r in self.under[c] for n in regions[r].nodes),
            eligible=tuple(self._condition(g, node.region) for g in called.eligible) if called else (),
            collects=tuple((c, self.places[c]) for c in node.step.collects) if node.step else (),
            apart=self.apart.get(node.id, frozenset()),
            counted_from=self.counted_from.get(node.id),
            wholes=wholes,
            within=frozenset(self.around.get(node.id, ())),
            first_received=node.step is not None and node.step.first_receiver is not None,
            remembered=node.id in self.remembered,
            strand=frozenset((*self.flow.ancestors(node.region), *self.under[node.region])),
            waiting=waiting,
            concerned=frozenset(role.removeprefix(WATCHING) for role in waiting),
            dated=dated,
            wait=self._wait(node),
            standing=standing_at(tasks) if not dated and not self.scopes[node.region] else None,
        )

    def _wait(self, node: Node) -> PeriodPlan | None:
        wait = node.step.wait if node.step is not None else None
        return period_plan(node, wait.effective, wait.origin, self.places) if wait is not None else None

    def _wholes(self, node: Node) -> tuple[WholePlan, ...]:
        if node.step is None or node.step.role.agency.kind is PartyKind.APPLICANT:
            return ()
        return tuple(self.wholes[key] for key in self.around.get(node.id, ()))

    def _child(self, region: Region) -> ChildPlan:
        condition = self._condition(region.guard, region.parent or ROOT) if region.guard else None
        return ChildPlan(region=region.id, initial=region.initial, condition=condition)

    def _anywhere(self, anywhere: Anywhere) -> AnywherePlan:
        trigger = None
        if anywhere.kind is AnywhereKind.WITHDRAW:
            trigger = self.machines[ROOT].events[anywhere_trigger(anywhere.event)].trigger
        return AnywherePlan(
            anywhere=anywhere,
            roles=frozenset(r.id for r in anywhere.by),
            resume_roles=frozenset(r.id for r in anywhere.resume_by or anywhere.by),
            condition=self._condition(anywhere.guard, ROOT) if anywhere.guard else None,
            trigger=trigger,
        )

    def _condition(self, guard: Guard, region: str) -> Condition:
        return Condition(guard, self.fields, self.scopes[region])

    def _scope(self, region: str) -> Sequence[DataField]:
        """The items of the list blocks around a region, outermost first."""
        scope: list[DataField] = []
        for r in reversed(self.flow.ancestors(region)):
            owner = self.flow.regions[r].owner
            block = self.flow.nodes[owner].block if owner is not None else None
            if isinstance(block, Each):
                options = self.fields[block.over].options
                kind = DataKind.ENUM if options else DataKind.TEXT
                scope.append(DataField(id=block.name, title=block.title, kind=kind, options=options))
        return scope


def _fields(flow: Flow) -> Iterator[tuple[str, DataField]]:
    found: dict[str, DataField] = {}
    called = [n.block.process for n in flow.nodes.values() if isinstance(n.block, Call)]
    for process in (flow.process, *called):
        for field in process.data:
            if found.setdefault(field.id, field).kind is not field.kind:
                raise JianbanError(CLASH.format(process=process.key, name=field.id))
            if found[field.id] is field:
                yield field.id, field


def _needed(node: Node) -> int | None:
    if node.join is None or node.join.kind is JoinKind.ALL:
        return None
    return 1 if node.join.kind is JoinKind.ANY else node.join.count


def _received(groups: Mapping[str, list[ArcPlan]]) -> dict[str, tuple[ArcPlan, ...]]:
    found: dict[str, list[ArcPlan]] = {}
    for arcs in groups.values():
        for arc in arcs:
            if arc.arc.message is not None:
                found.setdefault(arc.arc.message.name, []).append(arc)
    return _frozen(found)


def _frozen(groups: Mapping[str, list[ArcPlan]]) -> dict[str, tuple[ArcPlan, ...]]:
    return {event: tuple(arcs) for event, arcs in groups.items()}


def _waiting(node: Node, exits: Mapping[str, Sequence[ArcPlan]]) -> tuple[str, ...]:
    arcs = [arc.arc for arcs in exits.values() for arc in arcs]
    acting = dict.fromkeys(r.id for arc in arcs for r in arc.by)
    if any(not arc.by for arc in arcs):
        acting[""] = None
    own = node.step.by if node.step is not None else ()
    return (*acting, *(WATCHING + r.id for r in own if r.id not in acting)) or (WATCHING,)


def _sends(sender: Step | End | Arc | Anywhere, *kinds: SendKind) -> bool:
    return any(send.kind in kinds for send in sender.sends)


def _days(node: NodePlan) -> Iterator[int]:
    """The places in the data of the dates from which periods run at a node."""
    for period in (node.wait, *(timer.period for timer in node.timers)):
        if period is not None and period.day is not None:
            yield period.day


def _prefix(node: Node) -> str:
    """What the ids of a called process begin with."""
    return node.id.removesuffix(node.step.id) if node.step else ""


plan_of = Shared(lambda flow: _Planner(flow).plan())
"""The plan of a flow.

Raises:
    JianbanError: a condition cannot be understood, or a called process declares a field of the same name with
    another type.
"""
