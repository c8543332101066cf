"""`Engine`: cases that outlive the program, in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from jianban.engine.access import Actor, Resolver
from jianban.engine.between import Between
from jianban.engine.clock import BEIJING, local, system_clock
from jianban.engine.decision import china
from jianban.engine.delegations import Delegating
from jianban.engine.effects.dbos_queue import dbos_queue
from jianban.engine.effects.outbox import Outbox
from jianban.engine.effects.port import RETRIES, Handlers, Queue, Retries
from jianban.engine.effects.webhook import Endpoint, Webhook
from jianban.engine.entries import Entry
from jianban.engine.group import Group
from jianban.engine.holidays import Calendars
from jianban.engine.library import Library, catalogue_of
from jianban.engine.messages import Message
from jianban.engine.naming import new_id
from jianban.engine.offers import Offer
from jianban.engine.pages import MANY, check_limit
from jianban.engine.queries import Queries
from jianban.engine.records import Recorded
from jianban.engine.refusals import Refusal, Refused
from jianban.engine.screening import MOMENT, known_id
from jianban.engine.shell import (
    Answer,
    Asked,
    CaseExists,
    Delivery,
    Event,
    Handing,
    KeyReused,
    Shell,
    Start,
    UnknownCase,
)
from jianban.engine.starting import WhoMayStart, anybody, start_refusal
from jianban.engine.store.opening import open_store
from jianban.engine.store.store import Conflict, Durability, Store, Stored, StoreError, TransactionLost
from jianban.engine.upkeep import Upkeep
from jianban.engine.verification import Broken
from jianban.engine.versions import Versions
from jianban.engine.view import StoredCase
from jianban.engine.worker import Worker
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process

__all__ = [
    "Actor", "Answer", "Broken", "CaseExists", "Conflict", "Durability", "Engine", "Entry", "Event",
    "KeyReused", "Refusal", "Refused", "StoreError", "StoredCase", "TransactionLost", "UnknownCase",
]  # fmt: skip

CACHED = 10_000
"""Decoded cases kept in memory, about a kilobyte each."""
TOGETHER = 256
"""Commands in one commit."""


class Engine(Queries, Between, Versions, Delegating, Recorded, Upkeep):
    """Opens cases, lets events happen in them, and keeps all of it. For any number of threads.

    Open it after a process has forked, not before.
    """

    def __init__(
        self,
        store: Store,
        library: Library,
        *,
        calendar: WorkCalendar,
        clock: Callable[[], datetime],
        ids: Callable[[datetime], str],
        queue: Queue | None = None,
        resolver: Resolver | None = None,
        who_may_start: WhoMayStart = anybody,
    ) -> None:
        self.store = store
        self.library = library
        self.calendar = calendar
        self.clock = clock
        self.shell = Shell(library, calendar, CACHED, ids, queue)
        self.shell.calendars = self.calendars = Calendars(store)
        self.calendars.keep(calendar, self.now())
        self.resolver = resolver
        self.who_may_start = who_may_start
        self.outbox = Outbox(store)
        self._ids = ids
        group = Group(self._together, TOGETHER)
        self._do = group.ask if store.one_writer else self._together

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        definitions: Catalogue | Path | str | None = None,
        calendar: WorkCalendar | None = None,
        clock: Callable[[], datetime] = system_clock,
        ids: Callable[[datetime], str] = new_id,
        durability: Durability | str = Durability.FULL,
        queue: Queue | None = None,
        resolver: Resolver | None = None,
        who_may_start: WhoMayStart = anybody,
    ) -> Engine:
        """Open a database, and create or renew its tables.

        Args:
            url: `sqlite:///cases.db`, `sqlite://` for one in memory, or `postgresql://user@host/name`.
            definitions: a catalogue, or its folder; None for the definitions that come with Jianban.
            clock: gives the time now; one without a zone is of Beijing.
            ids: gives the id of a new case.
            durability: for SQLite, what a commit waits for.
            queue: the host's own, which gets effects in the transaction of their event; None leaves them to
                the workers.
            resolver: the host's knowledge of its people, for actors who are given by name.
            who_may_start: who may open a case of which process; `starting.with_role` asks for one of its
                roles. By default anybody may, and whoever comes without a role is the applicant.

        Raises:
            JianbanError: the URL, the server, a folder or the tables' version is not one this can work with.
        """
        catalogue = catalogue_of(definitions)
        store = open_store(url, durability=Durability(durability))
        return cls(
            store,
            Library(catalogue, store.definition),
            calendar=calendar or china(),
            clock=clock,
            ids=ids,
            queue=queue,
            resolver=resolver,
            who_may_start=who_may_start,
        )

    def start(
        self,
        process: str | Process | Flow,
        *,
        actor: Actor | str,
        data: Mapping[str, Any] | None = None,
        key: str | None = None,
        id: str | None = None,
        business_key: str | None = None,
        subject: str | None = None,
        reason: str = "",
        assignments: Mapping[str, str | Sequence[str]] | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> StoredCase:
        """Open a case. Anybody may, unless the engine was opened with `who_may_start`; an actor with no role
        at all, or with the applicant's, is its applicant from then on.

        Args:
            process: `id` (its newest version), `id@version`, a content hash, or the thing itself.
            key: of idempotency, among all starts: the same key again gives the case it opened.
            id: the host's own; None for a new one.
            business_key: what other systems know the matter by: a project code, a credit code.
            subject: whom it concerns.
            assignments: roles that belong to certain persons in this case.
            connection: the host's, to this database; it is used and never committed.

        Raises:
            Refused: a condition for applying is not met, the data does not fit, or the actor may not.
            KeyReused: the key opened a case with something else.
            CaseExists: the id is taken.
            UnknownProcess: there is no such process.
        """
        moment = self.now(now)
        flow = self.library.flow(process)
        if not isinstance(actor, Actor):
            actor = self.actor(actor, process=flow.process.id, now=moment)
        refusal = start_refusal(flow, actor, self.who_may_start)
        if refusal is not None:
            raise Refused(refusal)
        start = Start(
            flow=flow,
            id=id if id is not None else self._ids(moment),
            actor=actor,
            now=moment,
            data=data,
            reason=reason,
            assignments=assignments,
            key=key,
            business_key=business_key,
            subject=subject,
            own_id=id is not None,
        )
        answer = self._ask(start, connection)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        return self._view(self._stored(answer.case, connection))

    def fire(
        self,
        case: str,
        event: str,
        *,
        actor: Actor | str,
        data: Mapping[str, Any] | None = None,
        at: str | None = None,
        reason: str = "",
        key: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Answer | Refusal:
        """Let an event happen, after what is due before it; or say which rule refuses it.

        Args:
            event: its name, or `step.event` where it is possible at several steps.
            at: the step, or `step[item]` inside a list, when it is not in `event`.
            key: of idempotency, within the case: the same key again gets the first answer.
            connection: the host's, to this database; it is used and never committed.

        Returns:
            The answer, which is truthy, or the refusal, which is falsy; then nothing was written.

        Raises:
            UnknownCase: there is no such case.
            KeyReused: the key belongs to a different command of this case.
            Conflict, TransactionLost: on the host's own connection, somebody else changed the case meanwhile,
                and it could not be decided again; roll back and repeat.
        """
        moment = self.now(now)
        actor = self.acting(actor, case, moment)
        return self._ask(Event(case, event, actor, data, at, reason, key, moment), connection)

    def deliver(
        self,
        case: str,
        message: Message,
        *,
        at: str | None = None,
        key: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Answer | Refusal:
        """Bring a message to a case that waits for it; otherwise as `fire`."""
        return self._ask(Delivery(case, message, at, key, self.now(now)), connection)

    def hand_over(
        self,
        case: str,
        *,
        to: Actor | str,
        actor: Actor | str,
        reason: str,
        key: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Answer | Refusal:
        """Make another person responsible for a case (移交); otherwise as `fire`."""
        moment = self.now(now)
        actor, to = self.acting(actor, case, moment), self.acting(to, case, moment)
        return self._ask(Handing(case, to, actor, reason, key, moment), connection)

    def fire_many(
        self, events: Iterable[Event], *, connection: Connection | None = None
    ) -> list[Answer | Refusal | JianbanError]:
        """Let events happen one after another, many in one commit.

        Returns:
            For each its answer, the refusal, or the error that `fire` would have raised. One that fails
            leaves the others as they are.
        """
        asked = [self._timed(event) for event in events]
        if connection is not None:
            return self._work(lambda work: self.shell.carry_out(work, asked), connection)
        answers: list[Answer | Refusal | JianbanError] = []
        for start in range(0, len(asked), TOGETHER):
            answers += self._do(asked[start : start + TOGETHER])
        return answers

    def wake(
        self, limit: int = TOGETHER, *, now: datetime | None = None
    ) -> list[Answer | Refusal | JianbanError]:
        """Let happen what is due, in the cases longest overdue first.

        Returns:
            An answer for each case that was due, as many as `limit` when there may be more. A case that could
            not be woken is tried again an hour later.
        """
        moment, most = self.now(now), check_limit(limit, MANY)
        return self.store.work(lambda work: self.shell.wake(work, moment, most))

    def worker(
        self,
        handlers: Handlers,
        *,
        webhooks: Mapping[str, Endpoint] | None = None,
        retries: Retries = RETRIES,
        concurrency: int = 8,
        pause: float = 1.0,
        queue: Queue | None = None,
    ) -> Worker:
        """What wakes cases and carries effects out: call its `run`, or `once` in tests.

        Args:
            handlers: by kind (`notify`) or, before that, by kind and name (`ask:tax_bureau`). Effects that
                have none wait.
            webhooks: the systems that `webhook` may call, by name.
            concurrency: how many effects are carried out at the same time in this process.
            pause: seconds between two looks at the database when there is nothing to do.
            queue: the host's own; None for that of the engine, else DBOS.
        """
        queue = queue or self.shell.queue or dbos_queue(self.store, concurrency)
        hooks = {f"webhook:{name}": Webhook(to, self.now) for name, to in (webhooks or {}).items()}
        own = {**self.talking(), **hooks, **handlers}
        return Worker(self, own, queue=queue, retries=retries, pause=pause)

    def options(
        self,
        case: str,
        *,
        actor: Actor | str | None = None,
        others: bool = False,
        now: datetime | None = None,
    ) -> tuple[Offer, ...]:
        """What may happen next, for an actor or for all; refused offers say why.

        Args:
            others: what the actor's roles do not allow too, refused for that reason.

        Raises:
            UnknownCase: there is no such case.
        """
        if actor is not None:
            actor = self.acting(actor, case, self.now(now))
        return self.case(case).offers(actor=actor, others=others, now=now)

    def case(self, id: str) -> StoredCase:
        """A case as it is now.

        Raises:
            UnknownCase: there is no such case.
        """
        return self._view(self._stored(id))

    def close(self) -> None:
        """Let go of the database; whatever is asked afterwards raises `EngineClosed`."""
        self.store.close()

    def now(self, given: datetime | None = None) -> datetime:
        """The moment given, or that of the clock, in the zone of Beijing; an error where it is none."""
        moment = given if given is not None else self.clock()
        try:
            return local(moment) if moment.tzinfo is not None else moment.replace(tzinfo=BEIJING)
        except (AttributeError, TypeError, OverflowError):
            raise JianbanError(MOMENT) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stored(self, id: str, connection: Connection | None = None) -> Stored:
        if connection is not None:
            return self._work(lambda work: work.read([id])[0][id], connection)
        stored = self.store.case(known_id(id))
        if stored is None:
            raise UnknownCase(id)
        return stored

    def _timed(self, event: Event) -> Event:
        """With its moment; without one where that is wrong, which is told with the answer."""
        try:
            return event._replace(now=self.now(event.now))
        except JianbanError:
            return event._replace(now=None)

    def _ask(self, asked: Asked, connection: Connection | None) -> Answer | Refusal:
        if connection is None:
            answer = self._do([asked])[0]
        else:
            answer = self._work(lambda work: self.shell.carry_out(work, [asked]), connection)[0]
        if isinstance(answer, JianbanError):
            raise answer
        return answer

    def _together(self, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        return self.store.work(lambda work: self.shell.carry_out(work, asked))

    def _view(self, stored: Stored) -> StoredCase:
        flow, state = self.shell.state(stored)
        return StoredCase(stored, flow, state, calendar=self.calendar, now=self.now, entries=self.entries)
