"""Whether the rows that stand beside a record are those that follow from it: work list, effects, waits and
messages.

What has become of an effect, and what messages say that came from outside, stand in no record: of these only
what contradicts itself is found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, bindparam, select, tuple_, type_coerce

from jianban.engine.codec import instant, microseconds
from jianban.engine.effects.rows import EffectStatus, effect_body, effect_key, effect_of, erased_body
from jianban.engine.effects.values import Effect, effects_of, told_of
from jianban.engine.entries import Entry, EntryKind
from jianban.engine.erasure import MESSAGE_REF, TO_CASES
from jianban.engine.performing import SKEW
from jianban.engine.plan import Plan
from jianban.engine.post import FOR_ALL, awaited
from jianban.engine.standing import rows_of
from jianban.engine.state import CaseState, Decision, RecordKind
from jianban.engine.store.store import Status, Store, Stored
from jianban.engine.store.tables import cases, effects, links, messages, tasks, waits
from jianban.engine.tasks import standing
from jianban.engine.tracing import After
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.durations import parse_duration
from jianban.workflows.language.terms import SendKind, Unit
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading may come to that was never written like this."""
PAGE = 1000
"""Rows read at a time."""
_KEY = re.compile(r"(.+):([0-9]{1,9}):([0-9]{1,9})")
"""Of an effect."""


_ID = bindparam("case")
_NEAREST = select(cases.c.deadline, cases.c.yellow, cases.c.red).where(cases.c.id == _ID)
_LISTED = select(tasks.c.role).where(
    tasks.c.role == bindparam("role"),
    tasks.c.person == bindparam("person"),
    tasks.c.due == bindparam("due"),
    tasks.c.case_id == _ID,
)
_SENT = select(effects).where(effects.c.case_id == _ID).order_by(effects.c.seq, effects.c.n)
_WAITS = select(waits.c.message, waits.c.key).where(waits.c.case_id == _ID)
_HELD = select(messages).where(messages.c.case_id == _ID)
SHORTEST = {
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WORKING_DAY: timedelta(days=1),
    Unit.MONTH: timedelta(days=28),
    Unit.YEAR: timedelta(days=365),
}
"""For how long what is kept lasts at least, whichever calendar it was counted by."""
_KEPT = select(messages.c.id).where(
    messages.c.case_id == FOR_ALL,
    messages.c.name == bindparam("name"),
    messages.c.key == bindparam("key"),
    messages.c.at >= bindparam("since"),
    messages.c.until >= bindparam("now"),
)


class Fault(NamedTuple):
    """Something that does not follow from the record of a case."""

    case: str
    seq: int
    """The entry; 0 for what concerns the case as a whole."""
    text: Text


