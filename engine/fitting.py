"""How a case fits another definition: the values in which a migration speaks, and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from jianban.engine.access import Actor
from jianban.engine.plan import Plan
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.state import CaseState, Decision, Record
from jianban.workflows.flow import NodeKind
from jianban.workflows.texts import Text

MIGRATE = "migrate"
UNDO = "undo"
BLOCKS = frozenset({NodeKind.FORK, NodeKind.EACH, NodeKind.CALL})
REACHABLE = BLOCKS | {NodeKind.STEP, NodeKind.CHOICE}
"""What a mapping may lead to."""


class Fit(StrEnum):
    """How a case fits another definition."""

    MAPS = "maps"
    DECIDE = "decide"
    """Somebody must say where a token goes: by the mapping."""
    CANNOT = "cannot"
    """As the case is, it cannot be carried over."""


class Problem(NamedTuple):
    """What stands in the way."""

    fit: Fit
    """DECIDE or CANNOT."""
    what: str
    """The node that the mapping must name, the data field or the event."""
    text: Text
    remedy: Text
    suggested: str | None = None
    """What the mapping may say of the node: where the case would have gone on. Empty: give the branch up."""


class Told(NamedTuple):
    """What a migration is told."""

    actor: Actor
    now: datetime
    reason: str
    mapping: tuple[tuple[str, str], ...] = ()
    """Nodes and what stands for them; empty for a branch that is given up."""


class Carried(NamedTuple):
    """A case as the other definition has it."""

    decision: Decision
    moved: tuple[tuple[str, str], ...]
    """Places that are called otherwise now: before and after; empty where a strand was given up."""
    skipped: tuple[str, ...]
    """Branches of open blocks that are new, and that this case does without."""
    dropped: tuple[str, ...]
    """Data fields whose values are not carried over."""


class Former(NamedTuple):
    """A migration that may be undone."""

    plan: Plan
    before: CaseState
    after: CaseState
    """As the case was just before and just after it."""
    mapping: tuple[tuple[str, str], ...]
    past: tuple[Record, ...]
    """What had happened before it, in the ids of its plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit(Refusal):
    """Why a case is not carried over."""

    problems: tuple[Problem, ...]

    @property
    def fit(self) -> Fit:
        return Fit.CANNOT if any(p.fit is Fit.CANNOT for p in self.problems) else Fit.DECIDE


def unfit(problems: Sequence[Problem]) -> Unfit:
    first, *rest = (Refusal(code=Rule.MIGRATION, rule=p.what, text=p.text, remedy=p.remedy) for p in problems)
    return Unfit(
        code=first.code,
        rule=first.rule,
        text=first.text,
        remedy=first.remedy,
        others=tuple(rest),
        problems=tuple(problems),
    )


ENDED = Text("办件已经办结", "the case has ended")
ENDED_REMEDY = Text("已办结的办件不迁移", "Leave it as it is")
GONE = Text("新流程没有“{title}”", "the new process has no “{title}”")
GONE_REMEDY = Text(
    "请在 mapping 中写明“{node}”由哪一步接续；在并行分支内的，也可写 null 放弃该分支",
    "Say in the mapping which step stands for `{node}`; inside a block, null gives the branch up",
)
NO_STRAND = Text("“{title}”不在并行分支内，不能放弃", "“{title}” is no branch that can be given up")
NO_STRAND_REMEDY = Text("请写明由哪一步接续", "Say which step stands for it")
ELSEWHERE = Text(
    "“{title}”在新流程中位于另一个块内或块外",
    "in the new process “{title}” lies in another block, or in none",
)
ELSEWHERE_REMEDY = Text(
    "请在 mapping 中写明“{node}”由同一层的哪一步或哪个块接续",
    "Say in the mapping which step or block of its own level stands for `{node}`",
)
OTHER_LIST = Text(
    "“{title}”在新流程中逐项办理的清单不同，或种类不同",
    "in the new process “{title}” is of another kind, or goes over another list",
)
TWICE = Text("两处同时办理的工作都会移到“{title}”", "two strands of the case would both stand at “{title}”")
TWICE_REMEDY = Text("请为其中一处另写接续的步骤", "Map one of them to another step")
OTHER_TYPE = Text("“{title}”在新流程中应为{kind}", "in the new process “{title}” must be {kind}")
OTHER_TYPE_REMEDY = Text(
    "请在新定义中给该数据项另取编号，或先更正办件中的值",
    "Give the field another id in the new definition, or correct the value in the case first",
)
SUSPENDED = Text(
    "办件已中止（{title}），新流程没有这种中止",
    "the case is suspended ({title}), and the new process has no such suspension",
)
SUSPENDED_REMEDY = Text("请先恢复办理", "Resume it first")
NOTHING_BACK = Text("办件没有可以撤回的迁移", "there is no migration of this case that could be undone")
NOTHING_BACK_REMEDY = Text("请用 migrate 迁移到所需的版本", "Migrate it to the version that you want")
