"""Cases in PostgreSQL: any number of writers, each sure that the case it changes is the one it read.

An event takes one statement to read and one to write. Whoever meets a conflict tries again, and then locks
what it reads, so that it is decided at most twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from importlib.util import find_spec
from threading import Semaphore
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from jianban.engine.entries import Row
from jianban.engine.seals import Personal
from jianban.engine.store.closing import Closed, close_for_good
from jianban.engine.store.forks import Inherited, when_forked
from jianban.engine.store.reads import Reads
from jianban.engine.store.schema import prepare
from jianban.engine.store.store import Change, Conflict, Definition, Stored, StoreError, Work
from jianban.workflows.texts import Text

T = TypeVar("T")
TRIES = 10
CONNECTIONS = 10
"""For events, from one program; as many again for everything else."""
PREPARING = 0x6A69616E
"""The advisory lock under which tables are made."""

_CASE = ", ".join(f'"{name}"' for name in Stored._fields)
_ENTRY = ", ".join(f'"{name}"' for name in Row._fields)


class PostgresqlStore(Reads):
    one_writer = False

    def __init__(self, url: URL) -> None:
        """
        Raises:
            StoreError: psycopg is not installed, the server cannot be reached, or its tables are of a later
                version.
        """
        if find_spec("psycopg") is None:
            raise StoreError(NO_DRIVER)
        url = url.set(drivername="postgresql+psycopg")
        pool: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_pre_ping": False}
        self.engine = create_engine(url, **pool)
        self._events = create_engine(url, isolation_level="AUTOCOMMIT", max_overflow=-1)
        """Connections on which every statement is a transaction, unless one is begun."""
        self._idle: Any = deque[Connection]()
        """Of these, those that nobody uses: given back to SQLAlchemy's pool they would be reset each time."""
        self._free = Semaphore(CONNECTIONS)
        """For whoever changes cases; while they do, they may need another connection."""
        try:
            with self.transaction() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PREPARING})
                prepare(connection)
        except StoreError:
            self.close()
            raise
        except DBAPIError as error:
            self.close()
            raise StoreError(CANNOT_OPEN.format(url=url.render_as_string(), why=error.orig)) from None
        when_forked(self._forked)

    def work(self, job: Callable[[Work], T]) -> T:
        tries = 0
        while True:
            tries += 1
            with self._free, self._event() as connection:
                work = _Work(_driver(connection), connection, locks=tries > 1)
                try:
                    if tries > 1:
                        work.begin()
                    answer = job(work)
                    work.commit()
                    return answer
                except BaseException as error:
                    work.rollback()
                    if tries == TRIES or not (isinstance(error, Conflict) or self.lost(error)):
                        raise

    def on(self, connection: Connection) -> Work:
        if not connection.in_transaction():
            connection.begin()
        return _Work(_driver(connection), connection, locks=True, own=False)

    def lost(self, error: BaseException) -> bool:
        from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

        cause = error.orig if isinstance(error, DBAPIError) else error
        return isinstance(cause, DeadlockDetected | SerializationFailure | UniqueViolation)

    @contextmanager
    def _event(self) -> Iterator[Connection]:
        try:
            connection: Connection = self._idle.pop()
        except IndexError:
            connection = self._events.connect()
        try:
            yield connection
        finally:
            if connection.in_transaction():
                connection.rollback()
            if _driver(connection).pgconn.transaction_status:  # lost, or left in the midst of something
                connection.invalidate()
                connection.close()
            elif len(self._idle) < CONNECTIONS:
                self._idle.append(connection)
                if not self._events:  # closed meanwhile
                    self._close_idle()
            else:
                connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def case(self, id: str) -> Stored | None:
        with self._event() as connection:
            return _Work(_driver(connection), connection).read([id])[0].get(id)

    def personal(self, id: str) -> Sequence[Personal]:
        with self._event() as connection:
            return _Work(_driver(connection), connection).personal(id)

    def erased(self) -> None:
        pass  # dead rows go with the next vacuum

    def close(self) -> None:
        engine, events = self.engine, self._events
        self.engine = self._events = Closed()
        self._close_idle()
        close_for_good(engine)
        close_for_good(events)

    def _close_idle(self) -> None:
        while self._idle:
            with suppress(IndexError):  # another thread closes them too
                self._idle.pop().close()

    def _forked(self) -> None:
        self.engine: Any = Inherited(self.engine)
        self._events: Any = Inherited(self._events)
        self._idle = Inherited(self._idle)
        self._free = Semaphore(CONNECTIONS)