class Consequences:
    def __init__(
        self,
        store: Store,
        calendar: Callable[[str], WorkCalendar | None],
        now: Callable[[], datetime],
    ) -> None:
        """
        Args:
            calendar: the one of a revision.
        """
        self.store = store
        self.calendar = calendar
        self.now = now

    def case(
        self,
        case: Stored,
        plans: Sequence[Plan],
        found: Sequence[Entry],
        led: Sequence[After | None],
        state: CaseState,
    ) -> Fault | None:
        """The first row of a case that is not what its record leads to.

        Args:
            plans: of its entries.
            found: all its entries.
            led: what each of them led to, where that can be told.
            state: what they lead to.
        """
        with self.store.reading() as connection:
            return (
                self._standing(connection, case, plans[-1], state)
                or self._effects(connection, case, plans, found, led)
                or self._waits(connection, case, plans[-1], state)
                or _held(connection, case, found)
            )

    def strays(self) -> Iterator[Fault]:
        """Rows of the work list and messages of which no case knows. One pass over each table."""
        day = type_coerce(tasks.c.due, String).label("due")  # whatever stands there
        row = (tasks.c.role, tasks.c.person, day, tasks.c.case_id)
        listed = select(*row, cases.c.waiting).outerjoin(cases, cases.c.id == tasks.c.case_id)
        yield from self._scan(listed, _task)
        yield from self._scan(select(messages).where(messages.c.case_id == FOR_ALL), _message)
        for table in (waits, links, messages):
            known = select(cases.c.id).where(cases.c.id == table.c.case_id).exists()
            unknown = select(table.c.case_id).distinct().where(~known, table.c.case_id != FOR_ALL)
            yield from self._scan(unknown, lambda _connection, row: Fault(row.case_id, 0, NOBODY))

    def _standing(self, connection: Connection, case: Stored, plan: Plan, state: CaseState) -> Fault | None:
        nearest = connection.execute(_NEAREST, {"case": case.id}).one()
        calendar = self.calendar(state.memory.calendar)
        assert calendar is not None, "it could not have been replayed"
        stands = standing(plan, calendar, state)
        waiting = set(rows_of(stands.waiting)) == set(rows_of(case.waiting))  # however it is spaced
        if not waiting or (stands.steps, *stands.nearest) != (case.steps, *nearest):
            return Fault(case.id, case.seq, DATES)
        for role, person, day in rows_of(case.waiting):
            its = {"role": role, "person": person, "due": date.fromisoformat(day), "case": case.id}
            if connection.execute(_LISTED, its).first() is None:
                return Fault(case.id, case.seq, LISTED)
        return None

    def _effects(
        self,
        connection: Connection,
        case: Stored,
        plans: Sequence[Plan],
        found: Sequence[Entry],
        led: Sequence[After | None],
    ) -> Fault | None:
        rows = {(row.seq, row.n): row for row in connection.execute(_SENT, {"case": case.id})}
        erased = max((e.seq for e in found if e.kind is EntryKind.ERASE), default=0)
        for plan, entry, after in zip(plans, found, led, strict=True):
            state = after.state if after is not None else CaseState((), (None,) * len(plan.fields), entry.at)
            sent = effects_of(plan, Decision(entry.records, state))
            for n, effect in enumerate(sent, 1):
                row = rows.pop((entry.seq, n), None)
                if row is None:
                    return Fault(case.id, entry.seq, UNSENT.format(n=n))
                same = (row.kind, row.to, row.at) == (effect.kind.value, effect.to, microseconds(entry.at))
                if not same or not _coherent(row):
                    return Fault(case.id, entry.seq, SENT.format(n=n))
                if not _says(row, effect, after, entry.seq < erased):
                    return Fault(case.id, entry.seq, _otherwise(row, effect, entry.seq < erased).format(n=n))
                if entry.seq > erased and not self._kept(connection, case, effect, row):
                    return Fault(case.id, entry.seq, NOT_KEPT.format(n=n))
        for seq, n in rows:
            return Fault(case.id, seq, UNASKED.format(n=n))
        return None

    def _kept(self, connection: Connection, case: Stored, effect: Effect, row: Any) -> bool:
        """Whether what an effect tells of a subject is kept as long as it must be, or what was told since."""
        keep: str | None = effect.payload.get("keep")
        if keep is None:
            return True
        subject = told_of(effect.payload, case.subject, case.business_key)
        duration, at, now = parse_duration(keep), instant(row.at), self.now() + SKEW
        if not subject or (now - at) / SHORTEST[duration.unit] >= duration.amount:
            return True
        its = {"name": effect.to, "key": subject, "since": microseconds(at - SKEW), "now": microseconds(now)}
        ids = connection.execute(_KEPT, its).scalars().all()
        if effect.payload.get("each"):
            own = effect_key(case.id, row.seq, row.n) in ids
            return own or _replaced(connection, row, subject)
        # what came from outside is kept beside it, not in its place
        return any(_KEY.fullmatch(id) for id in ids) or _replaced(connection, row, subject)

    def _waits(self, connection: Connection, case: Stored, plan: Plan, state: CaseState) -> Fault | None:
        kept = {(row.message, row.key) for row in connection.execute(_WAITS, {"case": case.id})}
        same = kept == awaited(plan, state, case.business_key)
        return None if same else Fault(case.id, case.seq, WAITS)

    def _scan(self, query: Any, fault: Callable[[Connection, Any], Fault | None]) -> list[Fault]:
        """What is wrong with the rows of a query, which are read one after another."""
        with self.store.reading() as connection:
            rows = connection.execution_options(yield_per=PAGE).execute(query)
            return [found for row in rows if (found := _fault(fault, connection, row)) is not None]


def _fault(
    check: Callable[[Connection, Any], Fault | None], connection: Connection, row: Any
) -> Fault | None:
    try:
        return check(connection, row)
    except NONSENSE as error:
        return Fault(row.case_id, 0, UNREADABLE.format(why=error))


