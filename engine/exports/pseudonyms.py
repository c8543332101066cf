"""Pseudonyms (假名) for people and subjects in what is exported.

A pseudonym is `p-` and the first 80 bits, in hex, of HMAC-SHA256 under a key: the same name has the same
pseudonym in every export with this key, and who has not the key cannot tell, or try out, which name it is.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from jianban.engine.entries import Row
from jianban.engine.state import RecordKind
from jianban.engine.store.store import Stored
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

SHORTEST = 16
"""Bytes of a key."""
DIGITS = 20
"""Hex digits of a pseudonym."""
PERSONS = {
    RecordKind.ASSIGNED.value: ("actor", "behalf", "target"),
    RecordKind.HANDED_OVER.value: ("actor", "behalf", "target"),
}
"""By kind of record, the fields that name people."""
OTHERS = ("actor", "behalf")


class Pseudonyms:
    def __init__(self, key: bytes) -> None:
        """
        Raises:
            JianbanError: the key is too short to protect anybody.
        """
        if not isinstance(key, bytes) or len(key) < SHORTEST:
            raise JianbanError(KEY.format(least=SHORTEST))
        self._key = key

    def of(self, name: str) -> str:
        return f"p-{hmac.new(self._key, name.encode(), sha256).hexdigest()[:DIGITS]}"

    def case(self, case: Stored) -> Stored:
        return case if case.subject is None else case._replace(subject=self.of(case.subject))

    def row(self, row: Row) -> Row:
        """An entry without names. It has no hash, since with one names could be tried out; nor the state that
        an erasing keeps, which follows from the entries."""
        plain = json.loads(row.body)
        plain.pop("state", None)
        _renamed(plain, ("actor", "subject"), self.of)
        for record in plain["records"]:
            _renamed(record, PERSONS.get(record["kind"], OTHERS), self.of)
        return row._replace(actor=plain.get("actor"), body=canonical(plain), hash=b"")


def _renamed(plain: dict[str, Any], names: tuple[str, ...], of: Callable[[str], str]) -> None:
    for name in names:
        if name in plain:
            plain[name] = of(plain[name])


KEY = Text("假名密钥应为至少 {least} 字节", "the key of pseudonyms must have at least {least} bytes")
