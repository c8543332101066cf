"""Cases in an SQLite file: one writer at a time, who writes what all callers of that moment want."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import chain
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from jianban.engine.entries import Row
from jianban.engine.seals import Personal
from jianban.engine.store.closing import Closed, close_for_good
from jianban.engine.store.forks import Inherited, when_forked
from jianban.engine.store.reads import Reads
from jianban.engine.store.schema import prepare
from jianban.engine.store.store import Change, Conflict, Definition, Durability, Stored, StoreError, Work
from jianban.workflows.texts import Text

T = TypeVar("T")
BUSY_SECONDS = 30
"""How long to wait while another process writes."""
STATEMENTS = 512
"""Kept prepared on a connection."""
READING = "jianban_reading"

_CASE = ", ".join(f'"{name}"' for name in Stored._fields)
_ENTRY = ", ".join(f'"{name}"' for name in Row._fields)


class SqliteStore(Reads):
    def __init__(self, url: URL, durability: Durability) -> None:
        """
        Raises:
            StoreError: the file cannot be opened or written, or its tables are of a later version.
        """
        self.one_writer = True
        self.memory = url.database in (None, "", ":memory:")
        self.engine = _engine(url, durability, self.memory)
        self._lock = RLock()
        """Held by whoever writes."""
        try:
            self._writer: Any = self.engine.connect()
            self._work: Any = _Work(self._driver(self._writer), self._writer)
            """Of whoever writes."""
            with self.transaction() as connection:
                prepare(connection)
        except StoreError:
            self.close()
            raise
        except (DBAPIError, sqlite3.Error) as error:
            self.engine.dispose()
            raise StoreError(CANNOT_OPEN.format(file=url.database, why=_why(error))) from None
        when_forked(self._forked)

    def work(self, job: Callable[[Work], T]) -> T:
        with self._lock:
            work = self._work
            work.start()
            try:
                answer = job(work)
                work.commit()
            except BaseException:
                work.rollback()
                raise
            return answer

    def on(self, connection: Connection) -> Work:
        if not connection.in_transaction():
            connection.begin()
        return _Work(self._driver(connection), connection)

    def lost(self, error: BaseException) -> bool:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", None)  # in its last byte, why; before that, in more detail
        return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._lock, self._writer.begin():
            yield self._writer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        if self.memory:
            with self.transaction() as connection:
                yield connection
            return
        with self.engine.connect().execution_options(**{READING: True}) as connection:
            yield connection

    def case(self, id: str) -> Stored | None:
        with self.reading() as connection:
            return _Work(self._driver(connection), connection).read([id])[0].get(id)

    def personal(self, id: str) -> Sequence[Personal]:
        with self.reading() as connection:
            return _Work(self._driver(connection), connection).personal(id)

    def erased(self) -> None:
        if not self.memory:
            with self.engine.connect() as connection:
                self._driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._lock:
            self._writer.close()
            close_for_good(self.engine)
            self._writer = self._work = self.engine = Closed()

    def _forked(self) -> None:
        self._lock = RLock()
        self._writer = Inherited(self._writer)
        self._work = Inherited(self._work)
        self.engine: Any = Inherited(self.engine)

    @staticmethod
    def _driver(connection: Connection) -> sqlite3.Connection:
        driver: Any = connection.connection.driver_connection
        return driver


class _Work:
    """One transaction, by fixed SQL on the driver's connection: SQLAlchemy would take longer than SQLite."""

    def __init__(self, driver: sqlite3.Connection, connection: Connection) -> None:
        self._driver = driver
        self._execute = driver.cursor().execute
        self._connection = connection
        self._shared = False
        """True when SQLAlchemy knows of the transaction."""

    @property
    def connection(self) -> Connection:
        self._shared = True
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection

    def start(self) -> None:
        if self._driver.in_transaction:
            raise StoreError(WITHIN)
        self._shared = False
        _begin(self._driver, "BEGIN IMMEDIATE")

    def commit(self) -> None:
        if self._shared:
            self._connection.commit()
        else:
            self._execute("COMMIT")

    def rollback(self) -> None:
        if self._shared:
            self._connection.rollback()
        else:
            self._driver.rollback()

    def read(
        self,
        ids: Collection[str],
        keys: Collection[tuple[str, str]] = (),
        kept: Callable[[str], Stored | None] = lambda id: None,
    ) -> tuple[dict[str, Stored], dict[tuple[str, str], Row]]:
        execute = self._execute
        cases: dict[str, Stored] = {}
        known = {id: case for id in ids if (case := kept(id)) is not None}
        for group in _grouped(list(known)):
            for id, head, due in execute(_HEADS_OF[len(group)], group):
                case = known[id]
                if case.head == head:
                    cases[id] = case if case.due == due else case._replace(due=due)
        for id in ids:
            if id not in cases:
                row = execute(_CASE_OF, (id,)).fetchone()
                if row is not None:
                    cases[id] = Stored._make(row)
        entries: dict[tuple[str, str], Row] = {}
        for key in keys:
            row = execute(_ENTRY_OF_KEY, key).fetchone()
            if row is not None:
                entries[key] = Row._make(row)
        return cases, entries

    def due(self, now: int, limit: int) -> Sequence[str]:
        rows = self._driver.execute(
            "SELECT id FROM cases WHERE due <= ? ORDER BY due, id LIMIT ?", (now, limit)
        )
        return [row[0] for row in rows]

    def postpone(self, ids: Sequence[str], due: int) -> None:
        self._driver.executemany("UPDATE cases SET due = ? WHERE id = ?", [(due, id) for id in ids])

    def personal(self, id: str) -> Sequence[Personal]:
        return [Personal._make(row) for row in self._driver.execute(_PERSONAL_OF, (id,))]

    def begin(self) -> None:
        pass  # the transaction began before anything was read

    def started(self, key: str) -> str | None:
        row = self._driver.execute("SELECT id FROM cases WHERE start_key = ?", (key,)).fetchone()
        return row[0] if row is not None else None

    def entry(self, id: str, seq: int) -> Row:
        found = self._driver.execute(f"SELECT {_ENTRY} FROM entries WHERE case_id = ? AND seq = ?", (id, seq))
        return Row._make(found.fetchone())

    def entries(self, id: str) -> Sequence[Row]:
        found = self._driver.execute(f"SELECT {_ENTRY} FROM entries WHERE case_id = ? ORDER BY seq", (id,))
        return [Row._make(row) for row in found]

    def define(self, definition: Definition) -> None:
        self._driver.execute(
            "INSERT INTO definitions (hash, process, version, body, added_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            definition,
        )

    def write(self, changes: Sequence[Change]) -> None:
        execute = self._execute
        moved: list[tuple[Any, ...]] = []
        for case, was, *_rest, dates in changes:
            days = tuple(map(_day, dates)) if dates is not None else ()
            if was is None:
                try:
                    execute(_INSERT_CASE, (*case, *days))
                except sqlite3.IntegrityError:  # somebody else opened a case with this id or key
                    raise Conflict(case.id) from None
                continue
            move = (case.id, was.seq, case.seq, case.head, case.state, case.steps, case.waiting, case.at)
            # naming a column of an index makes SQLite write that index, changed or not
            more = _DATES if days else ""
            others = days
            if case[_RARE] != was[_RARE] or case.definition != was.definition:
                more += _RARELY
                others += (case.due, case.definition, case.process, case.status, case.end)
            elif case.due != was.due:
                more += _DUE
                others += (case.due,)
            if not more:
                moved.append(move)
            elif execute(_MOVE.format(more=more), (*others, *move[2:], *move[:2])).rowcount != 1:
                raise Conflict(case.id)
        for group in _grouped(moved):
            if execute(_MOVES[len(group)], list(chain(*group))).rowcount != len(group):
                raise Conflict(next(id for id, _was, seq, *_ in group if self._seq(id) != seq))
        for group in _grouped([row for change in changes for row in change.entries]):
            execute(_INSERT_ENTRIES[len(group)], list(chain(*group)))
        for change in changes:
            if change.gone or change.new or change.effects or change.personal or change.erased:
                self._write_rest(change)

    def _seq(self, id: str) -> int | None:
        row = self._execute("SELECT seq FROM cases WHERE id = ?", (id,)).fetchone()
        return row[0] if row is not None else None

    def _write_rest(self, change: Change) -> None:
        """What few changes have."""
        execute, id = self._execute, change.case.id
        for effect in change.effects:
            execute(_INSERT_EFFECT, effect)
        for row in change.personal:
            execute(_INSERT_PERSONAL, row)
        for ref in change.erased:
            execute("DELETE FROM personal WHERE case_id = ? AND ref = ?", (id, ref))
        for row in change.gone:
            execute(_DELETE_TASK, (*row, id))
        for row in change.new:
            execute(_INSERT_TASK, (*row, id))


