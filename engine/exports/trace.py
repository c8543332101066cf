"""One case as the exports read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from jianban.engine.entries import Entry, Row, entry_of
from jianban.engine.plan import Plan
from jianban.engine.state import Record, RecordKind
from jianban.engine.store.store import Stored
from jianban.workflows.texts import Text

UNSEEN = frozenset({RecordKind.ROUTED, RecordKind.BRANCHED, RecordKind.JOINED, RecordKind.RETURNED})
"""What a case does by itself between two happenings: in no event log, in every full export."""
NAMES: dict[RecordKind, Text] = {
    RecordKind.OPENED: Text("开始办理", "Opened"),
    RecordKind.CANCELLED: Text("不再办理", "Cancelled"),
    RecordKind.SUSPENDED: Text("中止", "Suspended"),
    RecordKind.RESUMED: Text("恢复办理", "Resumed"),
    RecordKind.WITHDRAWN: Text("撤回", "Withdrawn"),
    RecordKind.EXTENDED: Text("延长期限", "Extended"),
    RecordKind.WARNED: Text("临期提醒", "Deadline near"),
    RecordKind.OVERDUE: Text("逾期", "Overdue"),
    RecordKind.ESCALATED: Text("逾期上报", "Escalated"),
    RecordKind.RECALENDARED: Text("工作日调整", "Calendar changed"),
    RecordKind.ENDED: Text("办结", "Ended"),
}
"""What the happenings are called that are not a step's exit."""


class Happening(NamedTuple):
    """A record with its place in the case's entries."""

    seq: int
    """Of its entry."""
    number: int
    """Within its entry, from 1."""
    record: Record

    @property
    def id(self) -> str:
        return f"{self.seq}.{self.number}"


@dataclass(frozen=True)
class Trace:
    case: Stored
    plan: Plan
    rows: Sequence[Row]
    """All its entries in order."""

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry_of(self.plan, row) for row in self.rows)

    def happenings(self) -> Iterator[Happening]:
        for entry in self.entries:
            for number, record in enumerate(entry.records, 1):
                yield Happening(entry.seq, number, record)

    def activity(self, record: Record) -> Text:
        """What happened: the step for a step's exit, else the kind of happening."""
        if record.kind in (RecordKind.FIRED, RecordKind.TIMED):
            return self.step(record.node)
        return NAMES.get(record.kind) or Text(record.kind.value, record.kind.value)

    def step(self, node: str) -> Text:
        """The title of a node; empty for what concerns the whole case."""
        known = self.plan.nodes.get(node)
        return known.node.title if known is not None else Text("", "")

    def exit(self, record: Record) -> Text:
        """What an exit is called."""
        known = self.plan.nodes.get(record.node)
        arcs = known.exits.get(record.event) or known.timed.get(record.event) if known is not None else None
        return arcs[0].arc.title if arcs else Text(record.event, record.event)

    def data(self, record: Record) -> dict[str, object]:
        """The data that came with a record, by name."""
        return {n: v for n, v in zip(self.plan.fields, record.data, strict=False) if v is not None}
