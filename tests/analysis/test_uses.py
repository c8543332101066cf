"""Where things are used: every place that names them, directly and through calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from jianban.workflows.analysis.uses import KEYS, How, Thing, Use, What, named_in, things, uses
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Call, Process
from jianban.workflows.language.terms import Agency, Citation, Document, Material, Role
from tests.effort import examples
from tests.strategies import processes

SHARED = {
    "agencies.yaml": """
office: {title: {zh: 机关, en: Office}, kind: government}
council: {title: {zh: 委员会, en: Council}, kind: government}
firm: {title: {zh: 企业, en: Firm}, kind: applicant}
""",
    "roles.yaml": """
clerk: {title: {zh: 经办人, en: Clerk}, agency: office}
chief: {title: {zh: 负责人, en: Chief}, agency: office}
member: {title: {zh: 委员, en: Member}, agency: council}
agent: {title: {zh: 代理人, en: Agent}, agency: firm}
""",
    "materials.yaml": """
form: {title: {zh: 申请表, en: Form}, source: law:9}
permit: {title: {zh: 许可证, en: Permit}, issuer: office}
""",
    "sources.yaml": """
law: {title: {zh: 法律, en: Law}, level: law}
""",
}
ENDS = """
ends:
  done: {{outcome: granted, title: {{zh: 办结, en: Done}}}}
  refused: {{outcome: refused, title: {{zh: 不予, en: Refused}}{more}}}
"""
HEAD = """
process: {id}
version: "1"
title: {{zh: 流程, en: A process}}
source: law:1
"""
FILES = {
    "a/item@1.yaml": HEAD.format(id="a/item")
    + """
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    lead: office
    steps:
      - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent, materials: [form]}
      - step: decide
        title: {zh: 决定, en: Decide}
        kind: decide
        by: clerk
        produces: [permit]
        within: {statutory: 5 days, extendable: {for: 5 days, by: chief}, source: "law:2"}
        on: {approve: {to: next, by: [clerk, chief], sends: [{message: item.decided}, {notify: chief}]}}
"""
    + ENDS.format(more=""),
    "a/variant@1.yaml": """
process: a/variant
version: "1"
extends: a/item
variant_of: a/item
title: {zh: 变体, en: A variant}
""",
    "b/caller@1.yaml": HEAD.format(id="b/caller")
    + """
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - call: item
        process: a/item
        on: {done: next, refused: refused}
      - {step: check, by: member, title: {zh: 核对, en: Check}, materials: [{material: permit, shared: true}]}
"""
    + ENDS.format(more=", offers: a/item"),
    "b/outer@1.yaml": HEAD.format(id="b/outer")
    + """
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - call: inner
        process: b/caller
        on: {done: next, refused: refused}
      - step: open
        title: {zh: 另立, en: Open}
        kind: task
        by: member
        sends: [{open: a/item}, {ask: council}]
      - step: hear
        title: {zh: 等候, en: Hear}
        kind: task
        by: member
        on: {decided: {title: {zh: 已决定, en: Decided}, to: next, message: item.decided}}
