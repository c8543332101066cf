"""A stored case as it was when it was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from jianban.engine import offers
from jianban.engine.access import Actor
from jianban.engine.codec import instant
from jianban.engine.entries import Entry
from jianban.engine.offers import Offer, Timer
from jianban.engine.planning import plan_of
from jianban.engine.state import CaseState, Record, Token, Value
from jianban.engine.store.store import Status, Stored
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.model import End


class StoredCase:
    """It does not change: read the case again to see what happened since. Its history is read when asked."""

    __slots__ = ("_calendar", "_entries", "_now", "_stored", "flow", "state")

    def __init__(
        self,
        stored: Stored,
        flow: Flow,
        state: CaseState,
        *,
        calendar: WorkCalendar,
        now: Callable[[datetime | None], datetime],
        entries: Callable[[str], Iterator[Entry]],
    ) -> None:
        self._stored = stored
        self.flow = flow
        self.state = state
        self._calendar = calendar
        self._now = now
        self._entries = entries

    @property
    def id(self) -> str:
        return self._stored.id

    @property
    def process(self) -> str:
        """`id@version`."""
        return self._stored.process

    @property
    def definition(self) -> str:
        """The hash of its definition."""
        return self._stored.definition

    @property
    def business_key(self) -> str | None:
        return self._stored.business_key

    @property
    def subject(self) -> str | None:
        return self._stored.subject

    @property
    def status(self) -> Status:
        return Status(self._stored.status)

    @property
    def seq(self) -> int:
        """How many entries its record has: its version."""
        return self._stored.seq

    @property
    def opened_at(self) -> datetime:
        return instant(self._stored.opened_at)

    @property
    def at(self) -> datetime:
        """When something last happened."""
        return instant(self._stored.at)

    @property
    def next_due(self) -> datetime | None:
        """When something will happen by itself."""
        return instant(self._stored.due) if self._stored.due is not None else None

    @property
    def data(self) -> dict[str, Value]:
        """The facts that have a value."""
        return self._named(self.state.data)

    @property
    def steps(self) -> tuple[Token, ...]:
        """The tokens that rest at steps."""
        nodes = plan_of(self.flow).nodes
        return tuple(t for t in self.state.tokens if nodes[t.node].kind is NodeKind.STEP)

    @property
    def suspended(self) -> bool:
        return self.state.memory.suspension is not None

    @property
    def end(self) -> End | None:
        """The end the case has reached, with its outcome."""
        return plan_of(self.flow).nodes[self.state.tokens[0].node].node.end

    @property
    def entries(self) -> Iterator[Entry]:
        """Its record up to here."""
        for entry in self._entries(self.id):
            if entry.seq > self.seq:
                return
            yield entry

    @property
    def history(self) -> tuple[Record, ...]:
        return tuple(record for entry in self.entries for record in entry.records)

    def brought(self, record: Record) -> Mapping[str, Value]:
        """The data that came with a record, by the names of the definition it was made under."""
        return next((entry.brought(record) for entry in self.entries if record in entry.records), {})

    def offers(
        self, *, actor: Actor | None = None, others: bool = False, now: datetime | None = None
    ) -> tuple[Offer, ...]:
        """What may happen next, for an actor or for all; refused offers say why.

        Args:
            others: what the actor's roles do not allow too, refused for that reason.
        """
        plan = plan_of(self.flow)
        return tuple(offers.offers(plan, self._calendar, self.state, self._now(now), actor, others))

    def timers(self) -> tuple[Timer, ...]:
        """What will happen by itself, soonest first."""
        found = offers.timers(plan_of(self.flow), self._calendar, self.state)
        return tuple(sorted(found, key=lambda timer: timer.due))

    def _named(self, values: tuple[Value, ...]) -> dict[str, Value]:
        fields = plan_of(self.flow).fields
        return {n: v for n, v in zip(fields, values, strict=False) if v is not None}
