"""What a service guide is, apart from how it is written down: sections of facts, tables and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from jianban.workflows.texts import Text

Lines: TypeAlias = tuple[Text, ...]
"""What stands in one cell, line by line."""


class Kind(StrEnum):
    """How the value of a field is read when a published guide is compared with it."""

    TEXT = "text"
    NAMES = "names"
    """Names in any order."""
    TIME = "time"
    COUNT = "count"
    MONEY = "money"
    CHARGED = "charged"
    """Whether anything is charged."""
    BASIS = "basis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a guide, or a column of one of its tables."""

    id: str
    title: Text
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    """Other names under which published guides have it."""
    numbered: bool = False
    """True when the value begins with a number that another guide may leave out."""
    width: int = 2
    """The share of a table's width that the column takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A kind of table: its rows are told apart by the column `key`."""

    id: str
    title: Text
    columns: tuple[Field, ...]
    key: str
    aliases: tuple[str, ...] = ()

    def at(self, column: str) -> int:
        return next(i for i, field in enumerate(self.columns) if field.id == column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    field: Field
    lines: Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    sheet: Sheet
    rows: tuple[tuple[Lines, ...], ...]
    """The cells of each row, one for each column of the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where a figure goes; the writers are given its drawing in the language of the guide."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    text: Text


Part: TypeAlias = Facts | Records | Picture | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: Text
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A guide in both languages; a writer picks one, or both."""

    title: Text
    process: str
    """`id@version` of the definition."""
    sections: tuple[Section, ...]
    unstated: tuple[Field, ...]
    """The national fields that the definition says nothing of."""

    @property
    def facts(self) -> dict[str, Fact]:
        return {f.field.id: f for part in self.parts if isinstance(part, Facts) for f in part.facts}

    @property
    def records(self) -> dict[str, Records]:
        return {part.sheet.id: part for part in self.parts if isinstance(part, Records)}

    @property
    def parts(self) -> Iterator[Part]:
        return (part for section in self.sections for part in section.parts)
