"""Exact widths of texts, and lines broken by them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple, cast

from jianban.workflows.figures.chinese import break_costs, keeps_words
from jianban.workflows.figures.fonts import prepare_fonts

REGULAR = 400
BOLD = 700
NO_START = frozenset("，。、；：！？）》」』】〕〉”’％%,.;:!?)]}·／…—～")
"""Characters that never begin a line (避头)."""
NO_END = frozenset("（《「『【〔〈“‘([{")
"""Characters that never end one (避尾)."""
COUNTED = frozenset("条款项章号年月日天个次份件元")
"""Characters that stay with the digits before them."""
NUMERALS = frozenset("0123456789零一二三四五六七八九十百千")
KEPT = (" art.", " No.")
"""Abbreviations that stay with the number after them."""
DOCUMENT_NUMBER = re.compile(r"(?<=（)[^（）《》]{1,24}号(?=）)")
"""文号, as it stands behind the title of a document: never broken where a line has room for it."""
RAGGED = 16.0
"""What it costs running text to leave a part of a line empty, in squares of that part."""
LEAST_LAST, ALONE = 5.0, 4.0
"""A last line of running text is no shorter than this, in sizes; what it costs otherwise."""
MORE_LINES = 2
MOST_WEIGHED = 6
"""More lines than this are running text: where they break matters little."""


class _Advances(NamedTuple):
    starts: list[int]
    ends: list[int]
    widths: dict[int, dict[int, int]]


@cache
def _advances() -> _Advances:
    table = prepare_fonts().advances()
    ranges = cast(list[list[int]], table["ranges"])
    widths = {w: {int(c): a for c, a in cast(dict[str, int], table[str(w)]).items()} for w in (REGULAR, BOLD)}
    return _Advances([a for a, _ in ranges], [b for _, b in ranges], widths)


def covered(char: str) -> bool:
    """Whether the figures' font has the character."""
    table = _advances()
    at = bisect_right(table.starts, ord(char)) - 1
    return at >= 0 and ord(char) <= table.ends[at]


@lru_cache(maxsize=16384)
def _advance(char: str, weight: int) -> int:
    """In 1/1000 of the size. A character the font lacks is drawn in another one: as wide as that is likely
    to be."""
    if covered(char):
        return _advances().widths[weight].get(ord(char), 1000)
    if unicodedata.combining(char):
        return 0
    return 1300 if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF else 800


def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """The width of one line, in the unit of `size`."""
    return sum(_advance(c, weight) for c in text) * size / 1000


def clean(text: str) -> str:
    """One line of visible characters: control characters become spaces, runs of spaces one."""
    return " ".join("".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in text).split())


@lru_cache(maxsize=8192)
def wrap(
    text: str, width: float, size: float, weight: int = REGULAR, *, even: bool = True, whole: bool = False
) -> tuple[str, ...]:
    """Lines no wider than `width`, as `even` in length as the words allow, or each as full with no short last
    one; no line for an empty text. With `whole` rather up to `MORE_LINES` more than a Chinese word in two.

    Chinese breaks between any two characters except before closing and after opening marks, between words
    and after marks where that takes no more lines; words of other scripts break at spaces, and inside only
    when a word alone is wider than the line.
    """
    words = _words(clean(text), width, size, weight)
    if not words:
        return ()
    lines = _fill(words, width, size, weight)
    if 1 < len(lines) <= MOST_WEIGHED and (not even or any(_breaks(c) for c in text)):
        counts = range(len(lines), len(lines) + (MORE_LINES if whole else 0) + 1)
        tried = [_weighed(words, n, width, size, weight, even=even) for n in counts if n <= len(words)]
        lines = next((found for found in tried if keeps_words(found)), tried[0])
    elif even and len(lines) > 1:
        low, high = width / 2, width
        while high - low > size / 4:
            middle = (low + high) / 2
            if len(_fill(words, middle, size, weight)) > len(lines):
                low = middle
            else:
                high = middle
        lines = _fill(words, high, size, weight)
    return tuple(lines)


def _words(text: str, width: float, size: float, weight: int) -> list[str]:
    """Unbreakable pieces; a piece that may be preceded by a break starts with a space when one stood
    there."""
    words: list[str] = []
    numbered = {
        at
        for found in DOCUMENT_NUMBER.finditer(text)
        if text_width(f"（{found[0]}）", size, weight) <= width
        for at in range(found.start() + 1, found.end())
    }
    for at, char in enumerate(text):
        last = words[-1][-1] if words else ""
        glued = bool(words) and (
            at in numbered
            or (
                words[-1].endswith(KEPT)
                if char == " "
                else char in NO_START
                or last in NO_END
                or last == " "
                or _in_ordinal(words[-1], char)
                or (last.isdigit() and char in COUNTED)
                or (not _breaks(char) and not _breaks(last) and (last not in "-/" or char.isdigit()))
            )
        )
        if glued:
            words[-1] += char
        else:
            words.append(char)
    pieces: list[str] = []
    for word in words:
        while text_width(word.strip(), size, weight) > width and len(word.strip()) > 1:
            cut = 1
            while text_width(word[: cut + 1].strip(), size, weight) <= width:
                cut += 1
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return pieces


def _weighed(
    words: Sequence[str], count: int, width: float, size: float, weight: int, *, even: bool
) -> list[str]:
    """`count` lines that are even, or full but for the last, and end where a reader pauses."""
    costs = [*break_costs(words), 0.0]
    upto = [0.0, *accumulate(text_width(w, size, weight) for w in words)]
    lead = [text_width(w, size, weight) - text_width(w.lstrip(), size, weight) for w in words]
    tail = [text_width(w, size, weight) - text_width(w.rstrip(), size, weight) for w in words]
    # For every number of pieces: the cost of the best lines made of them, and where these end.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for line in range(count):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, ends) in sorted(best.items()):
            for end in range(start + 1, len(words) + 1):
                used = upto[end] - tail[end - 1] - upto[start] - lead[start]
                if used > width + 1e-6 and end > start + 1:
                    break
                if even:
                    uneven = (used * count / upto[-1] - 1) ** 2
                elif line < count - 1:
                    uneven = RAGGED * (1 - used / width) ** 2
                else:
                    uneven = 0.0 if used >= LEAST_LAST * size else ALONE
                now = cost + uneven + costs[end]
                if end not in longer or now < longer[end][0] + 1e-9:
                    longer[end] = now, (*ends, end)
        best = longer
    return ["".join(words[a:b]).strip() for a, b in pairwise((0, *best[len(words)][1]))]


def _in_ordinal(word: str, char: str) -> bool:
    """Whether a character goes on with an ordinal that ends a word: 第十五条."""
    _, begun, number = word.rpartition("第")
    if not begun or not NUMERALS.issuperset(number):
        return False
    return char in NUMERALS or (number != "" and char in COUNTED)


def _breaks(char: str) -> bool:
    """Whether a line may break on either side of the character."""
    return unicodedata.east_asian_width(char) in "WF"


def _fill(words: list[str], width: float, size: float, weight: int) -> list[str]:
    lines = [""]
    used = 0.0
    for word in words:
        more = text_width(word, size, weight)
        if lines[-1] and used + text_width(word.rstrip(), size, weight) > width + 1e-6:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            word = word.lstrip()
            more, used = text_width(word, size, weight), 0.0
        lines[-1] += word
        used += more
    return [line.strip() for line in lines if line.strip()]
