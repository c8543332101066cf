"""A policy (考核要求): thresholds for the indicators of service items, read from a YAML file.

Each threshold has a source or a stated assumption. How a file is written is told in
docs/reference/indicators.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.files import shown
from jianban.workflows.language.names import PROCESS, citation, unknown
from jianban.workflows.language.parts import Sourced, Words
from jianban.workflows.language.reader import read_file
from jianban.workflows.language.shape import ProcessId, Shape, key, places
from jianban.workflows.language.terms import Basis, Citation
from jianban.workflows.language.validation import in_order, validate
from jianban.workflows.texts import Text

SHIPPED = "policies/services.yaml"
"""Where a catalogue has its own policy."""
UNFOUNDED = Text("这项要求没有依据", "the threshold has no basis")
UNFOUNDED_REMEDY = Text(
    "请写 source: 文件:条；没有依据的，用 assumed 说明是假设",
    "Write source: document:article, or say by `assumed` that it is an assumption",
)


class AtMostShape(Sourced):
    at_most: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = key("不高于", "At most")


class AtLeastShape(Sourced):
    at_least: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = key(
        "不低于（%）", "At least, in percent"
    )


class EachItemShape(Shape):
    statutory: AtMostShape | None = key("法定时限（工作日）", "Statutory limit, in working days", None)
    promised: AtMostShape | None = key("承诺时限（工作日）", "Promised limit, in working days", None)
    compression: AtLeastShape | None = key("承诺时限压缩比", "Compression of limits", None)
    materials: AtMostShape | None = key("申请材料（份）", "Number of materials", None)
    visits: AtMostShape | None = key("到现场次数", "Number of visits", None)


class OverallShape(EachItemShape):
    online: AtLeastShape | None = key("全程网办率", "Share of items done fully online", None)
    one_trip: AtLeastShape | None = key("最多跑一次率", "Share of items with one visit at most", None)
    instant: AtLeastShape | None = key("即办件占比", "Share of items done the same day", None)


class PolicyShape(Shape):
    title: Words = key("名称", "Title")
    overall: OverallShape | None = key("对平均值和比率的要求", "Thresholds of averages and rates", None)
    items: EachItemShape | None = key("对每个事项的要求", "Thresholds of each item", None)
    processes: dict[ProcessId, EachItemShape] = key(
        "对个别流程的要求，取代对每个事项的要求",
        "Thresholds of single processes, instead of those of each item",
        {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    bound: float
    """In the unit of the indicator."""
    less: bool
    """True when values must not be above it, false when not below."""
    basis: Basis

    def met(self, value: float) -> bool:
        return value <= self.bound if self.less else value >= self.bound


Thresholds = Mapping[str, Threshold]
"""By id of the indicator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    title: Text
    overall: Thresholds
    items: Thresholds
    processes: Mapping[str, Thresholds]

    def of(self, process: str) -> Thresholds:
        """The thresholds of an item: those of its process, else those of each item."""
        return {**self.items, **self.processes.get(process, {})}

    @property
    def bases(self) -> tuple[Basis, ...]:
        """What the thresholds rest on."""
        groups = (self.overall, self.items, *self.processes.values())
        return tuple(threshold.basis for group in groups for threshold in group.values())


NO_POLICY = Policy(title=Text("", ""), overall={}, items={}, processes={})


def own_policy(catalogue: Catalogue) -> Policy:
    """The policy that comes with a catalogue, or with its base; none where neither has one.

    Raises:
        DefinitionError: as `read_policy`.
    """
    path = catalogue.folder / SHIPPED
    if path.exists():
        return read_policy(path, catalogue)
    return own_policy(catalogue.base) if catalogue.base else NO_POLICY


def read_policy(path: Path, catalogue: Catalogue) -> Policy:
    """The policy of a file; sources and processes are those of a catalogue.

    Raises:
        DefinitionError: with everything that is wrong with the file.
    """
    shape, problems = validate(read_file(path, shown(path)), PolicyShape)
    if shape is None:
        raise DefinitionError(problems)
    found: list[Problem] = []
    known = {reference.partition("@")[0] for reference in catalogue.references()}
    found += [
        unknown(PROCESS, name, sorted(known), shape.at("processes", name))
        for name in shape.processes
        if name not in known
    ]
    policy = Policy(
        title=shape.title.text,
        overall=_thresholds(shape.overall, catalogue, found),
        items=_thresholds(shape.items, catalogue, found),
        processes={name: _thresholds(s, catalogue, found) for name, s in shape.processes.items()},
    )
    if found:
        raise DefinitionError(in_order(found))
    return policy


def _thresholds(shape: EachItemShape | None, catalogue: Catalogue, problems: list[Problem]) -> Thresholds:
    stated = {name: getattr(shape, name) for name in type(shape).model_fields} if shape else {}
    return {
        name: Threshold(
            bound=said.at_most if isinstance(said, AtMostShape) else said.at_least,
            less=isinstance(said, AtMostShape),
            basis=_basis(said, catalogue, problems),
        )
        for name, said in stated.items()
        if said is not None
    }


def _basis(said: Sourced, catalogue: Catalogue, problems: list[Problem]) -> Basis:
    citations: list[Citation] = []
    for source, place in places("source", said.source or []):
        one = citation(source, catalogue.shared.documents, said.at(*place))
        if isinstance(one, Citation):
            citations.append(one)
        else:
            problems.append(one)
    if not said.source and said.assumed is None:
        position = said.at()
        problems.append(Problem(code="J111", message=UNFOUNDED, remedy=UNFOUNDED_REMEDY, position=position))
    return Basis(citations=tuple(citations), assumed=said.assumed.text if said.assumed else None)