def _task(_connection: Connection, row: Any) -> Fault | None:
    if row.waiting is None:
        return Fault(row.case_id, 0, NOBODY)
    listed = (row.role, row.person, str(row.due)) in rows_of(row.waiting)
    return None if listed else Fault(row.case_id, 0, LISTED)


def _replaced(connection: Connection, kept: Any, subject: str) -> bool:
    """Whether something was told of a subject since in place of what was kept, perhaps for a shorter time."""
    since = microseconds(instant(kept.at) - SKEW)  # by a clock that may be behind
    its = tuple_(effects.c.case_id, effects.c.seq, effects.c.n)
    sent = (effects.c.kind == SendKind.MESSAGE.value, effects.c.to == kept.to, effects.c.at >= since)
    others = select(effects.c.body, cases.c.subject, cases.c.business_key).join(cases)
    for row in connection.execute(others.where(*sent, its != (kept.case_id, kept.seq, kept.n))):
        payload = json.loads(row.body)["payload"]
        if not payload:  # erased
            return True
        whose = told_of(payload, row.subject, row.business_key)
        if whose == subject and "keep" in payload and not payload.get("each"):
            return True
    return False


def _held(connection: Connection, case: Stored, found: Sequence[Entry]) -> Fault | None:
    """Whether the messages held for a case are those that its record says."""
    held: dict[str, Entry] = {}
    reduced: set[str] = set()
    for entry in found:
        for record in entry.records:
            if record.kind is RecordKind.HELD:
                held[record.message] = entry
            elif record.kind in (RecordKind.DROPPED, RecordKind.RECEIVED):
                held.pop(record.message, None)
        reduced |= {ref.removeprefix(MESSAGE_REF) for ref in entry.erased if ref.startswith(MESSAGE_REF)}
    crossed = max((e.seq for e in found if e.kind is EntryKind.MIGRATE), default=0)
    rows = {row.id: row for row in connection.execute(_HELD, {"case": case.id})}
    for id, entry in held.items():
        row = rows.pop(id, None)
        if row is None or case.status != Status.SUSPENDED:
            return Fault(case.id, entry.seq, NOT_HELD.format(id=id))
        said = (row.name, row.place) == (entry.event, entry.place)
        if entry.place is not None and entry.seq < crossed:  # places are called otherwise since
            said = row.place is not None
        if (
            not said
            or row.until is not None
            or not _is_object(row.body)
            or not _as_sent(connection, row, id in reduced)
        ):
            return Fault(case.id, entry.seq, MESSAGE.format(id=id))
    for id in rows:
        return Fault(case.id, 0, NOT_SAID.format(id=id))
    return None


def _message(connection: Connection, row: Any) -> Fault | None:
    right = row.until is not None and row.place is None
    right = right and _is_object(row.body) and _as_sent(connection, row, False)
    return None if right else Fault(row.case_id, 0, MESSAGE.format(id=row.id))


def _as_sent(connection: Connection, row: Any, reduced: bool) -> bool:
    """Whether a message says what the case said that sent it, if one did.

    Args:
        reduced: personal data was taken out of it.
    """
    key = _KEY.fullmatch(row.id)
    if key is None:
        return True
    query = (
        select(effects.c.to, effects.c.body, cases.c.business_key, cases.c.subject)
        .join(cases)
        .where(
            effects.c.case_id == key[1],
            effects.c.seq == int(key[2]),
            effects.c.n == int(key[3]),
            effects.c.kind == SendKind.MESSAGE.value,
        )
    )
    sent = connection.execute(query).first()
    payload = json.loads(sent.body)["payload"] if sent is not None else None
    if sent is None or not payload:  # from elsewhere, or erased
        return True
    known_of = sent.subject if row.case_id == FOR_ALL else None
    data = payload["data"]
    if reduced:
        data = {name: value for name, value in data.items() if name in json.loads(row.body)}
    said = (sent.to, payload["key"] or known_of or sent.business_key, canonical(data))
    return (row.name, row.key, row.body) == said


