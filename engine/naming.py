"""Names that a database can hold and find again."""

from __future__ import annotations

import os
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from jianban.engine.codec import microseconds
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.validation import suggestion
from jianban.workflows.texts import Text

E = TypeVar("E", bound=StrEnum)

LONGEST = {"id": 64}
"""Characters of what may not have as many as others."""
MOST = 200
SHOWN = 80
"""Characters of a wrong name in a message."""


def new_id(now: datetime) -> str:
    """A new id that sorts by time: a UUID of version 7."""
    milliseconds = microseconds(now) // 1000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 64 & 0xFFF) << 64
    return str(UUID(int=value | 2 << 62 | random & (1 << 62) - 1))


def check_names(**names: str | None) -> None:
    """
    Raises:
        JianbanError: one is no text, empty, too long, or holds what cannot be printed.
    """
    for what, name in names.items():
        if name is None:
            continue
        most = LONGEST.get(what, MOST)
        if not isinstance(name, str) or not 0 < len(name) <= most:
            raise JianbanError(LENGTH.format(what=what, most=most))
        if not name.isprintable():
            raise JianbanError(PRINTABLE.format(what=what))


def check_day(what: str, day: date | None) -> None:
    """
    Raises:
        JianbanError: it is no day; a moment is none.
    """
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise JianbanError(DAY.format(what=what))


def one_of(kinds: type[E], what: str, value: E | str | None) -> E | None:
    """The member that a value names; None for None.

    Raises:
        JianbanError: it names none.
    """
    if value is None:
        return None
    try:
        return kinds(value)
    except ValueError:
        known = [kind.value for kind in kinds]
        shown = str(value)[:SHOWN]
        remedy = suggestion(nearest(shown, known), known)
        raise JianbanError(NONE.format(what=what, value=shown, remedy=remedy)) from None


LENGTH = Text("{what} 应为 1 至 {most} 个字符的文字", "{what} must be a text of 1 to {most} characters")
PRINTABLE = Text(
    "{what} 含有不可见的字符，请删去", "{what} holds characters that cannot be printed; remove them"
)
DAY = Text(
    "{what} 应为日期（date），如 date(2024, 3, 1)", "{what} must be a day (a date), like date(2024, 3, 1)"
)
NONE = Text("{what} 没有“{value}”。{remedy}", "there is no {what} “{value}”. {remedy}")
