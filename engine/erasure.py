"""Whose personal data is where, also in what was sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, select, update

from jianban.engine.effects.rows import EffectStatus, effect_of, erased_body
from jianban.engine.store.store import Store
from jianban.engine.store.tables import cases, effects, messages, personal
from jianban.workflows.language.terms import SendKind

TO_CASES = (SendKind.MESSAGE, SendKind.OPEN)


def holding(store: Store, subject: str | None, owner: str | None) -> Sequence[str]:
    """The cases with personal data, of a subject and brought by an owner, as far as they are given."""
    query = select(personal.c.case_id).distinct().order_by(personal.c.case_id)
    if subject is not None:
        query = query.join(cases, cases.c.id == personal.c.case_id).where(cases.c.subject == subject)
    if owner is not None:
        query = query.where(personal.c.owner == owner)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def forget_messages(connection: Connection, case: str) -> None:
    """Take away the messages kept for a case."""
    connection.execute(delete(messages).where(messages.c.case_id == case))


def forget_sent(connection: Connection, case: str) -> None:
    """Take texts and data out of the effects of a case.

    Notices still to be delivered go out without them; what is on its way to another case goes on as it is.
    """
    rows = connection.execute(select(effects).where(effects.c.case_id == case)).all()
    for row in rows:
        if row.kind in TO_CASES and row.status != EffectStatus.DONE:
            continue
        connection.execute(
            update(effects)
            .where(and_(effects.c.case_id == case, effects.c.seq == row.seq, effects.c.n == row.n))
            .values(body=erased_body(effect_of(row.kind, row.to, row.body)))
        )
