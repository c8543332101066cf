"""Finding definitions: by id, by version, by path; each file read once, and only when needed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.language import catalogue as module
from jianban.workflows.language.catalogue import Catalogue, UnknownProcess
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.loader import load_file
from tests.strategies import CATALOGUE

TEXT = CATALOGUE.index["demo/permit@1"].read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue with versions 9 and 10 of a permit, and shared files of its own."""
    for name in ("agencies", "roles", "materials", "sources"):
        (tmp_path / f"{name}.yaml").write_bytes((CATALOGUE.folder / f"{name}.yaml").read_bytes())
    (tmp_path / "demo").mkdir()
    for version in ("9", "10"):
        write(tmp_path, f"demo/permit@{version}", TEXT.replace('version: "1"', f'version: "{version}"'))
    return tmp_path


def write(folder: Path, key: str, text: str) -> Path:
    path = folder / f"{key}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_id_alone_means_the_newest_version(folder: Path) -> None:
    catalogue = Catalogue(folder)
    assert catalogue.process("demo/permit").version == "10"
    assert catalogue.process("demo/permit@9").version == "9"
    assert [p.key for p in catalogue.processes()] == ["demo/permit@9", "demo/permit@10"]


def test_an_unknown_process_suggests_the_nearest() -> None:
    with pytest.raises(UnknownProcess) as failure:
        CATALOGUE.process("demo/permt")
    assert failure.value.text.en == "There is no process “demo/permt”. Did you mean “demo/permit”?"


def test_a_subject_is_answered_with_its_processes_and_a_last_word_with_the_whole_id() -> None:
    for word in ("demo", "dmo"):
        with pytest.raises(UnknownProcess) as failure:
            CATALOGUE.process(word)
        assert "“demo” is a subject. Known: demo/" in failure.value.text.en
    with pytest.raises(UnknownProcess) as failure:
        CATALOGUE.process("permit")
    assert failure.value.text.en == "There is no process “permit”. Did you mean “demo/permit”?"


def test_only_what_is_asked_for_is_read_and_only_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = module.read_file
    monkeypatch.setattr(
        module, "read_file", lambda path, name: read.append(path.stem) or original(path, name)
    )
    catalogue = Catalogue(folder)
    assert catalogue.process("demo/permit") is catalogue.process("demo/permit@10")
    assert read == ["permit@10"]


def test_a_file_finds_what_lies_beside_it_and_then_the_catalogue(tmp_path: Path) -> None:
    write(tmp_path, "called", TEXT.replace("demo/permit", "mine/called"))
    path = write(
        tmp_path,
        "caller",
        TEXT.replace("demo/permit", "mine/caller").replace(
            "      - step: decide",
            "      - {call: sub, process: mine/called, on: {refused: refused, not_accepted: refused}}\n"
            "      - step: decide",
        ),
    )
    process = load_file(path, CATALOGUE)
    assert "sub.decide" in compile_process(process).nodes
    assert load_file(str(path), CATALOGUE) == process
    assert CATALOGUE.process(str(path)) == process


def test_a_file_below_shared_files_belongs_to_their_catalogue(folder: Path) -> None:
    write(
        folder,
        "roles",
        "boss: {title: {zh: 负责人, en: Boss}, agency: permit_office}\n"
        + (folder / "roles.yaml").read_text("utf-8"),
    )
    path = write(
        folder, "demo/own@1", TEXT.replace("demo/permit", "demo/own").replace("by: officer", "by: boss")
    )
    assert load_file(path, CATALOGUE).stages[1].items[1].by[0].id == "boss"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_file_of_the_catalogue_is_the_same_by_path_and_by_id() -> None:
    assert CATALOGUE.process(CATALOGUE.index["demo/permit@1"]) is CATALOGUE.process("demo/permit@1")


def test_a_file_under_another_name_than_its_content(folder: Path) -> None:
    write(folder, "demo/permit@11", TEXT)
    with pytest.raises(DefinitionError) as failure:
        Catalogue(folder).process("demo/permit")
    assert [p.code for p in failure.value.problems] == ["J143"]


def test_processes_that_call_each_other(folder: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        call = (
            f"      - {{call: sub, process: demo/{other}, on: {{refused: refused, not_accepted: refused}}}}\n"
        )
        text = TEXT.replace("demo/permit", f"demo/{name}").replace(
            "      - step: decide", call + "      - step: decide"
        )
        write(folder, f"demo/{name}@1", text)
    with pytest.raises(DefinitionError) as failure:
        Catalogue(folder).process("demo/a")
    assert "J140" in {p.code for p in failure.value.problems}


def test_the_problems_of_all_files_come_together(folder: Path) -> None:
    write(folder, "demo/permit@9", "process: [")
    write(
        folder,
        "demo/permit@10",
        TEXT.replace('version: "1"', 'version: "10"').replace("by: officer", "by: nobody"),
    )
    with pytest.raises(DefinitionError) as failure:
        Catalogue(folder).processes()
    assert {p.code for p in failure.value.problems} == {"J107", "J121"}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "roles",
            "x: {title: {zh: 甲, en: X}, agency: compny}",
            "1:36 J122 there is no agency “compny”. Did you mean “company”?",
        ),
        (
            "agencies",
            "x: {title: {zh: 甲, en: X}, kind: goverment}",
            "1:34 J113 “goverment” is not one of the allowed values. Did you mean “government”?",
        ),
        (
            "materials",
            "x: {title: {zh: 甲, en: X}, source: licensing_act:1, isuer: company}",
            "1:53 J110 unknown key “isuer”. Did you mean “issuer”?",
        ),
        ("sources", "- a", "1:1 J112 a list is of the wrong type. It should be a mapping of keys to values"),
    ],
)
def test_shared_files_are_checked_too(folder: Path, name: str, text: str, line: str) -> None:
    path = write(folder, name, text)
    with pytest.raises(DefinitionError) as failure:
        _ = Catalogue(folder).shared
    assert [p.line("en") for p in failure.value.problems] == [f"{path}:{line}"]


def test_other_things_beside_a_file_do_no_harm(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    path = write(tmp_path, "mine", TEXT.replace("outcome: refused", "outcome: refused, offers: demo/permit"))
    assert load_file(path, CATALOGUE).ends[1].offers == "demo/permit"


def test_a_file_may_bear_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.yaml")
    path.write_text("process: [", encoding="utf-8")
    with pytest.raises(DefinitionError) as failure:
        load_file(path, CATALOGUE)
    assert failure.value.problems[0].position.file.endswith("/?.yaml")


def test_threads_may_load_the_same_process_at_once(folder: Path) -> None:
    catalogue = Catalogue(folder)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(catalogue.process, ["demo/permit"] * 8))
    assert all(p is found[0] for p in found)


def test_the_packaged_definitions_all_load_and_compile() -> None:
    for process in Catalogue.default().processes():
        assert compile_process(process).ends
