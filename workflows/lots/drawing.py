"""The draw: the same key and registers give the same objects and teams, in whatever order the registers are.

Everything is ranked by HMAC-SHA256 under the key. Of each class the objects that rank first are drawn. Then
each object, in the order of rank, is given the inspectors that rank first for it, who neither step aside nor
have all they can take; where that leaves a seat empty, seats given before move on along the shortest chain of
changes, those of first rank first (an augmenting path), so that a draw fails only if no assignment exists.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.lots.plan import Plan
from jianban.workflows.lots.registers import Registers
from jianban.workflows.texts import Text

RECUSED = Text(
    "对象“{object}”须 {team} 名检查人员，"
    "除去回避的只有 {free} 名（{names}）。请补充检查人员，或者另行指定检查机关",
    "object “{object}” takes {team} inspectors; only {free} need not step aside ({names}). "
    "Add inspectors, or have another authority inspect it",
)
LOADED = Text(
    "对象“{object}”须 {team} 名检查人员；"
    "不需回避的（{names}）都已满额，且无法调整。请提高 limit 或者补充检查人员",
    "object “{object}” takes {team} inspectors; those who need not step aside ({names}) have all they can "
    "take, and no change of teams frees one. Raise limits, or add inspectors",
)
NOBODY = Text("无", "nobody")
SHOWN = 5


class DrawError(JianbanError):
    """An object can't have its team; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    objects: Mapping[str, str]
    """Those drawn, each with its class, in the order of rank within each class; classes in order of name."""
    teams: Mapping[str, tuple[str, ...]]
    """The inspectors of each, in the order in which they rank for it."""


def rank(key: bytes, *words: str) -> str:
    """The place of something in a draw: hex digits, compared as text."""
    return hmac.new(key, "\n".join(words).encode(), hashlib.sha256).hexdigest()


def draw(key: bytes, plan: Plan, registers: Registers, late: Collection[tuple[str, str]] = ()) -> Drawn:
    """Draw objects and their teams.

    Args:
        late: inspector and object that must not meet, besides those in the register.

    Raises:
        PlanError: the plan doesn't fit the register of objects.
        DrawError: an object can't have its team.
    """
    objects = _objects(key, plan, registers)
    apart = registers.recusals | frozenset(late)
    order = sorted(objects, key=lambda o: rank(key, "object", o))
    teams = _Teams(key, plan.team, registers, apart).fill(order)
    return Drawn(objects=objects, teams={o: teams[o] for o in objects})


def _objects(key: bytes, plan: Plan, registers: Registers) -> dict[str, str]:
    drawn: dict[str, str] = {}
    for name, members in plan.classes(registers.objects).items():
        members.sort(key=lambda o: rank(key, "object", o))
        drawn |= dict.fromkeys(members[: plan.take[name].of(len(members))], name)
    return drawn


@dataclass(slots=True)
class _Teams:
    key: bytes
    size: int
    registers: Registers
    apart: frozenset[tuple[str, str]]
    able: dict[str, list[str]] = field(default_factory=dict)
    """For each object, who may inspect it, first in rank first."""
    teams: dict[str, list[str]] = field(default_factory=dict)
    loads: dict[str, list[str]] = field(default_factory=dict)
    """For each inspector, their objects, in the order given."""

    def fill(self, order: list[str]) -> dict[str, tuple[str, ...]]:
        self.loads = {i: [] for i in self.registers.inspectors}
        for object_ in order:
            free = [i for i in self.registers.inspectors if (i, object_) not in self.apart]
            self.able[object_] = sorted(free, key=lambda i: rank(self.key, "inspector", object_, i))
            self.teams[object_] = []
            if len(free) < self.size:
                raise self._refused(RECUSED, object_)
            for _ in range(self.size):
                if not self._seat(object_):
                    raise self._refused(LOADED, object_)
        return {
            o: tuple(sorted(team, key=lambda i: rank(self.key, "inspector", o, i)))
            for o, team in self.teams.items()
        }

    def _seat(self, object_: str) -> bool:
        """Give one more inspector to an object, at the cost of as few others as it takes."""
        came: dict[str, tuple[str, str | None]] = {}
        """Inspector → the object that would take them, and the inspector whom that object would give up."""
        waiting: list[tuple[str, str | None]] = [(object_, None)]
        for taker, lost in waiting:
            for inspector in self.able[taker]:
                if inspector in came or inspector in self.teams[taker]:
                    continue
                came[inspector] = (taker, lost)
                most = self.registers.inspectors[inspector]
                if most is None or len(self.loads[inspector]) < most:
                    self._move(inspector, came)
                    return True
                waiting += [(other, inspector) for other in self.loads[inspector]]
        return False

    def _move(self, inspector: str | None, came: Mapping[str, tuple[str, str | None]]) -> None:
        while inspector is not None:
            taker, lost = came[inspector]
            self.teams[taker].append(inspector)
            self.loads[inspector].append(taker)
            if lost is not None:
                self.teams[taker].remove(lost)
                self.loads[lost].remove(taker)
            inspector = lost

    def _refused(self, words: Text, object_: str) -> DrawError:
        able = sorted(self.able[object_])
        more = "…" if len(able) > SHOWN else ""
        names = Text("、".join(able[:SHOWN]) + more, ", ".join(able[:SHOWN]) + more) if able else NOBODY
        return DrawError(words.format(object=object_, team=self.size, free=len(able), names=names))
