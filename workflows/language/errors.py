"""Problems of a definition as values, and the exceptions that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from jianban.workflows.language.terms import NOWHERE, Position
from jianban.workflows.texts import Lang, Text


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a definition: a stable code, its place, what is wrong and what to do about it."""

    code: str
    """`J1xx` the file, `J2xx` the flow, `J3xx` the law and the catalogue."""
    message: Text
    remedy: Text
    position: Position = NOWHERE
    severity: Severity = Severity.ERROR

    def line(self, lang: Lang) -> str:
        """`file:line:col code message remedy`, as compilers write it."""
        place = f"{self.position.file or '-'}:{self.position.line}:{self.position.column}"
        gap = "。" if lang == "zh" else ". "
        return f"{place} {self.code} {self.message.get(lang)}{gap}{self.remedy.get(lang)}"


class JianbanError(Exception):
    """Something a user can mend; `text` says what and how, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class DefinitionError(JianbanError):
    """A definition has errors; `problems` holds all of them, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            Text(
                "\n".join(p.line("zh") for p in self.problems),
                "\n".join(p.line("en") for p in self.problems),
            )
        )
