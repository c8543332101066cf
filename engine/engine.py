"""`Engine`: cases that outlive the program, in SQLite or PostgreSQL."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from jianban.engine.access import Actor, Resolver
from jianban.engine.anchors import anchor_of, heads, moved
from jianban.engine.between import Between
from jianban.engine.clock import BEIJING, local
from jianban.engine.codec import microseconds
from jianban.engine.decision import china
from jianban.engine.delegations import Delegating
from jianban.engine.effects.dbos_queue import dbos_queue
from jianban.engine.effects.outbox import Outbox
from jianban.engine.effects.port import RETRIES, Handlers, Queue, Retries
from jianban.engine.effects.rows import EffectStatus, Outgoing
from jianban.engine.effects.webhook import Endpoint, Webhook
from jianban.engine.entries import Entry, entry_of
from jianban.engine.erasure import forget_sent, holding
from jianban.engine.exports.trace import Trace, traces
from jianban.engine.group import Group
from jianban.engine.holidays import Calendars, Recount, recount
from jianban.engine.library import Library
from jianban.engine.messages import Message
from jianban.engine.naming import check_names
from jianban.engine.offers import Offer
from jianban.engine.plan import plan_of
from jianban.engine.queries import Queries
from jianban.engine.refusals import Refusal, Refused
from jianban.engine.screening import known_id
from jianban.engine.seals import values_of
from jianban.engine.shell import (
    Answer,
    Asked,
    CaseExists,
    Delivery,
    Erasing,
    Event,
    Handing,
    KeyReused,
    Shell,
    Start,
    UnknownCase,
)
from jianban.engine.store.opening import open_store
from jianban.engine.store.store import Conflict, Durability, Store, Stored, StoreError
from jianban.engine.verification import Broken, Verifier
from jianban.engine.versions import Versions
from jianban.engine.view import StoredCase
from jianban.engine.worker import Worker
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text

__all__ = [
    "Actor",
    "Answer",
    "Broken",
    "CaseExists",
    "Conflict",
    "Durability",
    "Engine",
    "Entry",
    "Event",
    "KeyReused",
    "Refusal",
    "Refused",
    "StoreError",
    "StoredCase",
    "UnknownCase",
]  # fmt: skip

CACHED = 10_000
"""Decoded cases kept in memory, about a kilobyte each."""
TOGETHER = 256
"""Commands in one commit."""


def system_clock() -> datetime:
    """The time of this machine."""
    return datetime.now(BEIJING)


def new_id(now: datetime) -> str:
    """A new id that sorts by time: a UUID of version 7."""
    milliseconds = microseconds(now) // 1000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 64 & 0xFFF) << 64
    return str(UUID(int=value | 2 << 62 | random & (1 << 62) - 1))


class Engine(Queries, Between, Versions, Delegating):
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
    ) -> None:
        self.store = store
        self.library = library
        self.calendar = calendar
        self.clock = clock
        self.shell = Shell(library, calendar, CACHED, ids, queue)
        self.shell.calendars = self._calendars = Calendars(store)
        self._calendars.keep(calendar, self.now())
        self.resolver = resolver
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

        Raises:
            StoreError: the URL, the server, the folder or the tables' version is not one this can work with.
        """
        store = open_store(url, durability=Durability(durability))
        library = Library(definitions, store.definition)
        calendar = calendar or china()
        return cls(store, library, calendar=calendar, clock=clock, ids=ids, queue=queue, resolver=resolver)

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
        """Open a case.

        Args:
            process: `id` (its newest version), `id@version`, a content hash, or the thing itself.
            key: of idempotency, among all starts: the same key again gives the case it opened.
            id: the host's own; None for a new one.
            business_key: what other systems know the matter by: a project code, a credit code.
            subject: whom it concerns.
            assignments: roles that belong to certain persons in this case.
            connection: the host's, to this database; it is used and never committed.

        Raises:
            Refused: a condition for applying is not met, or the data does not fit.
            KeyReused: the key opened a case with something else.
            CaseExists: the id is taken.
            UnknownProcess: there is no such process.
        """
        moment = self.now(now)
        flow = self.library.flow(process)
        if not isinstance(actor, Actor):
            actor = self.actor(actor, process=flow.process.id, now=moment)
        check_names(id=id, key=key, actor=actor.id, business_key=business_key, subject=subject)
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
        if connection is None:
            return self.case(answer.case)
        return self._view(self.store.on(connection).read([answer.case])[0][answer.case])

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
            Conflict: somebody else changed the case meanwhile, and on the host's own connection it could not
                be decided again.
        """
        moment = self.now(now)
        actor = self.acting(actor, case, moment)
        check_names(key=key, actor=actor.id)
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
        check_names(key=key)
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
        check_names(key=key, actor=actor.id)
        return self._ask(Handing(case, to, actor, reason, key, moment), connection)

    def fire_many(
        self, events: Iterable[Event], *, connection: Connection | None = None
    ) -> list[Answer | Refusal | JianbanError]:
        """Let events happen one after another, many in one commit.

        Returns:
            For each its answer, the refusal, or the error that `fire` would have raised. One that fails
            leaves the others as they are.
        """
        asked: list[Asked] = []
        for event in events:
            asked.append(event._replace(now=self.now(event.now)))
        if connection is not None:
            return self.shell.carry_out(self.store.on(connection), asked)
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
        moment = self.now(now)
        return self.store.work(lambda work: self.shell.wake(work, moment, limit))

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

    def effects(
        self,
        *,
        status: EffectStatus | str | None = None,
        case: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Outgoing]:
        """What goes out of cases, and what has become of it, by case and in the order it arose.

        Args:
            status: `pending`, `queued`, `running`, `done` or `failed`.
            after: the key of the last one on the page before.
        """
        wanted = EffectStatus(status) if status is not None else None
        return self.outbox.effects(status=wanted, case=case, after=after, limit=limit)

    def retry(self, key: str, *, now: datetime | None = None) -> bool:
        """Carry out an effect after all that was given up, as if for the first time.

        Returns:
            False when it was not given up, and nothing changed.

        Raises:
            UnknownEffect: there is none of that key.
        """
        return self.outbox.retry(key, self.now(now))

    def recalendar(self, calendar: WorkCalendar | None = None, *, now: datetime | None = None) -> Recount:
        """Count the days of all open cases by another calendar: a notice of holidays has come out.

        One record in each case says which dates moved and why. Interrupted, it goes on when it is called
        again; called once more, it changes nothing. Other programs on the same database must be opened with
        the new calendar too: an event there would count its case by theirs again.

        Args:
            calendar: counts from here on; None for the one that the engine was opened with.
        """
        moment = self.now(now)
        if calendar is not None:
            self._calendars.keep(calendar, moment)
            self.calendar = self.shell.calendar = calendar
        return recount(self.store, self.shell, self._do, moment)

    def options(
        self, case: str, *, actor: Actor | str | None = None, now: datetime | None = None
    ) -> tuple[Offer, ...]:
        """What may happen next, for an actor or for all; refused offers say why.

        Raises:
            UnknownCase: there is no such case.
        """
        if actor is not None:
            actor = self.acting(actor, case, self.now(now))
        return self.case(case).offers(actor=actor, now=now)

    def case(self, id: str) -> StoredCase:
        """A case as it is now.

        Raises:
            UnknownCase: there is no such case.
        """
        return self._view(self._stored(id))

    def entries(self, id: str, after: int = 0) -> Iterator[Entry]:
        """The record of a case, those after a number.

        Raises:
            UnknownCase: there is no such case.
        """
        personal = values_of(self.store.personal(self.case(id).id))
        for row in self.store.entries(id, after):
            definition = json.loads(row.body)["definition"]
            yield entry_of(plan_of(self.library.by_hash(definition)), row, personal)

    def traces(self, ids: Iterable[str] | None = None, *, personal: bool = False) -> Iterator[Trace]:
        """Cases as `jianban.engine.exports` writes them to files, one at a time.

        Args:
            ids: of the cases; None for all.
            personal: with personal data, which can't be erased from a file as it can from here.
        """
        return traces(self.store, self.library, self._cases() if ids is None else ids, personal)

    def anchor(self, list: TextIO | None = None) -> str:
        """A digest of the records of all cases, to be published or kept where nobody here can change it.

        Args:
            list: gets the list that the digest is of; `verify` needs it.
        """
        lines = heads(self.store)
        return anchor_of(lines if list is None else (list.write(line) and line for line in lines))

    def verify(
        self, id: str | None = None, *, anchor: str | None = None, list: Iterable[str] = ()
    ) -> Iterator[Broken]:
        """The first place in each case where its record is not what it was.

        Args:
            id: one case; None for all.
            anchor, list: as `anchor` gave them: also say which records were written anew since.

        Raises:
            UnknownCase: there is no such case.
        """
        verifier = Verifier(self.store, self.library, self._calendars, self.now)
        if id is not None and self.store.case(known_id(id)) is None:
            raise UnknownCase(id)
        for each in self._cases() if id is None else (id,):
            broken = verifier.case(each)
            if broken is not None:
                yield broken
        if id is None:
            yield from verifier.strays()
        if anchor is not None:
            yield from moved(self.store, anchor, list)

    def erase(
        self,
        *,
        case: str | None = None,
        subject: str | None = None,
        owner: str | None = None,
        actor: Actor,
        reason: str,
        now: datetime | None = None,
    ) -> list[Answer]:
        """Erase personal data (个人信息) for good: what fields declared `personal` and reasons said.

        The record keeps its seals, and one more entry that says what was erased, by whom and why.

        Args:
            case: in this case.
            subject: in all cases of this subject.
            owner: what this actor brought; with a case or subject only there, otherwise everywhere.

        Returns:
            An answer for each case in which something was erased; erasing again finds nothing.

        Raises:
            JianbanError: none of case, subject and owner is given, or there is no reason.
            UnknownCase: there is no such case.
        """
        check_names(actor=actor.id, subject=subject, owner=owner)
        if case is None and subject is None and owner is None:
            raise JianbanError(WHOSE)
        if not isinstance(reason, str) or not reason.strip():
            raise JianbanError(WHY)
        moment = self.now(now)
        ids = [case] if case is not None else holding(self.store, subject, owner)
        for id in ids:
            forget_sent(self.store, id)
        answers = [self._ask(Erasing(id, actor, reason, owner, moment), None) for id in ids]
        self.store.erased()
        return [a for a in answers if isinstance(a, Answer) and a.records]

    def close(self) -> None:
        self.store.close()

    def now(self, given: datetime | None = None) -> datetime:
        """The moment given, or that of the clock, in the zone of Beijing."""
        moment = given if given is not None else self.clock()
        return moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else local(moment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stored(self, id: str) -> Stored:
        stored = self.store.case(known_id(id))
        if stored is None:
            raise UnknownCase(id)
        return stored

    def _ask(self, asked: Asked, connection: Connection | None) -> Answer | Refusal:
        if connection is None:
            answer = self._do([asked])[0]
        else:
            answer = self.shell.carry_out(self.store.on(connection), [asked])[0]
        if isinstance(answer, JianbanError):
            raise answer
        return answer

    def _together(self, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        return self.store.work(lambda work: self.shell.carry_out(work, asked))

    def _view(self, stored: Stored) -> StoredCase:
        flow, state = self.shell.state(stored)
        return StoredCase(stored, flow, state, calendar=self.calendar, now=self.now, entries=self.entries)

    def _cases(self) -> Iterator[str]:
        after = ""
        while ids := self.store.ids(after):
            yield from ids
            after = ids[-1]


WHOSE = Text(
    "请写明删除哪个案件、哪个对象或由谁提供的个人信息（case、subject、owner）",
    "say whose personal data to erase: of a case, of a subject, or what an owner brought",
)
WHY = Text("删除个人信息须写明理由", "erasing personal data needs a reason")
