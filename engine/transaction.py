"""Commands decided one after another, on what those before did, and written together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jianban.engine.admission import step_refusal
from jianban.engine.asked import (
    Answer,
    Asked,
    CaseExists,
    Crossing,
    Delivery,
    Erasing,
    Event,
    Handing,
    KeyReused,
    Start,
    UnknownCase,
    Wake,
)
from jianban.engine.codec import UNWRITABLE, microseconds, state_bytes
from jianban.engine.correspondence import Correspondence
from jianban.engine.crossing import crossing
from jianban.engine.decision import MAX_TIMERS, Deliver, Fire, Handover, Open, Tick, decide, go_on
from jianban.engine.effects.port import calls_of
from jianban.engine.effects.rows import effect_rows
from jianban.engine.effects.values import effects_of
from jianban.engine.entries import Entry, EntryKind, Row, entry_of, entry_row, first_link
from jianban.engine.kept_delegations import in_force
from jianban.engine.library import definition_of
from jianban.engine.messages import Message
from jianban.engine.naming import new_id
from jianban.engine.plan import Plan, plan_of
from jianban.engine.refusals import Refusal
from jianban.engine.repeats import brought, place, repeats
from jianban.engine.running import Done, Known, Running, next_due
from jianban.engine.screening import screen
from jianban.engine.seals import Personal, current, sealing, values_of
from jianban.engine.standing import NOWHERE
from jianban.engine.state import CaseState, Decision, Record, RecordKind
from jianban.engine.store.store import Status, Stored, Work
from jianban.engine.tasks import standing
from jianban.workflows.language.errors import JianbanError

if TYPE_CHECKING:
    from jianban.engine.shell import Shell

SKEW = timedelta(minutes=1)
"""How far clocks of machines may differ: a command that much before the last of its case happens with it."""


OPEN, SUSPENDED, ENDED = Status.OPEN.value, Status.SUSPENDED.value, Status.ENDED.value
FIRE, TICK = EntryKind.FIRE, EntryKind.TICK
# Python takes a quarter of a microsecond to look a member of an enumeration up
_KEYLESS = (Wake, Erasing)


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
                return self._start(asked)
            running = self._run(asked.case)
            if isinstance(asked, Event):
                return self._do(running, asked)
            if isinstance(asked, Wake):
                return self._wake(running, asked)
            if isinstance(asked, Erasing):
                return self._erase(running, asked)
            if isinstance(asked, Crossing):
                return self._cross(running, asked)
            return self._do(running, asked)
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

    def _start(self, asked: Start) -> Answer | Refusal:
        flow, now = asked.flow, asked.now
        if asked.key is not None:
            before = next((id for id, r in self.running.items() if r.case.start_key == asked.key), None)
            before = before or self.work.started(asked.key)
            if before is not None:
                return self._started(before, asked)
        taken = asked.id in self.stored or asked.id in self.running
        if taken or (self.shell.ids is not new_id and self.work.read([asked.id])[0]):
            raise CaseExists(asked.id)
        actor = asked.actor
        if actor.under is not None:
            actor = in_force(self.work, actor, None)
            if isinstance(actor, Refusal):
                return actor
        command = Open(actor, now, asked.data, asked.reason, asked.assignments)
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
            steps="",
            waiting=NOWHERE.waiting,
            opened_at=at,
            at=at,
            start_key=asked.key,
        )
        running = Running(Known(case, flow, plan_of(flow), decision.state, NOWHERE, None), None)
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
            and brought(plan, entry, 0, asked.data, asked.reason)
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
        at, actor = None, None
        match asked:
            case Event():
                kind, actor = FIRE, asked.actor.id
                at, event = place(known.plan, asked)
                command = Fire(event, asked.actor, now, asked.data, at, asked.reason)
            case Delivery():
                kind, event, at = EntryKind.DELIVER, asked.message.name, asked.at
                command = Deliver(asked.message, now, at)
            case Handing():
                kind, event, actor = EntryKind.HANDOVER, "", asked.actor.id
                command = Handover(asked.to, asked.actor, now, asked.reason)
        if asked.key is not None:
            row = self.answered.get((asked.case, asked.key))
            if row is not None:
                plan, entry = self._entry(row)
                if isinstance(asked, Event):
                    at, event = place(plan, asked)
                same = (entry.kind, entry.event, entry.place, entry.actor) == (kind, event, at, actor)
                if not same or not repeats(plan, entry, asked):
                    raise KeyReused(asked.key)
                return Answer(asked.case, row.seq, entry.at, entry.records, True)
        if not isinstance(asked, Delivery) and asked.actor.under is not None:
            acting = in_force(self.work, asked.actor, asked.case)
            if isinstance(acting, Refusal):
                return acting
            assert not isinstance(command, Deliver)
            command = command._replace(actor=acting)
        decision = go_on(known.plan, state, command, self.calendar, self.shell.calendars)
        if isinstance(decision, Refusal):
            unknown = None
            if at is not None and isinstance(asked, Event):
                unknown = step_refusal(known.plan, state, at)
            return decision if unknown is None else unknown
        case = running.case
        entry = Entry(
            case=case.id,
            seq=case.seq + 1,
            at=now,
            kind=kind,
            definition=case.definition,
            actor=actor,
            event=event,
            place=at,
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
        ticked = decide(known.flow, state, Tick(now), self.calendar, self.shell.calendars)
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
        self.talk.moved(running, carried[1].moved)
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
            if effects:
                running.effects += effect_rows(row, effects, queued=self.shell.queue is not None)
        except ValueError:
            raise JianbanError(UNWRITABLE) from None
        end = plan.nodes[state.tokens[0].node].node.end
        suspended = state.memory.suspension is not None
        status = ENDED if end is not None else SUSPENDED if suspended else OPEN
        ticked = entry.kind is TICK
        calendar = self.calendar
        if entry.kind is EntryKind.ERASE:  # it counts nothing anew
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
