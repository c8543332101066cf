"""All definitions load, are sound, and say in both languages where their figures come from."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.services.policy import own_policy
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.guides.tables import assumption_rows
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import (
    Agency,
    Basis,
    Citation,
    Document,
    Effort,
    Expiry,
    Fee,
    Guard,
    Limit,
    Material,
    MaterialUse,
    Role,
    Wait,
)
from jianban.workflows.sources.figures import bases
from jianban.workflows.sources.register import register
from jianban.workflows.texts import Text

CATALOGUE = Catalogue.default()
KEYS = tuple(CATALOGUE.index)

ARTICLES = {
    "administrative_penalty_law": 86,
    "anyang_service_regulation": 58,
    "beijing_business_env_regulation": 83,
    "business_env_regulation": 72,
    "civil_code": 1260,
    "company_law_2018": 218,
    "company_law_2023": 266,
    "construction_law": 85,
    "eia_law": 37,
    "fire_law": 74,
    "government_investment_regulation": 39,
    "information_publicity_regulation": 25,
    "licensing_law": 83,
    "planning_law": 70,
    "project_regulation": 24,
    "quality_regulation": 82,
    "real_estate_regulation": 35,
    "registration_regulation": 55,
    "registration_rules": 82,
    "safety_regulation": 71,
    "shanghai_business_env_regulation": 80,
    "shanghai_credit_regulation": 56,
    "social_insurance_law": 98,
    "special_equipment_law": 101,
    "tax_collection_law": 94,
    "tax_collection_rules": 113,
}
"""How many articles the official texts have."""

HAN = re.compile(r"[\u4e00-\u9fff]")


def inside(value: object) -> Iterator[object]:
    """Every value inside a process, itself included."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from inside(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from inside(item)


def process(key: str) -> Process:
    return CATALOGUE.process(key)


def test_all_definitions_load_under_the_names_of_their_files() -> None:
    assert [p.key for p in CATALOGUE.processes()] == list(KEYS)
    for key, path in CATALOGUE.index.items():
        assert path.as_posix().endswith(f"{key}.yaml")


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_wrong_with_it(key: str) -> None:
    """Notes are allowed: they tell of sources not checked and materials that could be shared."""
    flow = compile_process(process(key))
    assert [p.line("en") for p in check(flow) if p.severity is not Severity.NOTE] == []
    assert soundness(flow).sound


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_has_a_basis(key: str) -> None:
    figures = (Effort, Expiry, Fee, Guard, Limit, MaterialUse, Wait)
    assert [v for v in inside(process(key)) if isinstance(v, figures) and not v.basis.known] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_limit_is_extended_by_the_head_whom_the_law_names(key: str) -> None:
    """行政许可法第四十二条: the head of the authority, and for joint handling the head of the government."""
    limits = [v for v in inside(process(key)) if isinstance(v, Limit) and v.extension is not None]
    for limit in limits:
        phrases = "".join(c.phrase or "" for c in limit.basis.citations)
        assert [r.id for r in limit.extension_by if r.title.zh.endswith("负责人")] != [], phrases
        assert "负责人批准" in phrases
        assert ("人民政府负责人" in phrases) == (limit.extension_by[0].id == "government_head")


@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_in_its_language(key: str) -> None:
    texts = {v for v in inside(process(key)) if isinstance(v, Text)}
    assert [t.zh for t in texts if not HAN.search(t.zh)] == []
    assert [t.en for t in texts if HAN.search(t.en) or not re.search("[A-Za-z]", t.en)] == []


@pytest.mark.parametrize("key", KEYS)
def test_cited_articles_exist(key: str) -> None:
    """Documents whose text was not at hand may be cited as a whole; articles are numbers."""
    for citation in {v for v in inside(process(key)) if isinstance(v, Citation)}:
        if citation.document.unverified:
            assert re.fullmatch(r"\d*", citation.article), citation
        else:
            assert re.fullmatch(r"[1-9]\d*", citation.article), citation
            assert int(citation.article) <= ARTICLES[citation.document.id], citation


