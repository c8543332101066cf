"""The record of a draw (抽取记录): everything that it takes to repeat it, and what came of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.wire import canonical
from jianban.workflows.lots.commitment import SCHEME, Commitment, Secret, one_line
from jianban.workflows.lots.drawing import Drawn, draw
from jianban.workflows.lots.plan import Plan, read_take
from jianban.workflows.lots.registers import Late, Registers
from jianban.workflows.texts import Text

CHANGED = Text(
    "与抽取前的承诺不符：承诺的摘要是 {committed}，现在是 {found}",
    "not what was committed: its digest was {committed}, now it is {found}",
)
NO_BEACON = Text("承诺时约定加入“{beacon}”，请给出其数值", "“{beacon}” was to be mixed in. Give its value")
NOT_AGREED = Text("承诺时没有约定加入公开数值", "no public value was agreed on when the seed was committed")
NO_JSON = Text(
    "不是 JSON（第 {line} 行第 {column} 列）。请使用 jianban lots 写出的文件",
    "this is no JSON (line {line}, column {column}). Use a file that jianban lots wrote",
)
MISFIT = Text(
    "“{place}”缺少或者不是所需的内容。请使用 jianban lots 写出的文件",
    "“{place}” is missing, or not what it should be. Use a file that jianban lots wrote",
)
NOT_THIS = Text(
    "发布的承诺是 {published}，抽取记录中是 {found}",
    "{published} was published, the record has {found}",
)
OTHER = Text("应为 {expected}，却是 {found}", "should be {expected}, but is {found}")
UNDRAWABLE = Text("按所载内容不能抽取：{why}", "can't be drawn as it says: {why}")
NOTHING = Text("无", "nothing")
UNKNOWN = Text("名录库中没有“{inspector}”或者“{object}”", "“{inspector}” or “{object}” is in no register")
DIGEST = re.compile(r"[0-9a-f]{64}")


class ProtocolError(JianbanError):
    """A commitment or a record is malformed, or does not fit what was committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    commitment: Commitment
    committed: str
    """The digest that was published before the draw."""
    secret: Secret
    beacon_value: str
    late: tuple[Late, ...]
    drawn: Drawn

    @property
    def digest(self) -> str:
        """What a case records of the draw: SHA-256 of the record as canonical JSON."""
        return hashlib.sha256(canonical(to_plain(self))).hexdigest()


@dataclass(frozen=True, slots=True)
class Tampering:
    """Something in a record that is not as it must be."""

    place: str
    """e.g. `registers.objects`, `result.teams[3].inspectors`."""
    message: Text


def record_draw(
    commitment: Commitment,
    registers: Registers,
    secret: Secret,
    *,
    beacon_value: str = "",
    late: Sequence[Late] = (),
) -> Protocol:
    """Draw as committed.

    Raises:
        ProtocolError: the registers, the seed or the salt are not those committed, or the public value is
            missing or was not agreed on.
        DrawError: the draw can't be made.
    """
    for place, message in (*_registers(commitment, registers), *_secret(commitment, secret)):
        raise ProtocolError(Text(f"{place}：{message.zh}", f"{place}: {message.en}"))
    if bool(commitment.beacon) != bool(beacon_value):
        raise ProtocolError(NO_BEACON.format(beacon=commitment.beacon) if commitment.beacon else NOT_AGREED)
    pairs = [(entry.inspector, entry.object) for entry in late]
    return Protocol(
        commitment=commitment,
        committed=commitment.digest,
        secret=secret,
        beacon_value=one_line("beacon_value", beacon_value),
        late=tuple(late),
        drawn=draw(secret.key(beacon_value), commitment.plan, registers, pairs),
    )


