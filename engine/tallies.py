"""What is counted of an office (督查考核): steps and limits kept, silence, corrections, escalations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from jianban.engine.deadlines import DeadlineKind, deadlines
from jianban.engine.plan import Plan
from jianban.engine.recollection import arc_of
from jianban.engine.state import CaseState, Record, RecordKind
from jianban.engine.worklist import binds
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.language.terms import Agency, ExpiryKind, Limit, PartyKind, Role
from jianban.workflows.texts import Text

CORRECTION = "correct"
"""The kind of step by which the applicant mends an application (补正)."""
UNASSESSED = (PartyKind.APPLICANT, PartyKind.PUBLIC)
TELLING = frozenset({RecordKind.FIRED, RecordKind.TIMED, RecordKind.ESCALATED})


@dataclass(slots=True)
class Tally:
    """What is counted of one office."""

    title: Text
    cases: int = 0
    """In which it finished a step, silence decided for it, or a limit of its was escalated."""
    steps: int = 0
    """That its people finished."""
    limited: int = 0
    """Of these, under a limit: by law, or by promise where the law sets none; the step's own, else that of
    the stage or process that ends first."""
    late: int = 0
    """Of these, after its last day."""
    promised: int = 0
    """Under a promise of the step's own."""
    broken: int = 0
    """Of these, after its last day."""
    measured: int = 0
    """Under a limit of their own, by law or else by promise."""
    used: Fraction = field(default_factory=Fraction)
    """The sum of the shares of these limits that were used: days used to days used and left."""
    deemed: int = 0
    """Steps that silence decided (视为同意)."""
    corrections: int = 0
    """Notices that asked for corrections."""
    corrected: int = 0
    """Cases with such a notice."""
    repeated: int = 0
    """Of these, with one that was not the first of this office in the case."""
    escalations: int = 0
    escalated: int = 0
    """Cases with an escalation."""
    open: int = 0
    """Open cases, suspended ones too, in which it has something to do now."""
    yellow: int = 0
    """Open cases in which the worst light of what is its own is yellow now."""
    red: int = 0

    @property
    def mean_use(self) -> Fraction | None:
        """The mean share of a limit that a step used; above 1 where they were late. None without any."""
        return self.used / self.measured if self.measured else None

    def rates(self) -> dict[str, Fraction]:
        """What is taken off for, from 0 to 1; 0 where there is nothing to go by."""

        def rate(part: int, of: int) -> Fraction:
            return Fraction(part, of) if of else Fraction(0)

        lit = max(self.open, self.red + self.yellow)
        return {
            "late": rate(self.late, self.limited),
            "promise": rate(self.broken, self.promised),
            "deemed": rate(self.deemed, self.limited + self.deemed),
            "repeated": rate(self.repeated, self.corrected),
            "escalated": rate(self.escalated, self.cases),
            "red": rate(self.red, lit),
            "yellow": rate(self.yellow, lit),
        }


Whose: TypeAlias = Callable[[Plan, Sequence[Role], Agency | None], tuple[str, Text] | None]
"""Whom something belongs to: by those who do it, and the agency that leads it if one does."""


