"""Registers (名录库): the objects that may be inspected, the inspectors, and recusals (回避)."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.files import read_csv, reason
from jianban.workflows.texts import Text

T = TypeVar("T")
UNREADABLE = Text(
    "不能读取“{file}”（{why}）。请给出 UTF-8 或 GB18030 编码的 CSV 文件",
    "“{file}” can't be read ({why}). Give a CSV file in UTF-8 or GB18030",
)
NO_COLUMN = Text(
    "{place}：表头没有“{column}”列。第一行写列名：{columns}",
    "{place}: there is no column “{column}”. The first line names the columns: {columns}",
)
EMPTY = Text("{place}：“{column}”为空。请填写", "{place}: “{column}” is empty. Fill it in")
CONTROL = Text(
    "{place}：“{column}”中有控制字符。请删去", "{place}: “{column}” holds a control character. Remove it"
)
TWICE = Text(
    "{place}：“{id}”已经在第 {line} 行。名录库中的编号不得重复",
    "{place}: “{id}” is on line {line} already. An id stands in a register once",
)
NO_LIMIT = Text(
    "{place}：“{value}”不是次数。limit 写正整数，不限的留空",
    "{place}: “{value}” is no number. Write limit as a positive whole number, or leave it empty",
)
UNKNOWN = Text("{place}：名录库中没有“{id}”。请核对编号", "{place}: “{id}” is in no register. Check the id")
NO_REASON = Text(
    "{place}：抽取后提出的回避须写明理由（reason 列）",
    "{place}: a recusal after the draw needs its reason (column reason)",
)


class RegisterError(JianbanError):
    """A register is wrong; the text names the file and the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A recusal that was only known after the draw."""

    inspector: str
    object: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    objects: Mapping[str, str]
    """Id → class of credit (信用风险分类)."""
    inspectors: Mapping[str, int | None]
    """Id → how many objects they can take at most; None for any number."""
    recusals: frozenset[tuple[str, str]]
    """Inspector and object that must not meet."""

    def digests(self) -> dict[str, str]:
        """SHA-256 of each register, whatever the order of its lines."""
        return {
            "objects": _digest(self.objects.items()),
            "inspectors": _digest(
                (id_, "" if most is None else str(most)) for id_, most in self.inspectors.items()
            ),
            "recusals": _digest(self.recusals),
        }


def _digest(rows: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256("".join(f"{a}\t{b}\n" for a, b in sorted(rows)).encode()).hexdigest()


def read_registers(objects: Path, inspectors: Path, recusals: Path | None = None) -> Registers:
    """The registers of CSV files, whose first lines name the columns; further columns are passed over.

    Args:
        objects: `id`, `class`.
        inspectors: `id`, and `limit` if anybody has one.
        recusals: `inspector`, `object`.

    Raises:
        RegisterError: a file can't be read, or a line is wrong.
    """
    classes = _register(objects, "class", lambda value, place: _filled(value, "class", place))
    limits = _register(inspectors, "limit", _limit)
    pairs = [(a, b) for a, b, _ in _pairs(recusals, classes, limits)] if recusals else []
    return Registers(objects=classes, inspectors=limits, recusals=frozenset(pairs))


def read_late(file: Path, registers: Registers) -> tuple[Late, ...]:
    """Recusals after the draw: `inspector`, `object`, `reason`.

    Raises:
        RegisterError: as `read_registers`, or one has no reason.
    """
    found: list[Late] = []
    for inspector, object_, (place, why) in _pairs(file, registers.objects, registers.inspectors):
        if not why:
            raise RegisterError(NO_REASON.format(place=place))
        found.append(Late(inspector=inspector, object=object_, reason=why))
    return tuple(found)


def _register(file: Path, column: str, read: Callable[[str, str], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    lines: dict[str, int] = {}
    needed = ("id", "class") if column == "class" else ("id",)
    for line, row in _rows(file, needed):
        place = f"{file}:{line}"
        id_ = _filled(row["id"], "id", place)
        if id_ in found:
            raise RegisterError(TWICE.format(place=place, id=id_, line=lines[id_]))
        found[id_], lines[id_] = read(row.get(column, ""), place), line
    return found


def _limit(value: str, place: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 10 and int(value) > 0):
        raise RegisterError(NO_LIMIT.format(place=place, value=value))
    return int(value)


def _pairs(
    file: Path, objects: Mapping[str, object], inspectors: Mapping[str, object]
) -> list[tuple[str, str, tuple[str, str]]]:
    found: list[tuple[str, str, tuple[str, str]]] = []
    for line, row in _rows(file, ("inspector", "object")):
        place = f"{file}:{line}"
        for column, known in (("inspector", inspectors), ("object", objects)):
            if _filled(row[column], column, place) not in known:
                raise RegisterError(UNKNOWN.format(place=place, id=row[column]))
        found.append((row["inspector"], row["object"], (place, row.get("reason", ""))))
    return found


def _filled(value: str, column: str, place: str) -> str:
    if not value:
        raise RegisterError(EMPTY.format(place=place, column=column))
    return value


def _rows(file: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Each line that is not empty, with its number; cells are stripped and in Unicode's form NFC."""
    try:
        lines = read_csv(file)
    except (OSError, ValueError, csv.Error) as error:
        raise RegisterError(UNREADABLE.format(file=file, why=reason(error))) from None
    columns = lines[0][1] if lines else []
    for column in needed:
        if column not in columns:
            place = f"{file}:1"
            raise RegisterError(NO_COLUMN.format(place=place, column=column, columns=",".join(needed)))
    found: list[tuple[int, dict[str, str]]] = []
    for line, cells in lines[1:]:
        row = {c: unicodedata.normalize("NFC", v) for c, v in zip(columns, cells, strict=False)}
        for column in needed:
            row.setdefault(column, "")
        for column, value in row.items():
            if any(unicodedata.category(char) == "Cc" for char in value):
                raise RegisterError(CONTROL.format(place=f"{file}:{line}", column=column))
        found.append((line, row))
    return found
