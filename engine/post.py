"""What is kept of messages: who waits for which, those kept for later, and which case opened which."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, tuple_, update

from jianban.engine.codec import instant, microseconds
from jianban.engine.messages import Message, waits_of
from jianban.engine.plan import Plan
from jianban.engine.state import CaseState
from jianban.engine.store.store import Work
from jianban.engine.store.tables import links, messages, waits
from jianban.workflows.language.wire import canonical

Awaited: TypeAlias = tuple[str, str]
"""The name of a message and its key; empty where only a message without a key is meant."""
FOR_ALL = ""
"""In place of a case: a message kept for whoever begins to wait for it."""


class LinkKind(StrEnum):
    OPENED = "opened"
    """It was opened, and nobody waits for its end."""
    CALLED = "called"
    """Its end comes back as a message that chooses the exit."""
    SWITCHED = "switched"
    """It goes on with what the other case was about, under another process."""


class Link(NamedTuple):
    """A case that was opened from another."""

    case: str
    parent: str
    kind: LinkKind
    at: datetime
    place: str = ""
    """Where the parent waits for it."""
    answers: Mapping[str, str] = {}
    """By end of the case, the message that tells the parent of it."""
    awaited: bool = False
    """True while the parent waits for its end."""


class Move(NamedTuple):
    """What a place where a case waits for others is called since the case was migrated."""

    to: str
    """Empty where it waits no more."""
    ends: Mapping[str, str]
    """By message that told it of an end there, that end."""
    answers: Mapping[str, str]
    """By end of the other case, the message that tells of it now."""


def awaited(plan: Plan, state: CaseState, business_key: str | None) -> frozenset[Awaited]:
    """What a case with this business key waits for."""
    found = waits_of(plan, state)
    return frozenset((w.message, (w.key if w.by_field else business_key) or "") for w in found)


class Post:
    """The tables of messages, within one transaction of the event path."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def connection(self) -> Connection:
        self._work.begin()
        return self._work.connection

    def wait(self, case: str, gone: Collection[Awaited], begun: Collection[Awaited]) -> None:
        """Change what a case waits for."""
        if gone:
            place = tuple_(waits.c.message, waits.c.key)
            self.connection.execute(delete(waits).where(waits.c.case_id == case, place.in_(sorted(gone))))
        if begun:
            self.lock((name for name, _key in begun), shared=True)
            rows = [{"message": name, "key": key, "case_id": case} for name, key in sorted(begun)]
            self.connection.execute(insert(waits), rows)

    def lock(self, names: Iterable[str], *, shared: bool) -> None:
        """Let nobody keep a message of these names while a case begins to wait for it: one of both must see
        the other. Where there is one writer, nobody can.
        """
        if self.connection.dialect.name != "postgresql":
            return
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        for name in sorted(set(names)):
            self.connection.execute(select(take(func.hashtextextended(name, 0))))

    def receivers(self, name: str, key: str | None, after: str, limit: int) -> list[str]:
        """The cases that wait for a message: a page of those after one, in order."""
        found = select(waits.c.case_id).distinct().where(waits.c.message == name, waits.c.case_id > after)
        if key is not None:
            found = found.where(waits.c.key == key)
        return list(self.connection.scalars(found.order_by(waits.c.case_id).limit(limit)))

    def keep(self, message: Message, at: int, until: int) -> None:
        """Keep a message for cases that begin to wait for it; forget those of its name whose time is over."""
        connection = self.connection
        old = and_(messages.c.name == message.name, messages.c.until < at)
        connection.execute(delete(messages).where(old))
        same = and_(messages.c.id == message.id, messages.c.case_id == FOR_ALL)
        if connection.execute(select(messages.c.id).where(same)).first() is None:
            connection.execute(insert(messages).values(**_row(message, FOR_ALL, None, at), until=until))

    def know(self, message: Message, at: int, until: int) -> None:
        """Keep a message in place of those kept of its name and key."""
        connection = self.connection
        same = and_(messages.c.name == message.name, messages.c.key == message.key)
        connection.execute(delete(messages).where(same, messages.c.case_id == FOR_ALL))
        connection.execute(insert(messages).values(**_row(message, FOR_ALL, None, at), until=until))

    def known(self, name: str, key: str, at: int) -> Message | None:
        """The last message of a name that is kept under a key."""
        found = select(messages).where(
            messages.c.name == name,
            messages.c.key == key,
            messages.c.case_id == FOR_ALL,
            messages.c.at <= at,
            messages.c.until >= at,
        )
        last = found.order_by(messages.c.at.desc(), messages.c.id.desc()).limit(1)
        row = self.connection.execute(last).mappings().first()
        return _message(row) if row is not None else None

    def kept(self, begun: Collection[Awaited], at: int) -> list[Message]:
        """The messages, oldest first, that are kept for who begins to wait for these."""
        meant = (
            and_(messages.c.name == name, or_(messages.c.key.is_(None), messages.c.key == (key or None)))
            for name, key in sorted(begun)
        )
        found = select(messages).where(
            messages.c.case_id == FOR_ALL, messages.c.at <= at, messages.c.until >= at, or_(*meant)
        )
        rows = self.connection.execute(found.order_by(messages.c.at, messages.c.id)).mappings()
        return [_message(row) for row in rows]

    def holding(self, case: str, id: str) -> str | None:
        """The name of the message with an id that is held for a case."""
        same = and_(messages.c.id == id, messages.c.case_id == case)
        return self.connection.scalar(select(messages.c.name).where(same))

    def hold(self, case: str, message: Message, place: str | None, at: int) -> None:
        """Keep a message for one case that cannot take it now."""
        self.connection.execute(insert(messages).values(**_row(message, case, place, at)))

    def held(self, case: str) -> list[tuple[Message, str | None]]:
        """What was held for a case, oldest first, and where in it each is for; they are held no more."""
        mine = messages.c.case_id == case
        order = (messages.c.at, messages.c.id)
        rows = self.connection.execute(select(messages).where(mine).order_by(*order)).mappings().all()
        if rows:
            self.connection.execute(delete(messages).where(mine))
        return [(_message(row), row["place"]) for row in rows]

    def link(self, link: Link) -> None:
        self.connection.execute(
            insert(links).values(
                case_id=link.case,
                parent_id=link.parent,
                kind=link.kind.value,
                place=link.place,
                answers=canonical(dict(link.answers)),
                awaited=link.awaited,
                at=microseconds(link.at),
            )
        )

    def parent(self, case: str) -> Link | None:
        row = self.connection.execute(select(links).where(links.c.case_id == case)).mappings().one_or_none()
        return link_of(row) if row is not None else None

    def part(self, case: str) -> None:
        """Nobody waits for the end of this case any more."""
        self.connection.execute(update(links).where(links.c.case_id == case).values(awaited=False))

    def left(self, parent: str, places: Collection[str]) -> list[str]:
        """The cases that were called at these places and whose ends are awaited no more, from here on."""
        mine = and_(links.c.parent_id == parent, links.c.place.in_(sorted(places)), links.c.awaited)
        children = list(
            self.connection.scalars(select(links.c.case_id).where(mine).order_by(links.c.case_id))
        )
        if children:
            self.connection.execute(update(links).where(mine).values(awaited=False))
        return children

    def move(self, parent: str, moves: Mapping[str, Move]) -> None:
        """The places where a case waits for others are called otherwise now, and so are the answers: those to
        come, and those that are held for it."""
        connection = self.connection
        mine = and_(links.c.parent_id == parent, links.c.place.in_(sorted(moves)), links.c.awaited)
        for row in connection.execute(select(links.c.case_id, links.c.place).where(mine)).all():
            move = moves[row.place]
            values: dict[str, Any] = (
                {"place": move.to, "answers": canonical(dict(move.answers))}
                if move.to
                else {"awaited": False}
            )
            connection.execute(update(links).where(links.c.case_id == row.case_id).values(**values))
        kept = and_(messages.c.case_id == parent, messages.c.place.in_(sorted(moves)))
        for row in connection.execute(
            select(messages.c.id, messages.c.place, messages.c.name).where(kept)
        ).all():
            move = moves[row.place]
            name = move.answers.get(move.ends.get(row.name, ""))
            if name is not None:
                same = and_(messages.c.case_id == parent, messages.c.id == row.id)
                connection.execute(update(messages).where(same).values(place=move.to, name=name))


def linked(connection: Connection, case: str) -> tuple[Link, ...]:
    """The link to the case that opened this one, if one did, and those to the cases it opened."""
    mine = or_(links.c.case_id == case, links.c.parent_id == case)
    order = (links.c.case_id != case, links.c.at, links.c.case_id)
    rows = connection.execute(select(links).where(mine).order_by(*order)).mappings()
    return tuple(link_of(row) for row in rows)


def link_of(row: RowMapping) -> Link:
    return Link(
        case=row["case_id"],
        parent=row["parent_id"],
        kind=LinkKind(row["kind"]),
        at=instant(row["at"]),
        place=row["place"],
        answers=json.loads(row["answers"]),
        awaited=row["awaited"],
    )


def _row(message: Message, case: str, place: str | None, at: int) -> dict[str, Any]:
    return {
        "id": message.id,
        "case_id": case,
        "name": message.name,
        "key": message.key,
        "place": place,
        "body": canonical(dict(message.data)),
        "at": at,
    }


def _message(row: RowMapping) -> Message:
    return Message(row["id"], row["name"], row["key"], json.loads(row["body"]))
