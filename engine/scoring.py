"""The policy by which offices are scored (考核标准): what is taken off 100 for what, read from a YAML file.

A score is 100 less, for each deduction, its weight times its rate (from 0 to 1), and not below 0. Each weight
has a source or a stated assumption. How a file is written is told in docs/reference/assessment.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError, JianbanError, Problem
from jianban.workflows.language.files import shown
from jianban.workflows.language.names import citation
from jianban.workflows.language.parts import Sourced, Words
from jianban.workflows.language.reader import read_file
from jianban.workflows.language.shape import Shape, key, places
from jianban.workflows.language.validation import in_order, validate
from jianban.workflows.texts import Text

SHIPPED = "policies/assessment.yaml"
"""Where a catalogue has its own policy."""
FULL = 100


class DeductionShape(Sourced):
    weight: Annotated[float, Field(ge=0, le=FULL, allow_inf_nan=False)] = key(
        "权重（分）", "Weight, in points"
    )


class DeductionsShape(Shape):
    late: DeductionShape | None = key("逾期办结的步骤", "Steps done late", None)
    promise: DeductionShape | None = key("未兑现承诺时限的步骤", "Steps that broke a promise", None)
    deemed: DeductionShape | None = key("逾期未答复而视为同意的步骤", "Steps that silence decided", None)
    repeated: DeductionShape | None = key("补正不止一次的办件", "Cases with several correction notices", None)
    escalated: DeductionShape | None = key("逾期上报的办件", "Cases with escalations", None)
    red: DeductionShape | None = key("红灯办件", "Cases with a red light", None)
    yellow: DeductionShape | None = key("黄灯办件", "Cases with a yellow light", None)


class PolicyShape(Shape):
    title: Words = key("名称", "Title")
    deductions: DeductionsShape = key("扣分项", "Deductions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    title: Text
    weights: Mapping[str, Fraction]
    """By deduction; one that is left out takes nothing off."""

    def deductions(self, rates: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """The points that each rate takes off."""
        return {name: weight * rates[name] for name, weight in self.weights.items()}


def own_scoring(catalogue: Catalogue) -> Scoring:
    """The policy that comes with a catalogue, or with its base.

    Raises:
        JianbanError: neither has one.
        DefinitionError: as `read_scoring`.
    """
    path = catalogue.folder / SHIPPED
    if path.exists():
        return read_scoring(path, catalogue)
    if catalogue.base is None:
        raise JianbanError(NONE.format(file=SHIPPED))
    return own_scoring(catalogue.base)


def read_scoring(path: Path, catalogue: Catalogue) -> Scoring:
    """The policy of a file; its sources are those of a catalogue.

    Raises:
        DefinitionError: with everything that is wrong with the file.
    """
    shape, problems = validate(read_file(path, shown(path)), PolicyShape)
    if shape is None:
        raise DefinitionError(problems)
    found: list[Problem] = []
    weights: dict[str, Fraction] = {}
    for name in DeductionsShape.model_fields:
        said: DeductionShape | None = getattr(shape.deductions, name)
        if said is None:
            continue
        weights[name] = Fraction(str(said.weight))
        cited = (
            citation(source, catalogue.shared.documents, said.at(*place))
            for source, place in places("source", said.source or [])
        )
        found += [one for one in cited if isinstance(one, Problem)]
        if not said.source and said.assumed is None:
            found.append(Problem(code="J111", message=UNFOUNDED, remedy=UNFOUNDED_REMEDY, position=said.at()))
    if found:
        raise DefinitionError(in_order(found))
    return Scoring(title=shape.title.text, weights=weights)


NONE = Text(
    "流程目录中没有考核标准 {file}。请用 --policy 指定", "the catalogue has no {file}. Give one by --policy"
)
UNFOUNDED = Text("这项扣分没有依据", "the deduction has no basis")
UNFOUNDED_REMEDY = Text(
    "请写 source: 文件:条；没有依据的，用 assumed 说明是假设",
    "Write source: document:article, or say by `assumed` that it is an assumption",
)