def verify(protocol: Protocol, registers: Registers, published: str | None = None) -> list[Tampering]:
    """Everything in a record that is not as it must be; nothing when the draw was made as committed.

    Args:
        published: the digest published before the draw, as anybody kept it.
    """
    commitment = protocol.commitment
    found = [
        Tampering(*f) for f in (*_registers(commitment, registers), *_secret(commitment, protocol.secret))
    ]
    digest = commitment.digest
    if protocol.committed != digest:
        found.append(Tampering("commitment", _other(digest, protocol.committed)))
    if published is not None and published != protocol.committed:
        message = NOT_THIS.format(published=published, found=protocol.committed)
        found.append(Tampering("commitment", message))
    if bool(commitment.beacon) != bool(protocol.beacon_value):
        message = NO_BEACON.format(beacon=commitment.beacon) if commitment.beacon else NOT_AGREED
        found.append(Tampering("beacon_value", message))
    for i, entry in enumerate(protocol.late):
        if entry.inspector not in registers.inspectors or entry.object not in registers.objects:
            message = UNKNOWN.format(inspector=entry.inspector, object=entry.object)
            found.append(Tampering(f"late_recusals[{i}]", message))
    try:
        pairs = [(entry.inspector, entry.object) for entry in protocol.late]
        drawn = draw(protocol.secret.key(protocol.beacon_value), commitment.plan, registers, pairs)
    except JianbanError as error:
        return [*found, Tampering("result", UNDRAWABLE.format(why=error.text))]
    return [*found, *_result(drawn, protocol.drawn)]


def _registers(commitment: Commitment, registers: Registers) -> Iterator[tuple[str, Text]]:
    for name, digest in registers.digests().items():
        if commitment.digests[name] != digest:
            yield f"registers.{name}", CHANGED.format(committed=commitment.digests[name], found=digest)


def _secret(commitment: Commitment, secret: Secret) -> Iterator[tuple[str, Text]]:
    if commitment.secret != secret.digest:
        yield "secret", CHANGED.format(committed=commitment.secret, found=secret.digest)


def _result(expected: Drawn, found: Drawn) -> Iterator[Tampering]:
    pairs = zip_longest(expected.objects.items(), found.objects.items())
    for i, (ought, there) in enumerate(pairs):
        if ought != there:
            yield Tampering(f"result.objects[{i}]", _other(_named(ought), _named(there)))
    for i, (ought, there) in enumerate(zip_longest(expected.teams.items(), found.teams.items())):
        if ought != there:
            yield Tampering(f"result.teams[{i}]", _other(_named(ought), _named(there)))


def _named(entry: tuple[str, object] | None) -> Text:
    if entry is None:
        return NOTHING
    name, what = entry
    said = ", ".join(what) if isinstance(what, tuple) else str(what)
    return Text(f"{name}（{said.replace(', ', '、')}）", f"{name} ({said})")


def _other(expected: Text | str, found: Text | str) -> Text:
    return OTHER.format(expected=expected, found=found)


def commitment_plain(commitment: Commitment) -> dict[str, Any]:
    """A commitment as JSON values, with its digest."""
    return {
        "scheme": SCHEME,
        "purpose": commitment.purpose,
        "take": {name: take.said for name, take in commitment.plan.take.items()},
        "team": commitment.plan.team,
        "beacon": commitment.beacon,
        "registers": dict(commitment.digests),
        "secret": commitment.secret,
        "commitment": commitment.digest,
    }


def to_plain(protocol: Protocol) -> dict[str, Any]:
    """A record as JSON values."""
    return {
        **commitment_plain(protocol.commitment),
        "commitment": protocol.committed,
        "seed": protocol.secret.seed,
        "salt": protocol.secret.salt,
        "beacon_value": protocol.beacon_value,
        "late_recusals": [
            {"inspector": entry.inspector, "object": entry.object, "reason": entry.reason}
            for entry in protocol.late
        ],
        "result": {
            "objects": [{"id": id_, "class": name} for id_, name in protocol.drawn.objects.items()],
            "teams": [
                {"object": id_, "inspectors": list(team)} for id_, team in protocol.drawn.teams.items()
            ],
        },
    }


def read_commitment(content: bytes) -> Commitment:
    """A commitment that was written.

    Raises:
        ProtocolError: it is malformed, or not what its digest is of.
    """
    plain = _json(content)
    commitment, stated = _commitment(plain)
    if stated != commitment.digest:
        raise ProtocolError(CHANGED.format(committed=stated, found=commitment.digest))
    _nothing_else(plain, commitment_plain(commitment))
    return commitment


