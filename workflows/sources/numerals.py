"""Numbers as statutes write them, and the times, sums and counts that a phrase states."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from jianban.workflows.language.durations import ON_THE_SPOT
from jianban.workflows.language.terms import Duration, Unit

_DIGITS = {
    c: n
    for n, cs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIAD = 10_000
HAN = "".join((*_DIGITS, *_PLACES)) + "万"
NUMERAL = f"0-9{HAN}"
"""The characters of numbers, for a class of a pattern."""

_NUMBER = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+(?:\.[0-9]+)?)万?|[{HAN}]+"
_UNITS = (
    ("个?(?:法定)?工作日", Unit.WORKING_DAY),
    ("个?(?:自然日|日历日)|日|天", Unit.DAY),
    ("个?小时", Unit.HOUR),
    ("个月", Unit.MONTH),
    ("年", Unit.YEAR),
)
_FREE = re.compile("免费|免收|免征|不(?:得)?(?:再|另行|重复)?(?:收|收取|征收)[^。;]{0,16}(?:费|款)|不收费")
_DATE = re.compile("[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[0-9]{1,2}月[0-9]{1,2}日")
_APART = rf"(?<![第.{NUMERAL}])"
"""Where a number begins, and not an ordinal: 第二十日 is a day, not a length of time."""
_DURATIONS = tuple(
    (re.compile(rf"{_APART}({_NUMBER})(?:(?:至|到|-|—|~)({_NUMBER}))?(?:{words})"), unit)
    for words, unit in _UNITS
)
_YUAN = re.compile(rf"{_APART}({_NUMBER})(?:(?:至|到|-|—|~)({_NUMBER}))?元")
_COUNT = re.compile(rf"{_APART}({_NUMBER})(?:次|份|名|人|位|家|个(?!月|工作日|自然日|日历日|小时))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The figures that a text states."""

    durations: frozenset[Duration] = frozenset()
    fen: frozenset[int] = frozenset()
    """Sums of money; 0 where the text says that nothing is charged."""
    counts: frozenset[int] = frozenset()


def number(written: str) -> float | None:
    """`20`, `1,200`, `5万`, `二十`, `一百零五`, `两`, `一万五千` → the number; None when it is none."""
    match = re.fullmatch(r"([0-9,]+(?:\.[0-9]+)?)(万?)", written)
    if match:
        return float(match[1].replace(",", "")) * (_MYRIAD if match[2] else 1)
    above, _, below = written.rpartition("万")
    if above:
        high, low = _below_myriad(above), _below_myriad(below) if below else 0
        return None if high is None or low is None else high * _MYRIAD + low
    return _below_myriad(written)


def _below_myriad(written: str) -> int | None:
    total, digit = 0, None
    for c in written:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _PLACES:
            total += (1 if digit is None else digit) * _PLACES[c]
            digit = None
        else:
            return None
    return total + (digit or 0) if written else None


def stated(text: str) -> Stated:
    """What a phrase or an article states, in any of the ways in which numbers are written.

    Units: 日 and 天 are calendar days, as the text says, whatever its law reads them as.
    """
    plain = _DATE.sub(" ", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    durations = {
        Duration(amount, unit)
        for pattern, unit in _DURATIONS
        for match in pattern.finditer(plain)
        for amount in _amounts(match)
    }
    if "当场" in plain:
        durations.add(ON_THE_SPOT)
    if "半年" in plain:
        durations.add(Duration(6, Unit.MONTH))
    fen = {amount * 100 for match in _YUAN.finditer(plain) for amount in _amounts(match)}
    if _FREE.search(plain):
        fen.add(0)
    counts = {amount for match in _COUNT.finditer(plain) for amount in _amounts(match)}
    return Stated(durations=frozenset(durations), fen=frozenset(fen), counts=frozenset(counts))


def _amounts(match: re.Match[str]) -> list[int]:
    found = [number(written) for written in match.groups() if written]
    return [int(n) for n in found if n is not None and n == int(n)]