class _Work:
    """One transaction, or one statement that is one, by fixed SQL on the driver's connection."""

    def __init__(
        self,
        driver: Any,
        connection: Connection,
        *,
        locks: bool = False,
        own: bool = True,
    ) -> None:
        """
        Args:
            locks: lock the cases that are read until the end of the transaction.
            own: False on a host's connection, where a transaction is open and stays so.
        """
        self._driver = driver
        self._connection = connection
        self._locks = locks
        self._own = own
        self._open = not own

    @property
    def connection(self) -> Connection:
        return self._connection

    def begin(self) -> None:
        if not self._open:
            self._driver.execute("BEGIN")
            self._open = True

    def commit(self) -> None:
        if self._own and self._open:
            self._driver.execute("COMMIT")
            self._open = False

    def rollback(self) -> None:
        if self._own and self._open and not self._driver.closed:
            self._driver.execute("ROLLBACK")
            self._open = False

    def read(
        self,
        ids: Collection[str],
        keys: Collection[tuple[str, str]] = (),
        kept: Callable[[str], Stored | None] = lambda id: None,
    ) -> tuple[dict[str, Stored], dict[tuple[str, str], Row]]:
        if len(ids) > 1:
            self._locks = True
            self.begin()
        lock = " FOR UPDATE OF cases" if self._locks and self._open else ""
        cases: dict[str, Stored] = {}
        entries: dict[tuple[str, str], Row] = {}
        execute = self._driver.execute
        if len(ids) == 1:
            key = next(iter(keys), None)
            if key is None:
                rows = execute(f"SELECT {_CASE} FROM cases WHERE id = %s{lock}", tuple(ids))
                cases = {row[0]: Stored._make(row) for row in rows}
            else:
                for row in execute(_CASE_AND_ENTRY + lock, (key[1], *ids)):
                    cases[row[0]] = Stored._make(row[:_WIDTH])
                    if row[_WIDTH] is not None:
                        entries[key] = Row._make(row[_WIDTH:])
            if len(keys) < 2:
                return cases, entries
        else:
            rows = execute(
                f"SELECT {_CASE} FROM cases WHERE id = ANY(%s) ORDER BY id{lock}", (list(ids),), prepare=True
            )
            cases = {row[0]: Stored._make(row) for row in rows}
        if keys:
            given = ([case for case, _key in keys], [key for _case, key in keys])
            entries = {(row[0], row[2]): Row._make(row) for row in execute(_ENTRIES_OF_KEYS, given)}
        return cases, entries

    def personal(self, id: str) -> Sequence[Personal]:
        return [Personal._make(row) for row in self._driver.execute(_PERSONAL_OF, (id,))]

    def due(self, now: int, limit: int) -> Sequence[str]:
        self.begin()
        self._locks = True
        rows = self._driver.execute(
            "SELECT id FROM cases WHERE due <= %s ORDER BY due, id LIMIT %s FOR UPDATE SKIP LOCKED",
            (now, limit),
        )
        return [row[0] for row in rows]

    def postpone(self, ids: Sequence[str], due: int) -> None:
        self._driver.execute("UPDATE cases SET due = %s WHERE id = ANY(%s)", (due, list(ids)))

    def started(self, key: str) -> str | None:
        row = self._driver.execute("SELECT id FROM cases WHERE start_key = %s", (key,)).fetchone()
        return row[0] if row is not None else None

    def entry(self, id: str, seq: int) -> Row:
        row = self._driver.execute(
            f"SELECT {_ENTRY} FROM entries WHERE case_id = %s AND seq = %s", (id, seq)
        ).fetchone()
        return Row._make(row or ())

    def entries(self, id: str) -> Sequence[Row]:
        found = self._driver.execute(f"SELECT {_ENTRY} FROM entries WHERE case_id = %s ORDER BY seq", (id,))
        return [Row._make(row) for row in found]

    def define(self, definition: Definition) -> None:
        self._driver.execute(
            "INSERT INTO definitions (hash, process, version, body, added_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            definition,
        )

    def write(self, changes: Sequence[Change]) -> None:
        import psycopg.errors

        if len(changes) > 1:
            self.begin()
        try:
            with self._driver.pipeline() if len(changes) > 1 else nullcontext():
                written = [
                    (change.case.id, self._driver.execute(*_statement(change), prepare=True))
                    for change in changes
                ]
        except psycopg.errors.UniqueViolation:  # of the id or the key of a case that somebody else opened
            raise Conflict(next(c.case.id for c in changes if c.was is None)) from None
        for case, cursor in written:
            row = cursor.fetchone()
            if row is None or row[0] != 1:
                raise Conflict(case)


def _driver(connection: Connection) -> Any:
    """psycopg's connection; its types allow no SQL that was put together."""
    return connection.connection.driver_connection