class Happened:
    """What happened in one case, for whom."""

    def __init__(self, tallies: dict[str, Tally], whose: Whose, since: date, until: date) -> None:
        self.tallies = tallies
        self.whose = whose
        self.since = since
        self.until = until
        self.happened: list[tuple[Plan, WorkCalendar, CaseState, Record]] = []

    def seen(self, plan: Plan, calendar: WorkCalendar, state: CaseState, record: Record) -> None:
        if record.kind in TELLING:
            self.happened.append((plan, calendar, state, record))

    def forget(self) -> None:
        self.happened.clear()

    def add(self) -> None:
        """Count all of it."""
        notices: dict[str, int] = {}
        touched: set[str] = set()
        repeated: set[str] = set()
        corrected: set[str] = set()
        escalated: set[str] = set()
        for plan, calendar, state, record in self.happened:
            node = plan.nodes[record.node]
            step = node.node.step
            whole = plan.wholes.get(record.event) if record.kind is RecordKind.ESCALATED else None
            lead = whole.lead if whole is not None else None
            owner = self.whose(plan, step.by, lead) if step is not None else None
            if step is None or owner is None or record.at.date() > self.until:
                continue
            id, within = owner[0], record.at.date() >= self.since
            notice = _is_notice(plan, record)
            if notice:
                notices[id] = notices.get(id, 0) + 1
            if not within:
                continue
            if record.kind is RecordKind.ESCALATED:
                tally_of(self.tallies, owner).escalations += 1
                escalated.add(id)
            elif record.kind is RecordKind.FIRED and arc_of(plan, record).own:
                _add_step(tally_of(self.tallies, owner), plan, calendar, state, record)
            elif record.kind is RecordKind.TIMED and _deemed(step.limit, record.event):
                tally_of(self.tallies, owner).deemed += 1
            elif not notice:
                continue
            touched.add(id)
            if notice:
                tally_of(self.tallies, owner).corrections += 1
                corrected.add(id)
                if notices[id] > 1:
                    repeated.add(id)
        for id in touched:
            self.tallies[id].cases += 1
        for id in corrected:
            self.tallies[id].corrected += 1
        for id in repeated:
            self.tallies[id].repeated += 1
        for id in escalated:
            self.tallies[id].escalated += 1


def _add_step(tally: Tally, plan: Plan, calendar: WorkCalendar, state: CaseState, record: Record) -> None:
    """Count a step that was finished, with the limits that it stood under."""
    tally.steps += 1
    node = plan.nodes[record.node]
    token = next(t for t in state.tokens if (t.node, t.instances) == (record.node, record.instances))
    found = [d for d in deadlines(plan, calendar, state, record.at) if binds(d, node, token)]
    legal = [d for d in found if d.kind is DeadlineKind.STATUTORY]
    promises = [d for d in found if d.kind is DeadlineKind.PROMISED]
    own = next((d for d in (*legal, *promises) if d.whole is None), None)
    promise = next((d for d in promises if d.whole is None), None)
    limit = own or min(legal or promises, key=lambda d: d.last, default=None)
    today = record.at.date()
    if limit is not None:
        tally.limited += 1
        tally.late += today > limit.last
    if promise is not None:
        tally.promised += 1
        tally.broken += today > promise.last
    if own is not None:
        tally.measured += 1
        tally.used += Fraction(own.used, max(own.used + own.left, 1))


def _is_notice(plan: Plan, record: Record) -> bool:
    """Whether an office asked for corrections."""
    target = plan.nodes.get(record.target)
    step = target.node.step if target is not None else None
    return record.kind is RecordKind.FIRED and step is not None and step.kind.id == CORRECTION


def _deemed(limit: Limit | None, event: str) -> bool:
    expiry = limit.expiry if limit is not None else None
    return expiry is not None and expiry.kind is ExpiryKind.DEEM and expiry.event == event


def tally_of(tallies: dict[str, Tally], owner: tuple[str, Text]) -> Tally:
    """The tally of an office, called by the first of its titles."""
    id, title = owner
    tally = tallies.setdefault(id, Tally(title))
    tally.title = min(tally.title, title, key=lambda t: (t.zh, t.en))
    return tally


def _agency(plan: Plan, roles: Sequence[Role], lead: Agency | None) -> tuple[str, Text] | None:
    agency = lead or (roles[0].agency if roles else None)
    return (agency.id, agency.title) if agency is not None and agency.kind not in UNASSESSED else None


def _role(plan: Plan, roles: Sequence[Role], lead: Agency | None) -> tuple[str, Text] | None:
    role = roles[0] if roles else None
    return (role.id, role.title) if role is not None and role.agency.kind not in UNASSESSED else None


def _process(plan: Plan, roles: Sequence[Role], lead: Agency | None) -> tuple[str, Text] | None:
    process = plan.flow.process
    return (process.id, process.title) if _agency(plan, roles, lead) is not None else None


WHOSE: Mapping[str, Whose] = {"agency": _agency, "role": _role, "process": _process}
