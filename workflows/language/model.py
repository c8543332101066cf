"""A process as values: what a definition says once its sugar is gone.

Everything after the language (the flow, the analysis, the figures, the engine) starts from `Process`. All
values are frozen and hashable, so two definitions that say the same thing are equal, whatever file they
came from. Positions never take part in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from jianban.workflows.language.guidance import Guidance
from jianban.workflows.language.terms import (
    NO_BASIS,
    NOWHERE,
    Agency,
    Awaited,
    Basis,
    Cause,
    Channel,
    DataField,
    Document,
    Duration,
    Effort,
    Fee,
    Guard,
    Limit,
    Material,
    MaterialUse,
    Origin,
    Position,
    Role,
    Send,
    Wait,
)
from jianban.workflows.texts import Text

NEXT = "next"
"""The target of an exit that goes on to the item written next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way out of a step or call: one event and where it leads."""

    event: str
    title: Text
    to: str = NEXT
    """`NEXT`, or the id of a step, block or end of the same process."""
    guard: Guard | None = None
    by: tuple[Role, ...] = ()
    """Who may fire it; empty for timer and auto exits."""
    cause: Cause = Cause.ACTOR
    message: Awaited | None = None
    """For message exits."""
    sends: tuple[Send, ...] = ()
    """What goes out when it is taken."""
    max: int | None = None
    """How many times one case, or inside a list each item, may take it; None when it does not go back."""
    main: bool = False
    """True for the exit a normal, successful case takes: the typical path follows it."""
    after: Duration | None = None
    """For timer exits: how long after the step is reached, in its own unit."""
    origin: Origin | None = None
    """What `after` runs from, where that is not the moment the step is reached."""
    likelihood: float | None = None
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of step (环节类型): declared data in `kinds.yaml`, which the desugaring reads."""

    id: str
    title: Text
    interaction: bool
    """True when the step is an interaction between the user and an administration, as UNCTAD counts steps."""
    stops_clock: bool = False
    """True when its time does not count towards the deciding agency's limit (行政许可法 art. 45)."""
    waiting: bool = False
    """True when its time is waiting rather than work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReceiver:
    """Who does the step stays responsible to the end (首接负责制): the work of its roles is theirs alone."""

    handover_by: tuple[Role, ...] = ()
    """Who may hand the case over to another person, besides the responsible person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: str
    title: Text
    kind: Kind
    by: tuple[Role, ...]
    """Who does it; the first is responsible."""
    exits: tuple[Exit, ...]
    note: Text | None = None
    materials: tuple[MaterialUse, ...] = ()
    produces: tuple[Material, ...] = ()
    """The documents that it issues (产生的证照、文书)."""
    visits: int = 0
    channel: Channel = Channel.INTERNAL
    fee: Fee | None = None
    effort: Effort | None = None
    limit: Limit | None = None
    wait: Wait | None = None
    stops_clock: bool = False
    collects: tuple[str, ...] = ()
    """Data fields the step's main event must bring."""
    replaces: tuple[str, ...] = ()
    """Ids of steps of the base variant that this one stands for."""
    different_person_from: tuple[str, ...] = ()
    """Steps that a different person must have done (separation of duties)."""
    first_receiver: FirstReceiver | None = None
    sends: tuple[Send, ...] = ()
    """What goes out when it is reached."""
    aside: bool = False
    """True for a step off the main line (a correction): it is reached only by an exit that names it."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def role(self) -> Role:
        """The responsible role."""
        return self.by[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceBranch:
    id: str
    title: Text
    guard: Guard | None
    """None for the `else` branch."""
    items: tuple[Item, ...]
    to: str = NEXT
    """Where the branch leads after its items (or at once, when it has none)."""
    main: bool = False
    likelihood: float | None = None
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A row of a decision table (判断表)."""

    cells: tuple[tuple[str, tuple[str, ...]], ...]
    """Data field → its values or ranges, of which one must fit: an id, `true`, `5`, `5..10`, `<5`, `>=5`;
    money in yuan. What is not named may have any value."""
    branch: str
    """The branch it leads to."""
    note: Text | None = None
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Exactly one branch is taken (判断)."""

    id: str
    title: Text
    branches: tuple[ChoiceBranch, ...]
    table: tuple[DecisionRow, ...] = ()
    """Where the choice is made by a table: its rows, of which the first that fits decides. The conditions of
    the branches say the same."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


