"""`jianban lots`: commit, draw and verify, as an office and its observers use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

SECRET = ("--seed", "2023-03-06", "--salt", "0123456789abcdef")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Registers, in the current directory."""
    monkeypatch.chdir(tmp_path)
    objects = "".join(f"企业{i},{'AB'[i % 2]}\n" for i in range(12))
    (tmp_path / "objects.csv").write_text(f"id,class\n{objects}", encoding="utf-8")
    (tmp_path / "inspectors.csv").write_text("id,limit\np1,4\np2,4\np3,4\np4,4\n", encoding="utf-8")
    (tmp_path / "recusals.csv").write_text("inspector,object\np1,企业3\n", encoding="utf-8")
    return tmp_path


REGISTERS = ("--objects", "objects.csv", "--inspectors", "inspectors.csv", "--recusals", "recusals.csv")


def committed(jianban: Shell, *more: str) -> None:
    line = (
        "lots",
        "commit",
        *REGISTERS,
        "--take",
        "A=2",
        "--take",
        "B=50%",
        *SECRET,
        "-o",
        "commitment.json",
    )
    assert jianban(*line, *more).code == 0


def test_a_draw_is_committed_made_and_verified(jianban: Shell, folder: Path) -> None:
    committed(jianban)
    assert "2023-03-06" not in (folder / "commitment.json").read_text(encoding="utf-8")
    drawn = jianban("lots", "draw", "commitment.json", *REGISTERS, *SECRET, "-o", "record.json")
    assert (drawn.code, "Drawn: 5 objects" in drawn.out) == (0, True)
    checked = jianban("lots", "verify", "record.json", *REGISTERS, "--published", "commitment.json", "--json")
    answer = json.loads(checked.out)
    assert (checked.code, answer["true"], answer["findings"]) == (0, True, [])
    assert answer["digest"] in drawn.out
    digest = json.loads((folder / "commitment.json").read_bytes())["commitment"]
    assert jianban("lots", "verify", "record.json", *REGISTERS, "--published", digest).code == 0


def test_what_a_verification_can_t_show_is_said(jianban: Shell, folder: Path) -> None:
    committed(jianban)
    jianban("lots", "draw", "commitment.json", *REGISTERS, *SECRET, "-o", "record.json")
    out = jianban("lots", "verify", "record.json", *REGISTERS).out
    assert "without --published nothing shows" in out
    assert "could try seeds before committing" in out


def test_a_changed_result_is_told_with_its_place(jianban: Shell, folder: Path) -> None:
    committed(jianban)
    jianban("lots", "draw", "commitment.json", *REGISTERS, *SECRET, "-o", "record.json")
    plain = json.loads((folder / "record.json").read_bytes())
    plain["result"]["teams"][1]["inspectors"].reverse()
    (folder / "record.json").write_text(json.dumps(plain), encoding="utf-8")
    checked = jianban("lots", "verify", "record.json", *REGISTERS, "--lang", "zh")
    assert (checked.code, checked.out.startswith("result.teams[1]: 应为 企业")) == (1, True)


def test_the_public_value_and_late_recusals(jianban: Shell, folder: Path) -> None:
    committed(jianban, "--beacon", "彩票第2023030期号码")
    line = ("lots", "draw", "commitment.json", *REGISTERS, *SECRET)
    assert "was to be mixed in" in jianban(*line).err
    record = json.loads(jianban(*line, "--beacon-value", "03 08").out)
    team = record["result"]["teams"][0]
    late = f"inspector,object,reason\n{team['inspectors'][0]},{team['object']},近亲属\n"
    (folder / "late.csv").write_text(late, encoding="utf-8")
    again = jianban(*line, "--beacon-value", "03 08", "--late", "late.csv", "-o", "record.json")
    assert again.code == 0
    checked = jianban("lots", "verify", "record.json", *REGISTERS, "--published", "commitment.json")
    assert (checked.code, "1 recusals came after the draw" in checked.out) == (0, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lots commit {r} --take A=x --take B=1 {s}", "says no amount"),
        ("lots commit {r} --take A=1 {s}", "nothing is said of class “B”"),
        ("lots commit {r} --take A=9 --take B=1 {s}", "class “A” has 6 objects"),
        ("lots commit {r} --take A=1 --take B=1 --team 1 {s}", "2 inspectors at least"),
        ("lots commit {r} --take A=1 --take B=1 --seed s --salt short", "16 characters"),
        ("lots commit {r} --take A=1 --take B=1", "“--seed” is missing"),
        (
            "lots draw commitment.json {r} --seed other --salt 0123456789abcdef",
            "secret: not what was committed",
        ),
        ("lots draw nowhere.json {r} {s}", "nowhere.json: it can't be read"),
        ("lots draw objects.csv {r} {s}", "objects.csv: this is no JSON"),
        ("lots verify commitment.json {r}", "commitment.json: “seed” is missing"),
    ],
)
def test_a_wrong_line_is_explained(jianban: Shell, folder: Path, line: str, said: str) -> None:
    committed(jianban)
    result = jianban(*line.format(r=" ".join(REGISTERS), s=" ".join(SECRET)).split())
    assert (result.code, said in result.err, result.out) == (2, True, "")
