"""The pages of docs/catalogue are what the definitions say; `make catalogue` writes them anew."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from jianban.workflows.language.catalogue import Catalogue

HERE = Path(__file__).parents[2] / "docs" / "catalogue"


def program() -> Any:
    spec = spec_from_file_location("make", HERE / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = program()
KEYS = tuple(Catalogue.default().index)
STALE = "out of date: run `make catalogue`"


@pytest.mark.parametrize("key", KEYS)
def test_a_page_is_what_its_definition_says(key: str) -> None:
    assert (HERE / f"{key}.md").read_text(encoding="utf-8") == make.page(key), STALE
    assert (HERE / f"{key}.svg").read_bytes() == make.strip(key), STALE


def test_the_index_leads_to_every_page_and_there_are_no_others() -> None:
    text = make.index()
    assert (HERE / "README.md").read_text(encoding="utf-8") == text, STALE
    linked = re.findall(r"\]\(\./(\S+?)\)", text)
    assert set(linked) == {f"{key}.md" for key in KEYS}
    found = {p.relative_to(HERE).as_posix() for p in HERE.rglob("*") if p.suffix in {".md", ".svg"}}
    assert found == {"README.md", *(f"{key}{suffix}" for key in KEYS for suffix in (".md", ".svg"))}


def test_every_process_belongs_to_a_reform() -> None:
    reforms = make.reforms()
    named = [name for reform in reforms for name in reform.get("processes", ())]
    assert sorted(named) == sorted({key.partition("@")[0] for key in KEYS})
    pages = {page for reform in reforms for page in reform["besides"].values()}
    assert [page for page in pages if not (HERE / page).exists()] == []


@pytest.mark.parametrize("key", KEYS)
def test_links_of_a_page_lead_somewhere(key: str) -> None:
    text = (HERE / f"{key}.md").read_text(encoding="utf-8")
    targets = re.findall(r"(?<!\\)\]\(<?([^)#>]+)", text)
    assert len(targets) > 2
    assert [t for t in targets if not ((HERE / key).parent / t).exists()] == []
