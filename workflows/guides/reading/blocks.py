"""What any file is read as: headings, lines and grids, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

LINE = Text("第 {line} 行", "line {line}")


class GuideError(JianbanError):
    """A file that cannot be read as a guide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    text: str
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    cells: tuple[str, ...]
    """The lines of a cell are parted by line breaks; a cell that spans rows is in each of them, one that
    spans columns in the first."""
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    rows: tuple[Row, ...]


Block: TypeAlias = Heading | Line | Grid


def at_line(line: int) -> Text:
    return LINE.format(line=line)


def tidy(text: str) -> str:
    """Without empty lines and spaces around lines."""
    return "\n".join(filter(None, map(str.strip, text.splitlines())))


def filled(cells: Iterable[str]) -> bool:
    return any(cells)