"""
    + ENDS.format(more=""),
    "c/apart@1.yaml": HEAD.format(id="c/apart")
    + """
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent, materials: [form], source: "law:2"}
"""
    + ENDS.format(more="").replace("  refused", "  gone").replace("outcome: refused", "outcome: withdrawn")
    + "anywhere: {withdraw: {by: chief, to: gone, title: {zh: 撤回, en: Withdraw}}}\n",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue")
    for name, text in {**SHARED, **FILES}.items():
        path: Path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Catalogue(folder)


def told(catalogue: Catalogue, name: str) -> list[tuple[str, How, str | None]]:
    (thing,) = things(catalogue, name)
    return [(use.process.id, use.how, use.place) for use in uses(catalogue, thing)]


def test_cancelling_an_item_names_all_that_rests_on_it(catalogue: Catalogue) -> None:
    assert told(catalogue, "a/item") == [
        ("a/variant", How.COMPARED, None),
        ("a/variant", How.EXTENDS, None),
        ("b/caller", How.CALLS, "item"),
        ("b/caller", How.OFFERS, "refused"),
        ("b/outer", How.OPENS, "open"),
        ("b/outer", How.THROUGH, "inner"),
    ]


def test_what_only_the_item_sends_and_issues_is_missed_when_it_goes(catalogue: Catalogue) -> None:
    """The variant issues and sends it too; without the variant nobody does."""
    folder = Catalogue(catalogue.folder)
    without = {key: path for key, path in catalogue.index.items() if not key.startswith("a/variant")}
    folder.__dict__["index"] = without
    found = told(folder, "a/item")
    assert ("b/caller", How.NEEDS, "check") in found
    assert ("b/outer", How.AWAITS, "hear") in found


def test_the_way_through_calls_is_told(catalogue: Catalogue) -> None:
    (thing,) = things(catalogue, "permit")
    through = [u for u in uses(catalogue, thing) if u.how is How.THROUGH]
    assert [(u.process.id, u.place, u.via) for u in through] == [
        ("b/caller", "item", ("a/item@1",)),
        ("b/outer", "inner", ("b/caller@1",)),
        ("b/outer", "open", ("a/item@1",)),
    ]


def test_a_material_is_asked_fetched_and_issued(catalogue: Catalogue) -> None:
    direct = [u for u in told(catalogue, "permit") if u[1] is not How.THROUGH]
    assert direct == [
        ("a/item", How.ISSUES, "decide"),
        ("a/variant", How.ISSUES, "decide"),
        ("b/caller", How.FETCHES, "check"),
    ]
    assert ("c/apart", How.ASKS, "apply") in told(catalogue, "form")


def test_a_document_is_told_where_it_is_written_and_by_its_article(catalogue: Catalogue) -> None:
    assert [u for u in told(catalogue, "law:1") if u[0] == "a/item"] == [("a/item", How.CITES, None)]
    assert {u[:1] + u[2:] for u in told(catalogue, "law:2") if u[1] is How.CITES} == {
        ("a/item", "decide"),
        ("a/variant", "decide"),
        ("c/apart", "apply"),
    }
    (thing,) = things(catalogue, "law")
    articles = {u.detail.zh for u in uses(catalogue, thing) if u.detail and u.process.id == "c/apart"}
    assert articles == {"第1条", "第2条", "第9条"}


def test_a_role_is_told_by_what_it_does(catalogue: Catalogue) -> None:
    own = [u[1:] for u in told(catalogue, "chief") if u[0] in ("a/item", "c/apart")]
    assert own == [
        (How.TAKES, "decide"),
        (How.TOLD, "decide"),
        (How.EXTENSION, "decide"),
        (How.TAKES, "withdraw"),
    ]
    assert ("a/item", How.TAKES, "decide") not in told(catalogue, "clerk")


def test_an_agency_is_used_through_its_roles_and_what_it_issues(catalogue: Catalogue) -> None:
    assert ("b/outer", How.CONSULTED, "open") in told(catalogue, "council")
    assert {
        ("a/item", How.LEADS, "one"),
        ("a/item", How.DOES, "decide"),
        ("b/caller", How.ISSUER, "check"),
    } < set(told(catalogue, "office"))


def test_one_version_is_told_apart_from_another() -> None:
    catalogue = Catalogue.default()
    (old,) = things(catalogue, "deregistration/general@2017-03")
    (newest,) = things(catalogue, "deregistration/general@2024-07")
    extending = {u.process.key: u.via for u in uses(catalogue, old) if u.how is How.EXTENDS}
    assert extending == {
        "deregistration/general@2022-03": (),
        "deregistration/general@2024-07": ("deregistration/general@2022-03",),
    }
    assert [u for u in uses(catalogue, newest) if u.how is How.EXTENDS] == []


def test_an_unknown_name_is_told_with_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(JianbanError) as failure:
        things(catalogue, "permitt")
    assert "permit" in failure.value.text.zh.partition("。")[2]


def test_a_name_may_mean_several_things(catalogue: Catalogue) -> None:
    shared = Catalogue(catalogue.folder)
    (catalogue.folder / "roles.yaml").write_text(
        SHARED["roles.yaml"] + "office: {title: {zh: 机关人员, en: Officer}, agency: office}\n",
        encoding="utf-8",
    )
    try:
        assert [thing.what for thing in things(shared, "office")] == [What.ROLE, What.AGENCY]
    finally:
        (catalogue.folder / "roles.yaml").write_text(SHARED["roles.yaml"], encoding="utf-8")


def test_what_nobody_uses_has_no_uses(catalogue: Catalogue) -> None:
    unused = Thing(what=What.PROCESS, id="c/apart", title=things(catalogue, "c/apart")[0].title)
    found: tuple[Use, ...] = uses(catalogue, unused)
    assert found == ()


def unknown_keys(process: Process) -> set[tuple[str, str]]:
    """The keys under which things are named that have no word for how."""
    return {
        (type(named.owner).__name__, named.key)
        for named in named_in(process)
        if isinstance(named.value, Role | Agency | Material | Document)
        and (type(named.owner), named.key) not in KEYS
        # a role stands for its agency
        and not (isinstance(named.owner, Role) and named.key == "agency")
    }


@examples(40)
@given(processes(messages=True, first_receivers=True))
def test_every_key_that_names_a_thing_is_known(process: Process) -> None:
    assert unknown_keys(process) == set()


def test_every_key_of_the_catalogue_is_known_and_every_citation_met() -> None:
    for process in Catalogue.default().processes():
        assert unknown_keys(process) == set()
        named = list(named_in(process))
        called = {
            d
            for n in named
            if isinstance(n.owner, Call) and isinstance(n.value, Process)
            for d in n.value.documents
        }
        met = {n.owner.document for n in named if isinstance(n.owner, Citation)}
        assert met | called == set(process.documents)
