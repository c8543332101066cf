"""Whether an article says a phrase, and what it says that comes nearest."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from jianban.workflows.sources.numerals import NUMERAL

_IGNORED = re.compile(r"[\s*_#>`|\\“”‘’\"'「」『』]")
_LEFT_OUT = re.compile("…+|⋯+")
_CLAUSE = re.compile(r"[^。;；\n]+[。;；]?")
_NUMBER = re.compile(f"[{NUMERAL}]")
_LONG = 90


def plain(text: str) -> str:
    """Without spaces, Markdown and quotation marks, full and half width alike."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def says(article: str, phrase: str) -> bool:
    """Whether the parts of the phrase, which `……` separates, stand in the article in this order.

    A part that begins or ends within a number of the article does not stand there: 十日 is not in 二十日.
    """
    whole, at = plain(article), 0
    parts = [p for p in (plain(part) for part in _LEFT_OUT.split(phrase)) if p]
    for part in parts:
        found = _found(whole, part, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)


def _found(whole: str, part: str, start: int) -> int:
    at = whole.find(part, start)
    while at >= 0:
        before, after = whole[at - 1 : at], whole[at + len(part) : at + len(part) + 1]
        cut = (_NUMBER.match(part) and (_NUMBER.match(before) or before == "第")) or (
            _NUMBER.match(part[-1]) and _NUMBER.match(after)
        )
        if not cut:
            return at
        at = whole.find(part, at + 1)
    return -1


def clauses(article: str) -> list[str]:
    """The sentences and items of an article, as written."""
    return [c.strip() for c in _CLAUSE.findall(article) if c.strip()]


def nearest(article: str, phrase: str) -> str:
    """The clause of an article that is most like a phrase, shortened."""
    wanted = plain(phrase)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)

    def likeness(clause: str) -> int:
        matcher.set_seq1(plain(clause))
        return sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)

    return shortened(max(clauses(article), key=likeness, default=""))


def shortened(clause: str) -> str:
    words = " ".join(clause.split())
    return words if len(words) <= _LONG else words[: _LONG - 1] + "…"