def read_protocol(content: bytes) -> Protocol:
    """A record that was written; whether it is true is for `verify` to say.

    Raises:
        ProtocolError: it is malformed.
    """
    plain = _json(content)
    commitment, committed = _commitment(plain)
    seed, salt, value = (_text(plain, name) for name in ("seed", "salt", "beacon_value"))
    result = _of(plain, "result", dict)
    objects = {
        _text(entry, "id", f"result.objects[{i}]."): _text(entry, "class", f"result.objects[{i}].")
        for i, entry in _entries(result, "objects", "result.")
    }
    teams: dict[str, tuple[str, ...]] = {}
    for i, entry in _entries(result, "teams", "result."):
        place = f"result.teams[{i}]."
        members = _of(entry, "inspectors", list, place)
        if not all(isinstance(m, str) for m in members):
            raise ProtocolError(MISFIT.format(place=f"{place}inspectors"))
        teams[_text(entry, "object", place)] = tuple(members)
    late = tuple(
        Late(
            **{name: _text(entry, name, f"late_recusals[{i}].") for name in ("inspector", "object", "reason")}
        )
        for i, entry in _entries(plain, "late_recusals", "")
    )
    protocol = Protocol(
        commitment=commitment,
        committed=committed,
        secret=Secret(seed=seed, salt=salt),
        beacon_value=one_line("beacon_value", value),
        late=late,
        drawn=Drawn(objects=objects, teams=teams),
    )
    _nothing_else(plain, to_plain(protocol))
    return protocol


def _commitment(plain: Mapping[str, Any]) -> tuple[Commitment, str]:
    if plain.get("scheme") != SCHEME:
        raise ProtocolError(MISFIT.format(place="scheme"))
    registers = _of(plain, "registers", dict)
    digests = {n: _digest(registers, n, "registers.") for n in ("objects", "inspectors", "recusals")}
    take = _of(plain, "take", dict)
    plan = Plan(
        take=read_take(f"{name}={_text(take, name, 'take.')}" for name in take),
        team=_of(plain, "team", int),
    )
    commitment = Commitment(
        purpose=one_line("purpose", _text(plain, "purpose")),
        plan=plan,
        digests=digests,
        secret=_digest(plain, "secret"),
        beacon=one_line("beacon", _text(plain, "beacon")),
    )
    return commitment, _digest(plain, "commitment")


def _nothing_else(plain: object, understood: object, place: str = "") -> None:
    """
    Raises:
        ProtocolError: a file says more than was understood of it, or otherwise.
    """
    if isinstance(plain, dict) and isinstance(understood, dict):
        pairs = [(f"{place}.{k}".lstrip("."), plain.get(k), understood.get(k)) for k in plain | understood]
    elif isinstance(plain, list) and isinstance(understood, list):
        both = enumerate(zip_longest(plain, understood))
        pairs = [(f"{place}[{i}]", a, b) for i, (a, b) in both]
    elif plain == understood and type(plain) is type(understood):
        return
    else:
        raise ProtocolError(MISFIT.format(place=place))
    for at, a, b in pairs:
        _nothing_else(a, b, at)


def _json(content: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(content, object_pairs_hook=_once, parse_constant=_never)
    except json.JSONDecodeError as error:
        raise ProtocolError(NO_JSON.format(line=error.lineno, column=error.colno)) from None
    except (ValueError, RecursionError):
        raise ProtocolError(NO_JSON.format(line=1, column=1)) from None
    if not isinstance(plain, dict):
        raise ProtocolError(NO_JSON.format(line=1, column=1))
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ProtocolError(MISFIT.format(place=next(n for n in names if names.count(n) > 1)))
    return found


def _never(word: str) -> None:
    raise ValueError(word)


def _of(plain: Mapping[str, Any], name: str, kind: type[Any], place: str = "") -> Any:
    value = plain.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ProtocolError(MISFIT.format(place=f"{place}{name}"))
    return value


def _text(plain: Mapping[str, Any], name: str, place: str = "") -> str:
    value = _of(plain, name, str, place)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ProtocolError(MISFIT.format(place=f"{place}{name}"))
    return value


def _digest(plain: Mapping[str, Any], name: str, place: str = "") -> str:
    value = _text(plain, name, place)
    if not DIGEST.fullmatch(value):
        raise ProtocolError(MISFIT.format(place=f"{place}{name}"))
    return value


def _entries(plain: Mapping[str, Any], name: str, place: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for i, entry in enumerate(_of(plain, name, list, place)):
        if not isinstance(entry, dict):
            raise ProtocolError(MISFIT.format(place=f"{place}{name}[{i}]"))
        yield i, entry
