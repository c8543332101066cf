"""When a block's join closes."""

from __future__ import annotations

from jianban.workflows.flow import Node
from jianban.workflows.language.model import JoinKind


def needed(block: Node, branches: int) -> int | None:
    """How many finished branches close the join of a block that opens so many; None when it waits for
    all of them.

    A block that asks for as many branches as it opens, or more, waits for all.
    """
    if block.join is None or block.join.kind is JoinKind.ALL:
        return None
    count = 1 if block.join.kind is JoinKind.ANY else block.join.count or 1
    return count if count < branches else None
