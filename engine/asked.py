"""What the engine is asked to do, and how it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from jianban.engine.access import Actor
from jianban.engine.messages import Message
from jianban.engine.post import Link
from jianban.engine.state import Record
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text


class Start(NamedTuple):
    """Open a case."""

    flow: Flow
    id: str
    actor: Actor
    now: datetime
    data: Mapping[str, Any] | None = None
    reason: str = ""
    assignments: Mapping[str, str | Sequence[str]] | None = None
    key: str | None = None
    business_key: str | None = None
    subject: str | None = None
    own_id: bool = False
    """True when the host chose the id, so that it may be taken."""
    link: Link | None = None
    """The case that opens it, where one does."""


class Event(NamedTuple):
    """Somebody's event in a case."""

    case: str
    event: str
    """Or `step.event`, where it is possible at several steps."""
    actor: Actor
    data: Mapping[str, Any] | None = None
    at: str | None = None
    """The step, or `step[item]` inside a list."""
    reason: str = ""
    key: str | None = None
    """Of idempotency: the same key again changes nothing and gets the first answer."""
    now: datetime | None = None
    """None: as the engine's clock says."""


class Delivery(NamedTuple):
    """A message for a case."""

    case: str
    message: Message
    at: str | None = None
    """The one place it is for; None for all that wait for it."""
    key: str | None = None
    now: datetime | None = None


class Handing(NamedTuple):
    """Another person becomes responsible for a case."""

    case: str
    to: Actor
    actor: Actor
    reason: str
    key: str | None = None
    now: datetime | None = None


class Erasing(NamedTuple):
    """Personal data of a case is erased."""

    case: str
    actor: Actor
    reason: str
    owner: str | None = None
    """Only what this actor brought; None for all of it."""
    now: datetime | None = None


class Crossing(NamedTuple):
    """A case goes on under another definition."""

    case: str
    to: Flow | None
    """None: under the one before its last migration."""
    actor: Actor
    reason: str
    mapping: Mapping[str, str | None] = {}
    """Nodes and what stands for them; None for a branch that is given up."""
    key: str | None = None
    now: datetime | None = None


class Wake(NamedTuple):
    """Let happen in a case what is due."""

    case: str
    now: datetime


Asked: TypeAlias = Start | Event | Delivery | Handing | Erasing | Wake | Crossing


class Answer(NamedTuple):
    """What a command did to a case; truthy, where a refusal is falsy."""

    case: str
    seq: int
    """The number of the entry; that of the last one when nothing was due."""
    at: datetime
    records: tuple[Record, ...]
    repeated: bool = False
    """True when the command had been done before: this is the answer it got then."""


class UnknownCase(JianbanError):
    """No case of that id."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(UNKNOWN.format(case=case))


class CaseExists(JianbanError):
    """A case of that id was opened before."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(EXISTS.format(case=case))


class KeyReused(JianbanError):
    """An idempotency key that belongs to another command."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(REUSED.format(key=key))


UNKNOWN = Text("没有办件“{case}”。请核对编号", "there is no case “{case}”. Check its number")
EXISTS = Text(
    "办件“{case}”已经存在。请另取编号，或在重试时使用原来的 key",
    "case “{case}” exists already. Choose another id, or retry with the key it was started with",
)
REUSED = Text(
    "幂等键“{key}”已用于另一次不同的操作。每次操作请用新的键，重试时内容须与第一次相同",
    "the key “{key}” belongs to a different command. Use a new key for each, and the same command in a retry",
)
