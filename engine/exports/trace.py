"""One case as the exports read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jianban.engine.entries import Row, entry_of
from jianban.engine.exports.pseudonyms import Pseudonyms
from jianban.engine.library import Library
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.seals import values_of
from jianban.engine.state import Record, RecordKind
from jianban.engine.store.store import Store, Stored
from jianban.workflows.texts import Text

UNSEEN = frozenset({RecordKind.ROUTED, RecordKind.BRANCHED, RecordKind.JOINED, RecordKind.RETURNED})
"""What a case does by itself between two happenings: in no event log, in every full export."""
MOVED = frozenset({RecordKind.FIRED, RecordKind.TIMED, RecordKind.RECEIVED})
"""What is called by its step."""
NAMES: dict[RecordKind, Text] = {
    RecordKind.OPENED: Text("开始办理", "Opened"),
    RecordKind.ASSIGNED: Text("指定经办人", "Assigned"),
    RecordKind.HANDED_OVER: Text("移交", "Handed over"),
    RecordKind.CANCELLED: Text("不再办理", "Cancelled"),
    RecordKind.SUSPENDED: Text("中止", "Suspended"),
    RecordKind.RESUMED: Text("恢复办理", "Resumed"),
    RecordKind.WITHDRAWN: Text("撤回", "Withdrawn"),
    RecordKind.EXTENDED: Text("延长期限", "Extended"),
    RecordKind.WARNED: Text("临期提醒", "Deadline near"),
    RecordKind.OVERDUE: Text("逾期", "Overdue"),
    RecordKind.ESCALATED: Text("逾期上报", "Escalated"),
    RecordKind.RECALENDARED: Text("工作日调整", "Calendar changed"),
    RecordKind.MIGRATED: Text("转入其他流程版本", "Migrated"),
    RecordKind.HELD: Text("留存消息", "Message held"),
    RecordKind.DROPPED: Text("留存的消息未能收下", "Held message dropped"),
    RecordKind.ERASED: Text("删除个人信息", "Personal data erased"),
    RecordKind.ENDED: Text("办结", "Ended"),
}
"""What the happenings are called that are not a step's exit."""


class Happening(NamedTuple):
    """A record with its place in the case's entries."""

    seq: int
    """Of its entry."""
    number: int
    """Within its entry, from 1."""
    plan: Plan
    """That it happened under."""
    record: Record

    @property
    def id(self) -> str:
        return f"{self.seq}.{self.number}"

    @property
    def activity(self) -> Text:
        """What happened: the step for a step's exit, else the kind of happening."""
        kind = self.record.kind
        return self.step if kind in MOVED else NAMES.get(kind) or Text(kind.value, kind.value)

    @property
    def step(self) -> Text:
        """The title of its node; empty for what concerns the whole case."""
        return title(self.plan, self.record.node)

    @property
    def exit(self) -> Text:
        """What its exit is called; empty where there is none."""
        event = self.record.event
        node = self.plan.nodes.get(self.record.node)
        if event and node is not None:
            received = [a for several in node.received.values() for a in several if a.arc.event == event]
            arcs = node.exits.get(event) or node.timed.get(event) or received
            if arcs:
                return arcs[0].arc.title
        anywhere = self.plan.anywhere.get(event)
        return anywhere.anywhere.title if anywhere is not None else Text(event, event)

    @property
    def data(self) -> dict[str, object]:
        """The data that came with it, by name."""
        return {n: v for n, v in zip(self.plan.fields, self.record.data, strict=False) if v is not None}

    @property
    def items(self) -> str:
        """The items of lists that it concerns."""
        return " ".join(i.label for i in self.record.instances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    case: Stored
    rows: Sequence[Row]
    """All its entries in order; without their hashes where people have pseudonyms."""
    plans: Mapping[str, Plan]
    """Of the definitions that its entries were made under, by their hash."""
    personal: Mapping[str, Any]
    """Personal data to be shown, by its refs."""

    @property
    def end(self) -> Text | None:
        """The end that was reached."""
        return title(self.plans[self.case.definition], self.case.end) if self.case.end else None

    def happenings(self) -> Iterator[Happening]:
        for row in self.rows:
            plan = self.plans[json.loads(row.body)["definition"]]
            for number, record in enumerate(entry_of(plan, row, self.personal).records, 1):
                yield Happening(row.seq, number, plan, record)


def traces(
    store: Store,
    library: Library,
    ids: Iterable[str],
    personal: bool,
    pseudonyms: Pseudonyms | None = None,
) -> Iterator[Trace]:
    """Cases one after another; those that are not there are left out."""
    for id in ids:
        case = store.case(id)
        if case is None:
            continue
        rows = [row for row in store.entries(id) if row.seq <= case.seq]
        under = [json.loads(row.body)["definition"] for row in rows]
        plans = {h: plan_of(library.by_hash(h)) for h in {*under, case.definition}}
        if pseudonyms is not None:
            keys = (plans[h].flow.process.business_key for h in under)
            case, rows = pseudonyms.case(case), list(map(pseudonyms.row, rows, keys))
        yield Trace(
            case=case,
            rows=rows,
            plans=plans,
            personal=values_of(store.personal(id)) if personal else {},
        )


def title(plan: Plan, node: str) -> Text:
    known = plan.nodes.get(node)
    return known.node.title if known is not None else Text("", "")
