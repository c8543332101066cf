"""The plan of a draw (抽查计划): how many objects of each class are drawn, with how many inspectors each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

LEAST_TEAM = 2
"""行政处罚法 art. 42: at least two officers."""
TAKE = re.compile(r"(?P<number>[0-9]{1,9})|(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,4})?)%", re.ASCII)

NOT_A_TAKE = Text(
    "“{value}”不是抽取数量。写作“类别=件数”或“类别=比例%”，如 A=3、B=5%",
    "“{value}” says no amount. Write class=number or class=share%, e.g. A=3 or B=5%",
)
TOO_MUCH = Text("“{value}”超过 100%", "“{value}” is more than 100%")
TWICE = Text("类别“{name}”写了两次", "class “{name}” is given twice")
NO_CLASS = Text(
    "对象“{object}”的类别“{name}”没有写抽取数量。请加 --take {name}=件数（不抽取的写 0）",
    "nothing is said of class “{name}” of object “{object}”. Add --take {name}=number (0 for none)",
)
TOO_FEW = Text(
    "类别“{name}”只有 {size} 个对象，不能抽取 {number} 个。请减少数量",
    "class “{name}” has {size} objects, {number} can't be drawn. Take fewer",
)
TEAM = Text(
    "每个对象至少抽取 {least} 名检查人员，而不是 {team}（行政处罚法第四十二条）",
    "an object takes {least} inspectors at least, not {team} (Administrative Penalty Law, article 42)",
)


class PlanError(JianbanError):
    """The plan can't be followed."""


@dataclass(frozen=True, slots=True)
class Take:
    """A number, or a share of a class."""

    said: str
    """`3`, or `5%`."""

    def of(self, size: int) -> int:
        """How many are drawn of so many: of a share, what is left of a whole one counts as one."""
        match = TAKE.fullmatch(self.said)
        assert match is not None
        if match["number"]:
            return int(match["number"])
        whole, _, part = match["percent"].partition(".")
        share = int(whole + part)
        return -(-size * share // (100 * 10 ** len(part)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    take: Mapping[str, Take]
    """By class, in order of its name."""
    team: int = LEAST_TEAM
    """Inspectors for each object.

    Raises:
        PlanError: fewer than the law asks for.
    """

    def __post_init__(self) -> None:
        if self.team < LEAST_TEAM:
            raise PlanError(TEAM.format(least=LEAST_TEAM, team=self.team))

    def classes(self, objects: Mapping[str, str]) -> dict[str, list[str]]:
        """The objects of each class, in order of id, when the plan fits them.

        Raises:
            PlanError: a class has no amount, or too few objects.
        """
        found: dict[str, list[str]] = {name: [] for name in sorted(self.take)}
        for object_, name in sorted(objects.items()):
            if name not in found:
                raise PlanError(NO_CLASS.format(object=object_, name=name))
            found[name].append(object_)
        for name, members in found.items():
            number = self.take[name].of(len(members))
            if number > len(members):
                raise PlanError(TOO_FEW.format(name=name, size=len(members), number=number))
        return found


def read_take(words: Iterable[str]) -> dict[str, Take]:
    """`A=3`, `B=5%` → how many of each class.

    Raises:
        PlanError: a word is of another form, or a class is given twice.
    """
    found: dict[str, Take] = {}
    for word in words:
        name, _, said = word.rpartition("=")
        name = name.strip()
        match = TAKE.fullmatch(said.strip())
        if match is None or not name or not name.isprintable():
            raise PlanError(NOT_A_TAKE.format(value=word))
        if match["percent"] and float(match["percent"]) > 100:
            raise PlanError(TOO_MUCH.format(value=word))
        if name in found:
            raise PlanError(TWICE.format(name=name))
        found[name] = Take(said.strip())
    return dict(sorted(found.items()))
