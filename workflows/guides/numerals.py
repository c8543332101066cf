"""Chinese numerals: 二十一 and 21."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万]+")


def written(number: int) -> str:
    """A number from 1 to 99 in Chinese: 12 → 十二."""
    tens, ones = divmod(number, 10)
    return (
        f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones] if ones or not tens else ''}"
    )


def in_digits(text: str) -> str:
    """The text with every Chinese numeral in Arabic digits: 第三十三条 → 第33条, 二〇一九 → 2019."""
    return NUMERAL.sub(lambda match: _number(match[0]), text)


def _number(numeral: str) -> str:
    digits = {"〇": "0", "两": "2", **{digit: str(i) for i, digit in enumerate(DIGITS)}}
    if not any(c in UNITS for c in numeral):
        return "".join(digits[c] for c in numeral)
    total = section = last = 0
    for c in numeral:
        unit = UNITS.get(c)
        if unit is None:
            last = int(digits[c])
        elif unit == UNITS["万"]:
            total += (section + last or 1) * unit
            section = last = 0
        else:
            section += (last or 1) * unit
            last = 0
    return str(total + section + last)
