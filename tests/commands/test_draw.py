"""`jianban draw`: types of figures, paper and looks."""

import pytest

from jianban.workflows.figures import drawing

SIMPLE, GENERAL = "deregistration/simple", "deregistration/general"


@pytest.mark.parametrize("kind", ["process", "overview", "guide", "parallel"])
def test_one_process_is_drawn_in_several_ways(jianban, kind):
    result = jianban("draw", SIMPLE, "--type", kind)
    assert result.code == 0
    assert "<svg" in result.out


@pytest.mark.parametrize("kind", ["comparison", "overview", "parallel", "indicators"])
def test_several_processes_are_drawn_in_several_ways(jianban, kind):
    result = jianban("draw", GENERAL, SIMPLE, "--type", kind)
    assert result.code == 0
    assert "<svg" in result.out


@pytest.mark.parametrize(("kind", "processes"), [("indicators", [SIMPLE]), ("guide", [SIMPLE, GENERAL])])
def test_a_type_for_another_number_of_processes_is_refused(jianban, kind, processes):
    result = jianban("draw", *processes, "--type", kind)
    assert result.code == 2
    assert f"--type {kind}" in result.err


def test_pages_are_files_of_their_own(jianban, tmp_path):
    path = tmp_path / "general.svg"
    told = jianban("draw", GENERAL, "--paper", "A4", "-o", str(path))
    found = sorted(p.name for p in tmp_path.iterdir())
    assert found[:2] == ["general-1.svg", "general-2.svg"]
    assert told.out == f"{len(found)} pages: {tmp_path / found[0]} to {tmp_path / found[-1]}\n"


def test_pages_on_standard_output_are_refused(jianban):
    result = jianban("draw", GENERAL, "--paper", "A4")
    assert result.code == 2
    assert "--output" in result.err


def test_a_picture_too_large_is_the_readers_to_mend(jianban):
    result = jianban("draw", GENERAL, "-f", "png", "--dpi", "2400")
    assert result.code == 2
    assert "pixels" in result.err


def test_what_is_not_installed_is_named(jianban, monkeypatch):
    monkeypatch.setattr(drawing, "_library", lambda: None)
    monkeypatch.setenv("PATH", "")
    result = jianban("draw", SIMPLE)
    assert result.code == 3
    assert "pip install pygraphviz" in result.err


@pytest.mark.parametrize("file", ["none/a.svg", "none/a.pdf"])
def test_a_folder_that_is_not_there_is_told(jianban, tmp_path, file):
    result = jianban("draw", SIMPLE, "-o", str(tmp_path / file))
    assert result.code == 2
    assert "Create it first" in result.err


def test_fonts_are_embedded_in_svg_only(jianban):
    assert "@font-face" in jianban("draw", SIMPLE, "--embed-fonts").out
    result = jianban("draw", SIMPLE, "--embed-fonts", "-f", "pdf")
    assert result.code == 2
    assert "pdf" in result.err


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.svg", b"<svg"),
        ("a.pdf", b"%PDF"),
        ("a.png", b"\x89PNG"),
        ("a.docx", b"PK"),
        ("a.md", b"# "),
        ("a.html", b"<!DOCTYPE html>"),
        ("a.json", b"{"),
        ("a.txt", b"General deregistration"),
    ],
)
def test_a_comparison_is_written_as_the_name_says(jianban, tmp_path, name, start):
    path = tmp_path / name
    assert jianban("compare", GENERAL, SIMPLE, "-o", str(path)).code == 0
    assert path.read_bytes().startswith(start)


def test_a_comparison_of_an_unknown_ending_is_not_written(jianban, tmp_path):
    path = tmp_path / "a.xls"
    result = jianban("compare", GENERAL, SIMPLE, "-o", str(path))
    assert (result.code, path.exists()) == (2, False)
    assert "tells no format" in result.err


def test_compare_draws_the_same_figure(jianban):
    assert jianban("compare", GENERAL, SIMPLE, "-f", "svg").out == jianban("draw", GENERAL, SIMPLE).out


def test_a_figure_without_its_title_in_another_theme(jianban):
    plain = jianban("draw", SIMPLE).out
    dark = jianban("draw", SIMPLE, "--theme", "dark", "--no-title").out
    assert 'id="page-title"' in plain
    assert 'id="page-title"' not in dark
    assert "#14191E" in dark
