"""What both stores read alike, apart from the path of an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, select

from jianban.engine.entries import Row
from jianban.engine.store.store import Definition
from jianban.engine.store.tables import cases, definitions, entries

PAGE = 500
"""Entries read at once."""
_ENTRY = [entries.c[name] for name in Row._fields]
_DEFINITION = [definitions.c[name] for name in Definition._fields]


class Reads:
    """The reading half of a `Store`."""

    def reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def entries(self, id: str, after: int = 0) -> Iterator[Row]:
        while True:
            query = select(*_ENTRY).where(entries.c.case_id == id, entries.c.seq > after)
            with self.reading() as connection:
                found = connection.execute(query.order_by(entries.c.seq).limit(PAGE)).all()
            for row in found:
                yield Row._make(row)
            if len(found) < PAGE:
                return
            after = found[-1].seq

    def definition(self, hash: str) -> Definition | None:
        with self.reading() as connection:
            row = connection.execute(select(*_DEFINITION).where(definitions.c.hash == hash)).first()
        return Definition._make(row) if row is not None else None

    def ids(self, after: str = "", limit: int = 1000) -> Sequence[str]:
        query = select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
        with self.reading() as connection:
            return connection.execute(query).scalars().all()
