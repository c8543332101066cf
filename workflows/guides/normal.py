"""Texts of guides made comparable: full and half width, Chinese numerals, spaces, ways to write times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from jianban.workflows.guides.numerals import in_digits
from jianban.workflows.language.terms import Duration, Unit

ENUMERATOR = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)](?!\d)|[①-⑳•·▪●◆-])\s*")
NUMBER_AHEAD = re.compile(r"^\d+(?:\.\d+)*(?=\D)")
SPELLINGS = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        (r"(?<=\d),(?=\d{3})", ""),
        (r"(?<=\d)个(?=工作日|自然日|日历日|月|小时)", ""),
        (r"(?<=\d)(?:自然日|日历日|天)", "日"),
        (r"business(?=days?)", "working"),
        (r"calendar(?=days?)", ""),
        (r"(?<=\d)(workingday|day|month|year|hour)s(?![a-z])", r"\1"),
        (r"人民币|(?<=元)整", ""),
        (r"[“”„‟«»]", '"'),
        (r"[‘’]", "'"),
        (r"[‐‑‒–—−]", "-"),
        (r"[~～]", "-"),
    )
)
EMPTY = frozenset({"", "-", "--", "/", "无", "none", "n/a"})
TIMES = re.compile(r"(\d+)(工作日|日|月|年|小时|workingday|day|month|year|hour)")
UNITS = {
    "工作日": Unit.WORKING_DAY,
    "workingday": Unit.WORKING_DAY,
    "日": Unit.DAY,
    "day": Unit.DAY,
    "月": Unit.MONTH,
    "month": Unit.MONTH,
    "年": Unit.YEAR,
    "year": Unit.YEAR,
    "小时": Unit.HOUR,
    "hour": Unit.HOUR,
}


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """One line in the form in which it is compared; empty for a dash."""
    text = in_digits(normalize("NFKC", text)).lower().strip()
    text = re.sub(r"\s+", "", ENUMERATOR.sub("", text))
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    text = text.rstrip("。.;,、")
    return "" if text in EMPTY else text


def lines(texts: Iterable[str]) -> list[str]:
    """The lines of a cell, each plain; a semicolon parts lines too."""
    parted = (piece for text in texts for piece in re.split(r"[\n；;]", text))
    return [told for piece in parted if (told := plain(piece))]


def unnumbered(told: str) -> str:
    """A plain line without the number ahead of it."""
    return NUMBER_AHEAD.sub("", told)


def durations(told: str) -> dict[Unit, int]:
    """The times that a plain line names, added up unit by unit."""
    found: dict[Unit, int] = {}
    for amount, unit in TIMES.findall(told):
        found[UNITS[unit]] = found.get(UNITS[unit], 0) + int(amount)
    return found


def longest(told: str) -> Duration | None:
    """The one time that a plain line names; None for none or several kinds."""
    found = durations(told)
    if len(found) != 1:
        return None
    ((unit, amount),) = found.items()
    return Duration(amount, unit)


def number(told: str) -> int | None:
    """The one whole number in a plain line."""
    found = re.findall(r"\d+", told)
    return int(found[0]) if len(found) == 1 else None
