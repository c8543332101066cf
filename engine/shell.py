"""The shell around the pure core: commands in, decided one after another, written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from jianban.engine import facts
from jianban.engine.access import Actor
from jianban.engine.codec import UNWRITABLE, microseconds, state_bytes, state_of
from jianban.engine.decision import MAX_TIMERS, Fire, Open, Tick, decide
from jianban.engine.entries import Entry, EntryKind, Row, entry_of, entry_row, first_link
from jianban.engine.library import Library, definition_of
from jianban.engine.plan import Plan, plan_of
from jianban.engine.refusals import Refusal
from jianban.engine.state import DONE_BY_ACTORS, CaseState, Decision, Record
from jianban.engine.store.store import Change, Status, Stored, StoreError, Work
from jianban.engine.tasks import Task, tasks_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

SKEW = timedelta(minutes=1)
"""How far clocks of machines may differ: a command that much before the last of its case happens with it."""


LATER = timedelta(hours=1)
"""When to try again to wake a case that could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Open a case."""

    flow: Flow
    id: str
    actor: Actor
    now: datetime
    data: Mapping[str, Any] | None = None
    reason: str = ""
    key: str | None = None
    business_key: str | None = None
    subject: str | None = None
    own_id: bool = False
    """True when the host chose the id, so that it may be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Let happen in a case what is due."""

    case: str
    now: datetime


Asked: TypeAlias = Start | Event | Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
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
    """A case decoded."""

    head: bytes
    """Of the entry the state belongs to: it stands for all that happened before."""
    state: CaseState
    tasks: tuple[Task, ...]


class _Running:
    """A case in the course of one transaction."""

    __slots__ = ("case", "entries", "first", "flow", "plan", "state", "tasks", "were")

    def __init__(self, case: Stored, flow: Flow, state: CaseState | None, tasks: tuple[Task, ...]) -> None:
        self.case = case
        self.first = case.seq
        self.flow = flow
        self.plan = plan_of(flow)
        self.state = state
        self.were = self.tasks = tasks
        self.entries: list[Row] = []


class Shell:
    """Decides commands on what a store has, and writes what follows."""

    def __init__(self, library: Library, calendar: WorkCalendar, cached: int) -> None:
        """
        Args:
            cached: how many decoded cases are kept.
        """
        self.library = library
        self.calendar = calendar
        self.followers: list[Follower] = []
        self._known: Recent[str, _Known] = Recent(cached)

    def carry_out(self, work: Work, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        """Do commands in one transaction, each on what those before it did.

        Returns:
            For each its answer, what refuses it, or what is wrong with it; only answers change anything.

        Raises:
            Conflict: somebody else changed one of the cases meanwhile, and nothing may be kept.
        """
        return _Transaction(self, work).carry_out(asked)

    def wake(self, work: Work, now: datetime, limit: int) -> list[Answer | Refusal | JianbanError]:
        """Let happen what is due by now, in the cases longest overdue first; a failing one is due later."""
        ids = work.due(microseconds(now), limit)
        answers = self.carry_out(work, [Wake(case=id, now=now) for id in ids])
        late = [id for id, answer in zip(ids, answers, strict=True) if not isinstance(answer, Answer)]
        if late:
            work.postpone(late, microseconds(now + LATER))
        return answers

    def known(self, case: Stored) -> tuple[Flow, _Known]:
        """A case decoded, from those kept if it is among them.

        Raises:
            StoreError: its state or its definition cannot be read.
        """
        flow = self.library.by_hash(case.definition)
        known = self._known.get(case.id)
        if known is None or known.head != case.head:
            plan = plan_of(flow)
            try:
                state = state_of(plan, case.state)
            except ValueError as error:
                raise StoreError(UNREADABLE.format(case=case.id, why=error)) from None
            known = _Known(case.head, state, tasks_of(plan, self.calendar, state))
            self.keep(case, known)
        return flow, known

    def keep(self, case: Stored, known: _Known) -> None:
        self._known.put(case.id, known)


class _Transaction:
    def __init__(self, shell: Shell, work: Work) -> None:
        self.shell = shell
        self.work = work
        self.stored: Mapping[str, Stored] = {}
        self.answered: dict[tuple[str, str], Row] = {}
        self.running: dict[str, _Running] = {}
        self.done: list[Done] = []

    def carry_out(self, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        ids = {
            a.id if isinstance(a, Start) else a.case for a in asked if not isinstance(a, Start) or a.own_id
        }
        keys = {(a.case, a.key): None for a in asked if isinstance(a, Event) and a.key is not None}
        if ids:
            self.stored, answered = self.work.read(ids, keys)
            self.answered |= answered
        answers = [self._answer(a) for a in asked]
        changes = [c for r in self.running.values() if (c := self._change(r)) is not None]
        if self.done:
            self.work.begin()
        if changes:
            self.work.write(changes)
        if self.done:
            for follower in self.shell.followers:
                follower(self.work, self.done)
        for r in self.running.values():
            if r.state is not None:
                self.shell.keep(r.case, _Known(r.case.head, r.state, r.tasks))
        return answers

    def _answer(self, asked: Asked) -> Answer | Refusal | JianbanError:
        try:
            if isinstance(asked, Start):
                return self._start(asked)
            running = self._run(asked.case)
            return self._wake(running, asked) if isinstance(asked, Wake) else self._fire(running, asked)
        except JianbanError as error:
            return error

    def _run(self, id: str) -> _Running:
        running = self.running.get(id)
        if running is None:
            case = self.stored.get(id)
            if case is None:
                raise UnknownCase(id)
            flow, known = self.shell.known(case)
            running = self.running[id] = _Running(case, flow, known.state, known.tasks)
        return running

    def _start(self, asked: Start) -> Answer | Refusal:
        if asked.key is not None:
            before = next((r.case.id for r in self.running.values() if r.case.start_key == asked.key), None)
            before = before or self.work.started(asked.key)
            if before is not None:
                return self._started(before, asked)
        if asked.id in self.stored or asked.id in self.running:
            raise CaseExists(asked.id)
        flow, now = asked.flow, asked.now
        command = Open(actor=asked.actor, now=now, data=asked.data, reason=asked.reason)
        decision = decide(flow, None, command, self.shell.calendar)
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
        running = _Running(case, flow, None, ())
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
        answer = self._take(running, decision, entry)
        self.running[asked.id] = running
        return answer

    def _started(self, id: str, asked: Start) -> Answer:
        """The answer that a start with this key got the first time."""
        running = self.running.get(id)
        case = running.case if running is not None else self.work.read([id])[0][id]
        new = running is not None and running.first == 0
        row = running.entries[0] if running is not None and new else self.work.entry(id, 1)
        entry = entry_of(plan_of(self.shell.library.by_hash(case.definition)), row)
        same = (
            entry.actor == asked.actor.id
            and case.process == asked.flow.process.key
            and (case.business_key, case.subject) == (asked.business_key, asked.subject)
            and (not asked.own_id or id == asked.id)
        )
        if not same or not self._brought(asked.flow, entry, asked.data, asked.reason, opened=True):
            raise KeyReused(asked.key or "")
        return Answer(case=id, seq=1, at=entry.at, records=entry.records, repeated=True)

    def _fire(self, running: _Running, asked: Event) -> Answer | Refusal:
        place, event = _place(running.plan, asked)
        if asked.key is not None:
            row = self.answered.get((asked.case, asked.key))
            if row is not None:
                return self._repeated(running, asked, row, place, event)
        now = self._now(running, asked.now)
        command = Fire(event, asked.actor, now, asked.data, place, asked.reason)
        decision = decide(running.flow, running.state, command, self.shell.calendar)
        if isinstance(decision, Refusal):
            return decision
        entry = Entry(
            case=asked.case,
            seq=running.case.seq + 1,
            at=now,
            kind=EntryKind.FIRE,
            definition=running.case.definition,
            actor=asked.actor.id,
            event=event,
            place=place,
            key=asked.key,
            records=decision.records,
        )
        return self._take(running, decision, entry)

    def _repeated(self, running: _Running, asked: Event, row: Row, place: str | None, event: str) -> Answer:
        entry = entry_of(running.plan, row)
        same = (entry.kind, entry.event, entry.place, entry.actor) == (
            EntryKind.FIRE,
            event,
            place,
            asked.actor.id,
        )
        if not same or not self._brought(running.flow, entry, asked.data, asked.reason):
            raise KeyReused(asked.key or "")
        return Answer(case=asked.case, seq=row.seq, at=entry.at, records=entry.records, repeated=True)

    def _brought(
        self, flow: Flow, entry: Entry, data: Mapping[str, Any] | None, reason: str, opened: bool = False
    ) -> bool:
        """Whether an entry was made with this data and reason."""
        fields = plan_of(flow).fields
        record = next(r for r in entry.records if r.kind in DONE_BY_ACTORS)
        given = facts.read(data or {}, fields)
        if isinstance(given, Refusal) or record.reason != reason:
            return False
        if opened:
            return record.data == facts.initial(given, fields)
        return (record.data or (None,) * len(fields)) == tuple(given.get(name) for name in fields)

    def _wake(self, running: _Running, asked: Wake) -> Answer | Refusal:
        now = self._now(running, asked.now)
        decision = decide(running.flow, running.state, Tick(now), self.shell.calendar)
        if isinstance(decision, Refusal):
            return decision
        if not decision.records:
            running.case = running.case._replace(due=_next_due(decision.state, now))
            return Answer(case=asked.case, seq=running.case.seq, at=now, records=())
        entry = Entry(
            case=asked.case,
            seq=running.case.seq + 1,
            at=now,
            kind=EntryKind.TICK,
            definition=running.case.definition,
            records=decision.records,
        )
        return self._take(running, decision, entry)

    def _now(self, running: _Running, now: datetime | None) -> datetime:
        assert now is not None
        assert running.state is not None
        last = running.state.at
        return last if now < last <= now + SKEW else now

    def _take(self, running: _Running, decision: Decision, entry: Entry) -> Answer:
        """Add the entry of a decision to a case."""
        case, state, before = running.case, decision.state, running.state
        try:
            row = entry_row(running.plan, entry, case.head)
            body = state_bytes(state)
        except ValueError:
            raise JianbanError(UNWRITABLE) from None
        end = running.plan.nodes[state.tokens[0].node].node.end
        suspended = state.memory.suspension is not None
        status = Status.ENDED if end is not None else Status.SUSPENDED if suspended else Status.OPEN
        running.case = case._replace(
            seq=entry.seq,
            head=row.hash,
            state=body,
            status=status,
            end=end.id if end is not None else None,
            due=_next_due(state, entry.at) if len(decision.records) < MAX_TIMERS else row.at,
            at=row.at,
        )
        running.state = state
        running.tasks = tasks_of(running.plan, self.shell.calendar, state)
        running.entries.append(row)
        if entry.key is not None:
            self.answered[case.id, entry.key] = row
        if self.shell.followers:
            self.done.append(Done(running.plan, before, state, running.case, entry))
        return Answer(case=case.id, seq=entry.seq, at=entry.at, records=decision.records)

    def _change(self, running: _Running) -> Change | None:
        stored = self.stored.get(running.case.id)
        if not running.entries and (stored is None or running.case == stored):
            return None
        were, are = running.were, running.tasks
        places = {(t.place, t.role) for t in are}
        deadline = min((t.deadline for t in are if t.deadline is not None), default=None)
        return Change(
            case=running.case,
            before=running.first,
            entries=tuple(running.entries),
            gone=tuple((t.place, t.role) for t in were if (t.place, t.role) not in places),
            tasks=tuple(t for t in are if t not in were),
            deadline=deadline,
        )


def _place(plan: Plan, asked: Event) -> tuple[str | None, str]:
    """Where an event is meant to happen, and its name alone."""
    place, dot, event = asked.event.rpartition(".")
    if asked.at is not None or not dot or asked.event in plan.events:
        return asked.at, asked.event
    return place, event


def _next_due(state: CaseState, at: datetime) -> int | None:
    """When the case must be woken next; what is due already and a rule refuses waits for an event."""
    if state.memory.suspension is not None:
        return None
    due = min((t.due for t in state.tokens if t.due is not None and t.due > at), default=None)
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
