"""Pages of lists, with cursors that stay right while rows come and go, and how rows are read in order."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_, union

from jianban.engine.library import Library
from jianban.engine.naming import SHOWN, check_names
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.shell import Shell
from jianban.engine.standing import WATCHING
from jianban.engine.store.store import Stored
from jianban.engine.store.tables import cases, definitions, tasks
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

T = TypeVar("T")
MOST = 1000
"""Items on a page."""
MANY = 1_000_000
"""Items of what is asked for to be done, not shown."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in its order."""

    items: tuple[T, ...]
    after: str | None
    """The cursor that asks for what follows; None on the last page."""

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Row(NamedTuple):
    """A case in the work list: its order, nearest day first."""

    due: date
    case: str


def cursor(list_: str, key: Sequence[object]) -> str:
    """What stands for the place in a list after an item of this key."""
    plain = [list_, *(v.isoformat() if isinstance(v, date) else v for v in key)]
    return urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(list_: str, text: str | None, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """The key in a cursor.

    Raises:
        JianbanError: this is no cursor of that list.
    """
    if text is None:
        return None
    try:
        plain = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        name, *key = plain
        if name != list_ or len(key) != len(kinds):
            raise ValueError
        for value in key:
            check_names(key=value)
            if value is None:
                raise ValueError
        return tuple(date.fromisoformat(v) if k is date else v for v, k in zip(key, kinds, strict=True))
    except (ValueError, TypeError, RecursionError, JianbanError):
        raise JianbanError(CURSOR.format(cursor=str(text)[:SHOWN])) from None


def check_limit(limit: int, most: int = MOST) -> int:
    """
    Raises:
        JianbanError: it is no number of items that a page may have.
    """
    if not isinstance(limit, int) or not 1 <= limit <= most:
        raise JianbanError(LIMIT.format(limit=limit, most=most))
    return limit


def filled(
    found: Callable[[Row | None, int], Sequence[Row]],
    shown: Callable[[Sequence[Row]], Iterable[tuple[Sequence[object], T]]],
    list_: str,
    limit: int,
) -> Page[T]:
    """A page of a list in which a row shows none, one or several items.

    Args:
        found: the rows after a row, in order, as many as a number when there may be more; after None, those
            that the page begins with.
        shown: the items of rows in order, each with what a cursor must say to begin after it.
    """
    items: list[tuple[Sequence[object], T]] = []
    after: Row | None = None
    while len(items) <= limit:
        rows = found(after, limit + 1)
        items += shown(rows)
        if len(rows) <= limit:
            break
        after = rows[-1]
    more = cursor(list_, items[limit - 1][0]) if len(items) > limit else None
    return Page(tuple(item for _key, item in items[:limit]), more)


def waiting(
    connection: Connection,
    ranges: Sequence[ColumnElement[bool]],
    after: Row | None,
    limit: int,
    *,
    inclusive: bool = False,
) -> list[Row]:
    """The first rows in several ranges of the work list together, each once.

    Args:
        inclusive: begin with the row `after` itself.
    """
    key = (tasks.c.due, tasks.c.case_id)
    parts: list[Any] = []
    for condition in ranges:
        part = select(*key).distinct().where(condition).order_by(*key).limit(limit)
        if after is not None:
            here, there = tuple_(*key), tuple_(*after)
            part = part.where(here >= there if inclusive else here > there)
        parts.append(select(part.subquery()))
    both = union(*parts).subquery()
    query = select(both).order_by(*both.c).limit(limit)
    return [Row._make(row) for row in connection.execute(query)]


def stored(connection: Connection, ids: Iterable[str]) -> dict[str, Stored]:
    """Cases by id; those that are no more are left out."""
    query: Select[Any] = select(*(cases.c[name] for name in Stored._fields)).where(cases.c.id.in_(set(ids)))
    return {row[0]: Stored._make(row) for row in connection.execute(query)}


def versions(connection: Connection, process: str) -> list[str]:
    """The processes, as `id@version`, that an id or an `id@version` names among those kept."""
    query = select(definitions.c.process, definitions.c.version).distinct()
    kept = [(row[0], f"{row[0]}@{row[1]}") for row in connection.execute(query)]
    return sorted({key for id, key in kept if process in (id, key)})


def plans(connection: Connection, library: Library) -> list[Plan]:
    """The plans of all definitions that cases were opened under."""
    hashes = connection.execute(select(definitions.c.hash).order_by(definitions.c.hash)).scalars().all()
    return [plan_of(library.by_hash(h)) for h in hashes]


def roles_of(connection: Connection, shell: Shell, agency: str) -> list[str]:
    """The roles, as tasks have them, at whose steps an agency may have something due, in all cases kept."""
    return sorted(set().union(*(roles_at(plan, agency) for plan in plans(connection, shell.library))))


def roles_at(plan: Plan, agency: str) -> set[str]:
    """The roles of an agency; where it leads a stage that has a limit, all of the process."""
    leads = any(w.lead is not None and w.lead.id == agency for n in plan.nodes.values() for w in n.wholes)
    own = [r.id for r in plan.roles.values() if leads or r.agency.id == agency]
    return {*own, *(WATCHING + role for role in own), *(("", WATCHING) if leads else ())}


CURSOR = Text(
    "“{cursor}”不是本列表的翻页标记。请使用上一页返回的标记，或从头列出",
    "“{cursor}” is no cursor of this list. Use the one that the page before gave, or begin anew",
)
LIMIT = Text("每次应为 1 至 {most} 项，而不是 {limit}", "1 to {most} items at a time, not {limit}")
