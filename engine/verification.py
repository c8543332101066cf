"""Whether the record of a case is what it was: chain, seals, definitions and state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select

from jianban.engine.codec import microseconds, state_bytes
from jianban.engine.consequences import NONSENSE, UNREADABLE, Consequences
from jianban.engine.entries import Entry, Row, entry_of, first_link, link
from jianban.engine.library import Library
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.seals import Personal, seal, seals, values_of
from jianban.engine.shell import LATER, next_due
from jianban.engine.state import CaseState
from jianban.engine.store import tables
from jianban.engine.store.store import Status, Store, Stored, StoreError
from jianban.engine.tracing import after_each
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.texts import Text

BEFORE_ALL = -(2**31)
"""Below every number that an entry can be given."""


class Broken(NamedTuple):
    """The first place where a case's record is not what it was."""

    case: str
    seq: int
    """The entry; 0 for what concerns the case as a whole."""
    text: Text


class Verifier:
    """Verifies cases one after another; each definition once."""

    def __init__(
        self,
        store: Store,
        library: Library,
        calendar: Callable[[str], WorkCalendar | None],
        now: Callable[[], datetime],
    ) -> None:
        """
        Args:
            calendar: the one of a revision.
        """
        self.store = store
        self.library = library
        self.calendar = calendar
        self.now = now
        self._plans: dict[str, Plan | StoreError] = {}
        self._consequences = Consequences(store, calendar, now)

    def case(self, id: str) -> Broken | None:
        """The first place where the record of a case is not what it was. The case may go on meanwhile."""
        case = self.store.case(id)
        while case is not None:
            try:
                broken = self._case(case)
            except NONSENSE as error:
                broken = Broken(id, 0, UNREADABLE.format(why=error))
            again = self.store.case(id)
            if broken is None or again == case:
                return broken
            case = again
        return Broken(id, 0, GONE)

    def strays(self) -> Iterator[Broken]:
        """Rows of cases that are not there, and of the work list and messages of which their case does not
        know."""
        for table in (tables.entries, tables.personal, tables.effects):
            query = select(table.c.case_id).distinct().order_by(table.c.case_id)
            with self.store.reading() as connection:
                found = connection.execute(query.where(~exists().where(tables.cases.c.id == table.c.case_id)))
                yield from [Broken(id, 0, GONE) for (id,) in found]
        yield from map(Broken._make, self._consequences.strays())

    def _case(self, case: Stored) -> Broken | None:
        rows = list(self.store.entries(case.id, BEFORE_ALL))
        broken = broken_link(case.id, rows, case.seq, case.head)
        if broken is not None:
            return broken
        bodies = [json.loads(row.body) for row in rows]
        plans: list[Plan] = []
        for row, body in zip(rows, bodies, strict=True):
            plan = self._plan(body.get("definition"))
            if isinstance(plan, StoreError):
                return Broken(case.id, row.seq, plan.text)
            plans.append(plan)
        personal = self.store.personal(case.id)
        broken = _sealed(case.id, plans, bodies, personal)
        if broken is not None:
            return broken
        values = values_of(personal)
        try:
            entries = [entry_of(plan, row, values) for plan, row in zip(plans, rows, strict=True)]
            state, led = after_each(plans, entries, self.calendar)
        except ValueError as error:
            return Broken(case.id, case.seq, REPLAY.format(why=error))
        broken = self._kept(case, plans[-1], entries, state)
        if broken is not None:
            return broken
        fault = self._consequences.case(case, plans, entries, led, state)
        return Broken(*fault) if fault is not None else None

    def _kept(self, case: Stored, plan: Plan, entries: Sequence[Entry], state: CaseState) -> Broken | None:
        """Whether the row of a case says what its entries lead to."""
        first, last = entries[0], entries[-1]
        end = plan.nodes[state.tokens[0].node].node.end
        status = Status.OPEN if state.memory.suspension is None else Status.SUSPENDED
        said = (
            (first.key, first.business_key, first.subject, microseconds(first.at)),
            (last.definition, plan.flow.process.key, microseconds(last.at)),
            (Status.ENDED if end is not None else status, end.id if end is not None else None),
        )
        kept = (
            (case.start_key, case.business_key, case.subject, case.opened_at),
            (case.definition, case.process, case.at),
            (case.status, case.end),
        )
        if said != kept or state_bytes(state)[0] != case.state:
            return Broken(case.id, case.seq, STATE)
        now = self.now()
        due = next_due(state, now)
        if due is not None and (case.due is None or case.due > max(due, microseconds(now + LATER))):
            return Broken(case.id, case.seq, DUE)
        return None

    def _plan(self, definition: Any) -> Plan | StoreError:
        """The plan of a definition as it is kept, which may be other than what is remembered of it."""
        if definition not in self._plans:
            try:
                kept = self.library.check(str(definition))
                plan = plan_of(self.library.by_hash(kept.hash))
                process = plan.flow.process
                if (kept.process, kept.version) != (process.id, process.version):
                    raise StoreError(NAMED.format(hash=kept.hash))
                self._plans[definition] = plan
            except StoreError as error:
                self._plans[definition] = error
        return self._plans[definition]


