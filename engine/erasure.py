"""Whose personal data is where, also in what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select, update

from jianban.engine.effects.rows import EffectStatus, effect_of, erased_body
from jianban.engine.entries import EntryKind
from jianban.engine.plan import Plan
from jianban.engine.store.store import Store
from jianban.engine.store.tables import cases, effects, entries, messages, personal
from jianban.workflows.language.terms import SendKind
from jianban.workflows.language.wire import canonical

TO_CASES = (SendKind.MESSAGE, SendKind.OPEN)
MESSAGE_REF = "message/"
"""What the ref begins with, in an entry that erases, of what a message would have brought; its id follows."""


def holding(store: Store, subject: str | None, owner: str | None) -> Sequence[str]:
    """The cases that may have personal data, of a subject and brought by an owner, as far as they are given.

    What messages that are held would bring, nobody has brought yet.
    """
    having = select(personal.c.case_id)
    if owner is not None:
        having = having.where(personal.c.owner == owner)
    found = cases.c.id.in_(having)
    if owner is None:
        found = or_(found, cases.c.id.in_(select(messages.c.case_id)))
    if subject is not None:
        found = and_(found, cases.c.subject == subject)
    with store.reading() as connection:
        return list(connection.execute(select(cases.c.id).where(found).order_by(cases.c.id)).scalars())


def forget_held(connection: Connection, plan: Plan, case: str) -> list[str]:
    """Take out of the messages held for a case whatever it would not take as data that is not personal.

    Returns:
        The ids of those that said more.
    """
    reduced: list[str] = []
    mine = select(messages).where(messages.c.case_id == case).order_by(messages.c.id)
    for row in connection.execute(mine).all() if plan.personal else ():
        data = json.loads(row.body)
        open = _open_names(plan, row.name)
        left = {name: value for name, value in data.items() if name in open}
        if left != data:
            reduced.append(row.id)
            same = and_(messages.c.case_id == case, messages.c.id == row.id)
            connection.execute(update(messages).where(same).values(body=canonical(left)))
    return reduced


def _open_names(plan: Plan, message: str) -> set[str]:
    """What a message may bring that is not personal, by the names it has there."""
    brought = [
        pair
        for node in plan.nodes.values()
        for arc in node.received.get(message, ())
        if arc.arc.message is not None
        for pair in arc.arc.message.brings
    ]
    personal = {name for field, name in brought if field in plan.personal}
    return {name for _field, name in brought} - personal


def forget_sent(connection: Connection, case: str) -> None:
    """Take texts and data out of the effects of a case that were sent before it was last erased.

    Notices still to be delivered go out without them; what is on its way to another case goes on as it is.
    """
    erasing = and_(entries.c.case_id == case, entries.c.kind == EntryKind.ERASE.value)
    last = select(func.max(entries.c.seq)).where(erasing).scalar_subquery()
    rows = connection.execute(select(effects).where(effects.c.case_id == case, effects.c.seq < last)).all()
    for row in rows:
        if row.kind in TO_CASES and row.status != EffectStatus.DONE:
            continue
        connection.execute(
            update(effects)
            .where(and_(effects.c.case_id == case, effects.c.seq == row.seq, effects.c.n == row.n))
            .values(body=erased_body(effect_of(row.kind, row.to, row.body)))
        )
