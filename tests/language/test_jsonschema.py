"""The JSON Schema accepts what loads, rejects what is misspelt, and describes all in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from jianban.engine import scoring
from jianban.workflows.analysis.services import policy
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.jsonschema import DIALECT, File, json_schema, shape_schema
from jianban.workflows.language.reader import Mapping, Node, Scalar, read_file
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.shared import SHARED
from tests.language.schema_check import faults
from tests.strategies import CATALOGUE

FILES = [*Catalogue.default().index.values(), *CATALOGUE.index.values()]


def data(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {k: data(n) for k, n in node.entries.items()}
    return [data(n) for n in node.items]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_definition_fits(path: Any) -> None:
    schema = json_schema()
    assert list(faults(data(read_file(path)), schema, schema)) == []


@pytest.mark.parametrize("name", SHARED)
def test_every_shared_file_fits(name: File) -> None:
    schema = json_schema(name)
    for catalogue in (Catalogue.default(), CATALOGUE):
        assert list(faults(data(read_file(catalogue.folder / SHARED[name])), schema, schema)) == []


def test_misspelt_keys_and_wrong_types_do_not_fit() -> None:
    schema = json_schema()
    good = data(read_file(CATALOGUE.index["demo/permit@1"]))
    step = good["stages"][0]["steps"][0]
    for key, value in (("materails", []), ("visits", "two"), ("kind", "sumbit"), ("on", {"x": 1})):
        changed = json.loads(json.dumps(good))
        changed["stages"][0]["steps"][0] = {**step, key: value}
        assert list(faults(changed, schema, schema)), key


def test_dates_that_are_none_and_edits_without_a_place_do_not_fit() -> None:
    schema = json_schema()
    good = {"process": "a", "version": "1", "extends": "b", "changes": [{"move": "x", "after": "y"}]}
    assert not list(faults(good, schema, schema))
    for key, value in (
        ("changes", [{"move": "x"}]),
        ("changes", [{"insert": [{"step": "x"}]}]),
        ("in_force", {"from": "2024-13-01"}),
        ("in_force", {"from": "soon"}),
    ):
        assert list(faults({**good, key: value}, schema, schema)), (key, value)


@pytest.mark.parametrize("file", get_args(File))
def test_every_property_is_described_in_both_languages(file: File) -> None:
    def undescribed(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            for name, part in node.get("properties", {}).items() if "type" in node else ():
                words = part.get("description", "")
                if " / " not in words or words.isascii():
                    yield f"{path}.{name}"
            for key, part in node.items():
                yield from undescribed(part, f"{path}.{key}")
        elif isinstance(node, list):
            for part in node:
                yield from undescribed(part, path)

    schema = json_schema(file)
    assert schema["$schema"] == DIALECT
    assert list(undescribed(schema, "$")) == []


def test_the_schema_is_plain_json_and_always_the_same() -> None:
    assert json.dumps(json_schema()) == json.dumps(json_schema())


@pytest.mark.parametrize(
    ("file", "shape"),
    [("services", policy.PolicyShape), ("assessment", scoring.PolicyShape)],
)
def test_the_shipped_policies_fit(file: str, shape: type[Shape]) -> None:
    schema = shape_schema(shape)
    written = data(read_file(Catalogue.default().folder / "policies" / f"{file}.yaml"))
    assert list(faults(written, schema, schema)) == []
    assert list(faults({**written, "misspelt": 1}, schema, schema)) != []
