"""The files that all definitions of a catalogue share: sources, agencies, roles, materials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.files import shown
from jianban.workflows.language.names import AGENCY, Shared, citation, unknown
from jianban.workflows.language.parts import PeriodShape, Sources, Words
from jianban.workflows.language.reader import Mapping as MappingNode
from jianban.workflows.language.reader import read_file
from jianban.workflows.language.shape import Day, Filled, Id, Shape, key, places
from jianban.workflows.language.terms import (
    NO_BASIS,
    Agency,
    Basis,
    Citation,
    Clause,
    Document,
    Level,
    Material,
    PartyKind,
    Role,
)
from jianban.workflows.language.validation import in_order, validate

SHARED = {
    "sources": "sources.yaml",
    "agencies": "agencies.yaml",
    "roles": "roles.yaml",
    "materials": "materials.yaml",
}


class ClauseShape(Shape):
    article: Filled = key("条", "Article")
    phrase: Filled = key("原文", "Its words")


class SourceShape(Shape):
    title: Words = key("文件名称", "Title of the document")
    number: str = key("文号", "Number of the document", "")
    adopted: Day | None = key("通过或公布日期", "Day of adoption", None)
    in_force: PeriodShape | None = key("施行期间", "When it is in force", None)
    level: (
        Literal["law", "regulation", "decision", "local_regulation", "provincial_rules", "rules", "policy"]
        | None
    ) = key(
        "效力层级：法律、行政法规、国务院决定、地方性法规、省级政府规章、其他规章、规范性文件",
        "Its rank, from a law to a policy paper",
        None,
    )
    promulgator: Words | None = key("制定机关", "Who passed or issued it", None)
    unverified: bool = key("没有原文可核对", "No primary text was at hand", False)
    working_days: ClauseShape | None = key(
        "规定所称期限的“日”为工作日的条文", "Where it says that the days of its limits are working days", None
    )


class AgencyShape(Shape):
    title: Words = key("名称", "Name")
    short: Words | None = key("简称", "Short name", None)
    kind: Literal["applicant", "government", "court", "service", "public", "system"] = key(
        "类别", "What it is"
    )


class RoleShape(Shape):
    title: Words = key("名称", "Title")
    agency: Id = key("所属机构", "The agency it belongs to")


class MaterialShape(Shape):
    title: Words = key("名称", "Title")
    issuer: Id | None = key(
        "出具机关；申请人自备的不写", "Who issues it; none for what the applicant writes", None
    )
    shared: bool = key("政务信息共享可以取得", "Government data sharing holds it", False)
    source: Sources | None = key("依据", "Basis", None)


class SourcesShape(Shape):
    entries: dict[Id, SourceShape]


class AgenciesShape(Shape):
    entries: dict[Id, AgencyShape]


class RolesShape(Shape):
    entries: dict[Id, RoleShape]


class MaterialsShape(Shape):
    entries: dict[Id, MaterialShape]


ShapeT = TypeVar("ShapeT", bound=Shape)


def _read(folder: Path, name: str, model: type[ShapeT]) -> ShapeT | None:
    """The file's shape; None when the folder has no such file."""
    path = folder / SHARED[name]
    if not path.exists():
        return None
    node = read_file(path, shown(path))
    # the file is one mapping of ids, which the model has under a key of its own
    whole = MappingNode(node.file, node.line, node.column, {"entries": node}, {})
    shape, problems = validate(whole, model)
    if shape is None:
        raise DefinitionError(problems)
    return shape


def read_shared(folder: Path, base: Shared | None) -> Shared:
    """What the files of a folder hold, over what the base holds.

    Raises:
        DefinitionError: with everything that is wrong with one of the files.
    """
    if base is None:
        base = Shared(documents={}, agencies={}, roles={}, materials={})
    documents = {**base.documents, **_documents(folder)}
    agencies = {**base.agencies, **_agencies(folder)}
    return Shared(
        documents=documents,
        agencies=agencies,
        roles={**base.roles, **_roles(folder, agencies)},
        materials={**base.materials, **_materials(folder, agencies, documents)},
    )


def _documents(folder: Path) -> dict[str, Document]:
    shape = _read(folder, "sources", SourcesShape)
    return {
        id_: Document(
            id=id_,
            title=s.title.text,
            number=s.number,
            adopted=s.adopted,
            in_force_from=s.in_force.from_ if s.in_force else None,
            in_force_to=s.in_force.to if s.in_force else None,
            level=Level(s.level) if s.level else None,
            promulgator=s.promulgator.text if s.promulgator else None,
            unverified=s.unverified,
            working_days=_clause(s.working_days),
        )
        for id_, s in (shape.entries if shape else {}).items()
    }


def _clause(shape: ClauseShape | None) -> Clause | None:
    if shape is None:
        return None
    return Clause(article=shape.article, phrase=shape.phrase, position=shape.at("phrase"))


def _agencies(folder: Path) -> dict[str, Agency]:
    shape = _read(folder, "agencies", AgenciesShape)
    return {
        id_: Agency(
            id=id_, title=s.title.text, kind=PartyKind(s.kind), short=s.short.text if s.short else None
        )
        for id_, s in (shape.entries if shape else {}).items()
    }


def _roles(folder: Path, known: Mapping[str, Agency]) -> dict[str, Role]:
    shape = _read(folder, "roles", RolesShape)
    found: dict[str, Role] = {}
    problems: list[Problem] = []
    for id_, s in (shape.entries if shape else {}).items():
        agency = known.get(s.agency)
        if agency is None:
            problems.append(unknown(AGENCY, s.agency, known, s.at("agency")))
        else:
            found[id_] = Role(id=id_, title=s.title.text, agency=agency)
    if problems:
        raise DefinitionError(in_order(problems))
    return found


def _materials(
    folder: Path, parties: Mapping[str, Agency], sources: Mapping[str, Document]
) -> dict[str, Material]:
    shape = _read(folder, "materials", MaterialsShape)
    found: dict[str, Material] = {}
    problems: list[Problem] = []
    for id_, s in (shape.entries if shape else {}).items():
        if s.issuer is not None and s.issuer not in parties:
            problems.append(unknown(AGENCY, s.issuer, parties, s.at("issuer")))
        citations: list[Citation] = []
        for source, place in places("source", s.source or []):
            one = citation(source, sources, s.at(*place))
            if isinstance(one, Citation):
                citations.append(one)
            else:
                problems.append(one)
        found[id_] = Material(
            id=id_,
            title=s.title.text,
            issuer=parties.get(s.issuer) if s.issuer else None,
            shared=s.shared,
            basis=Basis(citations=tuple(citations)) if citations else NO_BASIS,
        )
    if problems:
        raise DefinitionError(in_order(problems))
    return found
