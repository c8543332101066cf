"""A process as canonical JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given

from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from jianban.workflows.language.wire import freeze, thaw
from tests.strategies import processes

CATALOGUE = Catalogue.default()


@pytest.mark.parametrize("key", CATALOGUE.index)
def test_the_catalogues_processes_come_back_equal(key: str) -> None:
    process = CATALOGUE.load(key)
    body = freeze(process)
    assert thaw(body) == process
    assert freeze(thaw(body)) == body
    assert sha256(body).hexdigest() == compile_process(process).hash


@given(processes())
def test_any_process_comes_back_equal(process: Process) -> None:
    assert thaw(freeze(process)) == process


@given(processes(), processes())
def test_equal_bytes_are_equal_processes(one: Process, two: Process) -> None:
    assert (freeze(one) == freeze(two)) == (one == two)


def test_it_is_canonical() -> None:
    body = freeze(CATALOGUE.process("deregistration/simple"))
    plain = json.loads(body)
    assert body == json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert b"position" not in body


def test_a_number_keeps_its_kind() -> None:
    process = CATALOGUE.process("deregistration/simple")
    fields = tuple(
        replace(f, default=default) for f, default in zip(process.data, (1, 1.0, True), strict=False)
    )
    back = thaw(freeze(replace(process, data=fields)))
    assert [type(f.default) for f in back.data] == [int, float, bool]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id":1}', b"\xff", b'{"later":1}', b"null", b'{"stages":3}']
)
def test_what_is_no_process_is_told(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        thaw(body)
