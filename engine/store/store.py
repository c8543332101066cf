"""What every store can do, and the values it speaks in.

The event path reads cases, decides, and writes the changes, all in one transaction (`Work`). Whatever else
reads or writes the same database does it through `transaction` and `reading`, with SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import NamedTuple, NoReturn, Protocol, TypeVar

from sqlalchemy import Connection

from jianban.engine.effects.rows import EffectRow
from jianban.engine.entries import Row
from jianban.engine.seals import Personal
from jianban.engine.standing import Nearest
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

T = TypeVar("T")


class Durability(StrEnum):
    """What a commit on SQLite waits for."""

    FULL = "full"
    """The disk: what was acknowledged survives a power loss."""
    NORMAL = "normal"
    """The operating system: what was acknowledged last may be lost with the power, the file stays whole."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise StoreError(DURABILITY.format(value=value))


class Status(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Stored(NamedTuple):
    """A case as it is kept."""

    id: str
    definition: str
    """The hash of its definition."""
    process: str
    """`id@version`."""
    business_key: str | None
    subject: str | None
    status: str
    end: str | None
    seq: int
    head: bytes
    state: bytes
    due: int | None
    steps: str
    """As in `Standing`."""
    waiting: str
    """As in `Standing`."""
    opened_at: int
    at: int
    start_key: str | None


class Definition(NamedTuple):
    hash: str
    process: str
    version: str
    body: bytes
    added_at: int


class Change(NamedTuple):
    """What one transaction does to one case."""

    case: Stored
    """As it will be."""
    was: Stored | None
    """What it was decided on; None for a new case."""
    entries: Sequence[Row]
    effects: Sequence[EffectRow]
    personal: Sequence[Personal]
    """What the entries seal."""
    erased: Sequence[str]
    """The refs of what is sealed no longer."""
    gone: Sequence[tuple[str, str, str]]
    """The rows of tasks that are no longer, as `rows_of` has them."""
    new: Sequence[tuple[str, str, str]]
    """Those that are new."""
    dates: Nearest | None
    """Of its tasks; None where they are what they were, so that their indexes need not be written."""


class Conflict(JianbanError):
    """Somebody else changed the case meanwhile; nothing was written."""

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(CONFLICT.format(case=case))


class StoreError(JianbanError):
    """The database cannot be used: where it is, why, and what to do."""


class TransactionLost(StoreError):
    """The database gave up a host's transaction, since that of somebody else came in between."""

    def __init__(self) -> None:
        super().__init__(LOST)


class Work(Protocol):
    """One open transaction."""

    @property
    def connection(self) -> Connection:
        """The same transaction, for SQLAlchemy."""
        ...

    def read(
        self,
        ids: Collection[str],
        keys: Collection[tuple[str, str]] = (),
        kept: Callable[[str], Stored | None] = lambda id: None,
    ) -> tuple[dict[str, Stored], dict[tuple[str, str], Row]]:
        """The cases of these ids, and the entries of these cases and idempotency keys, if there are any.

        Args:
            kept: what was last known of a case, which need not be read again when its head is the same.
        """
        ...

    def due(self, now: int, limit: int) -> Sequence[str]:
        """Cases whose next timer is due, the longest overdue first, without those that others work on."""
        ...

    def postpone(self, ids: Sequence[str], due: int) -> None:
        """Let these cases be due at another time."""
        ...

    def personal(self, id: str) -> Sequence[Personal]:
        """The personal data of a case."""
        ...

    def begin(self) -> None:
        """From here on, everything is written together; before, that is sure of a single `write` only."""
        ...

    def started(self, key: str) -> str | None:
        """The case that a start with this idempotency key opened."""
        ...

    def entry(self, id: str, seq: int) -> Row: ...

    def entries(self, id: str) -> Sequence[Row]:
        """All entries of a case in order."""
        ...

    def define(self, definition: Definition) -> None:
        """Keep a definition, unless it is kept already."""
        ...

    def write(self, changes: Sequence[Change]) -> None:
        """
        Raises:
            Conflict: one of the cases is no longer what it was decided on.
        """
        ...


class Store(Protocol):
    """A database of cases. It may be used from any number of threads."""

    @property
    def one_writer(self) -> bool:
        """True when nobody can write while somebody does, so that callers had better write together."""
        ...

    def work(self, job: Callable[[Work], T]) -> T:
        """Do something in one transaction and commit it; when it raises, nothing of it was done.

        Where others can come in between, a job that meets a `Conflict` is done again from its start.
        """
        ...

    def on(self, connection: Connection) -> Work:
        """The event path on somebody else's connection, who commits."""
        ...

    def lost(self, error: BaseException) -> bool:
        """Whether an error means that what others did came in between, and the same will do when it is done
        again from the start of its transaction."""
        ...

    def transaction(self) -> AbstractContextManager[Connection]:
        """A connection for reading and writing, committed at the end, rolled back on an error."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that reads one state of the database."""
        ...

    def case(self, id: str) -> Stored | None: ...

    def entries(self, id: str, after: int = 0) -> Iterator[Row]:
        """The entries of a case in order, those after a number."""
        ...

    def personal(self, id: str) -> Sequence[Personal]:
        """The personal data of a case."""
        ...

    def erased(self) -> None:
        """Leave nothing in the files of what was deleted, as far as this is the database's to do."""
        ...

    def definition(self, hash: str) -> Definition | None: ...

    def ids(self, after: str = "", limit: int = 1000) -> Sequence[str]:
        """The ids of all cases in order, a page at a time."""
        ...

    def close(self) -> None: ...


CONFLICT = Text(
    "办件 {case} 刚刚由他人改动，本次操作没有写入。请重新读取后再办理",
    "case {case} was changed by somebody else just now, and nothing was written. Read it again and retry",
)
LOST = Text(
    "数据库放弃了本系统的事务：其他事务同时改动了相同的内容（死锁或并发更新）。请回滚该事务，然后从头重做",
    "the database gave up your transaction, since another changed the same at the same time (a deadlock or a"
    " concurrent update). Roll it back, and do it again from its start",
)
DURABILITY = Text(
    "durability 应为 full 或 normal，而不是“{value}”", "durability must be full or normal, not “{value}”"
)
