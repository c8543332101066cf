"""Money: reckoned in fen, shown in yuan."""

from __future__ import annotations


def yuan(fen: int) -> int | float:
    """An amount in yuan, whole where it is whole."""
    return fen / 100 if fen % 100 else fen // 100
