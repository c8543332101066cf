"""Carrying a running case over to another definition, and back.

Nodes are found again by what the migration is told, else by their id, else by `replaces`. A token keeps
since when it stands where it stands, so that its days run on; what has begun is not begun again: steps
before it and branches of a block that is open are not opened later. What the new definition must remember
and the old one did not have to (who did a step, when a stage began) is taken from what has happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from jianban.engine.access import Actor
from jianban.engine.carrying import Carrying, Migrating
from jianban.engine.fitting import (
    ENDED,
    ENDED_REMEDY,
    REACHABLE,
    UNDO,
    Carried,
    Fit,
    Former,
    Problem,
    Told,
    Unfit,
    unfit,
)
from jianban.engine.matching import matching
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState, Decision, Record, placed
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text


def checked_mapping(old: Plan, new: Plan, mapping: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The mapping as a record keeps it, in order.

    Raises:
        JianbanError: it names what is not there, or leads to an end.
    """
    targets = [id_ for id_, node in new.nodes.items() if node.kind in REACHABLE]
    for name, target in mapping.items():
        if name not in old.nodes:
            raise JianbanError(_unknown(NO_SOURCE, name, list(old.nodes)))
        if target and target not in targets:
            raise JianbanError(_unknown(NO_TARGET, target, targets))
    return tuple(sorted((name, target or "") for name, target in mapping.items()))


def migrate(
    old: Plan,
    new: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    told: Told,
    past: Sequence[Record] = (),
    former: Former | None = None,
) -> Carried | Unfit:
    """Carry a case over, with nothing due before it.

    Args:
        past: what has happened, in the ids of the old plan.
        former: when this undoes a migration, what it was.
    """
    if old.nodes[state.tokens[0].node].kind is NodeKind.END:
        return unfit([Problem(Fit.CANNOT, "", ENDED, ENDED_REMEDY)])
    return Carrying(old, new, calendar, state, told, past, former).carried()


def undo(
    old: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    told: Told,
    past: Sequence[Record],
    former: Former,
) -> Carried | Unfit:
    """Carry a case back to the definition before its last migration.

    When nothing has happened since, it is as it was. Else it is carried over in the other direction, with
    what the migration had left out.
    """
    told = told._replace(mapping=backwards(old, former))
    if state._replace(at=former.after.at) == former.after:
        moves = Migrating(former.plan, calendar, former.before, told, old.flow.hash, UNDO)
        back = dict(told.mapping)
        moved = ((t.place, placed(back[t.node], t.instances)) for t in state.tokens if t.node in back)
        return Carried(moves.decision(), tuple(moved), (), ())
    return migrate(old, former.plan, calendar, state, told, past, former)


def backwards(old: Plan, former: Former) -> tuple[tuple[str, str], ...]:
    """The mapping that leads back from where a migration led: what it moved, to where that stood."""
    back: dict[str, set[str]] = {}
    for source, target in matching(former.plan, old, former.mapping).items():
        if target and target != source:
            back.setdefault(target, set()).add(source)
    stood = {token.node for token in former.before.tokens}
    pairs = {t: s & stood if len(s) > 1 else s for t, s in back.items()}
    return tuple(sorted((t, next(iter(s))) for t, s in pairs.items() if len(s) == 1))


def again(
    old: Plan,
    new: Plan,
    calendar: WorkCalendar,
    state: CaseState,
    record: Record,
    past: Sequence[Record],
    former: Former | None,
) -> Decision:
    """What a record of a migration leads to, when a history is replayed.

    Raises:
        ValueError: it does not follow.
    """
    told = Told(_actor(record), record.at, record.reason, record.mapping)
    if former is not None:
        carried = undo(old, calendar, state, told, past, former)
    else:
        carried = migrate(old, new, calendar, state, told, past)
    if isinstance(carried, Unfit):
        raise ValueError(carried.text.en)
    records = carried.decision.records
    first = records[0]._replace(behalf=record.behalf, delegation=record.delegation)
    return carried.decision._replace(records=(first, *records[1:]))


def renamed(past: Sequence[Record], nodes: Mapping[str, str]) -> tuple[Record, ...]:
    """Records in the ids of another definition; what has no place there keeps its own."""
    return tuple(
        r._replace(node=nodes.get(r.node) or r.node, target=nodes.get(r.target) or r.target) for r in past
    )


def _actor(record: Record) -> Actor:
    return Actor(record.actor or "")


def _unknown(text: Text, name: str, known: Sequence[str]) -> Text:
    near = get_close_matches(name, known, 3, 0.6) or list(known)[:20]
    return text.format(name=name, known=Text("、".join(near), ", ".join(near)))


NO_SOURCE = Text(
    "原流程没有步骤或块“{name}”。请核对编号，相近的有：{known}",
    "the former process has no step or block “{name}”. Check the id; there are: {known}",
)
NO_TARGET = Text(
    "新流程没有可以到达的步骤或块“{name}”。请核对编号，相近的有：{known}",
    "the new process has no step or block “{name}” that a case can go to. Check the id; there are: {known}",
)
