"""The values of a running case: tokens, what must be remembered, and the records of what happened.

Those that every event makes are named tuples: a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeAlias

from jianban.workflows.language.model import Anywhere

Value: TypeAlias = str | int | float | bool | date | tuple[str, ...] | None
"""A value of a data field; None is missing."""


MAX_LABEL = 60
"""Characters of an item in a place."""


class Instance(NamedTuple):
    """Which item of a list a token works on (the block is opened once for each item)."""

    number: int
    """From 0."""
    item: str
    label: str
    """The item as it stands in places (`labelled`), with `#2` and so on where the list has it again."""


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
        return placed(self.node, self.instances)


def labelled(item: str) -> str:
    """An item as it stands in places, which databases keep: what cannot be printed is a mark, and the end of
    a long one is left off."""
    if len(item) <= MAX_LABEL and item.isprintable():
        return item
    cut = item if len(item) <= MAX_LABEL else f"{item[: MAX_LABEL - 1]}…"
    return "".join(c if c.isprintable() else "\ufffd" for c in cut)


def placed(node: str, instances: tuple[Instance, ...]) -> str:
    """A node with the items in brackets: `opinion[fire]`."""
    return f"{node}[{','.join(i.label for i in instances)}]" if instances else node


class Mark(StrEnum):
    """What has happened to the limit of a step, a stage or a process."""

    EXTENDED = "extended"
    WARNED = "warned"
    """That it will end soon has been told."""
    TOLD = "told"
    """Its end has been told: overdue, or escalated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Who did a step last, and when."""

    node: str
    instances: tuple[Instance, ...]
    actor: str | None
    at: datetime
    behalf: str | None = None
    """For whom they did it, when they acted for another."""


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
    entered: tuple[tuple[str, tuple[Instance, ...], datetime], ...] = ()
    """When the case last entered each stage and process that has a limit, by its key (`WholePlan.key`)."""
    marks: tuple[tuple[str, tuple[Instance, ...], Mark], ...] = ()
    """Marks of limits, by the step's node or the key of the stage or process."""
    calendar: str = ""
    """The revision of the calendar that counts its days."""

    assignments: tuple[tuple[str, str], ...] = ()
    """Roles that belong to certain persons in this case: role and person, several for several persons."""
    responsible: str | None = None
    """Who received the case first, or took it over (首接负责)."""


BLANK = Memory()


@cache
def blank(calendar: str) -> Memory:
    """What a case remembers when it is opened, one for all cases under a calendar."""
    return Memory(calendar=calendar)


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
    RECEIVED = "received"
    """A message moved a token."""
    HELD = "held"
    """A message (`event` its name, `message` its id) came while the case was suspended and is held for it."""
    DROPPED = "dropped"
    """A message that was held could not be taken when the case went on, or had ended meanwhile."""
    ASSIGNED = "assigned"
    """A role (`event`) was bound to a person (`target`)."""
    HANDED_OVER = "handed_over"
    """The case was handed over to another responsible person (`target`)."""
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
    """A limit was extended once, as the law allows; `target` is the step, or the key of the stage or process
    (`WholePlan.key`)."""
    WARNED = "warned"
    """A limit will end soon. In this kind and the next two, `event` is empty for the limit of the step, and
    the key of the stage or process for theirs."""
    OVERDUE = "overdue"
    """A limit ended without a consequence."""
    ESCALATED = "escalated"
    """A limit ended; `target` is the role that is told."""
    RECALENDARED = "recalendared"
    """From here on the days are counted by another calendar: a notice of holidays has come out, or an office
    has changed its days. `calendar` is its revision, `moved` are the dates it moved."""
    ERASED = "erased"
    """Personal data was erased from the record; `target` says what: the fields, `reason` for reasons,
    `moved` for dates that a calendar moved, and `message` for what messages that are held would have
    brought."""
    MIGRATED = "migrated"
    """The case goes on under another definition: `target` is its hash, `former` that of the one before,
    `mapping` what the migration was told beyond what the two say; `event` is `migrate`, or `undo`."""
    ENDED = "ended"


DONE_BY_ACTORS = frozenset(
    {
        RecordKind.OPENED,
        RecordKind.FIRED,
        RecordKind.ASSIGNED,
        RecordKind.HANDED_OVER,
        RecordKind.SUSPENDED,
        RecordKind.RESUMED,
        RecordKind.WITHDRAWN,
        RecordKind.EXTENDED,
        RecordKind.MIGRATED,
    }
)


NOTED = (RecordKind.HELD, RecordKind.DROPPED)
"""What is only noted: it moves nothing."""


class Moved(NamedTuple):
    """A date that a change of the calendar moved."""

    kind: str
    """`statutory`, `promised`, `wait` or `after`, as in `deadlines.DeadlineKind`."""
    place: str
    """The step's node, or the key of the stage or process."""
    instances: tuple[Instance, ...]
    before: date
    after: date
    days: tuple[date, ...]
    """Why: the days that work in one of the calendars only."""


class Record(NamedTuple):
    """One thing that happened."""

    kind: RecordKind
    at: datetime
    actor: str | None
    """The id of who did it; None when it happened by itself."""
    node: str
    """The step or block it happened at."""
    event: str
    """What happened; when opened, the role that was bound to who opened it, or nothing."""
    target: str
    """The node that was reached."""
    instances: tuple[Instance, ...] = ()
    data: tuple[Value, ...] = ()
    """What the event brought, in the order of the plan's fields; None where it brought nothing."""
    reason: str = ""
    calendar: str = ""
    """When opened or recalendared: the revision of the calendar that counts the days from here on."""
    moved: tuple[Moved, ...] = ()
    behalf: str | None = None
    """The person for whom the actor acted."""
    delegation: str = ""
    """The id of the delegation or substitution under which they did."""
    message: str = ""
    """When received, held or dropped: the id of the message."""
    former: str = ""
    """When migrated: the hash of the definition before."""
    mapping: tuple[tuple[str, str], ...] = ()
    """When migrated: nodes of the definition before and what stands for them; empty for a branch given up."""


class Decision(NamedTuple):
    """What a command did: the records it adds and the state that follows."""

    records: tuple[Record, ...]
    state: CaseState


def noted(state: CaseState, record: Record) -> Decision:
    """What a record leads to that moves nothing."""
    return Decision((record,), state._replace(at=record.at))
