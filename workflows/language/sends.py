"""What goes out and what comes in: `sends` of steps, exits and ends, and the messages that cause exits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jianban.workflows.language.names import APPLICANT, FIELD
from jianban.workflows.language.parts import Fields, MessageShape, SendShape, Words
from jianban.workflows.language.schema import AnywhereShape, EndShape, ExitShape, StepShape
from jianban.workflows.language.scope import Scope
from jianban.workflows.language.shape import Shape, places
from jianban.workflows.language.terms import Awaited, DataField, Position, Send, SendKind
from jianban.workflows.texts import Text

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""Where the value of a data field is filled in."""


def sends_of(
    shape: StepShape | ExitShape | EndShape | AnywhereShape, scope: Scope, default: Sequence[SendShape] = ()
) -> tuple[Send, ...]:
    """What the shape sends; `default` is what its kind sends when it says nothing."""
    if shape.sends is None or (not shape._node and not shape.sends):
        return tuple(s for one in default for s in _kinds_own(one, scope))
    return tuple(s for one in shape.sends for s in _sends(one, scope))


def awaited(shape: ExitShape, scope: Scope) -> Awaited | None:
    """The message that causes an exit; None when none does."""
    message = shape.message
    if not isinstance(message, MessageShape):
        return Awaited(name=message) if message else None
    _field(message, "key", message.key_, scope)
    brings = pairs(message.brings)
    for at, (field, _name) in enumerate(brings):
        scope.names.find(scope.fields, field, FIELD, _pair_at(message, "brings", message.brings, field, at))
    return Awaited(name=message.name, key=message.key_, brings=brings)


def _kinds_own(shape: SendShape, scope: Scope) -> Iterator[Send]:
    """What a kind sends of itself, left out where the process has no applicant to send it to."""
    if shape.notify == APPLICANT:
        if scope.names.applicant is not None:
            yield Send(kind=SendKind.NOTIFY, role=scope.names.applicant)
    else:
        yield from _sends(shape, scope)


def _sends(shape: SendShape, scope: Scope) -> Iterator[Send]:
    kinds = [kind for kind in SendKind if getattr(shape, kind.value) is not None]
    if len(kinds) != 1:
        scope.names.report("J139", _ONE, _ONE_REMEDY, shape.at())
        return
    (kind,) = kinds
    addressed = kind in (SendKind.MESSAGE, SendKind.OPEN)
    if addressed and shape.text is not None:
        scope.names.report("J139", _TEXT.format(kind=kind.value), _TEXT_REMEDY, shape.at("text"))
    if not addressed and shape.key_ is not None:
        scope.names.report("J139", _KEY.format(kind=kind.value), _KEY_REMEDY, shape.at("key"))
    if shape.keep is not None and kind is not SendKind.MESSAGE:
        scope.names.report("J139", _KEEP.format(kind=kind.value), _KEEP_REMEDY, shape.at("keep"))
    if shape.each and shape.keep is None:
        scope.names.report("J139", _EACH, _EACH_REMEDY, shape.at("each"))
    _field(shape, "key", shape.key_, scope)
    data = pairs(shape.data)
    known = {**scope.fields, **scope.extra}
    for at, (name, field) in enumerate(data):
        place = _pair_at(shape, "data", shape.data, name, at)
        found = scope.names.find(known, field, FIELD, place)
        if shape.keep is not None and found is not None and found.personal:
            scope.names.report("J139", _PERSONAL.format(id=field), _PERSONAL_REMEDY, place)
    text = _text(shape, shape.text, known, scope) if shape.text else None
    if shape.notify is not None:
        for name, place in places("notify", shape.notify):
            role = scope.names.role(name, shape.at(*place))
            if role is not None:
                yield Send(kind=kind, role=role, text=text, data=data)
    elif shape.ask is not None:
        agency = scope.names.agency(shape.ask, shape.at("ask"))
        if agency is not None:
            yield Send(kind=kind, agency=agency, text=text, data=data)
    else:
        if shape.open is not None:
            scope.names.reference(shape.open, shape.at("open"))
        name = getattr(shape, kind.value)
        yield Send(
            kind=kind, name=name, text=text, key=shape.key_, data=data, keep=shape.keep, each=shape.each
        )


def _text(shape: SendShape, words: Words, known: dict[str, DataField], scope: Scope) -> Text:
    for lang in ("zh", "en"):
        for name in PLACEHOLDER.findall(getattr(words, lang)):
            scope.names.find(known, name, FIELD, shape.at("text", lang))
    return words.text


def _field(shape: Shape, key: str, name: str | None, scope: Scope) -> None:
    if name is not None:
        scope.names.find(scope.fields, name, FIELD, shape.at(key))


def pairs(fields: Fields | None) -> tuple[tuple[str, str], ...]:
    """Name and field of each; a list keeps the fields' own names."""
    if isinstance(fields, dict):
        return tuple(fields.items())
    return tuple((f, f) for f in fields or ())


def _pair_at(shape: Shape, key: str, fields: Fields | None, name: str, at: int) -> Position:
    return shape.at(key, name if isinstance(fields, dict) else at)


_ONE = Text("每一项应恰好写一种发出的内容", "one thing is sent by each entry")
_ONE_REMEDY = Text(
    "写 notify、ask、publish、webhook、message、open 之一",
    "Give exactly one of notify, ask, publish, webhook, message and open",
)
_TEXT = Text("{kind} 不带文字", "`{kind}` carries no text")
_TEXT_REMEDY = Text("请删去 text，用 data 附带数据", "Remove `text`; send `data` along instead")
_KEY = Text("{kind} 不用业务主键", "`{kind}` has no business key")
_KEY_REMEDY = Text("只有 message 和 open 写 key", "Give `key` only with message and open")
_EACH = Text("不留存的消息不写 each", "`each` is of messages that are kept")
_EACH_REMEDY = Text("请写明 keep，或删去 each", "Say `keep`, or remove `each`")
_KEEP = Text("{kind} 不留存", "`{kind}` is not kept")
_KEEP_REMEDY = Text("只有 message 写 keep", "Give `keep` only with message")
_PERSONAL = Text(
    "“{id}”是个人信息，不能随消息留存", "“{id}” is personal data, which no kept message may hold"
)
_PERSONAL_REMEDY = Text(
    "请不附带，或删去 keep：留存的内容不随办件的个人信息清除",
    "Leave it out, or remove `keep`: what is kept is not erased with the personal data of the case",
)
