"""`jianban draw`: types of figures, paper and looks."""

import pytest

SIMPLE, GENERAL = "deregistration/simple", "deregistration/general"


@pytest.mark.parametrize("kind", ["process", "overview", "guide", "parallel"])
def test_one_process_is_drawn_in_several_ways(jianban, kind):
    result = jianban("draw", SIMPLE, "--type", kind)
    assert result.code == 0
    assert "<svg" in result.out


@pytest.mark.parametrize("kind", ["comparison", "parallel", "indicators"])
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
    assert jianban("draw", GENERAL, "--paper", "A4", "-o", str(path)).code == 0
    found = sorted(p.name for p in tmp_path.iterdir())
    assert found[:2] == ["general-1.svg", "general-2.svg"]


def test_pages_on_standard_output_are_refused(jianban):
    result = jianban("draw", GENERAL, "--paper", "A4")
    assert result.code == 2
    assert "--output" in result.err


def test_paper_too_small_names_one_that_will_do(jianban):
    result = jianban("draw", "construction/project-serial", "--paper", "A4")
    assert result.code != 0
    assert "A1" in result.err


def test_a_figure_without_its_title_in_another_theme(jianban):
    plain = jianban("draw", SIMPLE).out
    dark = jianban("draw", SIMPLE, "--theme", "dark", "--no-title").out
    assert 'id="page-title"' in plain
    assert 'id="page-title"' not in dark
    assert "#14191E" in dark
