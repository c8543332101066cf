"""The typed differences between two variants.

Each stage, step, block, end, condition, material, role and agency of either variant is in exactly one
difference of its level. Swapping the variants mirrors each difference: removed and added, merged and split,
made parallel and made sequential change places, the others stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from jianban.workflows.comparison.changes import Change
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.links import How
from jianban.workflows.texts import Text

Kind: TypeAlias = Literal[
    "kept",
    "changed",
    "moved",
    "made_parallel",
    "made_sequential",
    "merged",
    "split",
    "regrouped",
    "removed",
    "added",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one thing, or what stands for it, fares from the base to the other variant."""

    level: Level
    base: tuple[str, ...] = ()
    """Ids in the base."""
    other: tuple[str, ...] = ()
    base_titles: tuple[Text, ...] = ()
    other_titles: tuple[Text, ...] = ()
    changes: tuple[Change, ...] = ()
    how: How | None = None
    """What the match rests on; None when there is nothing to match."""
    partners: tuple[str, ...] = ()
    """For steps made parallel or sequential: the ids, in the other variant, of the steps it is so with."""
    partner_titles: tuple[Text, ...] = ()

    kind: ClassVar[Kind]


class Kept(Difference):
    """Matched, and nothing differs."""

    kind = "kept"


class Changed(Difference):
    """Matched one to one; `changes` says what differs."""

    kind = "changed"


class Moved(Difference):
    """Matched one to one, but done earlier or later than what stays in place around it."""

    kind = "moved"


class MadeParallel(Difference):
    """One after the other in the base, side by side with its `partners` in the other variant (串联改并联)."""

    kind = "made_parallel"


class MadeSequential(Difference):
    """Side by side in the base, one after the other in the other variant (并联改串联)."""

    kind = "made_sequential"


class Merged(Difference):
    """Several of the base are one in the other variant (合并)."""

    kind = "merged"


class Split(Difference):
    """One of the base is several in the other variant (拆分)."""

    kind = "split"


class Regrouped(Difference):
    """Several of the base are several others, and no pair of them can be told apart (重组)."""

    kind = "regrouped"


class Removed(Difference):
    """Only in the base (免办)."""

    kind = "removed"


class Added(Difference):
    """Only in the other variant (新增)."""

    kind = "added"


KINDS: Mapping[Kind, tuple[Text, str]] = {
    "kept": (Text("保留", "kept"), "="),
    "changed": (Text("调整", "changed"), "△"),
    "moved": (Text("移位", "moved"), "↕"),
    "made_parallel": (Text("改为并联", "made parallel"), "∥"),
    "made_sequential": (Text("改为串联", "made sequential"), "→"),
    "merged": (Text("合并", "merged"), "⇒"),
    "split": (Text("拆分", "split"), "÷"),
    "regrouped": (Text("重组", "regrouped"), "⇄"),
    "removed": (Text("免办", "removed"), "×"),
    "added": (Text("新增", "added"), "+"),
}
"""What each kind is called, and its sign."""

REMOVED = Text("取消", "removed")


def kind_text(kind: Kind, level: Level) -> Text:
    """What a kind is called on a level: 免办 is said of what need not be done, 取消 of the rest."""
    return KINDS[kind][0] if kind != "removed" or level in (Level.STAGE, Level.STEP) else REMOVED