def _says(row: Any, effect: Effect, after: After | None, before_erasing: bool) -> bool:
    """Whether a row says what its effect says, or what is left of that."""
    if not before_erasing:
        return row.body == effect_body(effect)
    if after is None:  # what it was decided on is gone
        kept = json.loads(row.body)
        effect = replace(effect, persons=tuple(kept["persons"]))
    if row.body == erased_body(effect):
        return True
    if effect.kind not in TO_CASES:
        return False
    return row.body == effect_body(effect) if after is not None else _is_object(row.body)


def _otherwise(row: Any, effect: Effect, before_erasing: bool) -> Text:
    """What has become of a row that does not say what it should.

    Erasing by earlier versions left rows so, and so may whoever changed them.
    """
    if not before_erasing:
        return EMPTIED if row.body == erased_body(effect) else SENT
    kept = effect_of(row.kind, row.to, row.body)
    alike = erased_body(kept) == erased_body(replace(effect, persons=kept.persons))
    return LEFT if alike else SENT


def _is_object(body: bytes) -> bool:
    """Whether it is a JSON object in its one form."""
    plain = json.loads(body)
    return isinstance(plain, dict) and canonical(plain) == body


def _coherent(row: Any) -> bool:
    """Whether what has become of an effect can have become of it."""
    waits_still = row.status in (EffectStatus.PENDING, EffectStatus.QUEUED, EffectStatus.RUNNING)
    begun = row.status in (EffectStatus.QUEUED, EffectStatus.RUNNING)
    new = row.runs == 0
    return (
        row.status in list(EffectStatus)
        and (row.due is not None) == waits_still
        and (row.done_at is not None) == (not waits_still and not new)
        and 0 <= row.forgiven <= row.attempts
        and row.runs >= int(begun or row.status == EffectStatus.FAILED)
        and (row.attempts > 0 or row.status in (EffectStatus.PENDING, EffectStatus.QUEUED) or new)
        and (not new or (row.attempts == 0 and row.error is None and row.due in (None, row.at)))
        and (row.error is None or row.status != EffectStatus.DONE)
        and (row.error is not None or row.status != EffectStatus.FAILED)
    )


UNREADABLE = Text("办件或其记录无法读取（{why}）", "the case or its record cannot be read ({why})")
DATES = Text(
    "办件所在步骤、待办或期限与其记录不一致",
    "where the case stands, for whom and until when is not what its record says",
)
LISTED = Text(
    "待办清单中该办件的行有增减或改动", "the rows of the case in the work list are not what they should be"
)
UNSENT = Text("该条记录的第 {n} 项发出事项不见了", "effect {n} of the entry is gone")
SENT = Text("该条记录的第 {n} 项发出事项已被改动", "effect {n} of the entry was changed")
EMPTIED = Text(
    "该条记录的第 {n} 项发出事项的文字和数据已被清空，而没有删除个人信息的记录：已被改动，或由旧版程序清空",
    "text and data of effect {n} of the entry are gone, and no entry says that they were erased: it was"
    " changed, or emptied by an earlier version of this program",
)
LEFT = Text(
    "该条记录的第 {n} 项发出事项在删除个人信息后仍有文字和数据：已被改动，或旧版程序没有清空。"
    "再次删除该办件的个人信息即予清空",
    "effect {n} of the entry has text or data though personal data was erased since: it was changed, or an"
    " earlier version of this program did not empty it. Erase the personal data of the case again to do so",
)
UNASKED = Text("第 {n} 项发出事项不是该条记录引起的", "effect {n} does not follow from the entry")
WAITS = Text(
    "办件等候的消息与其状态不一致", "the messages that the case waits for are not those of its state"
)
NOBODY = Text("有属于不存在的办件的行", "there are rows of a case that is not there")
MESSAGE = Text("留存的消息“{id}”有改动", "the message “{id}” that is kept was changed")
NOT_HELD = Text(
    "该条记录所称留存的消息“{id}”不见了，记录中也没有收下或未能收下的记载",
    "the message “{id}” that the entry says is held is gone, and nothing says that it was taken or dropped",
)
NOT_SAID = Text(
    "为办件留存的消息“{id}”在其记录中没有记载：是后来添加的，或由不作此记载的旧版程序留存",
    "the message “{id}” is held for the case, and its record does not say so: it was added, or held by an"
    " earlier version of this program, which did not record it",
)
NOT_KEPT = Text(
    "该条记录的第 {n} 项发出的消息应当留存而不见了",
    "the message of effect {n} of the entry should be kept, and is gone",
)
