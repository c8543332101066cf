"""What each kind of command does to a case, within a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from jianban.engine import facts
from jianban.engine.admission import step_refusal
from jianban.engine.asked import (
    Answer,
    CaseExists,
    Crossing,
    Delivery,
    Erasing,
    Event,
    Handing,
    KeyReused,
    Start,
    Wake,
)
from jianban.engine.codec import microseconds
from jianban.engine.correspondence import Correspondence
from jianban.engine.crossing import crossing
from jianban.engine.decision import Deliver, Fire, Handover, Open, Tick, decide, go_on
from jianban.engine.entries import Entry, EntryKind, Row, first_link
from jianban.engine.erasure import MESSAGE_REF, forget_held
from jianban.engine.kept_delegations import in_force
from jianban.engine.library import definition_of
from jianban.engine.messages import key_of
from jianban.engine.moves import Moves
from jianban.engine.naming import check_names, new_id
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Refusal, Rule, refuse
from jianban.engine.repeats import brought, place, repeats
from jianban.engine.running import Known, Running, next_due
from jianban.engine.seals import current, derived
from jianban.engine.standing import NOWHERE
from jianban.engine.state import CaseState, Decision, Record, RecordKind, noted
from jianban.engine.store.store import Status, Stored, Work
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.engine.shell import Shell

SKEW = timedelta(minutes=1)
"""How far clocks of machines may differ: a command that much before the last of its case happens with it."""

FIRE = EntryKind.FIRE  # Python takes a quarter of a microsecond to look a member of an enumeration up


class Within(Protocol):
    """The transaction that something happens in."""

    work: Work
    calendar: WorkCalendar
    shell: Shell
    stored: dict[str, Stored]
    answered: dict[tuple[str, str], Row]
    running: dict[str, Running]

    @property
    def talk(self) -> Correspondence: ...
    def take(self, running: Running, state: CaseState, entry: Entry) -> Answer: ...
    def tick(self, running: Running, decision: Decision, now: datetime) -> Answer: ...
    def entry(self, row: Row) -> tuple[Plan, Entry]: ...


def open_case(within: Within, asked: Start) -> Answer | Refusal:
    asked = _keyed(asked)
    flow, now = asked.flow, asked.now
    if asked.key is not None:
        before = next((id for id, r in within.running.items() if r.case.start_key == asked.key), None)
        before = before or within.work.started(asked.key)
        if before is not None:
            return _opened(within, before, asked)
    taken = asked.id in within.stored or asked.id in within.running
    if taken or (within.shell.ids is not new_id and within.work.read([asked.id])[0]):
        raise CaseExists(asked.id)
    actor = asked.actor
    if actor.under is not None:
        actor = in_force(within.work, actor, None)
        if isinstance(actor, Refusal):
            return actor
    data = _with_known(within, asked)
    if isinstance(data, Refusal):
        return data
    command = Open(actor, now, data, asked.reason, asked.assignments)
    decision = decide(flow, None, command, within.calendar)
    if isinstance(decision, Refusal):
        return decision
    at = microseconds(now)
    within.work.define(definition_of(flow, at))
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
        within.talk.post.link(asked.link)
    answer = within.take(running, decision.state, entry)
    within.running[asked.id] = running
    return answer


def _keyed(asked: Start) -> Start:
    """The start of a case whose business key is a field: that has the key as its value, or gives the key.

    Raises:
        JianbanError: both are given, and they differ.
    """
    name, key = asked.flow.process.business_key, asked.business_key
    value = (asked.data or {}).get(name) if name is not None else None
    if name is None or value == key:
        return asked
    if value in (None, ""):
        if key is None:
            return asked
        return asked._replace(data={**(asked.data or {}), name: key})
    if key is not None:
        raise JianbanError(TWO_KEYS.format(key=key, id=name, title=plan_of(asked.flow).fields[name].title))
    if not isinstance(value, str):  # the data is refused for that
        return asked
    check_names(business_key=value)
    return asked._replace(business_key=value)


def _with_known(within: Within, asked: Start) -> Mapping[str, Any] | Refusal | None:
    """The data of a start, with what kept messages tell of its subject, whatever the data says of that.

    Refused where they tell what the field cannot be: passed over, a bad record would open the way.
    """
    fields = plan_of(asked.flow).fields
    knowing = [(field.id, field.known) for field in fields.values() if field.known is not None]
    given = facts.read(asked.data or {}, fields) if knowing else {}
    if isinstance(given, Refusal):
        return asked.data
    told: dict[str, Any] = {}
    for name, known in knowing:
        key = asked.subject or asked.business_key
        if known.key is not None:
            key = key_of(told.get(known.key, given.get(known.key, fields[known.key].default)))
        if key is not None:
            message = within.talk.post.known(known.message, key, microseconds(asked.now))
            if message is None:
                continue
            read = facts.read({name: message.data.get(known.name)}, fields)
            if isinstance(read, Refusal):
                its = {"message": message.name, "id": message.id, "said": read.text}
                return refuse(Rule.MESSAGE, "known", name, **its)
            told |= read
    return {**(asked.data or {}), **told} if told else asked.data


def _opened(within: Within, id: str, asked: Start) -> Answer:
    """The answer that a start with this key got the first time."""
    running = within.running.get(id)
    case = running.case if running is not None else within.work.read([id])[0][id]
    new = running is not None and running.first == 0
    row = running.entries[0] if running is not None and new else within.work.entry(id, 1)
    plan, entry = within.entry(row)
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


def do(within: Within, running: Running, asked: Event | Delivery | Handing) -> Answer | Refusal:
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
        row = within.answered.get((asked.case, asked.key))
        if row is not None:
            plan, entry = within.entry(row)
            if isinstance(asked, Event):
                at, event = place(plan, asked)
            same = (entry.kind, entry.event, entry.place, entry.actor) == (kind, event, at, actor)
            if not same or not repeats(plan, entry, asked):
                raise KeyReused(asked.key)
            return Answer(asked.case, row.seq, entry.at, entry.records, True)
    if not isinstance(asked, Delivery) and asked.actor.under is not None:
        acting = in_force(within.work, asked.actor, asked.case)
        if isinstance(acting, Refusal):
            return acting
        assert not isinstance(command, Deliver)
        command = command._replace(actor=acting)
    decision = go_on(known.plan, state, command, within.calendar, within.shell.calendars)
    if isinstance(decision, Refusal):
        unknown = None
        if at is not None and isinstance(asked, Event):
            unknown = step_refusal(known.plan, state, at)
        return decision if unknown is None else unknown
    case = running.case
    if isinstance(asked, Event):
        _keeps_key(known.plan, case.business_key, state, decision.state)
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
    return within.take(running, decision.state, entry)


def _keeps_key(plan: Plan, key: str | None, before: CaseState, after: CaseState) -> None:
    """
    Raises:
        JianbanError: the field that is the business key would have another value.
    """
    name = plan.flow.process.business_key
    if name is None or key is None or after.data is before.data:
        return
    at = list(plan.fields).index(name)
    if after.data[at] not in (before.data[at], key):
        raise JianbanError(TWO_KEYS.format(key=key, id=name, title=plan.fields[name].title))


def wake(within: Within, running: Running, asked: Wake) -> Answer | Refusal:
    case, state, now = running.case, running.state, asked.now
    assert state is not None
    if now < state.at <= now + SKEW:
        now = state.at
    decision = decide(running.known.flow, state, Tick(now), within.calendar, within.shell.calendars)
    if isinstance(decision, Refusal):
        return decision
    if not decision.records:
        running.case = case._replace(due=next_due(decision.state, now))
        return Answer(case.id, case.seq, now, ())
    return within.tick(running, decision, now)


def note(within: Within, running: Running, asked: Delivery, kind: RecordKind) -> Answer:
    """A message that the case could not take is held or dropped: it has not acted, but its record says so."""
    case, state, message = running.case, running.state, asked.message
    assert state is not None
    assert asked.now is not None
    record = Record(kind, max(asked.now, state.at), None, "", message.name, "", message=message.id)
    entry = Entry(
        case=case.id,
        seq=case.seq + 1,
        at=record.at,
        kind=EntryKind.HOLD,
        definition=case.definition,
        event=message.name,
        place=asked.at,
        records=(record,),
    )
    return within.take(running, noted(state, record).state, entry)


def cross(within: Within, running: Running, asked: Crossing) -> Answer | Refusal:
    """What is due under the former definition happens first, in an entry of its own."""
    known, case, state, now = running.known, running.case, running.state, asked.now
    assert state is not None
    assert now is not None
    now = max(now, state.at) if state.at <= now + SKEW else now
    row = within.answered.get((case.id, asked.key)) if asked.key is not None else None
    if row is not None:
        _plan, entry = within.entry(row)
        if entry.kind is not EntryKind.MIGRATE or entry.actor != asked.actor.id:
            raise KeyReused(asked.key or "")
        if asked.to is not None and entry.definition != asked.to.hash:
            raise KeyReused(asked.key or "")
        return Answer(case.id, row.seq, entry.at, entry.records, True)
    ticked = decide(known.flow, state, Tick(now), within.calendar, within.shell.calendars)
    if isinstance(ticked, Refusal):
        return ticked
    entries = [within.entry(row)[1] for row in (*within.work.entries(case.id), *running.entries)]
    shell = within.shell
    carried = crossing(
        shell.library, shell.calendars, known.plan, within.calendar, ticked, entries, asked, now
    )
    if isinstance(carried, Refusal):
        return carried
    new, decision = carried[0], carried[1].decision
    if ticked.records:
        within.tick(running, ticked, now)
    at = microseconds(now)
    within.work.define(definition_of(new, at))
    running.cross(new)
    within.talk.moved(running, known.plan, carried[1].moved)
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
    return within.take(running, decision.state, entry)


def erase(within: Within, running: Running, asked: Erasing) -> Answer:
    """Personal data goes, also from the state and from messages that are held. What is decided later finds it
    missing; no period runs from it."""
    case, state, plan, now = running.case, running.state, running.known.plan, asked.now
    assert state is not None
    assert now is not None
    now = max(now, state.at)
    rows = [*within.work.personal(case.id), *running.personal]
    erased = {row.ref for row in rows if asked.owner in (None, row.owner)} - {*running.erased}
    if erased:
        erased |= {row.ref for row in rows if derived(row.ref)} - {*running.erased}
    held = forget_held(within.talk.post.connection, plan, case.id) if asked.owner is None else []
    if not erased and not held:
        return Answer(case.id, case.seq, now, ())
    gone = {name for name, ref in current([row.ref for row in rows]).items() if ref in erased}
    data = tuple(None if n in gone else v for n, v in zip(plan.fields, state.data, strict=True))
    calendar = within.shell.calendars(state.memory.calendar) or within.calendar
    state = Moves(plan, calendar, state._replace(data=data), now, None).decision().state
    refs = tuple(sorted(erased))
    what = dict.fromkeys(ref.rpartition("/")[2] for ref in refs)
    if held:
        what["message"] = None
    record = Record(RecordKind.ERASED, now, asked.actor.id, "", "", ", ".join(what), reason=asked.reason)
    entry = Entry(
        case=case.id,
        seq=case.seq + 1,
        at=now,
        kind=EntryKind.ERASE,
        definition=case.definition,
        actor=asked.actor.id,
        records=(record,),
        erased=(*refs, *(MESSAGE_REF + id for id in held)),
        state=state,
    )
    answer = within.take(running, state, entry)
    running.personal = [row for row in running.personal if row.ref not in erased]
    running.erased += refs
    return answer


TWO_KEYS = Text(
    "业务主键“{key}”与数据“{title}”（{id}）不一致。两者是同一内容，请只给出业务主键",
    "the business key “{key}” is not the value of “{title}” ({id}). They are the same: give that one alone",
)
