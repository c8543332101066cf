"""A flow prepared for running: what each event needs, resolved once and shared by all its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jianban.engine.limits import PeriodPlan, TimerPlan, WholePlan, Wholes, period_plan, timer_plans
from jianban.engine.machine import Shared, anywhere_trigger, machines, moving_node
from jianban.engine.standing import NONE, WATCHING, Standing, Task, standing_at
from jianban.engine.state import Instance, Token, Value
from jianban.workflows.flow import ROOT, Arc, Flow, Node, NodeKind, Region
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.expressions import EvaluationFault, Program, program
from jianban.workflows.language.model import Anywhere, AnywhereKind, Call, Each, End, JoinKind, Process, Step
from jianban.workflows.language.terms import (
    APPLICANT,
    Cause,
    DataField,
    DataKind,
    Guard,
    Limit,
    PartyKind,
    Role,
    SendKind,
)
from jianban.workflows.texts import Text


class Condition:
    """A guard compiled for a case's data tuple."""

    __slots__ = ("_inputs", "_program", "guard", "parts")

    def __init__(self, guard: Guard, fields: Mapping[str, DataField], scope: Sequence[DataField]) -> None:
        self.guard = guard
        self._program: Program = program(guard.expression, fields, {f.id: f for f in scope})
        places = {name: (at, False) for at, name in enumerate(fields)}
        places |= {f.id: (at, True) for at, f in enumerate(scope)}
        self._inputs = tuple((name, *places[name]) for name in self._program.names)
        self.parts = tuple(Condition(part, fields, scope) for part in guard.parts)

    @property
    def scoped(self) -> bool:
        """True when it reads the item of a list block."""
        return any(item for _name, _at, item in self._inputs)

    @property
    def constants(self) -> tuple[str | int | float, ...]:
        """The literal values in it."""
        return self._program.constants

    @property
    def names(self) -> tuple[str, ...]:
        """The data fields it reads."""
        return tuple(name for name, _at, item in self._inputs if not item)

    def __call__(self, data: tuple[Value, ...], instances: tuple[Instance, ...]) -> bool | EvaluationFault:
        return self._program(
            {name: instances[at].item if item else data[at] for name, at, item in self._inputs}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcPlan:
    arc: Arc
    trigger: Callable[[Token], object]
    """The region machine's event: moves a token over the arc."""
    roles: frozenset[str]
    condition: Condition | None
    moving: str
    """The node whose token the arc moves: its source, or the block it leads out of."""
    depth: int
    """The length of the instance path at `moving`."""
    own: bool
    """True when it is the step's own people who fire it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPlan:
    """A region that a block opens."""

    region: str
    initial: str
    condition: Condition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    node: Node
    kind: NodeKind
    depth: int
    """How many list blocks are around it."""
    owner: str | None
    """The block that opens its region."""
    exits: Mapping[str, tuple[ArcPlan, ...]]
    """What actors may fire, by event."""
    received: Mapping[str, tuple[ArcPlan, ...]]
    """What only a message causes, by the message's name."""
    timed: Mapping[str, tuple[ArcPlan, ...]]
    """What only time fires, by event."""
    routes: tuple[ArcPlan, ...]
    """What is taken at once: the branches of a choice, the joining of a block, the exits of a call."""
    timers: tuple[TimerPlan, ...]
    children: tuple[ChildPlan, ...]
    over: int | None
    """For EACH: the place of its list in the data."""
    needed: int | None
    """How many branches must be done for the join; None for all that were opened."""
    direct: frozenset[str]
    """The nodes of the regions it opens."""
    finals: frozenset[str]
    """Of these, the ones where a branch is done."""
    inside: frozenset[str]
    """The nodes of the regions it opens, and of those opened inside them."""
    eligible: tuple[Condition, ...]
    """For CALL: what the called process asks before it begins."""
    collects: tuple[tuple[str, int], ...]
    """The fields its main event must bring, with their places in the data."""
    apart: frozenset[str]
    """The nodes whose doer may not be the same person."""
    counted_from: str | None
    wholes: tuple[WholePlan, ...]
    """The stages and processes around it that have a limit, innermost first, when an office does it."""
    within: frozenset[str]
    """The keys of the stages and processes around it that have a limit, whoever does it."""
    first_received: bool
    """True when who does it stays responsible."""
    remembered: bool
    """True when other steps ask who did this one, or when."""
    strand: frozenset[str]
    """The regions on the same strand: those around it and those inside it."""
    waiting: tuple[str, ...]
    """Whose rows it has in the work list: the roles that may act, those of its first exit first, empty where
    anybody may; then after `WATCHING` those whose step it is."""
    concerned: frozenset[str]
    """The same roles alone."""
    dated: bool
    """True when days are counted at it."""
    wait: PeriodPlan | None
    """The period that must run in full before its main exit."""
    standing: Standing | None
    """Where a case stands that stands at it alone, with none of its roles bound; None where days or a list
    make it another each time."""

    @property
    def limit(self) -> Limit | None:
        return self.node.step.limit if self.node.step else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnywherePlan:
    anywhere: Anywhere
    roles: frozenset[str]
    resume_roles: frozenset[str]
    condition: Condition | None
    trigger: Callable[[Token], object] | None
    """For withdrawals: moves the root token to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    flow: Flow
    fields: Mapping[str, DataField]
    """The fields of the process and of those it calls."""
    personal: frozenset[str]
    """Those of them that are personal data."""
    scopes: Mapping[str, Sequence[DataField]]
    """For each region, the items of the list blocks around it, outermost first."""
    nodes: Mapping[str, NodePlan]
    arcs: Mapping[str, ArcPlan]
    applicant: Role | None
    """The role of the applicant, which is bound to who opens the case as one."""
    roles: Mapping[str, Role]
    """All roles that may do something."""
    kept: frozenset[str]
    """The roles of the steps whose doer stays responsible: their work stays with that person."""
    handover_by: tuple[Role, ...]
    """Who may hand a case over, besides the person responsible."""
    events: frozenset[str]
    """All events that somebody can fire somewhere."""
    eligible: tuple[Condition, ...]
    anywhere: Mapping[str, AnywherePlan]
    """By event."""
    resuming: frozenset[str]
    """The events that resume."""
    clock_stops: bool
    """True when a limit runs beside several steps, so that some of them may stop its clock."""
    counted: Mapping[str, frozenset[str]]
    """For each step that starts the clocks of other steps, the nodes and keys of the limits among them."""
    by_data: frozenset[str]
    """The nodes at which a period runs from a date of the data."""
    dates: frozenset[str]
    """The fields with these dates."""
    wholes: Mapping[str, WholePlan]
    """The stages and processes that have a limit, those of called processes too, by key."""
    talks: bool
    """True when its cases wait for messages, send some, or open cases."""
    opening: frozenset[str]
    """The nodes of the steps that open cases."""
    sending: frozenset[str]
    """The nodes that send something, when they are reached or left."""


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
