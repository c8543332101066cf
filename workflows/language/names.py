"""Names in a definition → the values of the catalogue; a misspelt one is a problem that names the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.model import Process
from jianban.workflows.language.parts import Sourced
from jianban.workflows.language.shape import Shape, places
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import (
    APPLICANT,
    Agency,
    Basis,
    Citation,
    Document,
    Material,
    PartyKind,
    Position,
    Role,
)
from jianban.workflows.language.validation import suggestion
from jianban.workflows.texts import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all definitions of a catalogue share, by id."""

    documents: Mapping[str, Document]
    agencies: Mapping[str, Agency]
    roles: Mapping[str, Role]
    materials: Mapping[str, Material]


class Processes(Protocol):
    """The other processes of a catalogue."""

    def references(self) -> tuple[str, ...]:
        """Every `id` and `id@version` that may be referred to."""
        ...

    def load(self, reference: str) -> Process: ...

    def ids(self, reference: str) -> Mapping[str, str] | None:
        """The ids of a process's stages, steps and blocks, each with the key of its kind (`step`, …).

        Those of the steps and blocks of a called process are `call.id`. None when there are errors.
        """
        ...

    def lineage(self, reference: str) -> tuple[str, ...]:
        """The process and what it extends, nearest first, as far as there are no errors."""
        ...


class Names:
    def __init__(
        self, shared: Shared, processes: Processes, problems: list[Problem], extends: str | None = None
    ) -> None:
        self.shared = shared
        self.extends = extends
        self.processes = processes
        self.problems = problems
        self.applicant: Role | None = shared.roles.get(APPLICANT)
        """Who `applicant` means: the role of that id, or the process's first on the applicant's side."""

    def report(self, code: str, message: Text, remedy: Text, position: Position) -> None:
        self.problems.append(Problem(code=code, message=message, remedy=remedy, position=position))

    def find(self, known: Mapping[str, T], name: str, what: tuple[str, Text], position: Position) -> T | None:
        found = known.get(name)
        if found is None:
            lost = what in (STEP, STEP_OR_DATE, TARGET) and self._lost(name)
            self.problems.append(unknown(what, name, known, position, _LOST_REMEDY if lost else None))
        return found

    def _lost(self, name: str) -> bool:
        """Whether the id is one of a base, which the changes of a variant have taken away."""
        bases = self.processes.lineage(self.extends) if self.extends else ()
        return any(name in (self.processes.ids(base) or ()) for base in bases)

    def role(self, name: str, position: Position) -> Role | None:
        if name == APPLICANT and self.applicant is not None:
            return self.applicant
        return self.find(self.shared.roles, name, ROLE, position)

    def roles(self, shape: Shape, key: str, names: str | list[str]) -> tuple[Role, ...]:
        found = [self.role(n, shape.at(*place)) for n, place in places(key, names)]
        return tuple(r for r in found if r is not None)

    def settle_applicant(self, role_ids: Iterable[str]) -> None:
        """Let `applicant` mean the first of these on the applicant's side, unless a role has that very id."""
        if self.applicant is None:
            roles = (self.shared.roles.get(i) for i in role_ids)
            self.applicant = next((r for r in roles if r and r.agency.kind is PartyKind.APPLICANT), None)

    def agency(self, name: str, position: Position) -> Agency | None:
        return self.find(self.shared.agencies, name, AGENCY, position)

    def material(self, name: str, position: Position) -> Material | None:
        return self.find(self.shared.materials, name, MATERIAL, position)

    def reference(self, name: str, position: Position) -> bool:
        """Whether a process of that `id` or `id@version` exists."""
        known = dict.fromkeys(self.processes.references(), True)
        return self.find(known, name, PROCESS, position) is not None

    def basis(self, shape: Sourced, inherited: Basis) -> Basis:
        """The shape's own basis, or else the inherited one."""
        if shape.source is None and shape.assumed is None:
            return inherited
        return Basis(
            citations=self.citations(shape, "source", shape.source),
            assumed=shape.assumed.text if shape.assumed else None,
        )

    def citations(self, shape: Shape, key: str, sources: str | list[str] | None) -> tuple[Citation, ...]:
        found: list[Citation] = []
        for source, place in places(key, sources or []):
            one = citation(source, self.shared.documents, shape.at(*place))
            if isinstance(one, Citation):
                found.append(one)
            else:
                self.problems.append(one)
        return tuple(found)


def citation(source: str, documents: Mapping[str, Document], position: Position) -> Citation | Problem:
    """`document:article “phrase”` of the right form; the problem is a document that does not exist."""
    place, _, phrase = source.partition("“")
    id_, _, article = place.strip().partition(":")
    if id_ not in documents:
        return unknown(DOCUMENT, id_, documents, position)
    return Citation(
        document=documents[id_], article=article, phrase=phrase.removesuffix("”") or None, position=position
    )


def unknown(
    what: tuple[str, Text], name: str, known: Iterable[str], position: Position, remedy: Text | None = None
) -> Problem:
    """A name that is not among the known ones; by default the nearest of them is the remedy."""
    code, word = what
    names = list(known)
    return Problem(
        code=code,
        message=_UNKNOWN.format(what=word, name=name),
        remedy=remedy or suggestion(nearest(name, names), names),
        position=position,
    )


_LOST_REMEDY = Text(
    "变体的 changes 已将它删去或合并；请用 update 改写此处，或保留它",
    "The variant's `changes` removed or merged it: `update` what is written here too, or keep it",
)
_UNKNOWN = Text("没有{what}“{name}”", "there is no {what} “{name}”")

KIND = "J120", Text("步骤类型", "kind")
ROLE = "J121", Text("角色", "role")
AGENCY = "J122", Text("机构", "agency")
MATERIAL = "J123", Text("材料", "material")
DOCUMENT = "J124", Text("文件依据", "source")
FIELD = "J125", Text("数据项", "data field")
PROCESS = "J126", Text("流程", "process")
STEP = "J127", Text("步骤", "step")
STEP_OR_DATE = "J127", Text("步骤或日期数据项", "step or date")
CALLED_STEP = "J127", Text("被调用流程的步骤", "step of the called process")
EVENT = "J128", Text("事件", "event")
REPLACED = "J129", Text("可替代的基准步骤", "step of the base")
REPLACED_STAGE = "J129", Text("可替代的基准环节", "stage of the base")
END = "J202", Text("结果", "end")
TARGET = "J202", Text("步骤、环节或结果", "step, stage or end")
