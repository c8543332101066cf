"""Pseudonyms (假名) for people and subjects in what is exported.

A pseudonym is `p-` and the first 80 bits, in hex, of HMAC-SHA256 under a key: the same name has the same
pseudonym in every export with this key, and who has not the key cannot tell, or try out, which name it is.

Ids (of cases, business keys, idempotency keys, messages, delegations) may name somebody too, as the credit
code of a person does. They get pseudonyms where it is asked; what is called after a case stays called so.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from jianban.engine.entries import Row
from jianban.engine.erasure import MESSAGE_REF
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
_BY_CASE = re.compile(r"(case:|open:)?(.+?)((?::[0-9]+){0,2})", re.DOTALL)
"""What may be called after a case: itself, an actor or key that stands for it, or what it sent."""


class Pseudonyms:
    def __init__(self, key: bytes, is_case: Callable[[str], bool] | None = None) -> None:
        """
        Args:
            is_case: tells the ids of cases; None leaves ids as they are.

        Raises:
            JianbanError: the key is too short to protect anybody.
        """
        if not isinstance(key, bytes) or len(key) < SHORTEST:
            raise JianbanError(KEY.format(least=SHORTEST))
        self._key = key
        self._is_case = is_case

    def of(self, name: str) -> str:
        return f"p-{hmac.new(self._key, name.encode(), sha256).hexdigest()[:DIGITS]}"

    def id(self, name: str) -> str:
        """The pseudonym of an id, after that of the case where it is called after one."""
        if self._is_case is None:
            return name
        parts = _BY_CASE.fullmatch(name)
        if parts is not None and self._is_case(parts[2]):
            return f"{parts[1] or ''}{self.of(parts[2])}{parts[3]}"
        return self.of(name)

    def case(self, case: Stored) -> Stored:
        return case._replace(
            id=self.id(case.id),
            business_key=case.business_key and self.id(case.business_key),
            subject=case.subject and self.of(case.subject),
            start_key=case.start_key and self.id(case.start_key),
        )

    def row(self, row: Row, key: str | None) -> Row:
        """An entry without names. It has no hash, since with one names could be tried out; nor the state that
        an erasing keeps, which follows from the entries.

        Args:
            key: the field that is the business key.
        """
        plain = json.loads(row.body)
        plain.pop("state", None)
        _renamed(plain, ("case", "key", "business_key"), self.id)
        _renamed(plain, ("actor",), self._person)
        _renamed(plain, ("subject",), self.of)
        if "erased" in plain:
            plain["erased"] = [self._ref(ref) for ref in plain["erased"]]
        for record in plain["records"]:
            _renamed(record, PERSONS.get(record["kind"], OTHERS), self._person)
            _renamed(record, ("message", "delegation"), self.id)
            if key is not None and record.get("data", {}).get(key):
                _renamed(record["data"], (key,), self.id)
        return row._replace(
            case_id=plain["case"],
            key=plain.get("key"),
            actor=plain.get("actor"),
            body=canonical(plain),
            hash=b"",
        )

    def _ref(self, ref: str) -> str:
        """A ref of what was erased."""
        id = ref.removeprefix(MESSAGE_REF)
        return ref if id == ref else MESSAGE_REF + self.id(id)

    def _person(self, name: str) -> str:
        """That of who acted, who may be a case."""
        return self.of(name) if self._is_case is None else self.id(name)


def _renamed(plain: dict[str, Any], names: tuple[str, ...], of: Callable[[str], str]) -> None:
    for name in names:
        if name in plain:
            plain[name] = of(plain[name])


KEY = Text("假名密钥应为至少 {least} 字节", "the key of pseudonyms must have at least {least} bytes")
