"""Whose personal data is where."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from jianban.engine.store.store import Store
from jianban.engine.store.tables import cases, personal


def holding(store: Store, subject: str | None, owner: str | None) -> Sequence[str]:
    """The cases with personal data, of a subject and brought by an owner, as far as they are given."""
    query = select(personal.c.case_id).distinct().order_by(personal.c.case_id)
    if subject is not None:
        query = query.join(cases, cases.c.id == personal.c.case_id).where(cases.c.subject == subject)
    if owner is not None:
        query = query.where(personal.c.owner == owner)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())
