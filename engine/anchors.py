"""Anchors: one digest of all records at a time, to be published or kept elsewhere.

A chain shows that nothing in it was changed, unless somebody wrote all of it anew. The list of heads has a
line for each case, its last entry: `number hash id`, with the hash in hex. The sha256 of the list (UTF-8,
lines end with a newline) is the anchor. The list may be kept anywhere, since the anchor proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from sqlalchemy import collate, select

from jianban.engine.store.store import Store
from jianban.engine.store.tables import cases, entries
from jianban.engine.verification import Broken
from jianban.workflows.texts import Text

PAGE = 1000
"""Lines read at a time."""
BYTES = {"sqlite": "BINARY", "postgresql": "C"}
"""The collation that sorts by bytes, so that the list is the same everywhere."""


def heads(store: Store) -> Iterator[str]:
    """The lines of the list, in the order of their ids' bytes."""
    with store.reading() as connection:
        order = collate(cases.c.id, BYTES[connection.dialect.name])
        query = select(cases.c.id, cases.c.seq, cases.c.head).order_by(order)
        for id, seq, head in connection.execution_options(yield_per=PAGE).execute(query):
            yield f"{seq} {head.hex()} {id}\n"


def anchor_of(lines: Iterable[str]) -> str:
    """The anchor of a list, in hex."""
    digest = sha256()
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()


def moved(store: Store, anchor: str, lines: Iterable[str]) -> Iterator[Broken]:
    """The cases that do not have an entry that they had when the list was made.

    Args:
        anchor: of the list, in hex.
    """
    digest = sha256()
    for number, line in enumerate(lines, 1):
        digest.update(line.encode())
        try:
            seq, head, id = line.removesuffix("\n").split(" ", 2)
            query = select(entries.c.hash).where(entries.c.case_id == id, entries.c.seq == int(seq))
            before = bytes.fromhex(head)
        except ValueError:
            yield Broken("", number, LINE.format(line=number))
            return
        with store.reading() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            yield Broken(id, int(seq), LOST.format(seq=seq))
        elif found != before:
            yield Broken(id, int(seq), REWRITTEN.format(seq=seq))
    if digest.hexdigest() != anchor.strip().lower():
        yield Broken("", 0, LIST)


LINE = Text("锚定清单第 {line} 行无法读取", "line {line} of the list of heads cannot be read")
LOST = Text("锚定时已有的第 {seq} 条记录不见了", "entry {seq}, which was there at the anchor, is gone")
REWRITTEN = Text(
    "第 {seq} 条记录与锚定时不同，此条或之前的记录被重写",
    "entry {seq} is not what it was at the anchor: it or one before it was written anew",
)
LIST = Text("清单与锚定值不符，清单被改动", "the list of heads is not that of the anchor: it was changed")
