"""What a command may hold at all, before anything is read for it: it may come from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jianban.engine.access import Actor
from jianban.engine.asked import Asked, Event, UnknownCase
from jianban.engine.facts import MAX_ITEMS, MAX_TEXT
from jianban.engine.messages import Message
from jianban.engine.naming import LONGEST, MOST, SHOWN, check_names
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text


def screen(asked: Asked) -> JianbanError | None:
    """What is wrong with a command, whatever the case is."""
    if type(asked) is Event and _usual(asked):
        return None
    try:
        for name, value in zip(asked._fields, asked, strict=True):
            check = _CHECKS.get(name)
            if check is not None:
                check(name, value)
    except JianbanError as error:
        return error
    return None


def _usual(event: Event) -> bool:
    """Whether an event is surely as it should be: most are, and need not be looked at one by one."""
    case, name, actor, data, at, reason, key, now = event
    return (
        type(case) is str
        and 0 < len(case) <= LONGEST["id"]
        and case.isprintable()
        and type(name) is str
        and len(name) <= MAX_TEXT
        and type(actor) is Actor
        and type(actor.id) is str
        and 0 < len(actor.id) <= MOST
        and actor.id.isprintable()
        and (data is None or type(data) is dict)
        and at is None
        and reason == ""
        and (key is None or (type(key) is str and 0 < len(key) <= MOST and key.isprintable()))
        and now is not None
    )


def known_id(case: object) -> str:
    """An id that a case could have.

    Raises:
        UnknownCase: no case can.
    """
    if isinstance(case, str) and 0 < len(case) <= LONGEST["id"] and case.isprintable():
        return case
    raise UnknownCase(ascii(case)[:SHOWN] if isinstance(case, str | int | None) else type(case).__name__)


def _case(_what: str, value: object) -> None:
    known_id(value)


def _name(what: str, value: Any) -> None:
    if value is not None:
        check_names(**{what: value})


def check_actor(value: object) -> None:
    """
    Raises:
        JianbanError: it is no actor, or one without a name.
    """
    if not isinstance(value, Actor):
        raise JianbanError(KIND.format(what="actor", kind="Actor"))
    check_names(actor=value.id)


def _to(_what: str, value: object) -> None:
    if isinstance(value, Actor):
        check_names(actor=value.id)


def _place(what: str, value: object) -> None:
    if value is not None:
        _text(what, value)


def _text(what: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise JianbanError(TEXT.format(what=what, most=MAX_TEXT))


def _now(_what: str, value: object) -> None:
    if not isinstance(value, datetime):
        raise JianbanError(MOMENT)


def _data(what: str, value: object) -> None:
    if value is not None and not isinstance(value, Mapping):
        raise JianbanError(KIND.format(what=what, kind=OBJECT))


def _assignments(what: str, value: Any) -> None:
    _data(what, value)
    for role, persons in (value or {}).items():
        several = [persons] if isinstance(persons, str) else persons
        if not isinstance(several, list | tuple | set | frozenset) or len(several) > MAX_ITEMS:
            raise JianbanError(KIND.format(what=f"{what}.{ascii(role)[:SHOWN]}", kind=NAMES))
        for name in (role, *several):
            if name is None:
                raise JianbanError(KIND.format(what=what, kind=NAMES))
            check_names(**{what: name})


def _message(what: str, value: object) -> None:
    if not isinstance(value, Message):
        raise JianbanError(KIND.format(what=what, kind="Message"))
    for name in (value.id, value.name, value.key):
        _name(what, name)
    if value.id is None or value.name is None:
        raise JianbanError(KIND.format(what=what, kind=NAMES))
    _data(what, value.data)


_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "case": _case,
    "id": _name,
    "key": _name,
    "business_key": _name,
    "subject": _name,
    "owner": _name,
    "actor": lambda _what, value: check_actor(value),
    "to": _to,
    "event": _text,
    "at": _place,
    "reason": _text,
    "data": _data,
    "mapping": _data,
    "assignments": _assignments,
    "message": _message,
    "now": _now,
}

TEXT = Text("{what} 应为不超过 {most} 字的文字", "{what} must be a text of at most {most} characters")
KIND = Text("{what} 应为{kind}", "{what} must be {kind}")
OBJECT = Text("名称与值的对象", "an object of names and values")
MOMENT = Text(
    "now 应为北京时间公元 1 年至 9999 年内的时刻（datetime）",
    "now must be a moment (a datetime) in the years 1 to 9999 of Beijing",
)
NAMES = Text("名称的清单", "a list of names")
