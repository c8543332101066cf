"""The parts of a definition as plain data: words, sources, periods, limits, materials, what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jianban.workflows.language.durations import write_duration
from jianban.workflows.language.terms import (
    Awaited,
    Basis,
    Duration,
    Expiry,
    Limit,
    MaterialUse,
    Origin,
    Role,
    Send,
)
from jianban.workflows.texts import Text

Data = dict[str, Any]


def given(data: Data) -> Data:
    """Without what is empty, except where nothing is meant: no basis, and nothing sent."""
    meant = ("source", "sends")
    return {k: v for k, v in data.items() if v not in (None, [], {}, ()) or (k in meant and v is not None)}


def words(text: Text | None) -> Data | None:
    return {"zh": text.zh, "en": text.en} if text else None


def ids(roles: Sequence[Role]) -> list[str]:
    return [r.id for r in roles]


def sources_of(basis: Basis) -> list[str]:
    return [f"{c.place} “{c.phrase}”" if c.phrase else c.place for c in basis.citations]


def basis_of(basis: Basis, inherited: Basis) -> Data:
    if basis == inherited:
        return {}
    return {
        "source": sources_of(basis) if basis.citations or not basis.assumed else None,
        "assumed": words(basis.assumed),
    }


def yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}"


def after_of(length: Duration, origin: Origin | None) -> Data | str:
    return write_duration(length) if origin is None else period_of(length, origin)


def period_of(length: Duration, origin: Origin | None) -> Data:
    stated = "planned" if origin is not None and origin.exact else "for"
    return given({stated: write_duration(length), "from": origin and (origin.step or origin.day)})


def awaited_of(message: Awaited) -> Data:
    return given({"name": message.name, "key": message.key, "brings": dict(message.brings)})


def sends_of(sends: Sequence[Send], by_kind: bool = False) -> Data:
    """`by_kind`: the kind sends something of itself, so that sending nothing must be said."""
    return {"sends": [_send(s) for s in sends]} if sends or by_kind else {}


def _send(send: Send) -> Data:
    to = send.role or send.agency
    return given(
        {
            send.kind.value: to.id if to else send.name,
            "text": words(send.text),
            "key": send.key,
            "data": dict(send.data),
            "keep": send.keep and write_duration(send.keep),
            "each": send.each or None,
        }
    )


def limit_of(limit: Limit | None, inherited: Basis) -> Data | None:
    if limit is None:
        return None
    written = {
        key: write_duration(duration)
        for key, duration in (
            ("statutory", limit.statutory),
            ("reading", limit.reading),
            ("promised", limit.promised),
            ("warn", limit.warn),
        )
        if duration is not None
    }
    return given(
        {
            **written,
            "extendable": _extension(limit),
            "from": limit.counted_from,
            **basis_of(limit.basis, inherited),
            "promised_source": sources_of(limit.promised_basis),
            "promised_assumed": words(limit.promised_basis.assumed),
        }
    ) | {"expiry": _expiry(limit.expiry, limit.basis)}


def _extension(limit: Limit) -> Data | str | None:
    if limit.extension is None:
        return None
    length = write_duration(limit.extension)
    return {"for": length, "by": ids(limit.extension_by)} if limit.extension_by else length


def _expiry(expiry: Expiry | None, inherited: Basis) -> Data | None:
    if expiry is None:
        return None
    role = expiry.role and expiry.role.id
    return given(
        {"then": expiry.kind.value, "event": expiry.event, "role": role, **basis_of(expiry.basis, inherited)}
    )


def material_of(use: MaterialUse, inherited: Basis) -> Data:
    return given(
        {
            "material": use.material.id,
            "form": use.form.value,
            "copies": use.copies,
            "shared": use.obtained_by_sharing,
            "optional": use.optional,
            **basis_of(use.basis, inherited),
        }
    )
