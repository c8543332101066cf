"""The known name that a misspelt one stands for."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known name that a misspelt one probably stands for.

    Args:
        alike: how much of both is the same at least, from 0 to 1.
    """
    names = sorted(known)
    if len(names) > _MANY:
        # comparing each with each would take minutes; a slip leaves one end of a word as it is
        back = sorted(n[::-1] for n in names)
        ends = [n[::-1] for n in _around(name[::-1], back)]
        names = sorted({*_around(name, names), *ends})
    found = get_close_matches(name, names, n=1, cutoff=alike)
    return found[0] if found else None


def _around(name: str, names: list[str]) -> list[str]:
    at = bisect(names, name)
    return names[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]


_MANY = 60
_NEIGHBOURS = 8
