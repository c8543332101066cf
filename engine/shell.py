"""The shell around the pure core: commands in, decided one after another, written in one transaction."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from jianban.engine import facts
from jianban.engine.access import Actor
from jianban.engine.codec import UNWRITABLE, Written, microseconds, state_bytes, state_of
from jianban.engine.correspondence import Correspondence
from jianban.engine.crossing import crossing
from jianban.engine.decision import MAX_TIMERS, Deliver, Fire, Handover, Open, Tick, decide
from jianban.engine.effects.port import Queue, calls_of
from jianban.engine.effects.rows import EffectRow, effect_rows
from jianban.engine.effects.values import effects_of
from jianban.engine.entries import Entry, EntryKind, Row, entry_of, entry_row, first_link
from jianban.engine.library import Library, definition_of
from jianban.engine.messages import Message
from jianban.engine.plan import Plan, plan_of
from jianban.engine.post import Awaited, Link, awaited
from jianban.engine.refusals import Refusal
from jianban.engine.seals import SALT, Personal, current, sealing, values_of
from jianban.engine.state import DONE_BY_ACTORS, CaseState, Decision, Record, RecordKind
from jianban.engine.store.store import Change, Status, Stored, StoreError, Work
from jianban.engine.tasks import Task, nearest, tasks_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

SKEW = timedelta(minutes=1)
"""How far clocks of machines may differ: a command that much before the last of its case happens with it."""


LATER = timedelta(hours=1)
"""When to try again to wake a case that could not be."""


def new_salt() -> bytes:
    """Random bytes from this machine."""
    return os.urandom(SALT)


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


class Done(NamedTuple):
    """What followers are told of each entry."""

    plan: Plan
    before: CaseState | None
    state: CaseState
    case: Stored
    """As it is with the entry."""
    entry: Entry


Follower: TypeAlias = Callable[[Work, Sequence[Done]], None]
"""What else is written in the same transaction: effects, messages; called once for all its entries."""


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


K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The values used last, up to a number of them. It may be used from any number of threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._values: dict[K, V] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            value = self._values.pop(key, None)
            if value is not None:
                self._values[key] = value
            return value

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = value
            if len(self._values) > self.size:
                del self._values[next(iter(self._values))]


class _Known(NamedTuple):
    """A case decoded, as it was after an entry."""

    case: Stored
    """Its head stands for all that happened before, so that the same head means the same case."""
    flow: Flow
    plan: Plan
    state: CaseState
    tasks: tuple[Task, ...]
    written: Written | None


class Running:
    """A case in the course of one transaction."""

    __slots__ = (
        "case",
        "effects",
        "entries",
        "erased",
        "first",
        "known",
        "personal",
        "state",
        "tasks",
        "waits",
        "written",
    )

    def __init__(self, known: _Known, state: CaseState | None) -> None:
        self.known = known
        self.first = known.case.seq
        self.case = known.case
        self.state = state
        self.tasks = known.tasks
        self.written = known.written
        self.entries: list[Row] = []
        self.personal: list[Personal] = []
        self.erased: list[str] = []
        self.effects: list[EffectRow] = []
        plan, waits = known.plan, frozenset()
        if state is not None and plan.talks:
            waits = awaited(plan, state, known.case.business_key)
        self.waits: frozenset[Awaited] = waits
        """The messages it is known to wait for."""

    def cross(self, flow: Flow) -> None:
        """Go on under another definition; what follows is written wholly."""
        self.case = self.case._replace(definition=flow.hash, process=flow.process.key)
        self.known = self.known._replace(flow=flow, plan=plan_of(flow))
        self.state = self.written = None


class Shell:
    """Decides commands on what a store has, and writes what follows."""

    def __init__(
        self,
        library: Library,
        calendar: WorkCalendar,
        cached: int,
        ids: Callable[[datetime], str],
        queue: Queue | None = None,
        salt: Callable[[], bytes] = new_salt,
    ) -> None:
        """
        Args:
            cached: how many decoded cases are kept.
            ids: gives the id of a case that another opens.
            queue: gets effects in the transaction they arise in; None leaves that to workers.
            salt: gives what seals personal data; nobody may be able to guess it.
        """
        self.salt = salt
        self.ids = ids
        self.library = library
        self.calendar = calendar
        self.queue = queue
        self.calendars: Callable[[str], WorkCalendar | None] = lambda revision: (
            self.calendar if revision == self.calendar.revision else None
        )
        """Gives the calendar of a revision."""
        self.followers: list[Follower] = []
        self._known: Recent[str, _Known] = Recent(cached)

    def carry_out(self, work: Work, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        """Do commands in one transaction, each on what those before it did.

        Returns:
            For each its answer, what refuses it, or what is wrong with it; only answers change anything.

        Raises:
            Conflict: somebody else changed one of the cases meanwhile, and nothing may be kept.
        """
        return Transaction(self, work).carry_out(asked)

    def wake(self, work: Work, now: datetime, limit: int) -> list[Answer | Refusal | JianbanError]:
        """Let happen what is due by now, in the cases longest overdue first; a failing one is due later."""
        ids = work.due(microseconds(now), limit)
        answers = self.carry_out(work, [Wake(case=id, now=now) for id in ids])
        late = [id for id, answer in zip(ids, answers, strict=True) if not isinstance(answer, Answer)]
        if late:
            work.postpone(late, microseconds(now + LATER))
        return answers

    def state(self, case: Stored) -> tuple[Flow, CaseState]:
        """A case decoded, from those kept if it is among them.

        Raises:
            StoreError: its state or its definition cannot be read.
        """
        known = self.known(case)
        return known.flow, known.state

    def known(self, case: Stored) -> _Known:
        known = self._known.get(case.id)
        if known is None or known.case.head != case.head:
            flow = self.library.by_hash(case.definition)
            plan = plan_of(flow)
            try:
                state = state_of(plan, case.state)
            except ValueError as error:
                raise StoreError(UNREADABLE.format(case=case.id, why=error)) from None
            known = _Known(case, flow, plan, state, tasks_of(plan, self.calendar, state), None)
            self._known.put(case.id, known)
        return known

    def kept(self, id: str) -> Stored | None:
        """A case as it was when it was last seen here."""
        known = self._known.get(id)
        return known.case if known is not None else None

    def keep(self, known: _Known) -> None:
        self._known.put(known.case.id, known)


class Transaction:
    def __init__(self, shell: Shell, work: Work) -> None:
        self.shell = shell
        self.work = work
        self.calendar = shell.calendar
        self.stored: Mapping[str, Stored] = {}
        self.answered: dict[tuple[str, str], Row] = {}
        self.running: dict[str, Running] = {}
        self.done: list[Done] = []
        self.talk = Correspondence(self)

    def carry_out(self, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        ids: dict[str, None] = {}
        keys: dict[tuple[str, str], None] = {}
        for a in asked:
            if isinstance(a, Start):
                if a.own_id:
                    ids[a.id] = None
                continue
            ids[a.case] = None
            if not isinstance(a, Wake | Erasing) and a.key is not None:
                keys[a.case, a.key] = None
        if ids:
            self.stored, answered = self.work.read(ids, keys, self.shell.kept)
            self.answered |= answered
        answers = [self.answer(a) for a in asked]
        self.write()
        return answers

    def answer(self, asked: Asked) -> Answer | Refusal | JianbanError:
        """Do a command, and all that other cases do because of it."""
        answer = self._answer(asked)
        self.talk.carry()
        return answer

    def perform(self, asked: Start | Delivery) -> Answer | Refusal | JianbanError:
        """Do what follows from another command."""
        if isinstance(asked, Delivery):
            keys = [(asked.case, asked.key)] if asked.key is not None else []
            stored, answered = self.work.read([asked.case], keys, self.shell.kept)
            self.stored = {**stored, **self.stored}
            self.answered = {**answered, **self.answered}
        return self._answer(asked)

    def write(self) -> None:
        changes = [c for r in self.running.values() if (c := self._change(r)) is not None]
        changes.sort(key=lambda change: change.case.id)  # so that two who change the same cases do not cross
        queue = self.shell.queue
        effects = [row for c in changes for row in c.effects if row.due is not None] if queue else []
        if self.done or effects:
            self.work.begin()
        if changes:
            self.work.write(changes)
        if queue is not None and effects:
            queue.put(self.work.connection, calls_of(effects))
        if self.done:
            for follower in self.shell.followers:
                follower(self.work, self.done)
        for r in self.running.values():
            if r.entries and r.state is not None:
                known = r.known
                self.shell.keep(_Known(r.case, known.flow, known.plan, r.state, r.tasks, r.written))

    def _answer(self, asked: Asked) -> Answer | Refusal | JianbanError:
        try:
            if isinstance(asked, Start):
                return self._start(asked)
            running = self._run(asked.case)
            if isinstance(asked, Wake):
                return self._wake(running, asked)
            if isinstance(asked, Erasing):
                return self._erase(running, asked)
            if isinstance(asked, Crossing):
                return self._cross(running, asked)
            return self._do(running, asked)
        except JianbanError as error:
            return error

    def _run(self, id: str) -> Running:
        running = self.running.get(id)
        if running is None:
            case = self.stored.get(id)
            if case is None:
                raise UnknownCase(id)
            known = self.shell.known(case)
            if known.case is not case:
                known = known._replace(case=case)
            running = self.running[id] = Running(known, known.state)
        return running

    def _start(self, asked: Start) -> Answer | Refusal:
        flow, now = asked.flow, asked.now
        if asked.key is not None:
            before = next((id for id, r in self.running.items() if r.case.start_key == asked.key), None)
            before = before or self.work.started(asked.key)
            if before is not None:
                return self._started(before, asked)
        if asked.id in self.stored or asked.id in self.running:
            raise CaseExists(asked.id)
        command = Open(asked.actor, now, asked.data, asked.reason, asked.assignments)
        decision = decide(flow, None, command, self.calendar)
        if isinstance(decision, Refusal):
            return decision
        at = microseconds(now)
        self.work.define(definition_of(flow, at))
        case = Stored(
            id=asked.id,
            definition=flow.hash,
            process=flow.process.key,
            business_key=asked.business_key,
            subject=asked.subject,
            status=Status.OPEN,
            end=None,
            seq=0,
            head=first_link(flow.hash),
            state=b"",
            due=None,
            opened_at=at,
            at=at,
            start_key=asked.key,
        )
        running = Running(_Known(case, flow, plan_of(flow), decision.state, (), None), None)
        entry = Entry(
            case=asked.id,
            seq=1,
            at=now,
            kind=EntryKind.OPEN,
            definition=flow.hash,
            actor=asked.actor.id,
            key=asked.key,
            business_key=asked.business_key,
            subject=asked.subject,
            records=decision.records,
        )
        if asked.link is not None:
            self.talk.post.link(asked.link)
        answer = self._take(running, decision.state, entry)
        self.running[asked.id] = running
        return answer

    def _started(self, id: str, asked: Start) -> Answer:
        """The answer that a start with this key got the first time."""
        running = self.running.get(id)
        case = running.case if running is not None else self.work.read([id])[0][id]
        new = running is not None and running.first == 0
        row = running.entries[0] if running is not None and new else self.work.entry(id, 1)
        plan, entry = self._entry(row)
        same = (
            entry.actor == asked.actor.id
            and plan.flow.process.key == asked.flow.process.key
            and (case.business_key, case.subject) == (asked.business_key, asked.subject)
            and (not asked.own_id or id == asked.id)
            and _brought(plan, entry, 0, asked.data, asked.reason)
        )
        if not same:
            raise KeyReused(asked.key or "")
        return Answer(id, 1, entry.at, entry.records, True)

    def _do(self, running: Running, asked: Event | Delivery | Handing) -> Answer | Refusal:
        known = running.known
        now = asked.now
        state = running.state
        assert state is not None
        assert now is not None
        if now < state.at <= now + SKEW:
            now = state.at
        place, actor = None, None
        match asked:
            case Event():
                kind, actor = EntryKind.FIRE, asked.actor.id
                place, event = _place(known.plan, asked)
                command = Fire(event, asked.actor, now, asked.data, place, asked.reason)
            case Delivery():
                kind, event, place = EntryKind.DELIVER, asked.message.name, asked.at
                command = Deliver(asked.message, now, place)
            case Handing():
                kind, event, actor = EntryKind.HANDOVER, "", asked.actor.id
                command = Handover(asked.to, asked.actor, now, asked.reason)
        if asked.key is not None:
            row = self.answered.get((asked.case, asked.key))
            if row is not None:
                plan, entry = self._entry(row)
                if isinstance(asked, Event):
                    place, event = _place(plan, asked)
                same = (entry.kind, entry.event, entry.place, entry.actor) == (kind, event, place, actor)
                if not same or not _repeats(plan, entry, asked):
                    raise KeyReused(asked.key)
                return Answer(asked.case, row.seq, entry.at, entry.records, True)
        decision = decide(known.flow, state, command, self.calendar, self.shell.calendars)
        if isinstance(decision, Refusal):
            return decision
        case = running.case
        entry = Entry(
            case=case.id,
            seq=case.seq + 1,
            at=now,
            kind=kind,
            definition=case.definition,
            actor=actor,
            event=event,
            place=place,
            key=asked.key,
            records=decision.records,
        )
        return self._take(running, decision.state, entry)

    def _wake(self, running: Running, asked: Wake) -> Answer | Refusal:
        case, state, now = running.case, running.state, asked.now
        assert state is not None
        if now < state.at <= now + SKEW:
            now = state.at
        decision = decide(running.known.flow, state, Tick(now), self.calendar, self.shell.calendars)
        if isinstance(decision, Refusal):
            return decision
        if not decision.records:
            running.case = case._replace(due=next_due(decision.state, now))
            return Answer(case.id, case.seq, now, ())
        return self._tick(running, decision, now)

    def _tick(self, running: Running, decision: Decision, now: datetime) -> Answer:
        entry = Entry(
            case=running.case.id,
            seq=running.case.seq + 1,
            at=now,
            kind=EntryKind.TICK,
            definition=running.case.definition,
            records=decision.records,
        )
        return self._take(running, decision.state, entry)

    def _cross(self, running: Running, asked: Crossing) -> Answer | Refusal:
        """What is due under the former definition happens first, in an entry of its own."""
        known, case, state, now = running.known, running.case, running.state, asked.now
        assert state is not None
        assert now is not None
        now = max(now, state.at) if state.at <= now + SKEW else now
        row = self.answered.get((case.id, asked.key)) if asked.key is not None else None
        if row is not None:
            _plan, entry = self._entry(row)
            if entry.kind is not EntryKind.MIGRATE or entry.actor != asked.actor.id:
                raise KeyReused(asked.key or "")
            if asked.to is not None and entry.definition != asked.to.hash:
                raise KeyReused(asked.key or "")
            return Answer(case.id, row.seq, entry.at, entry.records, True)
        ticked = decide(known.flow, state, Tick(now), self.calendar)
        if isinstance(ticked, Refusal):
            return ticked
        entries = [self._entry(row)[1] for row in (*self.work.entries(case.id), *running.entries)]
        shell = self.shell
        carried = crossing(
            shell.library, shell.calendars, known.plan, self.calendar, ticked, entries, asked, now
        )
        if isinstance(carried, Refusal):
            return carried
        new, decision = carried[0], carried[1].decision
        if ticked.records:
            self._tick(running, ticked, now)
        at = microseconds(now)
        self.work.define(definition_of(new, at))
        running.cross(new)
        entry = Entry(
            case=case.id,
            seq=running.case.seq + 1,
            at=now,
            kind=EntryKind.MIGRATE,
            definition=new.hash,
            actor=asked.actor.id,
            event=decision.records[0].event,
            key=asked.key,
            records=decision.records,
        )
        return self._take(running, decision.state, entry)

    def _entry(self, row: Row) -> tuple[Plan, Entry]:
        """An entry, with the plan of the definition it was made under."""
        plan = plan_of(self.shell.library.by_hash(json.loads(row.body)["definition"]))
        return plan, entry_of(plan, row, self._personal(plan, row.case_id))

    def _erase(self, running: Running, asked: Erasing) -> Answer:
        """Personal data goes, also from the state; what is decided later finds it missing."""
        case, state, plan, now = running.case, running.state, running.known.plan, asked.now
        assert state is not None
        assert now is not None
        now = max(now, state.at)
        rows = [*self.work.personal(case.id), *running.personal]
        erased = {row.ref for row in rows if asked.owner in (None, row.owner)} - {*running.erased}
        if not erased:
            return Answer(case.id, case.seq, now, ())
        gone = {name for name, ref in current([row.ref for row in rows]).items() if ref in erased}
        data = tuple(None if n in gone else v for n, v in zip(plan.fields, state.data, strict=True))
        state = state._replace(data=data, at=now)
        refs = tuple(sorted(erased))
        what = ", ".join(dict.fromkeys(ref.rpartition("/")[2] for ref in refs))
        record = Record(RecordKind.ERASED, now, asked.actor.id, "", "", what, reason=asked.reason)
        entry = Entry(
            case=case.id,
            seq=case.seq + 1,
            at=now,
            kind=EntryKind.ERASE,
            definition=case.definition,
            actor=asked.actor.id,
            records=(record,),
            erased=refs,
            state=state,
        )
        answer = self._take(running, state, entry)
        running.personal = [row for row in running.personal if row.ref not in erased]
        running.erased += refs
        return answer

    def _personal(self, plan: Plan, case: str) -> Mapping[str, Any]:
        """The personal data of a case by its refs."""
        if not plan.personal:
            return {}
        running = self.running.get(case)
        new, erased = (running.personal, running.erased) if running is not None else ([], [])
        values = values_of([*self.work.personal(case), *new])
        return {ref: value for ref, value in values.items() if ref not in erased}

    def _take(self, running: Running, state: CaseState, entry: Entry) -> Answer:
        """Add an entry to a case, with the state it leads to."""
        case, before, plan = running.case, running.state, running.known.plan
        try:
            personal: list[Personal] = []
            seal = sealing(case.id, self.shell.salt, personal) if plan.personal else None
            row = entry_row(plan, entry, case.head, seal)
            body, written = state_bytes(state, running.written)
            effects = effects_of(plan, Decision(entry.records, state))
            running.effects += effect_rows(row, effects, queued=self.shell.queue is not None)
        except ValueError:
            raise JianbanError(UNWRITABLE) from None
        end = plan.nodes[state.tokens[0].node].node.end
        suspended = state.memory.suspension is not None
        status = Status.ENDED if end is not None else Status.SUSPENDED if suspended else Status.OPEN
        ticked = entry.kind is EntryKind.TICK
        running.case = Stored(
            case.id,
            case.definition,
            case.process,
            case.business_key,
            case.subject,
            status,
            end.id if end is not None else None,
            entry.seq,
            row.hash,
            body,
            next_due(state, entry.at if ticked and len(entry.records) < MAX_TIMERS else None),
            case.opened_at,
            row.at,
            case.start_key,
        )
        running.personal += personal
        running.state = state
        running.written = written
        running.tasks = tasks_of(plan, self.calendar, state, before, running.tasks)
        running.entries.append(row)
        if entry.key is not None:
            self.answered[case.id, entry.key] = row
        if plan.talks or running.waits or (end is not None and case.start_key is not None):
            self.talk.taken(running, before, entry.at, effects)
        if self.shell.followers:
            self.done.append(Done(plan, before, state, running.case, entry))
        return Answer(case.id, entry.seq, entry.at, entry.records)

    def _change(self, running: Running) -> Change | None:
        was, case = running.known.case, running.case
        if not running.entries and case.due == was.due:
            return None
        were, are = running.known.tasks, running.tasks
        keys = {t.key for t in are}
        dates = nearest(are)
        return Change(
            case=case,
            was=was if running.first else None,
            entries=tuple(running.entries),
            personal=tuple(running.personal),
            erased=tuple(running.erased),
            effects=tuple(running.effects),
            gone=tuple(t.key for t in were if t.key not in keys),
            tasks=tuple(t for t in are if t not in were),
            dates=dates if not running.first or dates != nearest(were) else None,
        )


def _place(plan: Plan, asked: Event) -> tuple[str | None, str]:
    """Where an event is meant to happen, and its name alone."""
    if asked.at is not None or "." not in asked.event or asked.event in plan.events:
        return asked.at, asked.event
    place, _dot, event = asked.event.rpartition(".")
    return place, event


def _repeats(plan: Plan, entry: Entry, asked: Event | Delivery | Handing) -> bool:
    """Whether an entry was made by this very command, as far as it is not compared yet."""
    match asked:
        case Event():
            own = (n for n, r in enumerate(entry.records) if r.kind in DONE_BY_ACTORS)
            return any(_brought(plan, entry, n, asked.data, asked.reason) for n in own)
        case Delivery():
            return any(r.message == asked.message.id for r in entry.records)
        case Handing():
            record = entry.records[-1]
            return (record.target, record.reason) == (asked.to.id, asked.reason)


def _brought(plan: Plan, entry: Entry, number: int, data: Mapping[str, Any] | None, reason: str) -> bool:
    """Whether a record was made with this data and reason, as far as they are still known."""
    given = facts.read(data or {}, plan.fields)
    if isinstance(given, Refusal):
        return False
    record = entry.records[number]
    here = f"{entry.seq}/{number + 1}/"
    erased = {ref.removeprefix(here) for ref in entry.withheld if ref.startswith(here)}
    if "reason" not in erased and record.reason != reason:
        return False
    if record.kind is RecordKind.OPENED:
        expected = facts.initial(given, plan.fields)
    else:
        expected = tuple(given.get(name) for name in plan.fields)
    brought = record.data or (None,) * len(plan.fields)
    return all(
        kept == value or f"data/{name}" in erased
        for name, kept, value in zip(plan.fields, brought, expected, strict=True)
    )


def next_due(state: CaseState, at: datetime | None) -> int | None:
    """When the case must be woken next.

    Args:
        at: time has passed until then, and what is still due waits for an event, as a rule refuses it; None:
            what is due may happen now, since the case is no longer suspended, or has new data.
    """
    if state.memory.suspension is not None:
        return None
    due: datetime | None = None
    for token in state.tokens:
        if token.due is not None and (at is None or token.due > at) and (due is None or token.due < due):
            due = token.due
    return microseconds(due) if due is not None else None


UNKNOWN = Text("没有案件“{case}”。请核对编号", "there is no case “{case}”. Check its number")
EXISTS = Text(
    "案件“{case}”已经存在。请另取编号，或在重试时使用原来的 key",
    "case “{case}” exists already. Choose another id, or retry with the key it was started with",
)
REUSED = Text(
    "幂等键“{key}”已用于另一次不同的操作。每次操作请用新的键，重试时内容须与第一次相同",
    "the key “{key}” belongs to a different command. Use a new key for each, and the same command in a retry",
)
UNREADABLE = Text(
    "案件 {case} 的状态无法读取（{why}）。请使用写入它的或更新的程序版本",
    "the state of case {case} cannot be read ({why}). Use the version of this program that wrote it, or a"
    " later one",
)
