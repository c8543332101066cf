"""What the commands print and write on the real definitions."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

GENERAL, SIMPLE = "deregistration/general@2022-03", "deregistration/simple@2022-03"

LIMITS = """
process: test/limits
version: "1"
title: {zh: 登记, en: Registration}
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent}
      - {step: receive, kind: intake, by: registrar, within: 5 working days}
      - step: handle
        kind: task
        by: registrar
        within: {statutory: 20 working days, extendable: {for: 10 working days, by: registrar_head}}
ends:
  done: {outcome: granted}
"""


def test_the_list_is_of_a_subject_when_asked(jianban: Shell) -> None:
    lines = jianban("list", "deregistration/simple").out.splitlines()
    assert len(lines) > 2
    assert all(line.startswith("deregistration/simple") for line in lines[1:])
    assert len(jianban("list", "construction").out.splitlines()) == 1 + len(
        json.loads(jianban("list", "construction", "--json").out)["processes"]
    )
    everything = jianban("list", "--lang", "zh").out.splitlines()
    (at,) = (i for i, line in enumerate(everything) if line.strip() == "证照分离")
    assert everything[at + 1].startswith("licensing/abolished")
    nothing = jianban("list", "licencing").out
    assert nothing == "No process matches. Did you mean “licensing”?\n"


def test_the_list_counts_stages_as_they_are_measured(jianban: Shell) -> None:
    listed = json.loads(jianban("list", "construction/permit", "--json").out)["processes"]
    counted = {process["process"]: process["stages"] for process in listed}
    measured = json.loads(jianban("measure", "construction/permit", "--json").out)["measures"]
    assert counted["construction/permit"] == measured["stages"]["value"]


def test_a_broken_draft_does_not_hide_the_others(jianban: Shell, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("process: a\nversion: '1'\ntitel: x\n", encoding="utf-8")
    good = Path(__file__).parents[2] / "definitions" / "deregistration" / "general@2017-03.yaml"
    (tmp_path / "deregistration").mkdir()
    (tmp_path / "deregistration" / good.name).write_bytes(good.read_bytes())
    result = jianban("--catalogue", str(tmp_path), "list")
    assert result.code == 2
    assert "deregistration/general  2017-03" in result.out
    assert "broken.yaml:3:1 J" in result.err
    assert jianban("--catalogue", str(tmp_path), "list", "a").out == ""


def test_what_happens_by_itself_and_extensions_are_shown(jianban: Shell, tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(LIMITS, encoding="utf-8")
    shown = jianban("show", str(path)).out
    assert "Extendable by: 10 working days (granted by: Head of the registrar)" in shown
    assert "Accept (deemed, by expiry)" in shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_process_is_shown_with_its_sources(jianban: Shell, lang: str) -> None:
    shown = jianban("show", SIMPLE, "--lang", lang).out
    assert ("公告通知加承诺" if lang == "zh" else "Notice with commitment") in shown
    assert ("第33条" if lang == "zh" else "art. 33") in shown.replace("\n", "")


def test_the_measures_of_a_start_date_are_on_the_calendar(jianban: Shell) -> None:
    result = jianban("measure", SIMPLE, "--start", "2022-09-01", "--json")
    days = json.loads(result.out)["measures"]["calendar_days_minimum"]
    assert isinstance(days["value"], int)
    assert days["unit"] == "days"


@pytest.mark.parametrize("words", [["--start", "9999-12-31"], ["--start", "0001-01-01"], ["--year", "9999"]])
def test_dates_beyond_the_calendar_leave_a_note(jianban: Shell, words: list[str]) -> None:
    result = jianban("measure", SIMPLE, *words, "--json")
    assert result.code == 0
    days = json.loads(result.out)["measures"]["days_minimum"]
    assert days["value"] is None
    assert "2001" in days["note"]["en"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--year", "0"], "--year must lie between 1 and 9999"),
        (["--year", "soon"], "“--year” must be a whole number"),
        (["--tariff", "1,5"], "--tariff must be an amount"),
        (["--items", "0"], "at least 1 item"),
        (["--cases", "-1"], "can't be negative"),
    ],
)
def test_assumptions_out_of_range_are_refused(jianban: Shell, words: list[str], message: str) -> None:
    result = jianban("measure", SIMPLE, *words)
    assert result.code == 2
    assert message in result.err


def test_seven_stages_become_two(jianban: Shell) -> None:
    document = json.loads(jianban("compare", GENERAL, SIMPLE, "--json").out)
    stages = next(row for row in document["measures"] if row["id"] == "stages")
    assert stages["values"] == [7, 2]
    assert stages["change"] == -5


@pytest.mark.parametrize(
    ("form", "start"), [("terminal", ""), ("markdown", "# "), ("html", "<!DOCTYPE html>"), ("json", "{")]
)
def test_a_comparison_is_written_in_every_format(
    jianban: Shell, tmp_path: Path, form: str, start: str
) -> None:
    path = tmp_path / "comparison"
    result = jianban("compare", GENERAL, SIMPLE, "--format", form, "--output", str(path))
    assert (result.code, result.out, result.err) == (0, "", "")
    text = path.read_text(encoding="utf-8")
    assert text.lower().startswith(start.lower())
    assert "\x1b" not in text


def test_a_page_holds_the_figure_and_its_fonts_unless_told_otherwise(jianban: Shell, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    for told, held in (((), True), (("--figure",), True), (("--no-figure",), False)):
        assert jianban("compare", GENERAL, SIMPLE, *told, "-o", str(path)).code == 0
        text = path.read_text(encoding="utf-8")
        assert ("<svg" in text, text.count("@font-face")) == (held, 2 * held)
    for told in ("--figure", "--no-figure"):
        assert jianban("compare", GENERAL, SIMPLE, told).code == 2


@pytest.mark.parametrize(
    ("suffix", "magic"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")]
)
def test_a_figure_takes_the_format_of_its_name(
    jianban: Shell, tmp_path: Path, suffix: str, magic: bytes
) -> None:
    path = tmp_path / f"figure.{suffix}"
    assert jianban("draw", SIMPLE, "-o", str(path), "--dpi", "50").code == 0
    assert path.read_bytes().startswith(magic)


def test_a_figure_of_two_variants_goes_to_standard_output(jianban: Shell) -> None:
    result = jianban("draw", GENERAL, SIMPLE)
    assert result.code == 0
    assert result.out.startswith("<svg")


def test_the_schema_is_a_schema(jianban: Shell, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    assert jianban("schema", "-o", str(path)).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["$schema"].startswith("https://json-schema.org/")
    assert json.loads(jianban("schema", "roles").out) != json.loads(path.read_text(encoding="utf-8"))
    assert "FILE must be one of process, sources" in jianban("schema", "everything").err


def test_the_doctor_finds_the_font_and_graphviz(jianban: Shell) -> None:
    document = json.loads(jianban("doctor", "--json").out)
    found = {part["name"]: part["found"] for part in document["parts"]}
    assert document["fine"] is True
    assert found["Chinese font"].startswith("NotoSansSC")
    assert int(found["Graphviz (drawing)"].split(".")[0]) >= 2


def test_the_doctor_names_what_is_missing(jianban: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def without_networkx(name: str) -> str:
        if name == "networkx":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_networkx)
    result = jianban("doctor")
    assert result.code == 3
    assert "✗  networkx" in result.out
    assert "python -m pip install networkx" in result.out


def test_a_folder_is_not_overwritten(jianban: Shell, tmp_path: Path) -> None:
    result = jianban("draw", SIMPLE, "--format", "svg", "-o", str(tmp_path))
    assert result.code == 2
    assert "is a folder" in result.err


def test_the_version_is_told(jianban: Shell) -> None:
    assert jianban("--version").out == f"{metadata.version('jianban')}\n"


def test_a_list_shows_long_titles_whole(jianban: Shell) -> None:
    told = jianban("list", "construction", "--lang", "zh").out
    assert "工程建设项目审批全流程（合肥市政府投资房屋建筑）" in told
    assert "…" not in told