class JoinKind(StrEnum):
    ALL = "all"
    ANY = "any"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """When a block of branches is done. Branches still open at that moment are cancelled."""

    kind: JoinKind = JoinKind.ALL
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    id: str
    title: Text
    items: tuple[Item, ...]
    guard: Guard | None = None
    """None: always opened. Otherwise opened only when true at the fork."""
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel:
    """Branches that run side by side (并联)."""

    id: str
    title: Text
    branches: tuple[Branch, ...]
    join: Join = Join()
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """One branch per item of a list in the case's data (e.g. one opinion per department)."""

    id: str
    title: Text
    over: str
    """The list field."""
    name: str
    """The name under which guards inside see the item."""
    items: tuple[Item, ...]
    join: Join = Join()
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Another process runs as one step of this one; its ends are this call's events."""

    id: str
    title: Text
    process: Process
    exits: tuple[Exit, ...]
    """One per end of the called process: `event` is the id of that end."""
    replaces: tuple[str, ...] = ()
    """What the call stands for as a whole."""
    replaced_by_step: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What single steps of the called process stand for; a step inside a further call is `call.step`."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


Item: TypeAlias = Step | Choice | Parallel | Each | Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage (环节): what the public counts. Stages follow one another."""

    id: str
    title: Text
    items: tuple[Item, ...]
    replaces: tuple[str, ...] = ()
    limit: Limit | None = None
    lead: Agency | None = None
    note: Text | None = None
    after_decision: bool = False
    """True for what comes once the result is given (事后监管): it counts into no time to the result."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


class Outcome(StrEnum):
    """What an end means for the applicant. Only `GRANTED` is a success."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SWITCHED = "switched"
    """The case goes on under another variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    id: str
    title: Text
    outcome: Outcome
    offers: str | None = None
    """Another process that stays open to the applicant after this end."""
    switch_to: str | None = None
    """The process (`id` or `id@version`) under which a SWITCHED case goes on, with its data."""
    sends: tuple[Send, ...] = ()
    """What goes out when it is reached."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def success(self) -> bool:
        return self.outcome is Outcome.GRANTED


class AnywhereKind(StrEnum):
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anywhere:
    """What may happen in any state, declared once: withdrawal, or suspension and resumption."""

    kind: AnywhereKind
    event: str
    title: Text
    by: tuple[Role, ...]
    to: str | None = None
    """For a withdrawal: the end it leads to."""
    resume: str | None = None
    """For a suspension: the event that resumes."""
    resume_by: tuple[Role, ...] = ()
    reason_required: bool = False
    stops_clock: bool = True
    except_at: tuple[str, ...] = ()
    """Steps during which it is not allowed."""
    sends: tuple[Send, ...] = ()
    """What goes out when it happens."""
    guard: Guard | None = None
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process in one version."""

    id: str
    """e.g. `deregistration/simple`."""
    version: str
    """e.g. `2022-03`; `id@version` is unique in a catalogue."""
    title: Text
    stages: tuple[Stage, ...]
    ends: tuple[End, ...]
    summary: Text | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    variant_of: str | None = None
    """The base variant of the subject, for comparisons."""
    data: tuple[DataField, ...] = ()
    business_key: str | None = None
    """The field that is the business key of its cases; None where it is no field."""
    eligible: tuple[Guard, ...] = ()
    """All must be true for a case to be opened; `Guard.refusal` says why not."""
    anywhere: tuple[Anywhere, ...] = ()
    guidance: Guidance | None = None
    """What a guide tells besides."""
    limit: Limit | None = None
    """The limit of the whole process, from the first step to its end."""
    documents: tuple[Document, ...] = ()
    """Every document cited anywhere in it, in order of first citation."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def fields(self) -> Mapping[str, DataField]:
        return {f.id: f for f in self.data}