SIZES = (64, 16, 4, 1)
"""Rows that one statement may take: together, each costs half of what it costs alone."""


def _grouped(rows: list[T]) -> list[list[T]]:
    """The rows in groups of these sizes."""
    if len(rows) == 1:
        return [rows]
    groups: list[list[T]] = []
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            groups.append(rows[start : start + size])
            start += size
    return groups


def _many(one: str) -> dict[int, str]:
    """By size, that many of something."""
    return {size: ", ".join([one] * size) for size in SIZES}


_HEADS_OF = {n: f"SELECT id, head, due FROM cases WHERE id IN ({ids})" for n, ids in _many("?").items()}
_CASE_OF = f"SELECT {_CASE} FROM cases WHERE id = ?"
_ENTRY_OF_KEY = f"SELECT {_ENTRY} FROM entries WHERE case_id = ? AND key = ?"
_INSERT_CASE = (
    f"INSERT INTO cases ({_CASE}, deadline, yellow, red) VALUES ({','.join('?' * (len(Stored._fields) + 3))})"
)
_RARE = slice(Stored._fields.index("status"), Stored._fields.index("end") + 1)
_MOVE = (
    "UPDATE cases SET {more}seq = ?, head = ?, state = ?, steps = ?, waiting = ?, at = ?"
    " WHERE id = ? AND seq = ?"
)
_MOVES = {
    n: "UPDATE cases SET seq = m.column3, head = m.column4, state = m.column5, steps = m.column6,"
    f" waiting = m.column7, at = m.column8 FROM (VALUES {moves}) AS m"
    " WHERE cases.id = m.column1 AND cases.seq = m.column2"
    for n, moves in _many("(?,?,?,?,?,?,?,?)").items()
}
_MOVES[1] = (
    "UPDATE cases SET seq = ?3, head = ?4, state = ?5, steps = ?6, waiting = ?7, at = ?8"
    " WHERE id = ?1 AND seq = ?2"
)
_DATES = "deadline = ?, yellow = ?, red = ?, "
_DUE = "due = ?, "
_RARELY = 'due = ?, definition = ?, process = ?, status = ?, "end" = ?, '
_DELETE_TASK = "DELETE FROM tasks WHERE role = ? AND person = ? AND due = ? AND case_id = ?"
_INSERT_TASK = "INSERT OR REPLACE INTO tasks (role, person, due, case_id) VALUES (?,?,?,?)"
_INSERT_ENTRIES = {
    n: f"INSERT INTO entries ({_ENTRY}) VALUES {rows}" for n, rows in _many("(?,?,?,?,?,?,?,?)").items()
}
_INSERT_EFFECT = (
    'INSERT INTO effects (case_id, seq, n, kind, "to", body, status, due, runs, at, attempts, forgiven)'
    " VALUES (?,?,?,?,?,?,?,?,?,?,0,0)"
)
_INSERT_PERSONAL = f"INSERT INTO personal ({', '.join(Personal._fields)}) VALUES (?,?,?,?,?)"
_PERSONAL_OF = f"SELECT {', '.join(Personal._fields)} FROM personal WHERE case_id = ?"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _engine(url: URL, durability: Durability, memory: bool) -> Engine:
    connect = {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": STATEMENTS}
    arguments: dict[str, Any] = {"connect_args": connect}
    if memory:
        arguments["poolclass"] = StaticPool
    engine = create_engine(url, **arguments)

    @event.listens_for(engine, "connect")
    def connected(driver: sqlite3.Connection, _record: object) -> None:
        driver.isolation_level = None  # transactions begin where we say, not at the first change
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute(f"PRAGMA synchronous = {durability.value.upper()}")
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute("PRAGMA secure_delete = ON")  # what is erased leaves no bytes in free pages

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:
            reads = connection.get_execution_options().get(READING)
            _begin(driver, "BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _begin(driver: sqlite3.Connection, how: str) -> None:
    try:
        driver.execute(how)
    except BaseException:  # an interrupt while others wrote comes when the transaction is open
        driver.rollback()
        raise


def _why(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)


CANNOT_OPEN = Text(
    "不能打开数据库文件“{file}”（{why}）。请检查文件夹是否存在、是否可写",
    "the database file “{file}” cannot be opened ({why}). See that its folder exists and can be written",
)
WITHIN = Text(
    "本线程的事务尚未结束。事务中的每次操作都请传入 connection=…",
    "a transaction of this thread is still open. Give connection=… to every command inside it",
)