def _statement(change: Change) -> tuple[str, list[Any]]:
    """One statement that changes the case, if it is what it was, and with it all that belongs to it."""
    case = change.case
    values: list[Any]
    if change.was is None:
        parts = [_INSERT_CASE]
        values = [*case, *(change.dates or (None, None, None))]
    else:
        dates = change.dates or ()
        parts = [_UPDATE_CASE.format(dates=_DATES if dates else "")]
        values = [
            case.definition,
            case.process,
            case.status,
            case.end,
            case.seq,
            case.head,
            case.state,
            case.due,
            case.steps,
            case.waiting,
            case.at,
            *dates,
            case.id,
            change.was.seq,
        ]
    for number, row in enumerate(change.entries):
        parts.append(_INSERT_ENTRY.format(number=number))
        values += row[1:]
    if change.effects:
        parts.append(_INSERT_EFFECTS)
        values += [list(column) for column in zip(*(row[1:] for row in change.effects), strict=True)]
    if change.personal:
        parts.append(_INSERT_PERSONAL)
        values += [list(column) for column in zip(*(row[1:] for row in change.personal), strict=True)]
    if change.erased:
        parts.append(_DELETE_PERSONAL)
        values.append(list(change.erased))
    for rows, part in ((change.gone, _DELETE_TASKS), (change.new, _INSERT_TASKS)):
        if rows:
            parts.append(part)
            values += map(list, zip(*rows, strict=True))
    return f"WITH {', '.join(parts)} SELECT count(*) FROM moved", values


_WIDTH = len(Stored._fields)
_CASE_AND_ENTRY = (
    "SELECT " + ", ".join(f'cases."{name}"' for name in Stored._fields) + ", "
    + ", ".join(f'entries."{name}"' for name in Row._fields)
    + " FROM cases LEFT JOIN entries ON entries.case_id = cases.id AND entries.key = %s WHERE cases.id = %s"
)  # fmt: skip
_ENTRIES_OF_KEYS = (
    "SELECT " + ", ".join(f'entries."{name}"' for name in Row._fields)
    + " FROM unnest(%s::text[], %s::text[]) AS given (case_id, key) JOIN entries USING (case_id, key)"
)  # fmt: skip
_INSERT_CASE = (
    f"moved AS (INSERT INTO cases ({_CASE}, deadline, yellow, red) VALUES"
    f" ({', '.join(['%s'] * (_WIDTH + 3))}) RETURNING id)"
)
_UPDATE_CASE = (
    'moved AS (UPDATE cases SET definition = %s, process = %s, status = %s, "end" = %s, seq = %s, head = %s,'
    " state = %s, due = %s, steps = %s, waiting = %s, at = %s{dates} WHERE id = %s AND seq = %s RETURNING id)"
)
_DATES = ", deadline = %s, yellow = %s, red = %s"
_INSERT_ENTRY = (
    "entry{number} AS (INSERT INTO entries (case_id, seq, key, at, actor, kind, body, hash)"
    " SELECT id, %s::int, %s::text, %s::bigint, %s::text, %s::text, %s::bytea, %s::bytea FROM moved)"
)
_INSERT_EFFECTS = (
    'effects AS (INSERT INTO effects (case_id, seq, n, kind, "to", body, status, due, runs, at, attempts,'
    " forgiven) SELECT moved.id, new.*, 0, 0 FROM moved, unnest(%s::int[], %s::int[], %s::text[],"
    " %s::text[], %s::bytea[], %s::text[], %s::bigint[], %s::int[], %s::bigint[]) AS new)"
)
_INSERT_PERSONAL = (
    "kept AS (INSERT INTO personal (case_id, ref, owner, salt, value) SELECT id, given.* FROM moved,"
    " unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[]) AS given)"
)
_DELETE_PERSONAL = (
    "erased AS (DELETE FROM personal USING moved WHERE case_id = moved.id AND ref = ANY(%s::text[]))"
)
_PERSONAL_OF = f"SELECT {', '.join(Personal._fields)} FROM personal WHERE case_id = %s"
_ROWS = "unnest(%s::text[], %s::text[], %s::date[])"
_DELETE_TASKS = (
    f"gone AS (DELETE FROM tasks USING moved, {_ROWS} AS old (role, person, due) WHERE case_id = moved.id"
    " AND tasks.role = old.role AND tasks.person = old.person AND tasks.due = old.due)"
)
_INSERT_TASKS = (
    f"new AS (INSERT INTO tasks (role, person, due, case_id) SELECT new.*, id FROM moved, {_ROWS} AS new"
    " ON CONFLICT DO NOTHING)"
)

NO_DRIVER = Text(
    "使用 PostgreSQL 需要 psycopg。请安装：pip install 'psycopg[binary]'",
    "PostgreSQL needs psycopg. Install it: pip install 'psycopg[binary]'",
)
CANNOT_OPEN = Text(
    "不能使用数据库 {url}（{why}）。请检查服务器是否运行、地址和权限是否正确",
    "the database {url} cannot be used ({why}). See that the server runs and lets this user in",
)
