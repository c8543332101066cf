"""Names that a database can hold and find again."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from jianban.engine.codec import microseconds
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

LONGEST = {"id": 64}
"""Characters of what may not have as many as others."""
MOST = 200


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


LENGTH = Text("{what} 应为 1 至 {most} 个字符的文字", "{what} must be a text of 1 to {most} characters")
PRINTABLE = Text(
    "{what} 含有不可见的字符，请删去", "{what} holds characters that cannot be printed; remove them"
)
