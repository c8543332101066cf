"""The values of a running case: tokens, what must be remembered, and the records of what happened.

Those that every event makes are named tuples: a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from jianban.workflows.language.model import Anywhere

Value: TypeAlias = str | int | float | bool | date | tuple[str, ...] | None
"""A value of a data field; None is missing."""


class Instance(NamedTuple):
    """Which item of a list a token works on (the block is opened once for each item)."""

    number: int
    """From 0."""
    item: str
    label: str
    """The item, with `#2` and so on where the list has it more than once."""


@dataclass(slots=True)
class Token:
    """Where a case stands in one region. A region has one token for each path of instances.

    It is shared between states and never changed once it is in one: a move makes a new token and lets the
    region's machine set its `node`.
    """

    node: str
    since: datetime
    instances: tuple[Instance, ...] = ()
    """One for each list block around it, outermost first."""
    due: datetime | None = None
    """When the first of its timers fires."""

    @property
    def place(self) -> str:
        """The node, with the items in brackets: `opinion[fire]`."""
        if not self.instances:
            return self.node
        return f"{self.node}[{','.join(i.label for i in self.instances)}]"


class Mark(StrEnum):
    """What has happened to a step's limit."""

    EXTENDED = "extended"
    TOLD = "told"
    """Its expiry has been told: a warning or an escalation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Who did a step last, and when."""

    node: str
    instances: tuple[Instance, ...]
    actor: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A time during which clocks stood still."""

    start: datetime
    end: datetime
    region: str | None = None
    """The region of the step that stopped it (a hearing, a test); None for a suspension, which stops all."""
    instances: tuple[Instance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    by: Anywhere
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a case must remember besides its tokens and data; most cases share one empty memory."""

    counts: tuple[tuple[str, tuple[Instance, ...], int], ...] = ()
    """Counted arcs, for which item of a list each that stays inside, and how often they were taken."""
    done: tuple[Done, ...] = ()
    """Only steps that other steps refer to: for separation of duties, and limits counted from them."""
    stops: tuple[Stop, ...] = ()
    suspension: Suspension | None = None
    entered: tuple[tuple[str, datetime], ...] = ()
    """When the case last entered each stage that has a limit, by stage id; `""` for the process."""
    marks: tuple[tuple[str, tuple[Instance, ...], Mark], ...] = ()
    """Node, instances and mark of limits."""


BLANK = Memory()


class CaseState(NamedTuple):
    tokens: tuple[Token, ...]
    data: tuple[Value, ...]
    """In the order of the plan's fields."""
    at: datetime
    """When something last happened."""
    memory: Memory = BLANK


class RecordKind(StrEnum):
    OPENED = "opened"
    FIRED = "fired"
    """An actor's event moved a token."""
    TIMED = "timed"
    """A wait ran out, or a limit expired with a consequence."""
    ROUTED = "routed"
    """A choice was made by its conditions."""
    BRANCHED = "branched"
    """A branch was opened."""
    JOINED = "joined"
    """Enough branches were done."""
    RETURNED = "returned"
    """A called process reached an end."""
    CANCELLED = "cancelled"
    """A step was left because what it belonged to was over."""
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    """A limit was extended once, as the law allows."""
    WARNED = "warned"
    ESCALATED = "escalated"
    """A limit expired; `target` is the role that is told."""
    ENDED = "ended"


DONE_BY_ACTORS = frozenset(
    {
        RecordKind.OPENED,
        RecordKind.FIRED,
        RecordKind.SUSPENDED,
        RecordKind.RESUMED,
        RecordKind.WITHDRAWN,
        RecordKind.EXTENDED,
    }
)


class Record(NamedTuple):
    """One thing that happened."""

    kind: RecordKind
    at: datetime
    actor: str | None
    """The id of who did it; None when it happened by itself."""
    node: str
    """The step or block it happened at."""
    event: str
    target: str
    """The node that was reached."""
    instances: tuple[Instance, ...] = ()
    data: tuple[Value, ...] = ()
    """What the event brought, in the order of the plan's fields; None where it brought nothing."""
    reason: str = ""


class Decision(NamedTuple):
    """What a command did: the records it adds and the state that follows."""

    records: tuple[Record, ...]
    state: CaseState