def broken_link(case: str, rows: Iterable[Row], seq: int, head: bytes) -> Broken | None:
    """The first entry that does not follow from the one before it.

    Args:
        rows: all entries of the case in order of their numbers.
        seq, head: the number and hash of the last entry, as the case remembers them.
    """
    before = b""
    expected = 1
    for row in rows:
        if row.seq != expected:
            return Broken(case, expected, MISSING.format(seq=expected))
        said = _said(row)
        if expected == 1 and said is not None:
            before = first_link(str(said.get("definition")))
        if not isinstance(row.body, bytes) or link(before, row.body) != row.hash:
            return Broken(case, expected, CHANGED.format(seq=expected))
        if said is None:
            return Broken(case, expected, COLUMNS.format(seq=expected))
        before, expected = row.hash, expected + 1
    if expected - 1 < seq:
        return Broken(case, expected, MISSING.format(seq=expected))
    if expected - 1 > seq:
        return Broken(case, seq + 1, ADDED.format(seq=seq + 1))
    if seq < 1:
        return Broken(case, 1, MISSING.format(seq=1))
    if before != head:
        return Broken(case, seq, CHANGED.format(seq=seq))
    return None


def _said(row: Row) -> dict[str, Any] | None:
    """The body of a row, if its columns say what it says."""
    try:
        plain = json.loads(row.body)
        said = (plain["case"], plain["seq"], plain.get("key"), plain["at"], plain.get("actor"), plain["kind"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return plain if said == row[:6] else None


def _sealed(
    case: str, plans: Sequence[Plan], bodies: Sequence[dict[str, Any]], personal: Iterable[Personal]
) -> Broken | None:
    """The first entry whose personal data is neither what it seals nor erased."""
    erased = {ref for body in bodies for ref in body.get("erased", ())}
    rows = {row.ref: row for row in personal}
    for plan, body in zip(plans, bodies, strict=True):
        seq = body["seq"]
        for ref, _holder, _name, sealed in seals(seq, body["records"]) if plan.personal else ():
            row = rows.pop(ref, None)
            if row is None and ref not in erased:
                return Broken(case, seq, LOST.format(ref=ref))
            owner = body["records"][int(ref.split("/")[1]) - 1].get("actor") or ""
            kept = None if row is None else (row.owner, seal(row.salt, row.value))
            if row is not None and (ref in erased or kept != (owner, sealed)):
                return Broken(case, seq, ALTERED.format(ref=ref))
    for ref in rows:
        return Broken(case, 0, ALTERED.format(ref=ref))
    return None


NAMED = Text(
    "流程定义 {hash} 的名称列与其内容不一致，已被改动",
    "the columns of the definition {hash} do not say what it says: they were changed",
)
GONE = Text("办件已不存在", "the case is no more")
MISSING = Text("第 {seq} 条记录缺失或次序被改动", "entry {seq} is missing or out of its place")
CHANGED = Text(
    "第 {seq} 条记录的内容与其校验值不符，已被改动", "entry {seq} does not match its hash: it was changed"
)
COLUMNS = Text(
    "第 {seq} 条记录的索引列与其正文不一致，已被改动",
    "the columns of entry {seq} do not say what its body says: they were changed",
)
ADDED = Text("第 {seq} 条记录是后来添加的", "entry {seq} was added from outside")
LOST = Text("个人信息 {ref} 未经删除手续而缺失", "the personal data {ref} is gone without having been erased")
ALTERED = Text(
    "个人信息 {ref} 与记录中的封存值不符，已被改动",
    "the personal data {ref} is not what the record seals: it was changed",
)
REPLAY = Text(
    "按记录重演得不到现有状态（{why}）", "its entries do not lead to its state when replayed ({why})"
)
STATE = Text("办件状态与其记录不一致，已被改动", "the state of the case is not what its entries lead to")
DUE = Text("办件的下次唤醒时间与其状态不一致", "when the case is to be woken is not what its state says")
