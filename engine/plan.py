"""A flow prepared for running: what each event needs, resolved once and shared by all its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from jianban.engine.limits import PeriodPlan, TimerPlan, WholePlan
from jianban.engine.standing import Standing
from jianban.engine.state import Instance, Token, Value
from jianban.workflows.flow import Arc, Flow, Node, NodeKind
from jianban.workflows.language.expressions import EvaluationFault, Program, program
from jianban.workflows.language.model import Anywhere
from jianban.workflows.language.terms import (
    DataField,
    Guard,
    Limit,
    Role,
)


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
