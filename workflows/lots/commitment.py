"""What is published before a draw: the digest of the seed, of the registers and of the plan."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.lots.plan import Plan
from jianban.workflows.lots.registers import Registers
from jianban.workflows.texts import Text

SCHEME = "jianban-lots/1"
SALT_LEAST = 16
"""Characters: a shorter salt would let others find the seed by trying."""
SHORT_SALT = Text(
    "盐值须至少 {least} 个字符，否则种子可能被试出",
    "the salt needs {least} characters at least, or the seed can be found by trying",
)
EMPTY_SEED = Text("种子为空。请给出种子", "the seed is empty. Give one")
LINES = Text(
    "“{name}”须为一行文字，不含控制字符", "“{name}” must be one line of text, without control characters"
)


class SecretError(JianbanError):
    """A seed, a salt or a title can't be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What is kept until the draw, and published after it.

    Raises:
        SecretError: the seed is empty, the salt too short, or one of several lines.
    """

    seed: str
    salt: str

    def __post_init__(self) -> None:
        if not self.seed:
            raise SecretError(EMPTY_SEED)
        if len(self.salt) < SALT_LEAST:
            raise SecretError(SHORT_SALT.format(least=SALT_LEAST))
        one_line("seed", self.seed)
        one_line("salt", self.salt)

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.salt}\n{self.seed}".encode()).hexdigest()

    def key(self, beacon: str) -> bytes:
        """The key of the draw; `beacon` is the public value that came after the commitment, if any."""
        return f"{self.seed}\n{beacon}".encode() if beacon else self.seed.encode()


def one_line(name: str, value: str) -> str:
    """
    Raises:
        SecretError: the value has several lines or control characters.
    """
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise SecretError(LINES.format(name=name))
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    purpose: str
    plan: Plan
    digests: Mapping[str, str]
    """SHA-256 of the registers `objects`, `inspectors` and `recusals`."""
    secret: str
    """SHA-256 of salt and seed."""
    beacon: str = ""
    """Which public value, known only later, is mixed in; empty for none."""

    @property
    def text(self) -> str:
        """What the digest is of, a fact a line."""
        return "".join(
            f"{line}\n"
            for line in (
                SCHEME,
                f"purpose {self.purpose}",
                *(f"{name} {self.digests[name]}" for name in ("objects", "inspectors", "recusals")),
                *(f"take {name}\t{take.said}" for name, take in sorted(self.plan.take.items())),
                f"team {self.plan.team}",
                f"beacon {self.beacon}",
                f"secret {self.secret}",
            )
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def commit(purpose: str, plan: Plan, registers: Registers, secret: Secret, beacon: str = "") -> Commitment:
    """Bind the operator to a seed before the draw.

    Args:
        beacon: names a public value that nobody knows yet, e.g. the numbers of a lottery on a later day.

    Raises:
        SecretError: the purpose or the beacon has several lines.
    """
    return Commitment(
        purpose=one_line("purpose", purpose),
        plan=plan,
        digests=registers.digests(),
        secret=secret.digest,
        beacon=one_line("beacon", beacon),
    )