@pytest.mark.parametrize("key", KEYS)
def test_what_a_checked_document_says_is_quoted(key: str) -> None:
    """A phrase is looked up where the texts are; a citation without one would rot unseen."""
    citations = {v for v in inside(process(key)) if isinstance(v, Citation)}
    assert [c.place for c in citations if not c.document.unverified and not c.phrase] == []


def test_policies_quote_what_they_cite() -> None:
    citations = {c for basis in own_policy(CATALOGUE).bases for c in basis.citations}
    assert citations != set()
    assert [c.place for c in citations if not c.document.unverified and not c.phrase] == []


def test_figures_are_in_the_phrases_that_support_them() -> None:
    assert register(CATALOGUE.processes()).problems == ()


def test_what_is_shared_is_used() -> None:
    """What no definition uses any more does not stay in the shared files."""
    found = [v for p in CATALOGUE.processes() for v in inside(p)]
    shared = CATALOGUE.shared
    assert {v.id for v in found if isinstance(v, Document)} == set(shared.documents)
    assert {v.id for v in found if isinstance(v, Agency)} == set(shared.agencies)
    assert {v.id for v in found if isinstance(v, Role)} == set(shared.roles)
    assert {v.id for v in found if isinstance(v, Material)} == set(shared.materials)


@pytest.mark.parametrize("key", KEYS)
def test_a_document_that_was_not_checked_says_so(key: str) -> None:
    """Nothing unverified is shown as statute: documents without a text here are marked."""
    for document in process(key).documents:
        assert document.unverified == (document.id not in ARTICLES), document.id


def test_variants_have_a_base_with_the_same_subject() -> None:
    for variant in CATALOGUE.processes():
        if variant.variant_of is not None:
            base = CATALOGUE.process(variant.variant_of)
            assert base.id.split("/")[0] == variant.id.split("/")[0]
            assert base.key != variant.key


def test_versions_follow_one_another() -> None:
    for earlier, later in zip(CATALOGUE.processes(), CATALOGUE.processes()[1:], strict=False):
        if earlier.id == later.id:
            assert earlier.in_force_from is not None
            assert earlier.in_force_to is not None
            assert later.in_force_from is not None
            assert earlier.in_force_from <= earlier.in_force_to < later.in_force_from


def test_the_reader_finds_figures() -> None:
    """The walk that the tests above stand on reaches what lies deep inside."""
    limit = Limit(basis=Basis(citations=(Citation(document=Document(id="x", title=Text("文", "text"))),)))
    assert [type(v) for v in inside((limit,)) if isinstance(v, Document | Text)] == [Document, Text]


@pytest.mark.parametrize("key", KEYS)
def test_every_assumption_is_listed_on_the_page(key: str) -> None:
    process = CATALOGUE.process(key)
    assumed = {basis.assumed for basis in bases(process)} - {None}
    listed = {what for (what,), _where in assumption_rows(compile_process(process))}
    assert assumed <= listed


@pytest.mark.parametrize("key", KEYS)
def test_every_guide_tells_the_tiers_and_the_type_or_why_it_has_none(key: str) -> None:
    guidance = CATALOGUE.process(key).guidance
    assert guidance is not None
    assert guidance.tiers
    assert guidance.item_type is not None or "不列事项类型" in (guidance.basis.assumed or Text("", "")).zh


def test_the_assumptions_that_the_law_leaves_open_are_marked() -> None:
    """How long a code is kept, which levels `县级以上` means, which reviews low-risk projects are spared."""

    def listed(key: str) -> str:
        rows = assumption_rows(compile_process(CATALOGUE.process(key)))
        return "".join(what.zh for (what,), _where in rows)

    assert "项目代码留存多久" in listed("investment/filing@2019-04")
    assert "县级以上按省、市、县三级理解" in listed("deregistration/simple@2024-07")
    assert "不另行报批环境影响评价文件" in listed("construction/project-low-risk-shanghai@2020-04")
