"""Commands decided one after another, on what those before did, and written together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jianban.engine.asked import (
    Answer,
    Asked,
    Crossing,
    Delivery,
    Erasing,
    Event,
    Start,
    UnknownCase,
    Wake,
)
from jianban.engine.codec import UNWRITABLE, microseconds, state_bytes
from jianban.engine.correspondence import Correspondence, addressed
from jianban.engine.decision import MAX_TIMERS
from jianban.engine.effects.port import calls_of
from jianban.engine.effects.rows import effect_rows
from jianban.engine.effects.values import effects_of
from jianban.engine.entries import Entry, EntryKind, Row, entry_of, entry_row
from jianban.engine.messages import Message
from jianban.engine.performing import cross, do, erase, note, open_case, wake
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal
from jianban.engine.running import Done, Known, Running, next_due
from jianban.engine.screening import screen
from jianban.engine.seals import Personal, sealing, values_of
from jianban.engine.state import CaseState, Decision, RecordKind
from jianban.engine.store.store import Status, Stored, Work
from jianban.engine.tasks import standing
from jianban.workflows.language.errors import JianbanError

if TYPE_CHECKING:
    from jianban.engine.shell import Shell

OPEN, SUSPENDED, ENDED = Status.OPEN.value, Status.SUSPENDED.value, Status.ENDED.value
TICK = EntryKind.TICK
# Python takes a quarter of a microsecond to look a member of an enumeration up
_KEYLESS = (Wake, Erasing)
COUNTS_NOTHING = (EntryKind.ERASE, EntryKind.HOLD)
"""Entries after which the days of a case are counted by the calendar that they were counted by."""


class Transaction:
    def __init__(self, shell: Shell, work: Work) -> None:
        self.shell = shell
        self.work = work
        self.calendar = shell.calendar
        self.stored: dict[str, Stored] = {}
        self._known: dict[str, Known] = {}
        """As they were when they were last seen here."""
        self.answered: dict[tuple[str, str], Row] = {}
        self.running: dict[str, Running] = {}
        self.done: list[Done] = []
        self._talk: Correspondence | None = None

    @property
    def talk(self) -> Correspondence:
        """What its cases tell each other."""
        if self._talk is None:
            self._talk = Correspondence(self)
        return self._talk

    def carry_out(self, asked: Sequence[Asked]) -> list[Answer | Refusal | JianbanError]:
        ids: dict[str, None] = {}
        keys: dict[tuple[str, str], None] = {}
        wrong: list[JianbanError | None] = []
        for a in asked:
            error = screen(a)
            wrong.append(error)
            if error is not None:
                continue
            if isinstance(a, Start):
                if a.own_id:
                    ids[a.id] = None
                continue
            ids[a.case] = None
            if not isinstance(a, _KEYLESS) and a.key is not None:
                keys[a.case, a.key] = None
        if ids:
            self.stored, self.answered = self.work.read(ids, keys, self._kept)
        answers = [error or self.answer(a) for a, error in zip(asked, wrong, strict=True)]
        self.write()
        return answers

    def answer(self, asked: Asked) -> Answer | Refusal | JianbanError:
        """Do a command, and all that other cases do because of it."""
        answer = self._answer(asked)
        if self._talk is not None and self._talk.letters:
            self._talk.carry()
        return answer

    def perform(self, asked: Start | Delivery) -> Answer | Refusal | JianbanError:
        """Do what follows from another command."""
        if isinstance(asked, Delivery):
            keys = [(asked.case, asked.key)] if asked.key is not None else []
            stored, answered = self.work.read([asked.case], keys, self._kept)
            self.stored = stored | self.stored
            self.answered = answered | self.answered
        return self._answer(asked)

    def publish(
        self, message: Message, now: datetime, until: datetime | None, after: str, limit: int
    ) -> list[tuple[str, Answer | Refusal | JianbanError, bool]]:
        """Bring a message to the cases after one that wait for it.

        Args:
            until: until when it is kept for cases that begin to wait; None for those that wait now.

        Returns:
            For each the answer, and whether the message is held for it.
        """
        post = self.talk.post
        if until is not None and not after:
            post.lock([message.name], shared=False)
            post.keep(message, microseconds(now), microseconds(until))
        done: list[tuple[str, Answer | Refusal | JianbanError, bool]] = []
        for case in post.receivers(message.name, message.key, after, limit):
            asked = Delivery(case, message, None, message.id, now)
            answer = self.perform(asked)
            done.append((case, answer, self.talk.settle(asked, answer)))
            self.talk.carry()
        self.write()
        return done

    def write(self) -> None:
        """Write what has been done."""
        changes = [c for r in self.running.values() if (c := r.change()) is not None]
        if len(changes) > 1:  # in one order, so that two who change the same cases do not cross
            changes.sort(key=lambda change: change.case.id)
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
                self.shell.keep(Known(r.case, known.flow, known.plan, r.state, r.standing, r.written))

    def _answer(self, asked: Asked) -> Answer | Refusal | JianbanError:
        try:
            if isinstance(asked, Start):
                return open_case(self, asked)
            running = self._run(asked.case)
            if isinstance(asked, Event):
                return do(self, running, asked)
            if isinstance(asked, Wake):
                return wake(self, running, asked)
            if isinstance(asked, Erasing):
                return erase(self, running, asked)
            if isinstance(asked, Crossing):
                return cross(self, running, asked)
            return do(self, running, asked)
        except JianbanError as error:
            return error

    def _kept(self, id: str) -> Stored | None:
        known = self.shell.recent(id)
        if known is None:
            return None
        self._known[id] = known
        return known.case

    def _run(self, id: str) -> Running:
        running = self.running.get(id)
        if running is None:
            case = self.stored.get(id)
            if case is None:
                raise UnknownCase(id)
            known = self._known.get(id)
            if known is None or known.case.head != case.head:
                known = self.shell.known(case)
            if known.case is not case:
                known = known._replace(case=case)
            running = self.running[id] = Running(known, known.state)
        return running

    def tick(self, running: Running, decision: Decision, now: datetime) -> Answer:
        entry = Entry(
            case=running.case.id,
            seq=running.case.seq + 1,
            at=now,
            kind=EntryKind.TICK,
            definition=running.case.definition,
            records=decision.records,
        )
        return self.take(running, decision.state, entry)

    def note(self, asked: Delivery, kind: RecordKind) -> Answer:
        """Note what becomes of a message that its case could not take."""
        return note(self, self._run(asked.case), asked, kind)

    def entry(self, row: Row) -> tuple[Plan, Entry]:
        """An entry, with the plan of the definition it was made under."""
        plan = plan_of(self.shell.library.by_hash(json.loads(row.body)["definition"]))
        return plan, entry_of(plan, row, self._personal(plan, row.case_id))

    def _personal(self, plan: Plan, case: str) -> Mapping[str, Any]:
        """The personal data of a case by its refs."""
        if not plan.personal:
            return {}
        running = self.running.get(case)
        new, erased = (running.personal, running.erased) if running is not None else ([], [])
        values = values_of([*self.work.personal(case), *new])
        return {ref: value for ref, value in values.items() if ref not in erased}

    def take(self, running: Running, state: CaseState, entry: Entry) -> Answer:
        """Add an entry to a case, with the state it leads to."""
        case, before, plan = running.case, running.state, running.known.plan
        try:
            personal: list[Personal] = []
            seal = sealing(case.id, self.shell.salt, personal) if plan.personal else None
            row = entry_row(plan, entry, case.head, seal)
            body, written = state_bytes(state, running.written)
            effects = effects_of(plan, Decision(entry.records, state))
            if effects:
                if entry.kind is not TICK and case.business_key is None:
                    addressed(plan, effects)
                running.effects += effect_rows(row, effects, queued=self.shell.queue is not None)
        except ValueError:
            raise JianbanError(UNWRITABLE) from None
        end = plan.nodes[state.tokens[0].node].node.end
        suspended = state.memory.suspension is not None
        status = ENDED if end is not None else SUSPENDED if suspended else OPEN
        ticked = entry.kind is TICK
        calendar = self.calendar
        if entry.kind in COUNTS_NOTHING:
            calendar = self.shell.calendars(state.memory.calendar) or calendar
        stands = running.standing = standing(plan, calendar, state, before, running.standing)
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
            stands.steps,
            stands.waiting,
            case.opened_at,
            row.at,
            case.start_key,
        )
        if personal:
            running.personal += personal
        running.state = state
        running.written = written
        running.entries.append(row)
        if entry.key is not None:
            self.answered[case.id, entry.key] = row
        if plan.talks or running.waits or (end is not None and case.start_key is not None):
            self.talk.taken(running, before, entry.at, effects)
        if self.shell.followers:
            self.done.append(Done(plan, before, state, running.case, entry))
        return Answer(case.id, entry.seq, entry.at, entry.records)
