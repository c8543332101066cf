"""YAML 1.2 core, positions, and hostile files: every one ends in a clear problem, fast."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.language.errors import DefinitionError, Problem
from jianban.workflows.language.files import shown
from jianban.workflows.language.reader import MAX_BYTES, Mapping, Node, Scalar, Sequence, read_file, read_text
from jianban.workflows.language.terms import Position
from tests.effort import examples


def value(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {k: value(n) for k, n in node.entries.items()}
    return [value(n) for n in node.items]


def problems(text: str) -> list[Problem]:
    with pytest.raises(DefinitionError) as failure:
        read_text(text)
    return list(failure.value.problems)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("-5", -5),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2022-03-01", "2022-03-01"),
        ("2022-03", "2022-03"),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'12'", "12"),
        ('"true"', "true"),
        ("mer:33", "mer:33"),
        ("3 working days", "3 working days"),
        ("条", "条"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, read: object) -> None:
    found = value(read_text(f"a: {written}"))
    assert found == {"a": read}
    assert type(found["a"]) is type(read)  # pyright: ignore[reportIndexIssue]


def test_keys_are_always_text() -> None:
    assert value(read_text("on: 1\nno: 2\n2022: 3\nnull: 4\n~: 5")) == {
        "on": 1,
        "no": 2,
        "2022": 3,
        "null": 4,
        "~": 5,
    }


def test_positions_count_lines_and_columns_from_one() -> None:
    node = read_text("a:\n  - b: 中文\n    c: d\n", "x.yaml")
    assert isinstance(node, Mapping)
    items = node.entries["a"]
    assert isinstance(items, Sequence)
    first = items.items[0]
    assert isinstance(first, Mapping)
    assert first.entries["c"].position == Position(file="x.yaml", line=3, column=8)
    assert first.key_position("c") == Position(file="x.yaml", line=3, column=5)


def test_aliases_stand_for_what_their_anchor_marks() -> None:
    assert value(read_text("a: &x {b: [1]}\nc: *x")) == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert value(read_file(path)) == {"a": 1, "b": 2}


def test_every_duplicate_key_is_reported_with_its_place() -> None:
    found = problems("a: 1\nb: 1\na: 2\nb:\n  c: 1\n  c: 2\n")
    assert [(p.code, p.position.line, p.position.column) for p in found] == [
        ("J106", 3, 1),
        ("J106", 4, 1),
        ("J106", 6, 3),
    ]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join([f'*{b}'] * 10)}]\n" for b, c in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "bomb": (BOMB, "J104"),
    "cycle": ("a: &a [*a]", "J105"),
    "no anchor": ("a: *b", "J105"),
    "deep flow": ("[" * 100_000, "J103"),
    "deep block": ("\n".join(f"{' ' * i}a:" for i in range(600)), "J103"),
    "deep by aliases": (
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 100)),
        "J103",
    ),
    "large": ("a: " + "x" * MAX_BYTES, "J102"),
    "ten megabytes": ("- a\n" * 2_500_000, "J102"),
    "many values": ("[" + "1," * 250_000 + "1]", "J102"),
    "many keys": ("\n".join(f"k{i}: " for i in range(101_000)), "J102"),
    "binary": ("\x7fELF\x00\x01", "J101"),
    "control character": ("a: \x07", "J101"),
    "lone surrogate": ("a: \ud800", "J101"),
    "escaped surrogate": (r'a: "\ud800"', "J107"),
    "tab": ("a:\n\t- b", "J107"),
    "open quote": ("a: 'b", "J107"),
    "open bracket": ("a: [b", "J107"),
    "two documents": ("a: 1\n---\nb: 2", "J108"),
    "empty": ("", "J108"),
    "only a comment": ("# nothing\n", "J108"),
    "python tag": ("a: !!python/object/apply:os.system [echo]", "J109"),
    "binary tag": ("a: !!binary aGVsbG8=", "J109"),
    "own tag": ("a: !x y", "J109"),
    "merge key": ("a: &a {b: 1}\nc:\n  <<: *a", "J109"),
    "list as key": ("? [a, b]\n: c", "J109"),
    "mapping as key": ("{{a: b}: c}", "J109"),
    "alias to a list as key": ("a: &a [1]\n*a : 2", "J109"),
    "endless number": ("a: " + "9" * 10_000, "J117"),
    "overflow": ("a: 1e999", "J117"),
    "infinity": ("a: .inf", "J117"),
    "not a number": ("a: .nan", "J117"),
    "long key": ("a" * 5_000 + ": 1\n" + "a" * 5_000 + ": 1", "J107"),
}


HANGS = 10.0
"""Seconds; each takes less than half of one, and what they are made to blow up takes minutes."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_fast(name: str) -> None:
    text, code = HOSTILE[name]
    started = time.process_time()
    found = problems(text)
    assert time.process_time() - started < HANGS
    assert code in {p.code for p in found}
    assert all(p.position.line >= 1 and p.position.column >= 1 for p in found)


def test_problems_of_a_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xff\xfe")
    with pytest.raises(DefinitionError) as failure:
        read_file(path)
    (problem,) = failure.value.problems
    assert problem.code == "J101"
    assert problem.position == Position(file=str(path), line=2, column=4)
    assert problem.line("en").startswith(f"{path}:2:4 J101 The file is not UTF-8 text. ")


@pytest.mark.parametrize("make", ["missing", "folder", "pipe", "unreadable name"])
def test_files_that_cannot_be_read(tmp_path: Path, make: str) -> None:
    path = tmp_path / "a.yaml"
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)
    elif make == "unreadable name":
        path = Path("a\0b.yaml")
    with pytest.raises(DefinitionError) as failure:
        read_file(path)
    assert [p.code for p in failure.value.problems] == ["J100"]


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with path.open("wb") as stream:
        stream.truncate(10_000_000_000)
    with pytest.raises(DefinitionError) as failure:
        read_file(path)
    assert [p.code for p in failure.value.problems] == ["J102"]


@examples(200)
@given(st.binary(max_size=400))
def test_random_bytes_never_crash(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "random.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(DefinitionError):
        read_file(path)


@examples(200)
@given(st.text(st.sampled_from("ab:-?&*!|>'\"%@`{}[],# \n\t0.~<"), max_size=60))
def test_random_yaml_never_crashes(text: str) -> None:
    with contextlib.suppress(DefinitionError):
        read_text(text)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\n\tb: 2\n", (2, 1), "Indented with a tab"),
        ("a:\n  - b: 1\n \t c: 2\n", (3, 2), "Indented with a tab"),
        ("steps:\n  - kind：submit\n    by: x\n", (2, 9), "full-width"),
        ("kind： submit\nby: x\n", (1, 5), "full-width"),
    ],
)
def test_slips_of_the_keyboard_are_named(text: str, place: tuple[int, int], words: str) -> None:
    (problem,) = problems(text)
    assert (problem.position.line, problem.position.column) == place
    assert words in problem.message.en


def test_what_would_steer_a_terminal_is_no_text() -> None:
    (problem,) = problems('title: "a\\e[2Jb"')
    assert (problem.code, problem.position.column) == ("J101", 8)
    read_text('title: "a\\tb\\n—　“条”"')
    assert shown(Path("a\x1b[31m\nb.yaml")) == "a?[31m?b.yaml"


def test_why_a_file_is_not_read_is_told(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path, zh in (
        (tmp_path, "是目录"),
        (pipe, "不是普通文件"),
        (loop, "链接循环"),
        (tmp_path / "x", "找不到"),
    ):
        with pytest.raises(DefinitionError) as failure:
            read_file(path)
        assert zh in failure.value.problems[0].message.zh
