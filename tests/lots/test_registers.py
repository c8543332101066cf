"""Registers are read from CSV; what is wrong is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianban.workflows.lots.registers import RegisterError, read_late, read_registers

OBJECTS = "id,class,name\n甲,A,甲公司\n 乙 ,B,乙公司\n\n"
INSPECTORS = "id,limit\np1,3\np2,\n"
RECUSALS = "inspector,object\np1,甲\n"


def files(folder: Path, *contents: str) -> list[Path]:
    paths = [folder / name for name in ("objects.csv", "inspectors.csv", "recusals.csv")]
    for path, content in zip(paths, contents, strict=False):
        path.write_text(content, encoding="utf-8")
    return paths


def test_registers_are_read_whatever_their_order_spaces_and_form(tmp_path: Path) -> None:
    read = read_registers(*files(tmp_path, OBJECTS, INSPECTORS, RECUSALS))
    assert read.objects == {"甲": "A", "乙": "B"}
    assert read.inspectors == {"p1": 3, "p2": None}
    assert read.recusals == {("p1", "甲")}
    other = read_registers(
        *files(tmp_path, "\ufeffclass,id\r\nB,乙\r\nA,甲\r\n", "id,limit\np2,\np1,3", RECUSALS)
    )
    assert other.digests() == read.digests()


def test_names_do_not_count_but_classes_do(tmp_path: Path) -> None:
    before = read_registers(*files(tmp_path, OBJECTS, INSPECTORS, RECUSALS)).digests()
    renamed = read_registers(*files(tmp_path, OBJECTS.replace("甲公司", "丙公司"))).digests()
    assert renamed["objects"] == before["objects"]
    reclassed = read_registers(*files(tmp_path, OBJECTS.replace("甲,A", "甲,B"))).digests()
    assert reclassed["objects"] != before["objects"]


@pytest.mark.parametrize(
    ("which", "content", "place", "said"),
    [
        (0, "id,klass\n甲,A\n", "objects.csv:1", "no column “class”"),
        (0, "", "objects.csv:1", "no column “id”"),
        (0, "id,class\n甲,A\n甲,B\n", "objects.csv:3", "is on line 2 already"),
        (0, "id,class\n甲\n", "objects.csv:2", "“class” is empty"),
        (0, "id,class\n,A\n", "objects.csv:2", "“id” is empty"),
        (0, "id,class\n甲\t乙,A\n", "objects.csv:2", "control character"),
        (1, "id,limit\np1,many\n", "inspectors.csv:2", "“many” is no number"),
        (1, "id,limit\np1,0\n", "inspectors.csv:2", "“0” is no number"),
        (2, "inspector,object\np9,甲\n", "recusals.csv:2", "“p9” is in no register"),
        (2, "inspector,object\np1,丁\n", "recusals.csv:2", "“丁” is in no register"),
        (0, 'id,class\n"甲,A\n', "objects.csv", "can't be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, which: int, content: str, place: str, said: str
) -> None:
    contents = [OBJECTS, INSPECTORS, RECUSALS]
    contents[which] = content
    with pytest.raises(RegisterError) as wrong:
        read_registers(*files(tmp_path, *contents))
    assert place in wrong.value.text.en
    assert said in wrong.value.text.en


def test_a_register_says_the_same_in_each_encoding(tmp_path: Path) -> None:
    paths = files(tmp_path, OBJECTS, INSPECTORS, RECUSALS)
    known = read_registers(*paths)
    for path in paths:
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert read_registers(*paths) == known


def test_other_encodings_and_missing_files_are_told(tmp_path: Path) -> None:
    paths = files(tmp_path, OBJECTS, INSPECTORS, RECUSALS)
    paths[0].write_bytes(b"id,class\n\xff,A\n")
    with pytest.raises(RegisterError, match=r"\(it is text of neither UTF-8 nor GB18030\)\. Give a CSV file"):
        read_registers(*paths)
    with pytest.raises(RegisterError, match="can't be read"):
        read_registers(tmp_path / "none.csv", paths[1])


def test_a_late_recusal_needs_its_reason(tmp_path: Path) -> None:
    registers = read_registers(*files(tmp_path, OBJECTS, INSPECTORS, RECUSALS))
    late = tmp_path / "late.csv"
    late.write_text("inspector,object,reason\np2,甲,近亲属\n", encoding="utf-8")
    assert [(e.inspector, e.object, e.reason) for e in read_late(late, registers)] == [("p2", "甲", "近亲属")]
    late.write_text("inspector,object\np2,甲\n", encoding="utf-8")
    with pytest.raises(RegisterError, match=r"late\.csv:2: a recusal after the draw needs its reason"):
        read_late(late, registers)
