"""Whose personal data is where, also in what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, delete, select, update

from jianban.engine.effects.rows import EffectStatus, effect_body, effect_of
from jianban.engine.seals import ERASED
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


def forget_sent(store: Store, case: str) -> None:
    """Take texts and data out of the effects of a case, and the messages kept for it away.

    Notices still to be delivered go out without them; what is on its way to another case goes on as it is. It
    is done before the record is touched, so that an erasing that was interrupted is finished by the next.
    """
    with store.transaction() as connection:
        connection.execute(delete(messages).where(messages.c.case_id == case))
        rows = connection.execute(select(effects).where(effects.c.case_id == case)).all()
        for row in rows:
            if row.kind in TO_CASES and row.status != EffectStatus.DONE:
                continue
            empty = replace(effect_of(row.kind, row.to, row.body), text=ERASED, payload={})
            connection.execute(
                update(effects)
                .where(and_(effects.c.case_id == case, effects.c.seq == row.seq, effects.c.n == row.n))
                .values(body=effect_body(empty))
            )
