"""Calls performed by DBOS, with its tables in the database of the cases.

One call is one short workflow: nothing waits inside of it. When to try again is a matter of the outbox, so
that an effect which waits is a row and no thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL

from jianban.engine.effects.port import Call
from jianban.engine.store.closing import close_for_good
from jianban.engine.store.store import Store, StoreError
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from dbos import DBOSClient

NAME = "jianban"
"""Of the application, the queue and, unless it is told another, the schema on PostgreSQL."""
WORKFLOW = "jianban_effect"
VERSION = "1"
"""Of what the workflow is called with: any program of the same version may perform it."""
POLL = 1.0
"""Seconds between two looks at the queue."""
AHEAD = 16
"""Calls that a worker takes from the queue for each it performs at a time, so that it need not look often."""
BUSY_SECONDS = 30
MANY = 1000
"""Workflows that are looked at together."""


class DbosInUse(JianbanError):
    """This process runs DBOS already, and there can be only one."""

    def __init__(self) -> None:
        super().__init__(IN_USE)


def dbos_queue(store: Store, concurrency: int, schema: str = NAME) -> DbosQueue | None:
    """A queue with its tables in the database of a store; None for one in memory, which has no neighbours.

    Args:
        concurrency: how many calls are performed at the same time in this process.
        schema: on PostgreSQL, where its tables are: all workers of a database must be given the same. It is
            made where it is not there.
    """
    with store.reading() as connection:
        url = connection.engine.url
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        return None
    return DbosQueue(url, concurrency, schema)


class DbosQueue:
    """A queue for one worker; several workers on one database share its calls."""

    def __init__(self, url: URL, concurrency: int, schema: str) -> None:
        """
        Args:
            url: of the database of the cases.
        """
        self._schema = schema
        self._url = url
        self._concurrency = concurrency
        self._engine: Engine | None = None
        self._client: DBOSClient | None = None

    def start(self, perform: Callable[[Call], None], worker: str) -> None:
        """
        Raises:
            DbosInUse: this process runs another.
            StoreError: the schema is not there, and may not be made.
        """
        # it takes longer to import than all of Jianban
        import dbos

        if dbos._dbos._dbos_global_instance is not None:
            raise DbosInUse
        logging.getLogger("dbos").setLevel(logging.WARNING)
        serializer = dbos.DBOSPortableJSONSerializer()
        self._engine = _engine(self._url, self._concurrency)
        _check_schema(self._engine, self._schema)
        config: dbos.DBOSConfig = {
            "name": NAME,
            "system_database_engine": self._engine,
            "dbos_system_schema": self._schema,
            "serializer": serializer,
            "application_version": VERSION,
            "executor_id": worker,
            "log_level": "WARNING",
            "max_executor_threads": self._concurrency,
            "use_listen_notify": False,
        }
        dbos.DBOS(config=config)

        @dbos.DBOS.workflow(name=WORKFLOW, serialization_type=dbos.WorkflowSerializationFormat.PORTABLE)
        def jianban_effect(key: str, run: int) -> None:
            perform(Call(key, run))

        dbos.DBOS.listen_queues([NAME])
        dbos.DBOS.launch()
        dbos.DBOS.register_queue(
            NAME,
            worker_concurrency=AHEAD * self._concurrency,
            polling_interval_sec=POLL,
            on_conflict="always_update",
        )
        self._client = dbos.DBOSClient(
            system_database_engine=self._engine, dbos_system_schema=self._schema, serializer=serializer
        )

    def put(self, connection: Connection, calls: Sequence[Call]) -> None:
        import dbos

        assert self._client is not None, "it has been started"
        for call in calls:
            self._client.enqueue_in_transaction(
                connection,
                {
                    "workflow_name": WORKFLOW,
                    "queue_name": NAME,
                    "workflow_id": call.key if call.run == 1 else f"{call.key}/{call.run}",
                    "app_version": VERSION,
                    "application_name": NAME,
                    "serialization_type": dbos.WorkflowSerializationFormat.PORTABLE,
                },
                call.key,
                call.run,
            )

    def rescue(self, alive: Sequence[str]) -> int:
        assert self._client is not None, "it has been started"
        client = self._client
        rescued = passed = 0
        while True:
            running = client.list_workflows(
                name=WORKFLOW,
                status="PENDING",
                load_input=False,
                load_output=False,
                limit=MANY,
                offset=passed,
            )
            left = [w.workflow_id for w in running if w.executor_id not in alive]
            if left:
                client.resume_workflows(left, queue_name=NAME)
            rescued += len(left)
            passed += len(running) - len(left)
            if len(running) < MANY:
                break
        ended = client.list_workflows(
            name=WORKFLOW,
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            load_input=False,
            load_output=False,
            limit=MANY,
        )
        if ended:
            # what became of an effect is in the outbox
            client.delete_workflows([w.workflow_id for w in ended])
        return rescued

    def stop(self, seconds: float) -> None:
        from dbos import DBOS

        if self._client is not None:
            self._client.destroy()
            self._client = None
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(seconds))
        if self._engine is not None:
            close_for_good(self._engine)  # DBOS does not wait for its threads
            self._engine = None


def _check_schema(engine: Engine, schema: str) -> None:
    """
    Raises:
        StoreError: it is not there, or not for this role, which may not make it.
    """
    if engine.dialect.name == "sqlite":
        return
    with engine.connect() as connection:
        role, usable = connection.execute(_USABLE, {"schema": schema}).one()
    if not usable:
        close_for_good(engine)
        raise StoreError(NO_SCHEMA.format(schema=schema, role=role))


_USABLE = text(
    "SELECT current_user, coalesce((SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid,"
    " 'USAGE') FROM pg_namespace WHERE nspname = :schema),"
    " has_database_privilege(current_database(), 'CREATE'))"
)


def _engine(url: URL, concurrency: int) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_size=concurrency + 4, pool_pre_ping=True
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def connected(driver: Any, _record: object) -> None:
        driver.isolation_level = "IMMEDIATE"  # DBOS reads before it writes in one transaction
        driver.execute("PRAGMA journal_mode = WAL")
        # what is lost here with the power is made again from the outbox
        driver.execute("PRAGMA synchronous = NORMAL")
        driver.execute("PRAGMA foreign_keys = ON")

    return engine


NO_SCHEMA = Text(
    "数据库角色 {role} 不能使用模式 {schema}，也无权新建。请由管理员执行："
    "CREATE SCHEMA {schema} AUTHORIZATION {role}",
    "the role {role} may not use the schema {schema}, nor make it. Have an administrator run: CREATE SCHEMA"
    " {schema} AUTHORIZATION {role}",
)
IN_USE = Text(
    "本进程已在使用 DBOS。请在单独的进程中运行 worker，或自带队列：engine.worker(queue=…)",
    "this process uses DBOS already. Run the worker in a process of its own, or bring a queue:"
    " engine.worker(queue=…)",
)
