"""Refusals: an event that may not happen, the rule that refuses it, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from jianban.engine.refusal_texts import TEXTS
from jianban.engine.state import Instance, Memory
from jianban.workflows.flow import Arc
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.expressions import EvaluationFault
from jianban.workflows.language.terms import NO_BASIS, Basis, DataField, Guard
from jianban.workflows.texts import Text

NOTHING = Text("", "")
NO_FIELDS: Mapping[str, DataField] = {}


class Rule(StrEnum):
    """The kinds of rule that refuse."""

    ELIGIBILITY = "eligibility"
    GUARD = "guard"
    ROLE = "role"
    SEPARATION = "separation"
    ASSIGNED = "assigned"
    """The role belongs to another person in this case."""
    RESPONSIBLE = "responsible"
    """The work stays with who received the case first."""
    DELEGATION = "delegation"
    """The delegation does not cover it."""
    MESSAGE = "message"
    """Only a message causes it, or the message is not for this case."""
    WAIT = "wait"
    TIMER = "timer"
    COUNT = "count"
    DATA = "data"
    REASON = "reason"
    PLACE = "place"
    """The case does not stand where this can happen."""
    AMBIGUOUS = "ambiguous"
    SUSPENDED = "suspended"
    EXCEPTED = "excepted"
    """A withdrawal or suspension that is not allowed during this step."""
    EXTENSION = "extension"
    ENDED = "ended"
    MIGRATION = "migration"
    """The case cannot be carried over to another definition as it is."""
    TIME = "time"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Falsy, so that `if case.fire(…):` reads well."""

    code: Rule
    rule: str
    """The id of what carries the rule: an arc, a step, a data field or an event."""
    text: Text
    remedy: Text
    basis: Basis = NO_BASIS
    until: date | None = None
    """For waits: the last day of the wait."""
    missing: tuple[str, ...] = ()
    """The data fields that were needed and have no value."""
    by: tuple[str, ...] = ()
    """The roles that may do it, where the actor has none of them."""
    others: tuple[Refusal, ...] = ()
    """Further rules that refuse the same."""

    def __bool__(self) -> Literal[False]:
        return False


class Refused(JianbanError):
    """A refusal where an answer was needed, e.g. when a case cannot be opened; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        every = (refusal, *refusal.others)
        super().__init__(
            Text(
                "；".join(f"{r.text.zh}。{r.remedy.zh}" for r in every),
                "; ".join(f"{r.text.en}. {r.remedy.en}" for r in every),
            )
        )


def refuse(code: Rule, which: str, rule: str, *, basis: Basis = NO_BASIS, **values: Any) -> Refusal:
    """The refusal whose texts stand under `which` in the table, filled with the values.

    `until`, `missing` and `by`, when given, are also kept in the refusal.
    """
    text, remedy = TEXTS[which]
    return Refusal(
        code=code,
        rule=rule,
        text=text.format(**values),
        remedy=remedy.format(**values),
        basis=basis,
        until=values.get("until"),
        missing=tuple(values.get("missing", ())),
        by=tuple(values.get("by", ())),
    )


def guard_refusal(guard: Guard, rule: str, title: Text, failing: tuple[Guard, ...] = ()) -> Refusal:
    """The refusal of a condition that does not hold, in its own words when it has any.

    `failing` are the parts of it that do not hold, where it has parts: each is told.
    """
    if failing:
        first, *rest = (guard_refusal(part, rule, title) for part in failing)
        return replace(first, others=tuple(rest))
    if guard.refusal is not None:
        return refuse(Rule.GUARD, "guard_said", rule, basis=guard.basis, title=title, said=guard.refusal)
    return refuse(Rule.GUARD, "guard", rule, basis=guard.basis, title=title, condition=guard.expression)


def fault_refusal(
    fault: EvaluationFault,
    rule: str,
    title: Text,
    basis: Basis,
    fields: Mapping[str, DataField] = NO_FIELDS,
) -> Refusal:
    """The refusal of a condition that could not be decided, mostly because data is missing.

    Args:
        fields: by id, to name what is missing by its title.
    """
    if not fault.missing:
        return refuse(Rule.GUARD, "fault", rule, basis=basis, title=title, fault=fault.text)
    names = field_titles(fault.missing, fields)
    return refuse(Rule.DATA, "missing", rule, basis=basis, title=title, names=names, missing=fault.missing)


def field_titles(names: Sequence[str], fields: Mapping[str, DataField]) -> Text:
    return listed(fields[name].title if name in fields else Text(name, name) for name in names)


def listed(texts: Iterable[Text], none: Text = NOTHING) -> Text:
    """Texts one after another, as each language lists them; `none` where there are none."""
    found = list(texts)
    if not found:
        return none
    return Text("、".join(t.zh for t in found), ", ".join(t.en for t in found))


def times_taken(arc: Arc, instances: tuple[Instance, ...], memory: Memory) -> int:
    """How often a counted arc was taken; one that stays inside a list block, for this item."""
    return next((times for id_, of, times in memory.counts if (id_, of) == (arc.id, instances)), 0)


def count_refusal(arc: Arc, instances: tuple[Instance, ...], memory: Memory) -> Refusal | None:
    """Why a counted arc may not be taken once more."""
    if arc.max is None or times_taken(arc, instances, memory) < arc.max:
        return None
    return refuse(Rule.COUNT, "count", arc.id, basis=arc.basis, title=arc.title, max=arc.max)
